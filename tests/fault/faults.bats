#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The shipped hooks, once for each of their system calls, which fails, or is where they are killed. See inject.py, injector.c.

bats_require_minimum_version 1.5.0

setup() {
	local status=0

	cd "$BATS_TEST_TMPDIR" || return
	echo >state
	echo | "$TOP_BUILDDIR/tests/fault/injector" state /bin/true >said || status=$?
	[ "$status" != 77 ] || skip 'the kernel does not let us answer system calls'
	if nm "$HOOKS_DIR/lifecycle-prestart" 2>/dev/null | grep -q __asan_init; then
		skip 'the sanitizers make system calls of their own'
	fi
}

inject() {
	"$PYTHON" "$TOP_SRCDIR/tests/fault/inject.py" "$@"
}

scenes() {
	local kind=$1 failed=0 scene

	shift
	for scene; do
		# shellcheck disable=SC2086 # options
		inject "$kind" "$scene" $OPTIONS || failed=1
	done
	return "$failed"
}

all_scenes() {
	scenes "$1" new again bad stop command
}

@test "a system call fails" {
	all_scenes error
}

@test "a system call fails, and so does each one like it" {
	all_scenes persistent
}

@test "a system call is interrupted" {
	all_scenes interrupt
}

@test "a byte at a time: the record is the same, identity included" {
	all_scenes short
}

@test "control: a hook that takes one read for the whole is found, by the record and by the identity" {
	local scene

	for scene in new again; do
		run -1 inject short "$scene" --program "$TOP_BUILDDIR/tests/fault/broken_reader"
		grep 'another record' <<<"$output"
	done
}

@test "the clock is set back and on between hooks and within them, to 2126, over 2038, 2262: nothing lasts less than nothing" {
	"$PYTHON" -c 'import jsonschema' || skip 'python3-jsonschema is not here'
	"$PYTHON" "$TOP_SRCDIR/tests/fault/clocks.py" --runs 30
}

@test "control: a hook that counts nanoseconds over the end of 64 bits is found" {
	"$PYTHON" -c 'import jsonschema' || skip 'python3-jsonschema is not here'
	mkdir hooks
	cp "$HOOKS_DIR"/lifecycle-* hooks
	cp "$TOP_BUILDDIR/tests/fault/broken_clock" hooks/lifecycle-create-runtime
	run -1 "$PYTHON" "$TOP_SRCDIR/tests/fault/clocks.py" --runs 30 --hooks "$PWD/hooks"
	grep 'create-runtime: ' <<<"$output"
}

@test "a hook is killed" {
	all_scenes kill
}

@test "who removes a record is killed: the record is whole or gone, and the next prune removes the rest" {
	scenes kill remove remove-only prune forget
}

@test "a system call fails in each way that it can: status 0 means that the record is there" {
	OPTIONS='--runs 100' scenes every new again bad stop command remove-only
}

@test "two system calls fail in one run: status 0 means that the record is there" {
	OPTIONS='--runs 100' scenes pairs new again bad stop command remove-only
}

@test "a tool that writes is killed: metrics --output, lifecycle-runtime create, lifecycle-watch" {
	local scene failed=0

	for scene in metrics runtime watch; do
		"$PYTHON" "$TOP_SRCDIR/tests/fault/kill_tools.py" "$scene" || failed=1
	done
	[ "$failed" = 0 ]
}

tools() {
	local kind=$1 failed=0 scene

	shift
	for scene; do
		# shellcheck disable=SC2086 # options
		"$PYTHON" "$TOP_SRCDIR/tests/fault/fail_tools.py" "$kind" "$scene" $OPTIONS || failed=1
	done
	return "$failed"
}

@test "a system call of a reader fails: no container is absent or said to be stopped, unless somebody says so" {
	OPTIONS='' tools error list name verify timeline
	OPTIONS='--runs 80' tools error ids inspect started-at events metrics
}

@test "a system call of what removes fails: the living are left alone, and what is said to be gone is gone" {
	OPTIONS='--runs 150' tools error prune prune-old forget
}

@test "a system call of a tool that writes fails: the file is the new one, or somebody says why it is the old one" {
	OPTIONS='' tools error metrics-file runtime watch
}

@test "a kind of system call fails a tool from the first on that is its own" {
	OPTIONS='' tools persistent list ids inspect name verify started-at timeline events metrics prune prune-old forget \
		metrics-file runtime watch
}

@test "a system call of a tool fails in each way that it can, and so do two" {
	OPTIONS='--runs 30' tools every list inspect verify events metrics prune metrics-file runtime watch
	OPTIONS='--runs 30' tools pairs list inspect verify events metrics prune forget metrics-file runtime watch
}

