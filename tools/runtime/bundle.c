/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/bundle.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_NAME     "config.json"
#define CONFIG_SIZE_MAX ((off_t)16 << 20)

/* Where a failure's reason is written. */
struct reason {
	char *text;
	size_t size;
};

static int fail(const struct reason *reason, const char *what)
{
	snprintf(reason->text, reason->size, "%s", what);
	return -1;
}

static int fail_errno(const struct reason *reason, const char *what)
{
	snprintf(reason->text, reason->size, "%s: %s", what, strerror(errno));
	return -1;
}

struct config {
	char *text;
	size_t length;
	struct stat status;
};

/* ---- reading ---- */

static int read_text(int fd, struct config *config, const struct reason *reason)
{
	ssize_t length;
	size_t size;

	if (fstat(fd, &config->status) < 0)
		return fail_errno(reason, "cannot look at it");
	if (!S_ISREG(config->status.st_mode))
		return fail(reason, "it is not a regular file");
	if (config->status.st_size > CONFIG_SIZE_MAX)
		return fail(reason, "it is larger than 16 MiB");
	/* one byte more, to notice a file that grows meanwhile */
	size = (size_t)config->status.st_size + 1;
	config->text = malloc(size);
	if (config->text == NULL)
		return fail(reason, "out of memory");
	length = io_read_up_to(fd, config->text, size);
	if (length < 0)
		return fail_errno(reason, "cannot read it");
	if (length != config->status.st_size)
		return fail(reason, "it was written to meanwhile");
	config->length = (size_t)length;
	return 0;
}

/* config->text is the caller's to free, whatever is returned. */
static int read_config(int directory, struct config *config, const struct reason *reason)
{
	int fd = openat(directory, CONFIG_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int result;

	if (fd < 0)
		return fail_errno(reason, "cannot open it");
	result = read_text(fd, config, reason);
	(void)close(fd);
	return result;
}

/* ---- writing ---- */

#define TEMPORARY_SIZE 48

/* A name of its own for each: two containers may be created from one bundle at the same time. */
static int make_temporary(int directory, char name[TEMPORARY_SIZE], const struct reason *reason)
{
	unsigned long long random;
	int fd;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
		return fail_errno(reason, "no random number is to be had");
	snprintf(name, TEMPORARY_SIZE, "." CONFIG_NAME ".lifecycle-%016llx", random);
	fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? fail_errno(reason, "cannot write beside it") : fd;
}

static int fill(int fd, const char *text, size_t length, const struct stat *status)
{
	if (io_write_all(fd, text, length) < 0)
		return -1;
	if (fchown(fd, status->st_uid, status->st_gid) < 0 ||
		fchmod(fd, status->st_mode & 07777) < 0)
		return -1;
	return fsync(fd);
}

static int replace_config(int directory, const char *text, size_t length, const struct stat *status,
	const struct reason *reason)
{
	char name[TEMPORARY_SIZE];
	int fd = make_temporary(directory, name, reason);
	int result;

	if (fd < 0)
		return -1;
	result = fill(fd, text, length, status);
	if (close(fd) < 0)
		result = -1;
	if (result == 0)
		result = renameat(directory, name, directory, CONFIG_NAME);
	if (result < 0) {
		fail_errno(reason, "cannot write it anew");
		(void)unlinkat(directory, name, 0);
	}
	return result;
}

/* ---- both ---- */

static int edit_config(int directory, const struct config *config, const struct splice_plan *plan,
	const struct reason *reason)
{
	const char *why;
	char *text;
	size_t length;
	int result;

	if (splice_hooks(config->text, config->length, plan, &text, &length, &why) < 0)
		return fail(reason, why);
	if (text == NULL)
		return 0;
	result = replace_config(directory, text, length, &config->status, reason);
	free(text);
	return result;
}

/* The descriptor of the bundle's directory; what it has read is the caller's, whatever is returned. */
static int open_bundle(const char *bundle, struct config *config, const struct reason *reason)
{
	int directory = open(bundle != NULL ? bundle : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (directory < 0)
		return fail_errno(reason, "cannot open the bundle");
	if (read_config(directory, config, reason) < 0) {
		(void)close(directory);
		return -1;
	}
	return directory;
}

int runtime_bundle_add_hooks(
	const char *bundle, const struct splice_plan *plan, char *why, size_t why_size)
{
	struct reason reason = { why, why_size };
	struct config config = { 0 };
	int directory = open_bundle(bundle, &config, &reason), result = -1;

	if (directory >= 0) {
		result = edit_config(directory, &config, plan, &reason);
		(void)close(directory);
	}
	free(config.text);
	return result;
}

char *runtime_bundle_read(const char *bundle, size_t *ret_length)
{
	struct reason reason = { NULL, 0 };
	struct config config = { 0 };
	int directory = open_bundle(bundle, &config, &reason);

	if (directory < 0) {
		free(config.text);
		return NULL;
	}
	(void)close(directory);
	*ret_length = config.length;
	return config.text;
}
