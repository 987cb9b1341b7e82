/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence.h"
#include "argv.h"
#include "base/error.h"
#include "base/utf8.h"
#include "conmon_name.h"
#include "exec_wait.h"
#include "name_annotations.h"
#include "observed.h"
#include "oci_state.h"
#include "process.h"
#include "sized.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <uuid/uuid.h>

/* libuuid's own generator asks for a dozen system calls; it is there for where the kernel has no random bytes for us. */
static void make_instance(char ret_text[INSTANCE_SIZE])
{
	uuid_t instance;

	if (getrandom(instance, sizeof(instance), GRND_NONBLOCK) != (ssize_t)sizeof(instance)) {
		uuid_generate_random(instance);
	} else {
		instance[6] = (unsigned char)((instance[6] & 0x0f) | 0x40); /* version 4 */
		instance[8] = (unsigned char)((instance[8] & 0x3f) | 0x80); /* RFC 9562's variant */
	}
	uuid_unparse_lower(instance, ret_text);
}

struct lifecycle_evidence *evidence_new(enum lifecycle_point point, int64_t time, int64_t deadline)
{
	struct lifecycle_evidence *evidence = calloc(1, sizeof(*evidence));

	if (evidence == NULL)
		return NULL;
	evidence->point = point;
	evidence->time = time;
	evidence->seen_at = time;
	evidence->deadline = deadline;
	evidence->pid = LIFECYCLE_UNKNOWN;
	evidence->exec_fifo = LIFECYCLE_UNKNOWN;
	evidence->process.pid = LIFECYCLE_UNKNOWN;
	evidence->process.start_ticks = LIFECYCLE_UNKNOWN;
	evidence->process.pid_ns = LIFECYCLE_UNKNOWN;
	evidence->process.exit_status = LIFECYCLE_UNKNOWN;
	evidence->recorded.exit_status = LIFECYCLE_UNKNOWN;
	evidence->exit_file.exit_code = LIFECYCLE_UNKNOWN;
	evidence->exit_file.time = LIFECYCLE_UNKNOWN;
	evidence->ending.exit_code = LIFECYCLE_UNKNOWN;
	evidence->ending.exit_signal = LIFECYCLE_UNKNOWN;
	evidence->command.duration_ns = LIFECYCLE_UNKNOWN;
	evidence->command.exit_code = LIFECYCLE_UNKNOWN;
	evidence->command.signal = LIFECYCLE_UNKNOWN;
	evidence->command.index = LIFECYCLE_UNKNOWN;
	make_instance(evidence->instance);
	return evidence;
}

static void free_text(const char *text)
{
	free((void *)(uintptr_t)text);
}

void lifecycle_evidence_free(struct lifecycle_evidence *evidence)
{
	if (evidence == NULL)
		return;
	free_text(evidence->id);
	free_text(evidence->name);
	free_text(evidence->bundle);
	free_text(evidence->oci_version);
	free_text(evidence->status);
	for (size_t i = 0; i < evidence->annotation_count; i++) {
		free_text(evidence->annotations[i].key);
		free_text(evidence->annotations[i].value);
	}
	free_text(evidence->message);
	record_free_texts(&evidence->command.argv);
	free_text(evidence->command.path);
	free_text(evidence->command.message);
	free_text(evidence->command.stderr_text);
	free(evidence);
}

/* ---- from the OCI state ---- */

int evidence_add_annotation(struct lifecycle_evidence *evidence, const char *key, const char *value,
	struct lifecycle_error *error)
{
	struct record_annotation *annotation = &evidence->annotations[evidence->annotation_count];

	if (value == NULL || evidence->annotation_count == DEFAULTS_MAX_ANNOTATIONS)
		return 0;
	evidence->annotation_count++;
	if (record_set_text(&annotation->key, key, error) < 0)
		return -1;
	return record_set_text(&annotation->value, value, error);
}

static int take_annotations(struct lifecycle_evidence *evidence, const struct oci_state *state,
	const char *const *keys, struct lifecycle_error *error)
{
	for (; keys != NULL && *keys != NULL; keys++)
		if (evidence_add_annotation(
			    evidence, *keys, oci_state_annotation(state, *keys), error) < 0)
			return -1;
	return 0;
}

