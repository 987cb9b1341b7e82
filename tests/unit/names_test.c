/* SPDX-License-Identifier: Apache-2.0 */
/* The words that are in users' files and scripts, and the rule for an ID. */
#include "names.h"
#include "unit.h"

#include <string.h>

struct word {
	int value;
	const char *word;
};

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct word points[] = { { LIFECYCLE_POINT_PRESTART, "prestart" },
	{ LIFECYCLE_POINT_CREATE_RUNTIME, "createRuntime" },
	{ LIFECYCLE_POINT_CREATE_CONTAINER, "createContainer" },
	{ LIFECYCLE_POINT_POSTSTART, "poststart" }, { LIFECYCLE_POINT_POSTSTOP, "poststop" },
	{ LIFECYCLE_POINT_CREATE, "create" }, { LIFECYCLE_POINT_START, "start" },
	{ LIFECYCLE_POINT_ENGINE, "engine" }, { LIFECYCLE_POINT_RESTORE, "restore" } };
static const struct word statuses[] = { { LIFECYCLE_STATUS_CREATING, "creating" },
	{ LIFECYCLE_STATUS_CREATED, "created" }, { LIFECYCLE_STATUS_RUNNING, "running" },
	{ LIFECYCLE_STATUS_STOPPED, "stopped" } };
static const struct word reasons[] = { { LIFECYCLE_REASON_EXITED, "exited" },
	{ LIFECYCLE_REASON_CREATE_FAILED, "create_failed" },
	{ LIFECYCLE_REASON_NEVER_STARTED, "never_started" },
	{ LIFECYCLE_REASON_LOST_REBOOT, "lost_reboot" },
	{ LIFECYCLE_REASON_LOST_RUNTIME, "lost_runtime" } };
static const struct word sources[] = { { LIFECYCLE_SOURCE_CREATE_RUNTIME, "createRuntime" },
	{ LIFECYCLE_SOURCE_POSTSTART, "poststart" }, { LIFECYCLE_SOURCE_RUNTIME, "runtime" },
	{ LIFECYCLE_SOURCE_POSTSTOP, "poststop" }, { LIFECYCLE_SOURCE_EXIT_FILE, "exit_file" },
	{ LIFECYCLE_SOURCE_ENGINE, "engine" }, { LIFECYCLE_SOURCE_TOLD, "told" },
	{ LIFECYCLE_SOURCE_EXEC_FIFO, "exec_fifo" }, { LIFECYCLE_SOURCE_EXEC, "exec" },
	{ LIFECYCLE_SOURCE_EXIT, "exit" } };

static void check_table(const struct names *names, const struct word *words, int count)
{
	ck_assert_uint_eq(names->count, (size_t)count + 1);
	for (int i = 0; i < count; i++) {
		ck_assert_str_eq(names_word(names, words[i].value), words[i].word);
		ck_assert_int_eq(names_value(names, words[i].word), words[i].value);
	}
	ck_assert_ptr_null(names_word(names, 0));
	ck_assert_ptr_null(names_word(names, -1));
	ck_assert_ptr_null(names_word(names, count + 1));
	ck_assert_int_eq(names_value(names, NULL), 0);
	ck_assert_int_eq(names_value(names, ""), 0);
	ck_assert_int_eq(names_value(names, "nothing"), 0);
}

START_TEST(test_words)
{
	check_table(&names_of_points, points, COUNT(points));
	check_table(&names_of_statuses, statuses, COUNT(statuses));
	check_table(&names_of_reasons, reasons, COUNT(reasons));
	check_table(&names_of_sources, sources, COUNT(sources));
}
END_TEST

START_TEST(test_public)
{
	ck_assert_str_eq(lifecycle_point_name(LIFECYCLE_POINT_POSTSTOP), "poststop");
	ck_assert_ptr_null(lifecycle_point_name((enum lifecycle_point)99));
	ck_assert_str_eq(lifecycle_status_name(LIFECYCLE_STATUS_RUNNING), "running");
	ck_assert_str_eq(lifecycle_reason_name(LIFECYCLE_REASON_EXITED), "exited");
	ck_assert_str_eq(lifecycle_source_name(LIFECYCLE_SOURCE_RUNTIME), "runtime");
	ck_assert_int_eq(lifecycle_point_from_name("poststart"), LIFECYCLE_POINT_POSTSTART);
	ck_assert_int_eq(lifecycle_point_from_name("Poststart"), LIFECYCLE_POINT_NONE);
	ck_assert_int_eq(lifecycle_status_from_name("stopped"), LIFECYCLE_STATUS_STOPPED);
	ck_assert_int_eq(lifecycle_status_from_name("paused"), LIFECYCLE_STATUS_NONE);
}
END_TEST

static const char *const good_ids[] = { "a", "0", "_", "+", "-", "a.b", "a..", "A-Z_a+z.9",
	"3c0f1d0e6f3a9a0f1b1c5a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f70819" };
static const char *const bad_ids[] = { "", ".", "..", ".a", "a/b", "/", "../a", "a b", "a\n",
	"a\tb", "\033[31m", "\xc3\xa9", "a%b", "a:b", "a,b", "a@b", "a\\b", "a\x7f", "a*" };

START_TEST(test_good_id)
{
	ck_assert_msg(lifecycle_id_valid(good_ids[_i]), "'%s'", good_ids[_i]);
}
END_TEST

START_TEST(test_bad_id)
{
	ck_assert_msg(!lifecycle_id_valid(bad_ids[_i]), "'%s'", bad_ids[_i]);
}
END_TEST

START_TEST(test_every_byte_of_an_id)
{
	for (int byte = 1; byte < 256; byte++) {
		const char id[] = { 'a', (char)byte, '\0' };
		bool allowed = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
			       (byte >= '0' && byte <= '9') || strchr("_+.-", byte);

		ck_assert_msg(lifecycle_id_valid(id) == allowed, "byte %d", byte);
	}
}
END_TEST

START_TEST(test_length_of_an_id)
{
	char id[258];

	memset(id, 'a', sizeof(id));
	id[255] = '\0';
	ck_assert(lifecycle_id_valid(id));
	id[255] = 'a';
	id[256] = '\0';
	ck_assert(!lifecycle_id_valid(id));
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("names");
	TCase *tcase = tcase_create("names");

	tcase_add_test(tcase, test_words);
	tcase_add_test(tcase, test_public);
	tcase_add_loop_test(tcase, test_good_id, 0, COUNT(good_ids));
	tcase_add_loop_test(tcase, test_bad_id, 0, COUNT(bad_ids));
	tcase_add_test(tcase, test_every_byte_of_an_id);
	tcase_add_test(tcase, test_length_of_an_id);
	suite_add_tcase(suite, tcase);
	return suite;
}
