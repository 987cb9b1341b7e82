/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the cases of tests/data/transitions, which are the table of the design, row by row. A file is an array of
 *	{ "case": WORDS, "before": RECORD or none, "steps": [STEP...] }
 * and a step is one of
 *	{ "point", "time", "seen_at", "status", "pid", "process", "recorded", "command", "exit_file", ... : what a hook saw,
 *	  "changes": what becomes of the record: a JSON merge patch, in which "+KEY" is added to an array }
 *	{ "event", "time", "instance", "pid", "ending", "message", "process", "recorded", ... : what an engine reports, "changes" }
 *	{ "end": how the command of the last step that began one ended, "changes" }; that step's beginning was stored, unless
 *	it says "unsure": true
 *	{ "observe": PROCESS, "observed": what a reader is told }
 * After a step the record is written and read again. In all texts "@5" is the fifth second of 2026, "@5+6" six nanoseconds
 * later, "#2" the instance that the second step brings, "!1" a boot; a process is a name of tests/data/processes.json.
 */
#include "observed.h"
#include "transition.h"
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_CASES 400

static struct {
	const char *file;
	json_t *json;
} cases[MAX_CASES];
static int case_count;
static json_t *processes;

/* ---- reading the cases ---- */

static json_t *expanded_text(const char *text)
{
	char *end;
	long number = text[0] != '\0' ? strtol(text + 1, &end, 10) : 0;
	long more = text[0] == '@' && *end == '+' ? strtol(end + 1, &end, 10) : 0;
	char buffer[64];

	if (text[0] == '\0' || text[1] == '\0' || *end != '\0')
		return json_string(text);
	if (text[0] == '@')
		snprintf(buffer, sizeof(buffer), "2026-01-01T00:00:%02ld.%09ldZ", number, more);
	else if (text[0] == '#')
		snprintf(buffer, sizeof(buffer), "00000000-0000-4000-8000-%012ld", number);
	else if (text[0] == '!')
		snprintf(buffer, sizeof(buffer), "%08ld-1111-2222-3333-444444444444", number);
	else
		return json_string(text);
	return json_string(buffer);
}

static json_t *expanded(json_t *json)
{
	json_t *made = json_is_object(json) ? json_object() : json_array();
	const char *key;
	json_t *value;
	size_t index;

	if (json_is_object(json)) {
		json_object_foreach(json, key, value)
			json_object_set_new(made, key, expanded(value));
	} else if (json_is_array(json)) {
		json_array_foreach(json, index, value)
			json_array_append_new(made, expanded(value));
	} else {
		json_decref(made);
		made = json_is_string(json) ? expanded_text(json_string_value(json))
					    : json_incref(json);
	}
	return made;
}

static json_t *load(const char *name)
{
	json_error_t why;
	size_t length;
	char *text = unit_data(name, &length);
	json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
	json_t *made;

	if (!json) {
		fprintf(stderr, "%s:%d: %s\n", name, why.line, why.text);
		exit(EXIT_FAILURE);
	}
	free(text);
	made = expanded(json);
	json_decref(json);
	return made;
}

static void load_cases(void)
{
	int count;
	char **names = unit_cases("transitions", &count);

	for (int i = 0; i < count; i++) {
		json_t *all = load(names[i]);
		size_t index;
		json_t *one;

		json_array_foreach(all, index, one) {
			if (case_count == MAX_CASES)
				exit(EXIT_FAILURE);
			cases[case_count].file = names[i];
			cases[case_count++].json = json_incref(one);
		}
		json_decref(all);
	}
	free(names);
}

/* ---- evidence ---- */

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static int64_t number_of(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);

	return json_is_integer(value) ? json_integer_value(value) : LIFECYCLE_UNKNOWN;
}

static int64_t time_of(const json_t *json, const char *key)
{
	int64_t time = LIFECYCLE_UNKNOWN;
	const char *text = text_of(json, key);

	ck_assert(!text || lifecycle_time_parse(text, &time));
	return time;
}

static void copy_text(char *to, size_t size, const json_t *json, const char *key)
{
	const char *text = text_of(json, key);

	snprintf(to, size, "%s", text ? text : "");
}

