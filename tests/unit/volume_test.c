/* SPDX-License-Identifier: Apache-2.0 */
/* What --volume may say. */
#include "container/volume.h"
#include "unit.h"

#include <stdlib.h>

static const struct {
	const char *text;
	const char *source;
	const char *destination;
	bool is_name;
	bool read_only;
} good[] = {
	{ "data:/data", "data", "/data", true, false },
	{ "data:/data:ro", "data", "/data", true, true },
	{ "data:/data:rw", "data", "/data", true, false },
	{ "a.b-c_1:/a/b", "a.b-c_1", "/a/b", true, false },
	{ "/srv:/data", "/srv", "/data", false, false },
	{ "/:/host:ro", "/", "/host", false, true },
};

START_TEST(volumes)
{
	struct volume volume;

	ck_assert_int_eq(volume_parse(good[_i].text, &volume, NULL), 0);
	ck_assert_str_eq(volume.source, good[_i].source);
	ck_assert_str_eq(volume.destination, good[_i].destination);
	ck_assert_int_eq(volume.is_name, good[_i].is_name);
	ck_assert_int_eq(volume.read_only, good[_i].read_only);
	free(volume.source);
}
END_TEST

static const char *const bad[] = { "", "data", "data:", ":/data", "data:data", "data:/",
	"data:/data:", "data:/data:no", "data:/data:ro:", "..:/data", ".new:/data", "-v:/data",
	"a/b:/data", "./a:/data", "a b:/data", "\xff:/data", "/srv", "/srv:", "/srv:data" };

START_TEST(no_volumes)
{
	struct lifecycle_error error;
	struct volume volume;

	ck_assert_int_eq(volume_parse(bad[_i], &volume, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_INVALID);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("volume");
	TCase *parse = tcase_create("parse");

	tcase_add_loop_test(parse, volumes, 0, (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(parse, no_volumes, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	suite_add_tcase(suite, parse);
	return suite;
}
