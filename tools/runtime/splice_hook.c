/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/splice_hook.h"
#include "base/defaults.h"
#include "runtime/jscan_text.h"
#include "runtime/splice_name.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define OWN_SECONDS (DEFAULTS_TIMEOUT_NS / 1000000000)
#define HOOK_PATH   "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

bool splice_refuse(struct splice *splice, const char *why)
{
	splice->why = why;
	return false;
}

/* ---- editing: in the order of the text ---- */

void splice_copy_to(struct splice *splice, const char *to)
{
	fwrite(splice->copied, 1, (size_t)(to - splice->copied), splice->out);
	splice->copied = to;
}

void splice_insert_at(struct splice *splice, const char *to)
{
	splice_copy_to(splice, to);
	splice->changed = true;
}

void splice_replace(struct splice *splice, const struct jscan_value *value)
{
	splice_insert_at(splice, value->start);
	splice->copied = value->end;
}

void splice_put(struct splice *splice, const char *text)
{
	fputs(text, splice->out);
}

static void put_raw(struct splice *splice, const struct jscan_value *value)
{
	fwrite(value->start, 1, (size_t)(value->end - value->start), splice->out);
}

static void put_path(struct splice *splice, const char *name)
{
	splice_put(splice, "\"");
	jscan_put_inside(splice->out, splice->plan->hooks_dir);
	splice_put(splice, "/");
	splice_put(splice, name);
	splice_put(splice, "\"");
}

static void put_option(struct splice *splice, const char *option, const char *value)
{
	if (value == NULL)
		return;
	splice_put(splice, ",\"");
	splice_put(splice, option);
	splice_put(splice, "\",");
	jscan_put_string(splice->out, value);
}

static void put_each(struct splice *splice, const char *option, const char *const *values)
{
	for (; values != NULL && *values != NULL; values++)
		put_option(splice, option, *values);
}

/* The first arguments of each hook of ours, without the closing bracket. */
static void put_own_args(struct splice *splice, const char *name)
{
	splice_put(splice, "[");
	jscan_put_string(splice->out, name);
	put_option(splice, "--root", splice->plan->root);
	if (strcmp(name, SPLICE_NAME_POSTSTOP) == 0)
		put_option(splice, "--exit-dir", splice->plan->exit_dir);
	put_each(splice, "--name-annotation", splice->plan->name_annotations);
	put_each(splice, "--annotation", splice->plan->annotations);
}

void splice_put_hook(struct splice *splice, const char *name)
{
	splice_put(splice, "{\"path\":");
	put_path(splice, name);
	splice_put(splice, ",\"args\":");
	put_own_args(splice, name);
	fprintf(splice->out, "],\"env\":[\"PATH=%s\"]", HOOK_PATH);
	if (splice->plan->limit > 0)
		fprintf(splice->out, ",\"timeout\":%d", splice->plan->limit);
	splice_put(splice, "}");
}

/* ---- one hook that is there already ---- */

static size_t length_without_slashes(const char *directory, size_t length)
{
	while (length > 0 && directory[length - 1] == '/')
		length--;
	return length;
}

/* Whether a path, of which this much is before the name, lies there. */
static bool is_in(const char *directory, const char *path, size_t length)
{
	if (directory == NULL)
		return false;
	length = length_without_slashes(path, length);
	return length == length_without_slashes(directory, strlen(directory)) &&
	       memcmp(path, directory, length) == 0;
}

/* The hook of ours that this path names; NULL for another's, also if it bears a name of ours. */
static const char *find_ours(const struct splice_plan *plan, const char *path)
{
	size_t length = (size_t)(strrchr(path, '/') + 1 - path);
	const char *name;

	if (!is_in(plan->hooks_dir, path, length) && !is_in(plan->installed_dir, path, length))
		return NULL;
	for (size_t i = 0; (name = splice_name_at(i)) != NULL; i++)
		if (strcmp(path + length, name) == 0)
			return name;
	return NULL;
}

/* If its path cannot be read, the hook is another's, and we cannot run it. */
static void read_path(const struct splice *splice, struct hook *hook)
{
	char path[PATH_MAX];

	if (!jscan_string(&hook->path, path, sizeof(path)) || path[0] != '/')
		return;
	hook->name = find_ours(splice->plan, path);
	hook->wrappable = hook->name == NULL;
}

