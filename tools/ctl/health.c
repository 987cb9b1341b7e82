/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/format.h"
#include "container/probe.h"
#include "ctl/commands.h"
#include "ctl/site.h"

#include <stdio.h>
#include <stdlib.h>

/* A program that has only just been started need not be ready yet. */
static bool is_starting(struct site *site, const char *id, const struct health *health)
{
	struct lifecycle_record *record;
	struct view view;
	int64_t start;

	if (records_load(&site->records, id, &record, NULL) < 0)
		return false;
	view_of(record, &view);
	start = view_known_start(&view, view.current);
	lifecycle_record_free(record);
	return start != LIFECYCLE_UNKNOWN && lifecycle_time_now() - start < health->start_period;
}

/* "unhealthy: connection refused" */
static void print_answer(const char *answer, const struct probe *probe)
{
	fputs(answer, stdout);
	if (probe->timed_out || probe->words[0] != '\0')
		fputs(": ", stdout);
	if (probe->timed_out)
		fputs(probe->words[0] != '\0' ? "timed out: " : "timed out", stdout);
	format_escaped(stdout, probe->words);
	putchar('\n');
}

/* A site_running_fn. */
static int probe_now(struct site *site, struct cli_call *call, const char *id,
	const struct settings *settings, struct lifecycle_error *error)
{
	struct health health;
	struct probe probe;
	int result;

	if (health_read(settings->health, &health, error) < 0)
		return -1;
	if (health.argv == NULL)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"'%s' has no health check: see --health-cmd of create", call->operands[0]);
	result = probe_run(settings, id, &health, &probe, error);
	if (result == 0) {
		print_answer(probe.healthy                    ? "healthy"
			     : is_starting(site, id, &health) ? "starting"
							      : "unhealthy",
			&probe);
		call->status = probe.healthy ? CLI_DONE : CLI_FAILED;
	}
	health_free(&health);
	return result;
}

static int run(struct cli_call *call)
{
	return site_for_running(call, probe_now);
}

const struct cli_command ctl_health = {
	.name = "health",
	.arguments = "REF",
	.summary = "run the health check of a container now, and print what it tells",
	.details = "healthy; unhealthy, with the last line of what the check said; or starting, "
		   "if that is\n"
		   "within the start period. The exit status is 0 for healthy, else 1.",
	.least = 1,
	.most = 1,
	.complete = site_complete,
	.run = run,
};
