/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd 1 replaces all that it knows of CRI by what an imported file says of CRI: a drop-in with one table would cost
 * the node its sandbox image, its cgroup driver and its runtimes. So there the file is changed that has the say. containerd 2
 * merges, and is given a drop-in. Each block may be pasted twice.
 */
#include "query/doctor/containerd_cure.h"
#include "query/doctor/program.h"
#include "query/doctor/toml.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OURS TOOLS_DIR "/lifecycle-runtime"

static const char *directory_of(struct report *report, const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash > file ? report_text(report, "%.*s", (int)(slash - file), file) : "/";
}

/* ---- the program ---- */

/* Over another runtime than runc stands a script that names it. */
static const char *program_for(const struct containerd_site *site, const char *real)
{
	struct report *report = site->report;
	const char *slash = strrchr(real, '/'), *script, *line;

	if (real[0] == '\0' || strcmp(real, "runc") == 0)
		return OURS;
	script = report_text(
		report, "/usr/local/bin/lifecycle-%s", slash != NULL ? slash + 1 : real);
	line = report_text(
		report, "exec " OURS " --lifecycle-runtime %s \"$@\"", report_word(report, real));
	report_cure(report, "printf '%%s\\n' '#!/bin/sh' %s >%s && chmod 0755 %s",
		report_word(report, line), report_word(report, script),
		report_word(report, script));
	return script;
}

/* ---- one key, in a file that is there ---- */

struct edit {
	const struct containerd_site *site;
	const char *file;
	const char *text;   /* what is in it */
	const char *table;  /* as toml.h writes it */
	const char *header; /* as the file does */
	const char *key;
	const char *value;
};

static void replace_line(const struct edit *edit, size_t line)
{
	struct report *report = edit->site->report;
	const char *script =
		report_text(report, "%zus|\\(%s *=\\).*|\\1 \"%s\"|", line, edit->key, edit->value);

	report_cure(report, "sed -i %s %s", report_word(report, script),
		report_word(report, edit->file));
}

/* Below the line of the table, unless it stands there already. */
static void add_line(const struct edit *edit, size_t table)
{
	struct report *report = edit->site->report;
	const char *line = report_text(report, "%s = \"%s\"", edit->key, edit->value);
	const char *file = report_word(report, edit->file);

	report_cure(report, "sed -n %zup %s | grep -qF %s || sed -i %s %s", table + 1, file,
		report_word(report, line),
		report_word(report, report_text(report, "%zua\\  %s", table, line)), file);
}

static void add_table(const struct edit *edit)
{
	struct report *report = edit->site->report;
	const char *file = report_word(report, edit->file);

	report_cure(report, "grep -qF %s %s || cat >>%s <<'END'\n\n[%s]\n  %s = \"%s\"\nEND",
		report_word(report, report_text(report, "[%s]", edit->header)), file, file,
		edit->header, edit->key, edit->value);
}

/* None of them does anything the second time: what is pasted twice must not stand there twice. */
static void cure_key(const struct edit *edit)
{
	size_t key_line = containerd_file_line(edit->text, edit->table, edit->key);
	size_t table_line = containerd_file_line(edit->text, edit->table, "");

	if (key_line > 0)
		replace_line(edit, key_line);
	else if (table_line > 0)
		add_line(edit, table_line);
	else
		add_table(edit);
}

static void keep_file(const struct containerd_site *site, const char *file)
{
	report_cure(site->report, "cp -np %s %s", report_word(site->report, file),
		report_word(site->report, report_text(site->report, "%s.before-lifecycle", file)));
}

static void check_file(const struct containerd_site *site)
{
	report_cure(site->report, "%s --config %s config dump >/dev/null",
		report_word(site->report, site->program), report_word(site->report, site->file));
}

/* ---- containerd 1 ---- */

/* What the file itself says that it imports; none if it says nothing of it. */
static struct lifecycle_strings patterns_of(const struct containerd_site *site)
{
	struct lifecycle_strings patterns = { 0 };
	char *text = program_read_file(site->file);
	struct toml toml;

