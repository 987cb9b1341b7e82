/* SPDX-License-Identifier: Apache-2.0 */
/* tests/data/pictures/NAME: what is printed of the case of that name below. */
#include "query/output/picture.h"
#include "unit.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define MILLISECOND  INT64_C(1000000)
#define DAY          (INT64_C(86400000) * MILLISECOND)
#define LABEL_WIDTH  16
#define LENGTH_WIDTH 9
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* A hook, a phase that is cut, a hook after it; marks; an error with a text that is not to be trusted; what goes on, and
 * what nobody saw the end of. */
static const struct picture_row life[] = {
	{ .kind = PICTURE_PHASE, .label = "creating", .to = 60 * MILLISECOND },
	{ .kind = PICTURE_PHASE, .label = "running", .from = 60 * MILLISECOND, .to = 3 * DAY },
	{ .kind = PICTURE_BAR,
		.label = "createRuntime",
		.to = 30 * MILLISECOND,
		.detail = "/opt/net" },
	{ .kind = PICTURE_ERROR,
		.label = "error",
		.from = 30 * MILLISECOND,
		.to = 30 * MILLISECOND,
		.detail = "red \033[31m\nsecond line",
		.more = "\xe2\x80\x8f" },
	{ .kind = PICTURE_MARK,
		.label = "poststart",
		.from = 60 * MILLISECOND,
		.to = 60 * MILLISECOND },
	{ .kind = PICTURE_BAR,
		.label = "poststop",
		.from = 3 * DAY,
		.to = 3 * DAY + 40 * MILLISECOND },
};

static const struct picture_row unseen[] = {
	{ .kind = PICTURE_PHASE, .label = "creating", .to = 60 * MILLISECOND, .endless = true },
	{ .kind = PICTURE_UNSEEN,
		.label = "running?",
		.from = 60 * MILLISECOND,
		.to = 100 * MILLISECOND,
		.goes_on = true },
};

static const struct picture_row moment[] = {
	{ .kind = PICTURE_BAR, .label = "prestart", .from = 5, .to = 5 },
	{ .kind = PICTURE_PHASE, .label = "running", .from = 5, .to = 5, .goes_on = true },
	{ .kind = PICTURE_MARK, .label = "poststop", .from = 5, .to = 5 },
};

static const struct {
	const char *name;
	const struct picture_row *rows;
	size_t count;
	struct picture_style style;
} cases[] = {
	{ "pictures/life", life, COUNT(life), { .width = 80 } },
	{ "pictures/life.unicode", life, COUNT(life), { .width = 80, .unicode = true } },
	{ "pictures/life.colours", life, COUNT(life), { .width = 60, .colours = true } },
	{ "pictures/unseen", unseen, COUNT(unseen), { .width = 60 } },
	{ "pictures/unseen.colours", unseen, COUNT(unseen),
		{ .width = 60, .unicode = true, .colours = true } },
	{ "pictures/moment", moment, COUNT(moment), { .width = 60 } },
	{ "pictures/nothing", NULL, 0, { .width = 60 } },
};

static char *picture(
	const struct picture_row *rows, size_t count, const struct picture_style *style)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	picture_print(rows, count, style, out);
	fclose(out);
	return text;
}

static void set_up(void)
{
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
}

START_TEST(test_case)
{
	char *found = picture(cases[_i].rows, cases[_i].count, &cases[_i].style);
	char *expected = unit_data(cases[_i].name, NULL);

	ck_assert_msg(strcmp(found, expected) == 0, "%s is\n%s", cases[_i].name, found);
	free(found);
	free(expected);
}
END_TEST

/* ---- every width ---- */

static const char *const glyphs[][2] = { { "├", "[" }, { "━", "=" }, { "┄", "." }, { "┤", "]" },
	{ "▶", ">" }, { "┃", "#" }, { "◆", "*" }, { "✗", "x" }, { "╱", "/" }, { "─", "-" },
	{ "┬", "|" } };

/* The same in ASCII, in place. */
static void make_ascii(char *text)
{
	for (int i = 0; i < COUNT(glyphs); i++)
		for (char *at; (at = strstr(text, glyphs[i][0])) != NULL;) {
			size_t size = strlen(glyphs[i][0]);

			*at = glyphs[i][1][0];
			memmove(at + 1, at + size, strlen(at + size) + 1);
		}
}

/* None longer than `width`; the axis has two, and three texts stand on lines of their own. */
static bool lines_fit(const char *text, size_t width)
{
	size_t lines = 0;

	for (; *text != '\0'; lines++) {
		size_t length = strcspn(text, "\n");

		if (length > width || text[length] != '\n')
			return false;
		text += length + 1;
	}
	return lines == 2 + COUNT(life) + 3;
}

/* What is left of the width is the scale's, from 20 columns to 400. */
static size_t scale_width(size_t width)
{
	size_t sides = LABEL_WIDTH + 1 + LENGTH_WIDTH;

	if (width < sides + 20)
		return 20;
	return width - sides > 400 ? 400 : width - sides;
}

static void check_width(size_t width)
{
	struct picture_style style = { .width = width };
	char *ascii = picture(life, COUNT(life), &style);
	char *unicode;
	const char *axis = strchr(ascii, '\n') + 1;

	style.unicode = true;
	unicode = picture(life, COUNT(life), &style);
	make_ascii(unicode);
	ck_assert_str_eq(unicode, ascii);
	ck_assert(lines_fit(ascii, LABEL_WIDTH + scale_width(width) + 1 + LENGTH_WIDTH));
	ck_assert_uint_eq(strcspn(axis, "\n"), LABEL_WIDTH + scale_width(width));
	free(ascii);
	free(unicode);
}

START_TEST(test_every_width)
{
	for (size_t width = 0; width <= 500; width++)
		check_width(width);
}
END_TEST

/* As many as there may be, each at a time of its own. */
START_TEST(test_most_rows)
{
	struct picture_row rows[PICTURE_MOST_ROWS];
	const struct picture_style style = { .width = 500 };
	char *text;
	size_t lines = 0;

	for (int i = 0; i < PICTURE_MOST_ROWS; i++)
		rows[i] = (struct picture_row){ .kind = i % 2 == 0 ? PICTURE_BAR : PICTURE_MARK,
			.label = "row",
			.from = INT64_C(1) << (i / 3),
			.to = (INT64_C(1) << (i / 3)) + i };
	text = picture(rows, PICTURE_MOST_ROWS, &style);
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	ck_assert_uint_eq(lines, 2 + PICTURE_MOST_ROWS);
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("picture");
	TCase *tcase = tcase_create("picture");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_test(tcase, test_every_width);
	tcase_add_test(tcase, test_most_rows);
	suite_add_tcase(suite, tcase);
	return suite;
}
