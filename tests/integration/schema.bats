#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The schema and check_store.py, which every case of these tests relies on, let nothing wrong pass.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
}

# A record with everything in it, by our hooks.
whole_record()
{
	printf '{"ociVersion":"1.2.0","id":"c","status":"creating","pid":%s,"bundle":"/b","annotations":{"n":"web","k":"v"}}' \
		"$(living)" >"$WORK/state"
	hook create-runtime --name-annotation n --annotation k -- /bin/sh -c 'echo no >&2; exit 7' \
		<"$WORK/state" 2>/dev/null || :
	state c "$(living)" running | hook poststart
	end_living
	state c 0 stopped | hook poststop
	state c | hook create-runtime
}

check_store()
{
	"$PYTHON" "$here/check_store.py" "$@" "$ROOT"
}

teardown()
{
	chmod -R u+rwX "$ROOT"
	rm -rf "$ROOT"
	common_teardown
}

@test "a record with everything in it passes" {
	whole_record
	same "$(record c '.previous | length')" 1 "earlier generations"
	check_store
}

@test "what lifecycle-query adds passes too" {
	whole_record
	inspect c . >"$WORK/inspected"
	jq -c . "$WORK/inspected" >"$ROOT/c/lifecycle.json"
	check_store --open
}

# changed: per line of stdin, a filter, a container 1, 2, ..., $COUNT, whose record is c's changed by it.
changed()
{
	local filter

	COUNT=0
	while read -r filter; do
		COUNT=$((COUNT + 1))
		mkdir -m 0700 "$ROOT/$COUNT"
		jq -c --arg id "$COUNT" ".id = \$id | $filter" "$ROOT/c/lifecycle.json" >"$ROOT/$COUNT/lifecycle.json"
		chmod 0600 "$ROOT/$COUNT/lifecycle.json"
	done
}

@test "control: a key of nobody's passes where others write, and is found in a record that is our hooks' alone" {
	whole_record
	changed <<-'FILTERS'
		.more = 1
		.previous[0].more = 1
		.errors = [{"point": "poststop", "time": "2026-11-22T01:36:52.553480239Z", "message": "m", "more": 1}]
		.hooks[0].more = 1
		.observed = {"looked": true, "create_error": false}
	FILTERS
	check_store --open
	all_are_found "$COUNT"
}

# all_are_found COUNT [OPTION]: check_store has a fault of each container 1, 2, ... of the store.
all_are_found()
{
	! check_store "${@:2}" 2>"$WORK/faults" || fail "all passed"
	for ((number = 1; number <= $1; number++)); do
		grep -q "^$ROOT/${number}[:/]" "$WORK/faults" || fail "number $number passed"
	done
}

@test "control: every change for the worse is found" {
	whole_record
	changed <<-'FILTERS'
		.version = "1"
		.version = 2
		del(.id)
		.id = "d"
		.id = "../c"
		del(.create_error)
		.create_error = null
		.create_error = 0
		.status = "paused"
		.status = null
		.reason = "killed"
		.generation = 0
		.generation = 1.5
		del(.instance)
		.instance = "1"
		.pid = -1
		.pid = "12"
		.boot_id = "x"
		.init_exe = "/bin/true"
		.created_at = "2026-11-22T01:36:52Z"
		.created_at = "2026-11-22T01:36:52.553480239+00:00"
		.started_at = null
		.started_at = 17
		.started_at_source = "prestart"
		del(.started_at)
		.finished_at = "2026-11-22T01:36:52.553480239Z" | .finished_at_source = "createRuntime"
		.exit_code = 256
		.exit_code = null
		.errors = {}
		.errors = [{"point": "startContainer", "time": "2026-11-22T01:36:52.553480239Z", "message": "m"}]
		.errors = [{"point": "poststop", "message": "m"}]
		.errors = [range(17) | {"point": "poststop", "time": "2026-11-22T01:36:52.553480239Z", "message": "m"}]
		.hooks[0].duration_ns = -1
		.hooks[0].point = "start"
		.hooks = [range(33) as $i | .hooks[0]]
		.previous = [range(9) as $i | .previous[0]]
		.previous[0].status = "gone"
		.previous[0].instance = 3
		.annotations = {"k": 1}
		.name = "x" * 4097
		.recovered = false
		.more = "x" * 70000
		[.]
	FILTERS
	same "$COUNT" 43 "filters tried"
	all_are_found "$COUNT" --open
}

@test "control: wrong modes, names and leftovers are found" {
	local count=0
	# shellcheck disable=SC2016 # for eval to expand
	for change in 'chmod 0755 "$at"' 'chmod 0644 "$at/lifecycle.json"' 'touch "$at/.lifecycle.json.tmp"' \
		'ln "$at/lifecycle.json" "$WORK/second"' 'echo "}" >>"$at/lifecycle.json"' \
		'mv "$at" "$WORK/it" && touch "$at"' 'mv "$at" "$at.d" && ln -s "$at.d" "$at"'; do
		count=$((count + 1))
		# shellcheck disable=SC2034 # for eval
		at=$ROOT/$count
		state "$count" | hook create-runtime
		eval "$change"
	done
	all_are_found "$count"
	rm -r "${ROOT:?}"/*
	check_store
	chmod 0755 "$ROOT"
	! check_store 2>/dev/null || fail "a store that is open to all passed"
	chmod 0700 "$ROOT"
	touch "$ROOT/.hidden"
	! check_store 2>/dev/null || fail "a foreign file passed"
}

@test "nerdctl's records pass, and nothing that it could not read" {
	mkdir -m 0700 "$ROOT" "$ROOT/c"
	echo '{"started_at":"2026-11-22T03:36:52.5+02:00","create_error":false}' >"$ROOT/c/lifecycle.json"
	chmod 0600 "$ROOT/c/lifecycle.json"
	check_store
	echo '{"started_at":"2026-11-22 03:36:52","create_error":false}' >"$ROOT/c/lifecycle.json"
	! check_store 2>/dev/null || fail "a space for a T passed"
}
