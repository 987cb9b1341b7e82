#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# gVisor: its process is a sandbox, which never becomes the program, so its poststart is trusted.

# shellcheck disable=SC2034 # what containers.bash uses
OCI_RUNTIME=runc

load helpers
load engines
load podman

setup_file() {
	note_dev_null
}

setup() {
	common_setup
	need_root
	need runsc
	need jq
	need busybox
	ID=$PREFIX-$BATS_TEST_NUMBER
}

teardown() {
	if [ -d "$WORK/state" ]; then
		runsc_ kill "$ID" KILL >/dev/null 2>&1 || :
		runsc_ delete --force "$ID" >/dev/null 2>&1 || :
	fi
	if [ -s "$WORK/containers.conf" ]; then
		teardown_podman
	else
		common_teardown
	fi
}

teardown_file() {
	return_dev_null
	rm -rf "$BATS_FILE_TMPDIR"/{graph,run}
}

runsc_() {
	"$(runtime_path runsc)" --root "$WORK/state" "$@" </dev/null >"$WORK/container.out" 2>"$WORK/container.err" 3>&-
}

has_begun() {
	[ "$(wc -l <"$WORK/container.out")" -ge 1 ]
}

is_observed() {
	[ "$(inspect "$ID" .observed.status)" = "$1" ]
}

@test "runsc: running while it runs, started from poststart, stopped after" {
	new_bundle b clock 2
	add_ours createRuntime poststart poststop
	runsc_ run --bundle "$BUNDLE" "$ID" &
	background $!
	eventually has_begun
	# the program runs before its poststart hook
	eventually is_observed running
	same "$(record "$ID" .started_at_source)" poststart started_at_source
	in_order "$(record "$ID" .created_at)" "$(record "$ID" .started_at)"
	wait $!
	same "$(record "$ID" .status)" stopped status
	same "$(record "$ID" .reason)" exited reason
	same "$(record "$ID" .create_error)" false create_error
	in_order "$(record "$ID" .started_at)" "$(sed -n 2p "$WORK/container.out")" "$(record "$ID" .finished_at)"
}

@test "runsc by way of lifecycle-runtime: the same, with the runtime's own options among ours" {
	make_runtime "$WORK/lifecycle" "$(runtime_path runsc)"
	new_bundle b clock 2
	"$WORK/lifecycle" -root "$WORK/state" --debug=false create --bundle "$BUNDLE" "$ID" \
		</dev/null >"$WORK/container.out" 2>"$WORK/container.err" 3>&-
	same "$(record "$ID" .started_at_source)" createRuntime "source before start"
	"$WORK/lifecycle" -root "$WORK/state" start "$ID" 3>&-
	same "$(inspect "$ID" .observed.status)" running "observed while it runs"
	same "$(record "$ID" .started_at_source)" poststart started_at_source
	eventually is_observed stopped
}

@test "podman, runsc: running while it runs, stopped after" {
	make_hooks_d
	configure_podman "$(runtime_path runsc)"
	make_image
	podman_ import --quiet "$SHARED/image.tar" bb >/dev/null
	ID=$(podman_ run --detach --name "$PREFIX" bb sleep 100)
	same "$(inspect "$ID" .observed.status)" running "observed while it runs"
	same "$(record "$ID" .started_at_source)" poststart started_at_source
	podman_ rm --force --time 0 "$PREFIX" >/dev/null
	eventually is_recorded "$ID" .status stopped
	same "$(record "$ID" .reason)" exited reason
}
