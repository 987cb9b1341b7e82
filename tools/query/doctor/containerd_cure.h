/* SPDX-License-Identifier: Apache-2.0 */
/* containerd_cure: the lines that change containerd's configuration, and leave all else in it as it is. */
#ifndef CONTAINERD_CURE_H
#define CONTAINERD_CURE_H

#include "query/doctor/containerd_config.h"
#include "query/doctor/report.h"

struct containerd_site {
	struct report *report;
	const char *program; /* containerd */
	const char *file;    /* its configuration, which may not be there */
	const struct containerd_config *config;
};

/* Makes lifecycle-runtime the program of the runtime, over what is its program now. */
void containerd_cure_binary(
	const struct containerd_site *site, const struct containerd_runtime *runtime);

/* Gives the runtime its type. */
void containerd_cure_type(
	const struct containerd_site *site, const struct containerd_runtime *runtime);

/* Of a table that is in the file twice leaves the first. */
void containerd_cure_twice(const struct containerd_site *site, const char *file);

#endif
