#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A disk that is full, read-only, that fails to flush, files that cannot be changed: the old record stays as it is, a hook
# harms no container, and what can be removed is.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

CTL=${CTL:-$TOP_BUILDDIR/tools/lifecycle-ctl}

setup()
{
	common_setup
	need_root
	unshare -m true || skip "no mount namespace is to be had"
	DISK=$WORK/disk
	ROOT=$DISK/store
	mkdir "$DISK"
}

teardown()
{
	common_teardown
}

# The file systems that a case goes through: of tmpfs and ext4 few bytes and inodes are easily had.
mounted_tmpfs()
{
	mount -t tmpfs -o "mode=0755,size=256k,nr_inodes=64" none "$DISK"
}

mounted_ext4()
{
	command -v mkfs.ext4 >/dev/null || return 1
	# another one than before, which a loop device may still have
	rm -f "$WORK/image"
	truncate -s 2M "$WORK/image"
	mkfs.ext4 -q -F -O ^has_journal -N 64 -m 0 "$WORK/image" && mount -t ext4 -o loop "$WORK/image" "$DISK"
}

# on_disk KIND FUNCTION ARGUMENT...: with a store on it, where `web` lives, and `one`, `two`, `three` have stopped. In a mount
# namespace of its own: it goes with it, and no other process can hold it.
on_disk()
{
	local inside

	inside=$(declare -f && declare -p WORK ROOT DISK HOOKS_DIR QUERY CTL PYTHON TOP_SRCDIR here BATS_TEST_DESCRIPTION)
	unshare -m bash -c "$inside"$'\n''on_this_disk "$@"' - "$@"
}

on_this_disk()
{
	local kind=$1

	shift
	"mounted_$kind" 2>"$WORK/said" || {
		note "no $kind: $(cat "$WORK/said")"
		return 0
	}
	store_with web one two three || return
	"$@" || fail "on $kind"
}

# store_with ID ID...: the first one lives.
store_with()
{
	local id

	for id in "${@:2}"; do
		state "$id" | quiet_hook create-runtime || return
	done
	end_living
	for id in "${@:2}"; do
		state "$id" 0 stopped | quiet_hook poststop || return
	done
	# so that the next poststop sweeps
	touch -d @1000 "$ROOT/.swept"
	state "$1" | quiet_hook create-runtime
}

ctl()
{
	"$CTL" --root "$ROOT" "$@"
}

stopped()
{
	(cd "$ROOT" && echo *)
}

# refused POINT ID: in one line, which says WHY; the container goes on, and nothing in the store is another than before.
refused()
{
	local point=$1 why=$3

	state "$2" >"$WORK/state"
	contents >"$WORK/before"
	INPUT=$WORK/state soft 0 hook "$point" || return
	grep -qF "$why" "$WORK/stderr" || fail "it said: $(cat "$WORK/stderr")" || return
	INPUT=$WORK/state soft 1 hook "$point" --strict || return
	contents | diff "$WORK/before" - || fail "something was written by $point of $2"
}

# But for what counts what has been removed, and would count again what is not.
contents()
{
	find "$ROOT" -type f ! -name .swept ! -name .counts -exec cksum {} + | LC_ALL=C sort
	find "$ROOT" ! -name .swept ! -name .counts -printf '%P %y %m %i\n' | LC_ALL=C sort
}

# works: a hook, when all is well again.
works()
{
	state web "$(living)" running | quiet_hook poststart || return
	state new | quiet_hook create-runtime || return
	"$PYTHON" "$here/check_store.py" "$ROOT" || return
	"$QUERY" --root "$ROOT" verify
}

# ---- full ----

fill_bytes()
{
	dd if=/dev/zero of="$DISK/filler" bs=512 2>/dev/null || :
}

fill_inodes()
{
	local i

	for i in {1..100}; do
		: >"$DISK/inode$i" || break
	done 2>/dev/null
	[ ! -e "$DISK/inode100" ] || fail "there are inodes left"
}

# The sweep of a poststop that could not write its own record, then prune and forget.
full()
{
	"fill_$1"
	refused poststart web "No space left on device" || return
	refused create-runtime new "No space left on device" || return
	same "$(ctl forget one)" one forgotten || return
	"fill_$1"
	# what is written by itself is refused here, too
	same "$(ctl prune)" $'three\ntwo' pruned || return
	same "$(stopped)" web "what is left" || return
	rm -f "$DISK"/filler "$DISK"/inode*
	works
}

