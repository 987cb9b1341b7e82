/* SPDX-License-Identifier: Apache-2.0 */
/* containerd, above all as what Kubernetes calls: CRI. */
#include "query/doctor/ask.h"
#include "query/doctor/containerd_config.h"
#include "query/doctor/containerd_cure.h"
#include "query/doctor/doctor.h"
#include "query/doctor/processes.h"
#include "query/doctor/program.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_FILE "/etc/containerd/config.toml"

struct containerd {
	const struct doctor *doctor;
	const char *program;
	const char *file;
	pid_t pid; /* of the daemon; 0 if none runs */
	struct containerd_config config;
	struct containerd_site site;
};

/* ---- the daemon ---- */

/* The one that dockerd starts for itself is not meant. */
static pid_t find_daemon(char *ret_file, size_t size)
{
	static const char *const options[] = { "--config", "-c", NULL };
	pid_t pid = 0;

	while ((pid = processes_find("containerd", pid)) > 0) {
		ret_file[0] = '\0';
		(void)processes_option(pid, options, ret_file, size);
		if (strstr(ret_file, "/docker/containerd/") == NULL)
			break;
	}
	return pid;
}

/* What was changed since it began; NULL if nothing. */
static const char *changed_file(const struct containerd *containerd)
{
	const struct lifecycle_strings *imports = &containerd->config.imports;

	if (processes_is_older(containerd->pid, containerd->file))
		return containerd->file;
	for (size_t i = 0; i < imports->count; i++)
		if (processes_is_older(containerd->pid, imports->items[i]))
			return imports->items[i];
	return NULL;
}

static void examine_daemon(const struct containerd *containerd)
{
	struct report *report = containerd->doctor->report;
	const char *changed = changed_file(containerd);

	if (processes_began(containerd->pid) == LIFECYCLE_UNKNOWN) {
		report_check(report, REPORT_UNKNOWN, "daemon",
			"not known whether process %d has read that", (int)containerd->pid);
		return;
	}
	if (changed == NULL) {
		report_check(report, REPORT_WELL, "daemon",
			"process %d began after that was written", (int)containerd->pid);
		return;
	}
	report_recorded(report, REPORT_RECORDED_UNKNOWN);
	report_check(report, REPORT_WRONG, "daemon",
		"process %d began before %s was changed: it is to be started again",
		(int)containerd->pid, changed);
	if (processes_has_systemd())
		report_cure(report, "systemctl restart containerd");
}

/* ---- its configuration ---- */

/* The file that the words name, if one does; else the first. */
static const char *file_in(const struct containerd *containerd, const char *words)
{
	struct report *report = containerd->doctor->report;

	for (const char *at = strchr(words, '/'); at != NULL; at = strchr(at, '/')) {
		int length = (int)strcspn(at, " :,\"'");
		const char *path = report_text(report, "%.*s", length, at);

		if (access(path, F_OK) == 0 && strstr(path, ".toml") != NULL)
			return path;
		at += length;
	}
	return containerd->file;
}

static void say_unreadable(struct containerd *containerd, const struct answer *answer)
{
	struct report *report = containerd->doctor->report;
	const char *words = answer->words;
	bool is_twice = strstr(words, "duplicated tables") != NULL ||
			strstr(words, "already exists") != NULL ||
			strstr(words, "already defined") != NULL;

	if (answer->end == ASK_LATE || strstr(words, "permission denied") != NULL) {
		report_recorded(report, REPORT_RECORDED_UNKNOWN);
		report_check(report, REPORT_UNKNOWN, "configuration",
			"not known: `containerd config dump`: %s", words);
		return;
	}
	report_recorded(report, REPORT_RECORDED_NO);
	report_check(report, REPORT_WRONG, "configuration", "containerd does not start with it: %s",
		words);
	if (is_twice)
		containerd_cure_twice(&containerd->site, file_in(containerd, words));
}

static bool read_config(struct containerd *containerd)
{
	bool is_there = access(containerd->file, F_OK) == 0;
	const char *const argv[] = { containerd->program, "--config", containerd->file, "config",
		is_there ? "dump" : "default", NULL };
	struct answer answer = ask(containerd->doctor->report, argv);

	if (answer.end != ASK_ANSWERED) {
		say_unreadable(containerd, &answer);
		return false;
	}
	if (containerd_config_read(answer.text, &containerd->config, NULL) < 0) {
		containerd->doctor->report->no_memory = true;
		return false;
	}
	return true;
}

/* ---- runtimes ---- */

static bool find_runtime(const struct containerd *containerd, const char *name,
	struct containerd_runtime *ret_runtime)
{
	for (size_t i = 0; containerd_config_runtime(&containerd->config, i, ret_runtime); i++)
		if (strcmp(ret_runtime->name, name) == 0)
			return true;
	return false;
}

static bool takes_binary(const struct containerd_runtime *runtime)
{
	return strncmp(runtime->type, "io.containerd.runc.v", strlen("io.containerd.runc.v")) == 0;
}

/* Another than the default one that is ours: what a runtime class is for. */
static bool find_class(const struct containerd *containerd, struct containerd_runtime *ret_runtime)
{
	for (size_t i = 0; containerd_config_runtime(&containerd->config, i, ret_runtime); i++)
		if (takes_binary(ret_runtime) && ret_runtime->binary[0] != '\0' &&
			program_is_runtime(ret_runtime->binary))
			return true;
	return false;
}

