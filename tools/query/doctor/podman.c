/* SPDX-License-Identifier: Apache-2.0 */
/* podman and buildah, which read hooks.d. */
#include "query/doctor/ask.h"
#include "query/doctor/entries.h"
#include "query/doctor/podman_help.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_DIR  "/usr/share/containers/oci/hooks.d"
#define OVERRIDE_DIR "/etc/containers/oci/hooks.d"

/* ---- podman ---- */

/* Where this user's podman looks for what is added to its configuration. */
static const char *drop_in_directory(struct report *report)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (geteuid() == 0)
		return "/etc/containers/containers.conf.d";
	if (config != NULL && config[0] == '/')
		return report_text(report, "%s/containers/containers.conf.d", config);
	return report_text(
		report, "%s/.config/containers/containers.conf.d", home != NULL ? home : "");
}

static void write_lines(struct report *report, const char *directory, const char *file,
	const char *table, const char *array)
{
	report_cure(report, "mkdir -p %s", report_word(report, directory));
	report_cure(report, "printf '%%s\\n' %s %s >%s", report_word(report, table),
		report_word(report, report_text(report, "hooks_dir = %s", array)),
		report_word(report, report_text(report, "%s/%s", directory, file)));
}

/* Where CONTAINERS_CONF is set, nothing else is read. */
static void cure_podman(const struct doctor *doctor, const struct entries_reader *reader)
{
	struct report *report = doctor->report;
	const char *file = getenv("CONTAINERS_CONF");

	if (file == NULL || file[0] == '\0')
		write_lines(report, drop_in_directory(report), "oci-lifecycle.conf", "[engine]",
			entries_array(doctor, reader));
	else if (reader->count > 0)
		report_cure(report, "cp " HOOKS_JSON_DIR "/*oci-lifecycle*.json %s",
			report_word(report, reader->directories[0]));
}

static void examine_podman_directories(const struct doctor *doctor, const char *path)
{
	const char *const argv[] = { path, "--help", NULL };
	struct answer answer = ask(doctor->report, argv);
	struct lifecycle_strings directories;
	struct lifecycle_error error;
	struct entries_reader reader = { .engine = "podman", .cure_directory = cure_podman };

	if (answer.end == ASK_ANSWERED &&
		podman_help_directories(answer.text, &directories, &error) == 0) {
		reader.directories = (const char *const *)directories.items;
		reader.count = directories.count;
		entries_examine(doctor, &reader);
		lifecycle_strings_free(&directories);
		return;
	}
	report_recorded(doctor->report, REPORT_RECORDED_UNKNOWN);
	report_check(doctor->report, REPORT_UNKNOWN, "hooks directories",
		"not known: `podman --help` does not tell them%s%s",
		answer.end != ASK_ANSWERED ? ": " : "", answer.words);
}

static void note_rules(struct report *report, const char *version)
{
	if (version != NULL && version[0] >= '1' && version[0] <= '4' && version[1] == '.')
		report_check(report, REPORT_NOTE, "prestart",
			"podman before 5 calls prestart entries before createRuntime ones");
	else if (version != NULL)
		report_check(report, REPORT_NOTE, "prestart",
			"podman from 5 on calls prestart entries as createRuntime ones, in the "
			"order of their names");
}

void doctor_podman(const struct doctor *doctor)
{
	struct report *report = doctor->report;
	const char *path = ask_where(report, "podman"), *version;

	if (path == NULL) {
		report_absent(report);
		return;
	}
	version = ask_version(report, path, "--version", 3);
	report_found(report, version, path);
	if (getenv("CONTAINER_HOST") != NULL)
		report_check(report, REPORT_NOTE, "host",
			"CONTAINER_HOST is set: this user's podman calls may be another host's");
	examine_podman_directories(doctor, path);
	note_rules(report, version);
}

/* ---- buildah ---- */

static void cure_buildah(const struct doctor *doctor, const struct entries_reader *reader)
{
	(void)reader;
	report_cure(doctor->report, "mkdir -p " OVERRIDE_DIR " && cp " HOOKS_JSON_DIR
				    "/*oci-lifecycle*.json " OVERRIDE_DIR);
}

void doctor_buildah(const struct doctor *doctor)
{
	static const char *const directories[] = { DEFAULT_DIR, OVERRIDE_DIR };
	const struct entries_reader reader = { .engine = "buildah",
		.directories = directories,
		.count = 2,
		.cure_directory = cure_buildah };
	struct report *report = doctor->report;
	const char *path = ask_where(report, "buildah");

	if (path == NULL) {
		report_absent(report);
		return;
	}
	report_found(report, ask_version(report, path, "--version", 3), path);
	if (geteuid() == 0) {
		entries_examine(doctor, &reader);
		return;
	}
	report_recorded(report, REPORT_RECORDED_SOME);
	report_check(report, REPORT_NOTE, "hooks directories",
		"for a user buildah reads none but those that --hooks-dir names: "
		"buildah build --hooks-dir " HOOKS_JSON_DIR);
}
