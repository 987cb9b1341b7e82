#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The records that the cases of tests/data/transitions end in are what the schema says.

bats_require_minimum_version 1.5.0

@test "each record that a transition makes holds against the schema" {
	test -x "$TOP_BUILDDIR/tests/unit/transition_test" || skip 'check is not here'
	mkdir "$BATS_TEST_TMPDIR/records"
	UNIT_RECORDS=$BATS_TEST_TMPDIR/records "$TOP_BUILDDIR/tests/unit/transition_test" >/dev/null
	set -- "$BATS_TEST_TMPDIR"/records/*
	test $# -gt 300
	"$PYTHON" "$TOP_SRCDIR/tests/integration/check_store.py" --open "$@"
	# all keys are ours but one, which two cases begin with
	mapfile -t foreign < <(grep -rl '"more":' "$@")
	test ${#foreign[@]} -eq 2
	rm "${foreign[@]}"
	"$PYTHON" "$TOP_SRCDIR/tests/integration/check_store.py" "$@"
}
