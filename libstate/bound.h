/* SPDX-License-Identifier: Apache-2.0 */
/* bound: what goes, and in which order, when a record is longer than LIFECYCLE_RECORD_LIMIT. Pure. */
#ifndef BOUND_H
#define BOUND_H

struct json_t;

/* Drops the least important of a record's JSON until the text fits, or until nothing is left that may go. */
void bound_apply(struct json_t *json);

#endif
