/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/fields.h"
#include "base/text_stream.h"
#include "cli/format.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

static void expand(const struct story *story, const char *text, FILE *out);

/* ---- values of a kind ---- */

static void print_text(const char *text, FILE *out)
{
	fputs(text != NULL ? text : "-", out);
}

static void print_first_line(const char *text, FILE *out)
{
	if (text == NULL)
		text = "-";
	fwrite(text, 1, strcspn(text, "\n"), out);
}

static void print_number(int64_t number, FILE *out)
{
	if (number == LIFECYCLE_UNKNOWN)
		putc('-', out);
	else
		fprintf(out, "%lld", (long long)number);
}

static void print_time(int64_t time, FILE *out)
{
	char buffer[LIFECYCLE_TIME_SIZE];

	fputs(time != LIFECYCLE_UNKNOWN ? lifecycle_time_format(time, buffer) : "-", out);
}

static void print_signal(int64_t signal, FILE *out)
{
	print_number(signal, out);
	if (signal > 0 && signal <= 64)
		fprintf(out, " (%s)", strsignal((int)signal));
}

/* A file in a folder, as a word of a shell's. */
static void print_path(const char *folder, const char *name, FILE *out)
{
	char *path;

	if (folder == NULL || asprintf(&path, "%s/%s", folder, name) < 0) {
		putc('-', out);
		return;
	}
	format_word(out, path);
	free(path);
}

static void print_command(const char *command, const char *const *argv, int64_t index, FILE *out)
{
	char *line = hook_command_line(command, argv, index);

	print_text(line, out);
	free(line);
}

/* ---- the fields ---- */

static void print_id(const struct story *story, FILE *out)
{
	const char *id = lifecycle_record_id(story->view->record);

	format_word(out, id != NULL ? id : "-");
}

static void print_name(const struct story *story, FILE *out)
{
	const char *name = lifecycle_record_name(story->view->record);

	if (name != NULL)
		format_word(out, name);
	else
		print_id(story, out);
}

static void print_pid(const struct story *story, FILE *out)
{
	print_number(story->view->observed.pid, out);
}

static void print_created(const struct story *story, FILE *out)
{
	print_time(view_created_at(story->view), out);
}

static void print_started(const struct story *story, FILE *out)
{
	print_time(view_started_at(story->view), out);
}

static void print_source(const struct story *story, FILE *out)
{
	print_text(lifecycle_source_name(story->view->observed.started_at_source), out);
}

static void print_finished(const struct story *story, FILE *out)
{
	print_time(view_finished_at(story->view), out);
}

static void print_code(const struct story *story, FILE *out)
{
	print_number(view_exit_code(story->view), out);
}

static void print_exit_signal(const struct story *story, FILE *out)
{
	print_signal(view_exit_signal(story->view), out);
}

static void print_signal_of_code(const struct story *story, FILE *out)
{
	print_signal(view_exit_code(story->view) - 128, out);
}

static void print_generation(const struct story *story, FILE *out)
{
	print_number(view_generation(story->view), out);
}

static void print_younger(const struct story *story, FILE *out)
{
	print_number(story->view->current->generation, out);
}

static void print_namesakes(const struct story *story, FILE *out)
{
	print_number((int64_t)story->namesakes, out);
}

static void print_point(const struct story *story, FILE *out)
{
	enum lifecycle_point point =
		story->hook != NULL ? story->hook->point : story->failure->point;

	print_text(lifecycle_point_name(point), out);
}

static void print_hook(const struct story *story, FILE *out)
{
	const struct lifecycle_hook *hook = story->hook;
	const struct lifecycle_failure *failure = story->failure;

	if (hook != NULL)
		print_command(hook->command, hook->argv, hook->index, out);
	else
		print_command(failure->command, failure->argv, failure->index, out);
}

static void print_program(const struct story *story, FILE *out)
{
	const char *program = hook_program(story->hook->command, story->hook->argv);

	format_word(out, program != NULL ? program : "-");
}

static void print_length(const struct story *story, FILE *out)
{
	char buffer[FORMAT_SIZE];

	fputs(story->length != LIFECYCLE_UNKNOWN ? format_duration(story->length, buffer) : "-",
		out);
}

static void print_failure_code(const struct story *story, FILE *out)
{
	print_number(story->failure->exit_code, out);
}

static void print_failure_signal(const struct story *story, FILE *out)
{
	print_signal(story->failure->signal, out);
}

static void print_message(const struct story *story, FILE *out)
{
	print_first_line(story->failure->message, out);
}

static void print_words(const struct story *story, FILE *out)
{
	print_first_line(format_last_line(story->failure->stderr_text), out);
}

