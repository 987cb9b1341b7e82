/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/entries.h"
#include "query/doctor/entry.h"
#include "query/doctor/program.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file {
	const char *name;
	const char *path;
	struct entry entry;
	bool is_read;
};

struct entries {
	const struct doctor *doctor;
	const struct entries_reader *reader;
	struct file *files;
	size_t count;
	size_t good; /* points whose entry is well */
	bool blocks; /* something stops every container */
	bool is_read; /* the directory where our entries are installed is one that the engine reads */
	bool is_missing; /* one of our entries is in none that it reads */
};

/* ---- reading ---- */

static int is_entry(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot != NULL && strcmp(dot, ".json") == 0;
}

/* The place of that name: of the one that it replaces, or a new one. NULL if memory is out. */
static struct file *place(struct entries *entries, const char *name)
{
	struct file *files;

	for (size_t i = 0; i < entries->count; i++) {
		if (strcmp(entries->files[i].name, name) != 0)
			continue;
		entry_free(&entries->files[i].entry);
		entries->files[i] = (struct file){ .name = entries->files[i].name };
		return &entries->files[i];
	}
	files = reallocarray(entries->files, entries->count + 1, sizeof(*files));
	if (files == NULL) {
		entries->doctor->report->no_memory = true;
		return NULL;
	}
	entries->files = files;
	files[entries->count] =
		(struct file){ .name = report_text(entries->doctor->report, "%s", name) };
	return &files[entries->count++];
}

static size_t point_of_file(const char *name)
{
	size_t point = 0;

	while (point < ENTRY_POINTS && strcmp(entry_points[point].file, name) != 0)
		point++;
	return point;
}

static void say_broken(struct entries *entries, const char *path, const char *name, const char *why)
{
	struct report *report = entries->doctor->report;
	size_t point = point_of_file(name);

	entries->blocks = true;
	report_check(report, REPORT_WRONG, "entries",
		"%s is not JSON (%s): %s starts no container while it is there", path, why,
		entries->reader->engine);
	if (point < ENTRY_POINTS)
		entries_cure(entries->doctor, path, point);
	else
		report_cure(report, "mv %s %s", report_word(report, path),
			report_word(report, report_text(report, "%s.broken", path)));
}

static void read_entry(struct entries *entries, const char *directory, const char *name)
{
	struct report *report = entries->doctor->report;
	struct file *file = place(entries, name);
	struct lifecycle_error error;
	char *text;

	if (file == NULL)
		return;
	file->path = report_text(report, "%s/%s", directory, name);
	text = program_read_file(file->path);
	if (text == NULL) {
		if (errno != ENOENT)
			report_check(report, REPORT_UNKNOWN, "entries", "%s cannot be read: %s",
				file->path, strerror(errno));
		return;
	}
	file->is_read = entry_parse(text, &file->entry, &error) == 0;
	if (!file->is_read)
		say_broken(entries, file->path, file->name, error.message);
	free(text);
}

