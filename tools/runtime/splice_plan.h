/* SPDX-License-Identifier: Apache-2.0 */
/* splice_plan: what is to be put into a config.json. */
#ifndef SPLICE_PLAN_H
#define SPLICE_PLAN_H

#include <stdbool.h>

struct splice_plan {
	const char *hooks_dir;     /* where our hooks are: an absolute path */
	const char *installed_dir; /* where hooks of ours may be, too; NULL for nowhere else */
	const char *root;          /* for the hooks' --root; NULL: the option is not given */
	const char *exit_dir;      /* for poststop's --exit-dir; NULL: the option is not given */
	/* Keys for each hook of ours: NULL-terminated lists, or NULL. */
	const char *const *annotations;
	const char *const *name_annotations;
	int limit; /* `timeout` of each hook that is added, in seconds; 0: the key is not written */
	bool wrap; /* every foreign hook but startContainer's becomes one of ours, running it */
};

#endif
