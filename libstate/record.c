/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"
#include "base/error.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- finding ---- */

static const struct record_field *find_in_group(
	const struct record_field *group, const char *key, size_t *ret_offset)
{
	const struct record_field *found = record_find_field(group->group, key, ret_offset);

	if (found != NULL)
		*ret_offset += group->offset;
	return found;
}

const struct record_field *record_find_field(
	const struct record_layout *layout, const char *key, size_t *ret_offset)
{
	for (size_t i = 0; i < layout->field_count; i++) {
		const struct record_field *field = &layout->fields[i];

		if (field->kind == RECORD_FIELD_GROUP) {
			field = find_in_group(field, key, ret_offset);
			if (field != NULL)
				return field;
		} else if (strcmp(field->key, key) == 0) {
			*ret_offset = 0;
			return field;
		}
	}
	return NULL;
}

/* ---- making, freeing ---- */

static const char **text_at(void *object, size_t offset)
{
	return (const char **)(void *)((char *)object + offset);
}

static void free_text(const char **slot)
{
	free((void *)(uintptr_t)*slot);
	*slot = NULL;
}

static const char *const **texts_at(void *object, size_t offset)
{
	return (const char *const **)(void *)((char *)object + offset);
}

void record_free_texts(const char *const **slot)
{
	const char **texts = (const char **)(uintptr_t)*slot;

	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
		free_text(&texts[i]);
	free(texts);
	*slot = NULL;
}

static void free_annotations(struct lifecycle_record *record)
{
	for (size_t i = 0; i < record->annotation_count; i++) {
		free_text(&record->annotations[i].key);
		free_text(&record->annotations[i].value);
	}
	record->annotation_count = 0;
}

static void layout_free(const struct record_layout *layout, void *object);

static void field_free(const struct record_field *field, void *object)
{
	switch (field->kind) {
	case RECORD_FIELD_TEXT:
		free_text(text_at(object, field->offset));
		break;
	case RECORD_FIELD_TEXTS:
		record_free_texts(texts_at(object, field->offset));
		break;
	case RECORD_FIELD_GROUP:
		layout_free(field->group, (char *)object + field->offset);
		break;
	case RECORD_FIELD_ANNOTATIONS:
		free_annotations(object);
		break;
	case RECORD_FIELD_ARRAY:
		for (size_t i = 0; i < record_array_count(field->array, object); i++)
			layout_free(
				field->array->layout, record_array_entry(field->array, object, i));
		break;
	default:
		break;
	}
}

static void layout_free(const struct record_layout *layout, void *object)
{
	for (size_t i = 0; i < layout->field_count; i++)
		field_free(&layout->fields[i], object);
	if (layout->extra_offset != RECORD_NO_EXTRA)
		free_text(text_at(object, layout->extra_offset));
}

/* Everything unknown: all zero, but for numbers and times. */
static void layout_init(const struct record_layout *layout, void *object)
{
	static const int64_t unknown = LIFECYCLE_UNKNOWN;

	memset(object, 0, layout->size);
	for (size_t i = 0; i < layout->field_count; i++) {
		const struct record_field *field = &layout->fields[i];
		char *at = (char *)object + field->offset;

		if (field->kind == RECORD_FIELD_INTEGER || field->kind == RECORD_FIELD_TIME)
			memcpy(at, &unknown, sizeof(unknown));
		else if (field->kind == RECORD_FIELD_GROUP)
			layout_init(field->group, at);
	}
}

struct lifecycle_record *record_new(void)
{
	struct lifecycle_record *record = malloc(sizeof(*record));

	if (record != NULL) {
		layout_init(&record_layout, record);
		record->exec_fifo = LIFECYCLE_UNKNOWN;
	}
	return record;
}

void lifecycle_record_free(struct lifecycle_record *record)
{
	if (record == NULL)
		return;
	layout_free(&record_layout, record);
	free(record);
}

