#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Another hook in our place, `-- COMMAND`: as if we were not there, and in the record.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

# wrapped ARG...: our create-runtime in front of a command, with the state of a container `c` on stdin.
wrapped()
{
	state c >"$WORK/state"
	hook create-runtime "$@" <"$WORK/state"
}

# portrait COMMAND...: in a state that has little to do with the test's own; COMMAND is to become cat, which changes
# nothing of it (a shell would) and shows it; without the lines that differ from process to process.
portrait()
(
	mkdir -p "$WORK/elsewhere"
	echo "a file beside it" >"$WORK/elsewhere/beside"
	cd "$WORK/elsewhere" || exit
	umask 0137
	ulimit -Sn 64
	ulimit -Sf 2048
	ulimit -Sd 1000000
	ulimit -Ss 4096
	ulimit -Su 5000
	trap '' USR1 PIPE CHLD XFSZ
	env -i PATH="$PATH" TZ=UTC SOME=thing "$PYTHON" "$here/spawn.py" --block INT,USR2,RTMIN "$@" \
		/proc/self/cmdline /proc/self/environ /proc/self/limits /proc/self/status beside - <"$WORK/state" 3>&- |
		tr '\0' '\n' | grep -Ev '^(FDSize|SigQ|Ngid|Pid|PPid|NS.*|Tgid|Vm.*|Rss.*|.*_ctxt_switches|Cpus.*|Mems.*):'
)

@test "argv[0], environment, directory, limits, umask and signals are what the runtime gave" {
	state c >"$WORK/state"
	portrait --argv0 their-name /bin/cat >"$WORK/direct"
	portrait "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" --argv0 their-name -- /bin/cat >"$WORK/wrapped"
	diff -u "$WORK/direct" "$WORK/wrapped"
	for line in their-name SOME=thing "a file beside it" "$(cat "$WORK/state")" $'Umask:\t0137' \
		$'SigBlk:\t0000000200000802'; do
		grep -Fqx "$line" "$WORK/wrapped" || fail "no such line: $line" "$(cat "$WORK/wrapped")"
	done
	grep -q "^Max open files *64 " "$WORK/wrapped"
	grep -q "^Max stack size *4194304 " "$WORK/wrapped"
	# PIPE, CHLD, XFSZ, USR1, and whatever the test was started with
	local ignored=0x1011200
	same "$((0x$(sed -n 's/^SigIgn:\t//p' "$WORK/wrapped") & ignored))" "$((ignored))" "ignored signals"
}

@test "the runtime's files above 2 do not reach the command" {
	# shellcheck disable=SC2016 # for the command to expand
	local look='for n in 5 6 7 8 9; do test -e /proc/$$/fd/$n && echo $n; done; true'
	same "$(/bin/sh -c "$look" 7</dev/null)" 7 "what there is without us"
	same "$(wrapped -- /bin/sh -c "$look" 7</dev/null)" "" "what reached it"
}

@test "argv[0] is the command's own path unless --argv0 is given" {
	wrapped -- /bin/sh -c 'tr "\0" "\n" </proc/$$/cmdline | head -n 1' >"$WORK/out"
	same "$(cat "$WORK/out")" /bin/sh
}

@test "stdin arrives whole, also 3 MB of it" {
	"$PYTHON" -c 'import json; print(json.dumps({"id": "c", "annotations": {"a": "x" * 3000000}}), end="")' >"$WORK/big"
	hook create-runtime -- /bin/sh -c "cat >$WORK/arrived" <"$WORK/big" 2>"$WORK/stderr"
	cmp "$WORK/big" "$WORK/arrived"
	one_line "$WORK/stderr"

	wrapped -- /bin/sh -c "cat >$WORK/arrived"
	cmp "$WORK/state" "$WORK/arrived"
}

@test "stdin that is no state arrives whole, byte by byte" {
	head -c 100000 /dev/urandom >"$WORK/noise"
	hook create-runtime -- /bin/sh -c "cat >$WORK/arrived; exit 3" <"$WORK/noise" 2>"$WORK/stderr" || same $? 3 status
	cmp "$WORK/noise" "$WORK/arrived"
	one_line "$WORK/stderr"
	[ ! -e "$ROOT" ]
}

@test "a command that does not read 3 MB of stdin hinders nobody" {
	"$PYTHON" -c 'print("x" * 3000000)' >"$WORK/big"
	INPUT=$WORK/big soft 0 timeout 20 "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/true
	# shellcheck disable=SC2002 # a pipe: its writer must not be ended by SIGPIPE
	cat "$WORK/big" | timeout 20 "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/true 2>/dev/null
	same "${PIPESTATUS[*]}" "0 0" "writer's and hook's status"
}

@test "exit statuses pass through exactly" {
	for code in 0 1 2 7 77 125 126 127 255; do
		local status=0
		wrapped -- /bin/sh -c "exit $code" || status=$?
		same "$status" "$code" "exit status"
	done
}

