/* SPDX-License-Identifier: Apache-2.0 */
/* The name of Docker's: a bundle's config.json, and the file beside the one that is mounted on /etc/hostname. */
#include "runtime/docker.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID   "0123abc"
#define GOOD "{\"ID\":\"" ID "\",\"Name\":\"/web\"}"

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);

static bool read_fails;
static bool read_goes_on; /* for ever */

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	if (read_goes_on) {
		memset(bytes, ' ', size);
		memcpy(bytes, GOOD, strlen(GOOD));
		return (ssize_t)size;
	}
	if (!read_fails)
		return __real_read(fd, bytes, size);
	errno = EIO;
	return -1;
}

static char place[128]; /* the directory that is called as the container */

static void put(const char *text, size_t length)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/config.v2.json", place);
	(void)unlink(path);
	(void)rmdir(path);
	file = fopen(path, "we");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, length, file), length);
	fclose(file);
}

static void set_up(void)
{
	snprintf(place, sizeof(place), "%s/" ID, unit_directory());
	(void)mkdir(place, 0700);
	put(GOOD, strlen(GOOD));
}

/* What is found; in `config` each @ is the directory. */
static const char *find(const char *config, const char *id, size_t size)
{
	static char name[512];
	char text[4096];
	size_t length = 0;

	for (; *config != '\0'; config++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
			*config == '@' ? "%s" : "%.1s", *config == '@' ? place : config);
	memset(name, 'x', sizeof(name));
	return docker_name(text, length, id, name, size) ? name : NULL;
}

#define MOUNT(destination, source)                                                                 \
	"{\"destination\":\"" destination "\",\"type\":\"bind\",\"source\":\"" source "\"}"
#define HOSTNAME MOUNT("/etc/hostname", "@/hostname")

static const struct {
	const char *config;
	bool found;
} configs[] = {
	{ "{\"mounts\":[" HOSTNAME "]}", true },
	{ "{\"mounts\":[1," MOUNT("/proc", "proc") "," HOSTNAME "]}", true },
	{ "{\"mounts\":[{\"destination\":1}," HOSTNAME "]}", true },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", "/x/hostname") "," HOSTNAME "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostnames", "@/hostname") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostnam", "@/hostname") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", "@/hostnames") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", "@") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", "@/x/hostname") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", "/hostname") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", ".@/hostname") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", "") "]}", false },
	{ "{\"mounts\":[" MOUNT("/etc/hostname", "hostname") "]}", false },
	{ "{\"mounts\":[{\"destination\":\"/etc/hostname\"}]}", false },
	{ "{\"mounts\":[{\"destination\":\"/etc/hostname\",\"source\":1}]}", false },
	{ "{\"mounts\":[]}", false },
	{ "{\"mounts\":{\"a\":" HOSTNAME "}}", false },
	{ "{}", false },
	{ "[" HOSTNAME "]", false },
	{ "{\"mounts\":[" HOSTNAME "]", false },
	{ "", false },
};

START_TEST(test_config)
{
	const char *name;

	/* what was found before is not found again */
	ck_assert_pstr_eq(find(configs[0].config, ID, 64), "web");
	name = find(configs[_i].config, ID, 64);
	ck_assert_pstr_eq(name, configs[_i].found ? "web" : NULL);
}
END_TEST

static const struct {
	const char *known;
	const char *name;
} knowns[] = {
	{ GOOD, "web" },
	{ "{\"Name\":\"/a.b-c\",\"State\":{\"ID\":\"x\"},\"ID\":\"" ID "\"}", "a.b-c" },
	{ "{\"ID\":\"" ID "\",\"Name\":\"web\"}", NULL },
	{ "{\"ID\":\"" ID "\",\"Name\":\"/\"}", NULL },
	{ "{\"ID\":\"" ID "\",\"Name\":\"\"}", NULL },
	{ "{\"ID\":\"" ID "\",\"Name\":1}", NULL },
	{ "{\"ID\":\"" ID "\"}", NULL },
	{ "{\"ID\":\"other\",\"Name\":\"/web\"}", NULL },
	{ "{\"ID\":1,\"Name\":\"/web\"}", NULL },
	{ "{\"Name\":\"/web\"}", NULL },
	{ "[\"" ID "\",\"/web\"]", NULL },
	{ "{\"ID\":\"" ID "\",\"Name\":\"/web\"", NULL },
	{ "", NULL },
};

START_TEST(test_known)
{
	put(knowns[_i].known, strlen(knowns[_i].known));
	ck_assert_pstr_eq(find("{\"mounts\":[" HOSTNAME "]}", ID, 64), knowns[_i].name);
}
END_TEST

START_TEST(test_size)
{
	static const char config[] = "{\"mounts\":[" HOSTNAME "]}";

	ck_assert_pstr_eq(find(config, ID, 4), "web");
	ck_assert_pstr_eq(find(config, ID, 3), NULL);
	ck_assert_pstr_eq(find(config, "0123ab", 64), NULL);
}
END_TEST

/* Padded with blanks to the most that is believed, and to a byte more. */
START_TEST(test_large)
{
	size_t size = ((size_t)1 << 20) + (size_t)_i;
	char *text = malloc(size);

	memset(text, ' ', size);
	memcpy(text, GOOD, strlen(GOOD));
	put(text, size);
	free(text);
	ck_assert_pstr_eq(find("{\"mounts\":[" HOSTNAME "]}", ID, 64), _i == 0 ? "web" : NULL);
}
END_TEST

/* One that grows while it is read. */
START_TEST(test_growing)
{
	read_goes_on = true;
	ck_assert_pstr_eq(find("{\"mounts\":[" HOSTNAME "]}", ID, 64), NULL);
	read_goes_on = false;
}
END_TEST

/* None, a directory, a FIFO, a link, one that cannot be read. */
START_TEST(test_no_file)
{
	char path[256];
	char other[256];

	snprintf(path, sizeof(path), "%s/config.v2.json", place);
	snprintf(other, sizeof(other), "%s/other", place);
	(void)unlink(other);
	ck_assert_int_eq(rename(path, other), 0);
	if (_i == 1)
		ck_assert_int_eq(mkdir(path, 0700), 0);
	if (_i == 2)
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	if (_i == 3)
		ck_assert_int_eq(symlink("other", path), 0);
	if (_i == 4)
		ck_assert_int_eq(rename(other, path), 0);
	read_fails = _i == 4;
	ck_assert_pstr_eq(find("{\"mounts\":[" HOSTNAME "]}", ID, 64), NULL);
	read_fails = false;
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("docker");
	TCase *tcase = tcase_create("docker");

	(void)unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_config, 0, sizeof(configs) / sizeof(configs[0]));
	tcase_add_loop_test(tcase, test_known, 0, sizeof(knowns) / sizeof(knowns[0]));
	tcase_add_test(tcase, test_size);
	tcase_add_loop_test(tcase, test_large, 0, 2);
	tcase_add_test(tcase, test_growing);
	tcase_add_loop_test(tcase, test_no_file, 0, 5);
	suite_add_tcase(suite, tcase);
	return suite;
}
