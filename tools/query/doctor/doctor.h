/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: what each examiner is given, and the list of them. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "query/doctor/report.h"

struct doctor {
	struct report *report;
	const char *root; /* the store, absolute */
};

struct examiner {
	const char *name;   /* as an operand */
	const char *called; /* as people write it */
	void (*examine)(const struct doctor *doctor);
};

/* ---- each in a file of its own ---- */

void doctor_programs(const struct doctor *doctor);
void doctor_store(const struct doctor *doctor);
void doctor_kernel(const struct doctor *doctor);
void doctor_watcher(const struct doctor *doctor);
void doctor_podman(const struct doctor *doctor);
void doctor_buildah(const struct doctor *doctor);
void doctor_crio(const struct doctor *doctor);
void doctor_docker(const struct doctor *doctor);
void doctor_containerd(const struct doctor *doctor);
void doctor_runc(const struct doctor *doctor);
void doctor_crun(const struct doctor *doctor);
void doctor_runsc(const struct doctor *doctor);

#endif
