#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-ctl logs, and what run shows in the foreground: what a container wrote, all of it, each stream apart.
# shellcheck disable=SC2016 # the container's shell expands

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"
# shellcheck source=tests/integration/ctl.bash
. "$BATS_TEST_DIRNAME/ctl.bash"

export LC_ALL=C.UTF-8

setup()
{
	OCI_RUNTIME=runc
	ctl_setup
	# what is to run in the background under its own pid, and not a shell's
	CTL_CALL=("$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR")
}

teardown()
{
	ctl_teardown
}

# ctl_fails STATUS WORDS ARG...: it ends so, and says these words.
ctl_fails()
{
	local status=0 expected=$1 words=$2

	shift 2
	ctl "$@" >"$WORK/stdout" 2>"$WORK/stderr" </dev/null || status=$?
	same "$status" "$expected" "exit status of $*: $(cat "$WORK/stderr")" || return
	grep -qF -- "$words" "$WORK/stderr" || fail "'$words' is not in: $(cat "$WORK/stderr")"
}

# logs_are OUT ERR ARG...: what `logs ARG...` prints to each stream, as files.
logs_are()
{
	local out=$1 err=$2

	shift 2
	ctl logs "$@" >"$WORK/logs.out" 2>"$WORK/logs.err" || fail "logs $*: status $?: $(head -c 1000 "$WORK/logs.err")" || return
	cmp "$out" "$WORK/logs.out" || return
	cmp "$err" "$WORK/logs.err"
}

# logs_say OUT ERR ARG...: the same, as texts.
logs_say()
{
	printf '%b' "$1" >"$WORK/expected.out"
	printf '%b' "$2" >"$WORK/expected.err"
	shift 2
	logs_are "$WORK/expected.out" "$WORK/expected.err" "$@"
}

# follow ARG...: `logs -f` into $WORK/followed.out and .err; its pid is in $FOLLOWER.
follow()
{
	"${CTL_CALL[@]}" logs -f "$@" >"$WORK/followed.out" 2>"$WORK/followed.err" </dev/null 3>&- &
	FOLLOWER=$!
	background "$FOLLOWER"
}

follower_ends()
{
	local status=0

	eventually gone_or_zombie "$FOLLOWER" || return
	wait "$FOLLOWER" || status=$?
	same "$status" 0 "exit status of logs -f"
	same "$(cat "$WORK/followed.err")" "" "on stderr of logs -f"
}

followed()
{
	grep -qxF "$1" "$WORK/followed.out"
}

# 100,000 lines, one of 1 MiB with a NUL in it, and 1,000 lines of the other stream.
make_much()
{
	seq 1 100000 >"$WORK/much.out"
	head -c 1048575 /dev/zero | tr '\0' x >>"$WORK/much.out"
	printf '\0\n' >>"$WORK/much.out"
	seq 1 1000 >"$WORK/much.err"
}
MUCH='busybox seq 1 100000; busybox seq 1 1000 >&2; busybox head -c 1048575 /dev/zero | busybox tr "\0" x; printf "\0\n"; exit 3'

much_is_shown()
{
	local status=0

	make_much
	run_of --name much sh -c "$MUCH" >"$WORK/run.out" 2>"$WORK/run.err" || status=$?
	same "$status" 3 "exit status of run" || return
	cmp "$WORK/much.out" "$WORK/run.out" || return
	cmp "$WORK/much.err" "$WORK/run.err" || return
	logs_are "$WORK/much.out" "$WORK/much.err" much || return
	logs_are "$WORK/much.out" "$WORK/much.err" -f much
}

@test "runc: 100,000 lines, one of 1 MiB, and both streams apart: by run, and by logs" {
	much_is_shown
}

@test "crun: 100,000 lines, one of 1 MiB, and both streams apart: by run, and by logs" {
	OCI_RUNTIME=crun
	ctl_setup
	much_is_shown
}

@test "run: nothing is lost of a program that writes and ends at once, and it ends as the program does" {
	local i status

	seq 1 3000 >"$WORK/expected"
	for i in {1..10}; do
		status=0
		run_of --name "quick$i" sh -c "busybox seq 1 3000; exit $((i % 2 * 3))" >"$WORK/run.out" || status=$?
		same "$status" $((i % 2 * 3)) "exit status of run $i"
		cmp "$WORK/expected" "$WORK/run.out"
	done
}

@test "run ends with 137 if its container is killed" {
	local status=0

	run_of --name killed sh -c 'echo ready; sleep 600' >"$WORK/run.out" 2>"$WORK/run.err" &
	background $!
	eventually grep -q ready "$WORK/run.out"
	ctl kill killed
	wait $! || status=$?
	same "$status" 137 "exit status of run"
	same "$(cat "$WORK/run.err")" "" "on its stderr"
}

