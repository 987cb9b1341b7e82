# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Real containers of a real runtime: bundles and runtime state under $WORK, and what any number of them can share
# (root file system, wrapper) under $SHARED. $OCI_RUNTIME is runc or crun; $PREFIX keeps IDs, and so cgroups, apart from everybody else's.

PREFIX=lc$$

runtime()
{
	set_runtime
	"${RUNTIME_COMMAND[@]}" "$@"
}

# $RUNTIME_COMMAND, of $OCI_RUNTIME. The machine may mount cgroup v2 inside v1 ("hybrid"), which crun refuses: it gets a
# mount namespace without it.
set_runtime()
{
	local program=$OCI_RUNTIME

	if [ "$OCI_RUNTIME" = crun ]; then
		program=$SHARED/bin/crun
		mkdir -p "$SHARED/bin"
		[ -x "$program" ] || make_crun "$program"
	fi
	RUNTIME_COMMAND=("$program" --root "$WORK/$OCI_RUNTIME")
}

make_crun()
{
	local crun

	crun=$(command -v crun)
	if ! mountpoint -q /sys/fs/cgroup/unified; then
		ln -s "$crun" "$1"
		return
	fi
	cat >"$1" <<-WRAPPER
		#!/bin/sh
		exec unshare -m --propagation slave sh -c \\
			'umount /sys/fs/cgroup/unified; exec $crun "\$@"' crun "\$@"
	WRAPPER
	chmod 0755 "$1"
}

# A root file system with a shell and `clock`, shared by all bundles; made once.
make_rootfs()
{
	local applet busybox

	[ ! -d "$SHARED/rootfs" ] || return 0
	busybox=$(command -v busybox) || return
	mkdir -p "$SHARED"/rootfs/{bin,proc,sys,dev,etc,tmp}
	cp "$busybox" "$SHARED/rootfs/bin/busybox"
	for applet in sh sleep true false echo cat kill; do
		ln -s busybox "$SHARED/rootfs/bin/$applet"
	done
	"${CC:-cc}" -O2 -static -o "$SHARED/rootfs/bin/clock" "${BASH_SOURCE[0]%/*}/clock.c"
}

# new_bundle NAME ARG...: $BUNDLE, whose container runs ARG...; without hooks.
new_bundle()
{
	BUNDLE=$WORK/bundles/$1
	shift
	mkdir -p "$BUNDLE"
	make_rootfs
	[ -s "$SHARED/spec.json" ] || (cd "$SHARED" && runc spec && mv config.json spec.json)
	jq --arg rootfs "$SHARED/rootfs" '.process.terminal = false | .process.args = $ARGS.positional
		| .root.path = $rootfs | .linux.namespaces |= map(select(.type != "network"))' \
		--args -- "$@" <"$SHARED/spec.json" >"$BUNDLE/config.json"
}

# add_hook POINT PATH ARG...: to $BUNDLE, last in POINT's list; $HOOK_TIMEOUT, seconds, unless empty. A hook that does not
# read its stdin can be gone before crun writes to it: crun then dies of SIGPIPE.
add_hook()
{
	local point=$1 path=$2

	shift 2
	jq --arg point "$point" --arg path "$path" --arg timeout "${HOOK_TIMEOUT:-}" \
		'.hooks[$point] += [{path: $path, args: ([$path] + $ARGS.positional)}
		+ if $timeout == "" then {} else {timeout: ($timeout | tonumber)} end]' \
		--args -- "$@" <"$BUNDLE/config.json" >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# add_ours POINT...: our hooks of these points, the specification's names, to $BUNDLE.
add_ours()
{
	local point

	for point; do
		add_hook "$point" "$(our_hook "$point")" --root "$ROOT"
	done
}

declare -gA PROGRAM=([prestart]=prestart [createRuntime]=create-runtime [createContainer]=create-container
	[poststart]=poststart [poststop]=poststop)

our_hook()
{
	echo "$HOOKS_DIR/lifecycle-${PROGRAM[$1]}"
}

# need_runtime: skips unless $OCI_RUNTIME can run a container that has no hooks at all.
need_runtime()
{
	local said

	need_root
	need "$OCI_RUNTIME"
	need runc
	need jq
	need busybox
	need "${CC:-cc}"
	[ ! -e "$SHARED/works.$OCI_RUNTIME" ] || return 0
	new_bundle probe /bin/true
	said=$(runtime run --bundle "$BUNDLE" "$PREFIX-probe" 2>&1 </dev/null) ||
		skip "$OCI_RUNTIME runs no container here: $said"
	touch "$SHARED/works.$OCI_RUNTIME"
}

# detached COMMAND...: `create` and `run --detach` hand their output to the container, so not to a pipe of ours.
detached()
{
	# not /dev/null, which crun gives to the user that a user namespace begins with
	: >"$WORK/container.in"
	"$@" <"$WORK/container.in" >"$WORK/container.out" 2>"$WORK/container.err" 3>&-
}

container_pid()
{
	runtime state "$1" | jq .pid
}

remove_containers()
{
	local OCI_RUNTIME id

	for OCI_RUNTIME in runc crun; do
		[ -d "$WORK/$OCI_RUNTIME" ] || continue
		for id in $(runtime list -q); do
			runtime delete --force "$id" >/dev/null 2>&1 </dev/null || :
		done
	done
}
