/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that fail when they are told to. The program's malloc() is ours, and so is that of every library in it. */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include <stdbool.h>

struct faults {
	long fail_at; /* which allocation, from 1; 0 for none */
	bool and_all_later;
};

void faults_begin(struct faults plan);

/* None fails any more; they are still counted. */
void faults_pause(void);

/* How many allocations there were since; *ret_leaked, how many of them were not freed. */
long faults_end(long *ret_leaked);

#endif
