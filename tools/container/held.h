/* SPDX-License-Identifier: Apache-2.0 */
/* held: a container that is held, with its configuration read; and what is done to one that is. */
#ifndef HELD_H
#define HELD_H

#include "container/config.h"
#include "container/settings.h"

/* How long a command waits for another one that is at work on the same container. */
#define HELD_TIMEOUT_NS INT64_C(60000000000)

struct held {
	struct place *place;
	struct hold hold;
	json_t *config;
	struct settings settings;
};

int held_take(
	struct place *place, const char *id, struct held *ret_held, struct lifecycle_error *error);
void held_release(struct held *held);

/* Has conmon and the runtime create it; a failure is recorded. */
int held_create(const struct held *held, struct lifecycle_error *error);

/* Starts what is created, and records that it was. */
int held_start(const struct held *held, struct lifecycle_error *error);

/* Starts it, unless it runs; what has ended is created anew. */
int held_run(const struct held *held, struct lifecycle_error *error);

/* The runtime forgets it, whatever it knew, and kills what it still finds. */
int held_forget(const struct held *held, struct lifecycle_error *error);

#endif
