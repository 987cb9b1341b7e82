/* SPDX-License-Identifier: Apache-2.0 */
/* commands: the commands of lifecycle-query, each in its own file. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "records/records.h"

struct query_globals {
	struct records_options records;
	const char *colour; /* auto, always, never; NULL if it is not given */
};

extern const struct cli_command query_list;
extern const struct cli_command query_inspect;
extern const struct cli_command query_started_at;
extern const struct cli_command query_timeline;
extern const struct cli_command query_explain;
extern const struct cli_command query_trace;
extern const struct cli_command query_doctor;
extern const struct cli_command query_events;
extern const struct cli_command query_wait;
extern const struct cli_command query_metrics;
extern const struct cli_command query_verify;

#endif
