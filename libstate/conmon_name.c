/* SPDX-License-Identifier: Apache-2.0 */
#include "conmon_name.h"
#include "proc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The runtime is the parent; lifecycle-runtime, or a shell that calls the runtime, may stand between it and conmon. */
#define MOST_ANCESTORS 3

#define LONGEST_NAME 255

/* ---- a command line ---- */

/* The word at *at; NULL at the end, also if the last word was cut off. */
static const char *next_word(const char *text, size_t length, size_t *at)
{
	const char *word = text + *at;
	const char *end = memchr(word, '\0', length - *at);

	if (end == NULL)
		return NULL;
	*at += (size_t)(end - word) + 1;
	return word;
}

/* The value of the first option that is called so, "-c ID", "--cid ID" or "--cid=ID"; NULL if there is none. */
static const char *find_value(
	const char *text, size_t length, const char *short_name, const char *long_name)
{
	size_t long_length = strlen(long_name);
	const char *word;
	size_t at = 0;

	while ((word = next_word(text, length, &at)) != NULL) {
		if (strcmp(word, short_name) == 0 || strcmp(word, long_name) == 0)
			return next_word(text, length, &at);
		if (strncmp(word, long_name, long_length) == 0 && word[long_length] == '=')
			return word + long_length + 1;
	}
	return NULL;
}

const char *conmon_name_parse(const char *command_line, size_t length, const char *id)
{
	const char *cid = find_value(command_line, length, "-c", "--cid");
	const char *name = find_value(command_line, length, "-n", "--name");

	if (cid == NULL || strcmp(cid, id) != 0 || name == NULL || name[0] == '\0' ||
		strlen(name) > LONGEST_NAME || strcmp(name, id) == 0)
		return NULL;
	return name;
}

/* ---- the ancestors ---- */

struct ancestor {
	char comm[32];
	long parent;
};

/* The name in parentheses may hold anything; behind it stand the state and the parent. */
static bool parse_stat(char *stat, struct ancestor *ret)
{
	const char *name = strchr(stat, '(');
	char *end = strrchr(stat, ')');

	if (name == NULL || end == NULL || end < name || strlen(end) < strlen(") S 1"))
		return false;
	*end = '\0';
	snprintf(ret->comm, sizeof(ret->comm), "%s", name + 1);
	ret->parent = strtol(end + strlen(") S "), NULL, 10);
	return true;
}

static bool look_at(int proc, long pid, struct ancestor *ret)
{
	char file[64];
	char stat[512];

	snprintf(file, sizeof(file), "%ld/stat", pid);
	return proc_read(proc, file, stat, sizeof(stat)) > 0 && parse_stat(stat, ret);
}

static const char *read_name(int proc, long pid, const char *id, char buffer[CONMON_NAME_SIZE])
{
	char file[64];
	size_t length;

	snprintf(file, sizeof(file), "%ld/cmdline", pid);
	length = proc_read(proc, file, buffer, CONMON_NAME_SIZE);
	return conmon_name_parse(buffer, length, id);
}

/*
 * Anybody can call a program conmon, but only who may run the hook can be above it, and could as well write the record. In a
 * pid namespace that /proc is not of, a pid is another process's, which is no conmon of this container.
 */
static const char *search(int proc, const char *id, char buffer[CONMON_NAME_SIZE])
{
	struct ancestor ancestor = { .parent = getppid() };

	for (int i = 0; i < MOST_ANCESTORS && ancestor.parent > 1; i++) {
		long pid = ancestor.parent;

		if (!look_at(proc, pid, &ancestor))
			return NULL;
		if (strcmp(ancestor.comm, "conmon") == 0)
			return read_name(proc, pid, id, buffer);
	}
	return NULL;
}

const char *conmon_name_find(const char *id, char buffer[CONMON_NAME_SIZE])
{
	int proc = proc_open();
	const char *name;

	if (proc < 0)
		return NULL;
	name = search(proc, id, buffer);
	(void)close(proc);
	return name;
}
