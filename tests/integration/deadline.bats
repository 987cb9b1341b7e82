#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What never ends holds a hook no longer than its deadline, and 200 ms for the machine.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

TIMEOUT=1
BOUND_MS=1200

setup()
{
	common_setup
	state c >"$WORK/state"
}

teardown()
{
	common_teardown
}

# A process that holds the lock of container c until the case is over.
hold_lock()
{
	flock "$ROOT/c" sh -c "cat /proc/\$\$/stat >>'$WORK/background'; touch '$WORK/locked'; exec sleep 600" 3>&- &
	eventually test -e "$WORK/locked"
}

ends_in_time()
{
	within "$BOUND_MS" "$@"
	note "$ELAPSED_MS ms of at most $BOUND_MS"
}

waited()
{
	[ "$ELAPSED_MS" -ge $((TIMEOUT * 1000 - 50)) ] || fail "did not wait: $ELAPSED_MS ms"
}

@test "a lock that is held for ever" {
	quiet_hook create-runtime <"$WORK/state"
	snapshot "$ROOT" >"$WORK/before"
	hold_lock
	INPUT=$WORK/state
	ends_in_time soft 0 hook poststart --timeout "$TIMEOUT"
	waited
	# whose it is, is said once
	same "$(cat "$WORK/stderr")" "lifecycle-poststart: 'c': the container is locked by another process" 'the line'
	ends_in_time soft 1 hook poststart --timeout "$TIMEOUT" --strict
	snapshot "$ROOT" | diff "$WORK/before" -
}

# syncs COUNT COMMAND...: that often, half a second each, and no longer.
syncs()
{
	local count=$1

	shift
	within $((count * 500 + 1000)) strace -f -qqo "$WORK/trace" -e trace=fsync -e inject=fsync:delay_exit=500000 "$@" \
		<"$WORK/state"
	same "$(grep -c 'fsync(' "$WORK/trace")" "$count" "calls of fsync of $*"
}

@test "a disk that is slow holds a hook as often as the manual page says, and for no longer than the disk takes" {
	command -v strace >/dev/null || skip 'strace is not here'
	within() # each has its time once: what comes again is no first record
	{
		local limit=$1 start=${EPOCHREALTIME/./}

		"${@:2}" || return
		[ $(((${EPOCHREALTIME/./} - start) / 1000)) -le "$limit" ] || fail "took longer than $limit ms: ${*:2}"
	}
	syncs 3 "$HOOKS_DIR/lifecycle-create-runtime" --strict --root "$WORK"
	syncs 2 "$HOOKS_DIR/lifecycle-poststart" --strict --root "$WORK"
	syncs 4 "$HOOKS_DIR/lifecycle-create-container" --strict --root "$WORK" -- /bin/true
	rm -r "$WORK/c"
	syncs 5 "$HOOKS_DIR/lifecycle-create-runtime" --strict --root "$WORK/new/store"
	rm -r "$WORK/new"
}

@test "the same with all signals blocked and ignored, as a runtime may leave them" {
	quiet_hook create-runtime <"$WORK/state"
	hold_lock
	INPUT=$WORK/state
	# what the interpreter takes is not the hook's
	within 5000 "$PYTHON" "$here/spawn.py" /bin/true
	BOUND_MS=$((BOUND_MS + ELAPSED_MS))
	ends_in_time soft 0 "$PYTHON" "$here/spawn.py" --block ALL --ignore ALL \
		"$HOOKS_DIR/lifecycle-poststart" --root "$ROOT" --timeout "$TIMEOUT"
}

@test "a lock that is let go in time is waited for" {
	quiet_hook create-runtime <"$WORK/state"
	flock "$ROOT/c" sh -c "touch '$WORK/locked'; sleep 0.3" 3>&- &
	eventually test -e "$WORK/locked"
	quiet_hook poststart --timeout 20 <"$WORK/state"
	wait $!
	same "$(record c '.hooks | length')" 2 hooks
}

@test "a lock that is held for ever does not keep a command from its run" {
	quiet_hook create-runtime <"$WORK/state"
	hold_lock
	runs_command()
	{
		local status=0
		hook create-runtime --timeout "$TIMEOUT" -- /bin/sh -c 'exit 5' <"$WORK/state" 2>"$WORK/stderr" || status=$?
		same "$status" 5 "exit status" || return
		one_line "$WORK/stderr"
	}
	ends_in_time runs_command
}

