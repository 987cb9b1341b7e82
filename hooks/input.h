/* SPDX-License-Identifier: Apache-2.0 */
/* input: what the runtime writes to our stdin. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum input_end {
	INPUT_WHOLE,
	INPUT_LATE, /* the deadline passed first: what came before is there, and the rest may be read later */
	INPUT_BROKEN, /* errno says why */
};

struct input {
	size_t limit; /* set by the caller: bytes beyond the limit are read and thrown away */
	char *bytes;
	size_t length;
	size_t capacity;
	bool writers_gone;
	bool ended;
};

/* Reads stdin to its end; after the deadline, no more than a pipe can hold. */
enum input_end input_read(struct input *input, int64_t deadline);

/* Throws away what a runtime writes, to its end or the deadline. A terminal and a file, which are no runtime's, stay as they are. */
void input_discard(int64_t deadline);

void input_free(struct input *input);

#endif
