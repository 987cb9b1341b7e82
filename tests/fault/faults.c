/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* The C library's own, for those who put theirs in front. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static struct faults plan;
static long allocations, living, living_before;

static bool is_to_fail(void)
{
	allocations++;
	if (plan.fail_at == 0 ||
		(plan.and_all_later ? allocations < plan.fail_at : allocations != plan.fail_at))
		return false;
	errno = ENOMEM;
	return true;
}

static void *counted(void *memory)
{
	living += memory != NULL;
	return memory;
}

#pragma GCC visibility push(default)

void *malloc(size_t size)
{
	return is_to_fail() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return is_to_fail() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
	void *larger;

	if (is_to_fail())
		return NULL;
	larger = __libc_realloc(memory, size);
	return memory == NULL ? counted(larger) : larger;
}

void free(void *memory)
{
	living -= memory != NULL;
	__libc_free(memory);
}

#pragma GCC visibility pop

void faults_begin(struct faults the_plan)
{
	plan = the_plan;
	allocations = 0;
	living_before = living;
}

void faults_pause(void)
{
	plan = (struct faults){ 0 };
}

long faults_end(long *ret_leaked)
{
	long count = allocations;

	plan = (struct faults){ 0 };
	*ret_leaked = living - living_before;
	return count;
}
