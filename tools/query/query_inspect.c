/* SPDX-License-Identifier: Apache-2.0 */
#include "compat.h"
#include "query.h"
#include "source.h"
#include "template.h"
#include "view.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct inspect_options {
	const char *compat;
	const char *format;
};

typedef int shape_fn(const json_t *view, json_t **ret_object, struct lifecycle_error *error);

static int shape_record(const json_t *view, json_t **ret_object, struct lifecycle_error *error)
{
	(void)error;
	*ret_object = json_incref((json_t *)view);
	return 0;
}

static const struct {
	const char *name; /* NULL: our own */
	shape_fn *shape;
	const char *help;
} shapes[] = {
	{ NULL, shape_record, "" },
	{ "docker", compat_docker, "the object of 'docker inspect'" },
	{ "oci", compat_oci, "the state of the OCI runtime specification" },
};

#define SHAPE_COUNT (sizeof(shapes) / sizeof(shapes[0]))

/* What is asked for, checked. */
struct inspect {
	shape_fn *shape;
	struct template *template; /* NULL: JSON */
	json_t *objects;           /* for JSON: an array */
	struct lifecycle_error error;
};

/* ---- what is asked for ---- */

static int find_shape(const char *name, shape_fn **ret_shape, struct lifecycle_error *error)
{
	for (size_t i = 0; i < SHAPE_COUNT; i++) {
		bool same = name == NULL || shapes[i].name == NULL
				    ? name == shapes[i].name
				    : strcmp(name, shapes[i].name) == 0;

		if (same) {
			*ret_shape = shapes[i].shape;
			return 0;
		}
	}
	return cli_error(error, LIFECYCLE_ERROR_INVALID,
		"'%s' is no system that is known: docker, oci", name);
}

/* The keys that the shape has. */
static int known_keys(shape_fn *shape, json_t **ret_known, struct lifecycle_error *error)
{
	json_t *view = view_known();
	int result;

	if (view == NULL)
		return cli_no_memory(error);
	result = shape(view, ret_known, error);
	json_decref(view);
	return result;
}

static int parse_format(const char *format, struct inspect *inspect, struct lifecycle_error *error)
{
	json_t *known;
	int result;

	if (strcmp(format, "json") == 0)
		return 0;
	if (strstr(format, "{{") == NULL || strncmp(format, "table ", strlen("table ")) == 0)
		return cli_error(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no format: it is json or a template such as '{{.ID}}'", format);
	if (template_parse(format, &inspect->template, error) != 0 ||
		known_keys(inspect->shape, &known, error) != 0)
		return -1;
	result = template_check(inspect->template, known, error);
	json_decref(known);
	return result;
}

static int prepare(const struct inspect_options *options, struct inspect *inspect)
{
	if (find_shape(options->compat, &inspect->shape, &inspect->error) != 0)
		return -1;
	if (options->format != NULL && parse_format(options->format, inspect, &inspect->error) != 0)
		return -1;
	inspect->objects = json_array();
	return inspect->objects != NULL ? 0 : cli_no_memory(&inspect->error);
}

static void release(struct inspect *inspect)
{
	template_free(inspect->template);
	json_decref(inspect->objects);
}

/* ---- the command ---- */

static int print_object(struct inspect *inspect, const json_t *object)
{
	struct template_scope scope = { .tree = object, .escape = isatty(STDOUT_FILENO) };
	int result = template_print(inspect->template, &scope, stdout, &inspect->error);

	putchar('\n');
	return result;
}

static int take_view(json_t *view, void *arg)
{
	struct inspect *inspect = arg;
	json_t *object;
	int result;

	if (inspect->shape(view, &object, &inspect->error) != 0)
		return -1;
	if (inspect->template != NULL)
		result = print_object(inspect, object);
	else
		result = json_array_append(inspect->objects, object) == 0
				 ? 0
				 : cli_no_memory(&inspect->error);
	json_decref(object);
	return result;
}

static int print_objects(struct inspect *inspect)
{
	int result = 0;

	if (inspect->template != NULL)
		return 0;
	result = view_print(inspect->objects, JSON_INDENT(2), stdout, &inspect->error);
	putchar('\n');
	return result;
}

static int run(struct cli_call *call)
{
	struct inspect inspect = { 0 };
	struct source source;
	int result = prepare(call->options, &inspect);

	if (result == 0)
		result =
			source_open(&call->globals, LIFECYCLE_ACCESS_READ, &source, &inspect.error);
	if (result == 0) {
		result = source_for_operands(&source, call, take_view, &inspect);
		source_close(&source);
	}
	if (result == 0 && (call->operand_count > 0 || call->globals.state_dir != NULL))
		result = print_objects(&inspect);
	release(&inspect);
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
	.complete = source_complete,
	.run = run,
};
