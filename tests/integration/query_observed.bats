#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What lifecycle-query says is true now: a process that is gone, a zombie, another one of the same pid, another
# boot, a frozen one, one that cannot be looked at.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
}

teardown()
{
	thaw
	common_teardown
}

# observed ID: "status reason create_error looked", as inspect and list both have it.
observed()
{
	local listed

	listed=$(query list --format jsonl --filter "id=$1" | jq -r '[.status, .reason, .create_error, .looked] | join(" ")')
	same "$listed" "$(inspect "$1" '[.observed | .status, .reason, .create_error, .looked] | join(" ")')" list
	echo "$listed"
}

@test "while it lives: as far as it is known to have come" {
	state web | quiet_hook create-runtime
	same "$(observed web)" "creating  false true" "after createRuntime"
	state web "" running | quiet_hook poststart
	same "$(observed web)" "running  false true" "after poststart"
}

@test "a process that is gone is stopped, and had exited if it was seen running" {
	running web front
	state new | quiet_hook create-runtime
	end_living
	same "$(observed web)" "stopped exited false true" "seen running"
	same "$(observed new)" "stopped  false true" "not seen running"
	same "$(record web .status) $(record new .status)" "running creating" "what is recorded"
}

@test "a process that is gone after its create hook failed: create_failed" {
	state bad | hook create-runtime -- /bin/false || :
	end_living
	same "$(observed bad)" "stopped create_failed true true" "without poststop"
}

@test "a create hook that never came back is a create error, once its process is gone" {
	local wrapper

	state bad >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	wrapper=$!
	background "$wrapper"
	eventually test -s "$ROOT/bad/lifecycle.json"
	same "$(observed bad)" "creating  false true" "while it may still come"
	kill -KILL "$wrapper"
	end_living
	same "$(observed bad)" "stopped create_failed true true" "afterwards"
}

@test "a zombie is not running" {
	mkfifo "$WORK/go"
	"$PYTHON" -c '
import os, sys, time
child = os.fork()
if child == 0:
    open(sys.argv[1]).read()
    os._exit(0)
print(child, flush=True)
time.sleep(600)' "$WORK/go" >"$WORK/living" 3>&- &
	background $!
	eventually test -s "$WORK/living"
	running web front
	same "$(observed web)" "running  false true" "alive"
	echo go >"$WORK/go"
	eventually gone_or_zombie "$(living)"
	grep -q '^State:.Z' "/proc/$(living)/status"
	same "$(observed web)" "stopped exited false true" "a zombie"
}

@test "another process with the same pid is not the container" {
	need_root
	export QUERY HOOKS_DIR ROOT WORK
	unshare --pid --fork --mount-proc sh -eu >"$WORK/out" <<-'INSIDE'
		say() { "$QUERY" --root "$ROOT" inspect web --format '{{.Observed.Status}} {{.Observed.Reason}} {{.PID}}'; }
		state() { printf '{"ociVersion":"1.0.2","id":"web","status":"%s","pid":%s,"bundle":"/b"}' "$1" "$pid"; }
		sleep 600 & pid=$!
		state creating | "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" --strict
		state running | "$HOOKS_DIR/lifecycle-poststart" --root "$ROOT" --strict
		say
		kill -KILL "$pid"
		wait "$pid" || :
		echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 600 & echo "$((pid - $!))"
		say
		kill -KILL "$!"
	INSIDE
	sed 's/ [0-9]*$/ PID/' "$WORK/out" >"$WORK/masked"
	same "$(cat "$WORK/masked")" "$(printf '%s\n' 'running  PID' 0 'stopped exited PID')" "said"
}

@test "another boot: lost_reboot, whatever process has the pid now" {
	need_root
	running web front
	state new | quiet_hook create-runtime
	echo 01234567-89ab-cdef-0123-456789abcdef >"$WORK/boot_id"
	rebooted() {
		# shellcheck disable=SC2016 # of that shell
		unshare --mount sh -euc 'mount --bind "$1" /proc/sys/kernel/random/boot_id; shift; exec "$@"' sh \
			"$WORK/boot_id" "$QUERY" --root "$ROOT" inspect "$1" \
			--format '{{.Observed.Status}} {{.Observed.Reason}} {{.Observed.Looked}}'
	}
	same "$(rebooted web)" "stopped lost_reboot true" "one that ran"
	same "$(rebooted new)" "stopped lost_reboot true" "one that was being created"
	same "$(observed web)" "running  false true" "in this boot"
}

