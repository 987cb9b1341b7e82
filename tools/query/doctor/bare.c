/* SPDX-License-Identifier: Apache-2.0 */
/* Runtimes that are called by hand: what is recorded is for each bundle's config.json to say. */
#include "query/doctor/ask.h"
#include "query/doctor/doctor.h"

static void examine(const struct doctor *doctor, const char *name)
{
	struct report *report = doctor->report;
	const char *path = ask_where(report, name);

	if (path == NULL) {
		report_absent(report);
		return;
	}
	report_found(report, ask_version(report, path, "--version", 3), path);
	report_recorded(report, REPORT_RECORDED_SOME);
	report_check(report, REPORT_NOTE, "by hand",
		"a container that %s is called for by hand is recorded if its bundle's config.json "
		"has our hooks, or if lifecycle-runtime is called in place of %s",
		name, name);
}

void doctor_runc(const struct doctor *doctor)
{
	examine(doctor, "runc");
}

void doctor_crun(const struct doctor *doctor)
{
	examine(doctor, "crun");
}

void doctor_runsc(const struct doctor *doctor)
{
	examine(doctor, "runsc");
}
