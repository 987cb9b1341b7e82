/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/sample.h"
#include "base/error.h"
#include "cli/format.h"

#include <string.h>

static const char *const own[] = { "id", "name", "source", "status", "point", "command", "index",
	"le" };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS  "0123456789"

/* ---- what is asked for ---- */

static bool is_name(const char *text, size_t length)
{
	return length > 0 && strspn(text, LETTERS DIGITS) >= length &&
	       strchr(DIGITS, text[0]) == NULL && strncmp(text, "__", 2) != 0;
}

static bool is_own(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strlen(own[i]) == length && strncmp(own[i], text, length) == 0)
			return true;
	return strncmp(text, "annotation_", 11) == 0 || strncmp(text, "argv_", 5) == 0;
}

int sample_check_label(const char *text, struct lifecycle_error *error)
{
	size_t length = strcspn(text, "=");

	if (text[length] != '=' || !is_name(text, length))
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%s' is no label: NAME=VALUE, the name of letters, digits and _", text);
	if (is_own(text, length))
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"'%.*s' is a label that metrics have already", (int)length, text);
	return 0;
}

/* ---- a sample ---- */

static void print_value(const char *value, FILE *out)
{
	while (*value != '\0') {
		/* a terminal may be where this goes */
		size_t steering = format_steering(value);

		if (*value == '\\' || *value == '"')
			putc('\\', out);
		if (steering == 0)
			putc(*value++, out);
		for (; steering > 0; steering--)
			fprintf(out, "\\\\x%02x", (unsigned char)*value++);
	}
}

static void begin_label(struct sample *sample)
{
	putc(sample->has_labels ? ',' : '{', sample->out);
	sample->has_labels = true;
}

static void end_label(struct sample *sample, const char *value)
{
	fputs("=\"", sample->out);
	print_value(value, sample->out);
	putc('"', sample->out);
}

void sample_label(struct sample *sample, const char *name, const char *value)
{
	if (value == NULL)
		return;
	begin_label(sample);
	fputs(name, sample->out);
	end_label(sample, value);
}

void sample_label_of(struct sample *sample, const char *prefix, const char *name, const char *value)
{
	if (value == NULL)
		return;
	begin_label(sample);
	fputs(prefix, sample->out);
	for (; *name != '\0'; name++)
		putc(strchr(LETTERS DIGITS, *name) != NULL ? *name : '_', sample->out);
	end_label(sample, value);
}

void sample_label_number(struct sample *sample, const char *name, int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	sample_label(sample, name, number != LIFECYCLE_UNKNOWN ? text : NULL);
}

void sample_head(const char *name, const char *help, const char *type, FILE *out)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void sample_begin(const char *name, const struct cli_values *labels, FILE *out, struct sample *ret)
{
	*ret = (struct sample){ .out = out };
	fputs(name, out);
	for (size_t i = 0; i < labels->count; i++) {
		const char *equals = strchr(labels->items[i], '=');

		begin_label(ret);
		fprintf(out, "%.*s", (int)(equals - labels->items[i]), labels->items[i]);
		end_label(ret, equals + 1);
	}
}

static void end_labels(struct sample *sample)
{
	fputs(sample->has_labels ? "} " : " ", sample->out);
}

void sample_end_seconds(struct sample *sample, int64_t nanoseconds)
{
	end_labels(sample);
	fprintf(sample->out, "%lld.%09lld\n", (long long)(nanoseconds / 1000000000),
		(long long)(nanoseconds % 1000000000));
}

void sample_end_number(struct sample *sample, int64_t number)
{
	end_labels(sample);
	fprintf(sample->out, "%lld\n", (long long)number);
}
