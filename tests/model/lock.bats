#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The lock protocol, in every order of its steps: see lock.pml.

bats_require_minimum_version 1.5.0

setup() {
	command -v spin >/dev/null || skip 'spin is not here'
	cd "$BATS_TEST_TMPDIR" || return
}

# search FLAG...: spin's verifier, over all that can be reached.
search() {
	spin "$@" -a "$TOP_SRCDIR/tests/model/lock.pml"
	"$CC" -O2 -DSAFETY -w -o pan pan.c
	./pan -m10000
}

@test "no change is lost, and nobody writes into what is removed" {
	run -0 search
	grep -F 'errors: 0' <<<"$output"
	echo "# $(grep 'states, stored' <<<"$output")" >&3
	run ! grep -F 'max search depth too small' <<<"$output"
}

@test "control: who does not look again at the directory that is locked writes into what is removed" {
	run search -DBLIND
	grep -F 'assertion violated' <<<"$output"
	grep -F 'errors: 1' <<<"$output"
}
