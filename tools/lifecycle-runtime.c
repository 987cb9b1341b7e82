/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-runtime: an OCI runtime's command line that records, and hands everything on to a real runtime. */
#include "base/defaults.h"
#include "libstate.h"
#include "runtime/args.h"
#include "runtime/bundle.h"
#include "runtime/child.h"
#include "runtime/docker.h"
#include "runtime/find.h"
#include "runtime/log.h"
#include "runtime/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2
/*
 * The deadline of our hooks is shorter; this is for a machine on which they cannot keep their deadline. There is none
 * where the runtime may wait for the container as well: crun loses a hook's end that coincides with its container's,
 * lets the whole time pass and fails.
 */
#define HOOK_LIMIT_SECONDS 10

struct call {
	struct inherited_signals inherited;
	struct runtime_args args;
	struct runtime_log log;
	char path[PATH_MAX]; /* of the real runtime */
	char *root;          /* of the store; NULL if it cannot be told */
	char **argv;
};

static const char help_text[] =
	"usage: lifecycle-runtime [--lifecycle-OPTION]... ANY RUNTIME ARGUMENTS\n"
	"\n"
	"Records what containers do, and hands its command line on to a real runtime.\n"
	"\n"
	"  --lifecycle-runtime PATH         the real one, or its name (default: runc)\n"
	"  --lifecycle-root DIR             the store (default: as for the hooks)\n"
	"  --lifecycle-hooks DIR            where our hooks are (default:\n"
	"                                   " HOOKS_DIR ")\n"
	"  --lifecycle-exit-dir DIR         conmon's exit files, for exit codes\n"
	"  --lifecycle-annotation KEY       to keep in the record; at most eight\n"
	"  --lifecycle-name-annotation KEY  that holds the name; at most eight\n"
	"  --lifecycle-wrap                 time others' hooks, keep why they failed\n"
	"  --lifecycle-help, --help         print this\n"
	"  --lifecycle-version              print the version\n"
	"\n"
	"All else is the runtime's; its own help is 'lifecycle-runtime help'.\n";

static int print(const char *text)
{
	return fputs(text, stdout) >= 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- before the runtime runs ---- */

static int check_own_options(const struct call *call)
{
	const char *const directories[] = { call->args.root, call->args.hooks_dir,
		call->args.exit_dir };

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		if (directories[i] != NULL && directories[i][0] != '/') {
			runtime_log_error(
				&call->log, "'%s' is not an absolute path", directories[i]);
			return -1;
		}
	}
	return 0;
}

static int find_runtime(struct call *call)
{
	const char *name = call->args.runtime != NULL ? call->args.runtime : "runc";

	if (runtime_find(call->args.runtime, call->path) == 0)
		return 0;
	if (errno == ELOOP)
		runtime_log_error(
			&call->log, "the real runtime '%s' is lifecycle-runtime itself", name);
	else
		runtime_log_error(
			&call->log, "cannot run the real runtime '%s': %s", name, strerror(errno));
	return -1;
}

/* The store that --lifecycle-root or the environment names, or else the one that a hook would find. */
static void find_root(struct call *call)
{
	const char *root = call->args.root != NULL ? call->args.root : getenv("OCI_LIFECYCLE_ROOT");
	struct lifecycle_error error;

	if (root != NULL && root[0] != '\0' && root[0] != '/')
		runtime_log_warning(&call->log,
			"OCI_LIFECYCLE_ROOT '%s' is not an absolute path, and ignored", root);
	if (root != NULL && root[0] == '/')
		call->root = strdup(root);
	else if (lifecycle_default_root(&call->root, &error) < 0)
		runtime_log_warning(&call->log, "nothing is recorded: %s", error.message);
}

static void add_hooks(struct call *call)
{
	struct splice_plan plan = {
		.hooks_dir = call->args.hooks_dir != NULL ? call->args.hooks_dir : HOOKS_DIR,
		.installed_dir = HOOKS_DIR,
		.root = call->root,
		.exit_dir = call->args.exit_dir,
		.annotations = call->args.annotations,
		.name_annotations = call->args.name_annotations,
		.limit = call->args.command == RUNTIME_CREATE ? HOOK_LIMIT_SECONDS : 0,
		.wrap = call->args.wrap,
	};
	const char *missing = runtime_missing_hook(plan.hooks_dir);
	char why[256];

	if (missing != NULL) {
		runtime_log_warning(&call->log, "no hooks are added: '%s/%s' cannot be run",
			plan.hooks_dir, missing);
	} else if (call->args.local.config != NULL) {
		runtime_log_warning(
			&call->log, "no hooks are added: only a bundle's config.json is known");
	} else if (runtime_bundle_add_hooks(call->args.local.bundle, &plan, why, sizeof(why)) < 0) {
		runtime_log_warning(&call->log, "no hooks are added to '%s/config.json': %s",
			call->args.local.bundle != NULL ? call->args.local.bundle : ".", why);
	}
}

/* ---- the runtime ---- */

static void say_not_run(void *arg)
{
	const struct call *call = arg;

	runtime_log_error(
		&call->log, "cannot run the real runtime '%s': %s", call->path, strerror(errno));
}

