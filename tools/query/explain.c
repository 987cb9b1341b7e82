/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/format.h"
#include "query/commands.h"
#include "query/output/sentences.h"
#include "records/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct explain {
	const struct cli_call *call;
	const struct records *records;
	bool explained;
};

/* ---- others of the same name ---- */

static bool is_namesake(const struct lifecycle_record *one, const struct lifecycle_record *other)
{
	const char *id = lifecycle_record_id(one), *other_id = lifecycle_record_id(other);
	const char *name = lifecycle_record_name(one), *other_name = lifecycle_record_name(other);

	return id != NULL && other_id != NULL && name != NULL && other_name != NULL &&
	       strcmp(id, other_id) != 0 && strcmp(name, other_name) == 0;
}

/* What cannot be read is not what was asked for: nothing is said of that. */
static size_t count_namesakes(const struct records *records, const struct lifecycle_record *record)
{
	struct lifecycle_strings ids;
	size_t count = 0;

	if (lifecycle_record_name(record) == NULL || records_list(records, &ids, NULL, NULL) < 0)
		return 0;
	for (size_t i = 0; i < ids.count; i++) {
		struct lifecycle_record *other;

		if (records_load(records, ids.items[i], &other, NULL) < 0)
			continue;
		count += is_namesake(record, other);
		lifecycle_record_free(other);
	}
	lifecycle_strings_free(&ids);
	return count;
}

/* ---- one container ---- */

/* The directory of the container's record: free() it; NULL if memory is out. */
static char *place_of(const struct records *records, const struct lifecycle_record *record)
{
	const char *id = lifecycle_record_id(record);
	char *place;

	if (records->directory != NULL)
		return strdup(records->directory);
	return asprintf(&place, "%s/%s", records->root, id != NULL ? id : "") >= 0 ? place : NULL;
}

static int explain(const struct view *view, void *arg)
{
	struct explain *explain = arg;
	const struct records_options *globals = explain->call->globals;
	char *place = place_of(explain->records, view->record);
	struct story story = { .view = view,
		.now = lifecycle_time_now(),
		.paused = view_is_paused(view),
		.namesakes = count_namesakes(explain->records, view->record),
		.root = globals->root,
		.state_dir = explain->records->directory,
		.place = place };
	int result = place != NULL ? sentences_print(&story, stdout) : -1;

	free(place);
	explain->explained = true;
	return result;
}

/* ---- a record that is bad: that it is was said on stderr ---- */

static bool is_bad(const struct records *records, const char *reference, char **ret_id)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;

	if (records_resolve(records, reference, ret_id, &error) < 0)
		return false;
	if (records_load(records, *ret_id, &record, &error) == 0)
		lifecycle_record_free(record);
	else if (error.code == LIFECYCLE_ERROR_CORRUPT)
		return true;
	free(*ret_id);
	return false;
}

static void explain_bad(const struct records *records, const char *reference)
{
	char *id;

	if (!is_bad(records, reference, &id))
		return;
	printf("%s\n\n"
	       "Its record cannot be understood.\n"
	       "\nWhat is not known:\n"
	       "- All that was recorded. The next hook of this container sets the record aside, "
	       "and "
	       "begins a new one.\n"
	       "\nWhere to look next:\n"
	       "- what is wrong in the store: lifecycle-query --root ",
		id);
	format_word(stdout, records->root);
	fputs(" verify\n- the record: cat ", stdout);
	format_word(stdout, records->root);
	printf("/%s/" LIFECYCLE_RECORD_FILE "\n", id);
	free(id);
}

static int run(struct cli_call *call)
{
	struct lifecycle_error error;
	struct records records;
	struct explain all = { .call = call, .records = &records };
	int result;

	if (records_open(call, LIFECYCLE_ACCESS_READ, &records, &error) < 0)
		return cli_fail(call, &error);
	result = records_for_operands(&records, call, explain, &all);
	if (!all.explained && call->complaints > 0 && call->operand_count > 0 &&
		records.root != NULL)
		explain_bad(&records, call->operands[0]);
	records_close(&records);
	if (result < 0) {
		(void)error_no_memory(&error);
		return cli_fail(call, &error);
	}
	return call->status;
}

const struct cli_command query_explain = {
	.name = "explain",
	.arguments = "REF",
	.summary = "say what happened to a container, what is not known, where to look",
	.details = "What is not known is listed with the reason. At the end stands where to look "
		   "next, as\ncommands to paste. Nothing is guessed.",
	.most = 1,
	.complete = records_complete,
	.run = run,
};
