/* SPDX-License-Identifier: Apache-2.0 */
/* Our own programs, where they were installed. */
#include "query/doctor/doctor.h"
#include "query/doctor/entry.h"
#include "query/doctor/program.h"

static bool is_well(const struct doctor *doctor, const char *path, const char *option)
{
	struct program program = program_look(doctor->report, path, option);

	program_report(doctor->report, "installed", "", path, program);
	return program.state == PROGRAM_WELL;
}

void doctor_programs(const struct doctor *doctor)
{
	struct report *report = doctor->report;
	bool all = true;

	report_found(report, PACKAGE_VERSION, NULL);
	for (size_t i = 0; i < ENTRY_POINTS; i++)
		all &= is_well(doctor,
			report_text(report, HOOKS_DIR "/%s", entry_points[i].program), "--version");
	all &= is_well(doctor, TOOLS_DIR "/lifecycle-runtime", "--lifecycle-version");
	if (all)
		report_check(report, REPORT_WELL, "installed",
			"the hooks in " HOOKS_DIR ", and " TOOLS_DIR "/lifecycle-runtime");
}
