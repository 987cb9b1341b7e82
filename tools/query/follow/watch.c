/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/watch.h"
#include "base/error.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define CONTAINER_EVENTS (IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)
#define ROOT_EVENTS                                                                                \
	(IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF |     \
		IN_ONLYDIR)
#define ABOVE_EVENTS                                                                               \
	(IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

#define NO_WATCH (-1)

struct watch {
	int fd;
	char *root;      /* NULL: one directory only */
	int root_watch;  /* of the root, or of the last directory above it that is there */
	bool attached;   /* it is the root's */
	json_t *ids;     /* by the number of their directory's watch */
	bool everything; /* all is to be read again */
};

/* ---- single directories ---- */

static int add(struct watch *watch, const char *path, uint32_t events, int *ret_watch,
	struct lifecycle_error *error)
{
	int number = inotify_add_watch(watch->fd, path, events);

	if (number >= 0) {
		*ret_watch = number;
		return 0;
	}
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "'%s' is not there", path);
	if (errno == ENOSPC)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"too many watches: fs.inotify.max_user_watches is the limit");
	return error_errno(error, errno, "cannot watch '%s'", path);
}

static void forget(struct watch *watch, int number)
{
	char key[16];

	(void)snprintf(key, sizeof(key), "%d", number);
	(void)json_object_del(watch->ids, key);
}

static const char *id_of(const struct watch *watch, int number)
{
	char key[16];

	(void)snprintf(key, sizeof(key), "%d", number);
	return json_string_value(json_object_get(watch->ids, key));
}

/* One that has gone meanwhile is no error: the root's watch tells that. */
static int add_container(struct watch *watch, const char *id, struct lifecycle_error *error)
{
	struct lifecycle_error why;
	char key[16];
	char *path;
	int number = NO_WATCH;
	int result;

	if (asprintf(&path, "%s/%s", watch->root, id) < 0)
		return error_no_memory(error);
	result = add(watch, path, CONTAINER_EVENTS | IN_DONT_FOLLOW, &number, &why);
	free(path);
	if (result != 0 && why.code != LIFECYCLE_ERROR_NOT_FOUND && why.system_errno != EACCES) {
		*error = why;
		return -1;
	}
	if (result != 0)
		return 0;
	(void)snprintf(key, sizeof(key), "%d", number);
	return json_object_set_new(watch->ids, key, json_string(id)) == 0 ? 0
									  : error_no_memory(error);
}

/* ---- the root ---- */

static int add_containers(struct watch *watch, struct lifecycle_error *error)
{
	struct lifecycle_store *store;
	struct lifecycle_strings ids;
	int result;

	/* gone again: the watch tells that, too */
	if (lifecycle_store_open(watch->root, LIFECYCLE_ACCESS_READ, &store, error) != 0)
		return error->code == LIFECYCLE_ERROR_NOT_FOUND ? 0 : -1;
	result = lifecycle_store_list(store, &ids, NULL, error);
	lifecycle_store_close(store);
	if (result != 0)
		return -1;
	for (size_t i = 0; i < ids.count && result == 0; i++)
		result = add_container(watch, ids.items[i], error);
	lifecycle_strings_free(&ids);
	return result;
}

/* The last directory above the root that is there. */
static int watch_above(struct watch *watch, struct lifecycle_error *error)
{
	char *path = strdup(watch->root);
	int result = path != NULL ? -1 : error_no_memory(error);
	char *slash;

	while (result != 0 && path != NULL && (slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		result = add(watch, path[0] != '\0' ? path : "/", ABOVE_EVENTS, &watch->root_watch,
			error);
		if (result != 0 && error->code != LIFECYCLE_ERROR_NOT_FOUND)
			break;
	}
	free(path);
	return result;
}

static void drop_root_watch(struct watch *watch)
{
	if (watch->root_watch != NO_WATCH)
		(void)inotify_rm_watch(watch->fd, watch->root_watch);
	watch->root_watch = NO_WATCH;
	watch->attached = false;
}

/* Gets hold of the root, or else of what is above it; then looks again, as it may have come in between. */
static int attach(struct watch *watch, struct lifecycle_error *error)
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
		if (tries == 0 && watch_above(watch, error) != 0)
			return -1;
	}
	return 0;
}

