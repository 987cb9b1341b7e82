/* SPDX-License-Identifier: Apache-2.0 */
#include "query/follow/lives.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

/* After an end hooks are called, which belong to the life. A record that did not change for so long has all of them. */
#define SETTLE (1 * SECOND)

/* A poststop hook at work is waited for. */
#define SETTLE_AT_WORK (30 * SECOND)

/* ---- one life ---- */

static void free_life(struct life *life)
{
	held_close(&life->held);
	free(life->text);
	free(life->id);
}

static const char *instance_of(const struct lifecycle_generation *generation)
{
	return generation->instance != NULL ? generation->instance : "";
}

static bool was_told(const struct life *life, const char *instance)
{
	for (size_t i = 0; i < LIVES_MOST_TOLD; i++)
		if (strcmp(life->told[i], instance) == 0)
			return true;
	return false;
}

static void note_told(struct life *life, const char *instance)
{
	memmove(life->told[1], life->told[0], sizeof(life->told) - sizeof(life->told[0]));
	snprintf(life->told[0], sizeof(life->told[0]), "%s", instance);
}

static bool has_ended(const struct view *view, const struct lifecycle_generation *generation)
{
	enum lifecycle_status status = view_status_of(view, generation);

	return status == LIFECYCLE_STATUS_STOPPED ||
	       (generation != view->current && generation != view->shown);
}

/* Each generation is told once. */
static int tell(struct lives *lives, struct life *life, const struct view *view,
	const struct lifecycle_generation *generation, int64_t ended_at)
{
	const char *instance = instance_of(generation);

	if (was_told(life, instance) || !has_ended(view, generation))
		return 0;
	note_told(life, instance);
	return lives->tell(view, generation, ended_at, lives->arg);
}

/* As it was last read. */
static int tell_kept(struct lives *lives, struct life *life)
{
	struct lifecycle_record *record;
	struct view view;
	int result;

	life->due = 0;
	if (life->text == NULL || was_told(life, life->instance))
		return 0;
	if (lifecycle_record_decode(life->text, life->length, &record, NULL) < 0)
		return -1;
	view_of(record, &view);
	result = tell(lives, life, &view, view.current, life->ended_at);
	lifecycle_record_free(record);
	return result;
}

static int keep(struct life *life, const struct view *view)
{
	char *text;
	size_t length;

	if (lifecycle_record_encode(view->record, NULL, &text, &length, NULL) < 0)
		return -1;
	free(life->text);
	life->text = text;
	life->length = length;
	snprintf(life->instance, sizeof(life->instance), "%s", instance_of(view->current));
	return 0;
}

/* ---- all of them ---- */

static struct life *find(const struct lives *lives, const char *id)
{
	for (size_t i = 0; i < lives->count; i++)
		if (strcmp(lives->items[i].id, id) == 0)
			return &lives->items[i];
	return NULL;
}

static struct life *add(struct lives *lives, const char *id)
{
	struct life *items = reallocarray(lives->items, lives->count + 1, sizeof(*items));
	char *copy = strdup(id);

	if (items != NULL)
		lives->items = items;
	if (items == NULL || copy == NULL) {
		free(copy);
		return NULL;
	}
	items[lives->count] = (struct life){ .id = copy, .held = HELD_NONE };
	return &items[lives->count++];
}

/* Earlier generations, which nobody was told of when they ended: as far as the record still has them. */
static int tell_previous(struct lives *lives, struct life *life, const struct view *view)
{
	int result = 0;

	for (size_t i = 0; i < lifecycle_record_previous_count(view->record) && result == 0; i++)
		result = tell(lives, life, view, lifecycle_record_previous(view->record, i), 0);
	return result;
}

/* Another generation has begun: what is known of the one before it is no longer all in the record. */
static int end_the_one_before(struct lives *lives, struct life *life, const struct view *view)
{
	if (life->text == NULL || strcmp(life->instance, instance_of(view->current)) == 0)
		return 0;
	if (tell_kept(lives, life) < 0)
		return -1;
	held_close(&life->held);
	life->ended_at = 0;
	return 0;
}

static bool is_at_work(const struct view *view)
{
	size_t count = lifecycle_record_hook_count(view->record);
	const struct lifecycle_hook *last =
		count > 0 ? lifecycle_record_hook(view->record, count - 1) : NULL;

	return last != NULL && last->point == LIFECYCLE_POINT_POSTSTOP && last->command != NULL &&
	       last->duration_ns == LIFECYCLE_UNKNOWN;
}

static int wait_for_end(struct lives *lives, struct life *life, const struct view *view)
{
	int64_t patience = is_at_work(view) ? SETTLE_AT_WORK : SETTLE;

	if (!lives->holds)
		return tell(lives, life, view, view->current, 0);
	if (has_ended(view, view->current))
		life->due = lifecycle_monotonic_now() + patience;
	else if (view->shown == view->current && !held_open(&life->held, view))
		life->due = lifecycle_monotonic_now();
	return 0;
}

int lives_take_record(struct lives *lives, const char *id, const struct view *view)
{
	struct life *life = find(lives, id);

	if (life == NULL)
		life = add(lives, id);
	if (life == NULL || end_the_one_before(lives, life, view) < 0 ||
		tell_previous(lives, life, view) < 0 || keep(life, view) < 0)
		return -1;
	return wait_for_end(lives, life, view);
}

int lives_take_removal(struct lives *lives, const char *id)
{
	struct life *life = find(lives, id);
	int result;

	if (life == NULL)
		return 0;
	result = tell_kept(lives, life);
	free_life(life);
	lives->count--;
	memmove(life, life + 1, (size_t)(lives->items + lives->count - life) * sizeof(*life));
	return result;
}

void lives_take_end(struct life *life)
{
	life->ended_at = lifecycle_time_now();
	held_close(&life->held);
}

int lives_tell_due(struct lives *lives)
{
	int64_t now = lifecycle_monotonic_now();
	int result = 0;

	for (size_t i = 0; i < lives->count && result == 0; i++)
		if (lives->items[i].due != 0 && lives->items[i].due <= now)
			result = tell_kept(lives, &lives->items[i]);
	return result;
}

int lives_patience(const struct lives *lives)
{
	int64_t first = INT64_MAX;
	int64_t left;

	for (size_t i = 0; i < lives->count; i++)
		if (lives->items[i].due != 0 && lives->items[i].due < first)
			first = lives->items[i].due;
	if (first == INT64_MAX)
		return -1;
	left = (first - lifecycle_monotonic_now()) / 1000000 + 1;
	return left > 0 ? (int)left : 0;
}

void lives_free(struct lives *lives)
{
	for (size_t i = 0; i < lives->count; i++)
		free_life(&lives->items[i]);
	free(lives->items);
}