/* ---- lists ---- */

size_t record_array_count(const struct record_array *array, const struct lifecycle_record *record)
{
	return *(const size_t *)(const void *)((const char *)record + array->count_offset);
}

static void set_count(
	const struct record_array *array, struct lifecycle_record *record, size_t count)
{
	*(size_t *)(void *)((char *)record + array->count_offset) = count;
}

void *record_array_entry(
	const struct record_array *array, const struct lifecycle_record *record, size_t index)
{
	return (char *)(uintptr_t)record + array->entries_offset + index * array->layout->size;
}

void record_array_drop_oldest(const struct record_array *array, struct lifecycle_record *record)
{
	size_t count = record_array_count(array, record);

	if (count == 0)
		return;
	layout_free(array->layout, record_array_entry(array, record, 0));
	memmove(record_array_entry(array, record, 0), record_array_entry(array, record, 1),
		(count - 1) * array->layout->size);
	set_count(array, record, count - 1);
}

void *record_array_add(const struct record_array *array, struct lifecycle_record *record)
{
	size_t count;
	void *entry;

	if (record_array_count(array, record) == array->capacity)
		record_array_drop_oldest(array, record);
	count = record_array_count(array, record);
	entry = record_array_entry(array, record, count);
	layout_init(array->layout, entry);
	set_count(array, record, count + 1);
	return entry;
}

static void record_array_clear(const struct record_array *array, struct lifecycle_record *record)
{
	while (record_array_count(array, record) > 0)
		record_array_drop_oldest(array, record);
}

/* ---- changing ---- */

void record_retire_generation(struct lifecycle_record *record)
{
	struct record_generation *entry = record_array_add(&record_previous, record);

	entry->is = record->current;
	layout_init(&record_generation_layout, &record->current);
	record->exec_fifo = LIFECYCLE_UNKNOWN;
	record_array_clear(&record_errors, record);
	record_array_clear(&record_hooks, record);
}

int record_set_text(const char **slot, const char *text, struct lifecycle_error *error)
{
	char *copy = NULL;

	if (text != NULL) {
		copy = utf8_copy(text, strlen(text), DEFAULTS_TEXT_LIMIT, false);
		if (copy == NULL)
			return error_no_memory(error);
	}
	free_text(slot);
	*slot = copy;
	return 0;
}

int record_set_texts(
	const char *const **slot, const char *const *texts, struct lifecycle_error *error)
{
	const char **copies = calloc(DEFAULTS_MAX_ARGUMENTS + 1, sizeof(*copies));
	const char *const *owned = copies;

	if (copies == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < DEFAULTS_MAX_ARGUMENTS && texts != NULL && texts[i] != NULL; i++)
		if (record_set_text(&copies[i], texts[i], error) < 0) {
			record_free_texts(&owned);
			return -1;
		}
	if (copies[0] == NULL)
		record_free_texts(&owned);
	record_free_texts(slot);
	*slot = owned;
	return 0;
}

int record_set_annotation(struct lifecycle_record *record, const char *key, const char *value,
	struct lifecycle_error *error)
{
	struct record_annotation *annotation = record->annotations;
	struct record_annotation *end = annotation + record->annotation_count;

	while (annotation < end && strcmp(annotation->key, key) != 0)
		annotation++;
	if (annotation == record->annotations + DEFAULTS_MAX_ANNOTATIONS)
		return 0;
	if (annotation == end) {
		*annotation = (struct record_annotation){ 0 };
		if (record_set_text(&annotation->key, key, error) < 0)
			return -1;
		record->annotation_count++;
	}
	return record_set_text(&annotation->value, value, error);
}

/* ---- asking ---- */

bool generation_is_of_other_boot(const struct lifecycle_generation *generation, const char *boot_id)
{
	return generation->boot_id != NULL && boot_id[0] != '\0' &&
	       strcmp(generation->boot_id, boot_id) != 0;
}
