/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a command's arguments: the first ones, up to a length, and nothing that may be secret. */
#include "argv.h"
#include "unit.h"

#include <string.h>

#define THIRTY "012345678901234567890123456789"
#define LONG   THIRTY THIRTY THIRTY THIRTY "0123456" /* 127 bytes */

static const struct {
	const char *argv[12];
	const char *kept[12];
} cases[] = {
	{ { NULL }, { NULL } },
	{ { "hook", NULL }, { "hook", NULL } },
	{ { "hook", "one", "", "two words", NULL }, { "hook", "one", "", "two words", NULL } },
	/* a value is left out, whatever it is */
	{ { "hook", "a=b", "--c=d=e", "=f", NULL }, { "hook", "a=", "--c=", "=", NULL } },
	/* what follows an option that may be secret */
	{ { "hook", "--password", "x", "y", NULL }, { "hook", "--password", "...", "y", NULL } },
	{ { "hook", "-p", "x", "--MyToken", "y", NULL },
		{ "hook", "-p", "x", "--MyToken", "...", NULL } },
	{ { "hook", "--secret", "--key", "x", NULL }, { "hook", "--secret", "...", "x", NULL } },
	{ { "hook", "--auth=x", "y", NULL }, { "hook", "--auth=", "y", NULL } },
	{ { "hook", "--cred", NULL }, { "hook", "--cred", NULL } },
	{ { "hook", "token", "x", NULL }, { "hook", "token", "x", NULL } },
	/* a program is no option */
	{ { "-token", "x", NULL }, { "-token", "x", NULL } },
	{ { "hook", LONG, LONG "7", LONG "=", NULL }, { "hook", LONG, LONG, LONG, NULL } },
	{ { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", NULL },
		{ "0", "1", "2", "3", "4", "5", "6", "7", NULL } },
};

START_TEST(test_kept)
{
	const char *const *kept = NULL;
	size_t i = 0;

	ck_assert_int_eq(argv_copy(&kept, cases[_i].argv, NULL), 0);
	for (; cases[_i].kept[i] != NULL; i++)
		ck_assert_pstr_eq(kept[i], cases[_i].kept[i]);
	ck_assert(kept == NULL ? i == 0 : kept[i] == NULL);
	record_free_texts(&kept);
}
END_TEST

/* The old ones go, also where there are no new ones. */
START_TEST(test_none)
{
	const char *const *kept = NULL;

	ck_assert_int_eq(argv_copy(&kept, cases[1].argv, NULL), 0);
	ck_assert_int_eq(argv_copy(&kept, cases[2].argv, NULL), 0);
	ck_assert_str_eq(kept[3], "two words");
	ck_assert_int_eq(argv_copy(&kept, NULL, NULL), 0);
	ck_assert_ptr_null(kept);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("argv");
	TCase *tcase = tcase_create("argv");

	tcase_add_loop_test(tcase, test_kept, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tcase, test_none);
	suite_add_tcase(suite, tcase);
	return suite;
}
