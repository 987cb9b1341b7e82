# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Real engines, started by the test with everything they keep under $WORK (one case's) or $SHARED (one file's), and
# ended by it. Sourced after helpers.bash.

LIFECYCLE_RUNTIME=$(realpath -m "$TOP_BUILDDIR/tools/lifecycle-runtime")

# The command line of lifecycle-runtime over another runtime, as a file: engines take one path.
# make_runtime FILE RUNTIME OPTION...
make_runtime()
{
	local file=$1 runtime=$2

	shift 2
	cat >"$file" <<-WRAPPER
		#!/bin/sh
		exec '$LIFECYCLE_RUNTIME' --lifecycle-runtime '$runtime' --lifecycle-root '$ROOT' \\
			--lifecycle-hooks '$HOOKS_DIR' $* "\$@"
	WRAPPER
	chmod 0755 "$file"
}

# runtime_path NAME: a file that is this runtime and works on this machine.
runtime_path()
{
	case $1 in
	crun)
		mkdir -p "$SHARED/bin"
		[ -e "$SHARED/bin/crun" ] || make_crun "$SHARED/bin/crun"
		echo "$SHARED/bin/crun"
		;;
	runsc)
		mkdir -p "$SHARED/bin"
		[ -e "$SHARED/bin/runsc" ] || make_runsc "$SHARED/bin/runsc"
		echo "$SHARED/bin/runsc"
		;;
	*) command -v "$1" ;;
	esac
}

make_runsc()
{
	cat >"$1" <<-WRAPPER
		#!/bin/sh
		exec '$(command -v runsc)' --platform ptrace --network none --ignore-cgroups "\$@"
	WRAPPER
	chmod 0755 "$1"
}

# The hooks.d entries that we ship, for the hooks that were built and this case's store.
make_hooks_d()
{
	local entry

	mkdir -p "$WORK/hooks.d"
	for entry in "$TOP_SRCDIR"/hooks/hooks.d/*.json.in; do
		sed "s|@hooksexecdir@|$HOOKS_DIR|" "$entry" | jq --arg root "$ROOT" '.hook.args += ["--root", $root]' \
			>"$WORK/hooks.d/$(basename "$entry" .in)"
	done
}

# add_hooks_d NAME POINT PATH ARG...: another's entry, which reads its stdin; $HOOK_TIMEOUT as in add_hook.
add_hooks_d()
{
	local name=$1 point=$2 path=$3

	shift 3
	jq -n --arg point "$point" --arg path "$path" --arg timeout "${HOOK_TIMEOUT:-}" '{version: "1.0.0",
		hook: ({path: $path, args: ([$path] + $ARGS.positional)}
			+ if $timeout == "" then {} else {timeout: ($timeout | tonumber)} end),
		when: {always: true}, stages: [$point]}' --args -- "$@" >"$WORK/hooks.d/$name.json"
}

# manual_block WORDS: the block of lifecycle-runtime(8) that comes next after these.
manual_block()
{
	sed -n "/$1/,\$p" "$TOP_SRCDIR/tools/lifecycle-runtime.8.scd" | sed -n '/^```$/,/^```$/p' | sed '1d; /^```$/,$d'
}

# An image of the rootfs as a tar file, made once.
make_image()
{
	make_rootfs
	[ -s "$SHARED/image.tar" ] || tar -C "$SHARED/rootfs" -cf "$SHARED/image.tar" .
}

# our_record ENGINE_ID: waits until it is there.
has_record()
{
	[ -s "$ROOT/$1/lifecycle.json" ]
}

is_recorded()
{
	[ "$(record "$1" "$2")" = "$3" ]
}

# milliseconds FROM TO: between two times as records and engines write them, without their sign.
milliseconds()
{
	"$PYTHON" - "$1" "$2" <<-'PROGRAM'
		import datetime, re, sys
		def read(text):
		    text = re.sub(r"(\.\d{6})\d*", r"\1", text.replace("Z", "+00:00"))
		    return datetime.datetime.fromisoformat(text)
		print(abs(round((read(sys.argv[2]) - read(sys.argv[1])).total_seconds() * 1000)))
	PROGRAM
}

median()
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# ctl_refuses ENGINE REF COMMAND: what is not lifecycle-ctl's it leaves alone, and says by which command of the engine's it is done.
ctl_refuses()
{
	local command status

	for command in stop kill remove; do
		status=0
		"${CTL:-$TOP_BUILDDIR/tools/lifecycle-ctl}" --root "$ROOT" --data-root "$WORK/no-data" $command "$2" 2>"$WORK/said" || status=$?
		same "$status" 5 "exit status of $command"
		grep -qF "a container of $1: $3 ${command/remove/rm} $2" "$WORK/said" || fail "$(cat "$WORK/said")" || return
	done
}
