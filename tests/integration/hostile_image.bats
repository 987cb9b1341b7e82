#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Every variable that a C library, its loader, a library of ours or a tool may read, in an image and in a hook's entry, under
# real runtimes, at each hook point: nothing that a variable names is looked for, and the record is as it is without them.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

# Where they lead; named by nothing else.
MARKER=/not/there/marker

POINTS=(prestart createRuntime createContainer startContainer poststart poststop)

# The program of ours that runs there: there is none for startContainer, so another one is tried.
declare -gA PROGRAM_AT=([prestart]=prestart [createRuntime]=create-runtime [createContainer]=create-container
	[startContainer]=create-container [poststart]=poststart [poststop]=poststop)

# Of those that name a file, a directory or a host ...
NAMING=(LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG_OUTPUT LD_PROFILE LD_PROFILE_OUTPUT LD_ORIGIN_PATH MALLOC_TRACE
	MEMUSAGE_OUTPUT LOCPATH NLSPATH GCONV_PATH GETCONF_DIR TZ TZDIR HOSTALIASES RESOLV_HOST_CONF NIS_PATH LOCALDOMAIN
	TMPDIR TMP TEMP HOME PATH PWD OLDPWD SHELL ENV BASH_ENV CDPATH TERMINFO TERMINFO_DIRS TERMCAP XDG_RUNTIME_DIR
	XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME OCI_LIFECYCLE_ROOT OCI_LIFECYCLE_DATA_ROOT
	NOTIFY_SOCKET DBUS_SYSTEM_BUS_ADDRESS DBUS_SESSION_BUS_ADDRESS GCOV_PREFIX LLVM_PROFILE_FILE OPENSSL_CONF
	SSL_CERT_FILE GIO_EXTRA_MODULES PYTHONPATH PYTHONSTARTUP PERL5LIB CONTAINERS_CONF REGISTRY_AUTH_FILE)
# ... and those that change what a program does.
CHANGING=(GLIBC_TUNABLES=glibc.malloc.top_pad=99999999999:glibc.malloc.perturb=255:glibc.rtld.optional_static_tls=99999999999
	MALLOC_TOP_PAD_=99999999999 MALLOC_ARENA_MAX=0 MALLOC_ARENA_TEST=0 MALLOC_CHECK_=3 MALLOC_PERTURB_=255
	MALLOC_MMAP_MAX_=0 MALLOC_MMAP_THRESHOLD_=0 MALLOC_TRIM_THRESHOLD_=0 LD_DEBUG=all LD_BIND_NOW=1 LD_BIND_NOT=1
	LD_DYNAMIC_WEAK=1 LD_HWCAP_MASK=0 LD_SHOW_AUXV=1 LD_TRACE_LOADED_OBJECTS=1 LD_VERBOSE=1 LD_WARN=1
	LD_USE_LOAD_BIAS=1 LD_PREFER_MAP_32BIT_EXEC=1 LD_ASSUME_KERNEL=2.0 LD_POINTER_GUARD=0 LANG=tr_TR.UTF-8
	LANGUAGE=xx LC_ALL=tr_TR.ISO-8859-9 LC_CTYPE=xx LC_NUMERIC=de_DE LC_TIME=xx LC_MESSAGES=xx OUTPUT_CHARSET=UTF-16
	RES_OPTIONS=debug RESOLV_ADD_TRIM_DOMAINS=x POSIXLY_CORRECT=1 COLUMNS=1 LINES=1 TERM=xx NO_COLOR=1 FORCE_COLOR=1
	CLICOLOR_FORCE=1 IFS=/ LISTEN_FDS=3 LISTEN_PID=1 SOURCE_DATE_EPOCH=0 LIBSMARTCOLS_DEBUG=all
	ASAN_OPTIONS=verbosity=2 UBSAN_OPTIONS=verbosity=2 TMOUT=1 _=x A=)

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

hostile_environment()
{
	printf '%s\n' "${NAMING[@]/%/=$MARKER}" "${CHANGING[@]}"
}

