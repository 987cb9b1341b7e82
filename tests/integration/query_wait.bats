#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query wait.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

# waiting ARG...: in the background, its output and exit status to files.
waiting()
{
	{
		local status=0

		query wait "$@" >"$WORK/waited" 2>"$WORK/wait.err" || status=$?
		echo "$status" >"$WORK/wait.status"
	} 3>&- &
	WAITER=$!
	background "$WAITER"
	eventually watched_by_waiter
}

# The waiter's own child is the one that watches.
watched_by_waiter()
{
	QUERY_PID=$(pgrep -P "$WAITER" -f 'lifecycle-query.* wait') || return
	background "$QUERY_PID"
	watches "$QUERY_PID"
}

has_waited()
{
	[ -s "$WORK/wait.status" ]
}

waited()
{
	eventually has_waited
	same "$(cat "$WORK/wait.status")" "$1" "exit status"
	same "$(cat "$WORK/waited")" "${2:-}" "output"
}

@test "stopped already: at once, with the exit code where it is known" {
	local code

	exited web front 3
	running api back
	end_living
	# known where nobody reaps
	code=$(inspect api .observed.exit_code)
	same "$(query wait web)" 3 "known"
	same "$(query wait api)" "${code:--}" "unknown"
	same "$(query wait api web)" "$(printf '%s\n' "${code:--}" 3)" "several"
}

@test "stopped: when the process ends, with the exit code that the kernel tells" {
	mortal
	running web front
	waiting web
	die 5
	if [ "$(uname -r | cut -d. -f1)" -gt 6 ] || [[ $(uname -r) =~ ^6\.(1[5-9]|[2-9][0-9]) ]]; then
		waited 0 5
	else
		waited 0 -
	fi
}

@test "stopped by a signal: 128 and its number, or unknown" {
	mortal
	running web front
	waiting web
	kill -TERM "$(living)"
	wait "$(living)" || :
	eventually has_waited
	case $(cat "$WORK/waited") in
	143 | -) ;;
	*) fail "$(cat "$WORK/waited")" ;;
	esac
}

@test "stopped: within 100 ms of the exit" {
	mortal
	running web front
	"$PYTHON" - "$(living)" "$WORK/end" "$QUERY" --root "$ROOT" wait web <<-'MEASURE' >"$WORK/ms"
		import subprocess, sys, time, os, select
		waiter = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL)
		time.sleep(0.5)
		assert waiter.poll() is None
		process = os.pidfd_open(int(sys.argv[1]))
		open(sys.argv[2], "w").write("0\n")
		select.select([process], [], [])
		ended = time.monotonic()
		waiter.wait()
		print(round((time.monotonic() - ended) * 1000, 1))
	MEASURE
	note "$(cat "$WORK/ms") ms after the exit"
	"$PYTHON" -c 'import sys; sys.exit(float(sys.argv[1]) > 100)' "$(cat "$WORK/ms")"
}

@test "stopped: also where no pidfd is to be had" {
	command -v strace >/dev/null || skip 'strace is not here'
	mortal
	running web front
	(
		status=0
		timeout 10 strace -qqo /dev/null -e inject=pidfd_open:error=ENOSYS "$QUERY" --root "$ROOT" wait web \
			>"$WORK/waited" 2>&1 || status=$?
		echo "$status" >"$WORK/wait.status"
	) 3>&- &
	background $!
	sleep 0.5
	[ ! -s "$WORK/wait.status" ] || fail "it did not wait"
	die 5
	eventually has_waited
	same "$(cat "$WORK/wait.status")" 0 "exit status"
}

@test "no CPU is used meanwhile" {
	running web front
	waiting web
	before=$(cut -d' ' -f14,15 "/proc/$QUERY_PID/stat")
	switches=$(grep ctxt "/proc/$QUERY_PID/status")
	sleep 1
	same "$(cut -d' ' -f14,15 "/proc/$QUERY_PID/stat")" "$before" "ticks of CPU"
	same "$(grep ctxt "/proc/$QUERY_PID/status")" "$switches" "context switches"
	end_living
	eventually has_waited
}

