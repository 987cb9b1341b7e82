/* SPDX-License-Identifier: Apache-2.0 */
/* print: a report, for people and for programs. */
#ifndef PRINT_H
#define PRINT_H

#include "query/doctor/report.h"

/* What was found, and below it all lines that are missing, as they are pasted. */
void print_report(const struct report *report, FILE *out);

/* One object. */
int print_report_json(const struct report *report, FILE *out, struct lifecycle_error *error);

#endif
