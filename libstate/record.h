/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: one container's record as a value, and the tables of its fields. The tables, in record_fields.c, are the one place that
 * knows which keys there are, of which kind, in which order: making, freeing, decoding, encoding follow them.
 */
#ifndef RECORD_H
#define RECORD_H

#include "base/defaults.h"
#include "libstate.h"
#include "names.h"

#define RECORD_VERSION      1
#define RECORD_MAX_HOOKS    32
#define RECORD_MAX_ERRORS   16
#define RECORD_MAX_PREVIOUS 8

/* `extra`: the keys of an object that are not in its table, as the text of a JSON object. */

struct record_annotation {
	const char *key;
	const char *value;
};

struct record_hook {
	struct lifecycle_hook is;
	const char *extra;
};

struct record_error {
	struct lifecycle_failure is;
	const char *extra;
};

struct record_generation {
	struct lifecycle_generation is;
	const char *extra;
};

struct lifecycle_record {
	int64_t version; /* unknown in a record of nerdctl's, and in one that nobody has written yet
			  */
	const char *id;
	const char *name;
	const char *bundle;
	const char *oci_version;
	size_t annotation_count;
	struct record_annotation annotations[DEFAULTS_MAX_ANNOTATIONS];
	struct lifecycle_generation current;
	size_t error_count;
	struct record_error errors[RECORD_MAX_ERRORS];
	size_t hook_count;
	struct record_hook hooks[RECORD_MAX_HOOKS];
	size_t previous_count;
	struct record_generation previous[RECORD_MAX_PREVIOUS];
	bool recovered;
	int64_t exec_fifo; /* not in the JSON: when the FIFO beside it was written; 0: it was not; unknown: none */
	const char *extra;
};

enum record_field_kind {
	RECORD_FIELD_TEXT,        /* const char *, owned */
	RECORD_FIELD_TEXTS,       /* const char *const *, owned, NULL-terminated */
	RECORD_FIELD_INTEGER,     /* int64_t */
	RECORD_FIELD_TIME,        /* int64_t */
	RECORD_FIELD_NAME,        /* an enumeration with a table of names */
	RECORD_FIELD_FLAG,        /* bool, left out if false */
	RECORD_FIELD_FLAG_ALWAYS, /* bool */
	RECORD_FIELD_TRUTH,       /* enum lifecycle_truth */
	RECORD_FIELD_ARRAY,       /* an array of objects of another layout */
	RECORD_FIELD_GROUP,       /* the fields of another layout, among these */
	RECORD_FIELD_ANNOTATIONS,
};

struct record_field {
	const char *key;
	enum record_field_kind kind;
	size_t offset;
	const struct names *names;         /* RECORD_FIELD_NAME */
	const struct record_array *array;  /* RECORD_FIELD_ARRAY */
	const struct record_layout *group; /* RECORD_FIELD_GROUP */
};

#define RECORD_NO_EXTRA SIZE_MAX

struct record_layout {
	size_t size;
	size_t extra_offset; /* RECORD_NO_EXTRA for a group */
	size_t field_count;
	const struct record_field *fields;
};

struct record_array {
	size_t count_offset;
	size_t entries_offset;
	size_t capacity;
	const struct record_layout *layout;
};

extern const struct record_layout record_layout;
extern const struct record_layout observed_layout;
extern const struct record_layout record_generation_layout;
extern const struct record_array record_hooks;
extern const struct record_array record_errors;
extern const struct record_array record_previous;

/* The field of a key, NULL if there is none; *ret_offset is where in the object the layout that has the field begins (a
 * group's fields are among those of the layout that it is in). */
const struct record_field *record_find_field(
	const struct record_layout *layout, const char *key, size_t *ret_offset);

/* An empty record; NULL if memory is out. */
struct lifecycle_record *record_new(void);

/* An array's number of entries, its entry at `index`, a further one (everything in the entry is unknown; the
 * oldest goes if the array is full), and the oldest dropped. */
size_t record_array_count(const struct record_array *array, const struct lifecycle_record *record);
void *record_array_entry(
	const struct record_array *array, const struct lifecycle_record *record, size_t index);
void *record_array_add(const struct record_array *array, struct lifecycle_record *record);
void record_array_drop_oldest(const struct record_array *array, struct lifecycle_record *record);

/* Moves the current generation to `previous`, and leaves an empty one; what is the container's own
 * stays. */
void record_retire_generation(struct lifecycle_record *record);

/* Whether the generation's process is of another boot than this one; false if that cannot be told. */
bool generation_is_of_other_boot(
	const struct lifecycle_generation *generation, const char *boot_id);

/* Replaces a text by a copy, cut and mended as utf8_copy() does; NULL makes it unknown. */
int record_set_text(const char **slot, const char *text, struct lifecycle_error *error);

/* The same for a NULL-terminated list of texts, of which the first DEFAULTS_MAX_ARGUMENTS are kept. */
int record_set_texts(
	const char *const **slot, const char *const *texts, struct lifecycle_error *error);

void record_free_texts(const char *const **slot);

/* Adds an annotation or replaces its value; one too many is left out. */
int record_set_annotation(struct lifecycle_record *record, const char *key, const char *value,
	struct lifecycle_error *error);

#endif
