/* SPDX-License-Identifier: Apache-2.0 */
/* How a container comes to be: its directory, its configuration, its name, its first life. */
#include "base/error.h"
#include "container/container.h"
#include "container/held.h"
#include "container/name.h"
#include "container/volume.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static int make_id(char id[CONTAINER_ID_SIZE], struct lifecycle_error *error)
{
	unsigned char bytes[(CONTAINER_ID_SIZE - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return error_errno(error, errno, "no random number is to be had");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

/* ---- the name ---- */

static int check_name(struct place *place, const char *name, struct lifecycle_error *error)
{
	struct lifecycle_strings ids;
	int result = 0;

	if (place_list(place, &ids, error) < 0)
		return -1;
	for (size_t i = 0; i < ids.count && result == 0; i++)
		if (container_has_name(place, ids.items[i], name))
			result = error_set(error, LIFECYCLE_ERROR_SYSTEM,
				"the name '%s' is taken by the container '%.12s'", name,
				ids.items[i]);
	lifecycle_strings_free(&ids);
	return result;
}

/* ---- the configuration ---- */

static int make_config(const struct held *held, const struct container_plan *plan,
	json_t **ret_config, struct lifecycle_error *error)
{
	if (plan->bundle != NULL)
		return config_load(plan->bundle, ret_config, error);
	if (plan->image != NULL)
		return image_unpack(
			plan->image, &held->hold, plan->change.command, ret_config, error);
	*ret_config = config_default(error);
	return *ret_config == NULL ? -1 : 0;
}

static int save_config(
	const struct held *held, const struct container_plan *plan, struct lifecycle_error *error)
{
	if (config_change(held->config, &plan->change, error) < 0 ||
		settings_write(held->config, &plan->settings, error) < 0)
		return -1;
	return config_save(held->config, held->place, &held->hold, error);
}

/* From the look at the names to the file that bears this one no other container may be made. */
static int save_under_name(
	const struct held *held, const struct container_plan *plan, struct lifecycle_error *error)
{
	const char *name = plan->settings.name;
	int result, lock;

	if (name == NULL)
		return save_config(held, plan, error);
	if (name_check(name, error) < 0 ||
		hold_names(held->place, lifecycle_monotonic_now() + HELD_TIMEOUT_NS, &lock, error) <
			0)
		return -1;
	result = check_name(held->place, name, error);
	if (result == 0)
		result = save_config(held, plan, error);
	(void)close(lock);
	return result;
}

/* ---- the whole ---- */

static const char *rootfs_of(const struct held *held, const struct container_plan *plan)
{
	return plan->change.rootfs != NULL
		       ? plan->change.rootfs
		       : json_string_value(
				 json_object_get(json_object_get(held->config, "root"), "path"));
}

/* A volume is made before the container: what it begins with is in the root file system. */
static int save_with_volumes(
	const struct held *held, struct container_plan *plan, struct lifecycle_error *error)
{
	int result;

	if (volume_mounts(held->place, plan->volumes, rootfs_of(held, plan), &plan->change.mounts,
		    error) < 0)
		return -1;
	result = save_under_name(held, plan, error);
	json_decref(plan->change.mounts);
	return result;
}

static int fill(
	struct held *held, struct container_plan *plan, char *rootfs, struct lifecycle_error *error)
{
	char hostname[13];
	int result;

	if (make_config(held, plan, &held->config, error) < 0)
		return -1;
	snprintf(hostname, sizeof(hostname), "%s", held->hold.id);
	if (rootfs != NULL) {
		plan->change.rootfs = rootfs;
		plan->change.hostname = hostname;
	}
	/* what an image runs its own program by is in the configuration already */
	if (plan->image != NULL)
		plan->change.command = NULL;
	result = save_with_volumes(held, plan, error);
	if (result == 0)
		result = held_create(held, error);
	json_decref(held->config);
	return result;
}

/* The caller's current directory is not the runtime's. An image's becomes the container's own. */
static int find_rootfs(const struct place *place, const struct container_plan *plan, const char *id,
	char **ret_rootfs, struct lifecycle_error *error)
{
	*ret_rootfs = NULL;
	if (plan->image != NULL &&
		asprintf(ret_rootfs, "%s/containers/%s/rootfs", place->data_root, id) < 0)
		return error_no_memory(error);
	if (plan->rootfs == NULL)
		return 0;
	*ret_rootfs = realpath(plan->rootfs, NULL);
	if (*ret_rootfs == NULL)
		return error_errno(error, errno, "the root file system '%s'", plan->rootfs);
	return 0;
}

int container_create(struct place *place, struct container_plan *plan,
	char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error)
{
	struct held held = { .place = place, .settings = plan->settings };
	struct lifecycle_error ignored;
	char id[CONTAINER_ID_SIZE], *rootfs;
	int result;

	hold_sweep(place);
	if (make_id(id, error) < 0 || find_rootfs(place, plan, id, &rootfs, error) < 0)
		return -1;
	result = hold_make(place, id, &held.hold, error);
	if (result == 0)
		result = fill(&held, plan, rootfs, error);
	free(rootfs);
	if (result < 0) {
		if (held.hold.path != NULL)
			(void)hold_remove(&held.hold, &ignored);
		return -1;
	}
	hold_release(&held.hold);
	memcpy(ret_id, id, sizeof(id));
	return 0;
}
