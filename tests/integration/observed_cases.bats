#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# shellcheck disable=SC2030,SC2031 # REAL is each case's own
# What is hard to tell, and that every view tells the same: a restore, two containers under one ID, several of one name,
# a program that keeps the name of the runtime's init, hooks of one path, a hook that hangs.

load query
load engines

setup()
{
	common_setup
	need jq
}

teardown()
{
	common_teardown
}

# ---- every view -------------------------------------------------------------------------------------

# in_list ID FILTER
in_list()
{
	query list --format json | jq -r --arg id "$1" ".[] | select(.id == \$id) | [$2] | map(if . == null then \"\" else tostring end) | join(\" \")"
}

# The life that is looked at, $LIFE or the newest.
life_of()
{
	echo "${LIFE:-$(inspect "$1" .generation)}"
}

# start_event REF: that life's start, its time and source; nothing if there is none.
start_event()
{
	query events "$1" | jq -rs --argjson life "$(life_of "$1")" 'map(select(.event == "started" and .generation == $life)) | .[0] | if . == null then "" else "\(.time) \(.attributes.started_at_source)" end'
}

# docker_word STATUS REASON: what never ran stays created there.
docker_word()
{
	case "$1 $2" in
	"running "*) echo running ;;
	"stopped create_failed" | "stopped never_started") echo created ;;
	"stopped "*) echo exited ;;
	*) echo created ;;
	esac
}

# shows_in_text REF STATUS START SOURCE REASON: timeline's words of that life, and started-at.
shows_in_text()
{
	local status=0 time

	time=$(query started-at "$1") || status=$?
	same "$time $status" "$([ -n "$3" ] && echo "$3 0" || echo " 1")" "started-at $1" || return
	query timeline "$1" | sed -n "/^generation $(life_of "$1"):/,/^\$/p" >"$WORK/timeline"
	same "$(sed -n 's/^generation [0-9]*: \([^,]*\).*/\1/p' "$WORK/timeline")" "$2${5:+ ($5)}" "timeline's status of $1" || return
	same "$(sed -n 's/^started  *//p' "$WORK/timeline")" "${3:--}${3:+ ($4)}" "timeline's start of $1"
}

# shows_in_metrics ID STATUS START SOURCE
shows_in_metrics()
{
	query metrics | grep "{id=\"$1\"" >"$WORK/metrics"
	same "$(sed -n 's/^oci_lifecycle_status{.*status="\([a-z]*\)"} 1$/\1/p' "$WORK/metrics")" "$2" "status in metrics of $1" || return
	same "$(sed -n 's/^oci_lifecycle_started_timestamp_seconds{.*source="\([a-z_]*\)".*/\1/p' "$WORK/metrics")" \
		"$4" "source in metrics of $1"
}

