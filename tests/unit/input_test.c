/* SPDX-License-Identifier: Apache-2.0 */
/* A hook's stdin: what is kept, what is thrown away, when it is no longer waited for. poll(), read() and the clock are ours. */
#include "../../hooks/input.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define KIB         ((size_t)1024)
#define LIMIT       (64 * KIB)
#define MILLISECOND INT64_C(1000000)

/* ---- the system calls ---- */

int __real_poll(struct pollfd *files, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *files, nfds_t count, int timeout);
ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
int64_t __wrap_lifecycle_monotonic_now(void);

void *__real_realloc(void *bytes, size_t size);
void *__wrap_realloc(void *bytes, size_t size);

static bool no_memory;

void *__wrap_realloc(void *bytes, size_t size)
{
	return no_memory ? NULL : __real_realloc(bytes, size);
}

/* What the next poll() says; then, if that is that there is something, the next read(). */
struct step {
	ssize_t count;
	int ready;
	int poll_error;
	int read_error;
	short events;
};

#define BYTES(n)                                                                                   \
	{                                                                                          \
		(n), 1, 0, 0, POLLIN                                                               \
	}
#define HANG_UP(n)                                                                                 \
	{                                                                                          \
		(n), 1, 0, 0, POLLIN | POLLHUP                                                     \
	}
#define END                                                                                        \
	{                                                                                          \
		0, 1, 0, 0, POLLHUP                                                                \
	}
#define NOTHING                                                                                    \
	{                                                                                          \
		0, 0, 0, 0, 0                                                                      \
	}
#define NO_POLL(why)                                                                               \
	{                                                                                          \
		0, -1, (why), 0, 0                                                                 \
	}
#define NO_READ(why)                                                                               \
	{                                                                                          \
		-1, 1, 0, (why), POLLIN                                                            \
	}

static struct {
	const struct step *next; /* NULL: the calls are not ours */
	size_t bytes;            /* so many were read */
	size_t largest;          /* the most that was asked for at once */
	int polls;
	int timeout; /* of the last poll() */
	int64_t now;
} plan;

/* The byte at a place of stdin. */
static char byte_at(size_t place)
{
	return (char)('a' + place % 23);
}

int __wrap_poll(struct pollfd *files, nfds_t count, int timeout)
{
	if (plan.next == NULL)
		return __real_poll(files, count, timeout);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(files->fd, STDIN_FILENO);
	ck_assert_int_eq(files->events, POLLIN);
	plan.polls++;
	plan.timeout = timeout;
	files->revents = plan.next->events;
	errno = plan.next->poll_error;
	return plan.next->ready > 0 ? plan.next->ready : (plan.next++)->ready;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	const struct step *step = plan.next;

	if (plan.next == NULL || fd != STDIN_FILENO)
		return __real_read(fd, bytes, size);
	plan.next++;
	plan.largest = size > plan.largest ? size : plan.largest;
	for (ssize_t i = 0; i < step->count; i++)
		((char *)bytes)[i] = byte_at(plan.bytes + (size_t)i);
	ck_assert_int_le(step->count, (ssize_t)size);
	if (step->count > 0)
		plan.bytes += (size_t)step->count;
	errno = step->read_error;
	return step->count;
}

int64_t __wrap_lifecycle_monotonic_now(void)
{
	return plan.now;
}

/* ---- whatever stdin gives ---- */

static enum input_end read_all(struct input *input, const struct step *steps, int64_t deadline)
{
	enum input_end end;

	memset(&plan, 0, sizeof(plan));
	plan.next = steps;
	plan.now = 1000 * MILLISECOND;
	end = input_read(input, deadline);
	plan.next = NULL;
	return end;
}

static void check_kept(const struct input *input, size_t length)
{
	size_t i = 0;

	ck_assert_uint_eq(input->length, length);
	while (i < length && input->bytes[i] == byte_at(i))
		i++;
	ck_assert_uint_eq(i, length);
}

static const struct {
	struct step steps[12];
	enum input_end end;
	size_t length;
	int error;
	int polls;
} cases[] = {
	{ { END }, INPUT_WHOLE, 0, 0, 1 },
	{ { BYTES(3), END }, INPUT_WHOLE, 3, 0, 2 },
	{ { BYTES(1), BYTES(1), BYTES(1), END }, INPUT_WHOLE, 3, 0, 4 },
	{ { NOTHING }, INPUT_LATE, 0, 0, 1 },
	{ { BYTES(5), NOTHING }, INPUT_LATE, 5, 0, 2 },
	/* whose writers have gone is not asked any more whether there is something */
	{ { HANG_UP(5), BYTES(5), END }, INPUT_WHOLE, 10, 0, 1 },
	{ { BYTES(5), HANG_UP(5), BYTES(5), END }, INPUT_WHOLE, 15, 0, 2 },
	/* what passes is tried again, all else is told */
	{ { NO_POLL(EINTR), BYTES(2), NO_POLL(EAGAIN), END }, INPUT_WHOLE, 2, 0, 4 },
	{ { NO_READ(EINTR), BYTES(2), NO_READ(EAGAIN), END }, INPUT_WHOLE, 2, 0, 4 },
	{ { BYTES(2), NO_POLL(ENOMEM) }, INPUT_BROKEN, 2, ENOMEM, 2 },
	{ { BYTES(2), NO_READ(EIO) }, INPUT_BROKEN, 2, EIO, 2 },
	{ { NO_READ(EISDIR) }, INPUT_BROKEN, 0, EISDIR, 1 },
};

