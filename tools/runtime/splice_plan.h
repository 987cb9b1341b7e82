/* SPDX-License-Identifier: Apache-2.0 */
/* splice_plan: what is to be put into a config.json. */
#ifndef SPLICE_PLAN_H
#define SPLICE_PLAN_H

#include <stdbool.h>

struct splice_plan {
	const char *hooks_dir; /* where our hooks are: an absolute path */
	const char *root;      /* for the hooks' --root; NULL: the option is not given */
	const char *exit_dir;  /* for poststop's --exit-dir; NULL: the option is not given */
	bool wrap; /* every foreign hook but startContainer's becomes one of ours, running it */
};

#endif
