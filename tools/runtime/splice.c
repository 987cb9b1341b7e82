/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/splice.h"
#include "base/text_stream.h"
#include "runtime/jscan_text.h"
#include "runtime/splice_hook.h"
#include "runtime/splice_name.h"

#include <stdlib.h>
#include <string.h>

enum place {
	NOWHERE,
	FIRST,
	FIRST_OF_OTHERS, /* before hooks that are not wrapped; else nowhere */
	LAST,
};

struct point {
	const char *key;
	const char *hook; /* NULL: nothing of ours may run there, nor wrap */
	enum place place;
};

static const struct point points[] = {
	{ "prestart", SPLICE_NAME_PRESTART, FIRST_OF_OTHERS },
	{ "createRuntime", SPLICE_NAME_CREATE_RUNTIME, FIRST },
	{ "createContainer", SPLICE_NAME_CREATE_CONTAINER, NOWHERE },
	{ "poststart", SPLICE_NAME_POSTSTART, FIRST }, { "poststop", SPLICE_NAME_POSTSTOP, LAST },
	{ "startContainer", NULL, NOWHERE }, /* it would run in the container */
};

#define POINT_COUNT (sizeof(points) / sizeof(points[0]))

/* ---- one hook point's array ---- */

struct census {
	size_t all;
	size_t foreign;
	bool present; /* ours, running no other */
	const char *last_end;
};

static bool take_census(struct splice *splice, const struct point *point,
	const struct jscan_value *array, struct census *ret_census)
{
	struct census census = { .last_end = array->start + 1 };
	const char *cursor = NULL;
	struct jscan_value object;

	while (jscan_next_element(array, &cursor, &object)) {
		struct hook hook;

		if (!splice_read_hook(splice, &object, &hook))
			return false;
		census.all++;
		census.foreign += hook.name == NULL;
		census.present |=
			hook.name != NULL && strcmp(hook.name, point->hook) == 0 && !hook.wraps;
		census.last_end = object.end;
	}
	*ret_census = census;
	return true;
}

static enum place place_of(
	const struct splice *splice, const struct point *point, const struct census *census)
{
	if (census->present)
		return NOWHERE;
	if (point->place != FIRST_OF_OTHERS)
		return point->place;
	return census->foreign > 0 && !splice->plan->wrap ? FIRST : NOWHERE;
}

/* Each of them has been read for the census, so none is refused here. */
static void wrap_foreign(
	struct splice *splice, const struct point *point, const struct jscan_value *array)
{
	const char *cursor = NULL;
	struct jscan_value object;

	for (size_t index = 0; jscan_next_element(array, &cursor, &object); index++) {
		struct hook hook;

		if (splice_read_hook(splice, &object, &hook) && hook.wrappable)
			splice_wrap_hook(splice, point->hook, &hook, index);
	}
}

static bool edit_array(
	struct splice *splice, const struct point *point, const struct jscan_value *array)
{
	struct census census;
	enum place place;

	if (!take_census(splice, point, array, &census))
		return false;
	place = place_of(splice, point, &census);
	if (place == FIRST) {
		splice_insert_at(splice, array->start + 1);
		splice_put_hook(splice, point->hook);
		splice_put(splice, census.all > 0 ? "," : "");
	}
	if (splice->plan->wrap)
		wrap_foreign(splice, point, array);
	if (place == LAST) {
		splice_insert_at(splice, census.last_end);
		splice_put(splice, census.all > 0 ? "," : "");
		splice_put_hook(splice, point->hook);
	}
	return true;
}

/* ---- `hooks` ---- */

static bool added_everywhere(const struct point *point)
{
	return point->place == FIRST || point->place == LAST;
}

static void put_own_array(struct splice *splice, const struct point *point)
{
	splice_put(splice, "[");
	splice_put_hook(splice, point->hook);
	splice_put(splice, "]");
}

static bool edit_point(
	struct splice *splice, const struct point *point, const struct jscan_value *value)
{
	if (value->kind != JSCAN_ARRAY && value->kind != JSCAN_NULL)
		return splice_refuse(splice, "a list of hooks is not an array");
	if (point->hook == NULL)
		return true;
	if (value->kind == JSCAN_ARRAY)
		return edit_array(splice, point, value);
	if (added_everywhere(point)) {
		splice_replace(splice, value);
		put_own_array(splice, point);
	}
	return true;
}

