/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/trace_id.h"

#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

/* ---- an annotation: VERSION-TRACE-PARENT-FLAGS ---- */

#define VERSION_AT   0
#define TRACE_AT     3
#define PARENT_AT    36
#define FLAGS_AT     53
#define PARENT_SIZE  55
#define FLAG_SAMPLED 1

/* So many digits, not all of them 0 if `nonzero`. */
static bool is_number(const char *text, size_t length, bool nonzero)
{
	return strspn(text, digits) >= length && (!nonzero || strspn(text, "0") < length);
}

/* Of a version that is not known yet more may follow. */
static bool is_traceparent(const char *text)
{
	size_t length = strlen(text);

	if (length < PARENT_SIZE || text[TRACE_AT - 1] != '-' || text[PARENT_AT - 1] != '-' ||
		text[FLAGS_AT - 1] != '-' || strncmp(text, "ff", 2) == 0)
		return false;
	if (!is_number(text + VERSION_AT, 2, false) || !is_number(text + TRACE_AT, 32, true) ||
		!is_number(text + PARENT_AT, 16, true) || !is_number(text + FLAGS_AT, 2, false))
		return false;
	return length == PARENT_SIZE || (strncmp(text, "00", 2) != 0 && text[PARENT_SIZE] == '-');
}

/* Where it may be: as the header is called, as the variable is, as Kubernetes proposes. */
static const char *const keys[][2] = {
	{ "traceparent", "tracestate" },
	{ "TRACEPARENT", "TRACESTATE" },
	{ "tracing.k8s.io/traceparent", "tracing.k8s.io/tracestate" },
};

static bool take_annotation(const struct lifecycle_record *record, struct trace_id *ret)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *text = lifecycle_record_annotation(record, keys[i][0]);

		if (text == NULL || !is_traceparent(text))
			continue;
		memcpy(ret->trace, text + TRACE_AT, TRACE_ID_SIZE - 1);
		memcpy(ret->parent, text + PARENT_AT, SPAN_ID_SIZE - 1);
		ret->flags = (unsigned)strtoul(text + FLAGS_AT, NULL, 16);
		ret->state = lifecycle_record_annotation(record, keys[i][1]);
		return true;
	}
	return false;
}

/* ---- an instance: a UUID, of which the digits are taken ---- */

static bool take_instance(const char *instance, struct trace_id *ret)
{
	size_t used = 0;

	for (; instance != NULL && *instance != '\0'; instance++) {
		if (*instance == '-')
			continue;
		if (used == TRACE_ID_SIZE - 1 || strchr(digits, *instance) == NULL)
			return false;
		ret->trace[used++] = *instance;
	}
	ret->flags = FLAG_SAMPLED;
	return used == TRACE_ID_SIZE - 1 && is_number(ret->trace, used, true);
}

bool trace_id_of(const struct lifeline *lifeline, struct trace_id *ret)
{
	*ret = (struct trace_id){ 0 };
	if (lifeline->is_current && take_annotation(lifeline->view->record, ret))
		return true;
	return take_instance(lifeline->generation->instance, ret);
}

/* ---- spans ---- */

/* FNV-1a: of some dozens of parts of one instance no two have the same by chance. */
static uint64_t add(uint64_t hash, const char *text)
{
	do {
		hash ^= (unsigned char)*text;
		hash *= UINT64_C(0x100000001b3);
	} while (*text++ != '\0');
	return hash;
}

void trace_id_of_span(
	const struct lifeline *lifeline, const struct span_part *part, char ret[SPAN_ID_SIZE])
{
	const char *instance = lifeline->generation->instance;
	char numbers[64];
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	if (instance == NULL)
		instance = lifecycle_record_id(lifeline->view->record);
	snprintf(numbers, sizeof(numbers), "%lld %lld", (long long)part->time,
		(long long)part->index);
	hash = add(hash, instance != NULL ? instance : "");
	hash = add(hash, part->kind);
	hash = add(hash, part->name);
	hash = add(hash, numbers);
	/* none is all zeros */
	snprintf(ret, SPAN_ID_SIZE, "%016llx", (unsigned long long)(hash != 0 ? hash : 1));
}
