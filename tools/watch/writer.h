/* SPDX-License-Identifier: Apache-2.0 */
/* writer: what became of a process, into its record. */
#ifndef WRITER_H
#define WRITER_H

#include "watch/watcher.h"

enum writer_result {
	WRITER_DONE,
	WRITER_LATER, /* it could not be written, and may be the next time */
	WRITER_LOST,  /* the container's record is gone, or it was tried long enough */
};

enum writer_result writer_tell_exec(struct watched *watched, const struct clocks *clocks);

/* `shared`: other containers are told to have the same process, so its exit code need not be this one's. */
enum writer_result writer_tell_end(struct watched *watched, const struct life_end *end, bool shared,
	const struct clocks *clocks);

#endif
