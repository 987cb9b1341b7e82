# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# podman as root, with a configuration, a storage and a hooks.d of its own. Sourced after engines.bash.

setup_podman()
{
	common_setup
	need_root
	need podman
	need conmon
	need jq
	need busybox
	need_runtime
	make_hooks_d
	configure_podman "$(runtime_path "$OCI_RUNTIME")"
	make_image
	podman_ image exists bb 2>/dev/null || podman_ import --quiet "$SHARED/image.tar" bb >/dev/null
	need_podman
}

# podman takes two tries to remove a container whose conmon is gone.
teardown_podman()
{
	[ ! -s "$WORK/containers.conf" ] || podman_ rm --all --force --time 0 >/dev/null 2>&1 ||
		podman_ rm --all --force --time 0 >/dev/null
	common_teardown
}

teardown_file()
{
	rm -rf "$BATS_FILE_TMPDIR"/{graph,run}
}

# configure_podman RUNTIME_FILE: images are the file's, containers and their records the case's. A runtime that leaves
# something behind leaves it in $WORK.
configure_podman()
{
	cat >"$WORK/runtime" <<-WRAPPER
		#!/bin/sh
		exec '$1' --root '$WORK/runtime-state' "\$@"
	WRAPPER
	chmod 0755 "$WORK/runtime"
	cat >"$WORK/containers.conf" <<-CONF
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		netns = "none"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		hooks_dir = ["$WORK/hooks.d"]
		runtime = "under-test"
		tmp_dir = "$SHARED/tmp"
		[engine.runtimes]
		under-test = ["$WORK/runtime"]
	CONF
	cat >"$SHARED/storage.conf" <<-CONF
		[storage]
		driver = "vfs"
		graphroot = "$SHARED/graph"
		runroot = "$SHARED/run"
	CONF
}

# On cgroup v1 podman 5 warns at each call, unless told not to.
podman_()
{
	PODMAN_IGNORE_CGROUPSV1_WARNING=1 CONTAINERS_CONF=$WORK/containers.conf \
		CONTAINERS_STORAGE_CONF=$SHARED/storage.conf podman "$@" </dev/null 3>&-
}

# podman 5 hands prestart entries to the runtime as createRuntime hooks, in the order of their names.
has_prestart()
{
	[ "$(podman --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -lt 5 ]
}

# Skips unless podman runs a container that has no hooks.
need_podman()
{
	local said

	[ ! -e "$SHARED/works.podman" ] || return 0
	mkdir -p "$SHARED/no-hooks.d"
	said=$(podman_ --hooks-dir "$SHARED/no-hooks.d" run --rm bb /bin/true 2>&1) || skip "podman runs no container here: $said"
	touch "$SHARED/works.podman"
}

# The ID of the container that the last `podman_ ... --cidfile` made, or of a name.
id_of()
{
	podman_ inspect --format '{{.Id}}' "$1"
}

# What of a container's whole life is true: $1 its ID. Its program's times are in $WORK/out.
podman_life_is_true()
{
	eventually is_recorded "$1" .status stopped
	same "$(record "$1" .create_error)" false create_error
	same "$(record "$1" .exit_code)" "" "exit_code, which no hook was told,"
	same "$(record "$1" .finished_at_source)" poststop finished_at_source
	same "$(inspect "$1" .observed.status)" stopped observed
	same "$(record "$1" .started_at_source)" "$START_SOURCE" started_at_source
	same "$(record "$1" .reason)" "$END_REASON" reason
}
