/* SPDX-License-Identifier: Apache-2.0 */
/* site: the store and the containers that a call of lifecycle-ctl is about. */
#ifndef SITE_H
#define SITE_H

#include "cli/cli.h"
#include "container/container.h"
#include "records/records.h"

struct ctl_globals {
	struct records_options records;
	const char *data_root;
	const char *hooks_dir;
};

struct site {
	struct records records;
	struct place *place;
};

/* With LIFECYCLE_ACCESS_WRITE what is missing of both is made; else what is not there has no containers. */
int site_open(const struct cli_call *call, enum lifecycle_access access, struct site *ret_site,
	struct lifecycle_error *error);
void site_close(struct site *site);

/*
 * What one operand means, as an ID to free(). What another engine has made is refused, with that engine's own command;
 * then call->status is CLI_NOT_OURS.
 */
int site_find(struct site *site, struct cli_call *call, const char *reference, char **ret_id,
	struct lifecycle_error *error);

/*
 * Calls act() for each operand, and prints the IDs of those for which it returns 0. What is not there is a complaint,
 * unless `absent_is_done`. Returns the exit status.
 */
typedef int site_act_fn(
	struct site *site, const char *id, const void *options, struct lifecycle_error *error);
int site_for_operands(struct cli_call *call, site_act_fn *act, bool absent_is_done);

/* Calls act() for the container that the first operand means, if it runs. Returns the exit status. */
typedef int site_running_fn(struct site *site, struct cli_call *call, const char *id,
	const struct settings *settings, struct lifecycle_error *error);
int site_for_running(struct cli_call *call, site_running_fn *act);

/* Offers the containers' IDs and names. */
cli_complete_fn site_complete;

#endif