@test "run: an endless writer hears the signals all the same" {
	local status=0

	"${CTL_CALL[@]}" run --name endless "${RUNTIME_OPTIONS[@]}" --rootfs "$ROOTFS" \
		sh -c 'trap "exit 9" TERM; while :; do echo y; done' </dev/null >/dev/null 2>"$WORK/run.err" 3>&- &
	background $!
	eventually logs_begin endless
	kill -TERM $!
	eventually gone_or_zombie $!
	wait $! || status=$?
	same "$status" 9 "exit status of run: $(cat "$WORK/run.err")"
}

logs_begin()
{
	[ "$(ctl logs "$1" | head -n 1)" = y ]
}

@test "on one terminal the streams are in the order of the log" {
	run_of --name both sh -c 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; busybox usleep 20000; echo $i >&2; busybox usleep 20000; done' \
		>"$WORK/run.out" 2>&1
	printf '%s\n' 1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 | cmp - "$WORK/run.out"
	ctl logs both 2>&1 | cmp "$WORK/run.out" -
}

followed_live()
{
	ID=$(run_of -d --name web sh -c 'echo one; sleep 600')
	follow web
	eventually followed one
	ctl exec web sh -c 'echo two >/proc/1/fd/1'
	within 1000 eventually followed two
	kill -0 "$FOLLOWER" || fail "it does not wait for more"
	ctl kill web
	follower_ends
	same "$(cat "$WORK/followed.out")" $'one\ntwo' "followed"
}

@test "runc: logs -f shows a line when it is written, and ends with the container" {
	followed_live
}

@test "crun: logs -f shows a line when it is written, and ends with the container" {
	OCI_RUNTIME=crun
	ctl_setup
	followed_live
}

@test "logs -f of many lines, while they are written" {
	seq 1 30000 >"$WORK/expected"
	ID=$(create_of --name web busybox seq 1 30000)
	follow web
	ctl start web
	follower_ends
	cmp "$WORK/expected" "$WORK/followed.out"
}

@test "logs -f: what is begun is shown before the line is complete" {
	ID=$(run_of -d --name web sh -c 'printf "password: "; sleep 600')
	follow web
	eventually grep -q '^password: $' "$WORK/followed.out"
	ctl kill web
	follower_ends
	logs_say 'password: ' '' web
}

@test "logs of one that wrote nothing, that was only created, and that has ended; -f ends at once" {
	ID=$(run_of -d --name nothing true)
	eventually is nothing stopped
	ID=$(create_of --name waiting true)
	run_of --name ended sh -c 'echo a; echo b >&2' >/dev/null 2>&1
	logs_say '' '' nothing
	logs_say '' '' waiting
	logs_say 'a\n' 'b\n' ended
	timeout 5 "${CTL_CALL[@]}" logs -f nothing
	same "$(timeout 5 "${CTL_CALL[@]}" logs -f ended 2>/dev/null)" a "of -f"
}

@test "logs are those of all lives" {
	run_of --name web sh -c 'echo a' >/dev/null
	ctl start web >/dev/null
	eventually logs_say 'a\na\n' '' web
}

@test "logs --timestamps, --since and --tail" {
	local times

	run_of --name web sh -c 'echo a; busybox usleep 50000; echo b; busybox usleep 50000; echo c >&2' >/dev/null 2>&1
	ctl logs -t web >"$WORK/times" 2>&1
	same "$(cut -d ' ' -f 2 "$WORK/times" | tr '\n' ' ')" "a b c " "lines"
	mapfile -t times < <(cut -d ' ' -f 1 "$WORK/times")
	in_order "$(record "$(id_of web)" .created_at)" "${times[@]}"
	same "$(ctl logs --timestamps --tail 1 web 2>&1)" "${times[2]} c" "the last, with its time"
	logs_say 'b\n' 'c\n' --since "${times[1]}" web
	logs_say 'a\nb\n' 'c\n' --since 1h web
	logs_say '' '' --since 2100-01-01 web
	logs_say '' '' --tail 0 web
	logs_say '' 'c\n' --tail 1 web
	logs_say 'b\n' 'c\n' -n 2 web
	logs_say 'a\nb\n' 'c\n' -n 1000000 web
	logs_say '' 'c\n' -n 1 --since "${times[1]}" web
	logs_say 'b\n' 'c\n' -f -n 2 web
}

@test "logs -f -n 0 shows only what comes" {
	ID=$(run_of -d --name web sh -c 'echo one; sleep 600')
	eventually logs_say 'one\n' '' web
	follow -n 0 web
	eventually comes_when_said two
	ctl kill web
	follower_ends
	! followed one || fail "followed: $(cat "$WORK/followed.out")"
}

