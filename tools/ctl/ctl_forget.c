/* SPDX-License-Identifier: Apache-2.0 */
#include "base/defaults.h"
#include "ctl.h"
#include "source.h"

#include <stdio.h>
#include <stdlib.h>

struct forget_options {
	bool force;
};

struct judgement {
	bool force;
	const char *refusal; /* NULL: it may go */
};

/* A lifecycle_permit_fn. */
static bool may_go(const struct lifecycle_record *record, void *arg)
{
	struct judgement *judgement = arg;
	struct lifecycle_observed observed;

	if (judgement->force)
		return true;
	if (record == NULL) {
		judgement->refusal = "has no record that can be read";
		return false;
	}
	lifecycle_observe(record, &observed);
	if (observed.status != LIFECYCLE_STATUS_STOPPED)
		judgement->refusal = "is not known to be stopped";
	return judgement->refusal == NULL;
}

static int forget_id(
	const struct source *source, const char *id, bool force, struct lifecycle_error *error)
{
	struct judgement judgement = { .force = force };

	if (lifecycle_store_delete(source->store, id,
		    lifecycle_monotonic_now() + DEFAULTS_TIMEOUT_NS, may_go, &judgement,
		    error) != 0)
		return -1;
	if (judgement.refusal != NULL)
		return cli_error(error, LIFECYCLE_ERROR_SYSTEM,
			"'%s' %s: --force forgets it all the same", id, judgement.refusal);
	puts(id);
	return 0;
}

static void forget(struct cli_call *call, const struct source *source, const char *reference)
{
	const struct forget_options *options = call->options;
	struct lifecycle_error error;
	char *id;
	int result = source_resolve(source, reference, &id, &error);

	if (result == 0) {
		result = forget_id(source, id, options->force, &error);
		free(id);
	}
	if (result != 0)
		cli_complain(call, &error);
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct source source;

	if (source_open(&call->globals, LIFECYCLE_ACCESS_MEND, &source, &error) != 0)
		return cli_fail(call, &error);
	for (size_t i = 0; i < call->operand_count; i++)
		forget(call, &source, call->operands[i]);
	source_close(&source);
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
	.complete = source_complete,
	.run = run,
};