@test "a signal becomes 128+N, and is recorded" {
	for signal in HUP KILL SEGV TERM; do
		local status=0
		wrapped -- /bin/sh -c "kill -$signal \$\$" || status=$?
		same "$status" $((128 + $(kill -l "$signal"))) "exit status"
		same "$(record c '.errors[-1].signal')" "$(kill -l "$signal")" "recorded signal"
		same "$(record c '.errors[-1].exit_code')" "" "recorded exit code"
	done
	same "$(record c .create_error)" true create_error
}

@test "a command that cannot be run is 127 or 126, and says why" {
	local status=0
	wrapped -- /does/not/exist 2>"$WORK/stderr" || status=$?
	same "$status" 127 "exit status"
	one_line "$WORK/stderr"
	grep -q /does/not/exist "$WORK/stderr"
	same "$(record c .create_error)" true create_error

	status=0
	wrapped -- /dev/null 2>"$WORK/stderr" || status=$?
	same "$status" 126 "exit status"
	one_line "$WORK/stderr"
}

@test "1 MiB of stderr and of stdout loses nothing, the record has the last 4 KiB" {
	local status=0
	wrapped -- /bin/sh -c 'head -c 1048576 /dev/zero | tr "\0" o
		head -c 1048576 /dev/zero | tr "\0" e >&2; echo the end >&2; exit 3' \
		>"$WORK/out" 2>"$WORK/err" || status=$?
	same "$status" 3 "exit status"
	same "$(tr -d o <"$WORK/out" | wc -c) $(wc -c <"$WORK/out")" "0 1048576" "stdout"
	same "$(tr -d e <"$WORK/err")" "th nd" "what else is on stderr"
	same "$(wc -c <"$WORK/err")" 1048584 "bytes on stderr"
	same "$(record c '.errors[0].stderr | length')" 4096 "recorded stderr"
	tail -c 4096 "$WORK/err" >"$WORK/tail"
	record c '.errors[0].stderr' | head -c 4096 | cmp - "$WORK/tail"
}

@test "what is left in a pipe that the command made larger is not lost" {
	mkfifo "$WORK/slow"
	(sleep 0.5; exec cat) <"$WORK/slow" >"$WORK/err" 3>&- &
	background $!
	wrapped -- "$PYTHON" -c 'import fcntl; fcntl.fcntl(2, fcntl.F_SETPIPE_SZ, 1 << 20); open(2, "wb").write(b"e" * 1000000)' \
		2>"$WORK/slow"
	wait $!
	same "$(wc -c <"$WORK/err")" 1000000 "bytes on stderr"
}

@test "stderr that is not UTF-8 makes no bad record" {
	wrapped -- /bin/sh -c 'printf "a\377\000\033[31mb\n" >&2; exit 1' 2>"$WORK/err" || :
	printf 'a\377\000\033[31mb\n' | cmp - "$WORK/err"
	record c '.errors[0].stderr' | grep -q 'a.*b'
}

@test "a grandchild that holds the pipes does not hold us" {
	quickly()
	{
		wrapped -- /bin/sh -c "sleep 600 & cat /proc/\$!/stat >>$WORK/background; exit 5" >"$WORK/out" 2>"$WORK/err" ||
			same $? 5 "exit status"
	}
	within 2000 quickly
}

# A daemon that says who it is, waits until we are gone, and then writes $1 lines of 1 KiB to stderr.
leave_daemon()
{
	cat >"$WORK/daemon" <<-EOF
		import os, signal, sys, time
		signal.signal(signal.SIGPIPE, signal.SIG_DFL)
		hook = os.getppid()
		if os.fork():
		    os._exit(0)
		os.setsid()
		while os.path.exists(f"/proc/{hook}") and open(f"/proc/{hook}/stat").read().split()[2] != "Z":
		    time.sleep(0.01)
		failed = 0
		for i in range($1):
		    try:
		        os.write(2, b"x" * 1024)
		    except BlockingIOError:
		        failed += 1
		open("$WORK/lived", "w").write(f"{failed}\\n")
	EOF
	wrapped -- "$PYTHON" "$WORK/daemon" >/dev/null 2>"$WORK/err"
	eventually test -s "$WORK/lived"
}

@test "a daemon that the command leaves lives on, and is not held, whatever it writes" {
	leave_daemon 1
	same "$(cat "$WORK/lived")" 0 "refused writes"
	rm "$WORK/lived"
	leave_daemon 100
	[ "$(cat "$WORK/lived")" -ge 36 ]
	same "$(wc -c <"$WORK/err")" 0 "bytes that reached the runtime's stderr"
}

@test "without /proc the command runs as well" {
	need_root
	state c >"$WORK/state"
	unshare -m sh -c 'mount -t tmpfs tmpfs /proc && exec "$@"' - "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" \
		-- /bin/sh -c 'echo said >&2; exit 3' <"$WORK/state" 2>"$WORK/err" || same $? 3 "exit status"
	same "$(cat "$WORK/err")" said stderr
	same "$(record c '.errors[0].stderr')" said "recorded stderr"
}

