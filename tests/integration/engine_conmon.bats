#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what containers.bash uses
# conmon by itself, driving a runtime through lifecycle-runtime: the one whose exit files a hook can read.

load helpers
load engines

setup() {
	common_setup
	need_root
	need conmon
	need jq
	need busybox
	ID=$PREFIX-$BATS_TEST_NUMBER
	mkdir "$WORK/exits" "$WORK/persist"
}

teardown() {
	[ ! -x "$WORK/lifecycle" ] || "$WORK/lifecycle" --root "$WORK/state" delete --force "$ID" >/dev/null 2>&1 || :
	common_teardown
}

# monitored RUNTIME ARG...: conmon has the container $ID created, which is then to run ARG...
monitored() {
	OCI_RUNTIME=$1
	need_runtime
	make_runtime "$WORK/lifecycle" "$(runtime_path "$1")" --lifecycle-exit-dir "$WORK/exits"
	shift
	new_bundle b "$@"
	conmon --api-version 1 --cid "$ID" --cuuid "$ID" --name "$ID" --runtime "$WORK/lifecycle" \
		--runtime-arg --root="$WORK/state" --bundle "$BUNDLE" --container-pidfile "$WORK/pid" \
		--conmon-pidfile "$WORK/conmon.pid" --exit-dir "$WORK/exits" --persist-dir "$WORK/persist" --full-attach \
		--log-path "k8s-file:$WORK/log" </dev/null >"$WORK/conmon.out" 2>&1 3>&-
	eventually test -s "$WORK/pid"
	background "$(cat "$WORK/conmon.pid")"
}

lifecycle() {
	"$WORK/lifecycle" --root "$WORK/state" "$@" </dev/null 3>&-
}

exit_is_known() {
	monitored "$1" clock 0.2 3
	same "$(record "$ID" .pid)" "$(cat "$WORK/pid")" pid
	lifecycle start "$ID"
	same "$(record "$ID" .status)" running "status while it runs"
	eventually test -s "$WORK/exits/$ID"
	lifecycle delete "$ID"
	same "$(record "$ID" .exit_code)" 3 exit_code
	same "$(record "$ID" .finished_at_source)" exit_file finished_at_source
	same "$(record "$ID" .reason)" exited reason
}

@test "conmon, runc: exit 3 is recorded as 3" {
	exit_is_known runc
	same "$(record "$ID" .started_at_source)" exec_fifo started_at_source
}

@test "conmon, crun: exit 3 is recorded as 3" {
	exit_is_known crun
	same "$(record "$ID" .started_at_source)" poststart started_at_source
}

@test "conmon: an exit file of an earlier container of the same ID is not believed" {
	echo 9 >"$WORK/exits/$ID"
	monitored runc clock 100
	lifecycle start "$ID"
	kill -KILL "$(cat "$WORK/conmon.pid")"
	eventually gone_or_zombie "$(cat "$WORK/conmon.pid")"
	lifecycle delete --force "$ID"
	same "$(record "$ID" .status)" stopped status
	same "$(record "$ID" .exit_code)" "" exit_code
	same "$(record "$ID" .finished_at_source)" poststop finished_at_source
}
