/* SPDX-License-Identifier: Apache-2.0 */
/* CRI-O, which reads hooks.d. */
#include "query/doctor/ask.h"
#include "query/doctor/entries.h"
#include "query/doctor/processes.h"
#include "query/doctor/toml.h"

#include <stdlib.h>

#define DROP_IN_DIR "/etc/crio/crio.conf.d"

static void cure_crio(const struct doctor *doctor, const struct entries_reader *reader)
{
	struct report *report = doctor->report;

	report_cure(report, "mkdir -p " DROP_IN_DIR);
	report_cure(report,
		"printf '%%s\\n' '[crio.runtime]' %s >" DROP_IN_DIR "/99-oci-lifecycle.conf",
		report_word(report,
			report_text(report, "hooks_dir = %s", entries_array(doctor, reader))));
}

static bool find_in(const char *text, struct lifecycle_strings *ret_directories)
{
	struct toml toml;

	return toml_find(&toml, text, NULL, "hooks_dir") &&
	       toml_texts(&toml, ret_directories, NULL) == 0;
}

/* `crio config` prints what is as it is by default as a comment. */
static bool find_directories(const char *text, struct lifecycle_strings *ret_directories)
{
	char *whole;
	bool found;

	if (find_in(text, ret_directories))
		return true;
	whole = toml_uncommented(text);
	found = whole != NULL && find_in(whole, ret_directories);
	free(whole);
	return found;
}

/* It reads its configuration when it begins, and once more where it is told to. */
static void examine_daemon(struct report *report)
{
	static const char *const places[] = { "/etc/crio/crio.conf", DROP_IN_DIR };
	pid_t pid = processes_find("crio", 0);

	for (size_t i = 0; pid > 0 && i < sizeof(places) / sizeof(places[0]); i++) {
		if (!processes_is_older(pid, places[i]))
			continue;
		report_recorded(report, REPORT_RECORDED_UNKNOWN);
		report_check(report, REPORT_WRONG, "daemon",
			"process %d began before %s was changed: it is to be started again",
			(int)pid, places[i]);
		if (processes_has_systemd())
			report_cure(report, "systemctl restart crio");
		return;
	}
}

void doctor_crio(const struct doctor *doctor)
{
	struct report *report = doctor->report;
	const char *path = ask_where(report, "crio");
	const char *const argv[] = { path, "config", NULL };
	struct lifecycle_strings directories;
	struct entries_reader reader = { .engine = "CRI-O", .cure_directory = cure_crio };
	struct answer answer;

	if (path == NULL) {
		report_absent(report);
		return;
	}
	report_found(report, ask_version(report, path, "--version", 3), path);
	answer = ask(report, argv);
	if (answer.end == ASK_ANSWERED && find_directories(answer.text, &directories)) {
		reader.directories = (const char *const *)directories.items;
		reader.count = directories.count;
		entries_examine(doctor, &reader);
		examine_daemon(report);
		lifecycle_strings_free(&directories);
		return;
	}
	report_recorded(report, REPORT_RECORDED_UNKNOWN);
	report_check(report, REPORT_UNKNOWN, "hooks directories",
		"not known: `crio config` does not tell them%s%s",
		answer.end != ASK_ANSWERED ? ": " : "", answer.words);
}
