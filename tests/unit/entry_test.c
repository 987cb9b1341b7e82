/* SPDX-License-Identifier: Apache-2.0 */
/* What a hook makes of the stack that the kernel gave it, before its C library reads it. */
#include "../../hooks/entry.h"
#include "unit.h"

#include <elf.h>
#include <string.h>
#include <unistd.h>

void entry_hide_environment(uintptr_t *stack);

#define MOST 4

/* argc, argv and 0, environment and 0, pairs of the auxiliary vector and AT_NULL's. */
struct stack {
	uintptr_t words[1 + MOST + 1 + MOST + 1 + 2 * MOST + 2 + 1];
	size_t count;
};

static void push(struct stack *stack, uintptr_t word)
{
	stack->words[stack->count++] = word;
}

/* So many of each; no two words are the same, but for those that are 0. */
static void fill(struct stack *stack, size_t arguments, size_t variables, size_t pairs)
{
	memset(stack, 0, sizeof(*stack));
	push(stack, arguments);
	for (size_t i = 0; i < arguments; i++)
		push(stack, 100 + i);
	push(stack, 0);
	for (size_t i = 0; i < variables; i++)
		push(stack, 200 + i);
	push(stack, 0);
	for (size_t i = 0; i < pairs; i++) {
		push(stack, 300 + i);
		push(stack, i == 0 ? 0 : 400 + i); /* a value may be 0 */
	}
	push(stack, AT_NULL);
	push(stack, 500); /* the value that AT_NULL has not */
	stack->words[stack->count] = 600;
}

/* As a C library reads it: argc, argv, an environment, the vector up to AT_NULL; then what is hidden from it. */
static void check(const struct stack *stack, size_t arguments, size_t variables, size_t pairs)
{
	const uintptr_t *word = stack->words;

	ck_assert_uint_eq(*word++, arguments);
	for (size_t i = 0; i < arguments; i++)
		ck_assert_uint_eq(*word++, 100 + i);
	ck_assert_uint_eq(*word++, 0);
	ck_assert_uint_eq(*word++, 0); /* no variables */
	for (size_t i = 0; i < pairs; i++) {
		ck_assert_uint_eq(*word++, 300 + i);
		ck_assert_uint_eq(*word++, i == 0 ? 0 : 400 + i);
	}
	ck_assert_uint_eq(*word++, AT_NULL);
	ck_assert_ptr_eq(entry_environment(), (char **)(uintptr_t)word);
	for (size_t i = 0; i < variables; i++)
		ck_assert_uint_eq(*word++, 200 + i);
	ck_assert_uint_eq(*word++, 0);
	ck_assert_uint_eq(*word, 600); /* beyond it nothing is touched */
}

START_TEST(test_hidden)
{
	size_t arguments = (size_t)_i / 25, variables = (size_t)_i / 5 % 5, pairs = (size_t)_i % 5;
	struct stack stack;

	fill(&stack, arguments, variables, pairs);
	entry_hide_environment(stack.words);
	check(&stack, arguments, variables, pairs);
}
END_TEST

START_TEST(test_nothing_is_hidden)
{
	ck_assert_ptr_eq(entry_environment(), environ);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("entry");
	TCase *tcase = tcase_create("entry");

	tcase_add_loop_test(tcase, test_hidden, 0, 125);
	tcase_add_test(tcase, test_nothing_is_hidden);
	suite_add_tcase(suite, tcase);
	return suite;
}
