/* SPDX-License-Identifier: Apache-2.0 */
/* health: a health check as Docker's configuration has it: Test, Interval, Timeout, StartPeriod, Retries. Pure. */
#ifndef HEALTH_H
#define HEALTH_H

#include "libstate.h"

#include <jansson.h>

struct health {
	const char **argv; /* NULL-terminated; NULL: there is no check. The texts are the JSON's */
	int64_t interval;  /* nanoseconds, as the others */
	int64_t timeout;   /* of one probe */
	int64_t start_period; /* a probe that fails so soon after the start says nothing yet */
	int64_t retries;      /* unhealthy after so many failures in a row */
};

/* What is not said is as Docker has it. NULL is no check. health_free() it. */
int health_read(const json_t *check, struct health *ret_health, struct lifecycle_error *error);
void health_free(struct health *health);

#endif
