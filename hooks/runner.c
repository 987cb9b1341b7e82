/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one runner of all hooks. A hook never harms a container: if the record cannot be written, that is one line
 * in the log, and a wrapped command is run all the same.
 */
#include "base/log_line.h"
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STDIN_LIMIT  ((size_t)64 * 1024 * 1024)
#define SWEEP_NS     INT64_C(100000000)
#define USAGE_STATUS 2

struct run {
	const struct hook *hook;
	struct options options;
	struct startup startup;
	int64_t time;
	int64_t deadline;
	struct input input;
	struct lifecycle_store *store;
	struct lifecycle_evidence *evidence;
	bool failed; /* a failure was reported */
};

/* ---- what goes wrong ---- */

/* Only the first failure is reported: it is the cause of the others. */
static void say(struct run *run, const char *message)
{
	struct log_line_context context = { .hook = lifecycle_point_name(run->hook->point) };

	if (run->failed)
		return;
	run->failed = true;
	if (run->evidence != NULL) {
		context.container_id = lifecycle_evidence_id(run->evidence);
		context.container_name = lifecycle_evidence_name(run->evidence);
	}
	log_line_to_stderr(run->hook->name, message, run->deadline);
	log_line_to_system(LOG_LINE_ERROR, run->hook->name, message, &context);
}

/* For messages that name the container, as the store's do; fail_of_container() is for all others. */
static void fail(struct run *run, const struct lifecycle_error *error)
{
	say(run, error->message);
}

static void fail_of_container(struct run *run, const struct lifecycle_error *error)
{
	char message[sizeof(error->message) + 280];

	snprintf(message, sizeof(message), "'%s': %s", lifecycle_evidence_id(run->evidence),
		error->message);
	say(run, message);
}

/* ---- the record ---- */

static bool read_state(struct run *run)
{
	char message[128] = "the state on stdin did not end in time";
	enum input_end end;

	run->input.limit = run->options.command != NULL ? STDIN_LIMIT : DEFAULTS_STATE_LIMIT + 1;
	end = input_read(&run->input, run->deadline);
	if (end == INPUT_WHOLE)
		return true;
	if (end == INPUT_BROKEN)
		snprintf(message, sizeof(message), "stdin cannot be read: %s",
			strerrordesc_np(errno));
	say(run, message);
	return false;
}

static int gather(struct run *run, struct lifecycle_error *error)
{
	const struct lifecycle_gather gather = {
		.size = sizeof(gather),
		.point = run->hook->point,
		.time = run->time,
		.deadline = run->deadline,
		.state = run->input.bytes,
		.state_length = run->input.length,
		.name_annotations = run->options.name_annotations,
		.annotations = run->options.annotations,
	};

	return lifecycle_evidence_gather(&gather, &run->evidence, error);
}

static int open_store(struct run *run, struct lifecycle_error *error)
{
	char *root = NULL;
	int result;

	if (run->options.root == NULL && lifecycle_default_root(&root, error) < 0)
		return -1;
	result = lifecycle_store_open(root != NULL ? root : run->options.root,
		LIFECYCLE_ACCESS_WRITE, &run->store, error);
	free(root);
	return result;
}

/* If the exit file cannot be read, the record is written without it. */
static void read_exit_file(struct run *run)
{
	struct lifecycle_error error;

	if (run->options.exit_dir != NULL &&
		lifecycle_evidence_read_exit_file(run->evidence, run->options.exit_dir, &error) < 0)
		fail_of_container(run, &error);
}

/* What is run in our place, as it is recorded. */
static int begin_command(struct run *run, struct lifecycle_error *error)
{
	const struct options *options = &run->options;
	const char *argv[DEFAULTS_MAX_ARGUMENTS + 1] = { NULL };
	struct lifecycle_command command = {
		.size = sizeof(command),
		.path = options->command[0],
		.argv = argv,
		.index = options->index,
	};

	for (size_t i = 0; i < DEFAULTS_MAX_ARGUMENTS && options->command[i] != NULL; i++)
		argv[i] = options->command[i];
	if (options->argv0 != NULL)
		argv[0] = options->argv0;
	return lifecycle_evidence_begin(run->evidence, &command, error);
}

