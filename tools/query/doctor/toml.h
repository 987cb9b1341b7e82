/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml: the keys of a TOML text, one after the other, as engines print their configuration: tables in [brackets], one key a
 * line. Whether it is TOML at all is for the engine to say. Pure.
 */
#ifndef TOML_H
#define TOML_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>

#define TOML_TABLE_SIZE 512
#define TOML_KEY_SIZE   128

struct toml {
	const char *at;
	char table
		[TOML_TABLE_SIZE]; /* its parts with a "/" between: "plugins/io.containerd.grpc.v1.cri/cni" */
	char key[TOML_KEY_SIZE]; /* "" for the line of the table itself */
	const char *line;        /* where the line begins */
	const char *value;       /* as it is written */
	size_t length;           /* of the value, which may be an array of more lines */
};

void toml_begin(struct toml *toml, const char *text);
bool toml_next(struct toml *toml);

/* Moves to that key of that table (NULL: of any). */
bool toml_find(struct toml *toml, const char *text, const char *table, const char *key);

/* A text, without its quotes; false if the value is none, or has no place. */
bool toml_text(const struct toml *toml, char *ret_text, size_t size);

/* The texts of an array. */
int toml_texts(const struct toml *toml, struct lifecycle_strings *ret_texts,
	struct lifecycle_error *error);

/* A copy in which what is commented out is not: free() it; NULL if memory is out. */
char *toml_uncommented(const char *text);

#endif
