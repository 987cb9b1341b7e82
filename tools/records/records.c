/* SPDX-License-Identifier: Apache-2.0 */
#include "records/records.h"
#include "base/error.h"
#include "base/path.h"
#include "base/text_stream.h"
#include "cli/format.h"
#include "records/state_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where ---- */

int records_root_path(const char *root, char **ret_root, struct lifecycle_error *error)
{
	if (root == NULL) {
		root = getenv("OCI_LIFECYCLE_ROOT");
		if (root == NULL || root[0] == '\0')
			return lifecycle_default_root(ret_root, error);
	}
	if (root[0] == '\0')
		return error_set(error, LIFECYCLE_ERROR_INVALID, "an empty path is no store");
	return path_absolute(root, ret_root, error);
}

static int check_options(const struct records_options *options, struct lifecycle_error *error)
{
	if (options->state_dir == NULL)
		return 0;
	if (options->root != NULL)
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"--root and --state-dir exclude each other");
	if (options->state_dir[0] == '\0')
		return error_set(error, LIFECYCLE_ERROR_INVALID, "an empty path is no directory");
	return 0;
}

int records_open(const struct cli_call *call, enum lifecycle_access access,
	struct records *ret_records, struct lifecycle_error *error)
{
	const struct records_options *options = call->globals;
	struct lifecycle_error why;
	struct records records = { .directory = options->state_dir };

	if (check_options(options, error) < 0)
		return -1;
	if (records.directory == NULL) {
		if (records_root_path(options->root, &records.root, error) < 0)
			return -1;
		if (lifecycle_store_open(records.root, access, &records.store, &why) < 0 &&
			why.code != LIFECYCLE_ERROR_NOT_FOUND) {
			free(records.root);
			if (error != NULL)
				*error = why;
			return -1;
		}
	}
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): records_close() frees it */
	*ret_records = records;
	return 0;
}

void records_close(struct records *records)
{
	if (records->store != NULL)
		lifecycle_store_close(records->store);
	free(records->root);
}

void records_note_missing(const struct records *records, const struct cli_call *call)
{
	if (records->store != NULL || records->directory != NULL)
		return;
	fprintf(stderr, "%s: there is no store at '", call->tool->name);
	format_escaped(stderr, records->root);
	fputs("'\n", stderr);
}

/* ---- one container ---- */

int records_list(const struct records *records, struct lifecycle_strings *ret_ids,
	struct lifecycle_strings *ret_foreign, struct lifecycle_error *error)
{
	if (records->store != NULL)
		return lifecycle_store_list(records->store, ret_ids, ret_foreign, error);
	if (records->directory != NULL && state_dir_list(records->directory, ret_ids, error) < 0)
		return -1;
	if (records->directory == NULL)
		*ret_ids = (struct lifecycle_strings){ 0 };
	if (ret_foreign != NULL)
		*ret_foreign = (struct lifecycle_strings){ 0 };
	return 0;
}

int records_watch(const struct records *records, struct lifecycle_watch **ret_watch,
	struct lifecycle_error *error)
{
	if (records->directory != NULL)
		return lifecycle_watch_open_directory(records->directory, ret_watch, error);
	return lifecycle_watch_open(records->root, ret_watch, error);
}

int records_load(const struct records *records, const char *id,
	struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	if (records->directory != NULL)
		return lifecycle_load_directory(records->directory, ret_record, error);
	if (records->store == NULL)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND, "no such container: '%s'", id);
	return lifecycle_store_load(records->store, id, ret_record, error);
}

/* A rename is a change of the file, not a modification. */
int64_t records_written_at(const struct records *records, const char *id)
{
	struct stat status;
	char *path;
	int result;

	if (records->directory != NULL)
		result = asprintf(&path, "%s/%s", records->directory, LIFECYCLE_RECORD_FILE);
	else
		result = asprintf(&path, "%s/%s/%s", records->root, id, LIFECYCLE_RECORD_FILE);
	if (result < 0)
		return LIFECYCLE_UNKNOWN;
	result = stat(path, &status);
	free(path);
	return result < 0 ? LIFECYCLE_UNKNOWN
			  : (int64_t)status.st_ctim.tv_sec * 1000000000 + status.st_ctim.tv_nsec;
}

/* "ID (NAME, STATUS, started TIME)"; of an engine's ID as much as list shows. */
static void print_candidate(const struct records *records, const char *id, FILE *out)
{
	struct lifecycle_record *record;
	char text[LIFECYCLE_TIME_SIZE];
	struct view view;
	const char *name;
	const char *status;

	fprintf(out, "%.*s", format_id_length(id), id);
	if (records_load(records, id, &record, NULL) < 0)
		return;
	view_of(record, &view);
	name = lifecycle_record_name(record);
	status = lifecycle_status_name(view.observed.status);
	lifecycle_time_format(view.observed.started_at, text);
	fprintf(out, " (%s, %s%s%s)", name != NULL ? name : "-", status != NULL ? status : "-",
		text[0] != '\0' ? ", started " : "", text);
	lifecycle_record_free(record);
}

static void add_candidates(const struct records *records,
	const struct lifecycle_strings *candidates, struct lifecycle_error *error)
{
	size_t used = strlen(error->message);
	size_t room = sizeof(error->message) - used;
	char *text = NULL;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	if (out == NULL)
		return;
	for (size_t i = 0; i < candidates->count; i++) {
		fputs(i == 0 ? ": " : ", ", out);
		print_candidate(records, candidates->items[i], out);
	}
	if (fclose(out) == 0 && (size_t)snprintf(error->message + used, room, "%s", text) >= room)
		strcpy(error->message + sizeof(error->message) - sizeof("..."), "...");
	free(text);
}

