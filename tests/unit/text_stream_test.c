/* SPDX-License-Identifier: Apache-2.0 */
/* A text that grows in a stream: all of it, or fclose() says that it is not all. The allocations are the test's. */
#include "base/text_stream.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int fail_at; /* which allocation; 0: none */
static int allocations;

static bool fails(void)
{
	return ++allocations == fail_at;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

FILE *__real_fopencookie(void *cookie, const char *mode, cookie_io_functions_t calls);
FILE *__wrap_fopencookie(void *cookie, const char *mode, cookie_io_functions_t calls);
FILE *__wrap_fopencookie(void *cookie, const char *mode, cookie_io_functions_t calls)
{
	return fails() ? NULL : __real_fopencookie(cookie, mode, calls);
}

/* Of those to come, counted from 1: the runner has made some, too. */
static void let_fail(int which)
{
	fail_at = allocations + which;
}

START_TEST(nothing_is_an_empty_text)
{
	char *text;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_uint_eq(size, 0);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

static const size_t sizes[] = { 1, 254, 255, 256, 257, 511, 512, 8191, 8192, 100000 };

static void put_bytes(FILE *out, size_t size)
{
	for (size_t i = 0; i < size; i++)
		putc((int)('a' + i % 26), out);
}

static bool are_bytes(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] != (char)('a' + i % 26))
			return false;
	return text[size] == '\0';
}

START_TEST(each_length_is_kept)
{
	char *text;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	ck_assert_ptr_nonnull(out);
	put_bytes(out, sizes[_i]);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_uint_eq(size, sizes[_i]);
	ck_assert(are_bytes(text, size));
	free(text);
}
END_TEST

START_TEST(a_nul_is_a_byte_of_it)
{
	char *text;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	ck_assert_ptr_nonnull(out);
	fprintf(out, "a%cb", '\0');
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_uint_eq(size, 3);
	ck_assert_mem_eq(text, "a\0b", 4);
	free(text);
}
END_TEST

START_TEST(without_memory_there_is_no_stream)
{
	char *text = (char *)"not the stream's";
	size_t size;

	let_fail(_i);
	ck_assert_ptr_null(text_stream_open(&text, &size));
	ck_assert_ptr_null(text);
}
END_TEST

/* What comes after the part that found no memory is not put in its place. */
START_TEST(what_finds_no_memory_is_told_by_fclose)
{
	char *text;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	ck_assert_ptr_nonnull(out);
	setbuf(out, NULL);
	fputs("begin,", out);
	let_fail(1);
	ck_assert_int_eq(fprintf(out, "%300s,", "x") < 0 || ferror(out) != 0, 1);
	fputs("end", out);
	errno = 0;
	ck_assert_int_eq(fclose(out), EOF);
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_uint_eq(size, strlen(text));
	ck_assert_ptr_null(strstr(text, "end"));
	free(text);
}
END_TEST

START_TEST(so_it_is_where_the_last_part_is_written_by_fclose)
{
	char *text;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	ck_assert_ptr_nonnull(out);
	put_bytes(out, 1000);
	let_fail(1);
	ck_assert_int_eq(fclose(out), EOF);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("text_stream");
	TCase *tcase = tcase_create("text_stream");

	tcase_add_test(tcase, nothing_is_an_empty_text);
	tcase_add_loop_test(tcase, each_length_is_kept, 0, (int)(sizeof(sizes) / sizeof(sizes[0])));
	tcase_add_test(tcase, a_nul_is_a_byte_of_it);
	tcase_add_loop_test(tcase, without_memory_there_is_no_stream, 1, 4);
	tcase_add_test(tcase, what_finds_no_memory_is_told_by_fclose);
	tcase_add_test(tcase, so_it_is_where_the_last_part_is_written_by_fclose);
	suite_add_tcase(suite, tcase);
	return suite;
}