static int attach_directory(
	struct watch *watch, const char *directory, struct lifecycle_error *error)
{
	return add(watch, directory, CONTAINER_EVENTS | IN_DELETE_SELF, &watch->root_watch, error);
}

static int prepare(
	struct watch *watch, const struct records *records, struct lifecycle_error *error)
{
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd < 0)
		return error_errno(error, errno, "cannot watch for changes");
	watch->ids = json_object();
	if (records->directory != NULL)
		return attach_directory(watch, records->directory, error);
	watch->root = strdup(records->root);
	if (watch->root == NULL || watch->ids == NULL)
		return error_no_memory(error);
	return attach(watch, error);
}

int watch_open(
	const struct records *records, struct watch **ret_watch, struct lifecycle_error *error)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL)
		return error_no_memory(error);
	watch->fd = -1;
	watch->root_watch = NO_WATCH;
	if (prepare(watch, records, error) != 0) {
		watch_close(watch);
		return -1;
	}
	watch->everything = false;
	*ret_watch = watch;
	return 0;
}

void watch_close(struct watch *watch)
{
	if (watch == NULL)
		return;
	if (watch->fd >= 0)
		(void)close(watch->fd);
	json_decref(watch->ids);
	free(watch->root);
	free(watch);
}

int watch_fd(const struct watch *watch)
{
	return watch->fd;
}

/* ---- what has happened ---- */

static int take_root_event(struct watch *watch, const struct inotify_event *event,
	watch_changed_fn *changed, void *arg, struct lifecycle_error *error)
{
	if (!watch->attached || (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0) {
		if ((event->mask & IN_IGNORED) != 0)
			watch->root_watch = NO_WATCH;
		return attach(watch, error);
	}
	if (event->len == 0 || !lifecycle_id_valid(event->name))
		return 0;
	if ((event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0)
		return changed(WATCH_REMOVED, event->name, arg);
	if (add_container(watch, event->name, error) != 0)
		return -1;
	return changed(WATCH_RECORD, event->name, arg);
}

static bool is_record(const struct inotify_event *event)
{
	return event->len > 0 && strcmp(event->name, LIFECYCLE_RECORD_FILE) == 0;
}

static int take_event(struct watch *watch, const struct inotify_event *event,
	watch_changed_fn *changed, void *arg, struct lifecycle_error *error)
{
	const char *id = id_of(watch, event->wd);

	if ((event->mask & IN_Q_OVERFLOW) != 0) {
		watch->everything = true;
		return watch->attached ? add_containers(watch, error) : 0;
	}
	if (watch->root == NULL) {
		watch->everything = true;
		return 0;
	}
	if (event->wd == watch->root_watch)
		return take_root_event(watch, event, changed, arg, error);
	if (id == NULL)
		return 0;
	if ((event->mask & IN_IGNORED) != 0)
		forget(watch, event->wd);
	else if (is_record(event))
		return changed(WATCH_RECORD, id, arg);
	return 0;
}

static int take_events(struct watch *watch, const char *buffer, size_t length,
	watch_changed_fn *changed, void *arg, struct lifecycle_error *error)
{
	int result = 0;

	while (length > 0 && result == 0) {
		const struct inotify_event *event = (const void *)buffer;
		size_t size = sizeof(*event) + event->len;

		result = take_event(watch, event, changed, arg, error);
		buffer += size;
		length -= size;
	}
	return result;
}

int watch_read(
	struct watch *watch, watch_changed_fn *changed, void *arg, struct lifecycle_error *error)
{
	_Alignas(struct inotify_event) char buffer[16384];
	int result = 0;
	ssize_t length;

	while (result == 0 && (length = read(watch->fd, buffer, sizeof(buffer))) > 0)
		result = take_events(watch, buffer, (size_t)length, changed, arg, error);
	if (result == 0 && length < 0 && errno != EAGAIN && errno != EINTR)
		return error_errno(error, errno, "cannot watch for changes");
	if (result == 0 && watch->everything) {
		watch->everything = false;
		result = changed(WATCH_ANYTHING, NULL, arg);
	}
	return result;
}
