/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine ROOT ID PROGRAM [ARGUMENT...]: runs a program, records its life in the store ROOT, and exits as it did.
 *	cc -o engine engine.c $(pkg-config --cflags --libs libstate)
 */
#include <libstate.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* What goes wrong with the record is no reason to harm the container. */
static void tell(struct lifecycle_store *store, struct lifecycle_report *report,
	enum lifecycle_event event, char *instance)
{
	int64_t deadline = lifecycle_monotonic_now() + INT64_C(2000000000);
	struct lifecycle_error error;

	report->event = event;
	if (lifecycle_store_report(store, report, deadline, instance, &error) < 0)
		fprintf(stderr, "engine: %s\n", error.message);
}

static int run(struct lifecycle_store *store, const char *id, char **arguments, char **environment)
{
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;
	char instance[LIFECYCLE_INSTANCE_SIZE] = "";
	int status;
	int reason;
	pid_t pid;

	report.id = id;
	tell(store, &report, LIFECYCLE_EVENT_CREATED, instance);
	report.instance = instance; /* this life, whatever else comes under the same ID */
	reason = posix_spawnp(&pid, arguments[0], NULL, NULL, arguments, environment);
	if (reason != 0) {
		report.message = strerror(reason);
		tell(store, &report, LIFECYCLE_EVENT_FAILED, NULL);
		return 127;
	}
	report.pid = pid;
	tell(store, &report, LIFECYCLE_EVENT_STARTED, NULL);
	(void)waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		report.exit_signal = WTERMSIG(status);
	else
		report.exit_code = WEXITSTATUS(status);
	tell(store, &report, LIFECYCLE_EVENT_ENDED, NULL);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv, char **environment)
{
	struct lifecycle_store *store;
	struct lifecycle_error error;
	int result;

	if (argc < 4)
		return 2;
	if (lifecycle_store_open(argv[1], LIFECYCLE_ACCESS_WRITE, &store, &error) < 0) {
		fprintf(stderr, "engine: %s\n", error.message);
		return 1;
	}
	result = run(store, argv[2], argv + 3, environment);
	lifecycle_store_close(store);
	return result;
}
