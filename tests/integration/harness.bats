#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What every bats file runs under: an init that reaps at once, and nothing of what its caller has in the environment. What
# a case runs that needs an init that never reaps. And what is said at the end of all.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

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

@test "what the caller has in the environment reaches no case" {
	local -a callers=(NO_COLOR=1 TERM=dumb COLUMNS=33 LINES=5 TZ=Asia/Kolkata LC_ALL=C OCI_LIFECYCLE_ROOT=/nowhere
		OCI_LIFECYCLE_DATA_ROOT=/nowhere CONTAINER_HOST=unix:///nowhere DOCKER_HOST=unix:///nowhere
		CONTAINERS_CONF=/nowhere XDG_CONFIG_HOME=/nowhere XDG_DATA_HOME=/nowhere NOTIFY_SOCKET=/nowhere)
	local file

	for file in query_list query_timeline; do
		env "${callers[@]}" bats --tap "$BATS_TEST_DIRNAME/$file.bats" >"$WORK/$file" 3>&- || fail "$(grep -A 5 '^not ok' "$WORK/$file")"
	done
}

@test "a python that is known by its name alone is one that a hook can run" {
	env PATH="${PYTHON%/*}:$PATH" PYTHON="${PYTHON##*/}" bats --tap -f 'finds 0, 1 and 2 open' "$BATS_TEST_DIRNAME/hygiene.bats" \
		>"$WORK/said" 3>&- || fail "$(cat "$WORK/said")"
}

@test "a case's end ends what it left, and not who has the pid of what ended before" {
	local -a later
	local unnamed

	sleep 600 3>&- &
	background $!
	sleep 600 3>&- &
	unnamed=$!
	read -ra later <"/proc/$(sleep 600 >/dev/null 2>&1 3>&- & echo $!)/stat"
	later[21]=$((later[21] - 1))
	echo "${later[*]}" >>"$WORK/background"
	common_teardown
	! gone_or_zombie "${later[0]}" || fail "the later one was ended"
	same "$(state_of "$(head -n 1 "$WORK/background" | cut -d' ' -f1)")" gone "state of what was left"
	eventually gone_or_zombie "$unnamed"
	background "${later[0]}"
}

@test "what has no pid is no process that a case has started" {
	run ! background ''
	run ! background self
	[ ! -s "$WORK/background" ]
}

@test "a command on a terminal: all that it says, to the last line, and its exit status" {
	local try status

	for try in {1..20}; do
		status=0
		on_terminal 80 sh -c 'echo "$COLUMNS $TERM"; stty size; seq 2000; exit 7' >"$WORK/said" || status=$?
		same "$status" 7 "exit status"
		printf '%s\n' ' xterm' '24 80' >"$WORK/expected"
		seq 2000 >>"$WORK/expected"
		diff "$WORK/expected" "$WORK/said"
	done
	status=0
	on_terminal 80 sh -c 'kill -KILL $$' || status=$?
	same "$status" 137 "status of what was killed"
	TYPED=$'word\n' on_terminal 80 sh -c 'read -r said && echo "read $said"' >"$WORK/said"
	grep -qx 'read word' "$WORK/said"
}

# results NAME TAP-LINE...: a program's log and results, as automake's driver of TAP writes them.
results()
{
	local name=$1

	shift
	"$TOP_SRCDIR/build-aux/tap-driver.sh" --test-name "$name" --log-file "$WORK/$name.log" --trs-file "$WORK/$name.trs" \
		--color-tests no -- printf '%s\n' "$@" >/dev/null
}

@test "at the end of all: what failed, with what it said, and the count" {
	local status=0

	results good 1..2 'ok 1 water is wet' 'ok 2 fire is hot # SKIP no fire'
	results bad 1..3 'ok 1 a line' 'not ok 2 ice is warm' '# it is not' 'ok 3 another' '# of no failure'
	"$TOP_SRCDIR/tests/total" "$WORK/good.trs" "$WORK/bad.trs" >"$WORK/said" || status=$?
	same "$status" 1 "status with a failure"
	diff - "$WORK/said" <<-EOF
		FAIL: bad 2 ice is warm
		# it is not
		3 passed, 1 failed, 1 skipped
	EOF
	same "$("$TOP_SRCDIR/tests/total" "$WORK/good.trs")" "1 passed, 0 failed, 1 skipped" "count of what passes"
}
