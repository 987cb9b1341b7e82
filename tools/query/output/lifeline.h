/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifeline: one generation's life as rows of a picture: its phases, hooks and errors. Here, and nowhere else, is decided what
 * a picture shows; text, SVG and JSON render it, and traces are made of it. Pure.
 */
#ifndef LIFELINE_H
#define LIFELINE_H

#include "query/output/picture.h"
#include "records/view.h"

/* When it is looked at. */
struct lifeline_look {
	int64_t now;
	bool paused; /* view_is_paused() */
	int64_t ended_at; /* when the current generation was seen to end, where no record says; 0: nobody saw it */
};

struct lifeline {
	const struct view *view;
	const struct lifecycle_generation *generation;
	bool is_current; /* then it has hooks and errors */
	bool is_shown;   /* then what is observed counts */
	struct lifeline_look look;
	size_t count;
	struct picture_row rows[PICTURE_MOST_ROWS];
	char *texts[2 * PICTURE_MOST_ROWS]; /* what rows say that is in no record */
	size_t text_count;
};

/* NULL if memory is out. It lives as long as the view. */
struct lifeline *lifeline_new(const struct view *view,
	const struct lifecycle_generation *generation, struct lifeline_look look);
void lifeline_free(struct lifeline *lifeline);

/* All generations that the record has, the oldest first, the current one last. */
struct lifelines {
	size_t count;
	struct lifeline **items;
};

int lifelines_of(
	const struct view *view, struct lifeline_look look, struct lifelines *ret_lifelines);
void lifelines_free(struct lifelines *lifelines);

/* The generation's process lives, as far as can be seen. */
bool lifeline_is_alive(const struct lifeline *lifeline);

/* A time of the generation, as it is to be shown. */
struct lifeline_time {
	int64_t time;
	enum lifecycle_source source;
	bool provisional;
};

/* What is to be said in place of a time that is not known: that it has not come yet, that it never came, or just that. */
const char *lifeline_no_start(const struct lifeline *lifeline);
const char *lifeline_no_end(const struct lifeline *lifeline);

struct lifeline_time lifeline_created(const struct lifeline *lifeline);
struct lifeline_time lifeline_started(const struct lifeline *lifeline);
struct lifeline_time lifeline_finished(const struct lifeline *lifeline);

/* How it is: "stopped (exited), exit code 0". */
void lifeline_print_status(const struct lifeline *lifeline, FILE *out);

/* Whether something went wrong with it, as far as is known. */
bool lifeline_in_trouble(const struct lifeline *lifeline);

#endif
