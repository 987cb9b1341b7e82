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
	const char *words;  /* of parse_word() */
	const char *theirs; /* a word of docker's that is understood besides; NULL for none */
	/* Whether the condition's value is one; NULL if it takes any text. */
	int (*parse)(struct filter_condition *condition, struct lifecycle_error *error);
	bool each; /* of several, every one must hold */
	bool (*holds)(const struct filter_condition *condition, const struct view *view);
};

/* ---- what holds ---- */

static bool id_holds(const struct filter_condition *condition, const struct view *view)
{
	const char *id = lifecycle_record_id(view->record);

	return id != NULL && strncmp(id, condition->value, strlen(condition->value)) == 0;
}

/* A part of it; with docker's ^ its beginning, with $ its end. Docker's own names begin with a slash. */
static bool name_holds(const struct filter_condition *condition, const struct view *view)
{
	const char *name = lifecycle_record_name(view->record);
	const char *part = condition->value;
	bool begins = part[0] == '^';
	size_t length;
	bool ends;

	part += begins ? 1 + (part[1] == '/') : 0;
	length = strlen(part);
	ends = length > 0 && part[length - 1] == '$';
	length -= ends;
	for (const char *at = name; at != NULL; at = *at != '\0' && !begins ? at + 1 : NULL)
		if (strncmp(at, part, length) == 0 && (!ends || at[length] == '\0'))
			return true;
	return false;
}

static bool status_holds(const struct filter_condition *condition, const struct view *view)
{
	if (strcmp(condition->value, "paused") == 0)
		return view_is_paused(view);
	if (strcmp(condition->value, "exited") == 0)
		return view_has_exited_for_docker(view);
	return view_is(view, lifecycle_status_from_name(condition->value));
}

static bool reason_holds(const struct filter_condition *condition, const struct view *view)
{
	const char *reason = lifecycle_reason_name(view->observed.reason);

	return reason != NULL && strcmp(reason, condition->value) == 0;
}

static bool exit_code_holds(const struct filter_condition *condition, const struct view *view)
{
	return view_exit_code(view) == condition->number;
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

	return time != LIFECYCLE_UNKNOWN && time >= condition->number;
}

static bool until_holds(const struct filter_condition *condition, const struct view *view)
{
	int64_t time = began(view);

	return time != LIFECYCLE_UNKNOWN && time < condition->number;
}

/* ---- what may be asked for ---- */

static bool is_word_of(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL && length > 0; at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return strchr(word, ' ') == NULL;
	return false;
}

static int parse_word(struct filter_condition *condition, struct lifecycle_error *error)
{
	const struct filter_key *key = condition->key;

	if (is_word_of(key->words, condition->value) ||
		(key->theirs != NULL && strcmp(key->theirs, condition->value) == 0))
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID, "'%s' is no %s: it is one of %s",
		condition->value, key->name, key->words);
}

static int parse_exit_code(struct filter_condition *condition, struct lifecycle_error *error)
{
	size_t digits = strspn(condition->value, "0123456789");

	condition->number = strtol(condition->value, NULL, 10);
	if (digits > 0 && condition->value[digits] == '\0' && condition->number <= UINT8_MAX)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID,
		"'%s' is no exit_code: it is a number from 0 to 255", condition->value);
}

static int parse_time(struct filter_condition *condition, struct lifecycle_error *error)
{
	return when_parse_time(condition->value, lifecycle_time_now(), &condition->number, error);
}

static const struct filter_key keys[] = {
	{ .name = "id", .help = "the beginning of its ID", .holds = id_holds },
	{ .name = "name", .help = "a part of its name", .holds = name_holds },
	{ .name = "status",
		.help = "what is true now",
		.holds = status_holds,
		.parse = parse_word,
		.words = "creating created running paused stopped",
		.theirs = "exited" },
	{ .name = "reason",
		.help = "why it ended",
		.holds = reason_holds,
		.parse = parse_word,
		.words = "exited create_failed never_started lost_reboot lost_runtime" },
	{ .name = "exit_code",
		.help = "with which its program ended",
		.holds = exit_code_holds,
		.parse = parse_exit_code },
	{ .name = "create_error",
		.help = "whether it failed before its program ran",
		.holds = create_error_holds,
		.parse = parse_word,
		.words = "true false" },
	{ .name = "annotation",
		.help = "K, or K=V: an annotation that it has",
		.each = true,
		.holds = annotation_holds },
	{ .name = "since",
		.help = "created at that time or later",
		.holds = since_holds,
		.parse = parse_time },
	{ .name = "until",
		.help = "created before that time",
		.holds = until_holds,
		.parse = parse_time },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define KEY_COUNT    COUNT(keys)

/* Keys of docker's and podman's that no record can answer, and what can. */
#define NO_LABELS    "a record has no labels; annotation=KEY=VALUE is what a hook's --annotation keeps"
#define NOT_RECORDED "no record says that"
static const struct {
	const char *name;
	const char *why;
} not_ours[] = {
	{ "label", NO_LABELS },
	{ "label!", NO_LABELS },
	{ "before", "until=TIME takes the time at which that one was created" },
	{ "ancestor", NOT_RECORDED },
	{ "expose", NOT_RECORDED },
	{ "health", NOT_RECORDED },
	{ "is-task", NOT_RECORDED },
	{ "isolation", NOT_RECORDED },
	{ "network", NOT_RECORDED },
	{ "pod", NOT_RECORDED },
	{ "publish", NOT_RECORDED },
	{ "restart-policy", NOT_RECORDED },
	{ "volume", NOT_RECORDED },
};

/* ---- parsing ---- */

static bool is_key(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && strncmp(name, text, length) == 0;
}

/* Docker's `exited` is its exit code. */
static const struct filter_key *find_key(const char *text, size_t length)
{
	if (is_key("exited", text, length)) {
		text = "exit_code";
		length = strlen(text);
	}
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (is_key(keys[i].name, text, length))
			return &keys[i];
	return NULL;
}

static int refuse_key(const char *text, size_t length, struct lifecycle_error *error)
{
	char known[256] = "";

	for (size_t i = 0; i < COUNT(not_ours); i++)
		if (is_key(not_ours[i].name, text, length))
			return error_set(
				error, LIFECYCLE_ERROR_INVALID, "'%s': %s", text, not_ours[i].why);
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

	condition->key = find_key(text, length);
	if (condition->key == NULL || text[length] == '\0')
		return refuse_key(text, length, error);
	condition->value = text + length + 1;
	return condition->key->parse != NULL ? condition->key->parse(condition, error) : 0;
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

/* ---- admitting ---- */

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

/* ---- help ---- */

void filter_print_help(void)
{
	printf("\nfilters, KEY=VALUE; of the same KEY one must hold, of annotation all:\n");
	for (size_t i = 0; i < KEY_COUNT; i++)
		cli_print_row(
			18, keys[i].name, keys[i].words != NULL ? keys[i].words : keys[i].help);
	printf("docker's status=exited, exited=N and name=^NAME$ are understood, too\n");
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