@test "a full disk: the old record stays, prune and forget work" {
	on_disk tmpfs full bytes
	on_disk ext4 full bytes
}

@test "no inodes: the old record stays, prune and forget work" {
	on_disk tmpfs full inodes
	on_disk ext4 full inodes
}

sweeps()
{
	"fill_$1"
	sleep 0.1
	state web 0 stopped >"$WORK/state"
	INPUT=$WORK/state soft 0 hook poststop --retention 50ms || return
	grep -qF "No space left on device" "$WORK/stderr" || return
	same "$(stopped)" web "what is left" || return
	rm -f "$DISK"/filler "$DISK"/inode*
	works
}

@test "a full disk, or no inodes: a poststop that cannot write its own record makes room" {
	on_disk tmpfs sweeps bytes
	on_disk tmpfs sweeps inodes
	on_disk ext4 sweeps bytes
	on_disk ext4 sweeps inodes
}

# ---- read-only, immutable ----

read_only()
{
	local why="Read-only file system"

	mount -o remount,ro "$DISK"
	refused poststart web "$why" || return
	refused create-runtime new "$why" || return
	state web 0 stopped >"$WORK/state"
	INPUT=$WORK/state soft 0 hook poststop --retention 1ms || return
	# what is removed has to be said, and so has what is not
	not_removed "$why" prune || return
	not_removed "$why" forget one || return
	same "$(stopped)" "one three two web" "what is there" || return
	mount -o remount,rw "$DISK"
	works || return
	same "$(ctl prune)" $'one\nthree\ntwo' pruned
}

# not_removed WHY COMMAND...: lifecycle-ctl says why, names none as removed, and leaves what was there.
not_removed()
{
	local why=$1 status=0

	shift
	contents >"$WORK/before"
	ctl "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	same "$status" 1 "exit status of $*" || return
	[ ! -s "$WORK/out" ] || fail "named as removed: $(cat "$WORK/out")" || return
	[ -s "$WORK/err" ] || fail "nothing was said by $*" || return
	! grep -vF "$why" "$WORK/err" || return
	contents | diff "$WORK/before" - || fail "something was changed by $*"
}

@test "a disk that became read-only: all stays as it is, and who was to remove says why" {
	on_disk tmpfs read_only
	on_disk ext4 read_only
}

can_be_immutable()
{
	need chattr
	touch "$WORK/immutable"
	chattr +i "$WORK/immutable" 2>/dev/null || skip "no file can be made immutable here"
	chattr -i "$WORK/immutable"
}

# Prune and forget go on with the others.
immutable_record()
{
	local why="Operation not permitted"

	chattr +i "$ROOT/web/lifecycle.json" "$ROOT/one/lifecycle.json"
	refused poststart web "$why" || return
	not_removed "$why" forget one || return
	same "$(ctl prune 2>"$WORK/err")" $'three\ntwo' pruned || return
	grep -qF "'one': 'lifecycle.json' cannot be removed: $why" "$WORK/err" || fail "$(cat "$WORK/err")" || return
	chattr -i "$ROOT/web/lifecycle.json" "$ROOT/one/lifecycle.json"
	same "$(ctl prune)" one pruned || return
	works
}

# A poststop's sweep passes by what it cannot remove, and says nothing: prune does.
immutable_record_swept()
{
	local before

	chattr +i "$ROOT/one/lifecycle.json"
	before=$(cksum "$ROOT/one/lifecycle.json")
	sleep 0.1
	end_living
	state web 0 stopped | quiet_hook poststop --retention 50ms || return
	same "$(cksum "$ROOT/one/lifecycle.json")" "$before" "the record that stays" || return
	same "$(stopped)" "one web" "what is left" || return
	chattr -i "$ROOT/one/lifecycle.json"
	works
}

