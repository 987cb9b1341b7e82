#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A store that others could write or replace is not written; and it is no reason for a container not to start.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

OTHER=4321

setup()
{
	common_setup
	need_root
	mkdir -m 0755 "$WORK/top"
	ROOT=$WORK/top/store
	state c >"$WORK/state"
}

teardown()
{
	chmod 0700 "$ROOT" 2>/dev/null || :
	common_teardown
}

# is_refused STORE: softly, and nothing anywhere below the test's directory changes.
is_refused()
{
	snapshot "$WORK/top" >"$WORK/before"
	INPUT=$WORK/state soft 0 "$HOOKS_DIR/lifecycle-create-runtime" --root "$1" || return
	snapshot "$WORK/top" | diff "$WORK/before" - || fail "something was written" || return
	INPUT=$WORK/state soft 1 "$HOOKS_DIR/lifecycle-create-runtime" --strict --root "$1" || return
	snapshot "$WORK/top" | diff "$WORK/before" - || fail "something was written"
}

is_accepted()
{
	"$HOOKS_DIR/lifecycle-create-runtime" --strict --root "$1" <"$WORK/state" || fail "refused"
	[ -s "$1/c/lifecycle.json" ]
}

@test "control: a store of our own is accepted, also if it is yet to be made" {
	is_accepted "$ROOT"
	is_accepted "$ROOT"
	mkdir -m 0755 "$WORK/top/readable"
	is_accepted "$WORK/top/readable"
}

@test "a store that others can write is refused, sticky or not" {
	for mode in 0777 1777 0770 0702; do
		mkdir "$ROOT"
		chmod "$mode" "$ROOT"
		is_refused "$ROOT" || fail "with mode $mode"
		rmdir "$ROOT"
	done
}

@test "another user's store is refused" {
	install -d -m 0700 -o "$OTHER" "$ROOT"
	is_refused "$ROOT"
	rmdir "$ROOT"
}

@test "a store in a directory that others can write is refused, unless that is sticky" {
	install -d -m 0777 "$WORK/top/open"
	mkdir -m 0700 "$WORK/top/open/store" "$WORK/top/open/below" "$WORK/top/open/below/store"
	is_refused "$WORK/top/open/store"
	is_refused "$WORK/top/open/new"
	is_refused "$WORK/top/open/below/store"
	chmod 1777 "$WORK/top/open"
	is_accepted "$WORK/top/open/store"
	is_accepted "$WORK/top/open/below/store"
}

@test "a store in another user's directory is refused" {
	install -d -m 0755 -o "$OTHER" "$WORK/top/theirs"
	mkdir -m 0700 "$WORK/top/theirs/store"
	is_refused "$WORK/top/theirs/store"
	is_refused "$WORK/top/theirs/new"
}

@test "a link to the store is followed if it is ours, and not if it is another user's" {
	mkdir -m 0700 "$WORK/top/real"
	install -d -m 1777 "$WORK/top/sticky"
	ln -s "$WORK/top/real" "$WORK/top/sticky/ours"
	is_accepted "$WORK/top/sticky/ours"
	ln -s "$WORK/top/real" "$WORK/top/sticky/theirs"
	chown -h "$OTHER" "$WORK/top/sticky/theirs"
	is_refused "$WORK/top/sticky/theirs"
	ln -s "$WORK/top" "$WORK/top/sticky/above"
	chown -h "$OTHER" "$WORK/top/sticky/above"
	is_refused "$WORK/top/sticky/above/real"
}

@test "a link to a directory that others can write is refused" {
	install -d -m 0777 "$WORK/top/open"
	mkdir -m 0700 "$WORK/top/open/store"
	ln -s "$WORK/top/open/store" "$WORK/top/link"
	is_refused "$WORK/top/link"
	ln -s open/../open/store "$WORK/top/relative"
	is_refused "$WORK/top/relative"
}

