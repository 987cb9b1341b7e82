/* SPDX-License-Identifier: Apache-2.0 */
#include "container/conmon.h"
#include "base/error.h"
#include "container/child.h"
#include "container/conmon_process.h"
#include "container/runtime_call.h"
#include "runtime/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_NS 2000000

#define PID_NAME "pid"

/* What is below is placed for each child: 0, 1, 2 and one more. */
#define FIRST_INHERITED 10

/* ---- its command line ---- */

/* A list of texts of which it owns each. */
struct words {
	size_t count;
	char **items; /* NULL-terminated */
};

static int add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int add(struct words *words, const char *format, ...)
{
	char **items = reallocarray(words->items, words->count + 2, sizeof(*items));
	va_list arguments;
	int length;

	if (items == NULL)
		return -1;
	words->items = items;
	va_start(arguments, format);
	length = vasprintf(&items[words->count], format, arguments);
	va_end(arguments);
	if (length < 0)
		return -1;
	items[++words->count] = NULL;
	return 0;
}

static void free_words(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
}

static int add_container(struct words *words, const char *id, const char *path)
{
	if (add(words, "--api-version=1") < 0 || add(words, "--cid=%s", id) < 0 ||
		add(words, "--cuuid=%s", id) < 0 || add(words, "--name=%s", id) < 0 ||
		add(words, "--bundle=%s", path) < 0)
		return -1;
	if (add(words, "--container-pidfile=%s/" PID_NAME, path) < 0 ||
		add(words, "--conmon-pidfile=%s/" CONMON_PID_NAME, path) < 0 ||
		add(words, "--exit-dir=%s/exit", path) < 0 ||
		add(words, "--persist-dir=%s/exit", path) < 0)
		return -1;
	/* without --full-attach it makes its socket where only an engine has made a directory for it */
	if (add(words, "--full-attach") < 0 || add(words, "--no-sync-log") < 0)
		return -1;
	return add(words, "--log-path=k8s-file:%s/" CONMON_LOG_NAME, path);
}

static int add_runtime(struct words *words, const struct settings *settings, const char *path)
{
	if (add(words, "--runtime=%s", settings->runtime) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(settings->runtime_args); i++) {
		const char *option = json_string_value(json_array_get(settings->runtime_args, i));

		if (option != NULL && add(words, "--runtime-arg=%s", option) < 0)
			return -1;
	}
	if (add(words, "--runtime-arg=--log") < 0 ||
		add(words, "--runtime-arg=%s/runtime.log", path) < 0)
		return -1;
	return add(words, "--runtime-arg=--log-format") < 0 ? -1 : add(words, "--runtime-arg=json");
}

static int add_cleaner(struct words *words, const struct place *place, const char *id)
{
	const char *const arguments[] = { "--data-root", place->data_root, "--root",
		lifecycle_store_root(place->store), "--hooks-dir", place->hooks_dir, "cleanup", id,
		NULL };

	if (place->cleaner == NULL)
		return 0;
	if (add(words, "--exit-command=%s", place->cleaner) < 0)
		return -1;
	for (size_t i = 0; arguments[i] != NULL; i++)
		if (add(words, "--exit-command-arg=%s", arguments[i]) < 0)
			return -1;
	return 0;
}

static int make_command(const struct place *place, const struct hold *hold,
	const struct settings *settings, struct words *ret_words, struct lifecycle_error *error)
{
	static const char *const places[] = { "/usr/libexec/podman", "/usr/lib/podman",
		"/usr/lib/cri-o", NULL };
	struct words words = { 0 };
	char *program;

	if (child_find("conmon", places, "conmon", &program, error) < 0)
		return -1;
	if (add(&words, "%s", program) < 0 || add_container(&words, hold->id, hold->path) < 0 ||
		add_runtime(&words, settings, hold->path) < 0 ||
		add_cleaner(&words, place, hold->id) < 0) {
		free(program);
		free_words(&words);
		return error_no_memory(error);
	}
	free(program);
	*ret_words = words;
	return 0;
}

/* ---- what it answers ---- */

/* {"data": PID} or {"data": -1, "message": WORDS}, a line. */
static int read_answer(int pipe, struct conmon_answer *ret_answer, struct lifecycle_error *error)
{
	struct conmon_answer answer = { .pid = LIFECYCLE_UNKNOWN };
	FILE *in = fdopen(dup(pipe), "re");
	json_t *line = in == NULL ? NULL : json_loadf(in, JSON_DISABLE_EOF_CHECK, NULL);
	const json_t *data = json_object_get(line, "data");
	const char *words = json_string_value(json_object_get(line, "message"));

	if (in != NULL)
		(void)fclose(in);
	if (!json_is_integer(data)) {
		json_decref(line);
		return error_set(error, LIFECYCLE_ERROR_SYSTEM,
			"conmon ended without a word: see 'conmon.log' of the container");
	}
	if (json_integer_value(data) > 0)
		answer.pid = json_integer_value(data);
	snprintf(answer.words, sizeof(answer.words), "%s", words != NULL ? words : "");
	json_decref(line);
	*ret_answer = answer;
	return 0;
}

