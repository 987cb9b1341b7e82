/* SPDX-License-Identifier: Apache-2.0 */
/* Before each source of a coverage build: what ends by _exit() has its counters written, too. */
#ifndef COUNTED_EXIT_H
#define COUNTED_EXIT_H

#include <unistd.h>

void __gcov_dump(void);

/* The status may be what a function returns that is to be counted. */
#define _exit(status)                                                                              \
	__extension__({                                                                            \
		int counted_status = (status);                                                     \
		__gcov_dump();                                                                     \
		_exit(counted_status);                                                             \
	})

#endif