	if (text != NULL && toml_find(&toml, text, "", "imports"))
		(void)toml_texts(&toml, &patterns, NULL);
	free(text);
	return patterns;
}

/* Which of the patterns has this path in it; the number of patterns if none has: then an imported file imports it. */
static size_t place_of(const struct containerd_site *site, const struct lifecycle_strings *patterns,
	const char *path)
{
	size_t place = 0;

	for (; place < patterns->count; place++) {
		const char *pattern = patterns->items[place];

		if (pattern[0] != '/')
			pattern = report_text(site->report, "%s/%s",
				directory_of(site->report, site->file), pattern);
		if (fnmatch(pattern, path, FNM_PATHNAME) == 0)
			break;
	}
	return place;
}

/* containerd reads a pattern's files in the order of their names, and one pattern after the other. */
static bool is_read_after(const struct containerd_site *site,
	const struct lifecycle_strings *patterns, const char *path, const char *other)
{
	size_t place = place_of(site, patterns, path);
	size_t others = place_of(site, patterns, other);

	return place != others ? place > others : strcmp(path, other) > 0;
}

static bool has_cri(const char *path)
{
	char *text = program_read_file(path);
	bool has = text != NULL && containerd_file_has_cri(text);

	free(text);
	return has;
}

/*
 * The one that has the say of CRI: the last of those that were read that speaks of it, else the first. The dump names all
 * that were read, in no order.
 */
static const char *deciding_file(const struct containerd_site *site)
{
	const struct lifecycle_strings *imports = &site->config->imports;
	struct lifecycle_strings patterns = patterns_of(site);
	const char *file = site->file;

	for (size_t i = 0; i < imports->count; i++) {
		const char *path = imports->items[i];

		if (strcmp(path, site->file) != 0 && has_cri(path) &&
			(file == site->file || is_read_after(site, &patterns, path, file)))
			file = path;
	}
	lifecycle_strings_free(&patterns);
	return file;
}

/* The file's own way of writing the runtime's table, or that of its options. */
static void name_table(struct edit *edit, const char *name, const char *part, int version)
{
	struct report *report = edit->site->report;
	const char *plugin = containerd_plugin(version);
	const char *quote = version < 2 ? "" : "\"";

	edit->table = report_text(report, "plugins/%s/containerd/runtimes/%s%s%s", plugin, name,
		part[0] != '\0' ? "/" : "", part);
	edit->header = report_text(report, "plugins.%s%s%s.containerd.runtimes.%s%s%s", quote,
		plugin, quote, name, part[0] != '\0' ? "." : "", part);
}

/* Without a type the runtime's own table would be one that no pod starts with. */
static void cure_type_first(
	const struct edit *edit, const struct containerd_runtime *runtime, int version)
{
	struct edit type = *edit;

	type.key = "runtime_type";
	type.value = runtime->type;
	name_table(&type, runtime->name, "", version);
	if (containerd_file_line(type.text, type.table, "") == 0)
		cure_key(&type);
}

static void begin_file(const struct containerd_site *site, const char *path, bool is_blank)
{
	struct report *report = site->report;

	if (is_blank)
		report_cure(report, "mkdir -p %s && test -s %s || echo 'version = 2' >%s",
			report_word(report, directory_of(report, path)), report_word(report, path),
			report_word(report, path));
	else
		keep_file(site, path);
}

static void cure_file(const struct containerd_site *site, const struct containerd_runtime *runtime,
	const char *key, const char *value, const char *part)
{
	const char *path = deciding_file(site);
	char *text = program_read_file(path);
	struct edit edit = { .site = site,
		.file = path,
		.text = text != NULL ? text : "",
		.key = key,
		.value = value };
	int version = containerd_file_version(edit.text, 2);

	begin_file(site, path, edit.text[0] == '\0');
	if (part[0] != '\0')
		cure_type_first(&edit, runtime, version);
	name_table(&edit, runtime->name, part, version);
	cure_key(&edit);
	check_file(site);
	free(text);
}

/* ---- containerd 2 ---- */

