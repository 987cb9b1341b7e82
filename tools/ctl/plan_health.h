/* SPDX-License-Identifier: Apache-2.0 */
/* plan_health: the options by which a container gets a health check, or another one than its image's. */
#ifndef PLAN_HEALTH_H
#define PLAN_HEALTH_H

#include "cli/cli.h"

#include <jansson.h>

struct plan_health_options {
	const char *command;
	const char *interval;
	const char *timeout;
	const char *start_period;
	const char *retries;
	bool none;
};

/* Their rows, for a structure that has a `struct plan_health_options health`. */
#define PLAN_HEALTH_OPTIONS(STRUCTURE)                                                             \
	{ .name = "health-cmd",                                                                    \
		.kind = CLI_TEXT,                                                                  \
		.offset = offsetof(STRUCTURE, health.command),                                     \
		.argument = "CMD",                                                                 \
		.help = "what tells whether it is healthy: for its /bin/sh, or a JSON array" },    \
		{ .name = "health-interval",                                                       \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(STRUCTURE, health.interval),                            \
			.argument = "TIME",                                                        \
			.help = "how long to wait between two probes (default: 30s)" },            \
		{ .name = "health-timeout",                                                        \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(STRUCTURE, health.timeout),                             \
			.argument = "TIME",                                                        \
			.help = "after which a probe is killed, and has failed (default: 30s)" },  \
		{ .name = "health-start-period",                                                   \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(STRUCTURE, health.start_period),                        \
			.argument = "TIME",                                                        \
			.help = "for so long after its start a failure says nothing (default: "    \
				"0)" },                                                            \
		{ .name = "health-retries",                                                        \
			.kind = CLI_TEXT,                                                          \
			.offset = offsetof(STRUCTURE, health.retries),                             \
			.argument = "N",                                                           \
			.help = "so many failures in a row are unhealthy (default: 3)" },          \
	{                                                                                          \
		.name = "no-healthcheck", .kind = CLI_FLAG,                                        \
		.offset = offsetof(STRUCTURE, health.none),                                        \
		.help = "without the image's health check"                                         \
	}

/* The check that the options make of the image's (NULL for none), as Docker's configuration has it; NULL for none.
 * json_decref() it. */
int plan_health(const struct plan_health_options *options, const json_t *own, json_t **ret_check,
	struct lifecycle_error *error);

#endif