immutable_directory()
{
	local why="Operation not permitted"

	chattr +i "$ROOT/web" "$ROOT/one"
	refused poststart web "$why" || return
	not_removed "$why" forget one || return
	same "$(ctl prune 2>"$WORK/err")" $'three\ntwo' pruned || return
	grep -qF "'one': " "$WORK/err" || fail "$(cat "$WORK/err")" || return
	chattr -i "$ROOT/web" "$ROOT/one"
	same "$(ctl prune)" one pruned || return
	works
}

# What is in it can be changed, but no name in it: who removes says that a directory stays.
immutable_store()
{
	local why="Operation not permitted"

	chattr +i "$ROOT"
	refused create-runtime new "$why" || return
	state web "$(living)" running | quiet_hook poststart || return
	! ctl prune >"$WORK/out" 2>"$WORK/err" || fail "prune ended with 0" || return
	[ ! -s "$WORK/out" ] || fail "named as removed: $(cat "$WORK/out")" || return
	same "$(grep -cF "its directory cannot be removed: $why" "$WORK/err")" 3 "lines of prune" || return
	chattr -i "$ROOT"
	same "$(ctl prune)" $'one\nthree\ntwo' pruned || return
	works
}

@test "an immutable record, directory or store: it stays, and all else goes on" {
	can_be_immutable
	on_disk ext4 immutable_record
	on_disk ext4 immutable_record_swept
	on_disk ext4 immutable_directory
	on_disk ext4 immutable_store
}

# ---- a flush that fails ----

can_inject()
{
	need strace
	strace -o /dev/null -e inject=fsync:error=EIO true || skip 'strace may not trace'
}

# failing_sync PATH COMMAND...: each fsync of what is at PATH fails.
failing_sync()
{
	strace -f -qqo "$WORK/trace" -P "$1" -e trace=fsync -e inject=fsync:error=EIO "${@:2}"
}

# syncless STATUS PATH HOOK ARGUMENT...
syncless()
{
	INPUT=$WORK/state soft "$1" failing_sync "$2" "$HOOKS_DIR/lifecycle-$3" --root "$ROOT" "${@:4}" || return
	grep -q INJECTED "$WORK/trace" || fail "no fsync of $2" || return
	grep -qF "cannot be synced: Input/output error" "$WORK/stderr"
}

@test "a record that cannot be synced is not put in the place of the old one" {
	can_inject
	store_with web one
	cksum <"$ROOT/web/lifecycle.json" >"$WORK/before"
	state web >"$WORK/state"
	for strict in '0' '1 --strict'; do
		# shellcheck disable=SC2086 # two words
		set -- $strict
		syncless "$1" "$ROOT/web/.lifecycle.json.tmp" poststart "${@:2}"
		cksum <"$ROOT/web/lifecycle.json" | diff "$WORK/before" -
		same "$(ls -A "$ROOT/web")" lifecycle.json "files"
	done
	state new >"$WORK/state"
	syncless 0 "$ROOT/new/.lifecycle.json.tmp" create-runtime
	[ ! -e "$ROOT/new" ]
	works
}

@test "a directory that cannot be synced: the record is whole, and not said to be safe" {
	can_inject
	store_with web one
	state web "$(living)" running >"$WORK/state"
	syncless 0 "$ROOT/web" poststart
	syncless 1 "$ROOT/web" poststart --strict
	works
}

@test "a store that cannot be synced gets no new record; the next hook syncs it" {
	can_inject
	store_with web one
	state new >"$WORK/state"
	for strict in '0' '1 --strict'; do
		# shellcheck disable=SC2086
		set -- $strict
		syncless "$1" "$ROOT" create-runtime "${@:2}"
		[ ! -e "$ROOT/new" ] || fail "it is there: $(ls -A "$ROOT/new")"
	done
	works
}

@test "a store whose own name cannot be synced is not there; the next hook makes it" {
	can_inject
	ROOT=$DISK/above/store
	state new >"$WORK/state"
	syncless 0 "$DISK" create-runtime
	[ ! -e "$DISK/above" ]
	mkdir -m 0755 "$DISK/above"
	syncless 1 "$DISK/above" create-runtime --strict
	same "$(ls -A "$DISK/above")" "" "what is left"
	strace -yqqo "$WORK/trace" -e trace=fsync "$HOOKS_DIR/lifecycle-create-runtime" --strict --root "$ROOT" <"$WORK/state"
	grep -F "<$DISK/above>" "$WORK/trace"
}

