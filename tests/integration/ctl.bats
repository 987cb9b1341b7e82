#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-ctl prune and forget.
# shellcheck disable=SC2030,SC2031 # ROOT is each case's own

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

left()
{
	query list -q | tr '\n' ' '
}

# ctl_fails STATUS WORDS ARG...
ctl_fails()
{
	local status=0 expected=$1 words=$2

	shift 2
	ctl "$@" >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	same "$status" "$expected" "exit status of $*"
	grep -qF -- "$words" "$WORK/stderr" || fail "'$words' is not in: $(cat "$WORK/stderr")"
}

@test "prune removes what is stopped, and prints its ID" {
	sample_store
	same "$(ctl prune)" "$(printf '%s\n' "$LONG_ID" bad)" "pruned"
	same "$(left)" "web " "left"
	same "$(ls "$ROOT")" web "directories"
	same "$(ctl prune)" "" "pruned again"
}

@test "prune --dry-run prints the same, and changes nothing" {
	sample_store
	snapshot "$ROOT" >"$WORK/before"
	same "$(ctl prune --dry-run)" "$(printf '%s\n' "$LONG_ID" bad)" "would be pruned"
	same "$(ctl prune -n --older-than 1h)" "" "would be pruned of what is older"
	snapshot "$ROOT" | cmp - "$WORK/before"
}

@test "prune --older-than: by the end; where nobody saw that, by when it was first found stopped" {
	exited old front 0
	exited new front 0
	running lost front
	end_living
	rewrite old '.created_at = "2020-01-01T00:00:00.000000000Z" | .started_at = .created_at | .finished_at = .created_at'
	same "$(ctl prune --older-than 24h)" old "pruned"
	same "$(left)" "lost new " "left"
	rewrite lost '.created_at = "2020-01-01T00:00:00.000000000Z" | .started_at = .created_at | .hooks = []'
	same "$(ctl prune --older-than 24h)" "" "pruned: found stopped just now"
	touch -d '2 days ago' "$ROOT/lost/.seen-stopped"
	same "$(ctl prune --older-than 24h)" lost "pruned when that is old"
	ctl_fails 2 "no length of time" prune --older-than soon
}

@test "prune leaves what is not ours, and says so" {
	exited web front 0
	touch "$ROOT/web/note"
	ctl_fails 1 "'web': its directory holds what is not ours" prune
	[ -e "$ROOT/web/note" ] || fail "it is gone"
	rm -r "$ROOT/web"
}

@test "prune of a store that others could write is refused" {
	exited web front 0
	chmod 777 "$ROOT"
	ctl_fails 1 "is not safe" prune
	chmod 700 "$ROOT"
	same "$(left)" "web " "left"
}

@test "prune of a store that is not there makes none" {
	same "$(ctl prune)" "" "pruned"
	[ ! -e "$ROOT" ] || fail "a store was made"
}

@test "a container whose lock is held is told, and the others are pruned" {
	exited held front 0
	exited web front 0
	flock --no-fork "$ROOT/held" sleep 600 3>&- &
	background $!
	eventually is_locked "$ROOT/held"
	ctl_fails 1 "'held'" prune
	same "$(cat "$WORK/stdout")" web "pruned"
}

@test "prune on a full disk" {
	need_root
	mkdir "$WORK/full"
	mount -t tmpfs -o size=64k,nr_inodes=20 none "$WORK/full" || skip "no tmpfs"
	ROOT=$WORK/full/store
	exited web front 0
	running live front
	fill_up
	same "$(ctl prune)" web "pruned" || { umount "$WORK/full"; return 1; }
	same "$(left)" "live " "left" || { umount "$WORK/full"; return 1; }
	umount "$WORK/full"
	ROOT=$WORK/store
}

# No byte and no inode is left.
fill_up()
{
	local i

	dd if=/dev/zero of="$WORK/full/filler" bs=1k 2>/dev/null || :
	for i in {1..30}; do
		: >"$WORK/full/inode$i" || break
	done 2>/dev/null
	[ ! -e "$WORK/full/inode30" ] || fail "the disk is not full"
}

@test "forget removes the records that are named, and prints their IDs" {
	sample_store
	same "$(ctl forget job broken)" "$(printf '%s\n' "$LONG_ID" bad)" "forgotten"
	same "$(left)" "web " "left"
}

@test "forget refuses what is not stopped, or cannot be read, but for --force" {
	sample_store
	mkdir -m 700 "$ROOT/garbage"
	echo garbage >"$ROOT/garbage/lifecycle.json"
	ctl_fails 1 "'web' is not known to be stopped: --force" forget web bad
	same "$(cat "$WORK/stdout")" bad "the other"
	ctl_fails 1 "'garbage' has no record that can be read: --force" forget garbage
	same "$(ctl forget --force web garbage)" "$(printf '%s\n' web garbage)" "forgotten by force"
	same "$(query list -q)" 0123456789ab "left"
}

@test "forget: references are resolved as everywhere" {
	state abc | quiet_hook create-runtime
	state abd | quiet_hook create-runtime
	ctl_fails 4 "abc (-, creating), abd (-, creating)" forget ab
	ctl_fails 3 "no such container" forget nothing
	ctl_fails 2 "container" forget ''
	ctl_fails 2 "forget needs REF" forget
	ctl_fails 3 "no such container" forget ../abc
	ctl_fails 3 "there is no store" --root /nowhere forget abc
}

# $ROUNDS of creation and end of few IDs, against prune and forget without end; make torture STEPS=races for many more.
@test "prune, forget, sweep and remove against the creation of the same IDs: no living record is removed" {
	local rounds=${ROUNDS:-400}

	"$PYTHON" "$here/prune_race.py" "$HOOKS_DIR" "$CTL" "$QUERY" "$ROOT" "$rounds" >"$WORK/race"
	note "$(cat "$WORK/race")"
}

@test "control: a forget that looks at nothing removes living records, and that is found" {
	! "$PYTHON" "$here/prune_race.py" "$HOOKS_DIR" "$CTL" "$QUERY" "$ROOT" 400 --force >"$WORK/race" 2>&1 || fail "not found"
	grep -E 'AssertionError: the record of a (living|running) container' "$WORK/race"
}
