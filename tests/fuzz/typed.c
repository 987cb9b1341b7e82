/* SPDX-License-Identifier: Apache-2.0 */
/* What people type: a template, and a reference to a container. */
#include "base/utf8.h"
#include "libstate.h"
#include "query/output/template.h"
#include "targets.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a template ---- */

static json_t *tree(void)
{
	static const char text[] = "{\"id\":\"c1\",\"name\":\"a\\u001b[31mb\\u202e\",\"pid\":42,"
				   "\"started_at\":null,\"create_error\":false,"
				   "\"annotations\":{\"k\":\"v\",\"a b\":\"c\",\"\":\"empty\"},"
				   "\"errors\":[{\"message\":\"one\"},{\"message\":\"\\u0007\"}]}";
	static json_t *json;

	if (json == NULL)
		json = json_loads(text, 0, NULL);
	return json;
}

/* NULL if it is no template, or cannot be done with what there is. free() it. */
static char *print(const char *text, bool escape)
{
	struct template_scope scope = { .tree = tree(), .escape = escape };
	struct template *template;
	char *printed = NULL;
	size_t size;
	FILE *out;
	int result;

	if (template_parse(text, &template, NULL) < 0)
		return NULL;
	out = open_memstream(&printed, &size);
	(void)template_check(template, tree(), NULL);
	result = template_print(template, &scope, out, NULL);
	fclose(out);
	template_free(template);
	if (result == 0)
		return printed;
	free(printed);
	return NULL;
}

/* What is cut at a tab of its own: its cells say, a tab between them, what the whole says, if nothing takes blanks away. */
static const char *check_cells(const char *text, const char *whole)
{
	const char *rest, *fault = NULL;
	size_t length = template_cell(text, &rest);
	char *cell = strndup(text, length);
	char *first = print(cell, false), *second = rest != NULL ? print(rest, false) : NULL;

	if (length > strlen(text) || (rest == NULL && text[length] != '\0'))
		fault = "a cell is no part of the template";
	if (!fault && rest != NULL && first != NULL && second != NULL &&
		strstr(text, "{{-") == NULL && strstr(text, "-}}") == NULL &&
		(strlen(whole) != strlen(first) + 1 + strlen(second) ||
			strncmp(whole, first, strlen(first)) != 0 || whole[strlen(first)] != '\t' ||
			strcmp(whole + strlen(first) + 1, second) != 0))
		fault = "the cells do not say what the whole says";
	free(first);
	free(second);
	free(cell);
	return fault;
}

/* Of a value nothing reaches a terminal that steers it; what the template itself holds, or makes, does. */
static const char *check_escaped(const char *text)
{
	bool may_make = strpbrk(text, "\033\\%") != NULL;
	char *printed = print(text, true);
	const char *fault = printed != NULL && strchr(printed, '\033') != NULL && !may_make
				    ? "a value's control byte is printed"
				    : NULL;

	free(printed);
	return fault;
}

const char *fuzz_template(const char *bytes, size_t length)
{
	char *text = strndup(bytes, length);
	char *whole = text != NULL ? print(text, false) : NULL;
	const char *fault = NULL;

	if (text == NULL)
		abort();
	if (whole == NULL)
		fault = strstr(text, "{{") == NULL ? "plain text is refused" : NULL;
	else if (strlen(whole) > (strlen(text) + 1) * 512)
		fault = "more is printed than the template can ask for";
	if (whole != NULL && !fault)
		fault = check_cells(text, whole);
	if (whole != NULL && !fault)
		fault = check_escaped(text);
	free(whole);
	free(text);
	return fault;
}

/* ---- a reference ---- */

static const struct {
	const char *id, *name, *pod;
} containers[] = {
	{ "web", "front", "pod" },
	{ "0123abc", "web", "-" },
	{ "0123abd", "a/b/c", "-" },
	{ "w", "front", "-" },
	{ "other", "pod/front", "pod" },
};

