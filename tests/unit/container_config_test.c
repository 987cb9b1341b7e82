/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a container: as text, as JSON, and what is remembered in it. */
#include "container/config.h"
#include "container/config_text.h"
#include "container/settings.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

/* ---- text ---- */

static char *there_and_back(const char *text)
{
	struct lifecycle_error error;
	json_t *config;
	char *result;
	size_t length;

	ck_assert_msg(config_text_parse(text, strlen(text), &config, &error) == 0, "%s: %s", text,
		error.message);
	ck_assert_int_eq(config_text_make(config, &result, &length, &error), 0);
	ck_assert_uint_eq(length, strlen(result));
	json_decref(config);
	return result;
}

/* As jansson writes them, with nothing lost. */
static const char *const kept[] = {
	"{\"a\":18446744073709551615}",
	"{\"a\":[9223372036854775807,9223372036854775808,-9223372036854775808,0,-1]}",
	"{\"18446744073709551615\":\"18446744073709551615\"}",
	"{\"a\":\"x \\\" 18446744073709551615\"}",
	"{\"a\":\"\\\\\",\"b\":18446744073709551615}",
	"{\"a\":\"\\u0001\"}",
	"{\"a\":\"\\u000118446744073709551615x\"}",
	"{\"a\":true,\"b\":null,\"c\":{\"d\":[]}}",
};

START_TEST(test_text_is_kept)
{
	char *text = there_and_back(kept[_i]);

	ck_assert_str_eq(text, kept[_i]);
	free(text);
}
END_TEST

static const char *const bad[] = { "", "{", "[]", "1", "{\"a\":1,\"a\":2}",
	"{\"a\":99999999999999999999999}", "{\"a\":18446744073709551616}",
	"{\"a\":-9223372036854775809}", "{\"a", "{\"a\":\"\xff\"}", "{} {}" };

START_TEST(test_bad_text)
{
	struct lifecycle_error error;
	json_t *config;

	ck_assert_int_eq(config_text_parse(bad[_i], strlen(bad[_i]), &config, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(error.message, "config.json"));
}
END_TEST

/* ---- what is remembered ---- */

START_TEST(test_settings_come_back)
{
	struct settings settings = { .name = "web",
		.runtime = "/usr/sbin/runc",
		.image = "docker://x",
		.stop_signal = "USR1",
		.stop_timeout = 1500 * SECOND / 1000,
		.remove = true };
	json_t *config = json_loads("{\"annotations\":{\"own\":\"theirs\"}}", 0, NULL);
	struct settings read;

	settings.runtime_args = json_pack("[s, s]", "--root=/x y", "--debug");
	ck_assert_int_eq(settings_write(config, &settings, NULL), 0);
	ck_assert_int_eq(settings_read(config, &read, NULL), 0);
	ck_assert_str_eq(read.name, "web");
	ck_assert_str_eq(read.runtime, "/usr/sbin/runc");
	ck_assert_str_eq(read.image, "docker://x");
	ck_assert_str_eq(read.stop_signal, "USR1");
	ck_assert_int_eq(read.stop_timeout, 1500 * SECOND / 1000);
	ck_assert(read.remove);
	ck_assert(json_equal(read.runtime_args, settings.runtime_args));
	ck_assert_ptr_null(read.health);
	ck_assert_str_eq(
		json_string_value(json_object_get(json_object_get(config, "annotations"), "own")),
		"theirs");
	settings_free(&read);
	settings_free(&settings);
	json_decref(config);
}
END_TEST

/* What a bundle brings of an earlier container's does not come along. */
START_TEST(test_unknown_settings_are_taken_away)
{
	const struct settings none = { .stop_timeout = LIFECYCLE_UNKNOWN };
	json_t *config = json_loads("{\"annotations\":{\"oci-lifecycle.name\":\"old\","
				    "\"oci-lifecycle.remove\":\"true\"}}",
		0, NULL);

	ck_assert_int_eq(settings_write(config, &none, NULL), 0);
	ck_assert_uint_eq(json_object_size(json_object_get(config, "annotations")), 0);
	json_decref(config);
}
END_TEST

START_TEST(test_bad_settings)
{
	static const char *const values[] = { "\"oci-lifecycle.stop-timeout\":\"soon\"",
		"\"oci-lifecycle.runtime-args\":\"[\"",
		"\"oci-lifecycle.health\":\"{\\\"a\\\":1,\\\"a\\\":2}\"" };
	struct lifecycle_error error;
	struct settings read;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[128];
		json_t *config;

		snprintf(text, sizeof(text), "{\"annotations\":{%s}}", values[i]);
		config = json_loads(text, 0, NULL);
		ck_assert_ptr_nonnull(config);
		ck_assert_int_eq(settings_read(config, &read, &error), -1);
		ck_assert_ptr_nonnull(strstr(error.message, "oci-lifecycle."));
		json_decref(config);
	}
}
END_TEST

