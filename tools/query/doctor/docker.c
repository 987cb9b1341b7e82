/* SPDX-License-Identifier: Apache-2.0 */
/* Docker, which has no hooks.d: lifecycle-runtime stands in for its runtime. */
#include "query/doctor/ask.h"
#include "query/doctor/docker_config.h"
#include "query/doctor/doctor.h"
#include "query/doctor/processes.h"
#include "query/doctor/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_FILE "/etc/docker/daemon.json"

struct docker {
	const struct doctor *doctor;
	const char *file; /* dockerd's configuration */
	pid_t pid;        /* of dockerd; 0 if none runs */
	bool is_blank;    /* the file is not there, or has nothing in it */
	struct docker_config config;
};

/* ---- lines that cure ---- */

static void cure_reload(const struct docker *docker)
{
	if (docker->pid == 0)
		return;
	if (processes_has_systemd())
		report_cure(docker->doctor->report, "systemctl reload docker");
	else
		report_cure(docker->doctor->report, "kill -HUP %d", (int)docker->pid);
}

/* A file that dockerd cannot read, or finds empty, is worse than none: so it is replaced as a whole. */
static void cure_by_jq(const struct docker *docker, const char *options, const char *program)
{
	struct report *report = docker->doctor->report;
	const char *file = report_word(report, docker->file);
	const char *new = report_word(report, report_text(report, "%s.new", docker->file));

	report_cure(report, "jq %s%s %s >%s && mv %s %s", options, report_word(report, program),
		file, new, new, file);
	cure_reload(docker);
}

/* Runtime and default in one: what is there already stays. */
static void cure_runtime(const struct docker *docker)
{
	struct report *report = docker->doctor->report;
	const char *slash = strrchr(docker->file, '/');
	const char *directory =
		report_text(report, "%.*s", (int)(slash - docker->file), docker->file);

	if (!docker->is_blank) {
		cure_by_jq(docker, "",
			".runtimes.lifecycle = {path: \"" TOOLS_DIR
			"/lifecycle-runtime\", runtimeArgs: [\"--lifecycle-wrap\"]} | "
			".[\"default-runtime\"] = \"lifecycle\"");
		return;
	}
	report_cure(report, "mkdir -p %s", report_word(report, directory));
	report_cure(report,
		"printf '%%s\\n' '{ \"runtimes\": { \"lifecycle\": { \"path\": \"" TOOLS_DIR
		"/lifecycle-runtime\", "
		"\"runtimeArgs\": [\"--lifecycle-wrap\"] } }, \"default-runtime\": \"lifecycle\" "
		"}' >%s",
		report_word(report, docker->file));
	cure_reload(docker);
}

/* ---- the file ---- */

static bool read_config(struct docker *docker)
{
	struct report *report = docker->doctor->report;
	char *text = program_read_file(docker->file);
	struct lifecycle_error error;
	int result;

	if (text == NULL && errno != ENOENT) {
		report_recorded(report, REPORT_RECORDED_UNKNOWN);
		report_check(report, REPORT_UNKNOWN, "configuration",
			"not known: %s cannot be read: %s", docker->file, strerror(errno));
		return false;
	}
	docker->is_blank = text == NULL || text[strspn(text, " \t\r\n")] == '\0';
	result = docker_config_read(docker->is_blank ? "{}" : text, &docker->config, &error);
	free(text);
	if (result == 0)
		return true;
	report_recorded(report, REPORT_RECORDED_NO);
	report_check(report, REPORT_WRONG, "configuration",
		"%s is not JSON (%s): dockerd does not start", docker->file, error.message);
	if (docker->config.is_more_than_one)
		cure_by_jq(docker, "-s ", "reduce .[] as $one ({}; . * $one)");
	return false;
}

static bool is_of_other_store(const struct docker *docker, const struct docker_runtime *runtime)
{
	return runtime->root != NULL && strcmp(runtime->root, docker->doctor->root) != 0;
}

/* What would not work in a container of this runtime; true if nothing. */
static bool examine_runtime(const struct docker *docker, const struct docker_runtime *runtime)
{
	struct report *report = docker->doctor->report;
	struct program program = program_look_at_runtime(report, runtime->path);

	if (program.state == PROGRAM_MISSING) {
		report_check(report, REPORT_WRONG, "runtime",
			"the runtime '%s' is %s, which is not there: no container of it starts",
			runtime->name, runtime->path);
		cure_by_jq(docker, "",
			report_text(report,
				".runtimes[\"%s\"].path = \"" TOOLS_DIR "/lifecycle-runtime\"",
				runtime->name));
		return false;
	}
	program_report(report, "runtime", report_text(report, "the runtime '%s': ", runtime->name),
		runtime->path, program);
	if (program.state != PROGRAM_WELL)
		return false;
	if (runtime->real != NULL && ask_where(report, runtime->real) == NULL) {
		report_check(report, REPORT_WRONG, "runtime",
			"the runtime '%s' hands on to %s, which is not there", runtime->name,
			runtime->real);
		return false;
	}
	if (is_of_other_store(docker, runtime)) {
		report_check(report, REPORT_WRONG, "runtime",
			"the runtime '%s' keeps its records in %s, and this program looks in %s: "
			"it takes --root",
			runtime->name, runtime->root, docker->doctor->root);
		return false;
	}
	return true;
}

