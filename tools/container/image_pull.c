/* SPDX-License-Identifier: Apache-2.0 */
#include "container/image_pull.h"
#include "base/error.h"
#include "container/child.h"
#include "container/image_layout.h"
#include "container/image_name.h"
#include "container/remove_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct pull {
	const struct image_source *from;
	char *skopeo;
	char *source;   /* as skopeo has it */
	char *incoming; /* an OCI layout of its own, whose blobs are already where they belong */
	char *target;
	char *blobs;
};

/* ---- what skopeo says ---- */

/* time="..." level=fatal msg="WORDS", with \" in them: the words. */
static void take_message(char *words)
{
	static const char mark[] = " msg=\"";
	char *from = strstr(words, mark), *to = words;

	if (from == NULL)
		return;
	for (from += sizeof(mark) - 1; *from != '\0' && *from != '"'; from++) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		*to++ = *from;
	}
	*to = '\0';
}

static void drop_prefix(char *words, const char *begin, const char *end)
{
	char *at = strncmp(words, begin, strlen(begin)) == 0 ? strstr(words, end) : NULL;

	if (at != NULL)
		memmove(words, at + strlen(end), strlen(at + strlen(end)) + 1);
}

/* "manifest unknown: manifest unknown" says it twice. */
static void drop_repetition(char *words)
{
	char *last = strrchr(words, ':');
	size_t length;

	if (last == NULL || last[1] != ' ')
		return;
	length = strlen(last + 2);
	if (length > 0 && (size_t)(last - words) >= length &&
		strncmp(last - length, last + 2, length) == 0)
		*last = '\0';
}

void image_pull_shorten(char *words)
{
	child_keep_last_line(words);
	take_message(words);
	drop_prefix(words, "initializing source ", ": ");
	drop_prefix(words, "Error parsing image name ", ": ");
	drop_repetition(words);
}

static int refuse(const struct pull *pull, char *words, struct lifecycle_error *error)
{
	image_pull_shorten(words);
	return error_set(error, LIFECYCLE_ERROR_SYSTEM, "the image '%s' cannot be pulled: %s%s",
		pull->from->name, words[0] != '\0' ? words : "skopeo does not say why",
		strstr(words, "HTTP response to HTTPS client") != NULL
			? " (--tls-verify=false asks it without TLS)"
			: "");
}

/* ---- its two calls ---- */

/* The OCI layout will not have the health check, which is Docker's own. */
static int inspect(const struct pull *pull, int out, struct lifecycle_error *error)
{
	const struct child_files files = { .in = -1, .out = out, .extra = -1 };
	const char *argv[8] = { pull->skopeo, "inspect", "--config", "--raw" };
	char words[4096], option[32];
	size_t at = 4;
	int status;

	snprintf(option, sizeof(option), "--tls-verify=%s",
		pull->from->tls_verify != NULL ? pull->from->tls_verify : "");
	if (pull->from->tls_verify != NULL)
		argv[at++] = option;
	argv[at] = pull->source;
	if (child_run_apart(argv, &files, words, sizeof(words), &status, error) < 0)
		return -1;
	return status == 0 ? 0 : refuse(pull, words, error);
}

static int find_health(const struct pull *pull, json_t **ret_health, struct lifecycle_error *error)
{
	int out = memfd_create("config", MFD_CLOEXEC), result;
	json_t *whole;

	if (out < 0)
		return error_errno(error, errno, "no place for what skopeo says");
	result = inspect(pull, out, error);
	if (result == 0) {
		(void)lseek(out, 0, SEEK_SET);
		whole = json_loadfd(out, 0, NULL);
		*ret_health = json_incref(
			json_object_get(json_object_get(whole, "config"), "Healthcheck"));
		json_decref(whole);
	}
	(void)close(out);
	return result;
}

/* What it says as it goes on is for a person at a terminal. */
static int copy(const struct pull *pull, struct lifecycle_error *error)
{
	const struct child_files files = {
		.in = -1, .out = isatty(STDERR_FILENO) ? STDERR_FILENO : -1, .extra = -1
	};
	const char *argv[8] = { pull->skopeo, "copy", "--dest-shared-blob-dir", pull->blobs };
	char words[4096], option[32];
	size_t at = 4;
	int status;

	snprintf(option, sizeof(option), "--src-tls-verify=%s",
		pull->from->tls_verify != NULL ? pull->from->tls_verify : "");
	if (pull->from->tls_verify != NULL)
		argv[at++] = option;
	argv[at++] = pull->source;
	argv[at] = pull->target;
	if (child_run_apart(argv, &files, words, sizeof(words), &status, error) < 0)
		return -1;
	return status == 0 ? 0 : refuse(pull, words, error);
}

/* ---- the whole ---- */

static int prepare(struct pull *pull, struct lifecycle_error *error)
{
	const struct image_source *from = pull->from;

	if (child_find("skopeo", NULL, "skopeo", &pull->skopeo, error) < 0 ||
		image_name_source(from->name, &pull->source, error) < 0)
		return -1;
	if (asprintf(&pull->incoming, "%s/incoming", from->layout) < 0 ||
		asprintf(&pull->blobs, "%s/blobs", from->layout) < 0 ||
		asprintf(&pull->target, "oci:%s:%s", pull->incoming, from->tag) < 0)
		return error_no_memory(error);
	/* of one who was killed */
	return remove_tree(pull->incoming, error);
}

static int take_in(const struct pull *pull, json_t *health, struct lifecycle_error *error)
{
	json_t *notes = json_pack("{s:s}", IMAGE_LAYOUT_NAME_KEY, pull->from->name);
	char *text = health != NULL ? json_dumps(health, JSON_COMPACT) : NULL;
	int result;

	if (text != NULL)
		(void)json_object_set_new(notes, IMAGE_LAYOUT_HEALTH_KEY, json_string(text));
	free(text);
	if (notes == NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID, "the image's name is no UTF-8");
	result = image_layout_add(pull->from->layout, pull->incoming, notes, error);
	json_decref(notes);
	return result;
}

int image_pull(const struct image_source *source, struct lifecycle_error *error)
{
	struct pull pull = { .from = source };
	struct lifecycle_error ignored;
	json_t *health = NULL;
	int result = prepare(&pull, error);

	if (result == 0)
		result = find_health(&pull, &health, error);
	if (result == 0)
		result = copy(&pull, error);
	if (result == 0)
		result = take_in(&pull, health, error);
	json_decref(health);
	if (pull.incoming != NULL)
		(void)remove_tree(pull.incoming, &ignored);
	free(pull.skopeo);
	free(pull.source);
	free(pull.incoming);
	free(pull.blobs);
	free(pull.target);
	return result;
}
