/* SPDX-License-Identifier: Apache-2.0 */
/* What of a record counts, and how one of these is told from each other. */
#include "tally.h"
#include "unit.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ONE   "00000000-0000-4000-8000-000000000001"
#define TWO   "00000000-0000-4000-8000-000000000002"
#define THREE "00000000-0000-4000-8000-000000000003"

#define BEGIN                                                                                      \
	"{\"version\":1,\"id\":\"c1\",\"generation\":3,\"status\":\"running\",\"instance\":\"" ONE \
	"\""

#define HUNDRED                                                                                    \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"890123456789"

/* ---- an entry as a text ---- */

static const char *number_text(int64_t number, char buffer[24])
{
	snprintf(buffer, 24, "%" PRId64, number);
	return number == LIFECYCLE_UNKNOWN ? "-" : buffer;
}

static void append(const struct tally_entry *entry, char *text, size_t size)
{
	static const char kinds[] = "GHF";
	size_t length = strlen(text);
	char index[24];
	char duration[24];

	snprintf(text + length, size - length, "%c %d %s %s %s%s%s\n", kinds[entry->kind],
		(int)entry->point, number_text(entry->index, index),
		number_text(entry->duration_ns, duration), entry->command,
		entry->create_error ? " error" : "", entry->oom_killed ? " oom" : "");
}

static struct tally tally_of_json(const char *json)
{
	struct lifecycle_record *record = unit_record(json);
	struct tally tally;

	ck_assert_int_eq(tally_of(record, &tally, NULL), 0);
	lifecycle_record_free(record);
	return tally;
}

/* ---- what counts ---- */

static const struct {
	const char *json;
	const char *expected; /* kind, point, index, duration, command */
} cases[] = {
	{ "{}", "" },
	{ BEGIN "}", "G 0 - - \n" },
	{ BEGIN ",\"create_error\":true}", "G 0 - -  error\n" },
	{ BEGIN ",\"oom_killed\":true}", "G 0 - -  oom\n" },
	{ BEGIN ",\"oom_killed\":false}", "G 0 - - \n" },
	{ BEGIN ",\"previous\":[{\"generation\":1,\"instance\":\"" TWO "\",\"create_error\":true},"
		"{\"generation\":2,\"instance\":\"" THREE "\"}]}",
		"G 0 - -  error\nG 0 - - \nG 0 - - \n" },
	/* of which nothing tells it from others */
	{ BEGIN ",\"previous\":[{\"generation\":1}]}", "G 0 - - \n" },
	{ "{\"version\":1,\"id\":\"c1\",\"generation\":2,\"status\":\"running\","
	  "\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"/c\","
	  "\"duration_ns\":5}],\"previous\":[{\"generation\":1,\"instance\":\"" TWO "\"}]}",
		"G 0 - - \n" },
	/* hooks: those that wrapped a command which came back */
	{ BEGIN ",\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\"},"
		"{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"/none\"},"
		"{\"point\":\"createRuntime\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"/c\","
		"\"argv\":[\"name\"],\"duration_ns\":0,\"index\":4},"
		"{\"point\":\"poststart\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"/d\","
		"\"duration_ns\":7}]}",
		"G 0 - - \nH 2 4 0 /c\nH 4 - 7 /d\n" },
	{ BEGIN ",\"errors\":[{\"point\":\"create\",\"time\":\"2026-01-01T00:00:00Z\","
		"\"message\":\"m\"},{\"point\":\"poststop\",\"time\":\"2026-01-01T00:00:00Z\","
		"\"command\":\"/c\",\"message\":\"m\",\"index\":2}]}",
		"G 0 - - \nF 6 - - \nF 5 2 - /c\n" },
	/* what is in /proc bears the name that it was called by */
	{ BEGIN ",\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\","
		"\"command\":\"/proc/12/exe\",\"argv\":[\"name\",\"x\"],\"duration_ns\":1},"
		"{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\","
		"\"command\":\"/proc/12/exe\",\"duration_ns\":2},"
		"{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\","
		"\"command\":\"/procs/exe\",\"argv\":[\"name\"],\"duration_ns\":3}]}",
		"G 0 - - \nH 1 - 1 name\nH 1 - 2 /proc/12/exe\nH 1 - 3 /procs/exe\n" },
	/* control characters, and what is too long: 127 bytes, no character of them cut */
	{ BEGIN ",\"hooks\":[{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\","
		"\"command\":\"a\\tb\\nc\\u007f d\\u0001\\u001f\xc3\xa4\",\"duration_ns\":1},"
		"{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"" HUNDRED
		"012345678901234567890123456xyz\",\"duration_ns\":2},"
		"{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"" HUNDRED
		"01234567890123456789012345\xc3\xa4\",\"duration_ns\":3},"
		"{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"" HUNDRED
		"0123456789012345678901234\xc3\xa4\",\"duration_ns\":4},"
		"{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\",\"command\":\"" HUNDRED
		"0123456789012345678901234\xf0\x9f\x98\x80\",\"duration_ns\":5}]}",
		"G 0 - - \nH 1 - 1 a?b?c? d??\xc3\xa4\n"
		"H 1 - 2 " HUNDRED "012345678901234567890123456\n"
		"H 1 - 3 " HUNDRED "01234567890123456789012345\n"
		"H 1 - 4 " HUNDRED "0123456789012345678901234\xc3\xa4\n"
		"H 1 - 5 " HUNDRED "0123456789012345678901234\n" },
};

