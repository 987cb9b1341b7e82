/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/plan.h"
#include "base/error.h"
#include "cli/when.h"
#include "container/child.h"

#include <stdlib.h>
#include <string.h>

/* ---- the runtime ---- */

static const char *const known_runtimes[] = { "runc", "crun", "runsc" };

#define KNOWN_COUNT (sizeof(known_runtimes) / sizeof(known_runtimes[0]))

/* All of them are in packages of their own names. */
static const char *package_of(const char *runtime)
{
	for (size_t i = 0; i < KNOWN_COUNT; i++)
		if (strcmp(runtime, known_runtimes[i]) == 0)
			return known_runtimes[i];
	return NULL;
}

static int find_runtime(const char *runtime, char **ret_path, struct lifecycle_error *error)
{
	if (runtime != NULL)
		return child_find(runtime, NULL, package_of(runtime), ret_path, error);
	if (child_find("runc", NULL, NULL, ret_path, NULL) == 0 ||
		child_find("crun", NULL, NULL, ret_path, NULL) == 0)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_SYSTEM,
		"no OCI runtime is installed (Debian: apt-get install runc)");
}

static json_t *array_of(const struct cli_values *values)
{
	json_t *array = json_array();

	for (size_t i = 0; i < values->count; i++)
		(void)json_array_append_new(array, json_string(values->items[i]));
	return array;
}

/* ---- the rest ---- */

static int check_source(const struct plan_options *options, const struct cli_call *call,
	struct lifecycle_error *error)
{
	if (options->bundle != NULL && options->rootfs != NULL)
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "--bundle and --rootfs exclude each other");
	if (options->bundle == NULL && options->rootfs == NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "%s needs --bundle or --rootfs",
			call->command->name);
	if (options->rootfs != NULL && call->operand_count == 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"--rootfs needs the command that is to be run");
	return 0;
}

/* The values of a repeated option, with a NULL after them; free() the array. */
static int list_of(
	const struct cli_values *values, const char ***ret_list, struct lifecycle_error *error)
{
	const char **list = calloc(values->count + 1, sizeof(*list));

	if (list == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < values->count; i++)
		list[i] = values->items[i];
	*ret_list = list;
	return 0;
}

static int create(struct site *site, const struct cli_call *call, struct container_plan *plan,
	char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error)
{
	const struct plan_options *options = call->options;
	const char **environment = NULL;
	char *runtime;
	int result;

	if (list_of(&options->environment, &environment, error) < 0)
		return -1;
	result = find_runtime(options->runtime, &runtime, error);
	if (result == 0) {
		plan->change.environment = environment;
		plan->settings.runtime = runtime;
		plan->settings.runtime_args =
			options->runtime_args.count > 0 ? array_of(&options->runtime_args) : NULL;
		result = container_create(site->place, plan, ret_id, error);
		json_decref(plan->settings.runtime_args);
		free(runtime);
	}
	free(environment);
	return result;
}

int plan_create(struct site *site, const struct cli_call *call, bool remove,
	char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error)
{
	const struct plan_options *options = call->options;
	struct container_plan plan = {
		.bundle = options->bundle,
		.rootfs = options->rootfs,
		.change = { .command = (const char *const *)call->operands },
		.settings = { .name = options->name,
			.stop_signal = options->stop_signal,
			.stop_timeout = LIFECYCLE_UNKNOWN,
			.remove = remove },
	};

	if (check_source(options, call, error) < 0)
		return -1;
	if (options->stop_timeout != NULL &&
		when_parse_duration(options->stop_timeout, &plan.settings.stop_timeout, error) < 0)
		return -1;
	return create(site, call, &plan, ret_id, error);
}