/* An annotation outweighs what conmon was told, which is looked for only while conmon is there: when it creates. */
static int take_name(struct lifecycle_evidence *evidence, const struct oci_state *state,
	const char *const *keys, struct lifecycle_error *error)
{
	const char *name = name_annotations_find(state, keys);
	char buffer[CONMON_NAME_SIZE];

	if (name == NULL && (evidence->point == LIFECYCLE_POINT_PRESTART ||
				    evidence->point == LIFECYCLE_POINT_CREATE_RUNTIME))
		name = conmon_name_find(oci_state_id(state), buffer);
	return record_set_text(&evidence->name, name, error);
}

static int take_state(struct lifecycle_evidence *evidence, const struct oci_state *state,
	const struct lifecycle_gather *gather, struct lifecycle_error *error)
{
	const char *kept[NAME_ANNOTATIONS_KEPT + 1];

	evidence->pid = oci_state_pid(state);
	if (record_set_text(&evidence->id, oci_state_id(state), error) < 0 ||
		take_name(evidence, state, gather->name_annotations, error) < 0 ||
		record_set_text(&evidence->bundle, oci_state_bundle(state), error) < 0 ||
		record_set_text(&evidence->oci_version, oci_state_version(state), error) < 0 ||
		record_set_text(&evidence->status, oci_state_status(state), error) < 0)
		return -1;
	name_annotations_list_kept(state, kept);
	if (take_annotations(evidence, state, kept, error) < 0)
		return -1;
	return take_annotations(evidence, state, gather->annotations, error);
}

/* A poststop of runc's, crun's or podman's names no process. */
static void look_at_named(struct lifecycle_evidence *evidence)
{
	if (evidence->pid <= 0)
		return;
	process_look(evidence->pid, &evidence->process);
	evidence->seen_at = lifecycle_time_now();
}

int lifecycle_evidence_gather(const struct lifecycle_gather *given,
	struct lifecycle_evidence **ret_evidence, struct lifecycle_error *error)
{
	struct lifecycle_gather gather = { .size = sizeof(gather) };
	struct lifecycle_evidence *evidence;
	struct oci_state *state;
	int result = -1;

	if (sized_read(&gather, given, SIZED_FIRST(struct lifecycle_gather, annotations), error) <
		0)
		return -1;
	if (!point_is_of_hook(gather.point))
		return error_set(error, LIFECYCLE_ERROR_INVALID, "the point is not a hook's");
	if (oci_state_parse(gather.state, gather.state_length, &state, error) < 0)
		return -1;
	evidence = evidence_new(gather.point, gather.time, gather.deadline);
	if (evidence == NULL)
		(void)error_no_memory(error);
	else
		result = take_state(evidence, state, &gather, error);
	oci_state_free(state);
	if (result < 0) {
		lifecycle_evidence_free(evidence);
		return -1;
	}
	look_at_named(evidence);
	*ret_evidence = evidence;
	return 0;
}

int lifecycle_evidence_of_runtime(enum lifecycle_point point, const char *id, int64_t time,
	int64_t pid, struct lifecycle_evidence **ret_evidence, struct lifecycle_error *error)
{
	struct lifecycle_evidence *evidence;

	if (!lifecycle_id_valid(id))
		return error_set(
			error, LIFECYCLE_ERROR_INVALID, "'%.64s' is not a container ID", id);
	if (!point_is_of_runtime(point))
		return error_set(error, LIFECYCLE_ERROR_INVALID, "the point is not a runtime's");
	evidence = evidence_new(point, time, LIFECYCLE_NO_DEADLINE);
	if (evidence == NULL)
		return error_no_memory(error);
	if (record_set_text(&evidence->id, id, error) < 0) {
		lifecycle_evidence_free(evidence);
		return -1;
	}
	evidence->pid = pid;
	look_at_named(evidence);
	*ret_evidence = evidence;
	return 0;
}

const char *lifecycle_evidence_id(const struct lifecycle_evidence *evidence)
{
	return evidence->id;
}

const char *lifecycle_evidence_name(const struct lifecycle_evidence *evidence)
{
	return evidence->name;
}

/* ---- of a command ---- */

int lifecycle_evidence_begin(struct lifecycle_evidence *evidence,
	const struct lifecycle_command *given, struct lifecycle_error *error)
{
	struct lifecycle_command command = { .size = sizeof(command) };

	if (sized_read(&command, given, SIZED_FIRST(struct lifecycle_command, index), error) < 0)
		return -1;
	evidence->command.progress = COMMAND_PROGRESS_BEGUN;
	evidence->command.index = command.index;
	if (argv_copy(&evidence->command.argv, command.argv, error) < 0)
		return -1;
	return record_set_text(&evidence->command.path, command.path, error);
}

