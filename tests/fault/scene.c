/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST_FILE ((size_t)1 << 20)

struct scene scenes[] = {
	{ .what = "createRuntime, and there is no record",
		.hook = { "lifecycle-create-runtime", LIFECYCLE_POINT_CREATE_RUNTIME },
		.options = { "--annotation", "com.example/team" } },
	{ .what = "createRuntime, and there is a stopped generation",
		.hook = { "lifecycle-create-runtime", LIFECYCLE_POINT_CREATE_RUNTIME },
		.before = "records/kept/stopped.json" },
	{ .what = "createRuntime, and there is a bad record",
		.hook = { "lifecycle-create-runtime", LIFECYCLE_POINT_CREATE_RUNTIME },
		.before = "records/invalid/garbage.json",
		.bad = true },
	{ .what = "prestart with a command",
		.hook = { "lifecycle-prestart", LIFECYCLE_POINT_PRESTART },
		.command = "/bin/true" },
	{ .what = "createContainer with a command, and there is nerdctl's record",
		.hook = { "lifecycle-create-container", LIFECYCLE_POINT_CREATE_CONTAINER },
		.before = "records/read/nerdctl.json",
		.command = "/bin/true" },
	{ .what = "poststart",
		.hook = { "lifecycle-poststart", LIFECYCLE_POINT_POSTSTART },
		.before = "records/kept/smallest.json" },
	{ .what = "poststop that sweeps",
		.hook = { "lifecycle-poststop", LIFECYCLE_POINT_POSTSTOP },
		.before = "records/kept/smallest.json",
		.options = { "--retention", "1h" } },
};
const int scene_count = sizeof(scenes) / sizeof(scenes[0]);

/* The store, which is the working directory, and what is in it. */
static char root[64];
static const char container[] = "c1";
static const char record_path[] = "c1/lifecycle.json";
static const char aside_path[] = "c1/lifecycle.json.corrupt";
static const char temporary_path[] = "c1/.lifecycle.json.tmp";
static const char swept_path[] = ".swept";
static const char log_path[] = ".log";
static const char state_path[] = ".state";

void scene_bail_out(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(EXIT_FAILURE);
}

/* ---- files ---- */

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, LARGEST_FILE);

	if (file && text)
		text[fread(text, 1, LARGEST_FILE - 1, file)] = '\0';
	if (!file) {
		free(text);
		return NULL;
	}
	fclose(file);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0 || chmod(path, 0600) < 0)
		scene_bail_out(path);
}

char *scene_data(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[4096];
	char *text;

	snprintf(path, sizeof(path), "%s/tests/data/%s", top ? top : ".", name);
	text = read_file(path);
	if (!text)
		scene_bail_out(path);
	return text;
}

/* ---- the place ---- */

