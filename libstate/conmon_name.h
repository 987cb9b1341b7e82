/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conmon_name: the name that podman's user gave, which podman tells nobody but conmon, above the runtime that calls a hook.
 * Reads /proc, if that is procfs, and writes nothing.
 */
#ifndef CONMON_NAME_H
#define CONMON_NAME_H

#include <stddef.h>

#define CONMON_NAME_SIZE 4096 /* bytes of a command line that are looked at */

/*
 * The name in conmon's command line, which is `length` bytes as in /proc/PID/cmdline; NULL if conmon has another container
 * than `id`, or one without a name of its own. podman says both before anything that users can choose, so the first counts.
 */
const char *conmon_name_parse(const char *command_line, size_t length, const char *id);

/* The name of the container whose hook this process is, into the buffer; NULL if no conmon says it. */
const char *conmon_name_find(const char *id, char buffer[CONMON_NAME_SIZE]);

#endif