# refused CALL:ERROR[:WHEN] ARG...: wrapped, with that system call refused, to the hook alone.
refused()
{
	command -v strace >/dev/null || skip 'strace is not here'
	[ -e "$WORK/state" ] || state c >"$WORK/state"
	timeout 20 strace -qqo /dev/null -e inject="$1" "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" "${@:2}" <"$WORK/state"
}

@test "with pidfd_open refused a command that closes stderr gets all of a long stdin" {
	"$PYTHON" -c 'import json; print(json.dumps({"id": "c", "annotations": {"a": "x" * 300000}}), end="")' >"$WORK/state"
	refused pidfd_open:error=ENOSYS -- /bin/sh -c "exec 2>&-; sleep 0.2; cat >$WORK/arrived; exit 3" ||
		same $? 3 "exit status"
	cmp "$WORK/state" "$WORK/arrived"
}

@test "with pidfd_open refused a grandchild that holds stderr does not hold us" {
	refused pidfd_open:error=EMFILE -- /bin/sh -c "sleep 600 & cat /proc/\$!/stat >>$WORK/background; exit 5" 2>"$WORK/err" ||
		same $? 5 "exit status"
}

@test "a wait that fails once is tried again; one that always fails claims no end" {
	refused wait4:error=ECHILD:when=1 -- /bin/sh -c 'exit 6' || same $? 6 "exit status"
	same "$(record c '.errors[0].exit_code')" 6 "recorded exit code"
	refused wait4:error=ENOSYS -- /bin/true || same $? 126 "exit status"
	same "$(record c '.errors[-1] | "\(.message) \(.exit_code)"')" "how it ended is not known null" "recorded error"
}

@test "the command dies with us" {
	state c >"$WORK/state"
	hook create-runtime -- /bin/sh -c "echo \$\$ >$WORK/pid; exec sleep 600" <"$WORK/state" 3>&- &
	eventually test -s "$WORK/pid"
	background "$(cat "$WORK/pid")"
	kill -KILL "$(pgrep -P $! -x lifecycle-creat || echo $!)"
	wait $! || :
	eventually gone_or_zombie "$(cat "$WORK/pid")"
}

@test "the lock is free while the command runs" {
	wrapped -- /bin/sh -c "exec flock -n '$ROOT/c' true"
	same "$(record c '.hooks | length')" 1 hooks
}

@test "the command runs whatever becomes of the record" {
	local status=0
	mkdir -m 0777 "$ROOT"
	wrapped -- /bin/sh -c 'echo here; exit 4' >"$WORK/out" 2>"$WORK/stderr" || status=$?
	same "$status" 4 "exit status"
	same "$(cat "$WORK/out")" here stdout
	one_line "$WORK/stderr"
	same "$(ls -A "$ROOT")" "" store
	chmod 0700 "$ROOT"
}

@test "our deadline does not touch the command, and its end is recorded all the same" {
	local status=0
	wrapped --timeout 1 -- /bin/sh -c 'sleep 1.3; exit 6' || status=$?
	same "$status" 6 "exit status"
	same "$(record c '.errors[0].exit_code')" 6 "recorded exit code"
	[ "$(record c '.hooks[0].duration_ns')" -ge 1300000000 ]
}

@test "a hook that is ended in the middle is seen to have begun" {
	state c >"$WORK/state"
	hook create-runtime -- /bin/sh -c "cat /proc/\$\$/stat >>'$WORK/background'; touch '$WORK/begun'; exec sleep 600" \
		<"$WORK/state" 3>&- &
	eventually test -e "$WORK/begun"
	kill -KILL "$(pgrep -P $! -x lifecycle-creat || echo $!)"
	wait $! || :
	same "$(record c '.hooks[0].command')" /bin/sh command
	same "$(record c '.hooks[0].duration_ns')" "" duration_ns
	same "$(record c .create_error)" false "create_error as recorded"

	state c 1 creating | hook create-container
	same "$(record c .create_error)" true "create_error, once the next hook has seen it,"
	same "$(record c '.errors | length')" 1 errors
}

@test "a poststop hook that fails is an error, and no create_error" {
	state c | hook create-runtime
	end_living
	local status=0
	state c 0 stopped | hook poststop -- /bin/sh -c 'echo busy >&2; exit 9' 2>/dev/null || status=$?
	same "$status" 9 "exit status"
	same "$(record c .create_error)" false create_error
	same "$(record c '.errors[0] | "\(.point) \(.exit_code) \(.stderr)"')" "poststop 9 busy" error
}

@test "--strict does not hide the command's exit status" {
	local status=0
	hook create-runtime --strict -- /bin/sh -c 'exit 8' <<<garbage 2>/dev/null || status=$?
	same "$status" 8 "exit status"
	status=0
	hook create-runtime --strict -- /bin/true <<<garbage 2>/dev/null || status=$?
	same "$status" 1 "exit status"
}
