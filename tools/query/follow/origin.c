/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/origin.h"
#include "base/error.h"
#include "query/output/json_output.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel takes any bytes for a host's name. */
static void make_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			*text = '?';
}

/* The first word of a file; "" if there is none. */
static void read_word(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length = fd >= 0 ? read(fd, buffer, size - 1) : 0;

	if (fd >= 0)
		(void)close(fd);
	buffer[length > 0 ? length : 0] = '\0';
	buffer[strcspn(buffer, " \t\n")] = '\0';
	make_printable(buffer);
}

void origin_read(struct origin *ret)
{
	read_word("/etc/machine-id", ret->machine_id, sizeof(ret->machine_id));
	read_word("/proc/sys/kernel/random/boot_id", ret->boot_id, sizeof(ret->boot_id));
	if (gethostname(ret->host, sizeof(ret->host)) < 0)
		ret->host[0] = '\0';
	ret->host[sizeof(ret->host) - 1] = '\0';
	make_printable(ret->host);
}

/* An instance is a UUID, of which there are no two; where a record has none, as nerdctl's, host and container say it. */
static json_t *id_of(const struct origin *origin, const json_t *event, const char *key)
{
	const char *id = json_string_value(json_object_get(event, "id"));
	char *text;
	json_t *string;

	if (json_is_string(json_object_get(event, "instance")))
		return json_output_string(key);
	if (asprintf(&text, "%s:%s%s", origin->machine_id, id != NULL ? id : "", key) < 0)
		return NULL;
	string = json_output_string(text);
	free(text);
	return string;
}

static json_t *text_or_null(const char *text)
{
	return json_output_string(text != NULL && text[0] != '\0' ? text : NULL);
}

int origin_sign(const struct origin *origin, json_t *event, char *key, const char *boot_id,
	struct lifecycle_error *error)
{
	int failed =
		key == NULL ||
		json_object_set_new(event, "event_id", id_of(origin, event, key)) < 0 ||
		json_object_set_new(event, "host", text_or_null(origin->host)) < 0 ||
		json_object_set_new(event, "machine_id", text_or_null(origin->machine_id)) < 0 ||
		json_object_set_new(event, "boot_id", text_or_null(boot_id)) < 0;

	free(key);
	return failed ? error_no_memory(error) : 0;
}
