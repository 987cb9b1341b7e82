/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle-watch, which is optional. */
#include "query/doctor/doctor.h"
#include "query/doctor/processes.h"

#include <limits.h>
#include <string.h>

#define NAME "lifecycle-watch"

/* How it is started again: by systemd, or by whoever started it. */
static void cure_restart(struct report *report, pid_t pid)
{
	if (processes_has_systemd())
		report_cure(report, "systemctl restart " NAME);
	else
		report_cure(report, "kill %d && " NAME " &", (int)pid);
}

void doctor_watcher(const struct doctor *doctor)
{
	static const char *const options[] = { "--root", NULL };
	struct report *report = doctor->report;
	char root[PATH_MAX] = "";
	pid_t pid = processes_find(NAME, 0);

	if (pid == 0) {
		report_check(report, REPORT_NOTE, "runs",
			"it does not run: starts are as the hooks saw them, and of most ends the "
			"exit code is not known");
		return;
	}
	if (processes_option(pid, options, root, sizeof(root)) && strcmp(root, doctor->root) != 0)
		report_check(report, REPORT_NOTE, "runs", "process %d watches another store, %s",
			(int)pid, root);
	else if (processes_is_outdated(pid)) {
		report_check(report, REPORT_WRONG, "runs",
			"process %d is of an older version than what is installed now", (int)pid);
		cure_restart(report, pid);
	} else
		report_check(report, REPORT_WELL, "runs", "process %d", (int)pid);
}
