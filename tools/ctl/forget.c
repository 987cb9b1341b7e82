/* SPDX-License-Identifier: Apache-2.0 */
#include "base/defaults.h"
#include "base/error.h"
#include "ctl/commands.h"
#include "records/records.h"

#include <stdio.h>
#include <stdlib.h>

struct forget_options {
	bool force;
};

struct decision {
	bool force;
	const char *refusal; /* NULL: it may go */
};

/* A lifecycle_permit_fn. */
static bool may_go(const struct lifecycle_record *record, void *arg)
{
	struct decision *decision = arg;
	struct lifecycle_observed observed = { .size = sizeof(observed) };

	if (decision->force)
		return true;
	if (record == NULL) {
		decision->refusal = "has no record that can be read";
		return false;
	}
	lifecycle_observe(record, &observed);
	if (observed.status != LIFECYCLE_STATUS_STOPPED)
		decision->refusal = "is not known to be stopped";
	return decision->refusal == NULL;
}

static int forget_id(
	const struct records *records, const char *id, bool force, struct lifecycle_error *error)
{
	struct decision decision = { .force = force };

	if (lifecycle_store_delete(records->store, id,
		    lifecycle_monotonic_now() + DEFAULTS_TIMEOUT_NS, may_go, &decision, error) < 0)
		return -1;
	if (decision.refusal != NULL)
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"'%s' %s: --force forgets it all the same", id, decision.refusal);
	puts(id);
	return 0;
}

static void forget(struct cli_call *call, const struct records *records, const char *reference)
{
	const struct forget_options *options = call->options;
	struct lifecycle_error error;
	char *id;
	int result = records_resolve(records, reference, &id, &error);

	if (result == 0) {
		result = forget_id(records, id, options->force, &error);
		free(id);
	}
	if (result != 0)
		cli_complain(call, &error);
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct records records;

	if (records_open(call, LIFECYCLE_ACCESS_MEND, &records, &error) < 0)
		return cli_fail(call, &error);
	for (size_t i = 0; i < call->operand_count; i++)
		forget(call, &records, call->operands[i]);
	records_close(&records);
	return call->status;
}

static const struct cli_option options[] = {
	{ .name = "force",
		.letter = 'f',
		.kind = CLI_FLAG,
		.offset = offsetof(struct forget_options, force),
		.help = "also what is not stopped, or cannot be read" },
};

const struct cli_command ctl_forget = {
	.name = "forget",
	.arguments = "REF...",
	.summary = "remove the records of these containers, and print their IDs",
	.details =
		"The container itself is left alone; a hook that still comes begins a new record.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct forget_options),
	.least = 1,
	.most = CLI_ANY_NUMBER,
	.complete = records_complete,
	.run = run,
};
