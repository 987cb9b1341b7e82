/* SPDX-License-Identifier: Apache-2.0 */
#include "container/seen.h"
#include "base/error.h"

static int load_record(struct place *place, const char *id, struct lifecycle_record **ret_record,
	struct lifecycle_error *error)
{
	struct lifecycle_error why;

	*ret_record = NULL;
	if (place->store == NULL)
		return 0;
	if (lifecycle_store_load(place->store, id, ret_record, &why) == 0)
		return 0;
	if (why.code == LIFECYCLE_ERROR_NOT_FOUND)
		return 0;
	return error_set(error, why.code, "%s", why.message);
}

int seen_state(struct place *place, const char *id, struct lifecycle_observed *ret_state,
	struct lifecycle_error *error)
{
	struct lifecycle_observed state = { .size = sizeof(state) };
	struct lifecycle_record *record;

	if (load_record(place, id, &record, error) < 0)
		return -1;
	if (record != NULL)
		lifecycle_observe(record, &state);
	lifecycle_record_free(record);
	*ret_state = state;
	return 0;
}

bool seen_lives(const struct lifecycle_observed *state)
{
	return state->status != LIFECYCLE_STATUS_NONE && state->status != LIFECYCLE_STATUS_STOPPED;
}

int seen_process(struct place *place, const char *id, int *ret_pidfd, struct lifecycle_error *error)
{
	struct lifecycle_record *record;
	struct lifecycle_error why;
	int result = 0;

	*ret_pidfd = -1;
	if (load_record(place, id, &record, error) < 0)
		return -1;
	if (record != NULL && lifecycle_open_process(record, ret_pidfd, &why) < 0 &&
		why.code != LIFECYCLE_ERROR_NOT_FOUND)
		result = error_set(error, why.code, "%s", why.message);
	lifecycle_record_free(record);
	return result;
}
