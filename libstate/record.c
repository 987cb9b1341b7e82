/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"
#include "error.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the tables ---- */

#define AT(member) offsetof(struct hook_entry, is.member)
static const struct field hook_fields[] = {
	{ .key = "point", .kind = FIELD_NAME, .offset = AT(point), .names = &point_words },
	{ .key = "time", .kind = FIELD_TIME, .offset = AT(time) },
	{ .key = "duration_ns", .kind = FIELD_INTEGER, .offset = AT(duration_ns) },
	{ .key = "status", .kind = FIELD_TEXT, .offset = AT(status) },
	{ .key = "pid", .kind = FIELD_INTEGER, .offset = AT(pid) },
	{ .key = "command", .kind = FIELD_TEXT, .offset = AT(command) },
};
#undef AT

#define AT(member) offsetof(struct error_entry, is.member)
static const struct field error_fields[] = {
	{ .key = "point", .kind = FIELD_NAME, .offset = AT(point), .names = &point_words },
	{ .key = "time", .kind = FIELD_TIME, .offset = AT(time) },
	{ .key = "message", .kind = FIELD_TEXT, .offset = AT(message) },
	{ .key = "exit_code", .kind = FIELD_INTEGER, .offset = AT(exit_code) },
	{ .key = "signal", .kind = FIELD_INTEGER, .offset = AT(signal) },
	{ .key = "stderr", .kind = FIELD_TEXT, .offset = AT(stderr_text) },
};
#undef AT

#define AT(member) offsetof(struct lifecycle_generation, member)
static const struct field generation_fields[] = {
	{ .key = "generation", .kind = FIELD_INTEGER, .offset = AT(generation) },
	{ .key = "instance", .kind = FIELD_TEXT, .offset = AT(instance) },
	{ .key = "status", .kind = FIELD_NAME, .offset = AT(status), .names = &status_words },
	{ .key = "reason", .kind = FIELD_NAME, .offset = AT(reason), .names = &reason_words },
	{ .key = "pid", .kind = FIELD_INTEGER, .offset = AT(pid) },
	{ .key = "created_at", .kind = FIELD_TIME, .offset = AT(created_at) },
	{ .key = "started_at", .kind = FIELD_TIME, .offset = AT(started_at) },
	{ .key = "started_at_source",
		.kind = FIELD_NAME,
		.offset = AT(started_at_source),
		.names = &source_words },
	{ .key = "finished_at", .kind = FIELD_TIME, .offset = AT(finished_at) },
	{ .key = "finished_at_source",
		.kind = FIELD_NAME,
		.offset = AT(finished_at_source),
		.names = &source_words },
	{ .key = "exit_code", .kind = FIELD_INTEGER, .offset = AT(exit_code) },
	{ .key = "create_error", .kind = FIELD_FLAG_ALWAYS, .offset = AT(create_error) },
};
#undef AT

static const struct shape hook_shape = { sizeof(struct hook_entry),
	offsetof(struct hook_entry, extra), COUNT(hook_fields), hook_fields };
static const struct shape error_shape = { sizeof(struct error_entry),
	offsetof(struct error_entry, extra), COUNT(error_fields), error_fields };
static const struct shape previous_shape = { sizeof(struct generation_entry),
	offsetof(struct generation_entry, extra), COUNT(generation_fields), generation_fields };
static const struct shape generation_shape = { sizeof(struct lifecycle_generation), SHAPE_NO_EXTRA,
	COUNT(generation_fields), generation_fields };

#define AT(member) offsetof(struct lifecycle_record, member)
const struct list hook_list = { AT(hook_count), AT(hooks), RECORD_MAX_HOOKS, &hook_shape };
const struct list error_list = { AT(error_count), AT(errors), RECORD_MAX_ERRORS, &error_shape };
const struct list previous_list = { AT(previous_count), AT(previous), RECORD_MAX_PREVIOUS,
	&previous_shape };

