/* SPDX-License-Identifier: Apache-2.0 */
/* A health check as Docker's configuration has it. */
#include "container/health.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

/* The words of the program, each with a '|' after it; "none"; or "bad". */
static const struct {
	const char *check;
	const char *words;
} tests[] = {
	{ "{\"Test\":[\"CMD\",\"/bin/true\"]}", "/bin/true|" },
	{ "{\"Test\":[\"CMD\",\"a\",\"b c\",\"\"]}", "a|b c||" },
	{ "{\"Test\":[\"CMD-SHELL\",\"a && b\"]}", "/bin/sh|-c|a && b|" },
	{ "{\"Test\":[\"NONE\"]}", "none" },
	{ "{\"Test\":[]}", "none" },
	{ "{\"Interval\":5}", "none" },
	{ "{}", "none" },
	{ "[]", "none" },
	{ "{\"Test\":[\"CMD\"]}", "bad" },
	{ "{\"Test\":[\"CMD\",1]}", "bad" },
	{ "{\"Test\":[\"CMD-SHELL\"]}", "bad" },
	{ "{\"Test\":[\"CMD-SHELL\",\"a\",\"b\"]}", "bad" },
	{ "{\"Test\":[\"OTHER\",\"a\"]}", "bad" },
	{ "{\"Test\":[null]}", "bad" },
	{ "{\"Test\":\"a\"}", "bad" },
	{ "{\"Test\":{}}", "bad" },
};

START_TEST(what_is_run)
{
	json_t *check = json_loads(tests[_i].check, 0, NULL);
	struct health health = { 0 };
	char words[256] = "";

	ck_assert_ptr_nonnull(check);
	if (health_read(check, &health, NULL) < 0)
		strcpy(words, "bad");
	else if (health.argv == NULL)
		strcpy(words, "none");
	for (size_t i = 0; health.argv != NULL && health.argv[i] != NULL; i++) {
		strcat(words, health.argv[i]);
		strcat(words, "|");
	}
	ck_assert_str_eq(words, tests[_i].words);
	health_free(&health);
	json_decref(check);
}
END_TEST

static struct health read_health(const char *text)
{
	json_t *check = json_loads(text, 0, NULL);
	struct health health;

	ck_assert_int_eq(health_read(check, &health, NULL), 0);
	health_free(&health);
	json_decref(check);
	return health;
}

START_TEST(how_often_and_how_long)
{
	struct health health =
		read_health("{\"Interval\":1000000,\"Timeout\":2,\"StartPeriod\":3,\"Retries\":4}");

	ck_assert_int_eq(health.interval, 1000000);
	ck_assert_int_eq(health.timeout, 2);
	ck_assert_int_eq(health.start_period, 3);
	ck_assert_int_eq(health.retries, 4);
}
END_TEST

START_TEST(what_is_not_said_is_as_docker_has_it)
{
	static const char *const all[] = { "{}",
		"{\"Interval\":0,\"Timeout\":0,\"StartPeriod\":0,\"Retries\":0}",
		"{\"Interval\":-1,\"Timeout\":\"1s\",\"Retries\":null}" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct health health = read_health(all[i]);

		ck_assert_int_eq(health.interval, 30 * SECOND);
		ck_assert_int_eq(health.timeout, 30 * SECOND);
		ck_assert_int_eq(health.start_period, 0);
		ck_assert_int_eq(health.retries, 3);
	}
}
END_TEST

START_TEST(no_check_is_none)
{
	struct health health;

	ck_assert_int_eq(health_read(NULL, &health, NULL), 0);
	ck_assert_ptr_null(health.argv);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("health");
	TCase *parse = tcase_create("read");

	tcase_add_loop_test(parse, what_is_run, 0, (int)(sizeof(tests) / sizeof(tests[0])));
	tcase_add_test(parse, how_often_and_how_long);
	tcase_add_test(parse, what_is_not_said_is_as_docker_has_it);
	tcase_add_test(parse, no_check_is_none);
	suite_add_tcase(suite, parse);
	return suite;
}
