/* SPDX-License-Identifier: Apache-2.0 */
/* plan: the options of `create` and `run`, and the container that they ask for. */
#ifndef PLAN_H
#define PLAN_H

#include "ctl/plan_health.h"
#include "ctl/plan_image.h"
#include "ctl/site.h"

struct plan_options {
	const char *name;
	const char *runtime;
	struct cli_values runtime_args;
	const char *bundle;
	const char *rootfs;
	const char *stop_signal;
	const char *stop_timeout;
	struct cli_values environment;
	struct cli_values volumes;
	struct plan_image_options image;
	struct plan_health_options health;
};

/* Offers what their operands and --volume may be. */
cli_complete_fn plan_complete;
cli_complete_fn plan_complete_volume;

/* Their rows, for a command whose options begin with them. */
#define PLAN_OPTIONS                                                                               \
	{ .name = "name",                                                                          \
		.kind = CLI_TEXT,                                                                  \
		.offset = offsetof(struct plan_options, name),                                     \
		.argument = "NAME",                                                                \
		.help = "a name for people" },                                                     \
		{ .name = "bundle",                                                                \
			.letter = 'b',                                                             \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(struct plan_options, bundle),                           \
			.argument = "DIR",                                                         \
			.complete = cli_complete_directory,                                        \
			.help = "an OCI bundle" },                                                 \
		{ .name = "rootfs",                                                                \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(struct plan_options, rootfs),                           \
			.argument = "DIR",                                                         \
			.complete = cli_complete_directory,                                        \
			.help = "a root file system, for the command that follows" },              \
		{ .name = "env",                                                                   \
			.letter = 'e',                                                             \
			.kind = CLI_MANY,                                                          \
			.offset = offsetof(struct plan_options, environment),                      \
			.argument = "K=V",                                                         \
			.help = "a variable of the container's; K alone takes the caller's "       \
				"value" },                                                         \
		{ .name = "runtime",                                                               \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(struct plan_options, runtime),                          \
			.argument = "PATH",                                                        \
			.complete = cli_complete_file,                                             \
			.help = "the OCI runtime (default: runc, else crun)" },                    \
		{ .name = "runtime-arg",                                                           \
			.kind = CLI_MANY,                                                          \
			.offset = offsetof(struct plan_options, runtime_args),                     \
			.argument = "ARG",                                                         \
			.help = "a global option for the runtime, at each call" },                 \
		{ .name = "stop-signal",                                                           \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(struct plan_options, stop_signal),                      \
			.argument = "SIGNAL",                                                      \
			.help = "what stop sends (default: TERM)" },                               \
		{ .name = "volume",                                                                \
			.letter = 'v',                                                             \
			.kind = CLI_MANY,                                                          \
			.offset = offsetof(struct plan_options, volumes),                          \
			.argument = "VOLUME",                                                      \
			.complete = plan_complete_volume,                                          \
			.help = "NAME:/PATH[:ro], which outlives the container, or "               \
				"/DIR:/PATH[:ro] of the host" },                                   \
		PLAN_IMAGE_OPTIONS(struct plan_options), PLAN_HEALTH_OPTIONS(struct plan_options), \
	{                                                                                          \
		.name = "stop-timeout", .kind = CLI_TEXT,                                          \
		.offset = offsetof(struct plan_options, stop_timeout), .argument = "TIME",         \
		.help = "how long stop waits before it kills (default: 10s)"                       \
	}

/* Creates the container that options and operands ask for; it is removed at its end if `remove`. */
int plan_create(struct site *site, const struct cli_call *call, bool remove,
	char ret_id[CONTAINER_ID_SIZE], struct lifecycle_error *error);

#endif