static enum liveness liveness_of(const char *word)
{
	static const char *const words[] = { "unknown", "gone", "zombie", "alive" };

	for (int i = 0; i < 4; i++)
		if (strcmp(words[i], word) == 0)
			return (enum liveness)i;
	ck_abort_msg("'%s' is no liveness", word);
}

static void process_of(const char *name, struct process *ret)
{
	json_t *own = json_object_get(processes, name);
	json_t *json = json_copy(json_object_get(processes, "init"));

	if (!own)
		ck_abort_msg("no process is called '%s'", name);
	json_object_update(json, own);
	*ret = (struct process){ .liveness = liveness_of(text_of(json, "liveness")),
		.pid = number_of(json, "pid"),
		.start_ticks = number_of(json, "start_ticks"),
		.pid_ns = number_of(json, "pid_ns"),
		.forked = json_is_true(json_object_get(json, "forked")),
		.exit_status = number_of(json, "exit_status") };
	copy_text(ret->boot_id, sizeof(ret->boot_id), json, "boot_id");
	copy_text(ret->exe, sizeof(ret->exe), json, "exe");
	copy_text(ret->comm, sizeof(ret->comm), json, "comm");
	json_decref(json);
}

static const char *or_else(const char *text, const char *other)
{
	return text ? text : other;
}

static void command_of(const json_t *json, enum command_progress progress, struct command *ret)
{
	ret->duration_ns = number_of(json, "duration_ns");
	ret->exit_code = number_of(json, "exit_code");
	ret->signal = number_of(json, "signal");
	ret->message = text_of(json, "message");
	ret->stderr_text = text_of(json, "stderr");
	ret->progress = json ? progress : COMMAND_PROGRESS_NONE;
}

static enum lifecycle_event event_of(const char *word)
{
	static const char *const words[] = { "", "created", "started", "ended", "failed", "named",
		"execed", "exited" };

	for (int i = 1; word && i < 8; i++)
		if (strcmp(words[i], word) == 0)
			return (enum lifecycle_event)i;
	ck_assert_msg(!word, "'%s' is no event", word);
	return LIFECYCLE_EVENT_NONE;
}

static void ending_of(const json_t *json, struct ending *ret)
{
	const json_t *oom_killed = json_object_get(json, "oom_killed");

	ret->exit_code = number_of(json, "exit_code");
	ret->exit_signal = number_of(json, "exit_signal");
	ret->oom_killed = json_is_true(oom_killed)    ? LIFECYCLE_TRUTH_TRUE
			  : json_is_false(oom_killed) ? LIFECYCLE_TRUTH_FALSE
						      : LIFECYCLE_TRUTH_NONE;
}

static void evidence_of(const json_t *step, int number, struct lifecycle_evidence *ret)
{
	const json_t *command = json_object_get(step, "command");
	const json_t *exit_file = json_object_get(step, "exit_file");
	const char *key;
	json_t *value;

	*ret = (struct lifecycle_evidence){
		.point = lifecycle_point_from_name(or_else(text_of(step, "point"), "engine")),
		.event = event_of(text_of(step, "event")),
		.message = text_of(step, "message"),
		.time = time_of(step, "time"),
		.id = "c1",
		.name = text_of(step, "name"),
		.bundle = text_of(step, "bundle"),
		.oci_version = text_of(step, "oci_version"),
		.status = text_of(step, "status"),
		.pid = number_of(step, "pid"),
		.exit_file = { number_of(exit_file, "exit_code"), time_of(exit_file, "time") },
	};
	ck_assert_msg(
		ret->point != LIFECYCLE_POINT_NONE && (ret->point == LIFECYCLE_POINT_ENGINE) ==
							      (ret->event != LIFECYCLE_EVENT_NONE),
		"step %d has no point, or no event", number);
	copy_text(ret->reported, sizeof(ret->reported), step, "instance");
	ending_of(json_object_get(step, "ending"), &ret->ending);
	ret->never_execed = json_is_true(json_object_get(step, "never_execed"));
	json_object_foreach(json_object_get(step, "annotations"), key, value)
		ret->annotations[ret->annotation_count++] =
			(struct record_annotation){ key, json_string_value(value) };
	ret->seen_at = json_object_get(step, "seen_at") ? time_of(step, "seen_at") : ret->time;
	process_of(or_else(text_of(step, "process"), "not looked at"), &ret->process);
	process_of(or_else(text_of(step, "recorded"), "not looked at"), &ret->recorded);
	process_of(or_else(text_of(step, "previous"), "not looked at"), &ret->previous);
	ret->exec_fifo = text_of(step, "exec_fifo") ? time_of(step, "exec_fifo")
						    : number_of(step, "exec_fifo");
	ret->command.index = number_of(command, "index");
	ret->command.path = text_of(command, "path");
	command_of(command, ret->command.path ? COMMAND_PROGRESS_BEGUN : COMMAND_PROGRESS_ENDED,
		&ret->command);
	snprintf(ret->instance, sizeof(ret->instance), "00000000-0000-4000-8000-%012d", number);
}

