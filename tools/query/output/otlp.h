/* SPDX-License-Identifier: Apache-2.0 */
/*
 * otlp: a generation's life as a trace of OpenTelemetry: what one line of an OTLP/JSON file holds, an ExportTraceServiceRequest.
 * What has not ended has no span. Pure.
 */
#ifndef OTLP_H
#define OTLP_H

#include "query/output/lifeline.h"

#include <jansson.h>

struct otlp_host {
	const char *id; /* "" if it is not known */
	const char *name;
};

/* *ret_request is NULL if nothing of it has ended yet. LIFECYCLE_ERROR_INVALID: the generation has no instance, and so no trace. */
int otlp_request(const struct lifeline *lifeline, const struct otlp_host *host,
	json_t **ret_request, struct lifecycle_error *error);

#endif
