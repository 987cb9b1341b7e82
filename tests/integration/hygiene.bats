#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Whatever a runtime leaves a hook to start with, the record is written, and nothing of the image's is listened to.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
	state c >"$WORK/state"
	HOOK=$HOOKS_DIR/lifecycle-create-runtime
}

teardown()
{
	common_teardown
}

# records COMMAND...: it is quiet, and container c is recorded.
records()
{
	rm -rf "$ROOT"
	"$@" <"$WORK/state" >"$WORK/said" 2>&1 || fail "status $? of $*: $(cat "$WORK/said")"
	same "$(cat "$WORK/said")" "" "output of $*"
	same "$(record c .status)" creating status
}

spawn()
{
	"$PYTHON" "$here/spawn.py" "$@"
}

@test "with 1, 2 or both closed the line goes nowhere, least of all into a record" {
	for closed in '>&-' '2>&-' '>&- 2>&-'; do
		rm -rf "$ROOT"
		eval "hook create-runtime --strict <'$WORK/state' $closed"
		same "$(record c .status)" creating "status with $closed"
		eval "hook create-runtime <<<garbage $closed" 2>/dev/null || fail "status $? with $closed"
		same "$(record c .status)" creating "status with $closed, after garbage"
	done
}

@test "with stdin closed, or all three, it is no state" {
	hook create-runtime <&- 2>"$WORK/stderr"
	one_line "$WORK/stderr"
	hook create-runtime <&- >&- 2>&-
	local status=0
	hook create-runtime --strict <&- >&- 2>&- || status=$?
	same "$status" 1 "exit status"
	[ ! -e "$ROOT" ]
}

@test "a wrapped command finds 0, 1 and 2 open even so" {
	local status=0
	hook create-runtime -- "$PYTHON" -c 'import os, sys; [os.fstat(n) for n in (0, 1, 2)]; sys.exit(3)' \
		<&- >&- 2>&- || status=$?
	same "$status" 3 "exit status"
	# control: without us it finds them closed
	status=0
	"$PYTHON" -c 'import os, sys; [os.fstat(n) for n in (0, 1, 2)]; sys.exit(3)' <&- >&- 2>&- || status=$?
	same "$status" 1 "exit status without us"
}

@test "with a stdin that is a directory or not readable" {
	INPUT=$WORK soft 0 hook create-runtime
	hook create-runtime 0>"$WORK/write-only" 2>"$WORK/stderr"
	one_line "$WORK/stderr"
	[ ! -e "$ROOT" ]
}

@test "with all signals blocked, and ignored" {
	records spawn --block ALL "$HOOK" --strict --root "$ROOT"
	records spawn --ignore ALL "$HOOK" --strict --root "$ROOT"
}

@test "with all signals blocked it can still be ended" {
	mkfifo "$WORK/endless"
	exec 7<>"$WORK/endless"
	(exec "$PYTHON" "$here/spawn.py" --block ALL "$HOOK" --root "$ROOT" --timeout 60 <"$WORK/endless" 3>&- 7>&-) &
	background $!
	eventually is_hook $!
	kill -TERM $!
	eventually gone_or_zombie $!
}

is_hook()
{
	[ "$(readlink "/proc/$1/exe")" = "$(realpath "$HOOK")" ]
}

@test "with soft limits of 0 files, 0 bytes of file, 16 MiB of memory" {
	records bash -c 'ulimit -Sn 0; exec "$@"' - "$HOOK" --strict --root "$ROOT"
	records bash -c 'ulimit -Sf 0; exec "$@"' - "$HOOK" --strict --root "$ROOT"
	records bash -c 'ulimit -Sv 16384; exec "$@"' - "$HOOK" --strict --root "$ROOT"
	records prlimit --cpu=1: --data=16777216: "$HOOK" --strict --root "$ROOT"
}

