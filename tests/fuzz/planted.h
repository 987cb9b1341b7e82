/* SPDX-License-Identifier: Apache-2.0 */
/* A fault in what a target looks at, for the controls: replay is linked with these functions in the real ones' place. */
#ifndef TESTS_FUZZ_PLANTED_H
#define TESTS_FUZZ_PLANTED_H

/* The target whose fault is there; NULL: none is. */
extern const char *planted;

#endif