/* conmon goes on as a daemon: what we start ends at once. */
static int start(const struct hold *hold, const struct words *command, int answer,
	struct lifecycle_error *error)
{
	static const char *const environment[] = { "_OCI_SYNCPIPE=3", NULL };
	int log = openat(
		hold->directory, "conmon.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct child_files files = { .in = -1, .out = log, .err = log, .extra = answer };
	int result, status;
	pid_t pid;

	if (log < 0)
		return error_errno(error, errno, "'%s/conmon.log'", hold->path);
	result = child_start((const char *const *)command->items, environment, &files, &pid, error);
	if (result == 0)
		result = child_wait(pid, &status, error);
	(void)close(log);
	return result;
}

/*
 * conmon gets the reading end too. If we are killed, its answer fills a pipe that nobody reads; without a reader it would
 * give up, and nobody would read what the container writes, or write down how it ends.
 */
static int start_with_reader(const struct hold *hold, const struct words *command,
	const int ends[2], struct lifecycle_error *error)
{
	int reader = fcntl(ends[0], F_DUPFD, FIRST_INHERITED);
	int result;

	if (reader < 0)
		return error_errno(error, errno, "no pipe for conmon");
	result = start(hold, command, ends[1], error);
	(void)close(reader);
	return result;
}

static int start_and_listen(const struct hold *hold, const struct words *command,
	struct conmon_answer *ret_answer, struct lifecycle_error *error)
{
	int ends[2];
	int result;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(error, errno, "no pipe for conmon");
	result = start_with_reader(hold, command, ends, error);
	(void)close(ends[1]);
	if (result == 0)
		result = read_answer(ends[0], ret_answer, error);
	(void)close(ends[0]);
	return result;
}

static int remove_file(const struct hold *hold, const char *name, struct lifecycle_error *error)
{
	if (unlinkat(hold->directory, name, 0) < 0 && errno != ENOENT)
		return error_errno(error, errno, "cannot remove '%s/%s'", hold->path, name);
	return 0;
}

/* What an earlier life has left would be taken for this one's. */
static int clear(const struct hold *hold, struct lifecycle_error *error)
{
	char exit_name[NAME_MAX + sizeof("exit/")];

	snprintf(exit_name, sizeof(exit_name), "exit/%s", hold->id);
	if (mkdirat(hold->directory, "exit", 0700) < 0 && errno != EEXIST)
		return error_errno(error, errno, "cannot make '%s/exit'", hold->path);
	if (remove_file(hold, CONMON_PID_NAME, error) < 0 || remove_file(hold, PID_NAME, error) < 0)
		return -1;
	return remove_file(hold, exit_name, error);
}

/* The runtime's log has its words without what conmon adds. */
static void prefer_log(const struct runtime_log *log, int64_t place, struct conmon_answer *answer)
{
	char words[sizeof(answer->words)];

	runtime_log_last_error(log, place, words, sizeof(words));
	if (words[0] != '\0')
		memcpy(answer->words, words, sizeof(words));
}

int conmon_create(const struct place *place, const struct hold *hold,
	const struct settings *settings, struct conmon_answer *ret_answer,
	struct lifecycle_error *error)
{
	struct runtime_log log = { .format = "json" };
	struct words command = { 0 };
	char *log_path;
	int64_t at;
	int result;

	if (clear(hold, error) < 0 || make_command(place, hold, settings, &command, error) < 0)
		return -1;
	result = runtime_call_log_path(hold->path, &log_path, error);
	if (result == 0) {
		log.path = log_path;
		at = runtime_log_length(&log);
		result = start_and_listen(hold, &command, ret_answer, error);
		if (result == 0 && ret_answer->pid == LIFECYCLE_UNKNOWN)
			prefer_log(&log, at, ret_answer);
		free(log_path);
	}
	free_words(&command);
	return result;
}

/* ---- its end ---- */

static bool read_exit_code(const char *path, const char *id, long *ret_code)
{
	char name[NAME_MAX + sizeof("exit/")];

	snprintf(name, sizeof(name), "exit/%s", id);
	return conmon_read_number(path, name, ret_code);
}

bool conmon_is_creating(const char *path, const char *id)
{
	long number;

	/* the runtime writes the pid when it has done all */
	return conmon_lives(path, id) && !conmon_read_number(path, PID_NAME, &number) &&
	       !read_exit_code(path, id, &number);
}

bool conmon_exit_code(const char *path, const char *id, int64_t deadline, int *ret_code)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_NS };
	bool alive = true;
	long code;

	while (!read_exit_code(path, id, &code)) {
		/* one look more after its end, for it may have written just before */
		if (!alive || lifecycle_monotonic_now() >= deadline)
			return false;
		alive = conmon_lives(path, id);
		if (alive)
			(void)nanosleep(&pause, NULL);
	}
	*ret_code = (int)code;
	return true;
}
