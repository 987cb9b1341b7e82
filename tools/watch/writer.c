/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/writer.h"
#include "watch/oom.h"
#include "watch/registry.h"

#include <signal.h>
#include <sys/wait.h>

/* A hook holds a lock for a fraction of a millisecond. */
#define LOCK_NS INT64_C(100000000)

#define AGAIN_NS   INT64_C(1000000000)
#define GIVE_UP_NS (60 * INT64_C(1000000000))

/* ---- what could not be written ---- */

static enum writer_result fail(struct watched *watched, int64_t now, struct lifecycle_error *error)
{
	if (error->code == LIFECYCLE_ERROR_NOT_FOUND)
		return WRITER_LOST;
	registry_say_fault(watched->root, error);
	if (watched->failing_since == LIFECYCLE_UNKNOWN)
		watched->failing_since = now;
	watched->try_at = now + AGAIN_NS;
	return now - watched->failing_since < GIVE_UP_NS ? WRITER_LATER : WRITER_LOST;
}

static enum writer_result write_report(
	struct watched *watched, struct lifecycle_report *report, int64_t now)
{
	struct lifecycle_store *store;
	struct lifecycle_error error;

	if (now < watched->try_at)
		return WRITER_LATER;
	report->id = watched->id;
	report->instance = watched->instance;
	store = registry_store(watched->root, &error);
	if (store == NULL || lifecycle_store_report(store, report,
				     lifecycle_monotonic_now() + LOCK_NS, NULL, &error) < 0)
		return fail(watched, now, &error);
	watched->root->failing = false;
	watched->failing_since = LIFECYCLE_UNKNOWN;
	return WRITER_DONE;
}

/* ---- what is written ---- */

enum writer_result writer_tell_exec(struct watched *watched, const struct clocks *clocks)
{
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;

	report.event = LIFECYCLE_EVENT_EXECED;
	report.time = clocks_real(clocks, watched->life.execed_at);
	return write_report(watched, &report, clocks->monotonic);
}

/* The kernel kills by SIGKILL, as people do. */
static enum lifecycle_truth was_oom_killed(const struct watched *watched, int status)
{
	int64_t count;

	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		return LIFECYCLE_TRUTH_NONE;
	count = oom_count(watched->oom);
	if (count == LIFECYCLE_UNKNOWN || watched->oom_before == LIFECYCLE_UNKNOWN)
		return LIFECYCLE_TRUTH_NONE;
	return count > watched->oom_before ? LIFECYCLE_TRUTH_TRUE : LIFECYCLE_TRUTH_FALSE;
}

static void set_status(struct lifecycle_report *report, const struct watched *watched, int status)
{
	if (WIFSIGNALED(status))
		report->exit_signal = WTERMSIG(status);
	else
		report->exit_code = WEXITSTATUS(status);
	report->oom_killed = was_oom_killed(watched, status);
}

enum writer_result writer_tell_end(struct watched *watched, const struct life_end *end, bool shared,
	const struct clocks *clocks)
{
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;

	report.event = LIFECYCLE_EVENT_EXITED;
	report.never_execed = life_never_execed(&watched->life);
	if (end->timed)
		report.time = clocks_real(clocks, end->time);
	if (end->has_status && !shared)
		set_status(&report, watched, end->status);
	return write_report(watched, &report, clocks->monotonic);
}
