/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/splice_hook.h"
#include "base/defaults.h"
#include "runtime/jscan_text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The deadline of our hooks is shorter; this is for a machine on which they cannot keep their deadline. */
#define HOOK_TIMEOUT_SECONDS 10
#define OWN_SECONDS          (DEFAULTS_TIMEOUT_NS / 1000000000)
#define HOOK_PATH            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

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

/* The first arguments of each hook of ours, without the closing bracket. */
static void put_own_args(struct splice *splice, const char *name)
{
	splice_put(splice, "[");
	jscan_put_string(splice->out, name);
	if (splice->plan->root != NULL) {
		splice_put(splice, ",\"--root\",");
		jscan_put_string(splice->out, splice->plan->root);
	}
	if (splice->plan->exit_dir != NULL && strcmp(name, SPLICE_POSTSTOP) == 0) {
		splice_put(splice, ",\"--exit-dir\",");
		jscan_put_string(splice->out, splice->plan->exit_dir);
	}
}

void splice_put_hook(struct splice *splice, const char *name)
{
	splice_put(splice, "{\"path\":");
	put_path(splice, name);
	splice_put(splice, ",\"args\":");
	put_own_args(splice, name);
	fprintf(splice->out, "],\"env\":[\"PATH=%s\"],\"timeout\":%d}", HOOK_PATH,
		HOOK_TIMEOUT_SECONDS);
}

/* ---- one hook that is there already ---- */

/* Whether the hook is ours. If its path cannot be read, the hook is another's, and we cannot run it. */
static void read_path(struct hook *hook)
{
	char path[PATH_MAX];
	const char *name;

	if (!jscan_string(&hook->path, path, sizeof(path)) || path[0] != '/')
		return;
	name = strrchr(path, '/') + 1;
	if (strlen(name) < sizeof(hook->name))
		strcpy(hook->name, name);
	hook->ours = strncmp(name, SPLICE_OUR_PREFIX, strlen(SPLICE_OUR_PREFIX)) == 0;
	hook->wrappable = !hook->ours;
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
		if (hook->ours && jscan_string(&argument, text, sizeof(text)) &&
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
	read_path(&hook);
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
static void put_wrapping_args(struct splice *splice, const char *name, const struct hook *hook)
{
	const char *cursor = NULL;
	struct jscan_value argument;

	put_own_args(splice, name);
	put_own_timeout(splice, hook);
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

static void replace_args(struct splice *splice, const char *name, const struct hook *hook)
{
	splice_replace(splice, &hook->args);
	put_wrapping_args(splice, name, hook);
}

/* The hook's env, timeout and other keys stay as they are. */
void splice_wrap_hook(struct splice *splice, const char *name, const struct hook *hook)
{
	bool has_args = hook->args.start != NULL;
	bool args_first = has_args && hook->args.start < hook->path.start;

	if (args_first)
		replace_args(splice, name, hook);
	splice_replace(splice, &hook->path);
	put_path(splice, name);
	if (!has_args) {
		splice_put(splice, ",\"args\":");
		put_wrapping_args(splice, name, hook);
	} else if (!args_first) {
		replace_args(splice, name, hook);
	}
}
