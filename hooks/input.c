/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"
#include "base/io.h"
#include "libstate.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_CAPACITY 1024          /* most states are shorter */
#define LATE_LIMIT     (1024 * 1024) /* all that can be in a pipe at once */

static bool make_room(struct input *input)
{
	size_t capacity = input->capacity == 0 ? FIRST_CAPACITY : input->capacity * 2;
	char *bytes;

	if (input->length < input->capacity)
		return true;
	if (capacity > input->limit)
		capacity = input->limit;
	if (capacity == input->capacity)
		return false;
	bytes = realloc(input->bytes, capacity);
	if (bytes == NULL)
		return false;
	input->bytes = bytes;
	input->capacity = capacity;
	return true;
}

/* Bytes for which there is no room are read all the same: a runtime may wait until they are. */
static ssize_t read_some(struct input *input)
{
	char unwanted[FIRST_CAPACITY];
	ssize_t count;

	if (!make_room(input))
		return read(STDIN_FILENO, unwanted, sizeof(unwanted));
	count = read(STDIN_FILENO, input->bytes + input->length, input->capacity - input->length);
	if (count > 0)
		input->length += (size_t)count;
	return count;
}

/* Once all writers are gone, no read waits any more. */
static int wait_for_stdin(struct input *input, int64_t deadline)
{
	struct pollfd stdin_there = { .fd = STDIN_FILENO, .events = POLLIN };
	int ready = 1;

	if (!input->writers_gone)
		ready = poll(&stdin_there, 1, io_poll_timeout(deadline));
	input->writers_gone |= ready > 0 && (stdin_there.revents & POLLHUP) != 0;
	return ready;
}

static bool is_passing(int reason)
{
	return reason == EINTR || reason == EAGAIN;
}

enum input_end input_read(struct input *input, int64_t deadline)
{
	size_t late = 0;

	while (!input->ended && late <= LATE_LIMIT) {
		int ready = wait_for_stdin(input, deadline);
		ssize_t count;

		if (ready == 0)
			return INPUT_LATE;
		if (ready < 0 && !is_passing(errno))
			return INPUT_BROKEN;
		if (ready < 0)
			continue;
		count = read_some(input);
		if (count < 0 && !is_passing(errno))
			return INPUT_BROKEN;
		input->ended = count == 0;
		if (count > 0 && lifecycle_monotonic_now() >= deadline)
			late += (size_t)count;
	}
	return input->ended ? INPUT_WHOLE : INPUT_LATE;
}

void input_discard(int64_t deadline)
{
	struct input unwanted = { .limit = 0 };
	struct stat file;

	if (fstat(STDIN_FILENO, &file) == 0 && (S_ISFIFO(file.st_mode) || S_ISSOCK(file.st_mode)))
		input_read(&unwanted, deadline);
}

void input_free(struct input *input)
{
	free(input->bytes);
	*input = (struct input){ 0 };
}
