/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/bundle.h"
#include "base/defaults.h"
#include "base/io.h"
#include "libstate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONFIG_NAME     "config.json"
#define TEMPORARY_NAME  "." CONFIG_NAME ".lifecycle"
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

static int remove_temporary(int directory, const struct reason *reason)
{
	if (unlinkat(directory, TEMPORARY_NAME, 0) < 0 && errno != ENOENT)
		return fail_errno(reason, "cannot remove '" TEMPORARY_NAME "' beside it");
	return 0;
}

static int make_temporary(int directory, const struct reason *reason)
{
	int fd = openat(directory, TEMPORARY_NAME,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

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
	int fd = make_temporary(directory, reason);
	int result;

	if (fd < 0)
		return -1;
	result = fill(fd, text, length, status);
	if (close(fd) < 0)
		result = -1;
	if (result == 0)
		result = renameat(directory, TEMPORARY_NAME, directory, CONFIG_NAME);
	if (result < 0) {
		fail_errno(reason, "cannot write it anew");
		(void)unlinkat(directory, TEMPORARY_NAME, 0);
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

/* Two containers may be created from one bundle at the same time: the second one waits, and finds our hooks there. */
static int lock(int directory, const struct reason *reason)
{
	static const struct timespec pause = { .tv_nsec = 5000000 };
	int64_t deadline = lifecycle_monotonic_now() + DEFAULTS_TIMEOUT_NS;

	while (flock(directory, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_errno(reason, "the bundle cannot be locked");
		if (lifecycle_monotonic_now() >= deadline)
			return fail(reason, "the bundle is locked by another process");
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

static int open_bundle(const char *bundle, const struct reason *reason)
{
	int directory = open(bundle != NULL ? bundle : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return directory < 0 ? fail_errno(reason, "cannot open the bundle") : directory;
}

static int add_hooks(int directory, const struct splice_plan *plan, const struct reason *reason)
{
	struct config config = { 0 };
	int result = -1;

	if (lock(directory, reason) == 0 && remove_temporary(directory, reason) == 0 &&
		read_config(directory, &config, reason) == 0)
		result = edit_config(directory, &config, plan, reason);
	free(config.text);
	return result;
}

int runtime_bundle_add_hooks(
	const char *bundle, const struct splice_plan *plan, char *why, size_t why_size)
{
	struct reason reason = { why, why_size };
	int directory = open_bundle(bundle, &reason);
	int result;

	if (directory < 0)
		return -1;
	result = add_hooks(directory, plan, &reason);
	(void)close(directory);
	return result;
}

char *runtime_bundle_read(const char *bundle, size_t *ret_length)
{
	struct reason reason = { NULL, 0 };
	struct config config = { 0 };
	int directory = open_bundle(bundle, &reason);
	int result;

	if (directory < 0)
		return NULL;
	result = read_config(directory, &config, &reason);
	(void)close(directory);
	if (result < 0) {
		free(config.text);
		return NULL;
	}
	*ret_length = config.length;
	return config.text;
}