comes_when_said()
{
	ctl exec web sh -c "echo $1 >/proc/1/fd/1"
	followed "$1"
}

@test "conmon is killed: what it kept is shown, and -f ends with the container" {
	local pid

	ID=$(run_of -d --name web sh -c 'echo one; sleep 600')
	eventually logs_say 'one\n' '' web
	pid=$(conmon_of "$ID")
	kill -KILL "$pid"
	eventually gone_or_zombie "$pid"
	logs_say 'one\n' '' web
	follow web
	eventually followed one
	kill -0 "$FOLLOWER" || fail "it does not wait for the end"
	ctl kill web
	follower_ends
}

@test "logs -f of a container that is removed at its end shows all of it" {
	seq 1 2000 >"$WORK/expected"
	ID=$(run_of --rm -d --name web sh -c 'sleep 0.5; busybox seq 1 2000')
	follow web
	follower_ends
	cmp "$WORK/expected" "$WORK/followed.out"
	eventually test ! -e "$CONTAINERS/$ID"
}

# reader_goes ARG...: nobody reads the output of `logs ARG...` after its first line.
reader_goes()
{
	timeout 10 env --default-signal=PIPE "${CTL_CALL[@]}" logs "$@" 2>"$WORK/stderr" 3>&- |
		head -n 1 >"$WORK/first"
	same "${PIPESTATUS[0]}" 141 "exit status of logs, by SIGPIPE" || return
	same "$(cat "$WORK/first")" 1 "the first line" || return
	same "$(cat "$WORK/stderr")" "" "on stderr"
}

@test "logs ends without a word when nobody reads any more" {
	ID=$(run_of -d --name quiet sh -c 'echo 1; sleep 600')
	run_of --name much busybox seq 1 100000 >/dev/null
	eventually logs_say '1\n' '' quiet
	reader_goes -f quiet
	reader_goes much
}

@test "what cannot be written is an error" {
	local status=0

	run_of --name web echo a >/dev/null
	ctl logs web >/dev/full 2>"$WORK/stderr" || status=$?
	same "$status" 1 "exit status"
	grep -qF "cannot write to the standard output" "$WORK/stderr" || fail "$(cat "$WORK/stderr")"
}

@test "lines that conmon did not write whole are left out, and told of" {
	local log

	run_of --name web sh -c 'echo a; echo b' >/dev/null
	log=$CONTAINERS/$(id_of web)/log
	{
		head -n 1 "$log"
		printf '2026-11-22T01:36:52.0'
		tail -n 1 "$log"
		printf '\n\377\0\nstdout F c\n'
		tail -n 1 "$log"
		printf '2026-11-22T01:36:52.000000000+00:00 stdout F not yet com'
	} >"$WORK/log"
	cat "$WORK/log" >"$log"
	ctl_fails 1 "not as conmon writes them, and were left out: 4" logs web
	same "$(cat "$WORK/stdout")" $'a\nb' "what is left"
	ctl_fails 1 "left out: 4" logs -f web
	logs_say 'b\n' '' --tail 1 web
}

@test "a log that is no regular file is not read" {
	local log

	run_of --name web echo a >/dev/null
	log=$CONTAINERS/$(id_of web)/log
	mv "$log" "$log.kept"
	ln -s log.kept "$log"
	ctl_fails 1 "log'" logs web
	same "$(cat "$WORK/stdout")" "" "of a link"
	rm "$log"
	mkfifo "$log"
	ctl_fails 1 "log' is no regular file" logs web
	rm "$log"
	logs_say '' '' web
}

@test "logs: what cannot be meant" {
	run_of --name web true
	ctl_fails 2 "'x' is no number of lines" logs --tail x web
	ctl_fails 2 "'-1' is no number of lines" logs --tail=-1 web
	ctl_fails 2 "'99999999999999999999' is no number of lines" logs -n 99999999999999999999 web
	ctl_fails 2 "'' is no number of lines" logs -n '' web
	ctl_fails 2 "'soon' is no time" logs --since soon web
	ctl_fails 2 "logs needs REF" logs
	ctl_fails 3 "no such container" logs other
}

@test "logs of another engine's container is refused with that engine's command" {
	named_by_podman | quiet_hook create-runtime --annotation io.podman.annotations.x
	ctl_fails 5 "podman logs" logs "$PREFIX"
}

named_by_podman()
{
	state "$PREFIX" | jq -c '.bundle = "/var/lib/containers/storage/overlay-containers/x/userdata"
		| .annotations = {"io.container.manager": "libpod"}'
}
