/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The linker is told (-e, in configure.ac) that the program begins at entry_start. With sanitizers it is not told: then
 * the program begins at the C library's _start, as any other, and nothing is hidden.
 */
#include "entry.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define FOR_ENTRY __attribute__((used, visibility("hidden"), no_stack_protector))

void entry_hide_environment(uintptr_t *stack);

/* What is hidden. Kept here, because nothing is handed from here to main. */
static char **hidden;

/* Hands the stack over as the kernel left it, and goes on to _start, to whom 0 says that there is no loader. */
#if defined(__x86_64__)
__asm__(".pushsection .text\n"
	".globl entry_start\n"
	".hidden entry_start\n"
	".type entry_start, %function\n"
	"entry_start:\n"
	"	movq %rsp, %rdi\n"
	"	call entry_hide_environment\n"
	"	xorl %edx, %edx\n"
	"	jmp _start\n"
	".popsection\n");
#elif defined(__aarch64__)
__asm__(".pushsection .text\n"
	".globl entry_start\n"
	".hidden entry_start\n"
	".type entry_start, %function\n"
	"entry_start:\n"
	"	mov x0, sp\n"
	"	bl entry_hide_environment\n"
	"	mov x0, xzr\n"
	"	b _start\n"
	".popsection\n");
#else
#error "a hook needs an entry of its own here: hand the stack to entry_hide_environment(), then jump to _start"
#endif

static void reverse(uintptr_t *first, uintptr_t *end)
{
	while (first < end) {
		uintptr_t word = *first;

		*first++ = *--end;
		*end = word;
	}
}

/*
 * The kernel leaves, in words:         argc | argv, 0 | environment, 0 | auxiliary vector | 0, 0
 * A C library reads up to the second 0 of what we make of it, in place:
 *                                      argc | argv, 0 | 0 | auxiliary vector | 0 | environment, 0
 * Nothing of the C library, nor what the compiler puts into other functions, may be relied on yet.
 */
FOR_ENTRY void entry_hide_environment(uintptr_t *stack)
{
	uintptr_t *environment = stack + 1 + stack[0] + 1;
	uintptr_t *terminator = environment;
	uintptr_t *end;

	while (*terminator != 0)
		terminator++;
	end = terminator + 1;
	while (*end != AT_NULL)
		end += 2;
	end++;
	*end = 0; /* the value of AT_NULL, which has none */
	reverse(environment, terminator);
	reverse(terminator, end);
	reverse(environment, end);
	hidden = (char **)(end - (terminator - environment));
}

char **entry_environment(void)
{
	return hidden != NULL ? hidden : environ;
}
