/* SPDX-License-Identifier: Apache-2.0 */
/* What changes in a store, by inotify: the root is watched, or what is above it, and each container's directory. */
#include "base/error.h"
#include "store.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CONTAINER_EVENTS (IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)
#define ROOT_EVENTS                                                                                \
	(IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF |     \
		IN_ONLYDIR)
#define ABOVE_EVENTS                                                                               \
	(IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

#define NO_WATCH (-1)

struct lifecycle_watch {
	int fd;
	char *root;      /* NULL: one directory only */
	int root_watch;  /* of the root, or of the last directory above it that is there */
	bool attached;   /* it is the root's */
	void *ids;       /* a tree of struct id, for search.h */
	bool everything; /* all is to be read again */
};

/* ---- which container a watch is of ---- */

struct id {
	int number; /* of its directory's watch */
	char text[];
};

static int compare_ids(const void *one, const void *other)
{
	int first = ((const struct id *)one)->number;
	int second = ((const struct id *)other)->number;

	return (first > second) - (first < second);
}

static struct id *find_id(const struct lifecycle_watch *watch, int number)
{
	const struct id key = { .number = number };
	void *found = tfind(&key, &watch->ids, compare_ids);

	return found != NULL ? *(struct id **)found : NULL;
}

static void forget_id(struct lifecycle_watch *watch, int number)
{
	struct id *id = find_id(watch, number);

	if (id != NULL)
		(void)tdelete(id, &watch->ids, compare_ids);
	free(id);
}

static int add_id(
	struct lifecycle_watch *watch, int number, const char *text, struct lifecycle_error *error)
{
	size_t size = strlen(text) + 1;
	struct id *id;

	forget_id(watch, number);
	id = malloc(sizeof(*id) + size);
	if (id == NULL)
		return error_no_memory(error);
	id->number = number;
	memcpy(id->text, text, size);
	if (tsearch(id, &watch->ids, compare_ids) != NULL)
		return 0;
	free(id);
	return error_no_memory(error);
}

/* ---- single directories ---- */

static int add(struct lifecycle_watch *watch, const char *path, uint32_t events, int *ret_number,
	struct lifecycle_error *error)
{
	int number = inotify_add_watch(watch->fd, path, events);

	if (number >= 0) {
		*ret_number = number;
		return 0;
	}
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "'%s' is not there", path);
	if (errno == ENOSPC)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"too many watches: fs.inotify.max_user_watches is the limit");
	return error_errno(error, errno, "'%s' cannot be watched", path);
}

/* One that has gone meanwhile is no error: the root's watch tells that. */
static int add_container(
	struct lifecycle_watch *watch, const char *id, struct lifecycle_error *error)
{
	struct lifecycle_error why;
	int number = NO_WATCH;
	char *path;
	int result;

	if (asprintf(&path, "%s/%s", watch->root, id) < 0)
		return error_no_memory(error);
	result = add(watch, path, CONTAINER_EVENTS | IN_DONT_FOLLOW, &number, &why);
	free(path);
	if (result == 0)
		return add_id(watch, number, id, error);
	if (why.code == LIFECYCLE_ERROR_NOT_FOUND || why.system_errno == EACCES)
		return 0;
	*error = why;
	return -1;
}

/* ---- the root ---- */

static int add_containers(struct lifecycle_watch *watch, struct lifecycle_error *error)
{
	struct lifecycle_store *store;
	struct lifecycle_strings ids;
	int result;

	/* gone again: the watch tells that, too */
	if (lifecycle_store_open(watch->root, LIFECYCLE_ACCESS_READ, &store, error) < 0)
		return error->code == LIFECYCLE_ERROR_NOT_FOUND ? 0 : -1;
	result = lifecycle_store_list(store, &ids, NULL, error);
	lifecycle_store_close(store);
	if (result < 0)
		return -1;
	for (size_t i = 0; i < ids.count && result == 0; i++)
		result = add_container(watch, ids.items[i], error);
	lifecycle_strings_free(&ids);
	return result;
}

/* The last directory above the root that is there. */
static int watch_above(struct lifecycle_watch *watch, struct lifecycle_error *error)
{
	char *path = strdup(watch->root);
	int result = -1;
	char *slash;

	if (path == NULL)
		return error_no_memory(error);
	while (result < 0 && (slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		result = add(watch, path[0] != '\0' ? path : "/", ABOVE_EVENTS, &watch->root_watch,
			error);
		if (result < 0 && error->code != LIFECYCLE_ERROR_NOT_FOUND)
			break;
	}
	free(path);
	return result;
}

static void drop_root_watch(struct lifecycle_watch *watch)
{
	if (watch->root_watch != NO_WATCH)
		(void)inotify_rm_watch(watch->fd, watch->root_watch);
	watch->root_watch = NO_WATCH;
	watch->attached = false;
}

/* Gets hold of the root, or else of what is above it; then looks again, as it may have come in between. */
static int attach(struct lifecycle_watch *watch, struct lifecycle_error *error)
{
	int above;

	drop_root_watch(watch);
	watch->everything = true;
	for (int tries = 0; tries < 2; tries++) {
		above = watch->root_watch;
		if (add(watch, watch->root, ROOT_EVENTS, &watch->root_watch, error) == 0) {
			if (above != NO_WATCH && above != watch->root_watch)
				(void)inotify_rm_watch(watch->fd, above);
			watch->attached = true;
			return add_containers(watch, error);
		}
		if (error->code != LIFECYCLE_ERROR_NOT_FOUND)
			return -1;
		if (tries == 0 && watch_above(watch, error) < 0)
			return -1;
	}
	return 0;
}

/* ---- opening, closing ---- */

static int prepare(struct lifecycle_watch *watch, const char *root, const char *directory,
	struct lifecycle_error *error)
{
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd < 0)
		return error_errno(error, errno, "changes cannot be watched");
	if (root == NULL)
		return add(watch, directory, CONTAINER_EVENTS | IN_DELETE_SELF, &watch->root_watch,
			error);
	watch->root = strdup(root);
	return watch->root != NULL ? attach(watch, error) : error_no_memory(error);
}

