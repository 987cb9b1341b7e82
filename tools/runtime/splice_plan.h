/* SPDX-License-Identifier: Apache-2.0 */
/* splice_plan: what is to be put into a config.json. */
#ifndef SPLICE_PLAN_H
#define SPLICE_PLAN_H

#include <stdbool.h>

struct splice_plan {
	const char *hooks_dir; /* where our hooks are: an absolute path */
	const char *root;      /* for their --root; NULL: they are given none */
	const char *exit_dir;  /* for poststop's --exit-dir; NULL likewise */
	bool wrap; /* every foreign hook but startContainer's becomes one of ours, running it */
};

#endif
