/* SPDX-License-Identifier: Apache-2.0 */
/* rules: which sentence is true of which story. Tables, and nothing else. */
#ifndef RULES_H
#define RULES_H

#include "query/output/story.h"

#define RULES_MOST_QUESTIONS 4

/* All that is given must hold; _NONE and NULL are not given. */
struct rule {
	enum lifecycle_status status;
	enum lifecycle_reason reason;
	enum lifecycle_source start; /* the source of the start that is shown */
	enum lifecycle_source end;
	story_fn *when[RULES_MOST_QUESTIONS];
	const char *text; /* with fields in it: fields.h; NULL: nothing is said */
};

/* Rules that exclude each other: the first that holds counts. */
struct rules {
	const struct rule *rules;
	size_t count;
};

/* In the tables: a table as rules, and the statuses by their last word. */
#define RULES(table)                                                                               \
	{                                                                                          \
		table, sizeof(table) / sizeof((table)[0])                                          \
	}
#define CREATING LIFECYCLE_STATUS_CREATING
#define CREATED  LIFECYCLE_STATUS_CREATED
#define RUNNING  LIFECYCLE_STATUS_RUNNING
#define STOPPED  LIFECYCLE_STATUS_STOPPED

/* Each list ends with no rules. */
extern const struct rules rules_of_life[];     /* what happened */
extern const struct rules rules_of_hook[];     /* of one wrapped hook */
extern const struct rules rules_of_failure[];  /* of one failure */
extern const struct rules rules_of_previous[]; /* of one earlier generation */
extern const struct rules rules_of_the_unknown[];
extern const struct rules rules_of_hook_next[]; /* where to look for one wrapped hook */
extern const struct rules rules_of_next[];      /* where to look next */

#endif