START_TEST(test_what_counts)
{
	struct tally tally = tally_of_json(cases[_i].json);
	char text[2048] = "";

	for (size_t i = 0; i < tally.count; i++)
		append(&tally.entries[i], text, sizeof(text));
	ck_assert_str_eq(text, cases[_i].expected);
	tally_free(&tally);
	ck_assert_ptr_null(tally.entries);
	ck_assert_uint_eq(tally.count, 0);
}
END_TEST

/* ---- which it is ---- */

#define HOOK(instance, point, time, command, index)                                                \
	"{\"version\":1,\"id\":\"c1\",\"generation\":1,\"status\":\"running\",\"instance\":"       \
	"\"" instance "\",\"hooks\":[{\"point\":\"" point "\",\"time\":\"2026-01-01T00:00:" time   \
	"Z\",\"command\":\"" command "\",\"duration_ns\":1,\"index\":" index "}]}"

/* A file of counts holds these numbers: what an earlier libstate wrote down has to be known again. */
static const struct {
	const char *json;
	uint64_t identity; /* of the last of its entries */
} identities[] = {
	{ BEGIN "}", UINT64_C(0x9c9bd6ba0952b2d1) },
	{ HOOK(ONE, "prestart", "00", "/c", "0"), UINT64_C(0xb01faeb0139558a) },
	{ HOOK(TWO, "prestart", "00", "/c", "0"), UINT64_C(0x3b2b639ebc499a62) },
	{ HOOK(ONE, "poststop", "00", "/c", "0"), UINT64_C(0x4ce5f847bfb3b593) },
	{ HOOK(ONE, "prestart", "01", "/c", "0"), UINT64_C(0x1303e29ff6aefe3c) },
	{ HOOK(ONE, "prestart", "00", "/d", "0"), UINT64_C(0xa6967432c6c3abf0) },
	{ HOOK(ONE, "prestart", "00", "/c", "1"), UINT64_C(0xb289c63fa69235ce) },
	{ BEGIN ",\"errors\":[{\"point\":\"prestart\",\"time\":\"2026-01-01T00:00:00Z\","
		"\"command\":\"/c\",\"message\":\"m\",\"index\":0}]}",
		UINT64_C(0xcdeb537f5e9f4fe) },
};

START_TEST(test_identity)
{
	struct tally tally = tally_of_json(identities[_i].json);
	uint64_t found = tally.entries[tally.count - 1].identity;

	/* they are made of numbers as they are in memory */
	if (htole64(1) == 1)
		ck_assert_msg(found == identities[_i].identity, "%s: 0x%" PRIx64,
			identities[_i].json, found);
	ck_assert(tally_has(&tally, found));
	ck_assert(tally_has(&tally, tally.entries[0].identity));
	ck_assert(!tally_has(&tally, found + 1));
	tally_free(&tally);
}
END_TEST

/* What comes to be known of a generation changes no identity, or it would count twice. */
START_TEST(test_identity_stays)
{
	struct tally before = tally_of_json(BEGIN "}");
	struct tally after = tally_of_json(BEGIN ",\"create_error\":true,\"oom_killed\":true}");
	struct tally earlier = tally_of_json(
		"{\"version\":1,\"id\":\"c1\",\"generation\":4,\"status\":\"running\",\"previous\":"
		"[{\"generation\":3,\"instance\":\"" ONE "\"}]}");

	ck_assert(before.entries[0].identity == after.entries[0].identity);
	ck_assert(before.entries[0].identity == earlier.entries[0].identity);
	tally_free(&before);
	tally_free(&after);
	tally_free(&earlier);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("tally");
	TCase *tcase = tcase_create("tally");

	tcase_add_loop_test(tcase, test_what_counts, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(tcase, test_identity, 0, sizeof(identities) / sizeof(identities[0]));
	tcase_add_test(tcase, test_identity_stays);
	suite_add_tcase(suite, tcase);
	return suite;
}
