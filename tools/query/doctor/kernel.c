/* SPDX-License-Identifier: Apache-2.0 */
/* What of the kernel's is used here. */
#include "query/doctor/doctor.h"
#include "records/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of close_range(), which the hooks call. */
#define LEAST_MAJOR 5
#define LEAST_MINOR 9

#define GROUP_OF_PROCESSES 1

static void examine_version(struct report *report)
{
	struct utsname name;
	int major = 0, minor = 0;

	if (uname(&name) < 0 || sscanf(name.release, "%d.%d", &major, &minor) != 2) {
		report_check(report, REPORT_UNKNOWN, "version", "it is not known");
		return;
	}
	report_found(report, name.release, NULL);
	if (major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR))
		report_check(report, REPORT_WRONG, "version",
			"Linux %d.%d is too old: the hooks need %d.%d", major, minor, LEAST_MAJOR,
			LEAST_MINOR);
	else
		report_check(
			report, REPORT_WELL, "version", "%d.%d or newer", LEAST_MAJOR, LEAST_MINOR);
}

/* Of a child that has been waited for already. */
static bool tells_exits(void)
{
	const int code = 3;
	pid_t pid = fork();
	int pidfd;
	bool result;

	if (pid < 0)
		return false;
	if (pid == 0)
		_exit(code);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	result = pidfd >= 0 && pidfd_exit_code(pidfd, 0) == code;
	if (pidfd >= 0)
		(void)close(pidfd);
	return result;
}

static void examine_pidfd(struct report *report)
{
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (pidfd < 0) {
		report_check(report, REPORT_WRONG, "pidfd",
			"there is none (%s): ends are found by polling", strerror(errno));
		return;
	}
	report_check(report, REPORT_WELL, "pidfd", "ends are waited for without polling");
	if (tells_exits())
		report_check(report, REPORT_WELL, "PIDFD_GET_INFO",
			"who waits for an end is told the exit code");
	else
		report_check(report, REPORT_NOTE, "PIDFD_GET_INFO",
			"there is none before Linux 6.15: the exit code of an end that is waited "
			"for is known only while nobody has reaped the process");
	(void)close(pidfd);
}

/* Bound, and no more: to listen would be to change what the kernel does. */
static void examine_connector(struct report *report)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK,
		.nl_groups = GROUP_OF_PROCESSES };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);

	if (fd >= 0 &&
		bind(fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) == 0)
		report_check(report, REPORT_WELL, "process connector",
			"it can be opened: lifecycle-watch is told of starts and ends, if this is "
			"the host's network and pid namespace");
	else
		report_check(report, REPORT_NOTE, "process connector",
			"it cannot be opened (%s): lifecycle-watch is told of ends alone",
			strerror(errno));
	if (fd >= 0)
		(void)close(fd);
}

/* On our own program's file, which nobody else locks. */
static void examine_flock(struct report *report)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		report_check(report, REPORT_UNKNOWN, "flock",
			"not known: /proc cannot be read (%s)", strerror(errno));
	else if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		report_check(report, REPORT_WRONG, "flock", "files cannot be locked: %s",
			strerror(errno));
	else
		report_check(report, REPORT_WELL, "flock", "files can be locked");
	if (fd >= 0)
		(void)close(fd);
}

void doctor_kernel(const struct doctor *doctor)
{
	examine_version(doctor->report);
	examine_pidfd(doctor->report);
	examine_connector(doctor->report);
	examine_flock(doctor->report);
}
