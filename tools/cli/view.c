/* SPDX-License-Identifier: Apache-2.0 */
#include "view.h"
#include "cli.h"
#include "format.h"

#include <stdlib.h>
#include <string.h>

int view_of(const struct lifecycle_record *record, json_t **ret_view, struct lifecycle_error *error)
{
	struct lifecycle_observed observed;
	json_error_t why;
	char *text;
	size_t length;
	json_t *view;

	lifecycle_observe(record, &observed);
	if (lifecycle_record_encode(record, &observed, &text, &length, error) != 0)
		return -1;
	view = json_loadb(text, length, JSON_ALLOW_NUL, &why);
	free(text);
	if (view == NULL)
		return cli_error(
			error, LIFECYCLE_ERROR_NO_MEMORY, "cannot look at a record: %s", why.text);
	*ret_view = view;
	return 0;
}

static int put_empty(json_t *object, const char *keys)
{
	while (*keys != '\0') {
		size_t length = strcspn(keys, " ");

		if (json_object_setn_new(object, keys, length, json_string("")) != 0)
			return -1;
		keys += length + (keys[length] == ' ');
	}
	return 0;
}

json_t *view_known(void)
{
	static const char keys[] =
		"version id name bundle oci_version annotations generation instance status reason "
		"pid pid_start_ticks boot_id pid_ns init_exe init_forked created_at "
		"started_at started_at_source finished_at finished_at_source exit_code "
		"create_error errors "
		"hooks previous recovered";
	json_t *view = json_object();
	json_t *observed = json_object();

	if (put_empty(view, keys) == 0 &&
		put_empty(observed, "looked status reason create_error") == 0 &&
		json_object_set(view, "observed", observed) == 0) {
		json_decref(observed);
		return view;
	}
	json_decref(observed);
	json_decref(view);
	return NULL;
}

json_t *view_at(const json_t *view, const char *path)
{
	while (view != NULL) {
		size_t length = strcspn(path, ".");

		view = json_object_getn(view, path, length);
		if (path[length] == '\0')
			return json_is_null(view) ? NULL : (json_t *)view;
		path += length + 1;
	}
	return NULL;
}

const char *view_text(const json_t *view, const char *path)
{
	return json_string_value(view_at(view, path));
}

int64_t view_number(const json_t *view, const char *path)
{
	const json_t *value = view_at(view, path);

	return json_is_integer(value) ? json_integer_value(value) : LIFECYCLE_UNKNOWN;
}

int64_t view_time(const json_t *view, const char *path)
{
	const char *text = view_text(view, path);
	int64_t time;

	return text != NULL && lifecycle_time_parse(text, &time) ? time : LIFECYCLE_UNKNOWN;
}

bool view_flag(const json_t *view, const char *path)
{
	return json_is_true(view_at(view, path));
}

int64_t view_duration(const json_t *view, const char *path)
{
	int64_t duration = view_number(view, path);

	return duration < 0 ? LIFECYCLE_UNKNOWN : duration;
}

int64_t view_after(int64_t time, int64_t duration)
{
	if (time == LIFECYCLE_UNKNOWN || duration == LIFECYCLE_UNKNOWN)
		return time;
	return time > INT64_MAX - duration ? INT64_MAX : time + duration;
}

bool view_start_is_provisional(const json_t *view)
{
	const char *source = view_text(view, "started_at_source");

	if (source == NULL)
		return true;
	return strcmp(source, lifecycle_source_name(LIFECYCLE_SOURCE_POSTSTART)) != 0 &&
	       strcmp(source, lifecycle_source_name(LIFECYCLE_SOURCE_RUNTIME)) != 0;
}

bool view_has_reason(const json_t *view, enum lifecycle_reason reason)
{
	const char *is = view_text(view, "observed.reason");

	return is != NULL && strcmp(is, lifecycle_reason_name(reason)) == 0;
}

bool view_never_ran(const json_t *view)
{
	return view_has_reason(view, LIFECYCLE_REASON_CREATE_FAILED) ||
	       view_has_reason(view, LIFECYCLE_REASON_NEVER_STARTED);
}

int64_t view_start(const json_t *view)
{
	if (view_start_is_provisional(view) && view_never_ran(view))
		return LIFECYCLE_UNKNOWN;
	return view_time(view, "started_at");
}

bool view_is(const json_t *view, enum lifecycle_status status)
{
	return lifecycle_status_from_name(view_text(view, "observed.status")) == status;
}

bool view_print_error(const json_t *view, FILE *out)
{
	const json_t *errors = view_at(view, "errors");
	const json_t *last = json_array_get(errors, json_array_size(errors) - 1);
	const char *message = view_text(last, "message");
	const char *said = format_last_line(view_text(last, "stderr"));

	if (last == NULL)
		return false;
	fputs(message != NULL ? message : "failed", out);
	if (said != NULL && *said != '\0')
		fprintf(out, ": %.*s", (int)strcspn(said, "\n"), said);
	return true;
}

/* jansson leaves DEL, C1 and the marks of writing direction as they are. They stand in strings only, so there
 * an escape says the same. */
static size_t escape(const unsigned char *at, unsigned *ret_point)
{
	unsigned point;

	if (at[0] == 0x7f) {
		*ret_point = at[0];
		return 1;
	}
	if (at[0] == 0xc2 && at[1] < 0xa0) {
		*ret_point = at[1];
		return 2;
	}
	if (at[0] != 0xe2 || (at[1] != 0x80 && at[1] != 0x81))
		return 0;
	point = 0x2000u | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
	*ret_point = point;
	return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ? 3 : 0;
}

static void print_escaped(const char *text, FILE *out)
{
	const unsigned char *at = (const unsigned char *)text;
	unsigned point;

	while (*at != '\0') {
		size_t size = escape(at, &point);

		if (size > 0)
			fprintf(out, "\\u%04x", point);
		else
			putc(*at, out);
		at += size > 0 ? size : 1;
	}
}

int view_print(const json_t *tree, size_t flags, FILE *out, struct lifecycle_error *error)
{
	char *text = json_dumps(tree, flags | JSON_ENCODE_ANY);

	if (text == NULL)
		return cli_no_memory(error);
	print_escaped(text, out);
	free(text);
	return 0;
}