static bool read_args(struct splice *splice, const struct jscan_value *object, struct hook *hook)
{
	const char *cursor = NULL;
	struct jscan_value argument;

	hook->args.kind = JSCAN_NULL;
	hook->args.start = NULL;
	if (jscan_find(object, "args", &hook->args) == JSCAN_AMBIGUOUS)
		return splice_refuse(splice, "a hook has two 'args'");
	if (hook->args.kind == JSCAN_NULL)
		return true;
	if (hook->args.kind != JSCAN_ARRAY)
		return splice_refuse(splice, "a hook's 'args' is not an array");
	while (jscan_next_element(&hook->args, &cursor, &argument)) {
		char text[sizeof("--")];

		if (argument.kind != JSCAN_STRING)
			return splice_refuse(splice, "an argument of a hook is not a string");
		if (hook->name != NULL && jscan_string(&argument, text, sizeof(text)) &&
			strcmp(text, "--") == 0)
			hook->wraps = true;
	}
	return true;
}

static bool read_timeout(struct splice *splice, const struct jscan_value *object, struct hook *hook)
{
	struct jscan_value timeout;

	switch (jscan_find(object, "timeout", &timeout)) {
	case JSCAN_AMBIGUOUS:
		return splice_refuse(splice, "a hook has two 'timeout'");
	case JSCAN_FOUND:
		/* a number ends in the text before the text does: at a bracket or a comma */
		hook->timeout = timeout.kind == JSCAN_OTHER ? strtol(timeout.start, NULL, 10) : 0;
		return true;
	case JSCAN_ABSENT:
		break;
	}
	return true;
}

bool splice_read_hook(
	struct splice *splice, const struct jscan_value *object, struct hook *ret_hook)
{
	struct hook hook = { 0 };

	if (object->kind != JSCAN_OBJECT)
		return splice_refuse(splice, "a hook is not an object");
	if (jscan_find(object, "path", &hook.path) != JSCAN_FOUND || hook.path.kind != JSCAN_STRING)
		return splice_refuse(splice, "a hook does not have one 'path'");
	read_path(splice, &hook);
	if (!read_args(splice, object, &hook) || !read_timeout(splice, object, &hook))
		return false;
	*ret_hook = hook;
	return true;
}

/* Our hook takes at most a quarter of the time that the runtime gives: the rest is for the hook that ours runs. */
static void put_own_timeout(struct splice *splice, const struct hook *hook)
{
	if (hook->timeout > 0 && hook->timeout < 4 * OWN_SECONDS)
		fprintf(splice->out, ",\"--timeout\",\"%ld.%02ld\"", hook->timeout / 4,
			hook->timeout % 4 * 25);
}

/* Our arguments, and after `--` the other hook's path and arguments; its argv[0] is an option. */
static void put_wrapping_args(
	struct splice *splice, const char *name, const struct hook *hook, size_t index)
{
	const char *cursor = NULL;
	struct jscan_value argument;

	put_own_args(splice, name);
	put_own_timeout(splice, hook);
	fprintf(splice->out, ",\"--index\",\"%zu\"", index);
	if (hook->args.kind == JSCAN_ARRAY && jscan_next_element(&hook->args, &cursor, &argument)) {
		splice_put(splice, ",\"--argv0\",");
		put_raw(splice, &argument);
	}
	splice_put(splice, ",\"--\",");
	put_raw(splice, &hook->path);
	while (cursor != NULL && jscan_next_element(&hook->args, &cursor, &argument)) {
		splice_put(splice, ",");
		put_raw(splice, &argument);
	}
	splice_put(splice, "]");
}

static void replace_args(
	struct splice *splice, const char *name, const struct hook *hook, size_t index)
{
	splice_replace(splice, &hook->args);
	put_wrapping_args(splice, name, hook, index);
}

/* The hook's env, timeout and other keys stay as they are. */
void splice_wrap_hook(
	struct splice *splice, const char *name, const struct hook *hook, size_t index)
{
	bool has_args = hook->args.start != NULL;
	bool args_first = has_args && hook->args.start < hook->path.start;

	if (args_first)
		replace_args(splice, name, hook, index);
	splice_replace(splice, &hook->path);
	put_path(splice, name);
	if (!has_args) {
		splice_put(splice, ",\"args\":");
		put_wrapping_args(splice, name, hook, index);
	} else if (!args_first) {
		replace_args(splice, name, hook, index);
	}
}
