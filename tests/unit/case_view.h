/* SPDX-License-Identifier: Apache-2.0 */
/* case_view: a case's own word, in place of a look at a process. */
#ifndef TESTS_UNIT_CASE_VIEW_H
#define TESTS_UNIT_CASE_VIEW_H

#include "records/view.h"

#include <jansson.h>

/* What a case's key "now" says is observed of its record: a status, a reason, a pid and so on; "earlier": of the first of
 * the generations before it. */
void unit_observe(const struct lifecycle_record *record, const json_t *now, struct view *ret_view);

#endif
