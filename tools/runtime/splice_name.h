/* SPDX-License-Identifier: Apache-2.0 */
/* The names of our hooks, as files. */
#ifndef SPLICE_NAME_H
#define SPLICE_NAME_H

#include <stddef.h>

#define SPLICE_NAME_PRESTART         "lifecycle-prestart"
#define SPLICE_NAME_CREATE_RUNTIME   "lifecycle-create-runtime"
#define SPLICE_NAME_CREATE_CONTAINER "lifecycle-create-container"
#define SPLICE_NAME_POSTSTART        "lifecycle-poststart"
#define SPLICE_NAME_POSTSTOP         "lifecycle-poststop"

/* One after the other, then NULL. */
const char *splice_name_at(size_t index);

#endif
