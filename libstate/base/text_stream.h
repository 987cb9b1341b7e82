/* SPDX-License-Identifier: Apache-2.0 */
/* text_stream: a stream whose text is kept in memory, and which does not hide that memory ran out. */
#ifndef TEXT_STREAM_H
#define TEXT_STREAM_H

#include <stdio.h>

/*
 * As open_memstream(3): after fclose(), *ret_text is what was written, ended by a NUL that *ret_size does not count;
 * free() it, whatever fclose() returned. But where the C library's stream drops what finds no memory without a word,
 * fclose() of this stream then fails. NULL: there is no memory for the stream, and *ret_text is NULL.
 */
FILE *text_stream_open(char **ret_text, size_t *ret_size);

#endif