/* ---- what is expected ---- */

static void append_all(json_t *record, const char *key, json_t *added)
{
	json_t *list = json_copy(json_object_get(record, key));

	if (!list)
		list = json_array();
	json_array_extend(list, added);
	json_object_set_new(record, key, list);
}

static void merge(json_t *record, json_t *changes)
{
	const char *key;
	json_t *value;

	json_object_foreach(changes, key, value) {
		if (key[0] == '+')
			append_all(record, key + 1, value);
		else if (json_is_null(value))
			ck_assert_msg(json_object_del(record, key) == 0, "there is no '%s'", key);
		else
			json_object_set(record, key, value);
	}
}

static json_t *json_of(const struct lifecycle_record *record)
{
	struct lifecycle_error error;
	json_t *json;
	size_t length;
	char *text;

	ck_assert_msg(lifecycle_record_encode(record, NULL, &text, &length, &error) == 0, "%s",
		error.message);
	json = json_loadb(text, length, 0, NULL);
	free(text);
	return json;
}

/* What a case does not say of an earlier generation's identity is what it was. */
static void carry_identity(json_t *previous, const json_t *generation)
{
	static const char *const keys[] = { "pid_start_ticks", "boot_id", "pid_ns", "init_exe",
		"init_forked", "create_succeeded" };
	json_t *entry;
	size_t index;

	json_array_foreach(previous, index, entry) {
		if (!json_equal(json_object_get(entry, "instance"),
			    json_object_get(generation, "instance")))
			continue;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (!json_object_get(entry, keys[i]) &&
				json_object_get(generation, keys[i]))
				json_object_set(
					entry, keys[i], json_object_get(generation, keys[i]));
	}
}

static void carry_identities(json_t *expected, const json_t *before)
{
	json_t *previous = json_object_get(expected, "previous");
	const json_t *earlier;
	size_t index;

	carry_identity(previous, before);
	json_array_foreach(json_object_get(before, "previous"), index, earlier)
		carry_identity(previous, earlier);
}

static void check_equal(json_t *found, json_t *expected, const char *what)
{
	char *found_text = json_dumps(found, JSON_INDENT(1) | JSON_SORT_KEYS);
	char *expected_text = json_dumps(expected, JSON_INDENT(1) | JSON_SORT_KEYS);

	ck_assert_msg(json_equal(found, expected),
		"%s: this was expected:\n%s\nand this it is:\n%s", what, expected_text, found_text);
	free(found_text);
	free(expected_text);
}

/* ---- running ---- */

struct run {
	const char *what;
	struct lifecycle_record *record;
	struct lifecycle_evidence evidence; /* the last, or the last that began a command */
};

static struct lifecycle_record *record_of(json_t *json)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_error error;
	char *text = json_dumps(json, 0);

	ck_assert_msg(lifecycle_record_decode(text, strlen(text), &record, &error) == 0, "%s",
		error.message);
	free(text);
	return record;
}

static void fold(struct run *run, json_t *changes, bool unsure)
{
	json_t *before = json_of(run->record);
	json_t *expected = json_deep_copy(before);
	char instance[INSTANCE_SIZE];
	struct lifecycle_error error;
	json_t *found;

	ck_assert_msg(transition_fold(run->record, &run->evidence, instance, &error) == 0, "%s: %s",
		run->what, error.message);
	memcpy(run->evidence.folded_into, instance, sizeof(instance));
	run->evidence.stored = !unsure;
	found = json_of(run->record);
	merge(expected, changes);
	carry_identities(expected, before);
	if (changes)
		check_equal(found, expected, run->what);
	lifecycle_record_free(run->record);
	run->record = record_of(found);
	json_decref(before);
	json_decref(expected);
	json_decref(found);
}

