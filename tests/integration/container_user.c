/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container_user DATA_ROOT STORE_ROOT HOOKS_DIR RUNTIME RUNTIME_STATE ROOTFS: a program that runs a container by container.h,
 * without a command line of ours: one life, and what each call says of what is not there. Prints a line for each step.
 */
#include "container/container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int result, const char *what, const struct lifecycle_error *error)
{
	if (result == 0)
		return;
	fprintf(stderr, "%s: %s\n", what, error->message);
	exit(EXIT_FAILURE);
}

static void show(struct place *place, const char *id)
{
	struct lifecycle_error error;
	struct lifecycle_observed state;
	const char *name;

	must(container_state(place, id, &state, &error), "state", &error);
	name = lifecycle_status_name(state.status);
	printf("%s, pid %s\n", name != NULL ? name : "-", state.pid > 0 ? "known" : "unknown");
}

static void show_list(struct place *place)
{
	struct lifecycle_error error;
	struct lifecycle_strings ids;

	must(place_list(place, &ids, &error), "list", &error);
	printf("%zu here\n", ids.count);
	lifecycle_strings_free(&ids);
}

static void live(struct place *place, struct container_plan *plan)
{
	struct lifecycle_error error;
	char id[CONTAINER_ID_SIZE];
	int64_t code;

	must(container_create(place, plan, id, &error), "create", &error);
	show(place, id);
	must(container_start(place, id, &error), "start", &error);
	show(place, id);
	show_list(place);
	must(container_kill(place, id, "KILL", &error), "kill", &error);
	must(container_wait(place, id, &code, &error), "wait", &error);
	printf("exit code %d\n", (int)code);
	show(place, id);
	must(container_remove(place, id, false, &error), "remove", &error);
	show_list(place);
	if (container_remove(place, id, false, &error) == 0 ||
		error.code != LIFECYCLE_ERROR_NOT_FOUND)
		printf("removed twice\n");
}

int main(int argc, char **argv)
{
	static const char *const command[] = { "sleep", "100", NULL };
	struct place_options options = { .access = LIFECYCLE_ACCESS_WRITE };
	struct container_plan plan = { .settings = { .stop_timeout = LIFECYCLE_UNKNOWN } };
	struct lifecycle_error error;
	struct place *place;
	char state[4096];

	if (argc != 7)
		return EXIT_FAILURE;
	options.data_root = argv[1];
	options.store_root = argv[2];
	options.hooks_dir = argv[3];
	plan.settings.runtime = argv[4];
	snprintf(state, sizeof(state), "--root=%s", argv[5]);
	plan.settings.runtime_args = json_pack("[s]", state);
	plan.rootfs = argv[6];
	plan.change.command = command;
	must(place_open(&options, &place, &error), "open", &error);
	live(place, &plan);
	place_close(place);
	json_decref(plan.settings.runtime_args);
	return EXIT_SUCCESS;
}