# A control group of the freezer, v1 or v2.
freeze()
{
	if [ -d /sys/fs/cgroup/freezer ]; then
		GROUP=/sys/fs/cgroup/freezer/lifecycle-query-$$
		mkdir "$GROUP" 2>/dev/null || return
		echo "$1" >"$GROUP/cgroup.procs"
		echo FROZEN >"$GROUP/freezer.state"
		eventually grep -q FROZEN "$GROUP/freezer.state"
	else
		GROUP=/sys/fs/cgroup/lifecycle-query-$$
		mkdir "$GROUP" 2>/dev/null || return
		echo "$1" >"$GROUP/cgroup.procs"
		echo 1 >"$GROUP/cgroup.freeze"
		eventually grep -q 'frozen 1' "$GROUP/cgroup.events"
	fi
}

thaw()
{
	[ -d "${GROUP:-/nowhere}" ] || return 0
	[ ! -e "$GROUP/freezer.state" ] || echo THAWED >"$GROUP/freezer.state"
	[ ! -e "$GROUP/cgroup.freeze" ] || echo 0 >"$GROUP/cgroup.freeze"
	kill -KILL "$(cat "$WORK/living")" 2>/dev/null || :
	eventually rmdir "$GROUP"
}

thaw_only()
{
	[ ! -e "$GROUP/freezer.state" ] || echo THAWED >"$GROUP/freezer.state"
	[ ! -e "$GROUP/cgroup.freeze" ] || echo 0 >"$GROUP/cgroup.freeze"
}

has_no_flag()
{
	[ "$(query list --format jsonl | jq -c '[.status, .paused]')" = '["running",null]' ]
}

@test "a frozen container is running, and paused: tables, Docker's shape, a flag in JSON, a filter" {
	need_root
	running web front
	same "$(query inspect --compat docker --format '{{.State.Status}} {{.State.Paused}}' web)" "running false" before
	freeze "$(living)" || skip "no freezer to make a group in"
	same "$(observed web)" "running  false true" "frozen"
	same "$(query inspect --compat docker --format '{{.State.Status}} {{.State.Running}} {{.State.Paused}}' web)" \
		"paused true true" "Docker's"
	same "$(query list --format jsonl | jq -c '[.status, .paused]')" '["running",true]' "list in JSON"
	same "$(query list --noheading --format 'table {{.ID}} {{.Status}}')" "web paused" "list in a table"
	same "$(query list -q --filter status=paused)" web "a filter"
	query timeline web | grep -qx 'generation 1: running (paused)' || fail "timeline"
	thaw_only
	eventually has_no_flag
	same "$(query list -q --filter status=paused)" "" "the filter, thawed"
}

@test "a reader in another pid namespace says what is recorded, and that it cannot look" {
	need_root
	running web front
	state new | quiet_hook create-runtime
	elsewhere() {
		unshare --pid --fork --mount-proc "$QUERY" --root "$ROOT" "$@"
	}
	same "$(elsewhere inspect web --format '{{.Observed.Status}} {{.Observed.Looked}}')" "running false" inspect
	same "$(elsewhere inspect new --format '{{.Observed.Status}} {{.Observed.Looked}}')" "creating false" "inspect new"
	same "$(elsewhere list --format 'table {{.ID}} {{.Status}}' --noheading)" \
		"$(printf '%s\n' 'new creating (recorded)' 'web running (recorded)')" list
	elsewhere timeline web | grep -qF "as recorded: its process cannot be looked at"
	end_living
	same "$(elsewhere inspect web --format '{{.Observed.Status}} {{.Observed.Looked}}')" "running false" "when it is gone"
}

@test "what is recorded as stopped stands" {
	exited web front 0
	same "$(observed web)" "stopped exited false true" stopped
}