START_TEST(test_cases)
{
	struct input input = { .limit = LIMIT };
	enum input_end end = read_all(&input, cases[_i].steps, 1500 * MILLISECOND);

	ck_assert_int_eq(end, cases[_i].end);
	if (end == INPUT_BROKEN)
		ck_assert_int_eq(errno, cases[_i].error);
	ck_assert_int_eq(input.ended, end == INPUT_WHOLE);
	ck_assert_int_eq(plan.polls, cases[_i].polls);
	ck_assert_int_eq(plan.timeout, 500);
	check_kept(&input, cases[_i].length);
	input_free(&input);
	ck_assert_ptr_null(input.bytes);
	ck_assert_uint_eq(input.length, 0);
}
END_TEST

START_TEST(test_the_rest_comes_later)
{
	static const struct step first[] = { BYTES(4), NOTHING }, rest[] = { BYTES(3), END };
	struct input input = { .limit = LIMIT };
	size_t length;

	ck_assert_int_eq(read_all(&input, first, 0), INPUT_LATE);
	ck_assert_int_eq(plan.timeout, 0);
	length = input.length;
	ck_assert_int_eq(read_all(&input, rest, 0), INPUT_WHOLE);
	ck_assert_uint_eq(input.length, length + 3);
	ck_assert_int_eq(memcmp(input.bytes + length, "abc", 3), 0);
	/* nothing is read after the end */
	ck_assert_int_eq(read_all(&input, rest, 0), INPUT_WHOLE);
	ck_assert_int_eq(plan.polls, 0);
	input_free(&input);
}
END_TEST

/* ---- much of it ---- */

#define MANY 3000

/* So many times a KiB, then the end. */
static const struct step *kibibytes(size_t count)
{
	static struct step steps[MANY + 1];

	ck_assert_uint_le(count, MANY);
	for (size_t i = 0; i < count; i++)
		steps[i] = (struct step)BYTES((ssize_t)KIB);
	steps[count] = (struct step)END;
	return steps;
}

static const struct {
	size_t limit;
	size_t count; /* of KiB that come */
	size_t kept;
	size_t capacity; /* at most */
} sizes[] = {
	{ LIMIT, 1, KIB, 2 * KIB },
	{ LIMIT, 5, 5 * KIB, 8 * KIB },
	{ LIMIT, 63, 63 * KIB, 64 * KIB },
	{ LIMIT, 64, 64 * KIB, 64 * KIB },
	{ LIMIT, 65, 64 * KIB, 64 * KIB },
	{ LIMIT, 2000, 64 * KIB, 64 * KIB },
	{ 3 * KIB, 3, 3 * KIB, 3 * KIB },
	{ 3 * KIB, 9, 3 * KIB, 3 * KIB },
	{ (size_t)1 << 30, MANY, MANY *KIB, 4096 * KIB },
};

START_TEST(test_sizes)
{
	struct input input = { .limit = sizes[_i].limit };

	ck_assert_int_eq(
		read_all(&input, kibibytes(sizes[_i].count), 2000 * MILLISECOND), INPUT_WHOLE);
	check_kept(&input, sizes[_i].kept);
	ck_assert_uint_le(input.capacity, sizes[_i].capacity);
	/* all of it was taken from the writer */
	ck_assert_uint_eq(plan.bytes, sizes[_i].count * KIB);
	input_free(&input);
}
END_TEST

/* What there is no memory for is taken from the writer, and is not there. */
START_TEST(test_no_memory)
{
	struct input input = { .limit = LIMIT };

	no_memory = true;
	ck_assert_int_eq(read_all(&input, kibibytes(3), 2000 * MILLISECOND), INPUT_WHOLE);
	no_memory = false;
	ck_assert_uint_eq(plan.bytes, 3 * KIB);
	ck_assert_uint_eq(input.length, 0);
	input_free(&input);
}
END_TEST

/* After the deadline a writer that writes for ever is left, once it has written more than a pipe holds. */
START_TEST(test_a_writer_without_end)
{
	struct input input = { .limit = LIMIT };

	ck_assert_int_eq(read_all(&input, kibibytes(MANY), 1000 * MILLISECOND), INPUT_LATE);
	ck_assert_uint_eq(plan.bytes, 1024 * KIB + KIB);
	input_free(&input);
	/* before the deadline it is not */
	ck_assert_int_eq(read_all(&input, kibibytes(MANY), 1000 * MILLISECOND + 1), INPUT_WHOLE);
	/* nor is one that has written just so much */
	input = (struct input){ .limit = LIMIT };
	ck_assert_int_eq(read_all(&input, kibibytes(1024), 0), INPUT_WHOLE);
	input_free(&input);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("input");
	TCase *tcase = tcase_create("input");

	tcase_add_loop_test(tcase, test_cases, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tcase, test_the_rest_comes_later);
	tcase_add_loop_test(tcase, test_sizes, 0, sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(tcase, test_no_memory);
	tcase_add_test(tcase, test_a_writer_without_end);
	suite_add_tcase(suite, tcase);
	return suite;
}