/* The points that `seen` does not have, as members. */
static void put_missing(struct splice *splice, const bool seen[POINT_COUNT], bool first)
{
	for (size_t i = 0; i < POINT_COUNT; i++) {
		if (seen[i] || !added_everywhere(&points[i]))
			continue;
		splice_put(splice, first ? "" : ",");
		jscan_put_string(splice->out, points[i].key);
		splice_put(splice, ":");
		put_own_array(splice, &points[i]);
		splice->changed = true;
		first = false;
	}
}

static void put_own_hooks(struct splice *splice)
{
	const bool none[POINT_COUNT] = { false };

	splice_put(splice, "{");
	put_missing(splice, none, true);
	splice_put(splice, "}");
}

/* The hook point that a key names; POINT_COUNT for any other key. */
static bool find_point(struct splice *splice, const struct jscan_value *key,
	const bool seen[POINT_COUNT], size_t *ret_index)
{
	size_t i;

	for (i = 0; i < POINT_COUNT; i++) {
		enum jscan_match match = jscan_key_match(key, points[i].key);

		if (match == JSCAN_ALIKE || (match == JSCAN_SAME && seen[i]))
			return splice_refuse(
				splice, "a hook point is there twice, or in another spelling");
		if (match == JSCAN_SAME)
			break;
	}
	*ret_index = i;
	return true;
}

static bool edit_hooks(struct splice *splice, const struct jscan_value *hooks)
{
	bool seen[POINT_COUNT] = { false };
	const char *cursor = NULL, *last_end = hooks->start + 1;
	struct jscan_value key, value;

	while (jscan_next_member(hooks, &cursor, &key, &value)) {
		size_t index;

		if (!find_point(splice, &key, seen, &index))
			return false;
		last_end = value.end;
		if (index == POINT_COUNT)
			continue;
		seen[index] = true;
		if (!edit_point(splice, &points[index], &value))
			return false;
	}
	splice_copy_to(splice, last_end);
	put_missing(splice, seen, cursor == NULL);
	return true;
}

static void append_hooks(struct splice *splice, const struct jscan_value *top)
{
	const char *cursor = NULL, *last_end = top->start + 1;
	struct jscan_value key, value;

	while (jscan_next_member(top, &cursor, &key, &value))
		last_end = value.end;
	splice_insert_at(splice, last_end);
	splice_put(splice, cursor != NULL ? ",\"hooks\":" : "\"hooks\":");
	put_own_hooks(splice);
}

static bool edit_top(struct splice *splice, const struct jscan_value *top)
{
	struct jscan_value hooks;

	switch (jscan_find(top, "hooks", &hooks)) {
	case JSCAN_AMBIGUOUS:
		return splice_refuse(splice, "'hooks' is there twice, or in another spelling");
	case JSCAN_ABSENT:
		append_hooks(splice, top);
		return true;
	case JSCAN_FOUND:
		break;
	}
	if (hooks.kind == JSCAN_OBJECT)
		return edit_hooks(splice, &hooks);
	if (hooks.kind != JSCAN_NULL)
		return splice_refuse(splice, "'hooks' is not an object");
	splice_replace(splice, &hooks);
	put_own_hooks(splice);
	return true;
}

static bool edit(struct splice *splice, const char *text, size_t length)
{
	struct jscan_value top;

	if (!jscan(text, length, &top))
		return splice_refuse(splice, "it is not JSON");
	if (top.kind != JSCAN_OBJECT)
		return splice_refuse(splice, "it is not a JSON object");
	if (!edit_top(splice, &top))
		return false;
	splice_copy_to(splice, splice->end);
	return true;
}

int splice_hooks(const char *text, size_t length, const struct splice_plan *plan, char **ret_text,
	size_t *ret_length, const char **ret_why)
{
	struct splice splice = { .plan = plan, .copied = text, .end = text + length };
	char *edited = NULL;
	size_t edited_length = 0;
	bool good;

	splice.out = text_stream_open(&edited, &edited_length);
	if (splice.out == NULL) {
		*ret_why = "out of memory";
		return -1;
	}
	good = edit(&splice, text, length);
	if (fclose(splice.out) != 0 && good)
		good = splice_refuse(&splice, "out of memory");
	if (!good) {
		*ret_why = splice.why;
		free(edited);
		return -1;
	}
	if (!splice.changed) {
		free(edited);
		edited = NULL;
	}
	*ret_text = edited;
	*ret_length = edited != NULL ? edited_length : 0;
	return 0;
}