# Both ends of it are ours, so that it never ends.
open_endless()
{
	mkfifo "$WORK/fifo"
	exec 7<>"$WORK/fifo"
}

@test "a stdin that never ends" {
	open_endless
	INPUT=$WORK/fifo ends_in_time soft 0 hook create-runtime --timeout "$TIMEOUT"
	waited
	[ ! -e "$ROOT" ]
}

@test "a stdin that never ends after a whole state" {
	open_endless
	reads_state()
	{
		cat "$WORK/state" >&7
		INPUT=$WORK/fifo soft 0 hook create-runtime --timeout "$TIMEOUT"
	}
	ends_in_time reads_state
}

@test "a stdin that trickles for ever" {
	open_endless
	while printf ' '; do sleep 0.01; done >&7 3>&- &
	background $!
	INPUT=$WORK/fifo ends_in_time soft 0 hook create-runtime --timeout "$TIMEOUT"
}

@test "a stdin that gives ever more" {
	INPUT=/dev/zero ends_in_time soft 0 hook create-runtime --timeout "$TIMEOUT"
	[ ! -e "$ROOT" ]
}

@test "a stdin that gives ever more does not keep a command from its end" {
	INPUT=/dev/zero ends_in_time soft 0 hook create-runtime --timeout "$TIMEOUT" -- /bin/sh -c "touch '$WORK/ran'"
	[ -e "$WORK/ran" ]
}

@test "a stderr that nobody reads" {
	mkfifo "$WORK/full"
	exec 8<>"$WORK/full"
	dd if=/dev/zero of="$WORK/full" bs=4096 oflag=nonblock status=none 2>/dev/null || :
	ends_in_time hook create-runtime --timeout "$TIMEOUT" </dev/null 2>"$WORK/full"
}

@test "a full /dev/log that nobody reads" {
	need_root
	mkdir "$WORK/dev"
	"$PYTHON" "$here/devlog.py" full "$WORK/dev/log" 3>&- &
	background $!
	eventually test -e "$WORK/dev/ready"
	ends_in_time soft 0 in_other_dev "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" --timeout "$TIMEOUT"
}

@test "control: a /dev/log that is read gets the one line" {
	need_root
	mkdir "$WORK/dev"
	"$PYTHON" "$here/devlog.py" read "$WORK/dev/log" >"$WORK/log" 3>&- &
	background $!
	eventually test -e "$WORK/dev/ready"
	soft 0 in_other_dev "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT"
	eventually test -s "$WORK/log"
	same "$(cat "$WORK/log")" "<27>$(cat "$WORK/stderr")" "the datagram"
}

@test "a full journald that nobody reads" {
	need_root
	"$PYTHON" "$here/devlog.py" full "$WORK/journal" 3>&- &
	background $!
	eventually test -e "$WORK/ready"
	ends_in_time soft 0 with_journal "$WORK/journal" "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" --timeout "$TIMEOUT"
}

@test "control: a journald that is read gets the line, and what the line is about" {
	local id=0123456789abcdef0123 line

	need_root
	"$PYTHON" "$here/devlog.py" journal "$WORK/journal" >"$WORK/log" 3>&- &
	background $!
	eventually test -e "$WORK/ready"
	touch "$ROOT"
	state "$id" 1 creating | jq -c '.annotations = {"nerdctl/name": "db"}' >"$WORK/state"
	with_journal "$WORK/journal" "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" <"$WORK/state" 2>"$WORK/stderr"
	eventually grep -q CONTAINER_NAME "$WORK/log"
	line=$(cat "$WORK/stderr")
	diff - "$WORK/log" <<-FIELDS
		MESSAGE=${line#lifecycle-create-runtime: }
		PRIORITY=3
		SYSLOG_FACILITY=3
		SYSLOG_IDENTIFIER=lifecycle-create-runtime
		CONTAINER_ID=0123456789ab
		CONTAINER_ID_FULL=$id
		OCI_HOOK=createRuntime
		CONTAINER_NAME=db
	FIELDS
}

@test "control: with nothing in its way a hook ends at once" {
	reads_whole_state()
	{
		quiet_hook create-runtime <"$WORK/state"
	}
	within 500 reads_whole_state
}
