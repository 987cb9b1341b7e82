/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"

const struct fuzz_target fuzz_targets[] = {
	{ "state", fuzz_state, { "fuzz/state", "states/valid", "states/invalid" } },
	{ "record", fuzz_record,
		{ "fuzz/record", "records/kept", "records/read", "records/invalid" } },
	{ "config", fuzz_config, { "fuzz/config", "configs" } },
	{ "template", fuzz_template, { "fuzz/template" } },
	{ "reference", fuzz_reference, { "fuzz/reference" } },
	{ "arguments", fuzz_arguments, { "fuzz/arguments" } },
	{ "conmon_log", fuzz_conmon_log, { "fuzz/conmon_log" } },
	{ "conmon_name", fuzz_conmon_name, { "fuzz/conmon_name" } },
	{ "runtime_log", fuzz_runtime_log, { "fuzz/runtime_log" } },
	{ "exec_fifo", fuzz_exec_fifo, { "fuzz/exec_fifo" } },
};

const size_t fuzz_target_count = sizeof(fuzz_targets) / sizeof(fuzz_targets[0]);
