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
	query list --format json | jq -r --arg id "$1" ".[] | select(.id == \$id) | [$2] | map(. // \"\" | tostring) | join(\" \")"
}

# start_event REF: its last start's time and source; nothing if there is none of its newest life.
start_event()
{
	query events "$1" | jq -rs '(map(.generation) | max) as $last | map(select(.event == "started" and .generation == $last))
		| .[-1] | if . == null then "" else "\(.time) \(.attributes.started_at_source)" end'
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

# shows_in_text REF STATUS START SOURCE REASON: timeline's first words of the newest life, and started-at.
shows_in_text()
{
	local status=0 time

	time=$(query started-at "$1") || status=$?
	same "$time $status" "$([ -n "$3" ] && echo "$3 0" || echo " 1")" "started-at $1" || return
	query timeline "$1" | sed -n '/^generation/h; /^generation/!H; ${x; p}' >"$WORK/newest"
	same "$(sed -n 's/^generation [0-9]*: \([^,]*\).*/\1/p' "$WORK/newest")" "$2${5:+ ($5)}" "timeline's status of $1" || return
	same "$(sed -n 's/^started  *//p' "$WORK/newest")" "${3:--}${3:+ ($4)}" "timeline's start of $1"
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
# $REF is what is asked for, else the ID; $CODE the exit code that `wait` is to tell.
shows()
{
	local id=$1 status=$2 pid=$3 source=${4:-} reason=${5:-} ref=${REF:-$1} start

	start=$(inspect "$ref" .observed.started_at)
	same "$(inspect "$ref" '.observed | "\(.status) \(.pid // "") \(.started_at_source // "") \(.reason // "")"')" \
		"$status $pid $source $reason" "inspect $ref" || return
	same "$(in_list "$id" .status,.pid,.started_at_source,.reason)" "$status $pid $source $reason" "list of $id" || return
	same "$(in_list "$id" .started_at)" "$start" "list's start of $id" || return
	same "$(query list --noheading --filter "id=$id" --no-trunc --format '{{.ID}}|{{.Status}}|{{.PID}}' | head -n 1)" \
		"$id|$status|$pid" "list by a template" || return
	same "$(start_event "$ref")" "$start${source:+ $source}" "events of $ref" || return
	shows_in_text "$ref" "$status" "$start" "$source" "$reason" || return
	shows_in_metrics "$id" "$status" "$start" "$source" || return
	shows_in_compat "$ref" "$status" "$start" "$pid" "$reason" || return
	waits_for_it "$ref" "$status" "${CODE:-}"
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
