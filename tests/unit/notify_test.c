/* SPDX-License-Identifier: Apache-2.0 */
/* The datagram to who started us: received by a socket with a path, and by one with an abstract name. */
#include "unit.h"
#include "watch/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(address.sun_path, name, strlen(name));
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)(const void *)&address, length), 0);
	return fd;
}

START_TEST(test_send)
{
	char name[108];
	char said[64] = "";
	int fd;

	if (_i == 0)
		snprintf(name, sizeof(name), "%s/notify", unit_directory());
	else
		snprintf(name, sizeof(name), "@oci-lifecycle-notify-%d", (int)getpid());
	fd = listen_at(name);
	setenv("NOTIFY_SOCKET", name, 1);
	notify_send("READY=1");
	ck_assert_int_eq(recv(fd, said, sizeof(said), 0), 7);
	ck_assert_str_eq(said, "READY=1");
	close(fd);
	unlink(name);
}
END_TEST

/* Nothing comes of a name that is none, or of one where nobody is. */
START_TEST(test_nobody)
{
	char name[200];

	unsetenv("NOTIFY_SOCKET");
	notify_send("READY=1");
	setenv("NOTIFY_SOCKET", "relative", 1);
	notify_send("READY=1");
	setenv("NOTIFY_SOCKET", "/not/there", 1);
	notify_send("READY=1");
	memset(name, 'x', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	notify_send("READY=1");
}
END_TEST

START_TEST(test_interval)
{
	char pid[16];

	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	ck_assert_int_eq(notify_interval(), -1);
	setenv("WATCHDOG_USEC", "30000000", 1);
	ck_assert_int_eq(notify_interval(), 15000);
	setenv("WATCHDOG_PID", "1", 1);
	ck_assert_int_eq(notify_interval(), -1);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	ck_assert_int_eq(notify_interval(), 15000);
	setenv("WATCHDOG_USEC", "nonsense", 1);
	ck_assert_int_eq(notify_interval(), -1);
	setenv("WATCHDOG_USEC", "9223372036854775807", 1);
	ck_assert_int_gt(notify_interval(), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("notify");
	TCase *tcase = tcase_create("notify");

	unit_directory();
	tcase_add_loop_test(tcase, test_send, 0, 2);
	tcase_add_test(tcase, test_nobody);
	tcase_add_test(tcase, test_interval);
	suite_add_tcase(suite, tcase);
	return suite;
}
