/* SPDX-License-Identifier: Apache-2.0 */
#include "records/filter.h"
#include "base/error.h"
#include "cli/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct filter_key {
	const char *name;
	const char *help;
	const char *words; /* NULL if it takes any value */
	bool is_time;
	bool each; /* of several, every one must hold */
	bool (*holds)(const struct filter_condition *condition, const struct view *view);
};

static bool id_holds(const struct filter_condition *condition, const struct view *view)
{
	const char *id = lifecycle_record_id(view->record);

	return id != NULL && strncmp(id, condition->value, strlen(condition->value)) == 0;
}

static bool name_holds(const struct filter_condition *condition, const struct view *view)
{
	const char *name = lifecycle_record_name(view->record);

	return name != NULL && strstr(name, condition->value) != NULL;
}

static bool status_holds(const struct filter_condition *condition, const struct view *view)
{
	if (strcmp(condition->value, "paused") == 0)
		return view_is_paused(view);
	return view_is(view, lifecycle_status_from_name(condition->value));
}

static bool reason_holds(const struct filter_condition *condition, const struct view *view)
{
	const char *reason = lifecycle_reason_name(view->observed.reason);

	return reason != NULL && strcmp(reason, condition->value) == 0;
}

static bool create_error_holds(const struct filter_condition *condition, const struct view *view)
{
	return view->observed.create_error == (strcmp(condition->value, "true") == 0);
}

/* KEY or KEY=VALUE; a key may hold what it likes but '='. */
static bool annotation_holds(const struct filter_condition *condition, const struct view *view)
{
	const char *equals = strchr(condition->value, '=');
	size_t length = strcspn(condition->value, "=");

	for (size_t i = 0; i < lifecycle_record_annotation_count(view->record); i++) {
		const char *key = lifecycle_record_annotation_key(view->record, i);

		if (strlen(key) == length && strncmp(key, condition->value, length) == 0)
			return equals == NULL ||
			       strcmp(lifecycle_record_annotation(view->record, key), equals + 1) ==
				       0;
	}
	return false;
}

/* When it began: what is known of that. */
static int64_t began(const struct view *view)
{
	return view->shown->created_at != LIFECYCLE_UNKNOWN ? view->shown->created_at
							    : view->shown->started_at;
}

static bool since_holds(const struct filter_condition *condition, const struct view *view)
{
	int64_t time = began(view);

	return time != LIFECYCLE_UNKNOWN && time >= condition->time;
}

static bool until_holds(const struct filter_condition *condition, const struct view *view)
{
	int64_t time = began(view);

	return time != LIFECYCLE_UNKNOWN && time < condition->time;
}

static const struct filter_key keys[] = {
	{ .name = "id", .help = "the beginning of its ID", .holds = id_holds },
	{ .name = "name", .help = "a part of its name", .holds = name_holds },
	{ .name = "status",
		.help = "what is true now",
		.holds = status_holds,
		.words = "creating created running paused stopped" },
	{ .name = "reason",
		.help = "why it ended",
		.holds = reason_holds,
		.words = "exited create_failed never_started lost_reboot lost_runtime" },
	{ .name = "create_error",
		.help = "whether it failed before its program ran",
		.holds = create_error_holds,
		.words = "true false" },
	{ .name = "annotation",
		.help = "K, or K=V: an annotation that it has",
		.each = true,
		.holds = annotation_holds },
	{ .name = "since",
		.help = "created at that time or later",
		.is_time = true,
		.holds = since_holds },
	{ .name = "until",
		.help = "created before that time",
		.is_time = true,
		.holds = until_holds },
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

static bool is_word_of(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL && length > 0; at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return strchr(word, ' ') == NULL;
	return false;
}

static int refuse_key(const char *text, struct lifecycle_error *error)
{
	char known[256] = "";

	for (size_t i = 0; i < KEY_COUNT; i++) {
		strcat(known, i > 0 ? ", " : "");
		strcat(known, keys[i].name);
	}
	return error_set(error, LIFECYCLE_ERROR_INVALID,
		"'%s' is no filter: one is KEY=VALUE with a KEY of %s", text, known);
}

static int parse_condition(
	const char *text, struct filter_condition *condition, struct lifecycle_error *error)
{
	size_t length = strcspn(text, "=");

	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strlen(keys[i].name) == length && strncmp(keys[i].name, text, length) == 0)
			condition->key = &keys[i];
	if (condition->key == NULL || text[length] == '\0')
		return refuse_key(text, error);
	condition->value = text + length + 1;
	if (condition->key->words != NULL && !is_word_of(condition->key->words, condition->value))
		return error_set(error, LIFECYCLE_ERROR_INVALID, "'%s' is no %s: it is one of %s",
			condition->value, condition->key->name, condition->key->words);
	if (!condition->key->is_time)
		return 0;
	return when_parse_time(condition->value, lifecycle_time_now(), &condition->time, error);
}

int filter_parse(
	const struct cli_values *texts, struct filter *ret_filter, struct lifecycle_error *error)
{
	struct filter filter = { .count = texts->count,
		.conditions = calloc(texts->count + 1, sizeof(*filter.conditions)) };

	if (filter.conditions == NULL)
		return error_no_memory(error);
	for (size_t i = 0; i < texts->count; i++) {
		if (parse_condition(texts->items[i], &filter.conditions[i], error) < 0) {
			filter_free(&filter);
			return -1;
		}
	}
	*ret_filter = filter;
	return 0;
}

void filter_free(struct filter *filter)
{
	free(filter->conditions);
}

/* Whether the conditions on one key hold. */
static bool key_admits(
	const struct filter *filter, const struct filter_key *key, const struct view *view)
{
	bool asked = false;
	bool any = false;
	bool all = true;

	for (size_t i = 0; i < filter->count; i++) {
		bool holds;

		if (filter->conditions[i].key != key)
			continue;
		holds = key->holds(&filter->conditions[i], view);
		asked = true;
		any = any || holds;
		all = all && holds;
	}
	return !asked || (key->each ? all : any);
}

bool filter_admits(const struct filter *filter, const struct view *view)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (!key_admits(filter, &keys[i], view))
			return false;
	return true;
}

void filter_print_help(void)
{
	printf("\nfilters, KEY=VALUE; of the same KEY one must hold, of annotation all:\n");
	for (size_t i = 0; i < KEY_COUNT; i++)
		printf("  %-18s  %s\n", keys[i].name,
			keys[i].words != NULL ? keys[i].words : keys[i].help);
}

static void offer_words(const struct filter_key *key, const char *begun)
{
	char word[64];
	const char *at = key->words;

	while (at != NULL && *at != '\0') {
		size_t length = strcspn(at, " ");

		snprintf(word, sizeof(word), "%s=%.*s", key->name, (int)length, at);
		cli_offer(begun, word, NULL);
		at += length + (at[length] == ' ');
	}
}

void filter_complete(const struct cli_call *call, const char *begun)
{
	char word[64];

	(void)call;
	for (size_t i = 0; i < KEY_COUNT; i++) {
		snprintf(word, sizeof(word), "%s=", keys[i].name);
		if (keys[i].words != NULL && strncmp(begun, word, strlen(word)) == 0)
			offer_words(&keys[i], begun);
		else
			cli_offer(begun, word, keys[i].help);
	}
}