@test "with the little stack that a container may have" {
	records env -i prlimit --stack=32768: "$HOOK" --strict --root "$ROOT"
	records env -i prlimit --stack=32768: "$HOOK" --strict --root "$ROOT" -- /bin/true
	# also where it cannot be raised
	records env -i prlimit --stack=65536:65536 "$HOOK" --strict --root "$ROOT" -- /bin/true
}

# The kernel begins the stack at a random place: so each is tried more than once.
@test "with a hard limit of 24 KiB of stack, three times what a program needs that does nothing" {
	need_own_entry
	local try hook
	for try in {1..10}; do
		for hook in prestart create-runtime create-container poststart poststop; do
			records env -i prlimit --stack=24576:24576 "$HOOK" --strict --root "$ROOT"
			env -i prlimit --stack=24576:24576 "$HOOKS_DIR/lifecycle-$hook" --strict --root "$ROOT" <"$WORK/state"
			env -i prlimit --stack=24576:24576 "$HOOKS_DIR/lifecycle-$hook" --strict --root "$ROOT" -- /bin/true <"$WORK/state"
		done
		# what jansson would call itself 2048 times for
		"$PYTHON" -c 'print("{\"version\":1,\"id\":\"c\",\"x\":" + "[" * 2000 + "]" * 2000 + "}")' >"$ROOT/c/lifecycle.json"
		env -i prlimit --stack=24576:24576 "$HOOK" --strict --root "$ROOT" <"$WORK/state"
		same "$(record c .recovered)" true recovered
		echo garbage | env -i prlimit --stack=24576:24576 "$HOOK" --root "$ROOT" 2>"$WORK/stderr"
		one_line "$WORK/stderr"
	done
}

@test "with hard limits that let nothing be written: softly" {
	INPUT=$WORK/state soft 0 bash -c 'ulimit -n 3; exec "$@"' - "$HOOK" --root "$ROOT"
	[ ! -e "$ROOT/c/lifecycle.json" ]
	# through a pipe, for a file of ours would have no room for the line
	bash -c 'ulimit -f 0; exec "$@"' - "$HOOK" --root "$ROOT" <"$WORK/state" 2>&1 | cat >"$WORK/stderr"
	same "${PIPESTATUS[0]}" 0 "exit status"
	one_line "$WORK/stderr"
	[ ! -e "$ROOT/c" ]
}

@test "with any umask the modes are the same" {
	for mask in 0777 0000 0022; do
		records bash -c "umask $mask; exec \"\$@\"" - "$HOOK" --strict --root "$ROOT"
		same "$(stat -c %a "$ROOT" "$ROOT/c" "$ROOT/c/lifecycle.json" | xargs)" "700 700 600" "modes with umask $mask"
	done
}

@test "with the environment of an image" {
	records env LD_PRELOAD=/not/there.so LD_LIBRARY_PATH=/not/there LD_AUDIT=/not/there.so LD_DEBUG=all \
		GLIBC_TUNABLES=glibc.malloc.check=3 MALLOC_TRACE="$WORK/trace" TZ=/etc/passwd TZDIR=/not/there \
		LANG=xx_XX LC_ALL=xx_XX PATH=/not/there HOME=/not/there POSIXLY_CORRECT=1 \
		OCI_LIFECYCLE_ROOT="$WORK/elsewhere" TMPDIR="$WORK/elsewhere" "$HOOK" --strict --root "$ROOT"
	[ ! -e "$WORK/elsewhere" ] && [ ! -e "$WORK/trace" ]
	same "$(record c .created_at | tail -c 2)" Z "zone of a time"
	# control: a dynamic program does listen
	LD_PRELOAD=/not/there.so /bin/true 2>&1 | grep -q /not/there.so
}

need_own_entry()
{
	! nm "$HOOK" 2>/dev/null | grep -q __asan_init || skip 'with sanitizers the hooks begin as any program'
}