static void print_previous(const struct story *story, FILE *out)
{
	print_number(story->previous->generation, out);
}

static void print_previous_code(const struct story *story, FILE *out)
{
	print_number(story->previous->exit_code, out);
}

static void print_config(const struct story *story, FILE *out)
{
	print_path(view_bundle(story->view), "config.json", out);
}

static void print_bundle(const struct story *story, FILE *out)
{
	const char *bundle = view_bundle(story->view);

	format_word(out, bundle != NULL ? bundle : "-");
}

static void print_corrupt(const struct story *story, FILE *out)
{
	print_path(story->place, LIFECYCLE_CORRUPT_FILE, out);
}

/* lifecycle-query, where this record is. */
static void print_query(const struct story *story, FILE *out)
{
	fputs("lifecycle-query", out);
	if (story->root == NULL && story->state_dir == NULL)
		return;
	fputs(story->state_dir != NULL ? " --state-dir " : " --root ", out);
	format_word(out, story->state_dir != NULL ? story->state_dir : story->root);
}

/* When to begin to read a log: as journalctl takes it. */
static void print_since(const struct story *story, FILE *out)
{
	int64_t time = view_created_at(story->view);

	fprintf(out, "@%lld", (long long)(time > 0 ? time / SECOND : 0));
}

/* ---- the engine's ---- */

static void print_engine(const struct story *story, FILE *out)
{
	print_text(story->engine->name, out);
}

static void print_namespace(const struct story *story, FILE *out)
{
	int length = 0;
	const char *namespace = engine_namespace(story->view->record, &length);
	char *word;

	if (namespace == NULL || asprintf(&word, "%.*s", length, namespace) < 0) {
		putc('-', out);
		return;
	}
	format_word(out, word);
	free(word);
}

static void print_logs(const struct story *story, FILE *out)
{
	expand(story, story->engine->logs, out);
}

static void print_inspect(const struct story *story, FILE *out)
{
	expand(story, story->engine->inspect, out);
}

static void print_start(const struct story *story, FILE *out)
{
	expand(story, story->engine->start, out);
}

static void print_unpause(const struct story *story, FILE *out)
{
	expand(story, story->engine->unpause, out);
}

static void print_unit(const struct story *story, FILE *out)
{
	print_text(story->engine->unit, out);
}

static const struct field {
	const char *name;
	void (*print)(const struct story *story, FILE *out);
} fields[] = {
	{ "id", print_id },
	{ "name", print_name },
	{ "pid", print_pid },
	{ "created", print_created },
	{ "started", print_started },
	{ "source", print_source },
	{ "finished", print_finished },
	{ "code", print_code },
	{ "signal", print_exit_signal },
	{ "signal of code", print_signal_of_code },
	{ "generation", print_generation },
	{ "younger", print_younger },
	{ "namesakes", print_namesakes },
	{ "point", print_point },
	{ "hook", print_hook },
	{ "program", print_program },
	{ "length", print_length },
	{ "failure's code", print_failure_code },
	{ "failure's signal", print_failure_signal },
	{ "message", print_message },
	{ "words", print_words },
	{ "previous", print_previous },
	{ "previous code", print_previous_code },
	{ "bundle", print_bundle },
	{ "config", print_config },
	{ "corrupt", print_corrupt },
	{ "query", print_query },
	{ "since", print_since },
	{ "engine", print_engine },
	{ "namespace", print_namespace },
	{ "logs", print_logs },
	{ "inspect", print_inspect },
	{ "start", print_start },
	{ "unpause", print_unpause },
	{ "unit", print_unit },
};

static const struct field *find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i].name) == length && strncmp(fields[i].name, name, length) == 0)
			return &fields[i];
	return NULL;
}

bool fields_has(const char *name, size_t length)
{
	return find(name, length) != NULL;
}

/* ---- a text ---- */

static void expand(const struct story *story, const char *text, FILE *out)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "<");

		fwrite(text, 1, length, out);
		text += length;
		if (*text == '<') {
			const struct field *field = find(text + 1, strcspn(text + 1, ">"));

			if (field != NULL)
				field->print(story, out);
			text += strcspn(text, ">") + 1;
		}
	}
}

int fields_print(const struct story *story, const char *text, FILE *out)
{
	char *line = NULL;
	size_t size;
	FILE *memory = text_stream_open(&line, &size);

	if (memory == NULL)
		return -1;
	expand(story, text, memory);
	if (fclose(memory) != 0) {
		free(line);
		return -1;
	}
	format_escaped(out, line);
	free(line);
	return 0;
}
