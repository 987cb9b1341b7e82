/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/story.h"
#include "cli/format.h"

#include <signal.h>
#include <string.h>

/* A hook that takes longer is worth a word. */
#define SLOW INT64_C(1000000000)

/* What a shell adds to a signal's number, and the last number of one. */
#define SIGNAL_CODE 128
#define LAST_SIGNAL 64

static bool is_known(int64_t value)
{
	return value != LIFECYCLE_UNKNOWN;
}

/* ---- the record ---- */

bool story_is_nerdctls(const struct story *story)
{
	return !is_known(story->view->current->generation) &&
	       view_is(story->view, LIFECYCLE_STATUS_NONE);
}

bool story_has_name(const struct story *story)
{
	return lifecycle_record_name(story->view->record) != NULL;
}

bool story_has_namesakes(const struct story *story)
{
	return story->namesakes > 0;
}

bool story_has_previous(const struct story *story)
{
	return lifecycle_record_previous_count(story->view->record) > 0;
}

bool story_is_of_two(const struct story *story)
{
	return story->view->shown != story->view->current;
}

bool story_recovered(const struct story *story)
{
	return lifecycle_record_recovered(story->view->record);
}

bool story_has_bundle(const struct story *story)
{
	return view_bundle(story->view) != NULL;
}

bool story_knows_creation(const struct story *story)
{
	return is_known(view_created_at(story->view));
}

/* ---- how it is ---- */

bool story_looked(const struct story *story)
{
	return story->view->observed.looked;
}

bool story_did_not_look(const struct story *story)
{
	return !story->view->observed.looked;
}

bool story_is_paused(const struct story *story)
{
	return story->paused;
}

bool story_init_was_seen(const struct story *story)
{
	return story->view->shown->init_forked;
}

bool story_has_create_error(const struct story *story)
{
	return story->view->observed.create_error;
}

/* ---- its start and its end ---- */

bool story_has_reason(const struct story *story)
{
	return story->view->observed.reason != LIFECYCLE_REASON_NONE;
}

bool story_has_no_reason(const struct story *story)
{
	return !story_has_reason(story);
}

bool story_knows_start(const struct story *story)
{
	return is_known(view_known_start(story->view, story->view->shown));
}

bool story_shows_time(const struct story *story)
{
	return is_known(view_started_at(story->view));
}

bool story_knows_end(const struct story *story)
{
	return is_known(view_finished_at(story->view));
}

bool story_knows_code(const struct story *story)
{
	return is_known(view_exit_code(story->view));
}

bool story_has_no_code(const struct story *story)
{
	return !story_knows_code(story);
}

bool story_code_is_zero(const struct story *story)
{
	return view_exit_code(story->view) == 0;
}

bool story_code_is_signal(const struct story *story)
{
	int64_t code = view_exit_code(story->view);

	return code > SIGNAL_CODE && code <= SIGNAL_CODE + LAST_SIGNAL;
}

bool story_code_is_no_execution(const struct story *story)
{
	return view_exit_code(story->view) == 126;
}

bool story_code_is_no_command(const struct story *story)
{
	return view_exit_code(story->view) == 127;
}

bool story_knows_signal(const struct story *story)
{
	return is_known(view_exit_signal(story->view));
}

bool story_was_killed(const struct story *story)
{
	return view_exit_signal(story->view) == SIGKILL ||
	       view_exit_code(story->view) == SIGNAL_CODE + SIGKILL;
}

bool story_out_of_memory(const struct story *story)
{
	return view_oom_killed(story->view) == 1;
}

bool story_not_out_of_memory(const struct story *story)
{
	return view_oom_killed(story->view) == 0;
}

bool story_memory_is_unknown(const struct story *story)
{
	return !is_known(view_oom_killed(story->view));
}

bool story_create_succeeded(const struct story *story)
{
	return story->view->shown->create_succeeded;
}

/* ---- hooks: kept of the current generation alone ---- */

size_t story_hook_count(const struct story *story)
{
	return story_is_of_two(story) ? 0 : lifecycle_record_hook_count(story->view->record);
}

static bool has_come(const struct story *story, enum lifecycle_point point)
{
	for (size_t i = 0; i < story_hook_count(story); i++)
		if (lifecycle_record_hook(story->view->record, i)->point == point)
			return true;
	return false;
}

bool story_poststart_came(const struct story *story)
{
	return has_come(story, LIFECYCLE_POINT_POSTSTART);
}

bool story_poststop_came(const struct story *story)
{
	return has_come(story, LIFECYCLE_POINT_POSTSTOP);
}

void story_take_hook(struct story *story, size_t index)
{
	story->hook = lifecycle_record_hook(story->view->record, index);
	story->progress = hook_progress(story->view, index, story->now, &story->length);
}

