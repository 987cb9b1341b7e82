#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# `crun run` loses the end of a hook that has a `timeout` if the container ends at the same moment: crun waits for the whole
# timeout then, and fails. So what README gives to paste has none. strace makes crun slow to look, and the loss certain.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

# shellcheck disable=SC2034 # what containers.bash uses
OCI_RUNTIME=crun
RUNS=${CRUN_RUNS:-15}
LIMIT_MS=200

setup()
{
	common_setup
	need strace
	need_runtime
	mkdir "$WORK/slow"
	cat >"$WORK/slow/crun" <<-WRAPPER
		#!/bin/sh
		exec strace -qq -o '$WORK/trace' -e trace=rt_sigtimedwait -e inject=rt_sigtimedwait:delay_enter=300000 \\
			'$(command -v crun)' "\$@"
	WRAPPER
	chmod 0755 "$WORK/slow/crun"
	PATH=$WORK/slow:$PATH make_crun "$WORK/slow-crun"
}

teardown()
{
	common_teardown
}

# with_our_hooks BUNDLE: as README has them, but for where the hooks and the store are.
with_our_hooks()
{
	(cd "$1" && bash -eu <(paste "### Runtimes by hand"))
	jq --arg hooks "$HOOKS_DIR" --arg root "$ROOT" '.hooks |= map_values(map(
		.path |= sub("^/usr/libexec/oci/hooks.d"; $hooks) | .args = [.path, "--root", $root]))' \
		"$1/config.json" >"$WORK/config.json"
	mv "$WORK/config.json" "$1"
}

# milliseconds_of BUNDLE: of a run of it; how it ended is in $WORK/statuses.
milliseconds_of()
{
	local status=0 start=${EPOCHREALTIME/./}

	"$WORK/slow-crun" --root "$WORK/crun" run --bundle "$1" "$PREFIX" </dev/null >"$WORK/out" 2>&1 3>&- || status=$?
	echo "$status" >>"$WORK/statuses"
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
}

# run_side_by_side N: a bundle without hooks and one with ours, again and again; the longest of each in $BARE and $OURS.
run_side_by_side()
{
	local n

	for ((n = 0; n < $1; n++)); do
		milliseconds_of "$WORK/bundles/bare" >>"$WORK/bare"
		milliseconds_of "$WORK/bundles/ours" >>"$WORK/ours"
	done
	BARE=$(sort -n "$WORK/bare" | tail -n 1)
	OURS=$(sort -n "$WORK/ours" | tail -n 1)
	note "the longest of $1 runs: $BARE ms without hooks, $OURS ms with ours"
}

@test "crun run with the hooks that README pastes: none takes longer, every exit status is the program's" {
	new_bundle bare sh -c 'exit 3'
	new_bundle ours sh -c 'exit 3'
	with_our_hooks "$BUNDLE"
	run_side_by_side "$RUNS"
	same "$(sort -u "$WORK/statuses")" 3 "exit statuses"
	same "$(record "$PREFIX" .generation)" "$RUNS" "lives recorded"
	[ "$OURS" -le $((BARE + LIMIT_MS)) ]
}

@test "control: with a timeout of 3 s on poststart it takes longer, and fails" {
	new_bundle bare sh -c 'exit 3'
	new_bundle ours sh -c 'exit 3'
	with_our_hooks "$BUNDLE"
	jq '.hooks.poststart[].timeout = 3' "$BUNDLE/config.json" >"$WORK/config.json"
	mv "$WORK/config.json" "$BUNDLE"
	run_side_by_side 1
	same "$(tr '\n' ' ' <"$WORK/statuses")" "3 1 " "exit statuses"
	[ "$OURS" -gt $((BARE + 2000)) ]
}
