/* SPDX-License-Identifier: Apache-2.0 */
#include "container/image_name.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REFERENCE_MAX 1024
#define REGISTRY      "docker://"

/* Beside a registry. */
static const struct transport {
	const char *prefix;
	bool has_path;
} transports[] = {
	{ "oci:", true },
	{ "oci-archive:", true },
	{ "docker-archive:", true },
	{ "dir:", true },
	{ "containers-storage:", false },
	{ "docker-daemon:", false },
};

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const struct transport *find_transport(const char *reference)
{
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (begins_with(reference, transports[i].prefix))
			return &transports[i];
	return NULL;
}

static int make_with_path(
	const char *reference, const char *prefix, char **ret_name, struct lifecycle_error *error)
{
	char *path;
	int length;

	if (path_absolute(reference + strlen(prefix), &path, error) < 0)
		return -1;
	length = asprintf(ret_name, "%s%s", prefix, path);
	free(path);
	return length < 0 ? error_no_memory(error) : 0;
}

/* As Docker has it: what comes before the first slash is a host if it looks like one. */
static bool names_host(const char *reference)
{
	size_t length = strcspn(reference, "/");

	return reference[length] == '/' &&
	       (memchr(reference, '.', length) != NULL || memchr(reference, ':', length) != NULL ||
		       strncmp(reference, "localhost/", length + 1) == 0);
}

static bool names_version(const char *reference)
{
	const char *slash = strrchr(reference, '/');

	return strpbrk(slash != NULL ? slash : reference, ":@") != NULL;
}

static int make_of_registry(const char *reference, char **ret_name, struct lifecycle_error *error)
{
	const char *host = names_host(reference)            ? ""
			   : strchr(reference, '/') != NULL ? "docker.io/"
							    : "docker.io/library/";

	if (asprintf(ret_name, "%s%s%s", host, reference,
		    names_version(reference) ? "" : ":latest") < 0)
		return error_no_memory(error);
	return 0;
}

int image_name_make(const char *reference, char **ret_name, struct lifecycle_error *error)
{
	const struct transport *transport = find_transport(reference);
	size_t length = strlen(reference);

	if (begins_with(reference, REGISTRY))
		reference += strlen(REGISTRY);
	if (reference[0] == '\0' || length > REFERENCE_MAX)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"an image's name has 1 to %d characters", REFERENCE_MAX);
	if (transport == NULL)
		return make_of_registry(reference, ret_name, error);
	if (transport->has_path)
		return make_with_path(reference, transport->prefix, ret_name, error);
	*ret_name = strdup(reference);
	return *ret_name == NULL ? error_no_memory(error) : 0;
}

int image_name_source(const char *name, char **ret_source, struct lifecycle_error *error)
{
	if (asprintf(ret_source, "%s%s", find_transport(name) == NULL ? REGISTRY : "", name) < 0)
		return error_no_memory(error);
	return 0;
}

static bool is_plain(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

/* A byte that is no letter or digit becomes '_' and its two hexadecimal digits. */
int image_name_tag(const char *name, char **ret_tag, struct lifecycle_error *error)
{
	static const char digits[] = "0123456789abcdef";
	char *tag = malloc(3 * strlen(name) + 1), *at = tag;

	if (tag == NULL)
		return error_no_memory(error);
	for (; *name != '\0'; name++) {
		unsigned char byte = (unsigned char)*name;

		if (is_plain(*name)) {
			*at++ = *name;
			continue;
		}
		*at++ = '_';
		*at++ = digits[byte >> 4];
		*at++ = digits[byte & 15];
	}
	*at = '\0';
	*ret_tag = tag;
	return 0;
}