@test "with what the C library itself reads of an environment before main" {
	need_own_entry
	local poison=(MALLOC_TOP_PAD_=99999999999 GLIBC_TUNABLES=glibc.malloc.top_pad=99999999999
		MALLOC_ARENA_MAX=0 MALLOC_CHECK_=3 LD_LIBRARY_PATH=/not/there LD_BIND_NOW=1) one hook
	for one in "${poison[@]}"; do
		for hook in prestart create-runtime create-container poststart poststop; do
			env -i "$one" "$HOOKS_DIR/lifecycle-$hook" --version >"$WORK/said" || fail "status $? of $hook with $one"
		done
		records env -i "$one" "$HOOK" --strict --root "$ROOT"
		records env -i "$one" "$HOOK" --strict --root "$ROOT" -- /bin/true
	done
	# control: a static program dies of them in its C library's start
	echo 'int main(void) { return 0; }' >"$WORK/plain.c"
	"$CC" -fPIE -static-pie -o "$WORK/plain" "$WORK/plain.c"
	"$WORK/plain"
	! env -i "${poison[1]}" "$WORK/plain" 2>/dev/null || fail "the control lived"
}

@test "a wrapped command has the environment as it was, whatever it is" {
	need_own_entry
	local strings=(Z=1 MALLOC_TOP_PAD_=99999999999 Z=2 '=nothing' "no value" '' A=)
	spawn "${strings[@]/#/--env=}" "$HOOK" --root "$ROOT" -- "$(type -P cat)" /proc/self/environ <"$WORK/state" >"$WORK/wrapped"
	printf '%s\0' "${strings[@]}" | cmp - "$WORK/wrapped"
	mapfile -t strings < <(seq -f 'V%g=some value' 1000)
	spawn "${strings[@]/#/--env=}" "$HOOK" --root "$ROOT" -- "$(type -P cat)" /proc/self/environ <"$WORK/state" >"$WORK/wrapped"
	printf '%s\0' "${strings[@]}" | cmp - "$WORK/wrapped"
}

@test "with no environment at all" {
	records env -i "$HOOK" --strict --root "$ROOT"
}

@test "in a directory that was removed" {
	mkdir "$WORK/gone"
	cd "$WORK/gone"
	rmdir "$WORK/gone"
	records "$HOOK" --strict --root "$ROOT"
	cd /
}

@test "with files open above 2, of which none is kept or touched" {
	exec 5>>"$WORK/five" 6<"$WORK/state"
	records "$HOOK" --strict --root "$ROOT"
	[ ! -s "$WORK/five" ]
}

@test "under another name" {
	cp "$HOOK" "$WORK/lifecycle-poststop"
	records "$WORK/lifecycle-poststop" --strict --root "$ROOT"
	same "$(record c '.hooks[0].point')" createRuntime "point"
	records spawn --argv0 /any/thing/else "$HOOK" --strict --root "$ROOT"
}

# in_other_run COMMAND...: where /run is empty and ours, so that the default store is.
in_other_run()
{
	unshare -m sh -c 'mount -t tmpfs -o mode=0755 tmpfs /run && exec "$@"' - "$@"
}

@test "with no argv at all, into the default store" {
	need_root
	in_other_run sh -c "$PYTHON $here/spawn.py --no-argv $HOOK && cat /run/oci-lifecycle/c/lifecycle.json" \
		<"$WORK/state" >"$WORK/out"
	same "$(jq -r .status "$WORK/out")" creating status
}

@test "the default store is in /run, whatever the environment says" {
	need_root
	OCI_LIFECYCLE_ROOT=$WORK/elsewhere XDG_RUNTIME_DIR=$WORK/elsewhere in_other_run sh -c \
		"$HOOK --strict && stat -c '%a %n' /run/oci-lifecycle /run/oci-lifecycle/c" <"$WORK/state" >"$WORK/out"
	same "$(xargs <"$WORK/out")" "700 /run/oci-lifecycle 700 /run/oci-lifecycle/c" store
	[ ! -e "$WORK/elsewhere" ]
}