@test "a directory that a killed hook made is synced by the next one" {
	can_inject
	state new >"$WORK/state"
	# killed before it syncs anything
	run ! strace -qqo "$WORK/trace" -P "$ROOT" -e trace=fsync -e inject=fsync:signal=KILL \
		"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" <"$WORK/state"
	same "$(ls -A "$ROOT/new")" "" "what the killed one left"
	strace -yqqo "$WORK/trace" -e trace=fsync,renameat,renameat2 "$HOOKS_DIR/lifecycle-create-runtime" --strict --root "$ROOT" \
		<"$WORK/state"
	# before the record is there
	same "$(sed -n "s#^fsync([0-9]*<$ROOT>.*#store#p; s#^rename.*#rename#p" "$WORK/trace" | tr '\n' ' ')" "store rename " order
	# and not again where a record is
	strace -yqqo "$WORK/trace" -e trace=fsync "$HOOKS_DIR/lifecycle-poststart" --strict --root "$ROOT" <"$WORK/state"
	run ! grep -F "<$ROOT>" "$WORK/trace"
}

@test "who removes says if that could not be synced" {
	can_inject
	store_with web one two
	end_living
	run -1 failing_sync "$ROOT" "$CTL" --root "$ROOT" forget one
	[[ $output == *"a directory cannot be synced: Input/output error" ]] || fail "$output"
	state web 0 stopped >"$WORK/state"
	syncless 0 "$ROOT" poststop --remove
	[ ! -e "$ROOT/web" ]
}

# A disk of ours, which fails to flush when it is told to.
mounted_flushing()
{
	local kind=$1

	command -v "mkfs.$kind" >/dev/null || return 1
	mkdir -p "$WORK/fuse"
	rm -f "$WORK/image"
	case $kind in
	ext4) truncate -s 16M "$WORK/image" && mkfs.ext4 -q -F "$WORK/image" ;;
	xfs) truncate -s 304M "$WORK/image" && mkfs.xfs -q -K "$WORK/image" ;;
	btrfs) truncate -s 128M "$WORK/image" && mkfs.btrfs -q -K "$WORK/image" ;;
	esac || return
	mkfifo "$WORK/fifo"
	"$PYTHON" "$TOP_SRCDIR/tests/power/disk.py" "$WORK/image" /dev/null "$WORK/fuse" <"$WORK/fifo" >"$WORK/mounted" 3>&- &
	background $!
	exec 9>"$WORK/fifo"
	rm "$WORK/fifo"
	eventually grep -q mounted "$WORK/mounted" && mount -t "$kind" -o loop "$WORK/fuse/disk" "$DISK"
}

mounted_flushing_ext4() { mounted_flushing ext4; }
mounted_flushing_xfs() { mounted_flushing xfs; }
mounted_flushing_btrfs() { mounted_flushing btrfs; }

# Whatever the file system makes of it: in its own time it refuses to be written, some also to be read.
no_flush()
{
	local old

	old=$(record web '[.hooks[].point] | join(" ")')
	echo "fail flush" >"$WORK/fuse/mark"
	state web "$(living)" running >"$WORK/state"
	INPUT=$WORK/state soft 0 hook poststart || return
	INPUT=$WORK/state soft 1 hook poststart --strict || return
	state new >"$WORK/state"
	INPUT=$WORK/state soft 0 hook create-runtime || return
	! ctl forget one 2>"$WORK/err" || fail "forget ended with 0" || return
	one_line "$WORK/err" || return
	echo "fail" >"$WORK/fuse/mark"
	umount "$DISK" || return
	mount -o loop "$WORK/fuse/disk" "$DISK" || return
	case $(record web '[.hooks[].point] | join(" ")') in
	"$old" | "$old poststart" | "$old poststart poststart") ;;
	*) fail "the record is $(record web)" || return ;;
	esac
	works || return
	ctl prune >"$WORK/out" || return
	same "$(stopped)" "new web" "what is left"
}

@test "a disk that fails to flush: no hook says that it is safe, and the old record is there, or the new one" {
	on_disk flushing_ext4 no_flush
	on_disk flushing_xfs no_flush
	on_disk flushing_btrfs no_flush
}