int lifecycle_evidence_end(struct lifecycle_evidence *evidence,
	const struct lifecycle_outcome *given, struct lifecycle_error *error)
{
	struct lifecycle_outcome outcome = { .size = sizeof(outcome) };
	struct command *command = &evidence->command;

	if (sized_read(&outcome, given, SIZED_FIRST(struct lifecycle_outcome, stderr_length),
		    error) < 0)
		return -1;
	command->progress = COMMAND_PROGRESS_ENDED;
	command->duration_ns = outcome.duration_ns;
	command->exit_code = outcome.exit_code;
	command->signal = outcome.signal;
	if (record_set_text(&command->message, outcome.message, error) < 0)
		return -1;
	if (outcome.stderr_length == 0)
		return 0;
	free_text(command->stderr_text);
	command->stderr_text =
		utf8_copy(outcome.stderr_text, outcome.stderr_length, DEFAULTS_TEXT_LIMIT, true);
	return command->stderr_text != NULL ? 0 : error_no_memory(error);
}

/* ---- looking at the record's process ---- */

/* The hook looked at it when it began; how a command ended may be told much later. */
static bool has_just_been_seen(
	const struct lifecycle_record *record, const struct lifecycle_evidence *evidence)
{
	return evidence->command.progress != COMMAND_PROGRESS_ENDED &&
	       process_has_identity(&evidence->process) &&
	       record->current.pid_ns == evidence->process.pid_ns &&
	       generation_is_of_process(&record->current, &evidence->process);
}

static void look(struct lifecycle_evidence *evidence, const struct lifecycle_record *record)
{
	const struct lifecycle_generation *previous = record_open_previous(record);

	if (has_just_been_seen(record, evidence))
		evidence->recorded = evidence->process;
	else
		process_look_recorded(&record->current, &evidence->recorded);
	exec_wait(evidence, record);
	if (previous != NULL && evidence->point == LIFECYCLE_POINT_POSTSTOP)
		process_look_recorded(previous, &evidence->previous);
	evidence->exec_fifo = record->exec_fifo;
}

int lifecycle_evidence_fold(
	struct lifecycle_record *record, void *arg, struct lifecycle_error *error)
{
	struct lifecycle_evidence *evidence = arg;
	char instance[INSTANCE_SIZE];

	look(evidence, record);
	if (transition_fold(record, evidence, instance, error) < 0)
		return -1;
	strcpy(evidence->folded_into, instance);
	return 0;
}

void evidence_mark_stored(struct lifecycle_evidence *evidence)
{
	evidence->stored = true;
}

/* Nobody says of it that it is over who could not look: as recorded, it goes on. */
static bool may_live(const struct lifecycle_generation *generation, const struct process *process)
{
	return process->liveness == LIVENESS_ALIVE ||
	       (process->liveness == LIVENESS_UNKNOWN && generation_has_identity(generation));
}

/* Of the newest earlier generation whose process lives still, if the current one's does not. */
static void observe_previous(
	const struct lifecycle_record *record, struct lifecycle_observed *observed, bool *unseen)
{
	struct process process;

	for (size_t i = record->previous_count;
		i-- > 0 && observed->status == LIFECYCLE_STATUS_STOPPED;) {
		const struct lifecycle_generation *previous = &record->previous[i].is;

		if (previous->status == LIFECYCLE_STATUS_STOPPED)
			continue;
		process_look_recorded(previous, &process);
		if (may_live(previous, &process)) {
			observed_fill_previous(previous, &process, observed);
			*unseen = process.unseen;
			return;
		}
	}
}

void evidence_observe(
	const struct lifecycle_record *record, struct lifecycle_observed *ret, bool *ret_unseen)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	struct process process = { .exit_status = LIFECYCLE_UNKNOWN };

	/* what is recorded as stopped stays so, whatever has its pid now */
	if (!record_is_stopped(record))
		process_look_recorded(&record->current, &process);
	observed_fill(record, &process, &observed);
	*ret_unseen = process.unseen;
	observe_previous(record, &observed, ret_unseen);
	sized_write(ret, SIZED_FIRST(struct lifecycle_observed, create_error), &observed);
}

void lifecycle_observe(const struct lifecycle_record *record, struct lifecycle_observed *ret)
{
	bool unseen;

	evidence_observe(record, ret, &unseen);
}
