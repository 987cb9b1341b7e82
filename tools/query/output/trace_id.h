/* SPDX-License-Identifier: Apache-2.0 */
/* trace_id: which trace a generation's spans belong to, and what each span is called there: always the same. Pure. */
#ifndef TRACE_ID_H
#define TRACE_ID_H

#include "query/output/lifeline.h"

#define TRACE_ID_SIZE 33 /* 16 bytes in hexadecimal */
#define SPAN_ID_SIZE  17 /* 8 bytes */

struct trace_id {
	char trace[TRACE_ID_SIZE];
	char parent[SPAN_ID_SIZE]; /* "" if the generation's span is the trace's root */
	unsigned flags;            /* W3C's, of the parent; sampled where there is none */
	const char *state;         /* W3C's tracestate; NULL for none */
};

/*
 * That of the W3C traceparent among the annotations that were kept, if there is one that is valid, else the generation's instance.
 * False if there is neither. Of earlier generations no annotations are kept.
 */
bool trace_id_of(const struct lifeline *lifeline, struct trace_id *ret);

/* That of a part of the generation: what kind of thing it is, its name, and what tells it from others of that name. */
struct span_part {
	const char *kind;
	const char *name;
	int64_t time;
	int64_t index;
};
void trace_id_of_span(
	const struct lifeline *lifeline, const struct span_part *part, char ret[SPAN_ID_SIZE]);

#endif
