/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

START_TEST(test_set)
{
	struct lifecycle_error error = { .system_errno = 7 };

	ck_assert_int_eq(error_set(&error, LIFECYCLE_ERROR_INVALID, "'%s' is no ID", "a/b"), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_int_eq(error.system_errno, 0);
	ck_assert_str_eq(error.message, "'a/b' is no ID");
}
END_TEST

START_TEST(test_errno)
{
	struct lifecycle_error error;

	ck_assert_int_eq(error_errno(&error, EACCES, "'%s'", "x"), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(error.system_errno, EACCES);
	ck_assert_str_eq(error.message, "'x': Permission denied");
	ck_assert_int_eq(error_errno(&error, 99999, "x"), -1);
	ck_assert_str_eq(error.message, "x: unknown error");
}
END_TEST

START_TEST(test_no_memory)
{
	struct lifecycle_error error;

	error_errno(&error, ENOMEM, "x");
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_NO_MEMORY);
	ck_assert_int_eq(error_no_memory(&error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_NO_MEMORY);
	ck_assert_int_eq(error.system_errno, 0);
}
END_TEST

static const struct {
	int errnum;
	bool ours;
} errnums[] = {
	{ ENOMEM, true },
	{ EMFILE, true },
	{ ENFILE, true },
	{ EIO, false },
	{ EACCES, false },
	{ ENOENT, false },
	{ 0, false },
};

START_TEST(test_ours)
{
	struct lifecycle_error error = { 0 };

	error_errno(&error, errnums[_i].errnum, "x");
	ck_assert_int_eq(error_is_ours(&error), errnums[_i].ours);
	/* the code is what counts, not what is left of an errno */
	error.code = LIFECYCLE_ERROR_CORRUPT;
	ck_assert(!error_is_ours(&error));
}
END_TEST

START_TEST(test_wrap)
{
	struct lifecycle_error error;

	error_errno(&error, EIO, "inner");
	ck_assert_int_eq(error_wrap(&error, "outer %d", 1), -1);
	ck_assert_str_eq(error.message, "outer 1: inner: Input/output error");
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_int_eq(error.system_errno, EIO);
}
END_TEST

START_TEST(test_nobody_asks)
{
	ck_assert_int_eq(error_set(NULL, LIFECYCLE_ERROR_INVALID, "x"), -1);
	ck_assert_int_eq(error_errno(NULL, EIO, "x"), -1);
	ck_assert_int_eq(error_no_memory(NULL), -1);
	ck_assert_int_eq(error_wrap(NULL, "x"), -1);
}
END_TEST

/* What it quotes may be a stranger's: no second line, no escape sequence. */
START_TEST(test_one_line)
{
	struct lifecycle_error error;

	error_set(&error, LIFECYCLE_ERROR_INVALID, "'%s'",
		/* NOLINTNEXTLINE(misc-misleading-bidirectional): that is what must not get through */
		"a\nb\033[31m \x7f \xc3 \xa9 \xe2\x80\xae é");
	ck_assert_str_eq(error.message, "'a\\x0ab\\x1b[31m \\x7f \\xc3 \\xa9 \\xe2\\x80\\xae é'");
	error_wrap(&error, "%s", "b\r");
	ck_assert_str_eq(
		error.message, "b\\x0d: 'a\\x0ab\\x1b[31m \\x7f \\xc3 \\xa9 \\xe2\\x80\\xae é'");
}
END_TEST

START_TEST(test_cut)
{
	struct lifecycle_error error;
	char longer[2 * sizeof(error.message)];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	error_errno(&error, EIO, "%s", longer);
	ck_assert_uint_eq(strlen(error.message), sizeof(error.message) - 1);
	error_wrap(&error, "outer");
	ck_assert_uint_eq(strlen(error.message), sizeof(error.message) - 1);
	ck_assert_int_eq(strncmp(error.message, "outer: xxx", 10), 0);
	error_wrap(&error, "%s", longer);
	ck_assert_uint_eq(strlen(error.message), sizeof(error.message) - 1);
}
END_TEST

/* What is longer once it is printable is cut, but not within a character. */
START_TEST(test_cut_between_characters)
{
	struct lifecycle_error error;
	char text[sizeof(error.message)];

	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(&error, LIFECYCLE_ERROR_INVALID, "%s", text);
	ck_assert_uint_eq(strlen(error.message), (sizeof(error.message) - 1) / 4 * 4);
	ck_assert_uint_eq(strspn(error.message, "\\x0a"), strlen(error.message));
	ck_assert_str_eq(error.message + strlen(error.message) - 4, "\\x0a");
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("error");
	TCase *tcase = tcase_create("error");

	tcase_add_test(tcase, test_set);
	tcase_add_test(tcase, test_errno);
	tcase_add_test(tcase, test_no_memory);
	tcase_add_loop_test(tcase, test_ours, 0, sizeof(errnums) / sizeof(errnums[0]));
	tcase_add_test(tcase, test_wrap);
	tcase_add_test(tcase, test_nobody_asks);
	tcase_add_test(tcase, test_one_line);
	tcase_add_test(tcase, test_cut);
	tcase_add_test(tcase, test_cut_between_characters);
	suite_add_tcase(suite, tcase);
	return suite;
}