static const struct field record_fields[] = {
	{ .key = "version", .kind = FIELD_INTEGER, .offset = AT(version) },
	{ .key = "id", .kind = FIELD_TEXT, .offset = AT(id) },
	{ .key = "name", .kind = FIELD_TEXT, .offset = AT(name) },
	{ .key = "bundle", .kind = FIELD_TEXT, .offset = AT(bundle) },
	{ .key = "oci_version", .kind = FIELD_TEXT, .offset = AT(oci_version) },
	{ .key = "annotations", .kind = FIELD_ANNOTATIONS },
	{ .kind = FIELD_GROUP, .offset = AT(current), .group = &generation_shape },
	{ .key = "pid_start_ticks", .kind = FIELD_INTEGER, .offset = AT(pid_start_ticks) },
	{ .key = "boot_id", .kind = FIELD_TEXT, .offset = AT(boot_id) },
	{ .key = "pid_ns", .kind = FIELD_INTEGER, .offset = AT(pid_ns) },
	{ .key = "init_exe", .kind = FIELD_TEXT, .offset = AT(init_exe) },
	{ .key = "init_forked", .kind = FIELD_FLAG, .offset = AT(init_forked) },
	{ .key = "errors", .kind = FIELD_LIST, .list = &error_list },
	{ .key = "hooks", .kind = FIELD_LIST, .list = &hook_list },
	{ .key = "previous", .kind = FIELD_LIST, .list = &previous_list },
	{ .key = "recovered", .kind = FIELD_FLAG, .offset = AT(recovered) },
};
const struct shape record_shape = { sizeof(struct lifecycle_record), AT(extra),
	COUNT(record_fields), record_fields };
#undef AT

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

static void free_annotations(struct lifecycle_record *record)
{
	for (size_t i = 0; i < record->annotation_count; i++) {
		free_text(&record->annotations[i].key);
		free_text(&record->annotations[i].value);
	}
	record->annotation_count = 0;
}

static void shape_free(const struct shape *shape, void *object);

static void field_free(const struct field *field, void *object)
{
	switch (field->kind) {
	case FIELD_TEXT:
		free_text(text_at(object, field->offset));
		break;
	case FIELD_GROUP:
		shape_free(field->group, (char *)object + field->offset);
		break;
	case FIELD_ANNOTATIONS:
		free_annotations(object);
		break;
	case FIELD_LIST:
		for (size_t i = 0; i < list_count(field->list, object); i++)
			shape_free(field->list->shape, list_entry(field->list, object, i));
		break;
	default:
		break;
	}
}

static void shape_free(const struct shape *shape, void *object)
{
	for (size_t i = 0; i < shape->field_count; i++)
		field_free(&shape->fields[i], object);
	if (shape->extra_offset != SHAPE_NO_EXTRA)
		free_text(text_at(object, shape->extra_offset));
}

/* Everything unknown: all zero, but for numbers and times. */
static void shape_init(const struct shape *shape, void *object)
{
	static const int64_t unknown = LIFECYCLE_UNKNOWN;

	memset(object, 0, shape->size);
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct field *field = &shape->fields[i];
		char *at = (char *)object + field->offset;

		if (field->kind == FIELD_INTEGER || field->kind == FIELD_TIME)
			memcpy(at, &unknown, sizeof(unknown));
		else if (field->kind == FIELD_GROUP)
			shape_init(field->group, at);
	}
}

struct lifecycle_record *record_new(void)
{
	struct lifecycle_record *record = malloc(sizeof(*record));

	if (record != NULL)
		shape_init(&record_shape, record);
	return record;
}

void lifecycle_record_free(struct lifecycle_record *record)
{
	if (record == NULL)
		return;
	shape_free(&record_shape, record);
	free(record);
}

/* ---- lists ---- */

size_t list_count(const struct list *list, const struct lifecycle_record *record)
{
	return *(const size_t *)(const void *)((const char *)record + list->count_offset);
}

static void set_count(const struct list *list, struct lifecycle_record *record, size_t count)
{
	*(size_t *)(void *)((char *)record + list->count_offset) = count;
}

