/* SPDX-License-Identifier: Apache-2.0 */
/* Which containers there are. */
#include "list.h"
#include "base/error.h"
#include "ledger.h"
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- strings ---- */

void lifecycle_strings_free(struct lifecycle_strings *strings)
{
	if (strings == NULL)
		return;
	for (size_t i = 0; i < strings->count; i++)
		free(strings->items[i]);
	free(strings->items);
	*strings = (struct lifecycle_strings){ 0 };
}

/* Capacities are powers of two, so that the count tells when one is full. */
int list_add(struct lifecycle_strings *strings, const char *name, struct lifecycle_error *error)
{
	char *copy = strdup(name);

	if (copy != NULL && (strings->count & (strings->count - 1)) == 0) {
		size_t capacity = strings->count == 0 ? 1 : strings->count * 2;
		char **larger = reallocarray(strings->items, capacity, sizeof(*larger));

		if (larger != NULL) {
			strings->items = larger;
		} else {
			free(copy);
			copy = NULL;
		}
	}
	if (copy == NULL)
		return error_no_memory(error);
	strings->items[strings->count++] = copy;
	return 0;
}

static int compare_strings(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void sort_strings(struct lifecycle_strings *strings)
{
	if (strings->count > 1)
		qsort(strings->items, strings->count, sizeof(*strings->items), compare_strings);
}

/* ---- list ---- */

static bool is_directory(int fd, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

/* The root's own files, and what a killed writer left of one. */
static bool is_not_listed(const char *name)
{
	static const char *const ours[] = { ".", "..", STORE_SWEPT, LIFECYCLE_COUNTS_FILE,
		(LEDGER_TEMPORARY) };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	return false;
}

static int list_entries(DIR *directory, struct lifecycle_strings *ids,
	struct lifecycle_strings *foreign, struct lifecycle_error *error)
{
	const struct dirent *entry;

	while (errno = 0, (entry = readdir(directory)) != NULL) {
		struct lifecycle_strings *to = foreign;

		if (is_not_listed(entry->d_name))
			continue;
		if (lifecycle_id_valid(entry->d_name) && is_directory(dirfd(directory), entry))
			to = ids;
		if (list_add(to, entry->d_name, error) < 0)
			return -1;
	}
	return errno == 0 ? 0 : error_errno(error, errno, "the store cannot be read");
}

static int list_store(const struct lifecycle_store *store, struct lifecycle_strings *ids,
	struct lifecycle_strings *foreign, struct lifecycle_error *error)
{
	int fd = openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory;
	int result;

	if (fd < 0)
		return error_errno(error, errno, "the store '%s' cannot be read", store->root);
	directory = fdopendir(fd);
	if (directory == NULL) {
		(void)close(fd);
		return error_no_memory(error);
	}
	result = list_entries(directory, ids, foreign, error);
	(void)closedir(directory);
	return result;
}

int lifecycle_store_list(struct lifecycle_store *store, struct lifecycle_strings *ret_ids,
	struct lifecycle_strings *ret_foreign, struct lifecycle_error *error)
{
	struct lifecycle_strings ids = { 0 };
	struct lifecycle_strings foreign = { 0 };
	int result = list_store(store, &ids, &foreign, error);

	if (result == 0) {
		sort_strings(&ids);
		sort_strings(&foreign);
		*ret_ids = ids;
		ids = (struct lifecycle_strings){ 0 };
		if (ret_foreign != NULL) {
			*ret_foreign = foreign;
			foreign = (struct lifecycle_strings){ 0 };
		}
	}
	lifecycle_strings_free(&ids);
	lifecycle_strings_free(&foreign);
	return result;
}
