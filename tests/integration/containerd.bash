# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what the cases use
#
# A containerd of the file's own, and what it tells of its tasks in $SHARED/events. Sourced after engines.bash.

start_containerd()
{
	SHARED=$BATS_FILE_TMPDIR
	command -v containerd >/dev/null && command -v ctr >/dev/null && [ "$(id -u)" = 0 ] || return 0
	cat >"$SHARED/config.toml" <<-CONF
		version = 2
		root = "$SHARED/root"
		state = "$SHARED/state"
		disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs",
			"io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs",
			"io.containerd.snapshotter.v1.devmapper"]
		[grpc]
		address = "$SHARED/containerd.s"
	CONF
	containerd --config "$SHARED/config.toml" >"$SHARED/containerd.log" 2>&1 </dev/null 3>&- &
	echo $! >"$SHARED/jobs"
	eventually ctr_ version >/dev/null
	ctr --address "$SHARED/containerd.s" events >"$SHARED/events" 2>&1 </dev/null 3>&- &
	echo $! >>"$SHARED/jobs"
}

stop_containerd()
{
	local pid target

	SHARED=$BATS_FILE_TMPDIR
	[ -s "$SHARED/jobs" ] || return 0
	tac "$SHARED/jobs" | while read -r pid; do
		kill "$pid"
		eventually gone_or_zombie "$pid"
	done
	findmnt -rno TARGET | grep "^$SHARED/" | while read -r target; do
		umount "$target"
	done
}

ctr_()
{
	ctr --address "$SHARED/containerd.s" "$@" </dev/null 3>&-
}

setup_containerd()
{
	common_setup
	need_root
	need containerd
	need ctr
	need jq
	need busybox
	make_rootfs
	ID=$PREFIX-$BATS_TEST_NUMBER
	make_runtime "$WORK/lifecycle" runc
	make_runtime "$WORK/wrap" runc --lifecycle-wrap
}

teardown_containerd()
{
	local id

	if [ -S "$SHARED/containerd.s" ]; then
		for id in $(ctr_ tasks list --quiet); do
			ctr_ tasks delete --force "$id" >/dev/null 2>&1 || :
		done
		for id in $(ctr_ containers list --quiet); do
			ctr_ containers delete "$id" >/dev/null 2>&1 || :
		done
	fi
	common_teardown
}

# run_task RUNTIME_FILE ID ARG...: the exec FIFO is linked within one file system, so runc's is that of the store.
run_task()
{
	local runtime=$1 id=$2

	shift 2
	ctr_ run --runc-binary "$runtime" --runc-root "$SHARED/runc" --rm --rootfs "$SHARED/rootfs" "$id" "$@"
}

# When containerd says that this happened to a task: /tasks/start, /tasks/exit.
event_time()
{
	sed -n "s|^\(....-..-..\) \(..:..:..\.[0-9]*\) +0000 UTC .* $1 .*\"container_id\":\"$2\".*|\1T\2Z|p" "$SHARED/events" | tail -1
}

has_event()
{
	[ -n "$(event_time "$1" "$2")" ]
}
