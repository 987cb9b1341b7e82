/* SPDX-License-Identifier: Apache-2.0 */
#include "case_view.h"
#include "unit.h"

#include <string.h>

static int64_t number_of(const json_t *now, const char *key)
{
	const json_t *value = json_object_get(now, key);

	return json_is_integer(value) ? json_integer_value(value) : LIFECYCLE_UNKNOWN;
}

static const char *text_of(const json_t *now, const char *key)
{
	return json_string_value(json_object_get(now, key));
}

static int64_t time_of(const json_t *now, const char *key)
{
	const char *text = text_of(now, key);
	int64_t time = LIFECYCLE_UNKNOWN;

	ck_assert(text == NULL || lifecycle_time_parse(text, &time));
	return time;
}

/* The word among those that a function knows. */
static int word_of(const json_t *now, const char *key, const char *(*name)(int))
{
	const char *text = text_of(now, key);

	for (int i = 1; text != NULL && i < 32; i++)
		if (name(i) != NULL && strcmp(name(i), text) == 0)
			return i;
	ck_assert_ptr_null(text);
	return 0;
}

static const char *reason_name(int value)
{
	return lifecycle_reason_name((enum lifecycle_reason)value);
}

static const char *source_name(int value)
{
	return lifecycle_source_name((enum lifecycle_source)value);
}

void unit_observe(const struct lifecycle_record *record, const json_t *now, struct view *ret_view)
{
	struct view *view = ret_view;
	struct lifecycle_observed *observed = &view->observed;

	view_of(record, view);
	observed->looked = !json_is_false(json_object_get(now, "looked"));
	observed->status = lifecycle_status_from_name(text_of(now, "status"));
	observed->reason = (enum lifecycle_reason)word_of(now, "reason", reason_name);
	observed->create_error = json_is_true(json_object_get(now, "create_error"));
	observed->started_at = time_of(now, "started_at");
	observed->started_at_source =
		(enum lifecycle_source)word_of(now, "started_at_source", source_name);
	observed->pid = number_of(now, "pid");
	observed->exit_code = number_of(now, "exit_code");
	observed->exit_signal = number_of(now, "exit_signal");
	view->shown = view->current;
	if (json_is_true(json_object_get(now, "earlier")))
		view->shown = lifecycle_record_previous(view->record, 0);
}
