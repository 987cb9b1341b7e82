/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader asks of a record: see libstate.h. */
#include "record.h"

#include <string.h>

const char *lifecycle_record_id(const struct lifecycle_record *record)
{
	return record->id;
}

const char *lifecycle_record_name(const struct lifecycle_record *record)
{
	return record->name;
}

const char *lifecycle_record_bundle(const struct lifecycle_record *record)
{
	return record->bundle;
}

const char *lifecycle_record_oci_version(const struct lifecycle_record *record)
{
	return record->oci_version;
}

const char *lifecycle_record_annotation(const struct lifecycle_record *record, const char *key)
{
	for (size_t i = 0; i < record->annotation_count; i++)
		if (strcmp(record->annotations[i].key, key) == 0)
			return record->annotations[i].value;
	return NULL;
}

size_t lifecycle_record_annotation_count(const struct lifecycle_record *record)
{
	return record->annotation_count;
}

const char *lifecycle_record_annotation_key(const struct lifecycle_record *record, size_t index)
{
	return record->annotations[index].key;
}

static const char *key_at(const struct record_layout *layout, size_t *index)
{
	for (size_t i = 0; i < layout->field_count; i++) {
		const struct record_field *field = &layout->fields[i];
		const char *key = field->key;

		if (field->kind == RECORD_FIELD_GROUP)
			key = key_at(field->group, index);
		else if ((*index)-- > 0)
			key = NULL;
		if (key != NULL)
			return key;
	}
	return NULL;
}

const char *lifecycle_record_key(size_t index)
{
	return key_at(&record_layout, &index);
}

const struct lifecycle_generation *lifecycle_record_current(const struct lifecycle_record *record)
{
	return &record->current;
}

size_t lifecycle_record_previous_count(const struct lifecycle_record *record)
{
	return record->previous_count;
}

const struct lifecycle_generation *lifecycle_record_previous(
	const struct lifecycle_record *record, size_t index)
{
	return &record->previous[index].is;
}

size_t lifecycle_record_hook_count(const struct lifecycle_record *record)
{
	return record->hook_count;
}

const struct lifecycle_hook *lifecycle_record_hook(
	const struct lifecycle_record *record, size_t index)
{
	return &record->hooks[index].is;
}

size_t lifecycle_record_error_count(const struct lifecycle_record *record)
{
	return record->error_count;
}

const struct lifecycle_failure *lifecycle_record_error(
	const struct lifecycle_record *record, size_t index)
{
	return &record->errors[index].is;
}

bool lifecycle_record_recovered(const struct lifecycle_record *record)
{
	return record->recovered;
}
