/* SPDX-License-Identifier: Apache-2.0 */
/* containerd_config: what `containerd config dump` says of CRI and its runtimes. Pure. */
#ifndef CONTAINERD_CONFIG_H
#define CONTAINERD_CONFIG_H

#include "libstate.h"

#include <stdbool.h>
#include <stddef.h>

#define CONTAINERD_NAME_SIZE 128
#define CONTAINERD_PATH_SIZE 4096

struct containerd_runtime {
	char name[CONTAINERD_NAME_SIZE];
	char type[CONTAINERD_NAME_SIZE];   /* "" if there is none: then no pod of it starts */
	char binary[CONTAINERD_PATH_SIZE]; /* BinaryName; "" for runc */
	bool has_systemd_cgroup;           /* it is said, and */
	bool systemd_cgroup;               /* so */
};

struct containerd_config {
	bool is_two;  /* containerd 2, which merges what it imports */
	bool has_cri; /* it is there, and not disabled */
	char default_runtime[CONTAINERD_NAME_SIZE];
	struct lifecycle_strings imports;
	const char *text; /* the dump */
};

int containerd_config_read(
	const char *dump, struct containerd_config *ret_config, struct lifecycle_error *error);
void containerd_config_free(struct containerd_config *config);

/* The runtime of that number, from 0 on; false if there are no more. */
bool containerd_config_runtime(const struct containerd_config *config, size_t number,
	struct containerd_runtime *ret_runtime);

/* ---- a file of containerd's ---- */

/* How its tables are called, with a "/" between the parts: by version 1, 2, and from 3 on. */
#define CONTAINERD_PLUGIN_1 "cri"
#define CONTAINERD_PLUGIN_2 "io.containerd.grpc.v1.cri"
#define CONTAINERD_PLUGIN_3 "io.containerd.cri.v1.runtime"

/* The version that it is of; `fallback` for a file that has nothing in it. */
int containerd_file_version(const char *text, int fallback);
const char *containerd_plugin(int version);

/* Whether it says anything of CRI. */
bool containerd_file_has_cri(const char *text);

/* Which line has that key of that table, from 1 on, and the table's own line (key ""); 0 for none. */
size_t containerd_file_line(const char *text, const char *table, const char *key);

#endif