# as_user COMMAND: another user, in another /run, in which $MAKE was done.
as_user()
{
	need_root
	chmod 0755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
	cp "$HOOK" "$WORK/hook"
	in_other_run sh -c "$MAKE; exec setpriv --reuid 4321 --regid 4321 --clear-groups $*" <"$WORK/state"
}

@test "another user's default store is in /run/user" {
	MAKE='mkdir -p /run/user; install -d -m 0700 -o 4321 -g 4321 /run/user/4321'
	as_user "sh -c '$WORK/hook --strict && stat -c %u /run/user/4321/oci-lifecycle/c'" >"$WORK/out"
	same "$(cat "$WORK/out")" 4321 "owner"
}

@test "with a soft limit of one process a command is run all the same" {
	MAKE='mkdir -p /run/user; install -d -m 0700 -o 4321 -g 4321 /run/user/4321'
	as_user "prlimit --nproc=1: $WORK/hook --strict -- /bin/echo here" >"$WORK/out"
	same "$(cat "$WORK/out")" here "output"
	# control: where it cannot be raised nothing can be run
	as_user "prlimit --nproc=1:1 $WORK/hook -- /bin/echo here" >"$WORK/out" 2>&1 || same $? 126 "exit status"
	one_line "$WORK/out"
}

@test "in a user namespace the default store is that of the user outside" {
	unshare -U true 2>/dev/null || skip "no user namespaces here"
	MAKE='mkdir -p /run/user; install -d -m 0700 -o 4321 -g 4321 /run/user/4321'
	as_user "unshare -U --map-root-user sh -c '$WORK/hook --strict && ls -d /run/user/4321/oci-lifecycle/c'" >"$WORK/out"
	same "$(cat "$WORK/out")" /run/user/4321/oci-lifecycle/c store
	MAKE=:
	as_user "unshare -U --map-root-user $WORK/hook" 2>"$WORK/stderr"
	one_line "$WORK/stderr"
	grep -q "'/run/oci-lifecycle'" "$WORK/stderr"
}

# From the first call of ours on, the one that sets the signals' mask, to the last but exit_group.
calls_after_main()
{
	sed -n '/^rt_sigprocmask/,/^exit_group/p' "$1" | grep -vc '^exit_group'
}

@test "an update of a record asks for at most 60 system calls after main" {
	need_root
	need_own_entry
	command -v strace >/dev/null || skip 'strace is not here'
	# a name that the annotations tell: else the ancestors are asked for it
	printf '{"ociVersion":"1.2.0","id":"c","status":"creating","pid":%s,"bundle":"/b","annotations":{"nerdctl/name":"web"}}' \
		"$(living)" >"$WORK/state"
	# shellcheck disable=SC2016 # for the shell inside
	in_other_run sh -c '"$1" --root /run/store <"$2"
		cat "$2" | (sleep 0.2 && exec strace -o "$3" "$1" --root /run/store)
		cp /run/store/c/lifecycle.json "$4"' - "$HOOK" "$WORK/state" "$WORK/trace" "$WORK/record"
	same "$(jq -r '"\(.name) \(.hooks | length)"' "$WORK/record")" "web 2" "the record"
	note "$(calls_after_main "$WORK/trace") calls"
	[ "$(calls_after_main "$WORK/trace")" -le 60 ] || fail "$(cat "$WORK/trace")"
}

@test "no child and no helper process is left behind" {
	state c | hook create-runtime -- /bin/true
	"$PYTHON" -c '
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)  # orphans become ours
with open(sys.argv[1]) as state:
    subprocess.run([sys.argv[2], "--root", sys.argv[3], "--", "/bin/true"], stdin=state, check=True)
try:
    sys.exit(f"left behind: {os.waitpid(-1, os.WNOHANG)}")
except ChildProcessError:
    pass' "$WORK/state" "$HOOK" "$ROOT"
}