static int become(struct call *call)
{
	runtime_become(&call->inherited, call->path, call->argv);
	say_not_run(call);
	return EXIT_FAILURE;
}

static int64_t read_pid(const char *path)
{
	FILE *file = path != NULL ? fopen(path, "re") : NULL;
	long long pid;

	if (file == NULL)
		return LIFECYCLE_UNKNOWN;
	if (fscanf(file, "%lld", &pid) != 1 || pid <= 0)
		pid = LIFECYCLE_UNKNOWN;
	(void)fclose(file);
	return pid;
}

static bool can_be_recorded(const struct call *call)
{
	const char *id = call->args.local.id;

	return call->root != NULL && id != NULL && lifecycle_id_valid(id);
}

/* The name that the engine gave the container, if it says so in the bundle. */
static bool find_name(const struct call *call, char *name, size_t size)
{
	const struct locals *local = &call->args.local;
	size_t length;
	char *config;
	bool found;

	if (local->config != NULL)
		return false;
	config = runtime_bundle_read(local->bundle, &length);
	if (config == NULL)
		return false;
	found = docker_name(config, length, local->id, name, size);
	free(config);
	return found;
}

static void record(const struct call *call, struct runtime_seen seen, int64_t place)
{
	char words[DEFAULTS_TEXT_LIMIT] = "", name[256];
	struct lifecycle_error error;

	if (!can_be_recorded(call))
		return;
	if (seen.status != 0)
		runtime_log_last_error(&call->log, place, words, sizeof(words));
	else if (seen.point != LIFECYCLE_POINT_START)
		seen.pid = read_pid(call->args.local.pid_file);
	seen.words = words;
	if (seen.point != LIFECYCLE_POINT_START && find_name(call, name, sizeof(name)))
		seen.name = name;
	if (runtime_record(call->root, &seen, &error) < 0)
		runtime_log_warning(&call->log, "'%s' is not recorded: %s", seen.id, error.message);
}

static int run_and_record(struct call *call, enum lifecycle_point point)
{
	struct runtime_seen seen = {
		.point = point, .id = call->args.local.id, .pid = LIFECYCLE_UNKNOWN
	};
	int64_t place = runtime_log_length(&call->log), began_monotonic = lifecycle_monotonic_now();

	seen.began = lifecycle_time_now();
	if (runtime_run(&call->inherited, call->path, call->argv, say_not_run, call, &seen.status) <
		0)
		return become(call);
	if (seen.status == RUNTIME_STATUS_UNKNOWN) {
		runtime_log_error(
			&call->log, "how the real runtime '%s' ended is not known", call->path);
		return EXIT_FAILURE;
	}
	seen.duration_ns = lifecycle_monotonic_now() - began_monotonic;
	record(call, seen, place);
	runtime_end_as(seen.status);
}

static int hand_on(struct call *call)
{
	switch (call->args.command) {
	case RUNTIME_CREATE:
		find_root(call);
		add_hooks(call);
		return run_and_record(call, LIFECYCLE_POINT_CREATE);
	case RUNTIME_START:
		find_root(call);
		return run_and_record(call, LIFECYCLE_POINT_START);
	case RUNTIME_RESTORE:
		find_root(call);
		add_hooks(call);
		/* otherwise it stays for as long as the container lives */
		if (call->args.local.detach)
			return run_and_record(call, LIFECYCLE_POINT_RESTORE);
		break;
	case RUNTIME_RUN:
		find_root(call);
		add_hooks(call);
		break;
	case RUNTIME_UNCLEAR:
		runtime_log_warning(&call->log, "nothing is recorded, no hooks are added: the "
						"command line is not understood");
		break;
	case RUNTIME_OTHER:
		break;
	}
	return become(call);
}

static bool is_help(const struct call *call)
{
	char **argv = call->argv;

	return call->args.help || (argv[0] != NULL && argv[1] != NULL &&
					  strcmp(argv[1], "--help") == 0 && argv[2] == NULL);
}

int main(int argc, char **argv)
{
	struct call call = { .argv = argv };
	char *alone[] = { call.path, NULL };
	const char *why, *word;
	bool good;

	(void)argc;
	inherit_standard_files(O_CLOEXEC);
	inherit_signals(&call.inherited, NULL);
	good = runtime_args_read(argv, &call.args, &why, &word) == 0;
	call.log = (struct runtime_log){ .container_id = call.args.local.id,
		.path = call.args.log,
		.format = call.args.log_format };
	if (!good) {
		runtime_log_error(&call.log, "'%s': %s", word, why);
		return EXIT_USAGE;
	}
	if (is_help(&call))
		return print(help_text);
	if (call.args.version)
		return print("lifecycle-runtime " PACKAGE_VERSION "\n");
	if (check_own_options(&call) < 0)
		return EXIT_USAGE;
	if (find_runtime(&call) < 0)
		return EXIT_FAILURE;
	if (argv[0] != NULL)
		argv[0] = call.path;
	else
		call.argv = alone;
	return hand_on(&call);
}
