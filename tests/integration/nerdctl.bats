#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# nerdctl, as a client of its own making (nerdctl_client.py), and our hooks on one directory.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
	mkdir -m 0700 "$ROOT" "$ROOT/c"
}

teardown()
{
	common_teardown
}

nerdctl()
{
	"$PYTHON" "$here/nerdctl_client.py" "$1" "$ROOT/c" "${@:2}"
}

@test "500 rounds of nerdctl's writes among our hooks: its own value or a later hook's, never an error" {
	state c >"$WORK/state"
	STATE=$WORK/state nerdctl mix 500 "$HOOKS_DIR/lifecycle-create-runtime" --strict --timeout 10 --root "$ROOT" \
		>"$WORK/verdict"
	note "$(cat "$WORK/verdict")"
	[[ $(cat "$WORK/verdict") =~ ^"500 rounds, "[1-9][0-9]*" values of a later hook read, 0 faults"$ ]]
	[ ! -e "$ROOT/c/lifecycle.json.corrupt" ]
}

@test "control: a writer that takes no lock is found out" {
	cat >"$WORK/rude" <<-RUDE
		#!/bin/sh
		printf '{"started_at":"2001-02-03' >'$ROOT/c/lifecycle.json'
	RUDE
	chmod 0755 "$WORK/rude"
	state c >"$WORK/state"
	! STATE=$WORK/state nerdctl mix 50 "$WORK/rude" >"$WORK/verdict" 2>&1 || fail "$(cat "$WORK/verdict")"
	rm -r "$ROOT/c"
}

@test "nerdctl reads what our hooks wrote" {
	state c | hook create-runtime
	same "$(nerdctl read)" "$(record c .started_at) false"
	hook create-runtime -- /bin/false < <(state c) || :
	same "$(nerdctl read)" "$(record c .started_at) true"
}

@test "a record of nerdctl's is adopted by create-runtime, not set aside" {
	nerdctl write 2026-11-22T01:36:52.553480239Z false
	state c | hook create-runtime
	same "$(record c .version)" 1 version
	same "$(record c .recovered)" "" recovered
	same "$(record c .generation)" 1 generation
	[ ! -e "$ROOT/c/lifecycle.json.corrupt" ]
}

@test "a record of nerdctl's keeps its start through our poststop" {
	nerdctl write 2026-11-22T01:36:52.553480239Z false
	state c 0 stopped | hook poststop
	same "$(record c .version)" 1 version
	same "$(record c .status)" stopped status
	same "$(record c .started_at)" 2026-11-22T01:36:52.553480239Z started_at
	same "$(nerdctl read)" "2026-11-22T01:36:52.553480239Z false"
}

@test "every time that nerdctl can write is read, every unknown one stays unknown" {
	local text
	while IFS='|' read -r text expected; do
		printf '%s' "$text" >"$ROOT/c/lifecycle.json"
		chmod 0600 "$ROOT/c/lifecycle.json"
		same "$("$QUERY" --root "$ROOT" started-at c || :)" "$expected" "started_at of $text"
		state c 0 stopped | hook poststop
		same "$(record c .started_at)" "$expected" "adopted started_at of $text"
		same "$(record c .recovered)" "" "recovered of $text"
	done <<-'RECORDS'
		{"started_at":"2026-11-22T01:36:52.553480239Z","create_error":false}|2026-11-22T01:36:52.553480239Z
		{"started_at":"2026-11-22T03:36:52.5+02:00","create_error":false}|2026-11-22T01:36:52.500000000Z
		{"started_at":"2026-11-21T18:36:52-07:00","create_error":false}|2026-11-22T01:36:52.000000000Z
		{"started_at":"0001-01-01T00:00:00Z","create_error":false}|
		{"started_at":null,"create_error":null}|
		{"create_error":false}|
		{}|
	RECORDS
}

# nerdctl_container NAME [RECORD]: in a made-up tree of nerdctl's, DATA-ROOT/HASH/containers/NAMESPACE.
nerdctl_container()
{
	local at

	TREE=$WORK/nerdctl/1935db59/containers/default
	at=$TREE/$(printf "$1%.0s" {1..32})
	mkdir -p "$at"
	chmod 700 "$at"
	touch "$at/hostname" "$at/resolv.conf" "$at/log-config.json" "$at/oci-hook.createRuntime.log"
	[ $# = 1 ] || printf '%s' "$2" >"$at/lifecycle.json"
}

@test "--root of nerdctl's own tree lists all of its containers, also what was never started, and changes nothing" {
	nerdctl_container aa '{"started_at":"2026-11-22T01:36:52.553480239Z","create_error":false}'
	nerdctl_container bb '{"started_at":"2026-11-22T03:36:52.5+02:00","create_error":true}'
	nerdctl_container cc '{"started_at":"0001-01-01T00:00:00Z","create_error":false}'
	nerdctl_container dd
	snapshot "$TREE" >"$WORK/before"
	"$QUERY" --root "$TREE" list --format jsonl >"$WORK/rows"
	same "$(jq -r '"\(.id[:2]) \(.create_error) \(.status)"' "$WORK/rows" | sort)" "aa false null
bb true null
cc false null
dd false null" "containers"
	same "$("$QUERY" --root "$TREE" started-at aa)" 2026-11-22T01:36:52.553480239Z "a start"
	snapshot "$TREE" | diff "$WORK/before" -
}

@test "control: a directory of ours without a record yet is no container" {
	touch "$ROOT/c/.lifecycle.json.tmp"
	same "$("$QUERY" --root "$ROOT" list --format jsonl)" "" "containers"
	rm "$ROOT/c/.lifecycle.json.tmp"
}

@test "what we added is gone after nerdctl's write, and comes back" {
	state c | hook create-runtime
	nerdctl write 2026-11-22T01:36:52.553480239Z false
	same "$(record c .version)" "" version
	state c "$(living)" running | hook poststart
	same "$(record c .version)" 1 version
	same "$(record c .pid)" "$(living)" pid
}
