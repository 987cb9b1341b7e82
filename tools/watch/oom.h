/* SPDX-License-Identifier: Apache-2.0 */
/* oom: how often the kernel killed a process of a control group since its memory was out. */
#ifndef OOM_H
#define OOM_H

#include <stdbool.h>
#include <stdint.h>

/* The count in the text of a memory.events or a memory.oom_control. False if it has none, as before Linux 4.13. */
bool oom_parse(const char *text, int64_t *ret_count);

/*
 * The path below the mounted control groups of what counts for a process, from the text of its /proc/PID/cgroup: free()
 * it. NULL if there is none, or memory is out.
 */
char *oom_path(const char *cgroups, bool unified);

/* Opens what counts for a process, so that it can be read when the process is gone; -1 if there is nothing. */
int oom_open(int64_t pid);

/* LIFECYCLE_UNKNOWN if it cannot be read: also once the control group is removed. */
int64_t oom_count(int fd);

#endif
