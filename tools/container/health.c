/* SPDX-License-Identifier: Apache-2.0 */
#include "container/health.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

/* 0 is what Docker writes for "not said". */
static int64_t number_or(const json_t *check, const char *key, int64_t fallback)
{
	int64_t number = json_integer_value(json_object_get(check, key));

	return number > 0 ? number : fallback;
}

static const char *word(const json_t *test, size_t index)
{
	return json_string_value(json_array_get(test, index));
}

static int take_words(const json_t *test, size_t from, const char **argv)
{
	size_t count = json_array_size(test);

	for (size_t i = from; i < count; i++) {
		if (word(test, i) == NULL)
			return -1;
		argv[i - from] = word(test, i);
	}
	return count > from ? 0 : -1;
}

static int take_shell(const json_t *test, const char **argv)
{
	argv[0] = "/bin/sh";
	argv[1] = "-c";
	argv[2] = word(test, 1);
	return argv[2] != NULL && json_array_size(test) == 2 ? 0 : -1;
}

static int take_test(const json_t *test, struct health *health, struct lifecycle_error *error)
{
	const char *kind = word(test, 0);
	int result = -1;

	if (json_is_array(test) && json_array_size(test) == 0)
		return 0;
	if (kind != NULL && strcmp(kind, "NONE") == 0)
		return 0;
	health->argv = calloc(json_array_size(test) + 3, sizeof(*health->argv));
	if (health->argv == NULL)
		return error_no_memory(error);
	if (kind != NULL && strcmp(kind, "CMD") == 0)
		result = take_words(test, 1, health->argv);
	else if (kind != NULL && strcmp(kind, "CMD-SHELL") == 0)
		result = take_shell(test, health->argv);
	if (result == 0)
		return 0;
	health_free(health);
	return error_set(error, LIFECYCLE_ERROR_SYSTEM, "its health check is not as Docker has it");
}

int health_read(const json_t *check, struct health *ret_health, struct lifecycle_error *error)
{
	const json_t *test = json_object_get(check, "Test");
	struct health health = {
		.interval = number_or(check, "Interval", 30 * SECOND),
		.timeout = number_or(check, "Timeout", 30 * SECOND),
		.start_period = number_or(check, "StartPeriod", 0),
		.retries = number_or(check, "Retries", 3),
	};

	if (test != NULL && take_test(test, &health, error) < 0)
		return -1;
	*ret_health = health;
	return 0;
}

void health_free(struct health *health)
{
	free(health->argv);
	health->argv = NULL;
}
