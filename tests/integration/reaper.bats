#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What every bats file runs under: an init that reaps at once. And what a case runs that needs one that never does.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
	REAPER=$TOP_BUILDDIR/tests/reaper
}

teardown()
{
	common_teardown
}

# orphan: a command that leaves a sleeping process behind, whose pid is then in $WORK/orphan.
orphan()
{
	printf '%s\n' sh -c "sleep 600 3>&- >/dev/null 2>&1 & echo \$! >'$WORK/orphan'"
}

is_in_state()
{
	[ "$(state_of "$1")" = "$2" ]
}

has_no_entry()
{
	[ ! -e "/proc/$1" ]
}

@test "an orphan that ends is gone, while the command still runs" {
	local command

	mapfile -t command < <(orphan)
	mkfifo "$WORK/go"
	"$REAPER" sh -c '"$@"; read -r _ <"$0"' "$WORK/go" "${command[@]}" 3>&- &
	background $!
	eventually test -s "$WORK/orphan"
	same "$(ps -o ppid= -p "$(cat "$WORK/orphan")" | xargs)" $! "parent of the orphan"
	kill -KILL "$(cat "$WORK/orphan")"
	eventually has_no_entry "$(cat "$WORK/orphan")"
	echo >"$WORK/go"
	wait $!
}

@test "control: under a parent that does not reap, the orphan is a zombie until that parent ends" {
	local command

	mapfile -t command < <(orphan)
	unreaped "${command[@]}"
	kill -KILL "$(cat "$WORK/orphan")"
	eventually is_in_state "$(cat "$WORK/orphan")" Z
	sleep 0.2
	same "$(state_of "$(cat "$WORK/orphan")")" Z "state after a while"
	end_unreaped
	eventually has_no_entry "$(cat "$WORK/orphan")"
}

@test "this case has it above itself, unless that was asked for" {
	local above=$$ path=

	while [ "$above" -gt 1 ] && [ "$(cat "/proc/$above/comm")" != reaper ]; do
		path+=" $(cat "/proc/$above/comm")"
		above=$(ps -o ppid= -p "$above" | xargs)
	done
	if [ -n "${LIFECYCLE_NO_REAPER:-}" ]; then
		same "$above" 1 "the last above$path"
	else
		same "$(realpath "/proc/$above/exe")" "$(realpath "$REAPER")" "the last above$path"
	fi
}

# status_of COMMAND...: its exit status.
status_of()
{
	local status=0

	"$@" 2>"$WORK/stderr" || status=$?
	echo "$status"
}

@test "the command's exit status, or 128 and its signal" {
	same "$(status_of "$REAPER" sh -c 'exit 7')" 7 "exit status"
	same "$(status_of "$REAPER" true)" 0 "exit status"
	same "$(status_of "$REAPER" sh -c 'kill -KILL $$')" 137 "exit status of a killed command"
	same "$(status_of "$REAPER" "$WORK/not-there")" 127 "exit status of no command"
	grep -q "'$WORK/not-there': No such file" "$WORK/stderr"
	same "$(status_of "$REAPER" "$WORK")" 126 "exit status of what cannot be run"
	same "$(status_of "$REAPER")" 2 "exit status of wrong usage"
}

@test "an orphan that ends does not end it" {
	same "$(status_of "$REAPER" sh -c 'sh -c "exit 3 &"; sleep 0.1; exit 5')" 5 "exit status"
}

@test "a signal is the command's" {
	local status=0

	"$REAPER" bash -c "trap 'exit 9' TERM; touch '$WORK/ready'; while :; do sleep 0.01; done" 3>&- &
	background $!
	eventually test -e "$WORK/ready"
	kill -TERM $!
	wait $! || status=$?
	same "$status" 9 "exit status"
}

@test "the command's own signals are as they were" {
	same "$("$REAPER" grep ^SigBlk: /proc/self/status)" "$(grep ^SigBlk: /proc/self/status)" "blocked signals"
	same "$("$PYTHON" "$here/spawn.py" --ignore CHLD "$REAPER" sh -c 'exit 4' || echo $?)" 4 "status, SIGCHLD ignored"
}
