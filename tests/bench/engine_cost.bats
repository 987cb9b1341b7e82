#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what containers.bash uses
#
# What a container costs with our three hooks and without, from the engine's call to its return: create, start, a program
# that ends at once, and delete. Medians of $ROUNDS interleaved runs and of their differences, in milliseconds; nothing is
# asserted.

load ../integration/helpers
load ../integration/engines
load ../integration/podman
load ../integration/docker
load ../integration/containerd

ROUNDS=${ROUNDS:-20}

setup_file() {
	start_dockerd
	# each has its own files in $SHARED
	start_containerd
}

teardown_file() {
	stop_dockerd
	stop_containerd
	rm -rf "$BATS_FILE_TMPDIR"/{graph,run}
}

setup() {
	common_setup
	need_root
}

teardown() {
	if [ -s "$WORK/containers.conf" ]; then
		teardown_podman
	else
		common_teardown
	fi
}

# timed FUNCTION: runs it, and sets `took`, in microseconds.
timed() {
	local start=${EPOCHREALTIME/./}

	"$1" </dev/null >"$WORK/said" 2>&1 3>&- || fail "$1: $(cat "$WORK/said")"
	took=$((${EPOCHREALTIME/./} - start))
}

# cost NAME WITHOUT WITH...: functions, each of which runs one container; what each takes, and how much longer than the first
# in the same round. What comes after another may find its work not done yet, so each round begins with another one.
cost() {
	local name=$1 round i way took
	declare -A times=() more=() last=()

	shift
	for ((round = 0; round <= ROUNDS; round++)); do
		for ((i = 0; i < $#; i++)); do
			way=${*:$(((round + i) % $# + 1)):1}
			timed "$way"
			last[$way]=$took
		done
		# the first one warms up
		[ "$round" != 0 ] || continue
		for way; do
			times[$way]+=" ${last[$way]}"
			more[$way]+=" $((last[$way] - last[$1]))"
		done
	done
	for way; do
		# shellcheck disable=SC2086 # numbers
		printf '# %-16s %-14s %7.1f ms  %+6.1f ms\n' "$name" "$way" "$(median ${times[$way]})e-3" "$(median ${more[$way]})e-3" >&3
	done
}

# ---- a runtime by itself ----

without() {
	runtime run --bundle "$WORK/bundles/without" "$PREFIX-without"
}

# a runtime's own cost of calling three hooks, which do nothing
empty_hooks() {
	runtime run --bundle "$WORK/bundles/empty" "$PREFIX-empty"
}

hooks() {
	runtime run --bundle "$WORK/bundles/hooks" "$PREFIX-hooks"
}

# create, start and delete, as engines do
apart() {
	"$1" --root "$WORK/state" create --bundle "$WORK/bundles/$2" "$PREFIX-$2"
	"$1" --root "$WORK/state" start "$PREFIX-$2"
	"$1" --root "$WORK/state" delete --force "$PREFIX-$2"
}

apart_without() {
	apart "$REAL" without
}

apart_ours() {
	apart "$WORK/lifecycle" ours
}

cost_of_runtime() {
	local point

	OCI_RUNTIME=$1
	need_runtime
	new_bundle without true
	new_bundle ours true
	new_bundle empty true
	for point in createRuntime poststart poststop; do
		add_hook "$point" "$TOP_BUILDDIR/tests/bench/empty"
	done
	new_bundle hooks true
	add_ours createRuntime poststart poststop
	cost "$1" without empty_hooks hooks
	REAL=$(runtime_path "$1")
	make_runtime "$WORK/lifecycle" "$REAL"
	cost "$1, apart" apart_without apart_ours
}

@test "runc" {
	cost_of_runtime runc
}

@test "crun" {
	cost_of_runtime crun
}

runsc_without() {
	"$(runtime_path runsc)" --root "$WORK/state" run --bundle "$WORK/bundles/without" "$PREFIX-without"
}

runsc_hooks() {
	"$(runtime_path runsc)" --root "$WORK/state" run --bundle "$WORK/bundles/hooks" "$PREFIX-hooks"
}

@test "runsc" {
	need runsc
	new_bundle without true
	new_bundle hooks true
	add_ours createRuntime poststart poststop
	cost runsc runsc_without runsc_hooks
}

# ---- lifecycle-ctl and podman: a container in the background, of one root file system, by the same runc ----

ctl_run() {
	LD_LIBRARY_PATH=$TOP_BUILDDIR/libstate/.libs "$CTL_PROGRAM" --root "$ROOT" --data-root "$WORK/data" --hooks-dir "$HOOKS_DIR" \
		run -d --runtime "$WORK/runtime" --rootfs "$SHARED/rootfs" sleep 1000
}

podman_run() {
	podman_ --hooks-dir "$WORK/none" run -d --network none --rootfs "$SHARED/rootfs" sleep 1000
}

remove_ctl_containers() {
	local path

	for path in "$WORK"/data/containers/*; do
		"$TOP_BUILDDIR/tools/lifecycle-ctl" --root "$ROOT" --data-root "$WORK/data" --hooks-dir "$HOOKS_DIR" remove -f "${path##*/}" >/dev/null
	done
}

@test "lifecycle-ctl run -d against podman run -d" {
	OCI_RUNTIME=runc
	setup_podman
	mkdir "$WORK/none"
	# an uninstalled program is a script around the real one
	CTL_PROGRAM=$TOP_BUILDDIR/tools/.libs/lifecycle-ctl
	[ -x "$CTL_PROGRAM" ] || CTL_PROGRAM=$TOP_BUILDDIR/tools/lifecycle-ctl
	cost "run -d" podman_run ctl_run
	remove_ctl_containers
}

# ---- engines ----

podman_without() {
	podman_ --hooks-dir "$WORK/none" run --rm bb true
}

podman_hooks() {
	podman_ run --rm bb true
}

cost_of_podman() {
	OCI_RUNTIME=$1
	setup_podman
	mkdir "$WORK/none"
	cost "podman, $1" podman_without podman_hooks
}

@test "podman over runc" {
	cost_of_podman runc
}

@test "podman over crun" {
	cost_of_podman crun
}

docker_without() {
	docker_ run --rm --network none bb:1 true
}

docker_ours() {
	docker_ run --rm --network none --runtime lifecycle bb:1 true
}

docker_wrap() {
	docker_ run --rm --network none --runtime wrap bb:1 true
}

@test "docker" {
	setup_docker
	cost docker docker_without docker_ours docker_wrap
}

task_without() {
	run_task runc "$PREFIX-$RANDOM$RANDOM" /bin/true
}

task_ours() {
	run_task "$WORK/lifecycle" "$PREFIX-$RANDOM$RANDOM" /bin/true
}

@test "containerd" {
	setup_containerd
	cost containerd task_without task_ours
}