/* ---- what a container is given ---- */

static const char *at(const json_t *config, const char *object, const char *key, size_t index)
{
	return json_string_value(
		json_array_get(json_object_get(json_object_get(config, object), key), index));
}

START_TEST(test_change)
{
	static const char *const command[] = { "echo", "hi", NULL };
	static const char *const environment[] = { "PATH=/bin", "NEW=1", "NOT_SET_ANYWHERE", NULL };
	const struct config_change change = {
		.rootfs = "/r", .command = command, .environment = environment, .hostname = "h"
	};
	json_t *config = config_default(NULL);

	ck_assert_ptr_nonnull(config);
	ck_assert_int_eq(config_change(config, &change, NULL), 0);
	ck_assert_str_eq(at(config, "process", "args", 1), "hi");
	ck_assert_str_eq(at(config, "process", "env", 0), "PATH=/bin");
	ck_assert_str_eq(at(config, "process", "env", 1), "NEW=1");
	ck_assert_ptr_null(at(config, "process", "env", 2));
	ck_assert_str_eq(json_string_value(json_object_get(config, "hostname")), "h");
	json_decref(config);
}
END_TEST

/* No program gets rights by being run. */
START_TEST(test_default_is_modest)
{
	json_t *config = config_default(NULL), *process = json_object_get(config, "process");
	json_t *capabilities = json_object_get(process, "capabilities");

	ck_assert(json_is_true(json_object_get(process, "noNewPrivileges")));
	ck_assert(json_is_false(json_object_get(process, "terminal")));
	ck_assert_ptr_null(json_object_get(capabilities, "ambient"));
	ck_assert_ptr_null(json_object_get(capabilities, "inheritable"));
	ck_assert_uint_eq(json_array_size(json_object_get(capabilities, "bounding")), 3);
	json_decref(config);
}
END_TEST

START_TEST(test_change_of_a_bad_config)
{
	static const char *const texts[] = { "{\"process\":1}", "{\"process\":{\"env\":{}}}" };
	static const char *const environment[] = { "A=1", NULL };
	const struct config_change change = { .environment = environment };
	struct lifecycle_error error;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *config = json_loads(texts[i], 0, NULL);

		ck_assert_int_eq(config_change(config, &change, &error), -1);
		ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
		json_decref(config);
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *unit_suite(void)
{
	Suite *suite = suite_create("container_config");
	TCase *tcase = tcase_create("config");

	tcase_add_loop_test(tcase, test_text_is_kept, 0, COUNT(kept));
	tcase_add_loop_test(tcase, test_bad_text, 0, COUNT(bad));
	tcase_add_test(tcase, test_settings_come_back);
	tcase_add_test(tcase, test_unknown_settings_are_taken_away);
	tcase_add_test(tcase, test_bad_settings);
	tcase_add_test(tcase, test_change);
	tcase_add_test(tcase, test_default_is_modest);
	tcase_add_test(tcase, test_change_of_a_bad_config);
	suite_add_tcase(suite, tcase);
	return suite;
}
