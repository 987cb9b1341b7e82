#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A poststop's sweep, which keeps the store small.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

# SWEEP_RECORDS: 20000 for the whole measure.
@test "a poststop's sweep takes its 100 ms, and ends with the store bounded" {
	"$PYTHON" "$here/sweep.py" "$HOOKS_DIR" "$ROOT" "${SWEEP_RECORDS:-1500}" >"$WORK/swept"
	note "$(cat "$WORK/swept")"
	same "$(ls "$ROOT")" "$(printf '%s\n' living model)" "what is left"
}
