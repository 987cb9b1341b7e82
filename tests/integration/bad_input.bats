#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What is not a state changes nothing, says one line, and harms no container: exit status 0, or 1 with --strict.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
	# a store with the very container that bad states name
	state c | hook create-runtime
	state web | hook create-runtime
	snapshot "$ROOT" >"$WORK/before"
}

teardown()
{
	common_teardown
}

# refused FILE [HOOK]: softly, and hard with --strict, and long before the deadline.
refused()
{
	INPUT=$1 within 1000 soft 0 hook "${2:-create-runtime}" || return
	INPUT=$1 within 1000 soft 1 hook "${2:-create-runtime}" --strict
}

store_is_unchanged()
{
	snapshot "$ROOT" | diff "$WORK/before" - || fail "the store has changed"
}

@test "every invalid state of tests/data/states is refused by create-runtime" {
	for file in "$DATA"/states/invalid/*.json; do
		refused "$file" || fail "with ${file##*/}"
	done
	store_is_unchanged
}

@test "every invalid state is refused by every other hook" {
	for file in "$DATA"/states/invalid/*.json; do
		for name in prestart create-container poststart poststop; do
			INPUT=$file soft 1 hook "$name" --strict || fail "$name with ${file##*/}"
		done
	done
	store_is_unchanged
}

@test "control: every valid state of tests/data/states is recorded" {
	for file in "$DATA"/states/valid/*.json; do
		sed -E 's/("pid" ?: ?)[0-9]{4,}/\1'"$(living)"'/' "$file" >"$WORK/state"
		for name in create-runtime poststop; do
			quiet_hook "$name" <"$WORK/state" || fail "$name with ${file##*/}"
		done
		[ -s "$ROOT/$(jq -r .id "$file")/lifecycle.json" ] || fail "no record for ${file##*/}"
	done
}

@test "a state that is cut off at any byte is refused" {
	local whole
	whole=$(state c)
	for ((length = 0; length < ${#whole}; length++)); do
		printf '%s' "${whole:0:length}" >"$WORK/state"
		INPUT=$WORK/state soft 1 hook create-runtime --strict || fail "at byte $length"
	done
	store_is_unchanged
}

@test "a state of 2 MiB is refused, at its end and not before" {
	"$PYTHON" -c 'print("{\"id\":\"c\",\"bundle\":\"" + "b" * 2097152 + "\"}", end="")' >"$WORK/state"
	refused "$WORK/state"
	# whoever writes it is not ended by SIGPIPE
	head -c 2097152 /dev/zero | hook create-runtime 2>/dev/null
	same "${PIPESTATUS[*]}" "0 0" "writer's and hook's status"
	store_is_unchanged
}

@test "1 MiB is still looked at" {
	"$PYTHON" -c 'print("{\"id\":\"big\",\"annotations\":{\"a\":\"" + "b" * 1048000 + "\"}}", end="")' >"$WORK/state"
	quiet_hook create-runtime <"$WORK/state"
	[ -s "$ROOT/big/lifecycle.json" ]
}

@test "arrays and objects nested 100,000 deep are refused" {
	"$PYTHON" -c 'print("[" * 100000, end="")' >"$WORK/state"
	refused "$WORK/state"
	"$PYTHON" -c 'print("{\"id\":\"c\",\"a\":" + "[" * 100000 + "]" * 100000 + "}", end="")' >"$WORK/state"
	refused "$WORK/state"
	"$PYTHON" -c 'print("{\"a\":" * 100000 + "1" + "}" * 100000, end="")' >"$WORK/state"
	refused "$WORK/state"
	store_is_unchanged
}

@test "noise is refused" {
	for round in {1..50}; do
		head -c "$((RANDOM % 2000))" /dev/urandom >"$WORK/state"
		INPUT=$WORK/state soft 1 hook create-runtime --strict || fail "round $round: $(od -c "$WORK/state")"
	done
	store_is_unchanged
}

@test "with every byte of a state changed in turn, no hook fails otherwise than softly" {
	local whole
	whole=$(state c)
	for ((at = 0; at < ${#whole}; at++)); do
		for byte in '"' $'\\' '}' $'\377' 0; do
			printf '%s%s%s' "${whole:0:at}" "$byte" "${whole:at+1}" >"$WORK/state"
			hook poststart <"$WORK/state" >"$WORK/stdout" 2>"$WORK/stderr" || fail "status $? with $(cat "$WORK/state")"
			[ ! -s "$WORK/stderr" ] || one_line "$WORK/stderr" || fail "with $(cat "$WORK/state")"
		done
	done
}

@test "nothing is made for a bad state, not even the store" {
	rm -r "$ROOT"
	refused "$DATA/states/invalid/empty.json"
	[ ! -e "$ROOT" ] || fail "$(ls -la "$ROOT")"
}

@test "no ID leads out of the store" {
	mkdir "$WORK/outside"
	snapshot "$WORK/outside" >"$WORK/outside.before"
	for id in ../outside ../../outside "$WORK/outside" . .. ./c c/. c/../c outside/../../outside; do
		printf '{"id":"%s"}' "$id" >"$WORK/state"
		refused "$WORK/state" || fail "with '$id'"
	done
	store_is_unchanged
	snapshot "$WORK/outside" | diff "$WORK/outside.before" -
}

@test "a line for a human or a log holds no control byte of the state's" {
	printf '{"id":"a\\u001b[31m\\nroot: all is well"}' >"$WORK/state"
	refused "$WORK/state"
	printf '{"id":"\xc2\x9b31m"}' >"$WORK/state"
	refused "$WORK/state"
}