static bool imports_drop_ins(const struct containerd_site *site, const char *pattern)
{
	const struct lifecycle_strings *imports = &site->config->imports;

	for (size_t i = 0; i < imports->count; i++)
		if (strcmp(imports->items[i], pattern) == 0)
			return true;
	return false;
}

static void cure_imports(const struct containerd_site *site, const char *text, const char *pattern)
{
	struct report *report = site->report;
	const char *file = report_word(report, site->file);
	const char *line = report_text(report, "imports = [\"%s\"]", pattern);
	size_t at = containerd_file_line(text, "", "imports");
	const char *script;

	if (text[0] == '\0') {
		report_cure(report, "printf '%%s\\n' 'version = 3' %s >%s",
			report_word(report, line), file);
		return;
	}
	script = at > 0 ? report_text(report, "%zus|\\[|[\"%s\", |", at, pattern)
			: report_text(report, "1i\\%s", line);
	report_cure(report, "grep -qF %s %s || sed -i.before-lifecycle %s %s",
		report_word(report, pattern), file, report_word(report, script), file);
}

static const char *drop_in(const struct containerd_site *site,
	const struct containerd_runtime *runtime, const char *program, int version)
{
	const char *plugin = containerd_plugin(version);
	const char *systemd_cgroup = "";

	if (runtime->has_systemd_cgroup)
		systemd_cgroup = runtime->systemd_cgroup ? "  SystemdCgroup = true\n"
							 : "  SystemdCgroup = false\n";
	return report_text(site->report,
		"version = %d\n"
		"[plugins.\"%s\".containerd.runtimes.%s]\n"
		"  runtime_type = \"%s\"\n"
		"[plugins.\"%s\".containerd.runtimes.%s.options]\n"
		"  BinaryName = \"%s\"\n%s",
		version, plugin, runtime->name, runtime->type, plugin, runtime->name, program,
		systemd_cgroup);
}

static void cure_by_drop_in(const struct containerd_site *site,
	const struct containerd_runtime *runtime, const char *program)
{
	struct report *report = site->report;
	const char *directory = report_text(report, "%s/conf.d", directory_of(report, site->file));
	const char *pattern = report_text(report, "%s/*.toml", directory);
	char *text = program_read_file(site->file);
	int version = containerd_file_version(text != NULL ? text : "", 3);

	report_cure(report, "mkdir -p %s", report_word(report, directory));
	report_cure(report, "cat >%s <<'END'\n%sEND",
		report_word(report, report_text(report, "%s/oci-lifecycle.toml", directory)),
		drop_in(site, runtime, program, version));
	if (!imports_drop_ins(site, pattern) || text == NULL)
		cure_imports(site, text != NULL ? text : "", pattern);
	check_file(site);
	free(text);
}

/* ---- what is wanted ---- */

void containerd_cure_binary(
	const struct containerd_site *site, const struct containerd_runtime *runtime)
{
	const char *program =
		program_for(site, program_is_runtime(runtime->binary) ? "" : runtime->binary);

	if (site->config->is_two)
		cure_by_drop_in(site, runtime, program);
	else
		cure_file(site, runtime, "BinaryName", program, "options");
}

void containerd_cure_type(
	const struct containerd_site *site, const struct containerd_runtime *runtime)
{
	struct containerd_runtime whole = *runtime;

	snprintf(whole.type, sizeof(whole.type), "io.containerd.runc.v2");
	if (site->config->is_two)
		cure_by_drop_in(site, &whole, runtime->binary[0] != '\0' ? runtime->binary : OURS);
	else
		cure_file(site, &whole, "runtime_type", whole.type, "");
}

void containerd_cure_twice(const struct containerd_site *site, const char *file)
{
	struct report *report = site->report;
	const char *word = report_word(report, file);
	const char *new = report_word(report, report_text(report, "%s.new", file));

	keep_file(site, file);
	report_cure(report,
		"awk '/^[ \\t]*\\[/ { name = $0; gsub(/[ \\t]/, \"\", name); drop = seen[name]++ } "
		"!drop' %s >%s && mv %s %s",
		word, new, new, word);
	check_file(site);
}