void *list_entry(const struct list *list, const struct lifecycle_record *record, size_t index)
{
	return (char *)(uintptr_t)record + list->entries_offset + index * list->shape->size;
}

void list_drop_oldest(const struct list *list, struct lifecycle_record *record)
{
	size_t count = list_count(list, record);

	if (count == 0)
		return;
	shape_free(list->shape, list_entry(list, record, 0));
	memmove(list_entry(list, record, 0), list_entry(list, record, 1),
		(count - 1) * list->shape->size);
	set_count(list, record, count - 1);
}

void *list_add(const struct list *list, struct lifecycle_record *record)
{
	size_t count;
	void *entry;

	if (list_count(list, record) == list->capacity)
		list_drop_oldest(list, record);
	count = list_count(list, record);
	entry = list_entry(list, record, count);
	shape_init(list->shape, entry);
	set_count(list, record, count + 1);
	return entry;
}

static void list_clear(const struct list *list, struct lifecycle_record *record)
{
	while (list_count(list, record) > 0)
		list_drop_oldest(list, record);
}

/* ---- changing ---- */

void record_retire(struct lifecycle_record *record)
{
	struct generation_entry *entry = list_add(&previous_list, record);

	entry->is = record->current;
	shape_init(&generation_shape, &record->current);
	record->pid_start_ticks = LIFECYCLE_UNKNOWN;
	record->pid_ns = LIFECYCLE_UNKNOWN;
	free_text(&record->boot_id);
	free_text(&record->init_exe);
	record->init_forked = false;
	list_clear(&error_list, record);
	list_clear(&hook_list, record);
}

int record_set_text(const char **slot, const char *text, struct lifecycle_error *error)
{
	char *copy = NULL;

	if (text != NULL) {
		copy = text_copy(text, strlen(text), RECORD_TEXT_LIMIT, false);
		if (copy == NULL)
			return error_no_memory(error);
	}
	free_text(slot);
	*slot = copy;
	return 0;
}

int record_set_annotation(struct lifecycle_record *record, const char *key, const char *value,
	struct lifecycle_error *error)
{
	struct annotation *annotation = record->annotations;
	struct annotation *end = annotation + record->annotation_count;

	while (annotation < end && strcmp(annotation->key, key) != 0)
		annotation++;
	if (annotation == record->annotations + RECORD_MAX_ANNOTATIONS)
		return 0;
	if (annotation == end) {
		*annotation = (struct annotation){ 0 };
		if (record_set_text(&annotation->key, key, error) < 0)
			return -1;
		record->annotation_count++;
	}
	return record_set_text(&annotation->value, value, error);
}

/* ---- asking ---- */

bool record_is_of_other_boot(const struct lifecycle_record *record, const char *boot_id)
{
	return record->boot_id != NULL && boot_id[0] != '\0' &&
	       strcmp(record->boot_id, boot_id) != 0;
}

/* ---- accessors ---- */

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

void lifecycle_record_current(
	const struct lifecycle_record *record, struct lifecycle_generation *ret)
{
	*ret = record->current;
}

size_t lifecycle_record_previous_count(const struct lifecycle_record *record)
{
	return record->previous_count;
}

void lifecycle_record_previous(
	const struct lifecycle_record *record, size_t index, struct lifecycle_generation *ret)
{
	*ret = record->previous[index].is;
}

size_t lifecycle_record_hook_count(const struct lifecycle_record *record)
{
	return record->hook_count;
}

void lifecycle_record_hook(
	const struct lifecycle_record *record, size_t index, struct lifecycle_hook *ret)
{
	*ret = record->hooks[index].is;
}

size_t lifecycle_record_error_count(const struct lifecycle_record *record)
{
	return record->error_count;
}

void lifecycle_record_error(
	const struct lifecycle_record *record, size_t index, struct lifecycle_failure *ret)
{
	*ret = record->errors[index].is;
}

bool lifecycle_record_recovered(const struct lifecycle_record *record)
{
	return record->recovered;
}
