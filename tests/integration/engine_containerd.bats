#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# containerd by ctr: with our hooks in its config.json, and with lifecycle-runtime for its runc.

load helpers
load engines
load containerd

setup_file() {
	start_containerd
}

teardown_file() {
	stop_containerd
}

setup() {
	setup_containerd
}

teardown() {
	teardown_containerd
}

# run_config ID FILTER ARG...: by a config.json that has our hooks, and what jq's filter adds.
run_config()
{
	new_bundle "$1" "${@:3}"
	jq --arg id "$1" '.process.cwd = "/" | .linux.cgroupsPath = "/" + $id | '"$2" "$BUNDLE/config.json" >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
	add_ours createRuntime poststart poststop
	ctr_ run --runc-root "$SHARED/runc" --config "$BUNDLE/config.json" --rm "$1"
}

@test "containerd: ctr run --config runs the hooks that the file has" {
	run_config "$ID" . clock 0.2 >"$WORK/out"
	eventually is_recorded "$ID" .status stopped
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "createRuntime poststart poststop" hooks
	same "$(record "$ID" .started_at_source)" exec_fifo started_at_source
	in_order "$(record "$ID" .created_at)" "$(sed -n 1p "$WORK/out")" "$(sed -n 2p "$WORK/out")" "$(record "$ID" .finished_at)"
}

@test "containerd: a container and its pod's sandbox, with the annotations of the CRI plugin" {
	local pod='.annotations = {"io.kubernetes.cri.sandbox-name": "shop", "io.kubernetes.cri.sandbox-namespace": "prod"}'

	run_config "$ID-pod" "$pod | .annotations[\"io.kubernetes.cri.container-type\"] = \"sandbox\"" true
	run_config "$ID" "$pod | .annotations[\"io.kubernetes.cri.container-name\"] = \"app\"" true
	for name in app shop/app prod/shop/app; do
		same "$("$QUERY" --root "$ROOT" inspect "$name" --format '{{.ID}}')" "$ID" "what $name means"
	done
}

@test "containerd: the start is within 50 ms of what ctr events tells (median of 10)" {
	local round id differences=()

	for round in {1..10}; do
		id=$ID-$round
		run_task "$WORK/lifecycle" "$id" /bin/clock >"$WORK/out"
		eventually has_event /tasks/start "$id"
		same "$(record "$id" .started_at_source)" exec_fifo started_at_source
		differences+=("$(milliseconds "$(record "$id" .started_at)" "$(event_time /tasks/start "$id")")")
	done
	note "differs by ${differences[*]} ms, median $(median "${differences[@]}")"
	[ "$(median "${differences[@]}")" -le 50 ] || fail "too far"
}

@test "containerd: a task's life is true, whose program tells its own times" {
	run_task "$WORK/lifecycle" "$ID" /bin/clock 0.2 >"$WORK/out"
	eventually is_recorded "$ID" .status stopped
	same "$(record "$ID" .reason)" exited reason
	same "$(record "$ID" .create_error)" false create_error
	same "$(record "$ID" .exit_code)" "" exit_code
	in_order "$(record "$ID" .created_at)" "$(sed -n 1p "$WORK/out")" "$(sed -n 2p "$WORK/out")" "$(record "$ID" .finished_at)"
	in_order "$(record "$ID" .created_at)" "$(record "$ID" .started_at)" "$(sed -n 2p "$WORK/out")"
}

@test "containerd: the task's own exit status and output pass" {
	run run_task "$WORK/lifecycle" "$ID" /bin/sh -c 'echo out; echo err >&2; exit 3'
	same "$status" 3 "exit status"
	[[ $output == *out* && $output == *err* ]] || fail "output: $output"
	[[ $output != *lifecycle* ]] || fail "something of ours is in the container's output: $output"
}

@test "containerd: a program that does not exist leaves the runtime's own words, and containerd shows them" {
	run run_task "$WORK/lifecycle" "$ID" /bin/does-not-exist
	[ "$status" -ne 0 ] || fail "it ran"
	[[ $output == *does-not-exist*"no such file or directory"* ]] || fail "output: $output"
	same "$(record "$ID" .create_error)" true create_error
	[[ $(record "$ID" '.errors[0].message') == *does-not-exist*"no such file or directory"* ]] ||
		fail "words: $(record "$ID" '.errors')"
}

@test "containerd: with no real runtime, its user sees why" {
	make_runtime "$WORK/missing" /usr/bin/no-such-runtime
	run run_task "$WORK/missing" "$ID" /bin/true
	[ "$status" -ne 0 ] || fail "it ran"
	[[ $output == *"cannot run the real runtime '/usr/bin/no-such-runtime': No such file or directory"* ]] ||
		fail "output: $output"
}

# What the file says of a runtime replaces all that containerd knows of it.
@test "containerd: what the manual says for CRI makes a whole runtime" {
	{
		echo "version = 2"
		manual_block "For CRI (Kubernetes)"
	} >"$WORK/config.toml"
	containerd --config "$WORK/config.toml" config dump |
		sed -n '/containerd\.runtimes\.runc\]/,/untrusted/{/untrusted/!p}' >"$WORK/runtime.toml"
	grep -q '^ *runtime_type = "io.containerd.runc.v2"$' "$WORK/runtime.toml" || fail "$(cat "$WORK/runtime.toml")"
	grep -q '^ *BinaryName = "/usr/bin/lifecycle-runtime"$' "$WORK/runtime.toml" || fail "$(cat "$WORK/runtime.toml")"
}
