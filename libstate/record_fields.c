/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a record's fields. */
#include "record.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define AT(member) offsetof(struct record_hook, is.member)
static const struct record_field hook_fields[] = {
	{ .key = "point",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(point),
		.names = &names_of_points },
	{ .key = "time", .kind = RECORD_FIELD_TIME, .offset = AT(time) },
	{ .key = "duration_ns", .kind = RECORD_FIELD_INTEGER, .offset = AT(duration_ns) },
	{ .key = "status", .kind = RECORD_FIELD_TEXT, .offset = AT(status) },
	{ .key = "pid", .kind = RECORD_FIELD_INTEGER, .offset = AT(pid) },
	{ .key = "command", .kind = RECORD_FIELD_TEXT, .offset = AT(command) },
	{ .key = "argv", .kind = RECORD_FIELD_TEXTS, .offset = AT(argv) },
	{ .key = "index", .kind = RECORD_FIELD_INTEGER, .offset = AT(index) },
};
#undef AT

#define AT(member) offsetof(struct record_error, is.member)
static const struct record_field error_fields[] = {
	{ .key = "point",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(point),
		.names = &names_of_points },
	{ .key = "time", .kind = RECORD_FIELD_TIME, .offset = AT(time) },
	{ .key = "message", .kind = RECORD_FIELD_TEXT, .offset = AT(message) },
	{ .key = "exit_code", .kind = RECORD_FIELD_INTEGER, .offset = AT(exit_code) },
	{ .key = "signal", .kind = RECORD_FIELD_INTEGER, .offset = AT(signal) },
	{ .key = "stderr", .kind = RECORD_FIELD_TEXT, .offset = AT(stderr_text) },
	{ .key = "command", .kind = RECORD_FIELD_TEXT, .offset = AT(command) },
	{ .key = "argv", .kind = RECORD_FIELD_TEXTS, .offset = AT(argv) },
	{ .key = "index", .kind = RECORD_FIELD_INTEGER, .offset = AT(index) },
};
#undef AT

#define AT(member) offsetof(struct lifecycle_generation, member)
static const struct record_field generation_fields[] = {
	{ .key = "generation", .kind = RECORD_FIELD_INTEGER, .offset = AT(generation) },
	{ .key = "instance", .kind = RECORD_FIELD_TEXT, .offset = AT(instance) },
	{ .key = "status",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(status),
		.names = &names_of_statuses },
	{ .key = "reason",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(reason),
		.names = &names_of_reasons },
	{ .key = "pid", .kind = RECORD_FIELD_INTEGER, .offset = AT(pid) },
	{ .key = "created_at", .kind = RECORD_FIELD_TIME, .offset = AT(created_at) },
	{ .key = "started_at", .kind = RECORD_FIELD_TIME, .offset = AT(started_at) },
	{ .key = "started_at_source",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(started_at_source),
		.names = &names_of_sources },
	{ .key = "finished_at", .kind = RECORD_FIELD_TIME, .offset = AT(finished_at) },
	{ .key = "finished_at_source",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(finished_at_source),
		.names = &names_of_sources },
	{ .key = "exit_code", .kind = RECORD_FIELD_INTEGER, .offset = AT(exit_code) },
	{ .key = "exit_signal", .kind = RECORD_FIELD_INTEGER, .offset = AT(exit_signal) },
	{ .key = "oom_killed", .kind = RECORD_FIELD_TRUTH, .offset = AT(oom_killed) },
	{ .key = "create_error", .kind = RECORD_FIELD_FLAG_ALWAYS, .offset = AT(create_error) },
	{ .key = "pid_start_ticks", .kind = RECORD_FIELD_INTEGER, .offset = AT(pid_start_ticks) },
	{ .key = "boot_id", .kind = RECORD_FIELD_TEXT, .offset = AT(boot_id) },
	{ .key = "pid_ns", .kind = RECORD_FIELD_INTEGER, .offset = AT(pid_ns) },
	{ .key = "init_exe", .kind = RECORD_FIELD_TEXT, .offset = AT(init_exe) },
	{ .key = "init_forked", .kind = RECORD_FIELD_FLAG, .offset = AT(init_forked) },
	{ .key = "create_succeeded", .kind = RECORD_FIELD_FLAG, .offset = AT(create_succeeded) },
};
#undef AT