static json_t *observed_json(const struct lifecycle_observed *observed)
{
	char time[LIFECYCLE_TIME_SIZE];
	json_t *found = json_pack("{s:b,s:s*,s:s*,s:b,s:s*,s:I,s:I}", "looked", observed->looked,
		"status", lifecycle_status_name(observed->status), "reason",
		lifecycle_reason_name(observed->reason), "create_error", observed->create_error,
		"started_at_source", lifecycle_source_name(observed->started_at_source), "pid",
		(json_int_t)observed->pid, "exit_code", (json_int_t)observed->exit_code);

	lifecycle_time_format(observed->started_at, time);
	json_object_set_new(found, "started_at", json_string(time));
	return found;
}

static void observe(struct run *run, const json_t *step)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	struct process process;
	const char *key;
	json_t *value;
	json_t *found;
	void *next;

	process_of(text_of(step, "observe"), &process);
	run->record->exec_fifo = text_of(step, "exec_fifo") ? time_of(step, "exec_fifo")
							    : number_of(step, "exec_fifo");
	observed_fill(run->record, &process, &observed);
	found = observed_json(&observed);
	/* of the rest a case says what it is about */
	json_object_foreach_safe(found, next, key, value)
		if (!json_object_get(json_object_get(step, "observed"), key))
			json_object_del(found, key);
	check_equal(found, json_object_get(step, "observed"), run->what);
	json_decref(found);
}

static void run_step(struct run *run, json_t *step, int number)
{
	json_t *changes = json_object_get(step, "changes");

	if (json_object_get(step, "observe")) {
		observe(run, step);
	} else if (json_object_get(step, "end")) {
		command_of(json_object_get(step, "end"), COMMAND_PROGRESS_ENDED,
			&run->evidence.command);
		fold(run, changes, false);
	} else {
		struct lifecycle_evidence begun = run->evidence;

		evidence_of(step, number, &run->evidence);
		run->evidence.program =
			generation_program(&run->record->current, &run->evidence.process);
		fold(run, changes, json_is_true(json_object_get(step, "unsure")));
		if (begun.command.progress == COMMAND_PROGRESS_BEGUN &&
			!json_object_get(step, "command"))
			run->evidence = begun;
	}
}

/* For the test that holds records against the schema. */
static void save(const struct run *run, int number, int step)
{
	const char *folder = getenv("UNIT_RECORDS");
	char path[4096];
	json_t *json;

	if (!folder || run->record->version == LIFECYCLE_UNKNOWN)
		return;
	snprintf(path, sizeof(path), "%s/%d-%d", folder, number, step);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%d-%d/c1", folder, number, step);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%d-%d/c1/lifecycle.json", folder, number, step);
	json = json_of(run->record);
	ck_assert_int_eq(json_dump_file(json, path, JSON_COMPACT), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);
	json_decref(json);
}

START_TEST(test_transition)
{
	json_t *one = cases[_i].json;
	json_t *before = json_object_get(one, "before");
	struct run run = { .record = before ? record_of(before) : record_new() };
	char what[512];
	size_t index;
	json_t *step;

	run.what = what;
	json_array_foreach(json_object_get(one, "steps"), index, step) {
		snprintf(what, sizeof(what), "%s: '%s', step %zu", cases[_i].file,
			text_of(one, "case"), index + 1);
		run_step(&run, step, (int)index + 1);
		save(&run, _i, (int)index);
	}
	ck_assert_uint_gt(json_array_size(json_object_get(one, "steps")), 0);
	lifecycle_record_free(run.record);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("transition");
	TCase *tcase = tcase_create("transition");

	processes = load("processes.json");
	load_cases();
	tcase_add_loop_test(tcase, test_transition, 0, case_count);
	suite_add_tcase(suite, tcase);
	return suite;
}
