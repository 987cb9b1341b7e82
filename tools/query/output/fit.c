/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/fit.h"

#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* ---- how wide columns are ---- */

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void measure(struct fit_column *columns, size_t count, bool brief)
{
	for (size_t i = 0; i < count; i++)
		columns[i].width =
			larger(columns[i].heading, brief ? columns[i].brief : columns[i].usual);
}

/* Of those that are cut first, only what can be read of them is asked for. */
#define LEGIBLE 30

static size_t wanted_width(const struct fit_column *column)
{
	return column->yields == FIT_FIRST && column->width > LEGIBLE ? LEGIBLE : column->width;
}

static size_t total_width(const struct fit_column *columns, size_t count, bool wanted)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		if (!columns[i].is_left_out)
			total += 1 + (wanted ? wanted_width(&columns[i]) : columns[i].width);
	return total > 0 ? total - 1 : 0;
}

/* ---- leaving columns out ---- */

static struct fit_column *next_to_leave(struct fit_column *columns, size_t count)
{
	struct fit_column *next = NULL;

	for (size_t i = 0; i < count; i++)
		if (columns[i].leaves > 0 && !columns[i].is_left_out &&
			(next == NULL || columns[i].leaves > next->leaves))
			next = &columns[i];
	return next;
}

static bool has_cut(const struct fit_column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (wanted_width(&columns[i]) < columns[i].width)
			return true;
	return false;
}

/* A column makes room for what went wrong; if nothing did, names are cut before. */
static void leave_out(struct fit_column *columns, size_t count, size_t room)
{
	struct fit_column *next;

	while (has_cut(columns, count) && total_width(columns, count, true) > room &&
		(next = next_to_leave(columns, count)) != NULL)
		next->is_left_out = true;
}

/* ---- cutting ---- */

/* Who gives way in this step, and how far; never further than its heading. */
static const struct step {
	enum fit_yields yields;
	size_t least;
} steps[] = {
	{ FIT_FIRST, LEGIBLE },
	{ FIT_MIDDLE, 12 },
	{ FIT_FIRST, 12 },
	{ FIT_MIDDLE, 6 },
	{ FIT_LAST, 8 },
	{ FIT_FIRST, 1 },
	{ FIT_MIDDLE, 1 },
	{ FIT_LAST, 1 },
};

/* The widest of those that can give way in this step; NULL if there is none. */
static struct fit_column *widest_of(
	struct fit_column *columns, size_t count, const struct step *step)
{
	struct fit_column *widest = NULL;

	for (size_t i = 0; i < count; i++)
		if (columns[i].yields == step->yields && !columns[i].is_left_out &&
			columns[i].width > larger(step->least, columns[i].heading) &&
			(widest == NULL || columns[i].width > widest->width))
			widest = &columns[i];
	return widest;
}

static void cut(struct fit_column *columns, size_t count, size_t room)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct fit_column *widest;

		while (total_width(columns, count, false) > room &&
			(widest = widest_of(columns, count, &steps[i])) != NULL)
			widest->width--;
	}
}

bool fit_columns(struct fit_column *columns, size_t count, size_t room)
{
	measure(columns, count, false);
	if (total_width(columns, count, false) <= room)
		return false;
	measure(columns, count, true);
	leave_out(columns, count, room);
	cut(columns, count, room);
	return true;
}

/* ---- texts ---- */

/* What is no character of the locale takes a column a byte, as far as anybody knows. */
static size_t read_character(const char *text, size_t *ret_width)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t length = mbrtowc(&character, text, strlen(text), &state);
	int width = length > 0 && length < SIZE_MAX - 1 ? wcwidth(character) : -1;

	*ret_width = width >= 0 ? (size_t)width : 1;
	return width >= 0 ? length : 1;
}

/* How many bytes of the text take no more than so many columns; *ret_width is how many they take. */
static size_t count_bytes(const char *text, size_t most, size_t *ret_width)
{
	const char *at = text;

	*ret_width = 0;
	while (*at != '\0') {
		size_t width;
		size_t length = read_character(at, &width);

		if (*ret_width + width > most)
			break;
		*ret_width += width;
		at += length;
	}
	return (size_t)(at - text);
}

size_t fit_width(const char *text)
{
	size_t width;

	(void)count_bytes(text, SIZE_MAX, &width);
	return width;
}

static const char *ellipsis(size_t room)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		return room > 0 ? "\xe2\x80\xa6" : "";
	return room > 3 ? "..." : "";
}

char *fit_cut(const char *text, size_t width)
{
	const char *mark = ellipsis(width);
	size_t taken;
	size_t length = count_bytes(text, width, &taken);
	char *result;

	if (text[length] == '\0')
		return strdup(text);
	length = count_bytes(text, width - (mark[0] != '\0' ? fit_width(mark) : 0), &taken);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	result = malloc(length + strlen(mark) + 1);
	if (result != NULL)
		stpcpy(mempcpy(result, text, length), mark);
	return result;
}