@test "a time-out is 124" {
	running web front
	fails 124 "timed out" wait web --timeout 0.2
	fails 124 "timed out" wait web --timeout 0
	same "$(wc -c <"$WORK/stdout")" 0 "bytes of output"
}

@test "running: when its poststart has seen it run" {
	state web | quiet_hook create-runtime
	waiting web --for running
	state web "" running | quiet_hook poststart
	waited 0
}

@test "running: when a program is exec'ed that no hook sees" {
	waits_for_start
	state web | quiet_hook create-runtime
	state web "" created | quiet_hook poststart
	same "$(inspect web .observed.status)" created "before"
	waiting web --for running
	echo >"$WORK/start"
	waited 0
	same "$(inspect web .observed.status)" running "after"
}

@test "created: when it has come so far, or farther" {
	state web | quiet_hook create-runtime
	waiting web --for created
	state web "" running | quiet_hook poststart
	waited 0
	query wait web --for created
}

@test "running: a container that is stopped already is waited for until it runs anew" {
	running web front
	end_living
	fails 124 "timed out" wait web --for running --timeout 0.1
	waiting web --for running
	running web front
	waited 0
}

@test "running: one that stops before is a failure" {
	state web | quiet_hook create-runtime
	waiting web --for running
	end_living
	waited 1
	grep -qF "'web' stopped, and was not seen running" "$WORK/wait.err"
}

@test "running: one that is removed is a failure" {
	state web | quiet_hook create-runtime
	waiting web --for running
	ctl forget --force web
	waited 1
	grep -qF "'web' was removed" "$WORK/wait.err"
	rmdir "$ROOT" || :
}

@test "stopped: of a removed record it is the process that counts" {
	running web front
	waiting web
	ctl forget --force web
	sleep 0.1
	! has_waited || fail "the process lives"
	end_living
	eventually has_waited
	same "$(cat "$WORK/wait.status")" 0 "exit status"
}

@test "stopped: all of several" {
	running web front
	mv "$WORK/living" "$WORK/living.web"
	exited api back 2
	running job worker
	waiting web api job
	kill -KILL "$(cat "$WORK/living.web")"
	sleep 0.1
	! has_waited || fail "one of them lives"
	end_living
	eventually has_waited
	same "$(cat "$WORK/wait.status") $(sed -n 2p "$WORK/waited") $(wc -l <"$WORK/waited")" "0 2 3" "status, code, lines"
}

@test "a reader in another pid namespace waits for the record" {
	local code

	need_root
	running web front
	unshare --pid --fork --mount-proc "$QUERY" --root "$ROOT" wait web >"$WORK/waited" 3>&- &
	WAITER=$!
	background "$WAITER"
	eventually watched_by_waiter
	end_living
	sleep 0.2
	same "$(cat "$WORK/waited")" "" "what it can know"
	named_state web front 0 stopped | quiet_hook poststop
	eventually test -s "$WORK/waited"
	# known where nobody reaps
	code=$(record web .exit_code)
	same "$(cat "$WORK/waited")" "${code:--}" "exit code"
}

@test "in one container's directory" {
	running web front
	"$QUERY" --state-dir "$ROOT/web" wait >"$WORK/waited" 3>&- &
	background $!
	eventually watches $!
	end_living
	eventually test -s "$WORK/waited"
}

@test "nerdctl's record has no status: that is said, and not waited for" {
	mkdir -p "$WORK/nerdctl/0123abcd"
	printf '%s' '{"started_at":"2026-11-22T01:36:52.5Z","create_error":false}' >"$WORK/nerdctl/0123abcd/lifecycle.json"
	run -1 --separate-stderr timeout 10 "$QUERY" --state-dir "$WORK/nerdctl/0123abcd" wait
	# shellcheck disable=SC2154 # set by run
	grep -qF "'0123abcd' has a record without a status" <<<"$stderr" || fail "$stderr"
}

@test "wrong usage" {
	running web front
	fails 2 "cannot be waited for" wait web --for creating
	fails 2 "cannot be waited for" wait web --for ever
	fails 2 "no length of time" wait web --timeout soon
	fails 2 "wait needs REF" wait
	fails 3 "no such container" wait nothing
	fails 3 "no such container" wait web nothing
}