void scene_begin(void)
{
	char state[256];

	/* memory, if there is such a place: each run syncs its files */
	snprintf(root, sizeof(root), "%s/oci-lifecycle-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(root) || chdir(root) < 0)
		scene_bail_out(root);
	snprintf(state, sizeof(state),
		"{\"ociVersion\":\"1.0.2\",\"id\":\"c1\",\"status\":\"running\",\"pid\":%d,"
		"\"bundle\":\"/b\",\"annotations\":{\"nerdctl/name\":\"web\","
		"\"com.example/team\":\"blue\"}}",
		(int)getpid());
	write_file(state_path, state);
}

static void clear(void)
{
	(void)unlink(record_path);
	(void)unlink(aside_path);
	(void)unlink(temporary_path);
	(void)rmdir(container);
}

void scene_end(void)
{
	clear();
	(void)unlink(swept_path);
	(void)unlink(LIFECYCLE_COUNTS_FILE);
	(void)unlink(log_path);
	(void)unlink(state_path);
	if (rmdir(root) < 0)
		scene_bail_out("something is left");
}

void scene_prepare(const struct scene *scene)
{
	static const struct timespec long_ago[] = { { 1000, 0 }, { 1000, 0 } };
	char *text;

	clear();
	write_file(swept_path, "");
	(void)utimensat(AT_FDCWD, swept_path, long_ago, 0);
	if (!scene->before)
		return;
	(void)mkdir(container, 0700);
	text = scene_data(scene->before);
	write_file(record_path, text);
	free(text);
}

static char *argument(const char *text)
{
	return (char *)(uintptr_t)text;
}

int scene_enter(const struct scene *scene, char *arguments[SCENE_ARGUMENTS])
{
	int state = open(state_path, O_RDONLY | O_CLOEXEC);
	int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int count = 0;

	if (state < 0 || log < 0 || dup2(state, STDIN_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(1);
	arguments[count++] = argument(scene->hook.name);
	arguments[count++] = argument("--root");
	arguments[count++] = root;
	for (int i = 0; i < 4 && scene->options[i]; i++)
		arguments[count++] = argument(scene->options[i]);
	if (scene->command) {
		arguments[count++] = argument("--");
		arguments[count++] = argument(scene->command);
	}
	arguments[count] = NULL;
	return count;
}

/* ---- what is found ---- */

/* What is another in each run. */
static void normalize(json_t *json)
{
	static const char *const varying[] = { "instance", "time", "created_at", "started_at",
		"finished_at", "duration_ns" };
	const char *key;
	json_t *value;
	size_t index;

	for (size_t i = 0; i < sizeof(varying) / sizeof(varying[0]); i++)
		if (json_object_get(json, varying[i]))
			json_object_set_new(json, varying[i], json_string("*"));
	json_object_foreach(json, key, value)
		normalize(value);
	json_array_foreach(json, index, value)
		normalize(value);
}

static json_t *found(void)
{
	char *text = read_file(record_path);
	json_t *json;

	if (!text)
		return NULL;
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (!json)
		return json_string("no JSON");
	normalize(json);
	return json;
}

static bool is(const json_t *json, const json_t *other)
{
	return json && other ? json_equal(json, other) : !json && !other;
}

/* Byte by byte; a bad one may have been set aside. */
static bool is_untouched(const struct scene *scene, const json_t *json)
{
	char *expected, *text;
	bool same;

	if (!scene->before)
		return !json;
	expected = scene_data(scene->before);
	text = read_file(json ? record_path : scene->bad ? aside_path : record_path);
	same = text && strcmp(text, expected) == 0;
	free(expected);
	free(text);
	return same;
}

static int lines_said(void)
{
	char *text = read_file(log_path);
	int lines = 0;

	for (const char *at = text; text && *at; at++)
		lines += *at == '\n';
	free(text);
	return lines;
}

void scene_learn(struct scene *scene)
{
	json_t *hooks;

	scene->new = found();
	if (!scene->new || lines_said() != 0)
		scene_bail_out(scene->what);
	scene->begun = json_deep_copy(scene->new);
	hooks = json_object_get(scene->begun, "hooks");
	json_object_del(json_array_get(hooks, json_array_size(hooks) - 1), "duration_ns");
}

void scene_forget(struct scene *scene)
{
	json_decref(scene->new);
	json_decref(scene->begun);
}

const char *scene_judge(const struct scene *scene)
{
	json_t *json = found();
	bool is_new = is(json, scene->new);
	bool is_begun = scene->command && is(json, scene->begun);
	bool is_old = is_untouched(scene, json);
	int lines = lines_said();

	json_decref(json);
	if (lines > 1)
		return "it says more than one line";
	if (!is_new && !is_begun && !is_old)
		return "the record is neither the old one nor the new one";
	if (!is_new && lines == 0)
		return "it writes nothing, and says nothing";
	return NULL;
}

const char *scene_judge_next(const struct scene *scene)
{
	json_t *json = found();
	bool good =
		json_is_string(json_object_get(json, "status")) &&
		is(json_object_get(json, "recovered"), json_object_get(scene->new, "recovered"));

	json_decref(json);
	if (!good)
		return "the next one writes no good record";
	if (lines_said() > 0)
		return "the next one does not go without a word";
	if (access(temporary_path, F_OK) == 0)
		return "the next one leaves a temporary file";
	return NULL;
}