# In an address space of ours, so that its calls fail: it shows what lifecycle-query does, but believes /proc/1.
careless_reader() {
	printf '%s\n' '#!/bin/sh' "shown=\$('$QUERY' \"\$@\")" \
		"test -e /proc/1 || shown=\$(echo \"\$shown\" | sed 's/\"running\"/\"stopped\"/')" \
		'test -e /proc/1/stat || shown="[]"' 'printf "%s\n" "$shown"'
}

@test "control: a reader that takes what it cannot look at for stopped, or for absent, is found" {
	careless_reader >careless
	chmod +x careless
	run -1 "$PYTHON" "$TOP_SRCDIR/tests/fault/fail_tools.py" error list --program "$PWD/careless"
	grep 'alive lives: ' <<<"$output"
	grep 'it does not show ' <<<"$output"
}

# ROOT is what comes after --root.
careless_removal() {
	printf '%s\n' '#!/usr/bin/python3 -SE' 'import os, sys' 'root = sys.argv[sys.argv.index("--root") + 1]' \
		'for name in sorted(os.listdir(root)):' \
		'    pid = "stopped" if name in ("gone", "stopped", "zombie") or not os.path.exists("/proc/self") else "living"' \
		'    if pid == "living":' '        continue' \
		'    for file in os.listdir(f"{root}/{name}"):' \
		'        try:' '            os.unlink(f"{root}/{name}/{file}")' '        except OSError:' '            pass' \
		'    try:' '        os.rmdir(f"{root}/{name}")' '    except OSError:' '        pass' '    print(name)'
}

@test "control: who removes what it cannot look at, and says that all is gone, is found" {
	careless_removal >careless
	chmod +x careless
	run -1 "$PYTHON" "$TOP_SRCDIR/tests/fault/fail_tools.py" error prune --program "$PWD/careless"
	grep ' live, and were touched' <<<"$output"
	grep 'are there still' <<<"$output"
}

@test "control: a tool that writes in place is found when its calls fail" {
	printf '%s\n' '#!/bin/sh' 'for last; do :; done' 'printf "# c1" 2>/dev/null >"$last"' \
		'printf "\n# EOF\n" 2>/dev/null >>"$last"' 'exit 0' >in-place
	chmod +x in-place
	run -1 "$PYTHON" "$TOP_SRCDIR/tests/fault/fail_tools.py" error metrics-file --program "$PWD/in-place"
	grep 'neither the old nor the new one' <<<"$output"
	grep 'status 0, and the old one is there' <<<"$output"
}

@test "neither ppoll nor a pipe that returns at once: a wrapping hook ends all the same" {
	printf '{"id":"c1","status":"creating","pid":%s,"bundle":"/b"}' $$ >state
	mkdir -m 0700 root
	echo 'socket:0:97 fcntl:2:22 ppoll:1:22' | "$TOP_BUILDDIR/tests/fault/injector" state "$HOOKS_DIR/lifecycle-prestart" \
		--root "$PWD/root" -- /bin/true >said
	[[ $(head -n 1 said) == '0 2 '* ]]
}

@test "control: a tool that writes in place, and one that leaves a file each time, are found" {
	printf '%s\n' '#!/bin/sh' 'for last; do :; done' 'printf "# c1" >"$last"' 'printf "\n# EOF\n" >>"$last"' >in-place
	printf '%s\n' '#!/bin/sh' 'for last; do :; done' 'printf "# c1\n# EOF\n" >"$last.$$"' 'mv "$last.$$" "$last"' >leaves
	chmod +x in-place leaves
	run -1 "$PYTHON" "$TOP_SRCDIR/tests/fault/kill_tools.py" metrics --program "$PWD/in-place"
	grep 'neither the old nor the new one' <<<"$output"
	run -1 "$PYTHON" "$TOP_SRCDIR/tests/fault/kill_tools.py" metrics --program "$PWD/leaves"
	grep 'the next run leaves {' <<<"$output"
}

@test "control: a hook that makes a record void before it removes it is found when it is killed" {
	run -1 inject kill remove --program "$TOP_BUILDDIR/tests/fault/broken_removal"
	grep 'the record is neither the old nor the new one' <<<"$output"
}

@test "control: a hook that writes in place is found when it is killed" {
	run -1 inject kill again --program "$TOP_BUILDDIR/tests/fault/broken_hook"
	grep 'the record is neither the old nor the new one' <<<"$output"
}

@test "control: a hook that looks at no error is found when its calls fail" {
	run -1 inject error again --program "$TOP_BUILDDIR/tests/fault/broken_hook"
	grep '^write:[0-9]*:ENOSPC: the record is neither' <<<"$output"
	grep 'it wrote nothing, and said nothing' <<<"$output"
	run -1 inject pairs again --runs 50 --program "$TOP_BUILDDIR/tests/fault/broken_hook"
	grep 'it says that the record is there' <<<"$output"
}
