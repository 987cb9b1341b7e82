/* SPDX-License-Identifier: Apache-2.0 */
#include "container/runtime_call.h"
#include "base/error.h"
#include "container/child.h"
#include "runtime/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t count(const char *const *words)
{
	size_t length = 0;

	while (words[length] != NULL)
		length++;
	return length;
}

const char **runtime_call_argv(const struct settings *settings, const char *log,
	const char *const *words, struct lifecycle_error *error)
{
	size_t own = json_array_size(settings->runtime_args), at = 0;
	const char **argv = calloc(own + count(words) + 6, sizeof(*argv));

	if (argv == NULL) {
		(void)error_no_memory(error);
		return NULL;
	}
	argv[at++] = settings->runtime;
	for (size_t i = 0; i < own; i++) {
		const char *option = json_string_value(json_array_get(settings->runtime_args, i));

		if (option != NULL)
			argv[at++] = option;
	}
	if (log != NULL) {
		argv[at++] = "--log";
		argv[at++] = log;
		argv[at++] = "--log-format";
		argv[at++] = "json";
	}
	for (size_t i = 0; words[i] != NULL; i++)
		argv[at++] = words[i];
	return argv;
}

int runtime_call_log_path(
	const char *container_path, char **ret_path, struct lifecycle_error *error)
{
	if (asprintf(ret_path, "%s/runtime.log", container_path) < 0)
		return error_no_memory(error);
	return 0;
}

static int run(const char *const *argv, const struct runtime_log *log,
	struct runtime_answer *ret_answer, struct lifecycle_error *error)
{
	struct runtime_answer answer = { .began = lifecycle_time_now() };
	int64_t place = runtime_log_length(log), began = lifecycle_monotonic_now();
	char logged[sizeof(answer.words)];

	if (child_run(argv, answer.words, sizeof(answer.words), &answer.status, error) < 0)
		return -1;
	answer.duration_ns = lifecycle_monotonic_now() - began;
	child_keep_last_line(answer.words);
	runtime_log_last_error(log, place, logged, sizeof(logged));
	if (logged[0] != '\0')
		memcpy(answer.words, logged, sizeof(logged));
	*ret_answer = answer;
	return 0;
}

int runtime_call(const struct settings *settings, const char *container_path,
	const char *const *words, struct runtime_answer *ret_answer, struct lifecycle_error *error)
{
	const char **argv;
	char *path;
	int result = -1;

	if (runtime_call_log_path(container_path, &path, error) < 0)
		return -1;
	argv = runtime_call_argv(settings, path, words, error);
	if (argv != NULL) {
		const struct runtime_log log = { .path = path, .format = "json" };

		result = run(argv, &log, ret_answer, error);
		free(argv);
	}
	free(path);
	return result;
}
