/* SPDX-License-Identifier: Apache-2.0 */
/* format: words, numbers and times for people. Pure, but for the clock and the terminal it is told of. */
#ifndef FORMAT_H
#define FORMAT_H

#include "libstate.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define FORMAT_SIZE 48

/* How many bytes at `text` steer a terminal: a control byte, one of C1, or a mark of writing direction. */
size_t format_steering(const char *text);

/* Writes text, with control bytes, what steers a terminal in other ways, and what the locale cannot show, as \xNN. */
void format_escaped(FILE *out, const char *text);

/* The same, of the text's first line. */
void format_line(FILE *out, const char *text);

/* Where the last line that is not empty begins; NULL for NULL. */
const char *format_last_line(const char *text);

/* Writes text as one word of a shell's: in quotes, if need be. What steers a terminal is not escaped. */
void format_word(FILE *out, const char *word);

/* How much of an ID people are shown: 12 of an engine's 64 digits, all of what a person chose. */
int format_id_length(const char *id);

/* "12.3 ms": three digits and a unit. */
const char *format_duration(int64_t nanoseconds, char buffer[FORMAT_SIZE]);

/* "3 hours": one unit, as `docker ps` has it. */
const char *format_age(int64_t nanoseconds, char buffer[FORMAT_SIZE]);

/* "3h": the same in few columns. */
const char *format_brief_age(int64_t nanoseconds, char buffer[FORMAT_SIZE]);

/* Whether to use colour: `out` is a terminal that is not dumb, and NO_COLOR is not set. */
bool format_colours(FILE *out);

/* The same if that is to be decided, "auto" or NULL; or "always", or "never". */
int format_parse_colour(
	const char *when, FILE *out, bool *ret_colours, struct lifecycle_error *error);

/* Whether somebody has said, or a terminal does, how many columns a line may have; *ret_width is 80 if not. COLUMNS
 * outweighs the terminal, as watch(1) sets it for whom it runs. */
bool format_is_narrow(FILE *out, size_t *ret_width);

/* How many columns a line may have. */
size_t format_width(FILE *out);

/* Whether the terminal shows more than ASCII. */
bool format_unicode(FILE *out);

#endif
