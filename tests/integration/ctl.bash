# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Containers of lifecycle-ctl: their data, their records and their runtime's state are the case's own. $OCI_RUNTIME is
# runc, crun or runsc.

CTL=$(realpath -m "${CTL:-$TOP_BUILDDIR/tools/lifecycle-ctl}")

ctl_setup()
{
	common_setup
	need_root
	need conmon
	need jq
	need busybox
	OCI_RUNTIME=${OCI_RUNTIME:-runc}
	need_runtime_of_ctl
	make_rootfs
	ROOTFS=$SHARED/rootfs
	DATA_ROOT=$WORK/data
	CONTAINERS=$DATA_ROOT/containers
}

ctl_teardown()
{
	local id

	for id in $(containers); do
		ctl remove --force "$id" >/dev/null 2>&1 </dev/null || :
	done
	common_teardown
}

ctl()
{
	"$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR" "$@" 3>&-
}

# has_said REF LINE: the program wrote that line, in one of its lives.
has_said()
{
	ctl logs "$1" | grep -qxF -- "$2"
}

# The options of create and run that choose $OCI_RUNTIME, with a state of the case's own.
set_runtime_options()
{
	RUNTIME_OPTIONS=(--runtime "$OCI_RUNTIME")
	case $OCI_RUNTIME in
	crun)
		set_runtime
		RUNTIME_OPTIONS=(--runtime "${RUNTIME_COMMAND[0]}")
		;;
	runsc) RUNTIME_OPTIONS+=(--runtime-arg --platform=ptrace --runtime-arg --network=none --runtime-arg --ignore-cgroups) ;;
	esac
	RUNTIME_OPTIONS+=(--runtime-arg "--root=$WORK/$OCI_RUNTIME")
}

need_runtime_of_ctl()
{
	need "$OCI_RUNTIME"
	[ "$OCI_RUNTIME" = runsc ] || need_runtime
	set_runtime_options
}

# create_of / run_of ARG...: of $ROOTFS, by $OCI_RUNTIME. ARG... are options and the command.
create_of()
{
	ctl create "${RUNTIME_OPTIONS[@]}" --rootfs "$ROOTFS" "$@"
}

run_of()
{
	ctl run "${RUNTIME_OPTIONS[@]}" --rootfs "$ROOTFS" "$@"
}

# The IDs of those that are here, and what is left of others.
containers()
{
	find "$CONTAINERS" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort
}

# The ID of the container of that name, here.
id_of()
{
	local id

	for id in $(containers); do
		[ "$(jq -r '.annotations["oci-lifecycle.name"]' "$CONTAINERS/$id/config.json")" != "$1" ] || echo "$id"
	done
}

conmon_of()
{
	cat "$CONTAINERS/$1/conmon.pid"
}

# is REF STATUS: as lifecycle-query has it.
is()
{
	[ "$(inspect "$1" .observed.status)" = "$2" ]
}
