/* SPDX-License-Identifier: Apache-2.0 */
#include "codec.h"
#include "observed.h"
#include "oci_state.h"
#include "targets.h"
#include "transition.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- the OCI state ---- */

static bool same_text(const char *one, const char *other)
{
	return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

/* What was understood, written as a state, is understood to be the same. */
static const char *check_state_again(const struct oci_state *state)
{
	int64_t pid = oci_state_pid(state);
	json_t *json = json_pack("{s:s,s:s?,s:s?,s:s?,s:s?}", "id", oci_state_id(state), "status",
		oci_state_status(state), "bundle", oci_state_bundle(state), "ociVersion",
		oci_state_version(state), "unknown", (char *)NULL);
	struct oci_state *again;
	const char *fault = NULL;
	char *text;

	if (pid != LIFECYCLE_UNKNOWN)
		json_object_set_new(json, "pid", json_integer(pid));
	text = json_dumps(json, 0);
	json_decref(json);
	if (oci_state_parse(text, strlen(text), &again, NULL) < 0)
		fault = "what was understood is no state";
	free(text);
	if (fault)
		return fault;
	if (!same_text(oci_state_id(again), oci_state_id(state)) || oci_state_pid(again) != pid ||
		!same_text(oci_state_status(again), oci_state_status(state)) ||
		!same_text(oci_state_bundle(again), oci_state_bundle(state)) ||
		!same_text(oci_state_version(again), oci_state_version(state)))
		fault = "it is another state the second time";
	oci_state_free(again);
	return fault;
}

/* By the letter of the manual page. */
static bool is_good_id(const char *id)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+.-";

	return strlen(id) >= 1 && strlen(id) <= 255 && *id != '.' &&
	       strspn(id, letters) == strlen(id);
}

static const char *check_state(const struct oci_state *state)
{
	int64_t pid = oci_state_pid(state);

	if (!oci_state_id(state) || !is_good_id(oci_state_id(state)))
		return "a state without a good ID";
	if (pid != LIFECYCLE_UNKNOWN && (pid < INT32_MIN || pid > INT32_MAX))
		return "a pid that is none";
	(void)oci_state_annotation(state, "a");
	return check_state_again(state);
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
		.process = { .liveness = LIVENESS_ALIVE,
			.pid = 100,
			.start_ticks = 1000,
			.pid_ns = 4026531836,
			.boot_id = "boot",
			.exe = "1:2",
			.comm = "sleep",
			.forked = true,
			.exit_status = LIFECYCLE_UNKNOWN },
		.recorded = { .liveness = LIVENESS_GONE,
			.pid = 100,
			.start_ticks = 1000,
			.pid_ns = 4026531836,
			.boot_id = "boot",
			.exit_status = 9 },
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
