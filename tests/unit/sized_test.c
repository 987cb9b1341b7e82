/* SPDX-License-Identifier: Apache-2.0 */
/* A structure as two releases have it: a caller may have been built with either. */
#include "sized.h"
#include "unit.h"

#include <string.h>

struct first {
	size_t size;
	int64_t number;
};

struct later {
	size_t size;
	int64_t number;
	int another;
	char much[64];
};

#define FIRST SIZED_FIRST(struct first, number)

START_TEST(test_read_of_an_older_caller)
{
	const struct first given = { sizeof(given), 5 };
	struct later full = { .size = sizeof(full), .another = 7, .much = "kept" };

	ck_assert_int_eq(sized_read(&full, &given, FIRST, NULL), 0);
	ck_assert_uint_eq(full.size, sizeof(full));
	ck_assert_int_eq(full.number, 5);
	ck_assert_int_eq(full.another, 7);
	ck_assert_str_eq(full.much, "kept");
}
END_TEST

START_TEST(test_read_of_a_newer_caller)
{
	const struct later given = { .size = sizeof(given), .number = 5, .another = 7 };
	struct {
		struct first full;
		int beyond;
	} here = { { .size = sizeof(here.full) }, 9 };

	ck_assert_int_eq(sized_read(&here.full, &given, FIRST, NULL), 0);
	ck_assert_uint_eq(here.full.size, sizeof(here.full));
	ck_assert_int_eq(here.full.number, 5);
	ck_assert_int_eq(here.beyond, 9);
}
END_TEST

START_TEST(test_read_without_a_size)
{
	const struct first given[] = { { 0, 5 }, { FIRST - 1, 5 } };
	struct later full = { .size = sizeof(full) };
	struct lifecycle_error error;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(sized_read(&full, &given[i], FIRST, &error), -1);
		ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
		ck_assert_int_eq(full.number, 0);
	}
}
END_TEST

START_TEST(test_write_to_an_older_caller)
{
	const struct later full = { .size = sizeof(full), .number = 5, .another = 7 };
	struct {
		struct first given;
		int beyond;
	} here = { { .size = sizeof(here.given) }, 9 };

	sized_write(&here.given, FIRST, &full);
	ck_assert_uint_eq(here.given.size, sizeof(here.given));
	ck_assert_int_eq(here.given.number, 5);
	ck_assert_int_eq(here.beyond, 9);
}
END_TEST

START_TEST(test_write_to_a_newer_caller)
{
	const struct first full = { sizeof(full), 5 };
	struct later given = { .size = sizeof(given), .another = 7 };

	sized_write(&given, FIRST, &full);
	ck_assert_uint_eq(given.size, sizeof(given));
	ck_assert_int_eq(given.number, 5);
	ck_assert_int_eq(given.another, 7);
}
END_TEST

START_TEST(test_write_without_a_size)
{
	const struct first full = { sizeof(full), 5 };
	struct first given = { .size = FIRST - 1 };

	sized_write(&given, FIRST, &full);
	ck_assert_int_eq(given.number, 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("sized");
	TCase *tcase = tcase_create("sized");

	tcase_add_test(tcase, test_read_of_an_older_caller);
	tcase_add_test(tcase, test_read_of_a_newer_caller);
	tcase_add_test(tcase, test_read_without_a_size);
	tcase_add_test(tcase, test_write_to_an_older_caller);
	tcase_add_test(tcase, test_write_to_a_newer_caller);
	tcase_add_test(tcase, test_write_without_a_size);
	suite_add_tcase(suite, tcase);
	return suite;
}