/* True if containers of it are recorded. */
static bool examine_ours(
	const struct containerd *containerd, const struct containerd_runtime *runtime)
{
	struct report *report = containerd->doctor->report;
	const char *path = strchr(runtime->binary, '/') != NULL
				   ? runtime->binary
				   : ask_where(report, runtime->binary);
	struct program program =
		program_look_at_runtime(report, path != NULL ? path : runtime->binary);

	if (program.state == PROGRAM_WELL)
		return true;
	if (program.state != PROGRAM_MISSING) {
		program_report(report, "runtime",
			report_text(report, "the runtime '%s': ", runtime->name), path, program);
		return false;
	}
	report_check(report, REPORT_WRONG, "runtime",
		"the runtime '%s' is %s, which is not there: no pod of it starts", runtime->name,
		runtime->binary);
	containerd_cure_binary(&containerd->site, runtime);
	return false;
}

static void say_not_ours(
	const struct containerd *containerd, const struct containerd_runtime *runtime)
{
	struct report *report = containerd->doctor->report;

	report_recorded(report, REPORT_RECORDED_NO);
	if (!takes_binary(runtime)) {
		report_check(report, REPORT_WRONG, "runtime",
			"the default runtime '%s' is of type %s, which takes no BinaryName: its "
			"pods are not recorded",
			runtime->name, runtime->type);
		return;
	}
	report_check(report, REPORT_WRONG, "runtime",
		"the program of the default runtime '%s' is %s, and not lifecycle-runtime",
		runtime->name, runtime->binary[0] != '\0' ? runtime->binary : "runc");
	containerd_cure_binary(&containerd->site, runtime);
}

static void say_ours(const struct containerd *containerd, const struct containerd_runtime *runtime)
{
	struct report *report = containerd->doctor->report;

	if (strcmp(runtime->name, containerd->config.default_runtime) == 0) {
		report_recorded(report, REPORT_RECORDED_YES);
		report_check(report, REPORT_WELL, "runtime", "'%s', the default one, is %s",
			runtime->name, runtime->binary);
	} else {
		report_recorded(report, REPORT_RECORDED_SOME);
		report_check(report, REPORT_NOTE, "runtime",
			"'%s' is %s, and not the default one: only pods of a runtime class with "
			"the handler '%s' are recorded",
			runtime->name, runtime->binary, runtime->name);
	}
	if (containerd->pid > 0)
		examine_daemon(containerd);
}

static void examine_runtimes(const struct containerd *containerd)
{
	const char *name = containerd->config.default_runtime;
	struct report *report = containerd->doctor->report;
	struct containerd_runtime runtime, class;

	if (!find_runtime(containerd, name, &runtime)) {
		report_recorded(report, REPORT_RECORDED_NO);
		report_check(report, REPORT_WRONG, "runtime",
			"the default runtime '%s' is none of its runtimes: no pod starts", name);
		return;
	}
	if (runtime.type[0] == '\0') {
		report_recorded(report, REPORT_RECORDED_NO);
		report_check(report, REPORT_WRONG, "runtime",
			"the default runtime '%s' has no runtime_type: no pod starts", name);
		containerd_cure_type(&containerd->site, &runtime);
		return;
	}
	if (!takes_binary(&runtime) || runtime.binary[0] == '\0' ||
		!program_is_runtime(runtime.binary)) {
		if (!find_class(containerd, &class)) {
			say_not_ours(containerd, &runtime);
			return;
		}
		runtime = class;
	}
	if (examine_ours(containerd, &runtime))
		say_ours(containerd, &runtime);
	else
		report_recorded(report, REPORT_RECORDED_NO);
}

/* ---- all ---- */

static void examine(const struct containerd *containerd)
{
	struct report *report = containerd->doctor->report;

	if (!containerd->config.has_cri) {
		report_recorded(report, REPORT_RECORDED_SOME);
		report_check(
			report, REPORT_NOTE, "CRI", "its CRI plugin is off: no Kubernetes uses it");
	} else {
		examine_runtimes(containerd);
	}
	report_check(report, REPORT_NOTE, "ctr, nerdctl",
		"they choose the runtime at each call: ctr run --runc-binary " TOOLS_DIR
		"/lifecycle-runtime, nerdctl run --runtime " TOOLS_DIR "/lifecycle-runtime");
}

/* One that is not in PATH may run all the same: k3s brings its own. Its file may be gone by now. */
static const char *find_program(struct report *report, pid_t pid)
{
	const char *path = ask_where(report, "containerd");
	char program[PATH_MAX];

	if (path != NULL || pid == 0)
		return path;
	if (processes_program(pid, program, sizeof(program)) && access(program, X_OK) == 0)
		return report_text(report, "%s", program);
	return report_text(report, "/proc/%d/exe", (int)pid);
}

void doctor_containerd(const struct doctor *doctor)
{
	struct report *report = doctor->report;
	struct containerd containerd = { .doctor = doctor };
	char file[PATH_MAX] = "";

	containerd.pid = find_daemon(file, sizeof(file));
	containerd.program = find_program(report, containerd.pid);
	if (containerd.program == NULL) {
		report_absent(report);
		return;
	}
	containerd.file = file[0] == '/' ? report_text(report, "%s", file) : USUAL_FILE;
	containerd.site = (struct containerd_site){ .report = report,
		.program = containerd.program,
		.file = containerd.file,
		.config = &containerd.config };
	report_found(report, ask_version(report, containerd.program, "--version", 3),
		containerd.program);
	report_check(report, REPORT_NOTE, "configuration", "%s%s", containerd.file,
		access(containerd.file, F_OK) == 0 ? ""
						   : ", which is not there: all is as built in");
	if (read_config(&containerd))
		examine(&containerd);
	containerd_config_free(&containerd.config);
}