static int open_watch(const char *root, const char *directory, struct lifecycle_watch **ret_watch,
	struct lifecycle_error *error)
{
	struct lifecycle_watch *watch = calloc(1, sizeof(*watch));
	struct lifecycle_error ignored = { 0 };

	error = error != NULL ? error : &ignored;
	if (watch == NULL)
		return error_no_memory(error);
	watch->root_watch = NO_WATCH;
	if (prepare(watch, root, directory, error) < 0) {
		lifecycle_watch_close(watch);
		return -1;
	}
	watch->everything = false;
	*ret_watch = watch;
	return 0;
}

int lifecycle_watch_open(
	const char *root, struct lifecycle_watch **ret_watch, struct lifecycle_error *error)
{
	if (root[0] != '/')
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"the store '%s' is not an absolute path", root);
	return open_watch(root, NULL, ret_watch, error);
}

int lifecycle_watch_open_directory(
	const char *path, struct lifecycle_watch **ret_watch, struct lifecycle_error *error)
{
	return open_watch(NULL, path, ret_watch, error);
}

void lifecycle_watch_close(struct lifecycle_watch *watch)
{
	if (watch == NULL)
		return;
	if (watch->fd >= 0)
		(void)close(watch->fd);
	tdestroy(watch->ids, free);
	free(watch->root);
	free(watch);
}

int lifecycle_watch_fd(const struct lifecycle_watch *watch)
{
	return watch->fd;
}

/* ---- what has happened ---- */

struct reader {
	lifecycle_changed_fn *changed;
	void *arg;
};

static int tell(const struct reader *reader, enum lifecycle_change change, const char *id)
{
	return reader->changed(change, id, reader->arg);
}

static int take_root_event(struct lifecycle_watch *watch, const struct inotify_event *event,
	const struct reader *reader, struct lifecycle_error *error)
{
	if (!watch->attached || (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
		if ((event->mask & IN_IGNORED) != 0)
			watch->root_watch = NO_WATCH;
		return attach(watch, error);
	}
	if (event->len == 0 || !lifecycle_id_valid(event->name))
		return 0;
	if ((event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0)
		return tell(reader, LIFECYCLE_CHANGE_REMOVED, event->name);
	if (add_container(watch, event->name, error) < 0)
		return -1;
	return tell(reader, LIFECYCLE_CHANGE_RECORD, event->name);
}

static int take_container_event(struct lifecycle_watch *watch, const struct inotify_event *event,
	const struct reader *reader)
{
	const struct id *id = find_id(watch, event->wd);

	if (id == NULL)
		return 0;
	if ((event->mask & IN_IGNORED) != 0)
		forget_id(watch, event->wd);
	else if (event->len > 0 && strcmp(event->name, STORE_RECORD) == 0)
		return tell(reader, LIFECYCLE_CHANGE_RECORD, id->text);
	return 0;
}

static int take_event(struct lifecycle_watch *watch, const struct inotify_event *event,
	const struct reader *reader, struct lifecycle_error *error)
{
	if (watch->root == NULL) {
		watch->everything = true;
		return 0;
	}
	/* some were lost, and that the root has gone or come may be among them */
	if ((event->mask & IN_Q_OVERFLOW) != 0)
		return attach(watch, error);
	if (event->wd == watch->root_watch)
		return take_root_event(watch, event, reader, error);
	return take_container_event(watch, event, reader);
}

static int take_events(struct lifecycle_watch *watch, const char *buffer, size_t length,
	const struct reader *reader, struct lifecycle_error *error)
{
	int result = 0;

	while (length > 0 && result == 0) {
		const struct inotify_event *event = (const void *)buffer;
		size_t size = sizeof(*event) + event->len;

		result = take_event(watch, event, reader, error);
		buffer += size;
		length -= size;
	}
	return result;
}

/* What there is now, and not all that comes meanwhile: a store that changes all the time would keep the caller for ever. */
static int read_events(
	struct lifecycle_watch *watch, const struct reader *reader, struct lifecycle_error *error)
{
	_Alignas(struct inotify_event) char buffer[16384];
	int rest = 0, result = 0;
	ssize_t length;

	(void)ioctl(watch->fd, FIONREAD, &rest);
	do {
		length = read(watch->fd, buffer, sizeof(buffer));
		if (length > 0)
			result = take_events(watch, buffer, (size_t)length, reader, error);
		rest -= (int)length;
	} while (result == 0 && length > 0 && rest > 0);
	if (result == 0 && length < 0 && errno != EAGAIN && errno != EINTR)
		return error_errno(error, errno, "changes cannot be read");
	return result;
}

int lifecycle_watch_read(struct lifecycle_watch *watch, lifecycle_changed_fn *changed, void *arg,
	struct lifecycle_error *error)
{
	const struct reader reader = { changed, arg };
	struct lifecycle_error ignored = { 0 };
	int result = read_events(watch, &reader, error != NULL ? error : &ignored);

	if (result == 0 && watch->everything) {
		watch->everything = false;
		result = tell(&reader, LIFECYCLE_CHANGE_ANYTHING, NULL);
	}
	/* what was read and not told is not lost */
	if (result != 0)
		watch->everything = true;
	return result;
}
