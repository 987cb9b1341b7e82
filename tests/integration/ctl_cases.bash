# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Cases of lifecycle-ctl that hold for each runtime.

# A program that ends with a status of its own at TERM, and one that does not take it; each says when it is so far. (Process 1
# ignores what it does not catch.)
obedient='trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done'
deaf='trap "" TERM; echo ready; while :; do sleep 0.05; done'

a_life()
{
	local id

	id=$(create_of --name web sleep 100)
	[ "${#id}" = 64 ] || fail "no ID: $id"
	same "$(id_of web)" "$id" "the ID of the name"
	is web created || [ "$OCI_RUNTIME" = runsc ]
	same "$(ctl start web)" "$id" "what start prints"
	is web running
	same "$(inspect web .name)" web name
	same "$(inspect web .bundle)" "$CONTAINERS/$id" bundle
	same "$(ctl start "${id:0:12}")" "$id" "what a second start prints"
	same "$(inspect web .generation)" 1 "generation after a second start"
	same "$(ctl stop -t 0 web)" "$id" "what stop prints"
	is web stopped
	same "$(inspect web .exit_code)" 137 exit_code
	same "$(inspect web .finished_at_source)" exit_file finished_at_source
	same "$(ctl stop web)" "$id" "what a second stop prints"
	ctl start web
	is web running
	same "$(inspect web .generation)" 2 "generation after another start"
	ctl remove --force web
	[ ! -e "$CONTAINERS/$id" ] || fail "$(ls -R "$CONTAINERS")"
	is web stopped
	status_is 3 ctl remove web
	status_is 0 ctl remove --force web
	"$QUERY" --root "$ROOT" verify
}

# status_is STATUS COMMAND...; what it says is in $WORK/said.
status_is()
{
	local expected=$1 status=0

	shift
	"$@" >"$WORK/said" 2>&1 || status=$?
	same "$status" "$expected" "exit status of $*, which said '$(cat "$WORK/said")'"
}

says()
{
	grep -qF -- "$1" "$WORK/said" || fail "'$1' is not in: $(cat "$WORK/said")"
}

statuses()
{
	local code

	for code in 0 3 137; do
		status_is "$code" run_of --name "e$code" sh -c "echo out; echo err >&2; exit $code"
		same "$(inspect "e$code" .exit_code)" "$code" exit_code
		same "$(inspect "e$code" .observed.reason)" exited reason
	done
}

# grace TIME MS: the program ignores TERM, and is killed within 200 ms of the time.
grace()
{
	local began

	run_of -d --name "deaf$2" sh -c "$deaf" >/dev/null
	eventually has_said "deaf$2" ready
	began=${EPOCHREALTIME/./}
	ctl stop -t "$1" "deaf$2" >/dev/null
	ended_after "deaf$2" "$2" "$began"
	same "$(inspect "deaf$2" .exit_code)" 137 exit_code
}

# ended_after REF MS BEGAN: by the exit file, a tick coarse.
ended_after()
{
	local finished after

	finished=$(date -d "$(inspect "$1" .finished_at)" +%s%6N)
	after=$(((finished - $3) / 1000))
	note "killed $after ms after stop began, with $2 ms of grace"
	((after >= $2 - 10 && after <= $2 + 200)) || fail "killed after $after ms, in place of $2"
}

stops()
{
	grace 0 0
	grace 300ms 300
	grace 10s 10000
}

stop_signal()
{
	run_of -d --name tame sh -c "$obedient" >/dev/null
	run_of -d --name usr --stop-signal USR1 --stop-timeout 5s sh -c "${obedient/TERM/USR1}" >/dev/null
	eventually has_said tame ready
	eventually has_said usr ready
	ctl stop tame usr >/dev/null
	same "$(inspect tame .exit_code) $(inspect usr .exit_code)" "7 7" "exit codes"
}

removal()
{
	run_of -d --name web sleep 100 >/dev/null
	status_is 1 ctl remove web
	says 'is running'
	is web running
	ctl remove -f web >/dev/null
	is web stopped
}

has_logged()
{
	[ "$(ctl logs "$1" 2>/dev/null)" = "$2" ]
}

other_commands()
{
	run_of -d --name web --health-cmd 'test -e /bin/busybox' sh -c 'echo out; echo err >&2; exec sleep 100' >/dev/null
	same "$(ctl exec web echo hi)" hi "what exec prints"
	status_is 3 ctl exec web sh -c 'exit 3'
	eventually has_logged web out
	same "$(ctl logs web 2>&1 >/dev/null)" err "the log's stderr"
	status_is 0 ctl health web
	status_is 0 "$QUERY" --root "$ROOT" wait --for healthy --data-root "$DATA_ROOT" --timeout 20s web
	ctl restart -t 0 web >/dev/null
	is web running
	same "$(inspect web .generation)" 2 generation
	ctl kill web >/dev/null
	eventually is web stopped
	eventually is_over web 137
	ctl remove web >/dev/null
	same "$(containers)" "" "what is left"
}

# is_over REF CODE
is_over()
{
	[ "$(inspect "$1" .exit_code)" = "$2" ]
}

failed_create()
{
	status_is 1 run_of --name bad /no/such/program
	says "/no/such/program"
	same "$(containers)" "" "what is left"
	inspect bad .errors[0].message | grep -F /no/such/program
	ctl_is_clean
}

ctl_is_clean()
{
	"$QUERY" --root "$ROOT" verify
}