static void record_hook(struct run *run)
{
	struct lifecycle_error error;

	if (!read_state(run))
		return;
	if (gather(run, &error) < 0) {
		fail(run, &error);
		return;
	}
	read_exit_file(run);
	if (open_store(run, &error) < 0 ||
		(run->options.command != NULL && begin_command(run, &error) < 0))
		fail_of_container(run, &error);
	else if (lifecycle_store_fold(run->store, run->evidence, run->deadline, &error) < 0)
		fail(run, &error);
}

static void record_end(struct run *run, const struct lifecycle_outcome *outcome)
{
	struct lifecycle_error error;

	if (run->store == NULL)
		return;
	/* the begin again, in case it could not be recorded before */
	if (begin_command(run, &error) < 0 ||
		lifecycle_evidence_end(run->evidence, outcome, &error) < 0 ||
		lifecycle_store_fold(run->store, run->evidence, run->deadline, &error) < 0)
		fail(run, &error);
}

/* ---- the command ---- */

/* The command's time is its own: what was left of our deadline before the command is left after it. */
static int run_command(struct run *run)
{
	static struct command_end end; /* as hook_run()'s */
	int64_t left = run->deadline - lifecycle_monotonic_now();

	command_run(run->hook, &run->options, &run->startup, &run->input, &end);
	run->deadline = lifecycle_monotonic_now() + left;
	record_end(run, &end.outcome);
	return end.status;
}

/* ---- the store's size ---- */

static bool is_stopped(const struct lifecycle_record *record, void *arg)
{
	bool *ret_is_read = arg;

	*ret_is_read = record != NULL;
	return record != NULL &&
	       lifecycle_record_current(record)->status == LIFECYCLE_STATUS_STOPPED;
}

static void remove_record(struct run *run)
{
	const char *id = lifecycle_evidence_id(run->evidence);
	char message[512];
	struct lifecycle_error error;
	bool is_read = true;
	int result;

	if (run->failed)
		return;
	result =
		lifecycle_store_delete(run->store, id, run->deadline, is_stopped, &is_read, &error);
	/* another one may have removed it just now */
	if (result < 0 && error.code != LIFECYCLE_ERROR_NOT_FOUND)
		fail(run, &error);
	snprintf(message, sizeof(message), "'%s': it stays, for its record cannot be read", id);
	if (!is_read)
		say(run, message);
}

static void bound_store(struct run *run)
{
	int64_t end = lifecycle_monotonic_now() + SWEEP_NS;
	struct lifecycle_error error;

	if (run->hook->point != LIFECYCLE_POINT_POSTSTOP || run->store == NULL)
		return;
	if (run->options.remove)
		remove_record(run);
	if (run->options.retention_ns > 0 &&
		lifecycle_store_sweep(run->store, run->options.retention_ns,
			end < run->deadline ? end : run->deadline, &error) < 0)
		fail(run, &error);
}

/* ---- the whole ---- */

static int run_hook(struct run *run)
{
	int status = 0;

	record_hook(run);
	if (run->options.command != NULL)
		status = run_command(run);
	bound_store(run);
	if (status == 0 && run->failed && run->options.strict)
		status = 1;
	lifecycle_evidence_free(run->evidence);
	lifecycle_store_close(run->store);
	input_free(&run->input);
	return status;
}

static int answer(const struct run *run)
{
	switch (run->options.request) {
	case REQUEST_HELP:
		options_print_help(run->hook, stdout);
		break;
	case REQUEST_VERSION:
		printf("%s %s\n", run->hook->name, PACKAGE_VERSION);
		break;
	default:
		fprintf(stderr, "%s: %s\ntry '%s --help'\n", run->hook->name, run->options.problem,
			run->hook->name);
		/* crun dies of SIGPIPE if a hook ends before crun has written to it */
		input_discard(run->deadline);
		return USAGE_STATUS;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

int hook_run(const struct hook *hook, int argc, char **argv)
{
	/* Once in a process, and not on the stack: its limit may be the container's, and small. */
	static struct run run;

	run.hook = hook;
	run.time = lifecycle_time_now();
	run.deadline = lifecycle_monotonic_now();
	options_parse(hook, argc, argv, &run.options);
	run.deadline += run.options.timeout_ns;
	startup_run(&run.startup, run.options.command != NULL);
	if (run.options.request != REQUEST_HOOK)
		return answer(&run);
	return run_hook(&run);
}
