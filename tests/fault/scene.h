/* SPDX-License-Identifier: Apache-2.0 */
/* A store before a hook's run, and what may be found in it afterwards. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "../../hooks/hook.h"

#include <jansson.h>

#define SCENE_ARGUMENTS 16

struct scene {
	const char *what;
	struct hook hook;
	const char *before; /* the record, as tests/data has it; NULL for none */
	bool bad;           /* and it is none */
	const char *options[4];
	const char *command;
	/* learnt */
	json_t *new;
	json_t *begun; /* the command's end is missing */
};

extern struct scene scenes[];
extern const int scene_count;

__attribute__((noreturn)) void scene_bail_out(const char *what);

/* The text of a file in tests/data. free() it. */
char *scene_data(const char *name);

/* Makes the place where scenes are, and removes it. */
void scene_begin(void);
void scene_end(void);

/* Puts the store into the state before. */
void scene_prepare(const struct scene *scene);

/* In a process of the hook's own: its stdin and stderr, and its arguments. */
int scene_enter(const struct scene *scene, char *arguments[SCENE_ARGUMENTS]);

/* Learns from a run without a fault what the record is to become. */
void scene_learn(struct scene *scene);
void scene_forget(struct scene *scene);

/* What is wrong with what a run left; NULL if nothing is. */
const char *scene_judge(const struct scene *scene);

/* The same after one more run, without a fault. */
const char *scene_judge_next(const struct scene *scene);

#endif