static const struct record_layout hook_layout = { sizeof(struct record_hook),
	offsetof(struct record_hook, extra), COUNT(hook_fields), hook_fields };
static const struct record_layout error_layout = { sizeof(struct record_error),
	offsetof(struct record_error, extra), COUNT(error_fields), error_fields };
static const struct record_layout previous_layout = { sizeof(struct record_generation),
	offsetof(struct record_generation, extra), COUNT(generation_fields), generation_fields };
const struct record_layout record_generation_layout = { sizeof(struct lifecycle_generation),
	RECORD_NO_EXTRA, COUNT(generation_fields), generation_fields };

#define AT(member) offsetof(struct lifecycle_record, member)
const struct record_array record_hooks = { AT(hook_count), AT(hooks), RECORD_MAX_HOOKS,
	&hook_layout };
const struct record_array record_errors = { AT(error_count), AT(errors), RECORD_MAX_ERRORS,
	&error_layout };
const struct record_array record_previous = { AT(previous_count), AT(previous), RECORD_MAX_PREVIOUS,
	&previous_layout };

static const struct record_field record_fields[] = {
	{ .key = "version", .kind = RECORD_FIELD_INTEGER, .offset = AT(version) },
	{ .key = "id", .kind = RECORD_FIELD_TEXT, .offset = AT(id) },
	{ .key = "name", .kind = RECORD_FIELD_TEXT, .offset = AT(name) },
	{ .key = "bundle", .kind = RECORD_FIELD_TEXT, .offset = AT(bundle) },
	{ .key = "oci_version", .kind = RECORD_FIELD_TEXT, .offset = AT(oci_version) },
	{ .key = "annotations", .kind = RECORD_FIELD_ANNOTATIONS },
	{ .kind = RECORD_FIELD_GROUP, .offset = AT(current), .group = &record_generation_layout },
	{ .key = "errors", .kind = RECORD_FIELD_ARRAY, .array = &record_errors },
	{ .key = "hooks", .kind = RECORD_FIELD_ARRAY, .array = &record_hooks },
	{ .key = "previous", .kind = RECORD_FIELD_ARRAY, .array = &record_previous },
	{ .key = "recovered", .kind = RECORD_FIELD_FLAG, .offset = AT(recovered) },
};
const struct record_layout record_layout = { sizeof(struct lifecycle_record), AT(extra),
	COUNT(record_fields), record_fields };
#undef AT

#define AT(member) offsetof(struct lifecycle_observed, member)
static const struct record_field observed_fields[] = {
	{ .key = "looked", .kind = RECORD_FIELD_FLAG_ALWAYS, .offset = AT(looked) },
	{ .key = "status",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(status),
		.names = &names_of_statuses },
	{ .key = "reason",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(reason),
		.names = &names_of_reasons },
	{ .key = "create_error", .kind = RECORD_FIELD_FLAG_ALWAYS, .offset = AT(create_error) },
	{ .key = "started_at", .kind = RECORD_FIELD_TIME, .offset = AT(started_at) },
	{ .key = "started_at_source",
		.kind = RECORD_FIELD_NAME,
		.offset = AT(started_at_source),
		.names = &names_of_sources },
	{ .key = "pid", .kind = RECORD_FIELD_INTEGER, .offset = AT(pid) },
	{ .key = "exit_code", .kind = RECORD_FIELD_INTEGER, .offset = AT(exit_code) },
	{ .key = "exit_signal", .kind = RECORD_FIELD_INTEGER, .offset = AT(exit_signal) },
};
#undef AT
const struct record_layout observed_layout = { sizeof(struct lifecycle_observed), RECORD_NO_EXTRA,
	COUNT(observed_fields), observed_fields };
