/* SPDX-License-Identifier: Apache-2.0 */
/* A unit test is one file that defines unit_suite(); main.c runs it and prints TAP. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include "libstate.h"

#include <check.h>

Suite *unit_suite(void);

/* The text of `name`, relative to tests/data: ended by a NUL that *ret_length does not count. free() it. */
char *unit_data(const char *name, size_t *ret_length);

/* The names of a folder's files of JSON, for unit_data(), sorted. They live as long as the test. */
char **unit_cases(const char *folder, int *ret_count);

/* Whether this is what stands in the file of the case `name`, which ends in `kind` and not in "json". With $GOLDEN it is written. */
void unit_golden(const char *name, const char *kind, const char *found);

/* The record of this JSON, which is one: lifecycle_record_free() it. */
struct lifecycle_record *unit_record(const char *text);

/* A directory of the suite's own, removed when all tests have run: to be asked for in unit_suite(). */
const char *unit_directory(void);

/* A new directory in it, for one test. The path is good until the next call. */
const char *unit_new_directory(void);

/* So is this one, and it is the working directory from now on. */
const char *unit_enter_directory(void);

/* Makes the file, or makes it anew, with this text in it. */
void unit_put(const char *path, const char *text);

/* A container's directory in the working directory, with this record in it, or empty if that is NULL. */
void unit_make_container(const char *id, const char *record);

#endif