# shows_in_compat REF STATUS START PID REASON
shows_in_compat()
{
	local zero=0001-01-01T00:00:00Z

	same "$(query inspect --compat docker "$1" | jq -r --arg zero $zero \
		'.[0].State | "\(.Status) \(.Running) \(.Pid) \(.StartedAt != $zero)"')" \
		"$(docker_word "$2" "$5") $([ "$2" = running ] && echo true || echo false) ${4:-0} $([ -n "$3" ] && echo true || echo false)" \
		"Docker's shape of $1" || return
	same "$(query inspect --compat oci "$1" | jq -r '.[0] | "\(.status) \(.pid // "")"')" "$2 $4" "OCI's shape of $1"
}

# waits_for_it REF STATUS [CODE]
waits_for_it()
{
	local said status=0

	said=$(query wait --timeout 0.2 "$1" 2>"$WORK/stderr") || status=$?
	if [ "$2" = stopped ]; then
		same "$said $status" "${3:--} 0" "wait $1"
	else
		same "$said $status" " 124" "wait $1"
	fi
}

# shows ID STATUS PID [SOURCE [REASON]]: in each view; no start is shown if SOURCE is empty, no pid if PID is.
# $REF is what is asked for, else the ID; $LIFE the generation that is shown, else the newest; $CODE the exit code, else the
# one that inspect tells: a zombie's is known, a reaped process's is not.
shows()
{
	local id=$1 status=$2 pid=$3 source=${4:-} reason=${5:-} ref=${REF:-$1} start

	start=$(inspect "$ref" .observed.started_at)
	same "$(inspect "$ref" '.observed | "\(.status) \(.pid // "") \(.started_at_source // "") \(.reason // "")"')" \
		"$status $pid $source $reason" "inspect $ref" || return
	same "$(in_list "$id" .status,.pid,.started_at_source,.reason)" "$status $pid $source $reason" "list of $id" || return
	same "$(in_list "$id" .started_at,.generation)" "$start $(life_of "$ref")" "list's start of $id" || return
	same "$(query list --noheading --filter "id=$id" --no-trunc --format '{{.ID}}|{{.Status}}|{{.PID}}' | head -n 1)" \
		"$id|$status|$pid" "list by a template" || return
	same "$(start_event "$ref")" "$start${source:+ $source}" "events of $ref" || return
	shows_in_text "$ref" "$status" "$start" "$source" "$reason" || return
	shows_in_metrics "$id" "$status" "$start" "$source" || return
	shows_in_compat "$ref" "$status" "$start" "$pid" "$reason" || return
	waits_for_it "$ref" "$status" "${CODE:-$(inspect "$ref" .observed.exit_code)}"
}

@test "control: what one view shows otherwise is found" {
	running web front
	shows web running "$(living)" poststart
	run ! shows web running "$(living)" told
	run ! shows web created "$(living)" poststart
	run ! shows web running 1 poststart
	run ! shows web running "$(living)"
}

# ---- the exec FIFO ----------------------------------------------------------------------------------

@test "a FIFO that an earlier life left behind starts no later one" {
	exited web front 0
	mkfifo "$ROOT/web/.exec-fifo"
	state web | quiet_hook create-runtime
	shows web creating "$(living)"
	[ ! -e "$ROOT/web/.exec-fifo" ] || fail "it is there"
}

# ---- restore ----------------------------------------------------------------------------------------

# restored SCRIPT: lifecycle-runtime's restore of web, over a runtime that does just this, as no runtime without CRIU can.
restored()
{
	mkdir -p "$WORK/bundle"
	echo '{}' >"$WORK/bundle/config.json"
	printf '#!/bin/sh\n%s\n' "$1" >"$WORK/real"
	chmod 0755 "$WORK/real"
	"$LIFECYCLE_RUNTIME" --lifecycle-runtime "$WORK/real" --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" \
		--log "$WORK/log.json" restore --detach --pid-file "$WORK/pid" --bundle "$WORK/bundle" web
}

@test "a restore: the container runs, and ends as what has run" {
	exited web front 0
	# shellcheck disable=SC2016 # the stand-in's
	restored 'sleep 600 </dev/null >/dev/null 2>&1 3>&- & cat /proc/$!/stat >>'"$WORK/background"'; echo $! >'"$WORK/pid"
	shows web running "$(cat "$WORK/pid")" runtime
	same "$(record web .generation)" 2 generation
	kill -KILL "$(cat "$WORK/pid")"
	eventually test ! -e "/proc/$(cat "$WORK/pid")"
	shows web stopped "" runtime exited
	state web 0 stopped | quiet_hook poststop
	shows web stopped "" runtime exited
}

@test "a restore that fails: no start, and the failure" {
	# shellcheck disable=SC2016 # the stand-in's
	! restored 'echo "{\"level\":\"error\",\"msg\":\"criu failed\"}" >>'"$WORK/log.json"'; exit 1' || fail "restored"
	shows web stopped "" "" create_failed
	query list | grep -q 'restore: criu failed' || fail "$(query list)"
}

# ---- two containers under one ID --------------------------------------------------------------------

# life NAME: a container of runc's, its state in a directory of that name and the ID $ID.
life()
{
	new_bundle "$1" sleep 600
	jq --arg path "/$ID-$1" '.linux.cgroupsPath = $path' "$BUNDLE/config.json" >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
	add_ours createRuntime poststart poststop
	detached runc --root "$WORK/$1" run --detach --pid-file "$WORK/$1.pid" --bundle "$BUNDLE" "$ID"
	background "$(cat "$WORK/$1.pid")"
}

# end_life NAME
end_life()
{
	runc --root "$WORK/$1" kill "$ID" KILL
	eventually gone_or_zombie "$(cat "$WORK/$1.pid")"
	runc --root "$WORK/$1" delete "$ID"
}

told()
{
	[ "$(jq -rs 'map(select(.event == "stopped") | .generation) | join(" ")' "$WORK/followed")" = "$1" ]
}

@test "two runtime roots with one ID, the younger ended: the older runs, in every view, and is kept" {
	local waiting

	# shellcheck disable=SC2034 # of containers.bash
	OCI_RUNTIME=runc
	need_runtime
	ID=$PREFIX-$BATS_TEST_NUMBER
	life one
	shows "$ID" running "$(cat "$WORK/one.pid")" exec_fifo
	life two
	shows "$ID" running "$(cat "$WORK/two.pid")" exec_fifo
	"$QUERY" --root "$ROOT" events --follow >"$WORK/followed" 3>&- &
	background $!
	"$QUERY" --root "$ROOT" wait "$ID" >"$WORK/waited" 3>&- &
	waiting=$!
	background "$waiting"
	eventually grep -q '"generation":2,"event":"started"' "$WORK/followed"
	end_life two
	LIFE=1 shows "$ID" running "$(cat "$WORK/one.pid")" exec_fifo
	same "$(in_list "$ID" .bundle,.finished_at,.exit_code)" "  " "what is the younger one's"
	query timeline "$ID" | grep -q '^generation 2: stopped (exited)' || fail "$(query timeline "$ID")"
	same "$("$TOP_BUILDDIR/tools/lifecycle-ctl" --root "$ROOT" prune --older-than 0s)" "" pruned
	eventually told 2
	kill -0 "$waiting" || fail "it waits no longer: $(cat "$WORK/waited")"
	end_life one
	wait "$waiting"
	grep -qxE '137|-' "$WORK/waited" || fail "waited for: $(cat "$WORK/waited")"
	eventually told "2 1"
	shows "$ID" stopped "" exec_fifo exited
	query timeline "$ID" | grep -q '^generation 1: stopped (exited)' || fail "$(query timeline "$ID")"
}

@test "three containers with one ID, the middle one gone without a poststop, the youngest ended: the oldest runs" {
	local oldest

	for pid in oldest middle youngest; do
		running web front
		mv "$WORK/living" "$WORK/$pid"
	done
	for pid in middle youngest; do
		kill -KILL "$(cat "$WORK/$pid")"
		eventually gone_or_zombie "$(cat "$WORK/$pid")"
	done
	oldest=$(cat "$WORK/oldest")
	state web 0 stopped | quiet_hook poststop
	LIFE=1 shows web running "$oldest" poststart
	query timeline web | grep -qx 'generation 2: running, as recorded' || fail "$(query timeline web)"
}

# Its start is nobody's, though the container runs.
@test "the younger of two ends before it starts, in a hook: it has no start, and its hook is not at work" {
	running web front
	mv "$WORK/living" "$WORK/older"
	waits_for_start
	state web | quiet_hook create-runtime
	"$QUERY" --root "$ROOT" events --follow >"$WORK/followed" 3>&- &
	background $!
	eventually grep -q '"generation":2,"event":"created"' "$WORK/followed"
	state web >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-container" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	background $!
	eventually grep -q '"createContainer"' "$WORK/followed"
	kill -KILL $!
	end_living
	eventually told 2
	LIFE=1 shows web running "$(cat "$WORK/older")" poststart
	! grep '"generation":2,"event":"started"' "$WORK/followed" || fail "it is told as started"
	query timeline web | grep -q '^generation 2: stopped' || fail "$(query timeline web)"
	query timeline web | grep -q 'began, and did not come back' || fail "$(query timeline web)"
	query verify | grep -q 'generation 2 is recorded as creating, and its process is gone' || fail "$(query verify)"
}

# ---- several of one name ----------------------------------------------------------------------------

@test "three lives of one name, one living: the name means that one, in every view" {
	exited z1 front 3
	running a2 front
	mv "$WORK/living" "$WORK/living.a2"
	exited m3 front 4
	REF=front shows a2 running "$(cat "$WORK/living.a2")" poststart
	CODE=3 shows z1 stopped "" poststart exited
	CODE=4 shows m3 stopped "" poststart exited
	kill -KILL "$(cat "$WORK/living.a2")"
	eventually gone_or_zombie "$(cat "$WORK/living.a2")"
	CODE=4 REF=front shows m3 stopped "" poststart exited
}

# ---- a program that keeps the name of the runtime's init --------------------------------------------

# As youki runs wasm: the process that is the init becomes the program, without an exec.
wasm_like()
{
	(exec -a youki "$PYTHON" -c '
import sys, time
open("/proc/self/comm", "w").write("youki:[2:INIT]")
time.sleep(600)' 3>&-) &
	echo $! >"$WORK/living"
	background $!
	eventually grep -qxF 'youki:[2:INIT]' "/proc/$!/comm"
	state web | quiet_hook create-runtime
}

@test "a program that keeps the name of youki's init runs when the runtime says so, and has exited" {
	wasm_like
	shows web creating "$(living)"
	state web "" running | quiet_hook poststart
	shows web running "$(living)" told
	end_living
	eventually test ! -e "/proc/$(record web .pid)"
	shows web stopped "" told exited
	state web 0 stopped | quiet_hook poststop
	shows web stopped "" told exited
}

# Whether its exit code is the program's nobody can tell: the process is named as one that never came to be it.
@test "the same, dead and not reaped" {
	# shellcheck disable=SC2016 # of that shell
	unreaped sh -c '"$1" -c "
import os, sys, time
if os.fork():
    sys.exit()
open(\"/proc/self/comm\", \"w\").write(\"youki:[2:INIT]\")
open(sys.argv[1], \"w\").write(str(os.getpid()))
time.sleep(600)" "$2" >/dev/null 2>&1' sh "$PYTHON" "$WORK/living"
	eventually test -s "$WORK/living"
	state web | quiet_hook create-runtime
	state web "" running | quiet_hook poststart
	shows web running "$(living)" told
	kill -TERM "$(living)"
	eventually gone_or_zombie "$(living)"
	same "$(state_of "$(living)")" Z "its state"
	shows web stopped "" told exited
	state web 0 stopped | quiet_hook poststop
	shows web stopped "" told exited
	end_unreaped
}

@test "control: youki's init, of which no runtime says that it runs, has no start and no reason" {
	wasm_like
	state web "" created | quiet_hook poststart
	shows web created "$(living)"
	end_living
	eventually test ! -e "/proc/$(record web .pid)"
	shows web stopped ""
}

# ---- hooks of one path ------------------------------------------------------------------------------

@test "three wrapped hooks of one path, the second slow, the third fails: which is which, in every view" {
	local create='select(.command and .point == "createRuntime")'

	# shellcheck disable=SC2034 # of containers.bash
	OCI_RUNTIME=runc
	need_runtime
	ID=$PREFIX-$BATS_TEST_NUMBER
	make_runtime "$WORK/lifecycle" "$(runtime_path runc)" --lifecycle-wrap
	new_bundle b sleep 100
	add_hook createRuntime /bin/sh -c true one
	add_hook createRuntime /bin/sh -c 'sleep 0.3' two
	add_hook createRuntime /bin/sh -c 'echo no device >&2; exit 3' three
	! detached "$WORK/lifecycle" --root "$WORK/state" create --bundle "$BUNDLE" "$ID" || fail "created"
	shows "$ID" stopped "" "" create_failed
	same "$(inspect "$ID" "[.hooks[] | $create | \"\(.index) \(.argv[-1]) \(.duration_ns >= 300000000)\"] | join(\", \")")" \
		"0 one false, 1 two true, 2 three false" inspect
	same "$(inspect "$ID" '[.errors[] | "\(.index) \(.argv[-1]) \(.exit_code)"] | .[0]')" "2 three 3" "inspect's error"
	query list --noheading | grep -q 'create: ' || fail "$(query list)"
	same "$(query timeline "$ID" | grep -oE '(one|two|three) \(hook [0-9]\)' | tr '\n' ' ')" \
		"one (hook 0) two (hook 1) three (hook 2) " timeline
	same "$(query events "$ID" | jq -r 'select(.event == "hook_ended").attributes | "\(.index) \(.argv[-1])"' | tr '\n' ' ')" \
		"0 one 1 two 2 three " events
	same "$(query events "$ID" | jq -r 'select(.event == "error").attributes | "\(.index // "") \(.argv[-1]?)"' | head -n 1)" \
		"2 three" "the error's event"
	same "$(query metrics | sed -n 's/^oci_lifecycle_hook_duration_seconds{.*point="createRuntime".*index="\([0-9]\)"} .*/\1/p' |
		tr '\n' ' ')" "0 1 2 " metrics
}

# ---- a hook that hangs ------------------------------------------------------------------------------

@test "a hook that hangs: at work it is no failure, and killed it is one, in every view" {
	local wrapper

	state web >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	wrapper=$!
	background "$wrapper"
	eventually test -s "$ROOT/web/lifecycle.json"
	shows web creating "$(living)"
	same "$(in_list web .create_error)" false "list's create_error"
	query timeline web | grep -q 'not back yet' || fail "$(query timeline web)"
	query metrics | grep -q '^oci_lifecycle_hook_unfinished_seconds' || fail "$(query metrics)"
	same "$(query events web | jq -r .event | tr '\n' ' ')" "created hook " events
	kill -KILL "$wrapper"
	end_living
	eventually test ! -e "/proc/$(record web .pid)"
	shows web stopped "" "" create_failed
	same "$(in_list web .create_error)" true "list's create_error"
	state web 0 stopped | quiet_hook poststop
	shows web stopped "" "" create_failed
	query timeline web | grep -q 'did not come back: it took' || fail "$(query timeline web)"
	query events web | grep -q '"event":"error"' || fail "$(query events web)"
}
