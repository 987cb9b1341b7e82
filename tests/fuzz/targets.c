/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"
#include "codec.h"
#include "observed.h"
#include "oci_state.h"
#include "transition.h"

#include <stdlib.h>
#include <string.h>

/* ---- the OCI state ---- */

static const char *check_state(const struct oci_state *state)
{
	int64_t pid = oci_state_pid(state);

	if (!oci_state_id(state) || !lifecycle_id_valid(oci_state_id(state)))
		return "a state without a good ID";
	if (pid != LIFECYCLE_UNKNOWN && (pid < INT32_MIN || pid > INT32_MAX))
		return "a pid that is none";
	(void)oci_state_status(state);
	(void)oci_state_bundle(state);
	(void)oci_state_version(state);
	(void)oci_state_annotation(state, "a");
	return NULL;
}

const char *fuzz_state(const char *bytes, size_t length)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct oci_state *state;
	const char *fault;

	if (oci_state_parse(bytes, length, &state, &error) < 0)
		return error.code == LIFECYCLE_ERROR_INVALID ? NULL : "a bad state is no bad state";
	fault = check_state(state);
	oci_state_free(state);
	return fault;
}

/* ---- a record ---- */

struct text {
	char *bytes;
	size_t length;
};

static const char *write_record(const struct lifecycle_record *record, struct text *ret)
{
	if (lifecycle_record_encode(record, NULL, &ret->bytes, &ret->length, NULL) < 0)
		return "a record that was read cannot be written";
	if (ret->length > LIFECYCLE_RECORD_LIMIT)
		return "a record is over its bound";
	return strlen(ret->bytes) == ret->length ? NULL : "a record holds a NUL";
}

static const char *rewrite(const struct text *first)
{
	struct lifecycle_record *again;
	struct text second = { NULL, 0 };
	const char *fault;

	if (lifecycle_record_decode(first->bytes, first->length, &again, NULL) < 0)
		return "what was written cannot be read";
	fault = write_record(again, &second);
	if (!fault && strcmp(first->bytes, second.bytes) != 0)
		fault = "what was read is not what was written";
	free(second.bytes);
	lifecycle_record_free(again);
	return fault;
}

static struct lifecycle_evidence evidence_of(enum lifecycle_point point)
{
	return (struct lifecycle_evidence){
		.point = point,
		.time = INT64_C(1795311412000000000),
		.seen_at = INT64_C(1795311412001000000),
		.id = "c1",
		.status = "running",
		.pid = 100,
		.process = { LIVENESS_ALIVE, false, 100, 1000, 4026531836, "boot", "1:2", "sleep", true,
			LIFECYCLE_UNKNOWN },
		.recorded = { LIVENESS_GONE, false, 100, 1000, 4026531836, "boot", "", "", false, 9 },
		.program = PROGRAM_EXECUTED,
		.exit_file = { 3, INT64_C(1795311413000000000) },
		.command = { COMMAND_PROGRESS_ENDED, "/x", NULL, 0, 5, 1, LIFECYCLE_UNKNOWN, NULL,
			"text" },
		.instance = "6f1b2b1e-8f0a-4c57-9d7e-0a1b2c3d4e5f",
	};
}

static bool fold_reports(struct lifecycle_record *record)
{
	char instance[INSTANCE_SIZE];

	for (int event = LIFECYCLE_EVENT_CREATED; event <= LIFECYCLE_EVENT_NAMED; event++) {
		struct lifecycle_evidence evidence = evidence_of(LIFECYCLE_POINT_ENGINE);

		evidence.event = (enum lifecycle_event)event;
		evidence.message = "text";
		if (transition_fold(record, &evidence, instance, NULL) < 0)
			return false;
	}
	return true;
}

/* Whatever a record holds, it is possible to go on from there. */
static const char *fold_all(struct lifecycle_record *record)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	char instance[INSTANCE_SIZE];
	struct text text = { NULL, 0 };
	const char *fault;

	for (int point = LIFECYCLE_POINT_PRESTART; point <= LIFECYCLE_POINT_RESTORE; point++) {
		struct lifecycle_evidence evidence = evidence_of((enum lifecycle_point)point);

		if (point == LIFECYCLE_POINT_ENGINE)
			continue;
		observed_fill(record, &evidence.process, &observed);
		if (transition_fold(record, &evidence, instance, NULL) < 0)
			return "evidence cannot be folded";
	}
	if (!fold_reports(record))
		return "a report cannot be folded";
	fault = write_record(record, &text);
	if (!fault)
		fault = rewrite(&text);
	free(text.bytes);
	return fault;
}

const char *fuzz_record(const char *bytes, size_t length)
{
	struct lifecycle_error error = { LIFECYCLE_ERROR_NONE, 0, "" };
	struct text text = { NULL, 0 };
	struct lifecycle_record *record;
	const char *fault;

	if (lifecycle_record_decode(bytes, length, &record, &error) < 0)
		return error.code == LIFECYCLE_ERROR_CORRUPT ? NULL
							     : "a bad record is no bad record";
	fault = write_record(record, &text);
	if (!fault)
		fault = rewrite(&text);
	if (!fault)
		fault = fold_all(record);
	free(text.bytes);
	lifecycle_record_free(record);
	return fault;
}
