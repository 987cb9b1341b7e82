/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/plan.h"
#include "base/error.h"
#include "cli/when.h"
#include "container/child.h"
#include "container/volume.h"

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
	if (options->bundle == NULL && options->rootfs == NULL && call->operand_count == 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"%s needs an image, --bundle or --rootfs", call->command->name);
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

static int create_by_runtime(struct site *site, const struct plan_options *options,
	struct container_plan *plan, char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error)
{
	char *runtime;
	int result;

	if (find_runtime(options->runtime, &runtime, error) < 0)
		return -1;
	plan->settings.runtime = runtime;
	plan->settings.runtime_args =
		options->runtime_args.count > 0 ? array_of(&options->runtime_args) : NULL;
	result = container_create(site->place, plan, ret_id, error);
	json_decref(plan->settings.runtime_args);
	free(runtime);
	return result;
}

static int create_with_lists(struct site *site, const struct plan_options *options,
	struct container_plan *plan, char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error)
{
	const char **environment, **volumes;
	int result;

	if (list_of(&options->environment, &environment, error) < 0)
		return -1;
	result = list_of(&options->volumes, &volumes, error);
	if (result == 0) {
		plan->change.environment = environment;
		plan->volumes = volumes;
		result = create_by_runtime(site, options, plan, ret_id, error);
		free(volumes);
	}
	free(environment);
	return result;
}

static int create_with_health(struct site *site, const struct plan_options *options,
	struct container_plan *plan, char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error)
{
	const json_t *own = plan->image != NULL ? plan->image->health : NULL;
	int result;

	if (plan_health(&options->health, own, &plan->settings.health, error) < 0)
		return -1;
	result = create_with_lists(site, options, plan, ret_id, error);
	json_decref(plan->settings.health);
	return result;
}

static int create_of_image(struct site *site, const struct cli_call *call,
	const struct container_plan *asked, char ret_id[CONTAINER_ID_SIZE],
	struct lifecycle_error *error)
{
	const struct plan_options *options = call->options;
	struct container_plan plan = *asked;
	struct image image;
	int result;

	if (plan_image(&options->image, site->place, call->operands[0], &image, error) < 0)
		return -1;
	plan.image = &image;
	plan.change.command = (const char *const *)call->operands + 1;
	result = image_settle(&image, &plan.settings, error);
	if (result == 0)
		result = create_with_health(site, options, &plan, ret_id, error);
	image_free(&image);
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
	if (options->bundle == NULL && options->rootfs == NULL)
		return create_of_image(site, call, &plan, ret_id, error);
	return create_with_health(site, options, &plan, ret_id, error);
}

/* ---- completion ---- */

static void offer(const char *name, void *begun)
{
	cli_offer(begun, name, NULL);
}

static void offer_each(const struct cli_call *call, const char *begun,
	void (*each)(
		const struct place *place, void (*each)(const char *name, void *arg), void *arg))
{
	struct site site;

	if (site_open(call, LIFECYCLE_ACCESS_READ, &site, NULL) < 0)
		return;
	each(site.place, offer, (void *)(uintptr_t)begun);
	site_close(&site);
}

/* What comes after the image is another program's. */
void plan_complete(const struct cli_call *call, const char *begun)
{
	if (call->operand_count == 0)
		offer_each(call, begun, image_each);
}

void plan_complete_volume(const struct cli_call *call, const char *begun)
{
	offer_each(call, begun, volume_each);
}
