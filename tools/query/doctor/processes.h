/* SPDX-License-Identifier: Apache-2.0 */
/* processes: daemons that run on this host, and the command lines that they were given. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The next process after `after` that has this name, and our root directory; 0 if there is none. */
pid_t processes_find(const char *name, pid_t after);

/* The value of an option of its command line, `--config FILE` or `--config=FILE`; names end with NULL. */
bool processes_option(pid_t pid, const char *const *names, char *ret_value, size_t size);

/* Whether its program's file was replaced or removed since it began. */
bool processes_is_outdated(pid_t pid);

/* When it began, by the clock; LIFECYCLE_UNKNOWN if that cannot be read. */
int64_t processes_began(pid_t pid);

/* Whether the file was changed after the process began. */
bool processes_is_older(pid_t pid, const char *path);

/* Whose it is; ours if that cannot be read. */
uid_t processes_user(pid_t pid);

/* Its program's file; false if that cannot be read. */
bool processes_program(pid_t pid, char *ret_path, size_t size);

/* Whether systemd is who starts daemons here. */
bool processes_has_systemd(void);

#endif
