/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/choice.h"
#include "base/error.h"
#include "base/text_stream.h"
#include "query/follow/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- what is asked of an event ---- */

struct choice_condition {
	const char *key; /* of the event, or of its attributes */
	const char *value;
};

/* As docker and podman call the same. */
static const struct {
	const char *theirs;
	const char *ours;
} spellings[] = {
	{ "create", "created" },
	{ "start", "started" },
	{ "die", "stopped" },
	{ "died", "stopped" },
	{ "destroy", "removed" },
	{ "remove", "removed" },
};

static const struct {
	const char *name;
	const char *key;
	const char *help;
} keys[] = {
	{ "event", "event", "created hook hook_ended error started stopped lost removed" },
	{ "id", "id", "the beginning of the container's ID" },
	{ "container", "id", "the same" },
	{ "point", "point", "a hook's, such as createRuntime" },
	{ "command", "command", "a wrapped hook's path" },
	{ "reason", "reason", "why it ended" },
	{ "exit_code", "exit_code", "with which it ended, or a hook" },
};

static int check_event(const char **word, struct lifecycle_error *error)
{
	for (size_t i = 0; i < COUNT(spellings); i++)
		if (strcmp(*word, spellings[i].theirs) == 0)
			*word = spellings[i].ours;
	for (int kind = EVENT_CREATED; kind <= EVENT_REMOVED; kind++)
		if (strcmp(*word, event_kind_name((enum event_kind)kind)) == 0)
			return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID, "'%s' is no event: it is one of %s", *word,
		keys[0].help);
}

static int refuse(const char *text, struct lifecycle_error *error)
{
	char known[128] = "";

	for (size_t i = 0; i < COUNT(keys); i++) {
		strcat(known, i > 0 ? ", " : "");
		strcat(known, keys[i].name);
	}
	return error_set(error, LIFECYCLE_ERROR_INVALID,
		"'%s' is no filter of events: one is KEY=VALUE with a KEY of %s", text, known);
}

static int parse_condition(
	const char *text, struct choice_condition *condition, struct lifecycle_error *error)
{
	size_t length = strcspn(text, "=");

	for (size_t i = 0; i < COUNT(keys); i++)
		if (strlen(keys[i].name) == length && strncmp(keys[i].name, text, length) == 0)
			condition->key = keys[i].key;
	if (condition->key == NULL || text[length] == '\0')
		return refuse(text, error);
	condition->value = text + length + 1;
	return strcmp(condition->key, "event") == 0 ? check_event(&condition->value, error) : 0;
}

int choice_parse_filters(
	const struct cli_values *texts, struct choice *choice, struct lifecycle_error *error)
{
	choice->conditions = calloc(texts->count + 1, sizeof(*choice->conditions));
	if (choice->conditions == NULL)
		return error_no_memory(error);
	for (; choice->count < texts->count; choice->count++)
		if (parse_condition(texts->items[choice->count], &choice->conditions[choice->count],
			    error) < 0)
			return -1;
	return 0;
}

static bool is_value(const json_t *value, const char *text)
{
	char number[24];

	if (json_is_string(value))
		return strcmp(json_string_value(value), text) == 0;
	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
	return json_is_integer(value) && strcmp(number, text) == 0;
}

static bool holds(const struct choice_condition *condition, const json_t *event)
{
	const json_t *value = json_object_get(event, condition->key);

	if (strcmp(condition->key, "id") == 0)
		return json_is_string(value) && strncmp(json_string_value(value), condition->value,
							strlen(condition->value)) == 0;
	if (value == NULL)
		value = json_object_get(json_object_get(event, "attributes"), condition->key);
	return is_value(value, condition->value);
}

/* Whether one of the conditions on this one's key holds. */
static bool key_admits(
	const struct choice *choice, const struct choice_condition *condition, const json_t *event)
{
	for (size_t i = 0; i < choice->count; i++)
		if (strcmp(choice->conditions[i].key, condition->key) == 0 &&
			holds(&choice->conditions[i], event))
			return true;
	return false;
}

bool choice_admits(const struct choice *choice, int64_t time, const json_t *event)
{
	if (choice->until != 0 && time != LIFECYCLE_UNKNOWN && time >= choice->until)
		return false;
	for (size_t i = 0; i < choice->count; i++)
		if (!key_admits(choice, &choice->conditions[i], event))
			return false;
	return true;
}

int choice_time_left(const struct choice *choice, int most)
{
	int64_t left = (choice->until - lifecycle_time_now() + 999999) / 1000000;

	if (choice->until == 0 || (most >= 0 && left > most))
		return most;
	if (left > INT32_MAX)
		return INT32_MAX;
	return left > 0 ? (int)left : 0;
}

bool choice_is_over(const struct choice *choice)
{
	return choice->until != 0 && lifecycle_time_now() >= choice->until;
}

/* ---- in which form ---- */

static int check_template(const struct template *template, struct lifecycle_error *error)
{
	json_t *known = json_pack("{s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n}", "time",
		"id", "instance", "generation", "event", "attributes", "event_id", "host",
		"machine_id", "boot_id");
	int result;

	if (known == NULL)
		return error_no_memory(error);
	result = template_check(template, known, error);
	json_decref(known);
	return result;
}

int choice_parse_format(const char *text, struct choice *choice, struct lifecycle_error *error)
{
	if (text == NULL || strcmp(text, "json") == 0 || strcmp(text, "jsonl") == 0)
		return 0;
	if (strstr(text, "{{") == NULL || strncmp(text, "table ", strlen("table ")) == 0)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no format of events: it is json or a template such as "
			"'{{.Event}}'",
			text);
	if (template_parse(text, &choice->template, error) < 0)
		return -1;
	return check_template(choice->template, error);
}

int choice_print(const struct choice *choice, const json_t *event, char **ret_text,
	struct lifecycle_error *error)
{
	const struct template_scope scope = { .tree = event, .escape = choice->escape };
	char *text = NULL;
	size_t size;
	FILE *out = text_stream_open(&text, &size);
	int result;

	if (out == NULL)
		return error_no_memory(error);
	result = template_print(choice->template, &scope, out, error);
	if (fclose(out) != 0 && result == 0)
		result = error_no_memory(error);
	if (result < 0)
		free(text);
	else
		*ret_text = text;
	return result;
}

void choice_free(struct choice *choice)
{
	free(choice->conditions);
	template_free(choice->template);
}

/* ---- help ---- */

void choice_print_help(void)
{
	printf("\nfilters, KEY=VALUE; of the same KEY one must hold:\n");
	for (size_t i = 0; i < COUNT(keys); i++)
		cli_print_row(10, keys[i].name, keys[i].help);
}

void choice_complete(const struct cli_call *call, const char *begun)
{
	char word[64];

	(void)call;
	for (size_t i = 0; i < COUNT(keys) && strncmp(begun, "event=", strlen("event=")) != 0;
		i++) {
		snprintf(word, sizeof(word), "%s=", keys[i].name);
		cli_offer(begun, word, keys[i].help);
	}
	for (int kind = EVENT_CREATED; kind <= EVENT_REMOVED; kind++) {
		snprintf(word, sizeof(word), "event=%s", event_kind_name((enum event_kind)kind));
		if (strncmp(begun, "event=", strlen("event=")) == 0)
			cli_offer(begun, word, NULL);
	}
}
