/* SPDX-License-Identifier: Apache-2.0 */
/* Which container a person means. */
#include "base/error.h"
#include "list.h"
#include "store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

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

static bool has_prefix(struct lifecycle_store *store, const char *id, const char *reference)
{
	(void)store;
	return strncmp(id, reference, strlen(reference)) == 0;
}

typedef bool match_fn(struct lifecycle_store *store, const char *id, const char *reference);

static int match_all(struct lifecycle_store *store, const struct lifecycle_strings *ids,
	match_fn *match, const char *reference, struct lifecycle_strings *matches,
	struct lifecycle_error *error)
{
	for (size_t i = 0; i < ids->count; i++)
		if (match(store, ids->items[i], reference) &&
			list_add(matches, ids->items[i], error) < 0)
			return -1;
	return 0;
}

static int find(struct lifecycle_store *store, const struct lifecycle_strings *ids,
	const char *reference, struct lifecycle_strings *matches, struct lifecycle_error *error)
{
	static match_fn *const matchers[] = { has_name, has_prefix };

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

static int search(struct lifecycle_store *store, const char *reference, char **ret_id,
	struct lifecycle_strings *ret_candidates, struct lifecycle_error *error)
{
	struct lifecycle_strings ids;
	struct lifecycle_strings matches = { 0 };
	int result;

	if (lifecycle_store_list(store, &ids, NULL, error) < 0)
		return -1;
	result = find(store, &ids, reference, &matches, error);
	if (result == 0) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): one was found */
		*ret_id = matches.items[0];
		matches.count = 0;
	} else if (matches.count > 1 && ret_candidates != NULL) {
		*ret_candidates = matches;
		matches = (struct lifecycle_strings){ 0 };
	}
	lifecycle_strings_free(&matches);
	lifecycle_strings_free(&ids);
	return result;
}

/* What is there under that very ID is meant, whatever else there is: so nothing is listed. */
static bool is_exact_id(const struct lifecycle_store *store, const char *reference)
{
	struct stat status;

	return lifecycle_id_valid(reference) &&
	       fstatat(store->fd, reference, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

int lifecycle_store_resolve(struct lifecycle_store *store, const char *reference, char **ret_id,
	struct lifecycle_strings *ret_candidates, struct lifecycle_error *error)
{
	char *id;

	if (check_reference(reference, error) < 0)
		return -1;
	if (!is_exact_id(store, reference))
		return search(store, reference, ret_id, ret_candidates, error);
	id = strdup(reference);
	if (id == NULL)
		return error_no_memory(error);
	*ret_id = id;
	return 0;
}
