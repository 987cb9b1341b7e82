/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_TIMEOUT_NS (INT64_C(3600) * 1000000000)

enum option_value {
	OPTION_ROOT = 1,
	OPTION_TIMEOUT,
	OPTION_STRICT,
	OPTION_NAME_ANNOTATION,
	OPTION_ANNOTATION,
	OPTION_REMOVE,
	OPTION_EXIT_DIR,
	OPTION_RETENTION,
	OPTION_ARGV0,
	OPTION_INDEX,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option_row {
	const char *name;
	const char *argument; /* NULL if the option takes none */
	enum option_value value;
	bool poststop_only;
	const char *help;
} rows[] = {
	{ "root", "DIR", OPTION_ROOT, false, "the store (default: /run's, or the user's own)" },
	{ "timeout", "SECONDS", OPTION_TIMEOUT, false,
		"for all that is ours, not for COMMAND (default: 2)" },
	{ "strict", NULL, OPTION_STRICT, false, "exit with 1 if the record could not be written" },
	{ "name-annotation", "KEY", OPTION_NAME_ANNOTATION, false,
		"the annotation that holds the container's name" },
	{ "annotation", "KEY", OPTION_ANNOTATION, false, "an annotation to keep in the record" },
	{ "exit-dir", "DIR", OPTION_EXIT_DIR, true, "where conmon writes exit statuses" },
	{ "retention", "TIME", OPTION_RETENTION, true,
		"how long stopped records are kept (default: 24h)" },
	{ "remove", NULL, OPTION_REMOVE, true, "remove the record once it is stopped" },
	{ "argv0", "NAME", OPTION_ARGV0, false, "COMMAND's argv[0] (default: COMMAND)" },
	{ "index", "N", OPTION_INDEX, false, "which of its point's hooks COMMAND is, from 0 on" },
	{ "help", NULL, OPTION_HELP, false, "print this and exit" },
	{ "version", NULL, OPTION_VERSION, false, "print the version and exit" },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool is_for(const struct option_row *row, const struct hook *hook)
{
	return !row->poststop_only || hook->point == LIFECYCLE_POINT_POSTSTOP;
}

void options_print_help(const struct hook *hook, FILE *stream)
{
	fprintf(stream,
		"usage: %s [OPTION]... [[--argv0 NAME] -- COMMAND ARG...]\n"
		"Records what the OCI hook point %s shows of a container, whose\n"
		"state is on stdin. COMMAND, an absolute path, is another hook to be run and\n"
		"timed in this one's place.\n\n",
		hook->name, lifecycle_point_name(hook->point));
	for (size_t i = 0; i < ROW_COUNT; i++) {
		char option[48];

		if (!is_for(&rows[i], hook))
			continue;
		snprintf(option, sizeof(option), "--%s %s", rows[i].name,
			rows[i].argument != NULL ? rows[i].argument : "");
		fprintf(stream, "  %-24s %s\n", option, rows[i].help);
	}
}

static void usage_error(struct options *options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void usage_error(struct options *options, const char *format, ...)
{
	va_list arguments;

	options->request = REQUEST_USAGE_ERROR;
	va_start(arguments, format);
	vsnprintf(options->problem, sizeof(options->problem), format, arguments);
	va_end(arguments);
}

static void add_key(struct options *options, const char **keys, const char *key)
{
	size_t count = 0;

	while (keys[count] != NULL)
		count++;
	if (count == DEFAULTS_MAX_KEYS)
		usage_error(options, "more than eight annotations, at '%s'", key);
	else
		keys[count] = key;
}

static void set_timeout(struct options *options, const char *text)
{
	int64_t timeout;

	if (!lifecycle_duration_parse(text, &timeout) || timeout == 0 ||
		timeout > LONGEST_TIMEOUT_NS)
		usage_error(options, "'%s' is not a timeout", text);
	else
		options->timeout_ns = timeout;
}

static void set_index(struct options *options, const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 6 || text[digits] != '\0')
		usage_error(options, "'%s' is not an index", text);
	else
		options->index = strtol(text, NULL, 10);
}

static void set_directory(struct options *options, const char **slot, const char *path)
{
	if (path[0] != '/')
		usage_error(options, "'%s' is not an absolute path", path);
	else
		*slot = path;
}

static void apply(struct options *options, enum option_value value, const char *argument)
{
	switch (value) {
	case OPTION_ROOT:
		set_directory(options, &options->root, argument);
		break;
	case OPTION_TIMEOUT:
		set_timeout(options, argument);
		break;
	case OPTION_STRICT:
		options->strict = true;
		break;
	case OPTION_NAME_ANNOTATION:
		add_key(options, options->name_annotations, argument);
		break;
	case OPTION_ANNOTATION:
		add_key(options, options->annotations, argument);
		break;
	case OPTION_REMOVE:
		options->remove = true;
		break;
	case OPTION_EXIT_DIR:
		set_directory(options, &options->exit_dir, argument);
		break;
	case OPTION_RETENTION:
		if (!lifecycle_duration_parse(argument, &options->retention_ns))
			usage_error(options, "'%s' is not a length of time", argument);
		break;
	case OPTION_ARGV0:
		options->argv0 = argument;
		break;
	case OPTION_INDEX:
		set_index(options, argument);
		break;
	case OPTION_HELP:
		options->request = REQUEST_HELP;
		break;
	case OPTION_VERSION:
		options->request = REQUEST_VERSION;
		break;
	}
}

static void fill_long_options(const struct hook *hook, struct option long_options[ROW_COUNT + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < ROW_COUNT; i++)
		if (is_for(&rows[i], hook))
			long_options[count++] = (struct option){
				.name = rows[i].name,
				.has_arg =
					rows[i].argument != NULL ? required_argument : no_argument,
				.val = (int)rows[i].value,
			};
	long_options[count] = (struct option){ 0 };
}

static void take_command(struct options *options, int argc, char **argv)
{
	bool after_dashes = optind > 1 && optind <= argc && strcmp(argv[optind - 1], "--") == 0;

	if (optind >= argc && !after_dashes) {
		if (options->argv0 != NULL)
			usage_error(options, "'--argv0 %s' without a command", options->argv0);
		return;
	}
	if (!after_dashes)
		usage_error(options, "'%s' is not expected", argv[optind]);
	else if (optind == argc || argv[optind][0] != '/')
		usage_error(options, "'%s' is not an absolute path of a command",
			optind == argc ? "" : argv[optind]);
	else
		options->command = argv + optind;
}

void options_parse(const struct hook *hook, int argc, char **argv, struct options *ret)
{
	struct option long_options[ROW_COUNT + 1];
	int value;

	*ret = (struct options){ .timeout_ns = DEFAULTS_TIMEOUT_NS,
		.retention_ns = DEFAULTS_RETENTION_NS,
		.index = LIFECYCLE_UNKNOWN };
	fill_long_options(hook, long_options);
	opterr = 0;
	/* '+': stop at the first word that is no option, whatever POSIXLY_CORRECT says */
	while (ret->request == REQUEST_HOOK &&
		(value = getopt_long(argc, argv, "+:", long_options, NULL)) != -1) {
		if (value == ':')
			usage_error(ret, "'%s' needs a value", argv[optind - 1]);
		else if (value == '?')
			usage_error(ret, "'%s' is not an option", argv[optind - 1]);
		else
			apply(ret, (enum option_value)value, optarg);
	}
	if (ret->request == REQUEST_HOOK)
		take_command(ret, argc, argv);
}
