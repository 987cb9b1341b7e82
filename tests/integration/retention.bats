#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The store bounds itself: a poststop removes what has been stopped for long enough, and nothing else.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
}

teardown()
{
	[ ! -e "$WORK/shared-memory" ] || rm -rf "$(cat "$WORK/shared-memory")"
	common_teardown
}

# A container that lived and ended by now.
stopped()
{
	state "$1" | quiet_hook create-runtime
	end_living
	state "$1" null stopped | quiet_hook poststop --retention 0
}

# As if the last sweep had been more than a minute ago.
let_a_minute_pass()
{
	touch -d '2 minutes ago' "$ROOT/.swept"
}

sweep()
{
	state sweeper null stopped | quiet_hook poststop --retention "$1"
}

ids()
{
	ls "$ROOT"
}

@test "what has been stopped for longer than the retention goes, what has not stays" {
	stopped old
	sleep 0.2
	sweep 0.1s
	same "$(ids)" $'old\nsweeper' "not swept before a minute has passed"
	let_a_minute_pass
	sweep 1h
	same "$(ids)" $'old\nsweeper' "not old enough"
	let_a_minute_pass
	sweep 0
	same "$(ids)" $'old\nsweeper' "0 is for ever"
	let_a_minute_pass
	sweep 0.1s
	[ ! -e "$ROOT/old" ] || fail "still there: $(ls -A "$ROOT/old")"
}

@test "it is done once a minute" {
	stopped old
	sweep 1h
	let_a_minute_pass
	sweep 1h
	sleep 0.1
	sweep 0.01s
	same "$(ids)" $'old\nsweeper' "swept again within the minute"
}

@test "one that lives is never removed, however old its record" {
	state living | quiet_hook create-runtime
	sweep 1h
	touch -d '2 days ago' "$ROOT/living/lifecycle.json" "$ROOT/living"
	let_a_minute_pass
	sweep 0.001s
	same "$(record living .status)" creating
}

@test "one whose end nobody saw is kept for the retention from when it is found so" {
	state lost | quiet_hook create-runtime
	end_living
	sweep 1h
	let_a_minute_pass
	sweep 0.001s
	[ -e "$ROOT/lost/.seen-stopped" ] || fail "not marked"
	[ -e "$ROOT/lost/lifecycle.json" ] || fail "removed at once"
	sleep 0.05
	let_a_minute_pass
	sweep 0.001s
	[ ! -e "$ROOT/lost" ] || fail "still there: $(ls -A "$ROOT/lost")"
}

@test "one that is locked is passed over without waiting" {
	stopped locked
	sweep 1h
	let_a_minute_pass
	flock "$ROOT/locked" sh -c "cat /proc/\$\$/stat >>'$WORK/background'; touch '$WORK/held'; exec sleep 600" 3>&- &
	eventually test -e "$WORK/held"
	within 1500 sweep 0.001s
	same "$(record locked .status)" stopped
}

@test "what is foreign or bad stays, and does not hold up the rest" {
	stopped old
	sweep 1h
	mkdir -m 700 "$ROOT/bad" "$ROOT/full"
	echo nonsense >"$ROOT/bad/lifecycle.json"
	cp "$ROOT/old/lifecycle.json" "$ROOT/full/"
	echo mine >"$ROOT/full/of-somebody"
	let_a_minute_pass
	sleep 0.1
	sweep 0.01s
	[ ! -e "$ROOT/old" ]
	same "$(cat "$ROOT/bad/lifecycle.json")" nonsense
	same "$(cat "$ROOT/full/of-somebody")" mine
	rm -r "$ROOT/bad" "$ROOT/full"
}

@test "--remove drops the record at once, but not that of the next life under the same ID" {
	state c | quiet_hook create-runtime
	end_living
	state c null stopped | quiet_hook poststop --remove
	same "$(ids)" "" "what is left"
	state c | quiet_hook create-runtime
	state c null stopped | quiet_hook poststop --remove
	same "$(record c .status)" creating
}

@test "what tells of the last sweep and is none of ours is removed, untouched, and the next poststop sweeps" {
	local kind

	echo theirs >"$WORK/theirs"
	touch -d '2020-01-01' "$WORK/theirs"
	snapshot "$WORK/theirs" >"$WORK/before"
	for kind in link hard-link fifo directory; do
		state sweeper | quiet_hook create-runtime
		rm -rf "$ROOT/.swept"
		case $kind in
		link) ln -s "$WORK/theirs" "$ROOT/.swept" ;;
		hard-link) ln "$WORK/theirs" "$ROOT/.swept" ;;
		fifo) mkfifo "$ROOT/.swept" ;;
		directory) mkdir "$ROOT/.swept" ;;
		esac
		state sweeper 0 stopped | quiet_hook poststop
		[ ! -e "$ROOT/.swept" ] && [ ! -L "$ROOT/.swept" ] || fail "the $kind is there"
		snapshot "$WORK/theirs" | diff "$WORK/before" - || fail "what the $kind leads to was touched"
		state sweeper 0 stopped | quiet_hook poststop
		[ -f "$ROOT/.swept" ] || fail "nobody sweeps after a $kind"
	done
}

@test "20,000 old records go a little at a time, until none is left" {
	local left=20000 sweeps=0 store

	# on a tmpfs, as /run is
	store=$(mktemp -d /dev/shm/lifecycle-retention.XXXXXX)
	echo "$store" >"$WORK/shared-memory"
	"$PYTHON" "$here/fill_store.py" "$store" 20000 2020-01-01T00:00:00Z
	touch "$store/.swept"
	while [ "$left" -gt 1 ] && [ "$sweeps" -lt 3000 ]; do
		touch -d '2 minutes ago' "$store/.swept"
		ROOT=$store within 2000 sweep 1h
		sweeps=$((sweeps + 1))
		left=$(find "$store" -mindepth 1 -maxdepth 1 -type d | wc -l)
		[ "$sweeps" -gt 1 ] || [ "$left" -gt 1 ] || fail "all at once"
	done
	note "$sweeps sweeps, the last one in $ELAPSED_MS ms, $left left"
	same "$left" 1 "what is left"
}
