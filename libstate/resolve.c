/* SPDX-License-Identifier: Apache-2.0 */
/* Which containers there are, and which one a person means. */
#include "error.h"
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- names ---- */

void lifecycle_names_free(struct lifecycle_names *names)
{
	if (names == NULL)
		return;
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct lifecycle_names){ 0 };
}

/* Capacities are powers of two, so that the count tells when one is full. */
static int names_add(struct lifecycle_names *names, const char *name, struct lifecycle_error *error)
{
	char *copy = strdup(name);

	if (copy != NULL && (names->count & (names->count - 1)) == 0) {
		size_t capacity = names->count == 0 ? 1 : names->count * 2;
		char **larger = reallocarray(names->names, capacity, sizeof(*larger));

		if (larger != NULL) {
			names->names = larger;
		} else {
			free(copy);
			copy = NULL;
		}
	}
	if (copy == NULL)
		return error_no_memory(error);
	names->names[names->count++] = copy;
	return 0;
}

static int compare_names(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void names_sort(struct lifecycle_names *names)
{
	if (names->count > 1)
		qsort(names->names, names->count, sizeof(*names->names), compare_names);
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

static bool is_not_listed(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, STORE_SWEPT) == 0;
}

static int list_entries(DIR *directory, struct lifecycle_names *ids,
	struct lifecycle_names *foreign, struct lifecycle_error *error)
{
	const struct dirent *entry;

	while (errno = 0, (entry = readdir(directory)) != NULL) {
		struct lifecycle_names *to = foreign;

		if (is_not_listed(entry->d_name))
			continue;
		if (lifecycle_id_valid(entry->d_name) && is_directory(dirfd(directory), entry))
			to = ids;
		if (names_add(to, entry->d_name, error) < 0)
			return -1;
	}
	return errno == 0 ? 0 : error_errno(error, errno, "the store cannot be read");
}

static int list_store(const struct lifecycle_store *store, struct lifecycle_names *ids,
	struct lifecycle_names *foreign, struct lifecycle_error *error)
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

int lifecycle_store_list(struct lifecycle_store *store, struct lifecycle_names *ret_ids,
	struct lifecycle_names *ret_foreign, struct lifecycle_error *error)
{
	struct lifecycle_names ids = { 0 };
	struct lifecycle_names foreign = { 0 };
	int result = list_store(store, &ids, &foreign, error);

	if (result == 0) {
		names_sort(&ids);
		names_sort(&foreign);
		*ret_ids = ids;
		ids = (struct lifecycle_names){ 0 };
		if (ret_foreign != NULL) {
			*ret_foreign = foreign;
			foreign = (struct lifecycle_names){ 0 };
		}
	}
	lifecycle_names_free(&ids);
	lifecycle_names_free(&foreign);
	return result;
}

/* ---- resolve ---- */

static int check_reference(const char *reference, struct lifecycle_error *error)
{
	if (reference[0] == '\0')
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "an empty reference names no container");
	for (const char *at = reference; *at != '\0'; at++)
		if (*at == '/' || (unsigned char)*at < 0x20 || *at == 0x7f)
			return error_set(error, LIFECYCLE_ERROR_INVALID,
				"'%.64s' names no container", reference);
	return 0;
}

static bool has_name(struct lifecycle_store *store, const char *id, const char *name)
{
	struct lifecycle_record *record;
	const char *recorded;
	bool same;

	if (lifecycle_store_load(store, id, &record, NULL) < 0)
		return false;
	recorded = lifecycle_record_name(record);
	same = recorded != NULL && strcmp(recorded, name) == 0;
	lifecycle_record_free(record);
	return same;
}

static bool has_exact_id(struct lifecycle_store *store, const char *id, const char *reference)
{
	(void)store;
	return strcmp(id, reference) == 0;
}

static bool has_prefix(struct lifecycle_store *store, const char *id, const char *reference)
{
	(void)store;
	return strncmp(id, reference, strlen(reference)) == 0;
}

typedef bool match_fn(struct lifecycle_store *store, const char *id, const char *reference);

static int match_all(struct lifecycle_store *store, const struct lifecycle_names *ids,
	match_fn *match, const char *reference, struct lifecycle_names *matches,
	struct lifecycle_error *error)
{
	for (size_t i = 0; i < ids->count; i++)
		if (match(store, ids->names[i], reference) &&
			names_add(matches, ids->names[i], error) < 0)
			return -1;
	return 0;
}

static int find(struct lifecycle_store *store, const struct lifecycle_names *ids,
	const char *reference, struct lifecycle_names *matches, struct lifecycle_error *error)
{
	static match_fn *const matchers[] = { has_exact_id, has_name, has_prefix };

	for (size_t i = 0; i < sizeof(matchers) / sizeof(matchers[0]) && matches->count == 0; i++)
		if (match_all(store, ids, matchers[i], reference, matches, error) < 0)
			return -1;
	if (matches->count == 0)
		return error_set(
			error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%.64s'", reference);
	if (matches->count > 1)
		return error_set(error, LIFECYCLE_ERROR_AMBIGUOUS,
			"'%.64s' could be any of %zu containers", reference, matches->count);
	return 0;
}

int lifecycle_store_resolve(struct lifecycle_store *store, const char *reference, char **ret_id,
	struct lifecycle_names *ret_candidates, struct lifecycle_error *error)
{
	struct lifecycle_names ids;
	struct lifecycle_names matches = { 0 };
	int result;

	if (check_reference(reference, error) < 0 ||
		lifecycle_store_list(store, &ids, NULL, error) < 0)
		return -1;
	result = find(store, &ids, reference, &matches, error);
	if (result == 0) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): one was found */
		*ret_id = matches.names[0];
		matches.count = 0;
	} else if (matches.count > 1 && ret_candidates != NULL) {
		*ret_candidates = matches;
		matches = (struct lifecycle_names){ 0 };
	}
	lifecycle_names_free(&matches);
	lifecycle_names_free(&ids);
	return result;
}
