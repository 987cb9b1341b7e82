#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# config.json files of all shapes: what lifecycle-runtime adds to them, and what it leaves alone.

bats_require_minimum_version 1.5.0

setup() {
	command -v jq >/dev/null || skip "needs jq"
	shapes=$TOP_SRCDIR/tests/integration/splice_shapes.py
	runtime=$TOP_BUILDDIR/tools/lifecycle-runtime
}

@test "a thousand shapes keep every byte outside hooks, and have our hooks in them" {
	"$PYTHON" "$shapes" "$runtime" "$HOOKS_DIR" 1000 "$BATS_TEST_TMPDIR" | sed "s|^|# |" >&3
}

@test "a byte that is changed after the splice is found, in each of a hundred shapes" {
	"$PYTHON" "$shapes" "$runtime" "$HOOKS_DIR" 100 "$BATS_TEST_TMPDIR" --spoil
}