int records_resolve(const struct records *records, const char *reference, char **ret_id,
	struct lifecycle_error *error)
{
	struct lifecycle_strings candidates = { 0 };

	if (records->directory != NULL)
		return state_dir_resolve(records->directory, reference, ret_id, error);
	if (records->store == NULL)
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND,
			"no such container: '%s' (there is no store at '%s')", reference,
			records->root);
	if (lifecycle_store_resolve(records->store, reference, ret_id, &candidates, error) == 0)
		return 0;
	if (error->code == LIFECYCLE_ERROR_AMBIGUOUS) {
		add_candidates(records, &candidates, error);
		lifecycle_strings_free(&candidates);
	}
	return -1;
}

/* ---- a container without a record ---- */

/* In nerdctl's tree that is one which was never started. What is ours alone is just being made, or goes just now. */
static bool has_files_of_others(const char *root, const char *id)
{
	const struct dirent *entry;
	bool found = false;
	DIR *directory;
	char *path;

	if (root == NULL || asprintf(&path, "%s/%s", root, id) < 0)
		return false;
	directory = opendir(path);
	free(path);
	if (directory == NULL)
		return false;
	while (!found && (entry = readdir(directory)) != NULL)
		found = entry->d_name[0] != '.' && strncmp(entry->d_name, LIFECYCLE_RECORD_FILE,
							   strlen(LIFECYCLE_RECORD_FILE)) != 0;
	(void)closedir(directory);
	return found;
}

/* That it is there is all that is known. An ID needs no escape. */
static int record_of_nothing(
	const char *id, struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	char text[320];
	int length = snprintf(text, sizeof(text), "{\"id\":\"%s\"}", id);

	return lifecycle_record_decode(text, (size_t)length, ret_record, error);
}

/* ---- each ---- */

static int load_to_visit(const struct records *records, const char *id, bool may_be_gone,
	struct lifecycle_record **ret_record, struct lifecycle_error *error)
{
	if (records_load(records, id, ret_record, error) == 0)
		return 0;
	if (may_be_gone && error->code == LIFECYCLE_ERROR_NOT_FOUND &&
		has_files_of_others(records->root, id))
		return record_of_nothing(id, ret_record, error);
	return -1;
}

static int visit(const struct records *records, const char *id, bool may_be_gone,
	struct cli_call *call, records_each_fn *each, void *arg)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;
	struct view view;
	int result;

	if (load_to_visit(records, id, may_be_gone, &record, &error) < 0) {
		if (!may_be_gone || error.code != LIFECYCLE_ERROR_NOT_FOUND)
			cli_complain(call, &error);
		return 0;
	}
	view_of(record, &view);
	result = each(&view, arg);
	lifecycle_record_free(record);
	return result;
}

static void complain_of_foreign(const struct records *records, struct cli_call *call,
	const struct lifecycle_strings *foreign)
{
	struct lifecycle_error error;

	for (size_t i = 0; i < foreign->count; i++) {
		error_set(&error, LIFECYCLE_ERROR_CORRUPT,
			"'%s' in '%s' is no container's directory", foreign->items[i],
			records->root);
		cli_complain(call, &error);
	}
}

int records_for_each(
	const struct records *records, struct cli_call *call, records_each_fn *each, void *arg)
{
	struct lifecycle_error error;
	struct lifecycle_strings ids;
	struct lifecycle_strings foreign;
	int result = 0;

	records_note_missing(records, call);
	if (records_list(records, &ids, &foreign, &error) < 0) {
		cli_complain(call, &error);
		return 0;
	}
	for (size_t i = 0; i < ids.count && result == 0; i++)
		result = visit(records, ids.items[i], true, call, each, arg);
	complain_of_foreign(records, call, &foreign);
	lifecycle_strings_free(&ids);
	lifecycle_strings_free(&foreign);
	return result;
}

static int visit_reference(const struct records *records, const char *reference,
	struct cli_call *call, records_each_fn *each, void *arg)
{
	struct lifecycle_error error;
	char *id;
	int result;

	if (records_resolve(records, reference, &id, &error) < 0) {
		cli_complain(call, &error);
		return 0;
	}
	result = visit(records, id, false, call, each, arg);
	free(id);
	return result;
}

int records_for_operands(
	const struct records *records, struct cli_call *call, records_each_fn *each, void *arg)
{
	struct lifecycle_error error;
	int result = 0;

	if (call->operand_count == 0 && records->directory != NULL)
		return records_for_each(records, call, each, arg);
	if (call->operand_count == 0) {
		error_set(&error, LIFECYCLE_ERROR_INVALID, "%s needs %s", call->command->name,
			call->command->arguments);
		cli_complain(call, &error);
	}
	for (size_t i = 0; i < call->operand_count && result == 0; i++)
		result = visit_reference(records, call->operands[i], call, each, arg);
	return result;
}

/* ---- completion ---- */

static void offer_container(const struct records *records, const char *id, const char *begun)
{
	struct lifecycle_record *record;
	const char *name;

	if (records_load(records, id, &record, NULL) < 0)
		return;
	name = lifecycle_record_name(record);
	cli_offer(begun, id, name);
	if (name != NULL)
		cli_offer(begun, name, id);
	lifecycle_record_free(record);
}

void records_complete(const struct cli_call *call, const char *begun)
{
	struct records records;
	struct lifecycle_strings ids;

	if (records_open(call, LIFECYCLE_ACCESS_READ, &records, NULL) < 0)
		return;
	if (records_list(&records, &ids, NULL, NULL) == 0) {
		for (size_t i = 0; i < ids.count; i++)
			offer_container(&records, ids.items[i], begun);
		lifecycle_strings_free(&ids);
	}
	records_close(&records);
}