@test "links that lead in a circle end; where ours leads and nothing is, the store is made" {
	ln -s circle "$WORK/top/circle"
	is_refused "$WORK/top/circle"
	is_refused "$WORK/top/circle/below"
	ln -s not-there/further "$WORK/top/nowhere"
	is_accepted "$WORK/top/nowhere"
	same "$(stat -c %a "$WORK/top/not-there" "$WORK/top/not-there/further")" $'755\n700' modes
}

@test "missing directories above the store are made, ours and 0755 whatever the umask; below an unsafe one none is" {
	umask 0077
	is_accepted "$WORK/top/a/b/store"
	same "$(stat -c '%a %u' "$WORK/top/a" "$WORK/top/a/b" "$WORK/top/a/b/store")" \
		"755 $(id -u)"$'\n'"755 $(id -u)"$'\n'"700 $(id -u)" "modes and owners"
	install -d -m 0777 "$WORK/top/open"
	is_refused "$WORK/top/open/a/b/store"
	install -d -m 0755 -o "$OTHER" "$WORK/top/theirs"
	is_refused "$WORK/top/theirs/a/b/store"
}

@test "who makes the directories above the store at once does not matter" {
	local n pids=()

	for n in {1..8}; do
		state "c$n" | hook create-runtime --strict --root "$WORK/top/a/b/c/store" &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		wait "$n" || fail "one of them failed"
	done
	same "$(find "$WORK/top/a/b/c/store" -name lifecycle.json | wc -l)" 8 records
}

@test "a store that is no directory is refused" {
	for kind in file fifo device; do
		case $kind in
		file) echo theirs >"$WORK/top/$kind" ;;
		fifo) mkfifo "$WORK/top/$kind" ;;
		device) mknod "$WORK/top/$kind" c 1 3 ;;
		esac
		is_refused "$WORK/top/$kind" || fail "with a $kind"
		is_refused "$WORK/top/$kind/below" || fail "below a $kind"
	done
}

@test "a container's directory that is a link, a file or a FIFO is refused" {
	mkdir -m 0700 "$ROOT" "$WORK/top/target"
	ln -s "$WORK/top/target" "$ROOT/c"
	is_refused "$ROOT"
	rm "$ROOT/c"
	echo theirs >"$ROOT/c"
	is_refused "$ROOT"
	rm "$ROOT/c"
	mkfifo "$ROOT/c"
	is_refused "$ROOT"
	rm "$ROOT/c"
}

@test "a container's directory that another user owns or can write is refused" {
	mkdir -m 0700 "$ROOT"
	install -d -m 0700 -o "$OTHER" "$ROOT/c"
	is_refused "$ROOT"
	chown 0 "$ROOT/c"
	chmod 0777 "$ROOT/c"
	is_refused "$ROOT"
	rmdir "$ROOT/c"
}

@test "a read-only store and a full one are refused softly" {
	local at=$WORK/top/small
	mkdir "$at"
	cat >"$WORK/in-small" <<-SCRIPT
		mount -t tmpfs -o mode=0700,size=64k,nr_inodes=8 tmpfs '$at' &&
		case \$1 in
		read-only) mount -o remount,ro '$at' ;;
		full) dd if=/dev/zero of='$at/.fill' bs=4096 status=none 2>/dev/null ;;
		no-inodes) for n in 1 2 3 4 5 6 7 8; do mkdir '$at/'\$n; done 2>/dev/null ;;
		esac
		"$HOOKS_DIR/lifecycle-create-runtime" --root '$at'
		status=\$?
		ls -A '$at/c' 2>/dev/null
		exit \$status
	SCRIPT
	for kind in read-only full no-inodes; do
		INPUT=$WORK/state soft 0 unshare -m sh "$WORK/in-small" "$kind" || fail "with a $kind store"
	done
}

@test "a relative store is wrong usage" {
	local status=0
	"$HOOKS_DIR/lifecycle-create-runtime" --root store <"$WORK/state" 2>/dev/null || status=$?
	same "$status" 2 "exit status"
}
