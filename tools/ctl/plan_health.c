/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/plan_health.h"
#include "base/error.h"
#include "cli/when.h"
#include "container/health.h"

#include <stdlib.h>

/* As podman has it: an array is a program and its arguments, all else is for a shell. */
static json_t *make_test(const char *command)
{
	json_t *words = json_loads(command, 0, NULL);

	if (json_array_size(words) > 0) {
		if (json_array_insert_new(words, 0, json_string("CMD")) == 0)
			return words;
	}
	json_decref(words);
	return json_pack("[s, s]", "CMD-SHELL", command);
}

static int set_test(json_t *check, const char *command, struct lifecycle_error *error)
{
	if (command == NULL || json_object_set_new(check, "Test", make_test(command)) == 0)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID, "--health-cmd is no UTF-8");
}

static int set_length(
	json_t *check, const char *key, const char *text, struct lifecycle_error *error)
{
	int64_t length;

	if (text == NULL)
		return 0;
	if (when_parse_duration(text, &length, error) < 0)
		return -1;
	return json_object_set_new(check, key, json_integer(length)) < 0 ? error_no_memory(error)
									 : 0;
}

static int set_retries(json_t *check, const char *text, struct lifecycle_error *error)
{
	char *end;
	long count;

	if (text == NULL)
		return 0;
	count = strtol(text, &end, 10);
	if (end == text || *end != '\0' || count < 1 || count > 1000000)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"--health-retries needs a number from 1 on, not '%s'", text);
	return json_object_set_new(check, "Retries", json_integer(count)) < 0
		       ? error_no_memory(error)
		       : 0;
}

static int set_all(
	json_t *check, const struct plan_health_options *options, struct lifecycle_error *error)
{
	if (set_test(check, options->command, error) < 0 ||
		set_length(check, "Interval", options->interval, error) < 0 ||
		set_length(check, "Timeout", options->timeout, error) < 0 ||
		set_length(check, "StartPeriod", options->start_period, error) < 0)
		return -1;
	return set_retries(check, options->retries, error);
}

static bool changes_any(const struct plan_health_options *options)
{
	return options->command != NULL || options->interval != NULL || options->timeout != NULL ||
	       options->start_period != NULL || options->retries != NULL;
}

static int check_whole(const json_t *check, bool changed, struct lifecycle_error *error)
{
	struct health health;
	bool is_one;

	if (health_read(check, &health, error) < 0)
		return -1;
	is_one = health.argv != NULL;
	health_free(&health);
	if (is_one || !changed)
		return 0;
	return error_set(error, LIFECYCLE_ERROR_INVALID,
		"there is no health check to be changed: --health-cmd is missing");
}

int plan_health(const struct plan_health_options *options, const json_t *own, json_t **ret_check,
	struct lifecycle_error *error)
{
	bool changed = changes_any(options);
	json_t *check;

	*ret_check = NULL;
	if (options->none && changed)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"--no-healthcheck excludes the other options of a health check");
	if (options->none || (own == NULL && !changed))
		return 0;
	check = own != NULL ? json_copy((json_t *)(uintptr_t)own) : json_object();
	if (set_all(check, options, error) < 0 || check_whole(check, changed, error) < 0) {
		json_decref(check);
		return -1;
	}
	*ret_check = check;
	return 0;
}
