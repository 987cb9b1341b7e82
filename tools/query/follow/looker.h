/* SPDX-License-Identifier: Apache-2.0 */
/* looker: looks at a store's containers for its teller, at one or at all; what cannot be read it complains of, and goes on. */
#ifndef LOOKER_H
#define LOOKER_H

#include "query/follow/teller.h"
#include "records/records.h"

struct looker {
	struct cli_call *call;
	struct lifecycle_strings wanted; /* IDs; without operands: all */
	bool goes_on;                    /* where another run ended: until all has been looked at */
	bool missed; /* what could not be read is to be looked at again, by us or by who goes on */
	struct records records; /* while they are read */
	struct teller teller;
};

/*
 * The store is open only while it is read: another one may take its place, and that a directory is gone the
 * kernel does not tell as long as anybody holds it.
 */
int looker_open(struct looker *looker);
void looker_close(struct looker *looker);
void looker_free(struct looker *looker);

/* With the store open; -1 with the teller's error filled. `went`: its directory is said to be gone. */
int looker_look_at(struct looker *looker, const char *id, bool went);
int looker_look_at_all(struct looker *looker);

/* The process that is held has ended. */
int looker_take_end(struct looker *looker, struct known_container *container);

#endif