static void read_directory(struct entries *entries, const char *directory)
{
	struct dirent **names;
	int count = scandir(directory, &names, is_entry, alphasort);

	if (count < 0) {
		if (errno != ENOENT)
			report_check(entries->doctor->report, REPORT_UNKNOWN, "entries",
				"%s cannot be read: %s", directory, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		read_entry(entries, directory, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

/* ---- lines that cure ---- */

static bool reads(const struct entries_reader *reader, const char *directory)
{
	char real[PATH_MAX], other[PATH_MAX];

	for (size_t i = 0; i < reader->count; i++) {
		if (strcmp(reader->directories[i], directory) == 0)
			return true;
		if (realpath(reader->directories[i], other) != NULL &&
			realpath(directory, real) != NULL && strcmp(real, other) == 0)
			return true;
	}
	return false;
}

const char *entries_array(const struct doctor *doctor, const struct entries_reader *reader)
{
	struct report *report = doctor->report;
	const char *all = report_joined(report, reader->directories, reader->count, "\", \"");

	return report_text(report, "[%s%s%s\"" HOOKS_JSON_DIR "\"]", reader->count > 0 ? "\"" : "",
		all, reader->count > 0 ? "\", " : "");
}

void entries_cure(const struct doctor *doctor, const char *file, size_t point)
{
	struct report *report = doctor->report;
	const char *word = report_word(report, file), *slash = strrchr(file, '/');

	report_cure(report, "mkdir -p %s",
		report_word(report, report_text(report, "%.*s", (int)(slash - file), file)));
	report_cure(report, "cat >%s <<'END'", word);
	report_cure(report,
		"{\n"
		"\t\"version\": \"1.0.0\",\n"
		"\t\"hook\": {\n"
		"\t\t\"path\": \"" HOOKS_DIR "/%s\",\n"
		"\t\t\"args\": [\"%s\"],\n"
		"\t\t\"env\": "
		"[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],\n"
		"\t\t\"timeout\": 10\n"
		"\t},\n"
		"\t\"when\": {\n"
		"\t\t\"always\": true\n"
		"\t},\n"
		"\t\"stages\": [\"%s\"]\n"
		"}\n"
		"END",
		entry_points[point].program, entry_points[point].program,
		entry_points[point].point);
}

/* ---- one point ---- */

static void say_missing(struct entries *entries, size_t point)
{
	struct report *report = entries->doctor->report;
	const char *file = report_text(report, HOOKS_JSON_DIR "/%s", entry_points[point].file);
	bool is_there = access(file, F_OK) == 0;

	if (entries->is_read) {
		report_check(report, REPORT_WRONG, entry_points[point].point,
			"none of its directories has our entry");
	} else if (is_there) {
		report_check(report, REPORT_WRONG, entry_points[point].point,
			"our entry is in " HOOKS_JSON_DIR ", which %s does not read",
			entries->reader->engine);
	} else {
		report_check(report, REPORT_WRONG, entry_points[point].point,
			"our entry is neither in its directories nor in " HOOKS_JSON_DIR);
	}
	if (!is_there || entries->is_read)
		entries_cure(entries->doctor, file, point);
	entries->is_missing = true;
}

static void say_program(
	struct entries *entries, size_t point, const struct file *file, struct program program)
{
	struct report *report = entries->doctor->report;
	const char *what = entry_points[point].point, *called = file->entry.program;
	const char *installed = report_text(report, HOOKS_DIR "/%s", entry_points[point].program);

	if (program.state == PROGRAM_NOT_EXECUTABLE) {
		report_check(report, REPORT_WRONG, what,
			"%s calls %s, which cannot be executed: %s", file->path, called,
			point < 2 ? "every container fails" : "the call fails each time");
		report_cure(report, "chmod 0755 %s", report_word(report, called));
	} else if (program.state == PROGRAM_MISSING) {
		report_check(report, REPORT_WRONG, what,
			"%s calls %s, which is not there: %s passes over such an entry without a "
			"word",
			file->path, called, entries->reader->engine);
	} else {
		program_report(report, what, report_text(report, "%s calls ", file->path), called,
			program);
	}
	if (program.state != PROGRAM_NOT_EXECUTABLE && strcmp(called, installed) != 0)
		entries_cure(entries->doctor, file->path, point);
}

static bool is_other_store(const struct entries *entries, const struct file *file)
{
	char *usual = NULL;
	bool result;

	if (file->entry.root != NULL)
		return strcmp(file->entry.root, entries->doctor->root) != 0;
	if (lifecycle_default_root(&usual, NULL) < 0)
		return false;
	result = strcmp(usual, entries->doctor->root) != 0;
	free(usual);
	return result;
}

static void say_other_store(struct entries *entries, size_t point, const struct file *file)
{
	const char *root = file->entry.root;

	report_check(entries->doctor->report, REPORT_WRONG, entry_points[point].point,
		"%s keeps its records in %s, and this program looks in %s: it takes --root",
		file->path, root != NULL ? root : "the usual store", entries->doctor->root);
}

/* More than one: all but the one of our name is too many. */
static void say_twice(
	struct entries *entries, size_t point, const struct file *one, const struct file *other)
{
	struct report *report = entries->doctor->report;
	bool first_is_ours = strcmp(one->name, entry_points[point].file) == 0;

	report_check(report, REPORT_WRONG, entry_points[point].point,
		"%s and %s both call our hook: each container is recorded twice", one->path,
		other->path);
	report_cure(report, "rm %s", report_word(report, first_is_ours ? other->path : one->path));
}

static bool examine_program(struct entries *entries, size_t point, const struct file *file)
{
	struct program program =
		program_look(entries->doctor->report, file->entry.program, "--version");

	if (program.state == PROGRAM_WELL)
		return true;
	say_program(entries, point, file, program);
	return false;
}

static void examine_entry(struct entries *entries, size_t point, const struct file *file)
{
	struct report *report = entries->doctor->report;

	if (!examine_program(entries, point, file))
		return;
	if (is_other_store(entries, file)) {
		say_other_store(entries, point, file);
		return;
	}
	entries->good++;
	if (file->entry.is_always)
		report_check(report, REPORT_WELL, entry_points[point].point, "%s", file->path);
	else
		report_check(report, REPORT_NOTE, entry_points[point].point,
			"%s is for the containers that its \"when\" admits, not for all",
			file->path);
}

static void examine_point(struct entries *entries, size_t point)
{
	const struct file *found = NULL;

	for (size_t i = 0; i < entries->count; i++) {
		const struct file *file = &entries->files[i];

		if (!file->is_read || !entry_is_ours(&file->entry, point))
			continue;
		if (found != NULL)
			say_twice(entries, point, found, file);
		else
			found = file;
	}
	if (found != NULL)
		examine_entry(entries, point, found);
	else
		say_missing(entries, point);
}

/* ---- all ---- */

/* A broken entry of ours is told as such, and is not missing as well. */
static bool is_broken(const struct entries *entries, size_t point)
{
	for (size_t i = 0; i < entries->count; i++)
		if (!entries->files[i].is_read &&
			strcmp(entries->files[i].name, entry_points[point].file) == 0)
			return true;
	return false;
}

static void free_files(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		entry_free(&entries->files[i].entry);
	free(entries->files);
}

static enum report_recorded recorded(const struct entries *entries)
{
	if (entries->blocks || entries->good == 0)
		return REPORT_RECORDED_NO;
	return entries->good == ENTRY_POINTS ? REPORT_RECORDED_YES : REPORT_RECORDED_PARTLY;
}

void entries_examine(const struct doctor *doctor, const struct entries_reader *reader)
{
	struct entries entries = {
		.doctor = doctor, .reader = reader, .is_read = reads(reader, HOOKS_JSON_DIR)
	};

	if (reader->count > 0)
		report_check(doctor->report, REPORT_NOTE, "hooks directories", "%s",
			report_joined(doctor->report, reader->directories, reader->count, ", "));
	for (size_t i = 0; i < reader->count; i++)
		read_directory(&entries, reader->directories[i]);
	for (size_t i = 0; i < ENTRY_POINTS; i++)
		if (!is_broken(&entries, i))
			examine_point(&entries, i);
	if (entries.is_missing && !entries.is_read) {
		report_check(doctor->report, REPORT_WRONG, "hooks directories",
			HOOKS_JSON_DIR " is not one of them");
		reader->cure_directory(doctor, reader);
	}
	report_recorded(doctor->report, recorded(&entries));
	free_files(&entries);
}