bool story_hook_is_at_work(const struct story *story)
{
	return story->progress == HOOK_AT_WORK;
}

bool story_hook_is_lost(const struct story *story)
{
	for (size_t i = 0; i < story_failure_count(story); i++) {
		const struct lifecycle_failure *failure =
			lifecycle_record_error(story->view->record, i);

		if (failure->point == story->hook->point && failure->time == story->hook->time)
			return false;
	}
	return story->progress == HOOK_LOST;
}

bool story_hook_was_slow(const struct story *story)
{
	return story->progress == HOOK_BACK && story->length >= SLOW;
}

static bool has_hook_that(const struct story *story, story_fn *question)
{
	struct story part = *story;

	for (size_t i = 0; i < story_hook_count(story); i++) {
		story_take_hook(&part, i);
		if (question(&part))
			return true;
	}
	return false;
}

bool story_has_hook_at_work(const struct story *story)
{
	return has_hook_that(story, story_hook_is_at_work);
}

bool story_has_slow_hook(const struct story *story)
{
	return has_hook_that(story, story_hook_was_slow);
}

/* ---- failures: likewise ---- */

size_t story_failure_count(const struct story *story)
{
	return story_is_of_two(story) ? 0 : lifecycle_record_error_count(story->view->record);
}

void story_take_failure(struct story *story, size_t index)
{
	story->failure = lifecycle_record_error(story->view->record, index);
}

bool story_has_failure(const struct story *story)
{
	return story_failure_count(story) > 0;
}

bool story_failure_has_signal(const struct story *story)
{
	return is_known(story->failure->signal);
}

bool story_failure_has_code(const struct story *story)
{
	return is_known(story->failure->exit_code);
}

bool story_failure_is_of_hook(const struct story *story)
{
	return story->failure->command != NULL;
}

bool story_failure_is_of_runtime(const struct story *story)
{
	enum lifecycle_point point = story->failure->point;

	return point == LIFECYCLE_POINT_CREATE || point == LIFECYCLE_POINT_START ||
	       point == LIFECYCLE_POINT_RESTORE;
}

bool story_failure_is_of_engine(const struct story *story)
{
	return story->failure->point == LIFECYCLE_POINT_ENGINE;
}

static bool has_failure_that(const struct story *story, story_fn *question)
{
	struct story part = *story;

	for (size_t i = 0; i < story_failure_count(story); i++) {
		story_take_failure(&part, i);
		if (question(&part))
			return true;
	}
	return false;
}

bool story_runtime_failed(const struct story *story)
{
	return has_failure_that(story, story_failure_is_of_runtime);
}

static bool is_create_hook(enum lifecycle_point point)
{
	return point == LIFECYCLE_POINT_PRESTART || point == LIFECYCLE_POINT_CREATE_RUNTIME ||
	       point == LIFECYCLE_POINT_CREATE_CONTAINER;
}

static bool is_of_creation(const struct story *story)
{
	return story->failure->point == LIFECYCLE_POINT_CREATE ||
	       (is_create_hook(story->failure->point) &&
		       (story_failure_has_code(story) || story_failure_has_signal(story)));
}

static bool is_of_lost_hook(const struct story *story)
{
	return is_create_hook(story->failure->point) && !is_of_creation(story);
}

static bool is_lost(const struct story *story)
{
	return is_create_hook(story->hook->point) && story->progress == HOOK_LOST;
}

bool story_create_hook_is_lost(const struct story *story)
{
	return has_hook_that(story, is_lost) || has_failure_that(story, is_of_lost_hook);
}

static bool is_of_start(const struct story *story)
{
	return story_failure_is_of_engine(story) || story_failure_is_of_runtime(story);
}

bool story_creation_failed(const struct story *story)
{
	return has_failure_that(story, is_of_creation);
}

bool story_start_failed(const struct story *story)
{
	return has_failure_that(story, is_of_start);
}

bool story_failure_has_words(const struct story *story)
{
	const char *words = format_last_line(story->failure->stderr_text);

	return words != NULL && strcspn(words, "\n") > 0;
}

/* ---- the generation before ---- */

bool story_previous_has_code(const struct story *story)
{
	return is_known(story->previous->exit_code);
}

/* ---- the engine ---- */

bool story_engine_has_logs(const struct story *story)
{
	return story->engine != NULL && story->engine->logs != NULL;
}

bool story_engine_can_inspect(const struct story *story)
{
	return story->engine != NULL && story->engine->inspect != NULL;
}

bool story_engine_can_start(const struct story *story)
{
	return story->engine != NULL && story->engine->start != NULL;
}

bool story_engine_can_unpause(const struct story *story)
{
	return story->engine != NULL && story->engine->unpause != NULL;
}

bool story_engine_has_unit(const struct story *story)
{
	return story->engine != NULL && story->engine->unit != NULL;
}
