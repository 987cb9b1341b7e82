/* SPDX-License-Identifier: Apache-2.0 */
/* report: record + what whoever starts containers says -> record. Pure. */
#ifndef REPORT_H
#define REPORT_H

#include "observation.h"

/*
 * Folds a report into the generation that it is of, or into none: a late word never touches another life.
 * `ret_instance` is that generation's, "" if it is of none.
 */
int report_fold(struct lifecycle_record *record, const struct lifecycle_evidence *evidence,
	char ret_instance[INSTANCE_SIZE], struct lifecycle_error *error);

#endif
