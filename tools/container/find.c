/* SPDX-License-Identifier: Apache-2.0 */
/* Which container a person means, and what is known of it. */
#include "base/error.h"
#include "container/container.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int container_load(struct place *place, const char *id, json_t **ret_config,
	struct settings *ret_settings, struct lifecycle_error *error)
{
	json_t *config;
	char *path;
	int directory, result;

	if (place_container_path(place, id, &path, error) < 0)
		return -1;
	directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(path);
	if (directory < 0)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	result = config_load_held(directory, &config, error);
	(void)close(directory);
	if (result < 0)
		return -1;
	if (settings_read(config, ret_settings, error) < 0) {
		json_decref(config);
		return -1;
	}
	*ret_config = config;
	return 0;
}

enum match { MATCH_NONE, MATCH_PREFIX, MATCH_NAME, MATCH_ID };

bool container_has_name(struct place *place, const char *id, const char *name)
{
	struct lifecycle_error ignored;
	struct settings settings;
	json_t *config;
	bool same;

	if (container_load(place, id, &config, &settings, &ignored) < 0)
		return false;
	same = settings.name != NULL && strcmp(settings.name, name) == 0;
	settings_free(&settings);
	json_decref(config);
	return same;
}

static enum match match(struct place *place, const char *id, const char *reference)
{
	if (strcmp(id, reference) == 0)
		return MATCH_ID;
	if (container_has_name(place, id, reference))
		return MATCH_NAME;
	return strncmp(id, reference, strlen(reference)) == 0 ? MATCH_PREFIX : MATCH_NONE;
}

static int resolve_here(struct place *place, const struct lifecycle_strings *ids,
	const char *reference, char **ret_id, struct lifecycle_error *error)
{
	enum match best = MATCH_NONE;
	const char *found = NULL;
	bool ambiguous = false;

	for (size_t i = 0; i < ids->count; i++) {
		enum match this = match(place, ids->items[i], reference);

		if (this == MATCH_NONE || this < best)
			continue;
		ambiguous = this == best;
		best = this;
		found = ids->items[i];
	}
	if (found == NULL)
		return error_set(
			error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", reference);
	if (ambiguous)
		return error_set(error, LIFECYCLE_ERROR_AMBIGUOUS,
			"'%s' is the beginning of more than one ID", reference);
	*ret_id = strdup(found);
	return *ret_id == NULL ? error_no_memory(error) : 0;
}

int container_resolve(
	struct place *place, const char *reference, char **ret_id, struct lifecycle_error *error)
{
	struct lifecycle_strings ids;
	int result;

	if (reference[0] == '\0')
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "an empty reference is no container");
	if (place_list(place, &ids, error) < 0)
		return -1;
	result = resolve_here(place, &ids, reference, ret_id, error);
	lifecycle_strings_free(&ids);
	return result;
}
