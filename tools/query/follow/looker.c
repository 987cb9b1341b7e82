/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/looker.h"

#include <stdlib.h>
#include <string.h>

int looker_open(struct looker *looker)
{
	return records_open(
		looker->call, LIFECYCLE_ACCESS_READ, &looker->records, &looker->teller.error);
}

void looker_close(struct looker *looker)
{
	records_close(&looker->records);
}

void looker_free(struct looker *looker)
{
	lifecycle_strings_free(&looker->wanted);
	teller_free(&looker->teller);
}

/* ---- one container ---- */

static bool is_wanted(const struct looker *looker, const char *id)
{
	for (size_t i = 0; i < looker->wanted.count; i++)
		if (strcmp(looker->wanted.items[i], id) == 0)
			return true;
	return looker->call->operand_count == 0;
}

int looker_take_end(struct looker *looker, struct known_container *container)
{
	struct lifecycle_record *record = NULL;
	int result;

	(void)records_load(&looker->records, container->id, &record, NULL);
	result = teller_take_end(&looker->teller, container, record);
	lifecycle_record_free(record);
	return result;
}

static bool is_end_unrecorded(const struct view *view)
{
	return view_is(view, LIFECYCLE_STATUS_STOPPED) &&
	       view->current->status != LIFECYCLE_STATUS_STOPPED;
}

/*
 * The record and what is seen of its process. An end that is seen may be newer than the record that was read before: then
 * that is read once more, and has all that came before the end.
 */
static int load(struct looker *looker, const char *id, struct lifecycle_record **ret_record,
	struct view *ret_view, struct lifecycle_error *error)
{
	if (records_load(&looker->records, id, ret_record, error) < 0)
		return -1;
	view_of(*ret_record, ret_view);
	if (!is_end_unrecorded(ret_view))
		return 0;
	lifecycle_record_free(*ret_record);
	if (records_load(&looker->records, id, ret_record, error) < 0)
		return -1;
	view_of(*ret_record, ret_view);
	return 0;
}

/* A bad record has no events that could be missed. */
static void complain(struct looker *looker, const struct lifecycle_error *error)
{
	cli_complain(looker->call, error);
	looker->missed = looker->missed || error->code != LIFECYCLE_ERROR_CORRUPT;
}

/* Known after the record was read, or it could be that of one which has not been read. What cannot be found out is new. */
static int64_t written_at(const struct looker *looker, const char *id)
{
	int64_t time = looker->goes_on ? records_written_at(&looker->records, id) : INT64_MAX;

	return time != LIFECYCLE_UNKNOWN ? time : INT64_MAX;
}

/*
 * Reads a record again. It may be missing for a moment while a bad one is set aside, so that is its end only if
 * its directory went. One that cannot be read is complained of, and what is known of it stays.
 */
static int take_record(struct looker *looker, const char *id, bool went)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;
	struct view view;
	int result = 0;

	if (load(looker, id, &record, &view, &error) == 0) {
		result = teller_take_record(&looker->teller, id, &view, written_at(looker, id));
		lifecycle_record_free(record);
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		complain(looker, &error);
	} else if (went) {
		result = teller_take_removal(&looker->teller, id);
	}
	return result;
}

int looker_look_at(struct looker *looker, const char *id, bool went)
{
	int result;

	if (!is_wanted(looker, id))
		return 0;
	result = take_record(looker, id, went);
	if (result == TELLER_ENDED_MEANWHILE)
		result = take_record(looker, id, went);
	return result < 0 ? -1 : 0;
}

/* ---- the whole store ---- */

static int compare_ids(const void *one, const void *other)
{
	return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool has_id(const struct lifecycle_strings *ids, const char *id)
{
	return ids->count > 0 &&
	       bsearch(&id, ids->items, ids->count, sizeof(*ids->items), compare_ids) != NULL;
}

/* From the last one on, since one that is gone is taken out. */
static int take_removals(struct looker *looker, const struct lifecycle_strings *ids)
{
	for (size_t i = looker->teller.known.count; i-- > 0;) {
		const struct known_container *container = &looker->teller.known.containers[i];

		if (!has_id(ids, container->id) &&
			teller_take_removal(&looker->teller, container->id) < 0)
			return -1;
	}
	return 0;
}

int looker_look_at_all(struct looker *looker)
{
	struct lifecycle_strings ids;
	struct lifecycle_error error;
	int result;

	looker->missed = false;
	if (records_list(&looker->records, &ids, NULL, &error) < 0) {
		if (error.code != LIFECYCLE_ERROR_NOT_FOUND)
			complain(looker, &error);
		return 0;
	}
	result = take_removals(looker, &ids);
	for (size_t i = 0; i < ids.count && result == 0; i++)
		result = looker_look_at(looker, ids.items[i], false);
	lifecycle_strings_free(&ids);
	return result;
}
