#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# JSON is read once for each record, and written only where JSON is asked for.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
	need "${CC:-cc}"
	! nm "$HOOKS_DIR/lifecycle-prestart" | grep -q __asan_init || skip 'a sanitizer wants to be loaded first'
	"${CC:-cc}" -shared -fPIC -D_GNU_SOURCE -o "$WORK/count_json.so" "$BATS_TEST_DIRNAME/count_json.c" -ldl
	sample_store
}

teardown()
{
	common_teardown
}

# parses READS WRITES ARG...: how often lifecycle-query reads and writes JSON.
parses()
{
	local expected="$1 $2"

	shift 2
	COUNTED=$WORK/counted LD_PRELOAD=$WORK/count_json.so "$QUERY" --root "$ROOT" "$@" >"$WORK/said"
	same "$(cat "$WORK/counted")" "$expected" "reads and writes of $1"
}

@test "started-at and timeline read a record once, and write no JSON" {
	parses 1 0 started-at web
	parses 1 0 timeline web
}

@test "a list reads each record once; JSON is written where it is asked for" {
	local count

	rm -rf "$ROOT/bad"
	count=$("$QUERY" --root "$ROOT" list -q | wc -l)
	parses "$count" 0 list -q
	parses "$count" 0 list --noheading
	parses "$count" 0 metrics
	parses "$count" "$count" list --format jsonl
}

@test "the counter counts: inspect makes a tree of what it shows" {
	COUNTED=$WORK/counted LD_PRELOAD=$WORK/count_json.so "$QUERY" --root "$ROOT" inspect web >"$WORK/said"
	read -r reads writes <"$WORK/counted"
	[ "$reads" -ge 2 ] && [ "$writes" -ge 2 ] || fail "$reads reads, $writes writes"
}
