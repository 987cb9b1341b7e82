/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a process is the container's program by now, from what is seen of it. */
#include "observation.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* What the generation's process was at its creation. */
struct created {
	const char *exe;
	bool forked;
};

static const struct {
	struct created created;
	enum liveness liveness;
	const char *comm;
	const char *exe;
	int64_t start_ticks; /* 5 is the generation's */
	bool forked;
	enum program program;
} cases[] = {
	/* the runtime's init, and what it becomes */
	{ { "1:2", false }, LIVENESS_ALIVE, "runc:[2:INIT]", "1:2", 5, false, PROGRAM_NOT_YET },
	{ { "1:2", false }, LIVENESS_ALIVE, "sh", "1:3", 5, false, PROGRAM_EXECUTED },
	{ { "1:2", false }, LIVENESS_ALIVE, "runc:[2:INIT]", "1:3", 5, false, PROGRAM_EXECUTED },
	{ { "1:2", true }, LIVENESS_ALIVE, "crun", "1:2", 5, true, PROGRAM_NOT_YET },
	{ { "1:2", true }, LIVENESS_ALIVE, "crun", "1:2", 5, false, PROGRAM_EXECUTED },
	{ { "1:2", true }, LIVENESS_ZOMBIE, "sh", "", 5, false, PROGRAM_EXECUTED },
	{ { "1:2", true }, LIVENESS_ZOMBIE, "crun", "", 5, true, PROGRAM_NOT_YET },
	/* neither: who did not see its creation, a sandbox's, another process */
	{ { NULL, false }, LIVENESS_ALIVE, "sh", "1:3", 5, false, PROGRAM_UNCLEAR },
	{ { "1:2", false }, LIVENESS_ALIVE, "sandbox", "1:2", 5, false, PROGRAM_UNCLEAR },
	{ { "1:2", false }, LIVENESS_ALIVE, "sh", "", 5, false, PROGRAM_UNCLEAR },
	{ { "1:2", false }, LIVENESS_ALIVE, "sh", "1:3", 6, false, PROGRAM_UNCLEAR },
	/* what cannot be looked at */
	{ { "1:2", true }, LIVENESS_ALIVE, "", "", 5, false, PROGRAM_UNSEEN },
	{ { "1:2", false }, LIVENESS_ALIVE, "", "1:3", 5, false, PROGRAM_EXECUTED },
	{ { "1:2", false }, LIVENESS_GONE, "sh", "1:3", 5, false, PROGRAM_UNSEEN },
	{ { "1:2", false }, LIVENESS_UNKNOWN, "sh", "1:3", 5, false, PROGRAM_UNSEEN },
};

START_TEST(test_program)
{
	struct lifecycle_record *record = record_new();
	struct process process = { .liveness = cases[_i].liveness,
		.pid = 7,
		.start_ticks = cases[_i].start_ticks,
		.boot_id = "b",
		.forked = cases[_i].forked };

	snprintf(process.comm, sizeof(process.comm), "%s", cases[_i].comm);
	snprintf(process.exe, sizeof(process.exe), "%s", cases[_i].exe);
	record->current.pid = 7;
	record->current.pid_start_ticks = 5;
	record->current.init_forked = cases[_i].created.forked;
	ck_assert_int_eq(record_set_text(&record->current.boot_id, "b", NULL), 0);
	if (cases[_i].created.exe != NULL)
		ck_assert_int_eq(
			record_set_text(&record->current.init_exe, cases[_i].created.exe, NULL), 0);
	ck_assert_int_eq(generation_program(&record->current, &process), cases[_i].program);
	lifecycle_record_free(record);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("observation");
	TCase *tcase = tcase_create("observation");

	tcase_add_loop_test(tcase, test_program, 0, sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(suite, tcase);
	return suite;
}
