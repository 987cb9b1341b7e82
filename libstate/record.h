/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: one container's record as a value, and the tables of its fields. The tables are the one
 * place that knows which keys there are, of which kind, in which order: making, freeing, decoding,
 * encoding follow them.
 */
#ifndef RECORD_H
#define RECORD_H

#include "libstate.h"
#include "names.h"

#define RECORD_VERSION         1
#define RECORD_TEXT_LIMIT      4096 /* bytes of one string */
#define RECORD_MAX_HOOKS       32
#define RECORD_MAX_ERRORS      16
#define RECORD_MAX_PREVIOUS    8
#define RECORD_MAX_ANNOTATIONS 8

/* `extra`: the keys of an object that are not in its table, as the text of a JSON object. */

struct annotation {
	const char *key;
	const char *value;
};

struct hook_entry {
	struct lifecycle_hook is;
	const char *extra;
};

struct error_entry {
	struct lifecycle_failure is;
	const char *extra;
};

struct generation_entry {
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
	struct annotation annotations[RECORD_MAX_ANNOTATIONS];
	struct lifecycle_generation current;
	int64_t pid_start_ticks; /* with current.pid, boot_id and pid_ns: which process is the init
				  */
	const char *boot_id;
	int64_t pid_ns;
	const char *init_exe;
	bool init_forked;
	size_t error_count;
	struct error_entry errors[RECORD_MAX_ERRORS];
	size_t hook_count;
	struct hook_entry hooks[RECORD_MAX_HOOKS];
	size_t previous_count;
	struct generation_entry previous[RECORD_MAX_PREVIOUS];
	bool recovered;
	const char *extra;
};

enum field_kind {
	FIELD_TEXT,        /* const char *, owned */
	FIELD_INTEGER,     /* int64_t */
	FIELD_TIME,        /* int64_t */
	FIELD_NAME,        /* an enumeration with a table of names */
	FIELD_FLAG,        /* bool, left out if false */
	FIELD_FLAG_ALWAYS, /* bool */
	FIELD_LIST,        /* an array of objects of another shape */
	FIELD_GROUP,       /* the fields of another shape, among these */
	FIELD_ANNOTATIONS,
};

struct field {
	const char *key;
	enum field_kind kind;
	size_t offset;
	const struct names *names; /* FIELD_NAME */
	const struct list *list;   /* FIELD_LIST */
	const struct shape *group; /* FIELD_GROUP */
};

#define SHAPE_NO_EXTRA SIZE_MAX

struct shape {
	size_t size;
	size_t extra_offset; /* SHAPE_NO_EXTRA for a group */
	size_t field_count;
	const struct field *fields;
};

struct list {
	size_t count_offset;
	size_t entries_offset;
	size_t capacity;
	const struct shape *shape;
};

extern const struct shape record_shape;
extern const struct list hook_list;
extern const struct list error_list;
extern const struct list previous_list;

/* An empty record; NULL if memory is out. */
struct lifecycle_record *record_new(void);

/* A list's number of entries, its entry at `index`, a further one (everything in it unknown; the
 * oldest goes if the list is full), and the oldest dropped. */
size_t list_count(const struct list *list, const struct lifecycle_record *record);
void *list_entry(const struct list *list, const struct lifecycle_record *record, size_t index);
void *list_add(const struct list *list, struct lifecycle_record *record);
void list_drop_oldest(const struct list *list, struct lifecycle_record *record);

/* Moves the current generation to `previous`, and leaves an empty one; what is the container's own
 * stays. */
void record_retire(struct lifecycle_record *record);

/* Whether the record's process is of another boot than this one; false if that cannot be told. */
bool record_is_of_other_boot(const struct lifecycle_record *record, const char *boot_id);

/* Replaces a text by a copy, cut and mended as text_copy() does; NULL makes it unknown. */
int record_set_text(const char **slot, const char *text, struct lifecycle_error *error);

/* Adds an annotation or replaces its value; one too many is left out. */
int record_set_annotation(struct lifecycle_record *record, const char *key, const char *value,
	struct lifecycle_error *error);

#endif