# new_victim ENVIRONMENT-FILE PROGRAM...: $BUNDLE, whose image and whose hooks have it; PROGRAM and its arguments, or else ours, at
# each point. At startContainer the host is below /host, and $WORK/inner is /inner.
new_victim()
{
	local environment=$1 point hook

	shift
	# a program that lives with such variables, which a static one of the C library's usual start does not
	new_bundle victim "/host$HOOKS_DIR/lifecycle-create-container" --version
	mkdir -p "$WORK/inner"
	for point in "${POINTS[@]}"; do
		hook=("$@")
		[ $# -gt 0 ] || hook=("$HOOKS_DIR/lifecycle-${PROGRAM_AT[$point]}" --strict --root "$ROOT")
		if [ "$point" = startContainer ]; then
			if [ $# -gt 0 ]; then
				hook=(/host"$1" --library-path "/host$2" "/host$3")
			else
				hook=(/host"${hook[0]}" --strict --root /inner/store)
			fi
		elif [ $# -gt 0 ]; then
			hook=("$3")
		fi
		add_hook "$point" "${hook[@]}"
	done
	jq --rawfile environment "$environment" --arg inner "$WORK/inner" '($environment | split("\n") | map(select(. != ""))) as $all
		| .process.env += $all | .hooks[][] += {env: $all}
		| .mounts += [{destination: "/host", type: "bind", source: "/", options: ["rbind", "ro"]},
			{destination: "/inner", type: "bind", source: $inner, options: ["bind", "rw"]}]' \
		"$BUNDLE/config.json" >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
	# an entry without `env` gets what the runtime's process has: in the container that is the image's environment
	jq 'del(.hooks.createContainer[].env, .hooks.startContainer[].env)' "$BUNDLE/config.json" >"$BUNDLE/config.new"
	[ "${INHERITED:-}" != 1 ] || mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# lives TRACE: created, started, ended and deleted, all of it traced: what is executed, and each file that is asked for.
lives()
{
	local id=$PREFIX-victim

	rm -rf "$ROOT" "$WORK/inner/store"
	set_runtime
	# shellcheck disable=SC2016 # for the shell inside
	mkdir -p "$1"
	detached timeout 120 strace -ff -qq -s 300 -o "$1/pid" -e trace=%file,%network sh -c '
		bundle=$1 id=$2; shift 2
		"$@" create --bundle "$bundle" "$id" && "$@" start "$id" || exit
		for try in $(seq 500); do "$@" state "$id" | grep -q stopped && break; sleep 0.1; done
		"$@" delete "$id"' - "$BUNDLE" "$id" "${RUNTIME_COMMAND[@]}" || fail "$? $(cat "$WORK/container.err")"
}

# What each process asked for that became a program of this name, from then on; and how many these were.
calls_of()
{
	awk -v program="$1" '
		FNR == 1 { inside = 0 }
		/^execve\(/ { inside = index($0, program) && / = 0$/; runs += inside }
		inside { print }
		END { print runs + 0, "runs" }' "$2"/pid.*
}

# The record without what differs from one life to the next; runc may make a copy of itself for each.
compared()
{
	jq -S --arg runtime "$OCI_RUNTIME" 'walk(if type == "object" then del(.time, .created_at, .started_at, .started_at_source,
		.finished_at, .duration_ns, .instance, .pid, .pid_start_ticks, .pid_ns, .exit_code) else . end)
		| if $runtime == "runc" then del(.init_exe) else . end' "$1"
}

nothing_is_listened_to()
{
	need_runtime
	need strace
	strace -o /dev/null true || skip 'strace may not trace'
	! nm "$HOOKS_DIR/lifecycle-prestart" 2>/dev/null | grep -q __asan_init || skip 'with sanitizers the hooks begin as any program'
	hostile_environment >"$WORK/environment"
	: >"$WORK/none"
	new_victim "$WORK/none"
	lives "$WORK/plain"
	compared "$ROOT/$PREFIX-victim/lifecycle.json" >"$WORK/plain.record"
	compared "$WORK/inner/store/$PREFIX-victim/lifecycle.json" >"$WORK/plain.inner"
	for INHERITED in 0 1; do
		new_victim "$WORK/environment"
		lives "$WORK/hostile.$INHERITED"
		calls_of /lifecycle- "$WORK/hostile.$INHERITED" >"$WORK/calls"
		same "$(tail -n 1 "$WORK/calls")" "$((${#POINTS[@]} + 1)) runs" "hooks that were seen, and the container's program"
		! grep -F "$MARKER" "$WORK/calls" || fail "a hook looks for what a variable names"
		compared "$ROOT/$PREFIX-victim/lifecycle.json" | diff "$WORK/plain.record" - || fail "the record is another one"
		compared "$WORK/inner/store/$PREFIX-victim/lifecycle.json" | diff "$WORK/plain.inner" - ||
			fail "the record of startContainer's hook is another one"
	done
	note "$(wc -l <"$WORK/environment") variables, ${#POINTS[@]} points, given and inherited"
}

# control: a dynamic program at the same places does look for it
a_dynamic_program_listens()
{
	local loader libraries

	need_runtime
	need strace
	strace -o /dev/null true || skip 'strace may not trace'
	loader=$(readlink -f "$(sed -n 's/.*program interpreter: \(.*\)\]/\1/p' <(LC_ALL=C readelf -l /bin/true))")
	libraries=$(dirname "$loader")
	printf 'LD_PRELOAD=%s\n' "$MARKER" >"$WORK/environment"
	INHERITED=0 new_victim "$WORK/environment" "$loader" "$libraries" /bin/cat
	lives "$WORK/control"
	same "$(cat "$WORK"/control/pid.* | grep -cE "^(open|openat)\(.*$MARKER")" "${#POINTS[@]}" "programs that look for it"
}

@test "runc: at no hook point does a hook listen to a variable" {
	OCI_RUNTIME=runc
	nothing_is_listened_to
}

@test "crun: at no hook point does a hook listen to a variable" {
	OCI_RUNTIME=crun
	nothing_is_listened_to
}

@test "control: runc: a dynamic program at the same places does" {
	OCI_RUNTIME=runc
	a_dynamic_program_listens
}

@test "control: crun: a dynamic program at the same places does" {
	OCI_RUNTIME=crun
	a_dynamic_program_listens
}