static bool is_default(const struct docker *docker, const char *name)
{
	return docker->config.default_runtime != NULL &&
	       strcmp(docker->config.default_runtime, name) == 0;
}

static void say_runtime(const struct docker *docker, const struct docker_runtime *runtime)
{
	struct report *report = docker->doctor->report;

	if (is_default(docker, runtime->name)) {
		report_recorded(report, REPORT_RECORDED_YES);
		report_check(report, REPORT_WELL, "runtime", "'%s', the default one, is %s",
			runtime->name, runtime->path);
	} else {
		report_recorded(report, REPORT_RECORDED_SOME);
		report_check(report, REPORT_NOTE, "runtime",
			"'%s' is %s, and not the default one: only containers of `docker run "
			"--runtime %s` are recorded",
			runtime->name, runtime->path, runtime->name);
	}
}

/* The default one, if it is ours; else any of ours. NULL for none. */
static const struct docker_runtime *find_runtime(const struct docker *docker)
{
	const struct docker_runtime *found = NULL;

	for (size_t i = 0; i < docker->config.count; i++) {
		const struct docker_runtime *runtime = &docker->config.runtimes[i];

		if (program_is_runtime(runtime->path) &&
			(found == NULL || is_default(docker, runtime->name)))
			found = runtime;
	}
	return found;
}

/* ---- the daemon ---- */

/* Where it listens: what its command line says, or where systemd's socket is. */
static const char *host_of(const struct docker *docker)
{
	static const char *const options[] = { "-H", "--host", NULL };
	char host[PATH_MAX];

	if (processes_option(docker->pid, options, host, sizeof(host)) &&
		strncmp(host, "unix://", strlen("unix://")) == 0)
		return report_text(docker->doctor->report, "%s", host);
	return "unix:///var/run/docker.sock";
}

static void examine_daemon(const struct docker *docker, const struct docker_runtime *runtime)
{
	struct report *report = docker->doctor->report;
	const char *client = ask_where(report, "docker");
	const char *const argv[] = { client, "-H", host_of(docker), "info", "--format",
		"{{.DefaultRuntime}} {{range $name, $_ := .Runtimes}}{{$name}} {{end}}", NULL };
	struct answer answer = { .end = ASK_FAILED, .words = "there is no docker command" };
	const char *wanted;

	if (client != NULL)
		answer = ask(report, argv);
	if (answer.end != ASK_ANSWERED) {
		report_check(report, REPORT_UNKNOWN, "daemon",
			"not known whether process %d, dockerd, has read that: %s",
			(int)docker->pid, answer.words);
		return;
	}
	wanted = report_text(
		report, is_default(docker, runtime->name) ? "\n%s " : " %s ", runtime->name);
	if (strstr(report_text(report, "\n%s ", answer.text), wanted) != NULL) {
		report_check(report, REPORT_WELL, "daemon", "process %d has read that",
			(int)docker->pid);
		return;
	}
	report_recorded(report, REPORT_RECORDED_NO);
	report_check(report, REPORT_WRONG, "daemon", "process %d, dockerd, has not read that",
		(int)docker->pid);
	cure_reload(docker);
}

/* ---- all ---- */

static void examine(struct docker *docker)
{
	const struct docker_runtime *runtime = find_runtime(docker);
	struct report *report = docker->doctor->report;

	if (runtime == NULL) {
		report_recorded(report, REPORT_RECORDED_NO);
		report_check(report, REPORT_WRONG, "runtime",
			"%s names no runtime that is lifecycle-runtime; these lines make it that "
			"of every container (without default-runtime: of `docker run --runtime "
			"lifecycle`)",
			docker->file);
		cure_runtime(docker);
	} else if (!examine_runtime(docker, runtime)) {
		report_recorded(report, REPORT_RECORDED_NO);
	} else {
		say_runtime(docker, runtime);
		if (docker->pid > 0)
			examine_daemon(docker, runtime);
	}
}

/* Of a daemon that a user runs. */
static const char *file_of_user(struct report *report)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		return report_text(report, "%s/docker/daemon.json", config);
	return report_text(report, "%s/.config/docker/daemon.json", home != NULL ? home : "");
}

static const char *file_of(struct report *report, pid_t pid)
{
	static const char *const options[] = { "--config-file", NULL };
	char file[PATH_MAX];
	const char *own;

	if (pid > 0 && processes_option(pid, options, file, sizeof(file)) && file[0] == '/')
		return report_text(report, "%s", file);
	if (geteuid() == 0 || (pid > 0 && processes_user(pid) != geteuid()))
		return USUAL_FILE;
	own = file_of_user(report);
	return pid > 0 || access(own, F_OK) == 0 ? own : USUAL_FILE;
}

void doctor_docker(const struct doctor *doctor)
{
	struct report *report = doctor->report;
	struct docker docker = { .doctor = doctor };
	const char *path = ask_where(report, "dockerd");

	if (path == NULL) {
		report_absent(report);
		return;
	}
	docker.pid = processes_find("dockerd", 0);
	docker.file = file_of(report, docker.pid);
	report_found(report, ask_version(report, path, "--version", 3), path);
	if (read_config(&docker))
		examine(&docker);
	docker_config_free(&docker.config);
}
