/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"
#include "base/error.h"
#include "codec.h"
#include "container.h"
#include "exec_fifo.h"
#include "fsio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int load_record(
	int fd, uid_t owner, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	char *text;
	size_t length;
	int result;

	if (fsio_read(fd, LIFECYCLE_RECORD_FILE, owner, CODEC_READ_LIMIT, &text, &length, error) <
		0)
		return -1;
	result = lifecycle_record_decode(text, length, ret_record, error);
	free(text);
	return result < 0 ? error_wrap(error, "'%s'", LIFECYCLE_RECORD_FILE) : 0;
}

void load_fifo(struct lifecycle_record *record, int64_t written_at)
{
	if (!record_is_stopped(record))
		record->exec_fifo = written_at;
}

/* Who cannot look at it would show no start, as if there were none. */
static int look_at_fifo(int fd, struct lifecycle_record *record, struct lifecycle_error *error)
{
	int64_t written_at;

	if (record_is_stopped(record))
		return 0;
	if (exec_fifo_look(fd, &written_at, error) < 0)
		return -1;
	load_fifo(record, written_at);
	return 0;
}

int load_named_record(
	int fd, const char *id, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	struct lifecycle_record *record;

	if (load_record(fd, FSIO_ANY_OWNER, &record, error) < 0)
		return -1;
	if (record->id == NULL && id != NULL && record_set_text(&record->id, id, error) < 0) {
		lifecycle_record_free(record);
		return -1;
	}
	if (look_at_fifo(fd, record, error) < 0) {
		lifecycle_record_free(record);
		return -1;
	}
	*ret_record = record;
	return 0;
}

int lifecycle_store_load(struct lifecycle_store *store, const char *id,
	struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	int fd;
	int result;

	if (container_check_id(id, error) < 0 || container_open(store, id, &fd, error) < 0)
		return -1;
	result = load_named_record(fd, id, ret_record, error);
	(void)close(fd);
	return result < 0 ? error_wrap(error, "'%s'", id) : 0;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	return lifecycle_id_valid(name) ? name : NULL;
}

int lifecycle_load_directory(
	const char *path, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	char *resolved = realpath(path, NULL);
	int fd;
	int result = -1;

	if (resolved == NULL)
		return errno == ENOENT ? error_set(error, LIFECYCLE_ERROR_NOT_FOUND,
						 "'%s' is not there", path)
				       : error_errno(error, errno, "'%s'", path);
	fd = open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		(void)error_errno(error, errno, "'%s' cannot be opened", path);
	} else {
		result = load_named_record(fd, last_component(resolved), ret_record, error);
		(void)close(fd);
		if (result < 0)
			(void)error_wrap(error, "'%s'", path);
	}
	free(resolved);
	return result;
}
