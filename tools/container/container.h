/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container: containers of ours, that a real OCI runtime runs and conmon stands beside: create, start, signal, stop, remove,
 * state and list. A container is known by its ID. What happens to it is recorded by our hooks, as with any engine, and by
 * what is seen here. Whoever is killed in the middle leaves a container that the next call can go on with.
 *
 * Functions return 0, or -1 with *error: LIFECYCLE_ERROR_NOT_FOUND if there is no such container, LIFECYCLE_ERROR_TIMEOUT if
 * another command is at work on it, LIFECYCLE_ERROR_SYSTEM with the runtime's words if the runtime failed.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include "container/config.h"
#include "container/image.h"
#include "container/place.h"
#include "container/settings.h"

#define CONTAINER_ID_SIZE 65

/* What a stop waits for before it kills, unless the container or the caller says otherwise. */
#define CONTAINER_STOP_TIMEOUT_NS INT64_C(10000000000)

struct container_plan {
	/* One of them; the command that is to run in a root file system is in `change`. */
	const char *bundle; /* a directory */
	const char *rootfs; /* a directory */
	const struct image *image;
	const char *const *volumes;  /* see volume.h; NULL-terminated, or NULL */
	struct config_change change; /* but for its mounts, which are the volumes */
	struct settings settings;
};

/* An ID of 64 digits is made up. What fails is recorded, and leaves nothing else. */
int container_create(struct place *place, struct container_plan *plan,
	char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error);

/* One that runs is left alone. One that has ended, or is not known to its runtime, is created anew: a new generation. */
int container_start(struct place *place, const char *id, struct lifecycle_error *error);

/* Sends one signal, a name or a number; to one that does not run it is an error. */
int container_kill(
	struct place *place, const char *id, const char *signal, struct lifecycle_error *error);

/* The container's stop signal, SIGKILL after the grace (nanoseconds; unknown: the container's own), and its end is
 * recorded. One that does not run is left alone. */
int container_stop(
	struct place *place, const char *id, int64_t grace, struct lifecycle_error *error);

/* The container and what its runtime still has of it; its record stays. One that runs only if `force`. */
int container_remove(
	struct place *place, const char *id, bool force, struct lifecycle_error *error);

/* After its end: the runtime forgets it, and if it is to be removed then, it is. One that lives is left alone. */
int container_clean(struct place *place, const char *id, struct lifecycle_error *error);

/* Waits until it has ended, and conmon has written down how; unknown where conmon could not. */
int container_wait(
	struct place *place, const char *id, int64_t *ret_exit_code, struct lifecycle_error *error);

/* What is observed of it. STATUS_NONE: it has no record, since it never got so far. */
int container_state(struct place *place, const char *id, struct lifecycle_observed *ret_state,
	struct lifecycle_error *error);

/* An ID, a name or the beginning of an ID, of a container that is here, whether it has a record or not; free() it. */
int container_resolve(
	struct place *place, const char *reference, char **ret_id, struct lifecycle_error *error);

/* Whether its configuration can be read, and gives it this name. */
bool container_has_name(struct place *place, const char *id, const char *name);

/* The container's configuration: json_decref() it; and settings, of which settings_free() frees what is theirs. */
int container_load(struct place *place, const char *id, json_t **ret_config,
	struct settings *ret_settings, struct lifecycle_error *error);

#endif
