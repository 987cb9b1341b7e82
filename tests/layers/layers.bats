#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What holds of the tree and of the built files themselves. Each checker is also shown a broken sample.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	checkers=$TOP_SRCDIR/tests/layers
}

@test "each hook is static-pie, with full RELRO and no executable stack" {
	for hook in prestart create-runtime create-container poststart poststop; do
		"$checkers/check-hardening" "$HOOKS_DIR/lifecycle-$hook"
	done
}

@test "a dynamic program, a fixed one and a lazy one do not pass for a hook" {
	echo 'int main(void) { return 0; }' >program.c
	for flags in "-pie -Wl,-z,now" "-static -no-pie" "-static-pie -Wl,-z,norelro" "-static-pie -Wl,-z,execstack"; do
		# shellcheck disable=SC2086 # flags
		$CC -fPIE $flags -o program program.c
		run ! "$checkers/check-hardening" program
	done
}
