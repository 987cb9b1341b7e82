/* SPDX-License-Identifier: Apache-2.0 */
/* Which container a person means. */
#include "base/error.h"
#include "list.h"
#include "name_annotations.h"
#include "observation.h"
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int check_reference(const char *reference, struct lifecycle_error *error)
{
	if (reference[0] == '\0')
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "an empty reference names no container");
	for (const char *at = reference; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return error_set(error, LIFECYCLE_ERROR_INVALID,
				"'%.64s' names no container", reference);
	return 0;
}

/* ---- how it may be meant ---- */

static bool has_name(const struct lifecycle_record *record, const char *reference)
{
	return text_is_same(lifecycle_record_name(record), reference);
}

static const char *first_annotation(const struct lifecycle_record *record, const char *const *keys)
{
	const char *value = NULL;

	for (; value == NULL && *keys != NULL; keys++)
		value = lifecycle_record_annotation(record, *keys);
	return value;
}

/* Takes `part` off the end of the first *length bytes of `reference`, and the slash before that. */
static bool take_part(const char *reference, size_t *length, const char *part)
{
	size_t size = part != NULL ? strlen(part) : 0;

	if (size == 0 || size > *length || memcmp(reference + *length - size, part, size) != 0)
		return false;
	*length -= size;
	if (*length == 0)
		return true;
	return reference[--*length] == '/';
}

/* CONTAINER, POD/CONTAINER or NAMESPACE/POD/CONTAINER, where the annotations tell pod and namespace. No part is empty. */
static bool is_in_pod(
	const struct lifecycle_record *record, const char *reference, const char *container)
{
	const char *const parts[] = { container, first_annotation(record, name_annotations_of_pods),
		first_annotation(record, name_annotations_of_namespaces) };
	size_t length = strlen(reference);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && length > 0; i++)
		if (!take_part(reference, &length, parts[i]))
			return false;
	return length == 0 && reference[0] != '/';
}

/* Its name may be another than the one that Kubernetes gave: CRI-O makes one of all three. */
static bool has_pod(const struct lifecycle_record *record, const char *reference)
{
	return is_in_pod(record, reference, lifecycle_record_name(record)) ||
	       is_in_pod(
		       record, reference, first_annotation(record, name_annotations_of_containers));
}

/* The name is a path, of which the reference is the end. */
static bool has_path(const struct lifecycle_record *record, const char *reference)
{
	const char *name = lifecycle_record_name(record);
	size_t length = name != NULL ? strlen(name) : 0;

	return name != NULL && take_part(name, &length, reference);
}

static bool has_path_or_pod(const struct lifecycle_record *record, const char *reference)
{
	return has_path(record, reference) || has_pod(record, reference);
}

/* ---- which of several ---- */

/* Containers that match. Of several with one name the one that has not stopped is meant, else the newest. */
struct matches {
	struct lifecycle_strings living;
	char *newest; /* of those that have stopped */
	int64_t created_at;
};

static void free_matches(struct matches *matches)
{
	lifecycle_strings_free(&matches->living);
	free(matches->newest);
}

static int add_stopped(struct matches *matches, const char *id,
	const struct lifecycle_record *record, struct lifecycle_error *error)
{
	int64_t created_at = lifecycle_record_current(record)->created_at;
	char *copy;

	if (matches->newest != NULL && created_at <= matches->created_at)
		return 0;
	copy = strdup(id);
	if (copy == NULL)
		return error_no_memory(error);
	free(matches->newest);
	matches->newest = copy;
	matches->created_at = created_at;
	return 0;
}

static int add_match(struct matches *matches, const char *id, const struct lifecycle_record *record,
	struct lifecycle_error *error)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };

	lifecycle_observe(record, &observed);
	if (observed.status == LIFECYCLE_STATUS_STOPPED)
		return add_stopped(matches, id, record, error);
	return list_add(&matches->living, id, error);
}

typedef bool match_fn(const struct lifecycle_record *record, const char *reference);

/* It may be there for the next one to ask: that says nothing of the record. What one may not read, one never may. */
static bool may_have_name(const struct lifecycle_error *reason)
{
	return reason->code == LIFECYCLE_ERROR_NO_MEMORY ||
	       (reason->code == LIFECYCLE_ERROR_SYSTEM && reason->system_errno != EACCES);
}

/* A bad record has no name. But one that could not be read may be the one that is meant, though another has that name. */
static int match_names(struct lifecycle_store *store, const struct lifecycle_strings *ids,
	match_fn *match, const char *reference, struct matches *matches,
	struct lifecycle_error *error)
{
	int result = 0;

	for (size_t i = 0; i < ids->count && result == 0; i++) {
		struct lifecycle_record *record;
		struct lifecycle_error reason;

		if (lifecycle_store_load(store, ids->items[i], &record, &reason) < 0) {
			result = may_have_name(&reason) ? -1 : 0;
			if (result < 0 && error != NULL)
				*error = reason;
			continue;
		}
		if (match(record, reference))
			result = add_match(matches, ids->items[i], record, error);
		lifecycle_record_free(record);
	}
	return result;
}

/* Takes what is meant: into `found` what could be, if that is not one. */
static int take_matches(
	struct matches *matches, struct lifecycle_strings *found, struct lifecycle_error *error)
{
	if (matches->living.count == 0)
		return matches->newest != NULL ? list_add(found, matches->newest, error) : 0;
	*found = matches->living;
	matches->living = (struct lifecycle_strings){ 0 };
	return 0;
}

static int find_names(struct lifecycle_store *store, const struct lifecycle_strings *ids,
	const char *reference, struct lifecycle_strings *found, struct lifecycle_error *error)
{
	static match_fn *const matchers[] = { has_name, has_path_or_pod };
	int result = 0;

	for (size_t i = 0;
		i < sizeof(matchers) / sizeof(matchers[0]) && found->count == 0 && result == 0;
		i++) {
		struct matches matches = { .newest = NULL };

		result = match_names(store, ids, matchers[i], reference, &matches, error);
		if (result == 0)
			result = take_matches(&matches, found, error);
		free_matches(&matches);
	}
	return result;
}

static int find_prefixes(const struct lifecycle_strings *ids, const char *reference,
	struct lifecycle_strings *found, struct lifecycle_error *error)
{
	for (size_t i = 0; i < ids->count; i++)
		if (strncmp(ids->items[i], reference, strlen(reference)) == 0 &&
			list_add(found, ids->items[i], error) < 0)
			return -1;
	return 0;
}

/* ---- the whole ---- */

static int find(struct lifecycle_store *store, const struct lifecycle_strings *ids,
	const char *reference, struct lifecycle_strings *found, struct lifecycle_error *error)
{
	if (find_names(store, ids, reference, found, error) < 0 ||
		(found->count == 0 && find_prefixes(ids, reference, found, error) < 0))
		return -1;
	if (found->count == 0)
		return error_set(
			error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%.64s'", reference);
	if (found->count > 1)
		return error_set(error, LIFECYCLE_ERROR_AMBIGUOUS,
			"'%.64s' could be any of %zu containers", reference, found->count);
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
