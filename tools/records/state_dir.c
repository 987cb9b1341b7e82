/* SPDX-License-Identifier: Apache-2.0 */
#include "records/state_dir.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* nerdctl's record does not say it, and its directory may have any name. */
static const char *id_or_none(const struct lifecycle_record *record)
{
	const char *id = lifecycle_record_id(record);

	return id != NULL ? id : "-";
}

static int name_alone(
	const char *id, struct lifecycle_strings *ret_ids, struct lifecycle_error *error)
{
	struct lifecycle_strings ids = { .count = 1, .items = calloc(2, sizeof(*ids.items)) };

	if (ids.items != NULL)
		ids.items[0] = strdup(id);
	if (ids.items == NULL || ids.items[0] == NULL) {
		free(ids.items);
		return error_no_memory(error);
	}
	*ret_ids = ids;
	return 0;
}

int state_dir_list(
	const char *directory, struct lifecycle_strings *ret_ids, struct lifecycle_error *error)
{
	struct lifecycle_record *record;
	int result;

	if (lifecycle_load_directory(directory, &record, error) < 0)
		return -1;
	result = name_alone(id_or_none(record), ret_ids, error);
	lifecycle_record_free(record);
	return result;
}

static bool means(const struct lifecycle_record *record, const char *reference)
{
	const char *id = id_or_none(record);
	const char *name = lifecycle_record_name(record);

	return strncmp(id, reference, strlen(reference)) == 0 ||
	       (name != NULL && strcmp(name, reference) == 0);
}

int state_dir_resolve(
	const char *directory, const char *reference, char **ret_id, struct lifecycle_error *error)
{
	struct lifecycle_record *record;
	char *id = NULL;
	bool meant;

	if (reference[0] == '\0')
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "an empty reference is no container");
	if (lifecycle_load_directory(directory, &record, error) < 0)
		return -1;
	meant = means(record, reference);
	if (meant)
		id = strdup(id_or_none(record));
	lifecycle_record_free(record);
	if (!meant)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND,
			"'%s' is not the container in '%s'", reference, directory);
	if (id == NULL)
		return error_no_memory(error);
	*ret_id = id;
	return 0;
}
