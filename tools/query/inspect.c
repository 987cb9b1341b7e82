/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "query/commands.h"
#include "query/output/compat.h"
#include "query/output/json_output.h"
#include "query/output/template.h"
#include "records/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct inspect_options {
	const char *compat;
	const char *format;
};

/* ---- in whose shape ---- */

static int set_nulls(json_t *object, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (json_object_set_new(object, *keys, json_null()) < 0)
			return -1;
	return 0;
}

static int set_record_keys(json_t *object)
{
	const char *key;

	for (size_t i = 0; (key = lifecycle_record_key(i)) != NULL; i++)
		if (json_object_set_new(object, key, json_null()) < 0)
			return -1;
	return 0;
}

/* Every key that our own shape can have. */
static int known_of_record(json_t **ret_known, struct lifecycle_error *error)
{
	static const char *const of_observed[] = { "looked", "status", "reason", "create_error",
		"started_at", "started_at_source", "pid", "exit_code", "exit_signal", NULL };
	json_t *known = json_object();
	json_t *observed = json_object();

	if (set_nulls(observed, of_observed) < 0 || set_record_keys(known) < 0 ||
		json_object_set(known, "observed", observed) < 0) {
		json_decref(observed);
		json_decref(known);
		return error_no_memory(error);
	}
	json_decref(observed);
	*ret_known = known;
	return 0;
}

/* Docker's has all of its keys, whatever is known. */
static int known_of_docker(json_t **ret_known, struct lifecycle_error *error)
{
	struct lifecycle_record *record;
	struct view view;
	int result;

	if (lifecycle_record_decode("{}", strlen("{}"), &record, error) < 0)
		return -1;
	view_of(record, &view);
	result = compat_docker(&view, ret_known, error);
	lifecycle_record_free(record);
	return result;
}

static const struct shape {
	const char *name; /* NULL: our own */
	int (*make)(const struct view *view, json_t **ret_object, struct lifecycle_error *error);
	int (*known)(json_t **ret_known, struct lifecycle_error *error);
	const char *help;
} shapes[] = {
	{ NULL, json_output_of_view, known_of_record, "" },
	{ "docker", compat_docker, known_of_docker, "the object of 'docker inspect'" },
	{ "oci", compat_oci, compat_oci_known, "the state of the OCI runtime specification" },
};

#define SHAPE_COUNT (sizeof(shapes) / sizeof(shapes[0]))

/* ---- what is asked for ---- */

/* Checked. */
struct inspect {
	const struct shape *shape;
	struct template *template; /* NULL: JSON */
	struct json_output_array array;
	struct lifecycle_error error;
};

static int find_shape(const char *name, struct inspect *inspect)
{
	inspect->shape = name == NULL ? &shapes[0] : NULL;
	for (size_t i = 1; name != NULL && i < SHAPE_COUNT; i++)
		if (strcmp(name, shapes[i].name) == 0)
			inspect->shape = &shapes[i];
	if (inspect->shape != NULL)
		return 0;
	return error_set(&inspect->error, LIFECYCLE_ERROR_INVALID,
		"'%s' is no system that is known: docker, oci", name);
}

static int parse_format(const char *format, struct inspect *inspect)
{
	struct lifecycle_error *error = &inspect->error;
	json_t *known;
	int result;

	if (strcmp(format, "json") == 0)
		return 0;
	if (strstr(format, "{{") == NULL || strncmp(format, "table ", strlen("table ")) == 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no format: it is json or a template such as '{{.ID}}'", format);
	if (template_parse(format, &inspect->template, error) < 0 ||
		inspect->shape->known(&known, error) < 0)
		return -1;
	result = template_check(inspect->template, known, error);
	json_decref(known);
	return result;
}

static int prepare(const struct inspect_options *options, struct inspect *inspect)
{
	if (find_shape(options->compat, inspect) < 0)
		return -1;
	return options->format != NULL ? parse_format(options->format, inspect) : 0;
}

/* ---- the command ---- */

static int print_by_template(struct inspect *inspect, const json_t *object)
{
	struct template_scope scope = { .tree = object, .escape = isatty(STDOUT_FILENO) };
	int result = template_print(inspect->template, &scope, stdout, &inspect->error);

	putchar('\n');
	return result;
}

static int print_json(struct inspect *inspect, const json_t *object)
{
	char *text = json_output_text(object, JSON_INDENT(2));

	if (text == NULL)
		return error_no_memory(&inspect->error);
	json_output_array_add(&inspect->array, text);
	free(text);
	return 0;
}

static int take_view(const struct view *view, void *arg)
{
	struct inspect *inspect = arg;
	json_t *object;
	int result;

	if (inspect->shape->make(view, &object, &inspect->error) < 0)
		return -1;
	if (inspect->template != NULL)
		result = print_by_template(inspect, object);
	else
		result = print_json(inspect, object);
	json_decref(object);
	return result;
}

static bool is_asked_for_any(const struct cli_call *call)
{
	const struct records_options *options = call->globals;

	return call->operand_count > 0 || options->state_dir != NULL;
}

static int run(struct cli_call *call)
{
	struct inspect inspect = { .array = { .out = stdout } };
	struct records records;
	int result = prepare(call->options, &inspect);

	if (result == 0)
		result = records_open(call, LIFECYCLE_ACCESS_READ, &records, &inspect.error);
	if (result == 0) {
		result = records_for_operands(&records, call, take_view, &inspect);
		records_close(&records);
	}
	if (result == 0 && inspect.template == NULL && is_asked_for_any(call))
		json_output_array_end(&inspect.array);
	template_free(inspect.template);
	return result == 0 ? call->status : cli_fail(call, &inspect.error);
}

static void complete_compat(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (size_t i = 0; i < SHAPE_COUNT; i++)
		if (shapes[i].name != NULL)
			cli_offer(begun, shapes[i].name, shapes[i].help);
}

static const struct cli_option options[] = {
	{ .name = "compat",
		.kind = CLI_TEXT,
		.offset = offsetof(struct inspect_options, compat),
		.argument = "SYSTEM",
		.complete = complete_compat,
		.help = "in another system's shape: docker, oci" },
	{ .name = "format",
		.letter = 'f',
		.kind = CLI_TEXT,
		.offset = offsetof(struct inspect_options, format),
		.argument = "FORMAT",
		.help = "json, or a TEMPLATE, printed once for each" },
	CLI_FORMAT_ALIASES(offsetof(struct inspect_options, format)),
};

const struct cli_command query_inspect = {
	.name = "inspect",
	.arguments = "REF...",
	.summary = "print records, and what is true now, as a JSON array",
	.details = "What is found is printed, also if something else is not.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct inspect_options),
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