#define CONTAINER_COUNT (sizeof(containers) / sizeof(containers[0]))

static void put(const char *root, size_t number)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, containers[number].id);
	if (mkdir(path, 0700) < 0)
		abort();
	strncat(path, "/lifecycle.json", sizeof(path) - strlen(path) - 1);
	file = fopen(path, "we");
	if (file == NULL)
		abort();
	fprintf(file,
		"{\"version\":1,\"id\":\"%s\",\"name\":\"%s\",\"create_error\":false,"
		"\"annotations\":{\"io.kubernetes.pod.name\":\"%s\"}}\n",
		containers[number].id, containers[number].name, containers[number].pod);
	fclose(file);
}

static char root[] = "/dev/shm/fuzz-XXXXXX";

static void remove_store(void)
{
	char path[256];

	for (size_t i = 0; i < CONTAINER_COUNT; i++) {
		snprintf(path, sizeof(path), "%s/%s/lifecycle.json", root, containers[i].id);
		unlink(path);
		*strrchr(path, '/') = '\0';
		rmdir(path);
	}
	rmdir(root);
}

static struct lifecycle_store *store(void)
{
	static struct lifecycle_store *opened;

	if (opened != NULL)
		return opened;
	if (mkdtemp(root) == NULL)
		abort();
	atexit(remove_store);
	for (size_t i = 0; i < CONTAINER_COUNT; i++)
		put(root, i);
	if (lifecycle_store_open(root, LIFECYCLE_ACCESS_READ, &opened, NULL) < 0)
		abort();
	return opened;
}

/* By a rule that is wider than the right one: its ID begins so, or one of its names ends so, after a slash that is not the first byte. */
static bool may_mean(size_t number, const char *reference)
{
	const char *name = containers[number].name;
	size_t length = strlen(reference), size = strlen(name);

	if (strncmp(containers[number].id, reference, length) == 0)
		return true;
	if (length <= size && strcmp(name + size - length, reference) == 0)
		return length == size || name[size - length - 1] == '/';
	return length > size && strcmp(reference + length - size, name) == 0 &&
	       reference[length - size - 1] == '/' &&
	       strncmp(reference, containers[number].pod, strlen(containers[number].pod)) == 0;
}

static const char *check_found(const char *reference, const char *id)
{
	for (size_t i = 0; i < CONTAINER_COUNT; i++)
		if (strcmp(containers[i].id, reference) == 0 && strcmp(id, reference) != 0)
			return "an ID is not taken for what it is";
	for (size_t i = 0; i < CONTAINER_COUNT; i++)
		if (strcmp(containers[i].id, id) == 0)
			return may_mean(i, reference) ? NULL : "what is found is not meant";
	return "what is found is not there";
}

static bool is_printable(const char *text)
{
	while (*text != '\0') {
		uint32_t code_point;
		size_t size = utf8_character(text, strlen(text), &code_point);

		if (size == 0 || utf8_steers_terminal(code_point))
			return false;
		text += size;
	}
	return true;
}

static const char *check_not_found(const char *reference, const struct lifecycle_error *error)
{
	for (size_t i = 0; i < CONTAINER_COUNT; i++)
		if (strcmp(reference, containers[i].id) == 0)
			return "an ID is not found";
	return is_printable(error->message) ? NULL : "what is said steers a terminal";
}

const char *fuzz_reference(const char *bytes, size_t length)
{
	char *reference = strndup(bytes, length), *id = NULL;
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct lifecycle_strings candidates = { 0 };
	const char *fault = NULL;

	if (reference == NULL)
		abort();
	if (lifecycle_store_resolve(store(), reference, &id, &candidates, &error) == 0)
		fault = check_found(reference, id);
	else
		fault = check_not_found(reference, &error);
	if (!fault && error.code == LIFECYCLE_ERROR_AMBIGUOUS && candidates.count < 2)
		fault = "there is no other that could be meant";
	lifecycle_strings_free(&candidates);
	free(id);
	free(reference);
	return fault;
}
