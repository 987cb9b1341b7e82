/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/docker.h"
#include "base/io.h"
#include "runtime/jscan_text.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KNOWN_FILE     "config.v2.json"
#define KNOWN_SIZE_MAX ((size_t)1 << 20)

static bool read_member(const struct jscan_value *object, const char *key, char *text, size_t size)
{
	struct jscan_value value;

	return jscan_find(object, key, &value) == JSCAN_FOUND && value.kind == JSCAN_STRING &&
	       jscan_string(&value, text, size);
}

static bool read_object(const char *text, size_t length, struct jscan_value *ret_object)
{
	return jscan(text, length, ret_object) && ret_object->kind == JSCAN_OBJECT;
}

/* ---- where Docker keeps what it knows ---- */

/* Cuts `/hostname` off a source of a mount, if what is left is a directory with the container's ID for a name. */
static bool cut_to_directory(char *source, const char *id)
{
	char *name = strrchr(source, '/'), *last;

	if (source[0] != '/' || strcmp(name, "/hostname") != 0)
		return false;
	*name = '\0';
	last = strrchr(source, '/');
	return last != NULL && strcmp(last + 1, id) == 0;
}

static bool find_directory(
	const struct jscan_value *config, const char *id, char directory[PATH_MAX])
{
	struct jscan_value mounts, mount;
	const char *cursor = NULL;
	char destination[sizeof("/etc/hostname")];

	if (jscan_find(config, "mounts", &mounts) != JSCAN_FOUND || mounts.kind != JSCAN_ARRAY)
		return false;
	while (jscan_next_element(&mounts, &cursor, &mount)) {
		if (mount.kind == JSCAN_OBJECT &&
			read_member(&mount, "destination", destination, sizeof(destination)) &&
			strcmp(destination, "/etc/hostname") == 0)
			return read_member(&mount, "source", directory, PATH_MAX) &&
			       cut_to_directory(directory, id);
	}
	return false;
}

/* ---- what Docker knows ---- */

static int open_known(const char *directory)
{
	char path[PATH_MAX + sizeof(KNOWN_FILE)];
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "%s/" KNOWN_FILE, directory);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		status.st_size <= (off_t)KNOWN_SIZE_MAX)
		return fd;
	(void)close(fd);
	return -1;
}

/* free() it; NULL if there is none, or more of it than is believed. */
static char *read_known(const char *directory, size_t *ret_length)
{
	const size_t size = KNOWN_SIZE_MAX + 1; /* to notice that there is more */
	int fd = open_known(directory);
	char *text;
	ssize_t length = -1;

	if (fd < 0)
		return NULL;
	text = malloc(size);
	if (text != NULL)
		length = io_read_up_to(fd, text, size);
	(void)close(fd);
	if (length < 0 || (size_t)length == size) {
		free(text);
		return NULL;
	}
	*ret_length = (size_t)length;
	return text;
}

/* Docker writes names with a slash before them. */
static bool read_name(const char *text, size_t length, const char *id, char *name, size_t size)
{
	struct jscan_value known;
	char known_id[256], known_name[256];

	if (!read_object(text, length, &known) ||
		!read_member(&known, "ID", known_id, sizeof(known_id)) ||
		strcmp(known_id, id) != 0 ||
		!read_member(&known, "Name", known_name, sizeof(known_name)) ||
		known_name[0] != '/' || known_name[1] == '\0' || strlen(known_name) > size)
		return false;
	strcpy(name, known_name + 1);
	return true;
}

bool docker_name(const char *text, size_t length, const char *id, char *name, size_t size)
{
	struct jscan_value config;
	char directory[PATH_MAX], *known;
	size_t known_length;
	bool found;

	if (!read_object(text, length, &config) || !find_directory(&config, id, directory))
		return false;
	known = read_known(directory, &known_length);
	if (known == NULL)
		return false;
	found = read_name(known, known_length, id, name, size);
	free(known);
	return found;
}
