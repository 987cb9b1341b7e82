#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A record that was read and found bad is set aside; one that could not be read or written stays as it is.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
	mkdir -m 0700 "$ROOT" "$ROOT/c"
	FILE=$ROOT/c/lifecycle.json
}

teardown()
{
	made_mutable
	common_teardown
}

# Each kind of bad record; `is` says whether a file is that.
KINDS=(empty garbage cut-short not-an-object wrong-type higher-version too-large deep nul not-utf-8
	directory full-directory fifo socket device link dangling-link two-links)

put()
{
	case $2 in
	empty) : >"$1" ;;
	garbage) echo "no such record" >"$1" ;;
	cut-short) printf '{"version":1,"id":"c","crea' >"$1" ;;
	not-an-object) echo '["version", 1]' >"$1" ;;
	wrong-type) echo '{"version":1,"id":"c","create_error":"no","hooks":{}}' >"$1" ;;
	higher-version) echo '{"version":2,"id":"c","create_error":false}' >"$1" ;;
	too-large) head -c 2097152 /dev/zero | tr '\0' ' ' >"$1" ;;
	deep) "$PYTHON" -c 'print("[" * 100000)' >"$1" ;;
	nul) printf '{"version":1,"id":"c\0","create_error":false}' >"$1" ;;
	not-utf-8) printf '{"version":1,"id":"c","name":"\377","create_error":false}' >"$1" ;;
	directory) mkdir "$1" ;;
	full-directory) mkdir "$1" && echo theirs >"$1/file" ;;
	fifo) mkfifo "$1" ;;
	socket) "$PYTHON" -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1" ;;
	device) mknod "$1" c 1 5 ;;
	link) echo '{"version":1,"id":"c","create_error":false}' >"$WORK/target" && ln -s "$WORK/target" "$1" ;;
	dangling-link) ln -s "$WORK/not-there" "$1" ;;
	two-links) echo '{"version":1,"id":"c","create_error":false}' >"$WORK/other" && ln "$WORK/other" "$1" ;;
	esac
	[ -L "$1" ] || chmod 0600 "$1"
}

# What a file is and holds.
portrait()
{
	stat -c '%F %s %t:%T' "$1"
	[ ! -L "$1" ] || readlink "$1"
	[ ! -f "$1" ] || cksum <"$1"
	[ ! -d "$1" ] || ls -A "$1"
}

needs_root_for()
{
	[ "$1" != device ] || [ "$(id -u)" = 0 ]
}

is_recovered()
{
	same "$(record c '"\(.recovered) \(.id) \(.generation) \(.status)"')" "true c 1 creating" "the fresh record" || return
	same "$(portrait "$FILE.corrupt")" "$1" "what was set aside"
}

@test "each kind of bad record is set aside, and a fresh one says recovered" {
	local was
	for kind in "${KINDS[@]}"; do
		needs_root_for "$kind" || continue
		rm -rf "$ROOT/c" "$WORK/other"
		mkdir -m 0700 "$ROOT/c"
		put "$FILE" "$kind"
		was=$(portrait "$FILE")
		quiet_hook create-runtime < <(state c) || fail "with $kind"
		is_recovered "$was" || fail "with $kind"
	done
}

@test "every invalid record of tests/data/records is set aside" {
	for file in "$DATA"/records/invalid/*.json; do
		cp "$file" "$FILE"
		chmod 0600 "$FILE"
		quiet_hook create-runtime < <(state c) || fail "with ${file##*/}"
		same "$(record c '"\(.recovered) \(.generation)"')" "true 1" "${file##*/}"
		cmp "$file" "$FILE.corrupt"
	done
}

@test "a status that is of no generation makes no living container look stopped, nor be removed" {
	local start
	start=$(sed 's/.*) //' "/proc/$(living)/stat" | cut -d ' ' -f 20)
	printf '{"version":1,"id":"c","status":"stopped","pid":%s,"pid_start_ticks":%s,"boot_id":"%s","create_error":false,%s}\n' \
		"$(living)" "$start" "$(cat /proc/sys/kernel/random/boot_id)" '"finished_at":"2020-01-01T00:00:00Z"' >"$FILE"
	chmod 0600 "$FILE"
	# readers say that it is bad, and never that it is stopped
	"$QUERY" --root "$ROOT" list >"$WORK/out" 2>"$WORK/err" || :
	! grep -q stopped "$WORK/out" || fail "$(cat "$WORK/out")"
	run -1 "$QUERY" --root "$ROOT" verify
	grep -F "there is a status, but no generation" <<<"$output"
	# nobody removes it
	"$CTL" --root "$ROOT" prune --older-than 0 || :
	state other | hook create-runtime
	state other 0 stopped | hook poststop --retention 1s
	[ -e "$FILE" ] || fail "it was removed"
	# the next hook puts it right
	state c "$(living)" running | quiet_hook poststart
	same "$(record c '"\(.recovered) \(.generation) \(.pid)"')" "true 1 $(living)" "the fresh record"
	"$QUERY" --root "$ROOT" list --filter status=running --quiet | grep -x c
}

@test "what a link led to is untouched, a device is not read" {
	put "$FILE" link
	snapshot "$WORK/target" >"$WORK/before"
	state c | quiet_hook create-runtime
	snapshot "$WORK/target" | diff "$WORK/before" -
	rm -r "$ROOT/c"
	mkdir -m 0700 "$ROOT/c"
	put "$FILE" dangling-link
	state c | quiet_hook create-runtime
	[ ! -e "$WORK/not-there" ]
}

@test "another user's record is set aside" {
	need_root
	echo '{"version":1,"id":"c","create_error":true}' >"$FILE"
	chown 65534 "$FILE"
	state c | quiet_hook create-runtime
	same "$(record c '"\(.recovered) \(.create_error)"')" "true false" "the fresh record"
}

@test "control: a good record is not set aside" {
	state c | quiet_hook create-runtime
	state c | quiet_hook poststart
	same "$(record c .recovered)" "" recovered
	same "$(ls -A "$ROOT/c")" lifecycle.json files
}

@test "the last bad record is kept, whatever the one before it was" {
	local was
	for first in garbage directory fifo; do
		for second in garbage directory link; do
			rm -rf "$ROOT/c"
			mkdir -m 0700 "$ROOT/c"
			put "$FILE.corrupt" "$first"
			put "$FILE" "$second"
			was=$(portrait "$FILE")
			quiet_hook create-runtime < <(state c) || fail "with $second after $first"
			is_recovered "$was" || fail "with $second after $first"
		done
	done
}

# obstructed PLACE KIND: what is in the way of a bad record that is to go to PLACE.
obstructed()
{
	rm -rf "$ROOT/c" "$WORK/other" "$WORK/target"
	mkdir -m 0700 "$ROOT/c"
	if [ "$2" = immutable ]; then
		echo theirs >"$1"
		chattr +i "$1" 2>/dev/null || skip "no file can be made immutable here"
		echo "$1" >>"$WORK/immutable"
	else
		put "$1" "$2"
	fi
}

# made_mutable: what could not be removed before.
made_mutable()
{
	[ ! -s "$WORK/immutable" ] || xargs chattr -i <"$WORK/immutable"
	rm -f "$WORK/immutable"
}

OBSTACLES=(full-directory directory fifo socket link dangling-link two-links)

@test "whatever is in the way of a bad record, the hook records, and follows and removes nothing of others'" {
	local was after
	for obstacle in "${OBSTACLES[@]}"; do
		for bad in garbage directory full-directory fifo link; do
			obstructed "$FILE.corrupt" "$obstacle"
			put "$FILE" "$bad"
			was=$(portrait "$FILE")
			quiet_hook create-runtime < <(state c) || fail "with $bad, in its way $obstacle"
			after=$FILE.corrupt
			[ "$obstacle" != full-directory ] || after=$FILE.corrupt.1
			same "$(portrait "$after")" "$was" "what was set aside of $bad, in its way $obstacle"
			same "$(record c '"\(.recovered) \(.status)"')" "true creating" "the record"
			[ "$obstacle" != full-directory ] || same "$(cat "$FILE.corrupt/file")" theirs "their file"
			[ ! -e "$WORK/not-there" ]
		done
	done
	rm -r "$ROOT/c"
}

@test "a file that cannot be removed in the way of a bad record: the hook records" {
	need_root
	need chattr
	obstructed "$FILE.corrupt" immutable
	put "$FILE" garbage
	quiet_hook create-runtime < <(state c)
	same "$(cat "$FILE.corrupt") $(cat "$FILE.corrupt.1")" "theirs no such record" "what is aside"
	end_living
	state c 0 stopped | quiet_hook poststop
	same "$(record c '"\(.recovered) \(.status)"')" "true stopped" record
	made_mutable
}

@test "a directory with files in the way of the temporary file is set aside, and its files stay" {
	mkdir "$ROOT/c/.lifecycle.json.tmp"
	echo theirs >"$ROOT/c/.lifecycle.json.tmp/file"
	quiet_hook create-runtime < <(state c)
	same "$(record c .status)" creating status
	same "$(cat "$FILE.corrupt/file")" theirs "their file"
	same "$(ls -A "$ROOT/c")" $'lifecycle.json\nlifecycle.json.corrupt' files
}

@test "control: with both places taken nothing can be set aside; that is said, and harms no container" {
	put "$FILE.corrupt" full-directory
	put "$FILE.corrupt.1" full-directory
	put "$FILE" garbage
	state c >"$WORK/state"
	INPUT=$WORK/state soft 0 hook create-runtime
	same "$(cat "$FILE.corrupt/file" "$FILE.corrupt.1/file" "$FILE")" $'theirs\ntheirs\nno such record' "what was there"
	rm -r "$ROOT/c"
}

@test "a container's directory goes with what was set aside, and stays if that is somebody's" {
	put "$FILE.corrupt" full-directory
	put "$FILE" garbage
	quiet_hook create-runtime < <(state c)
	! "$TOP_BUILDDIR/tools/lifecycle-ctl" --root "$ROOT" forget --force c 2>"$WORK/said" || fail "their directory was removed"
	grep -q "'lifecycle.json.corrupt' cannot be removed" "$WORK/said"
	same "$(ls -A "$ROOT/c")" lifecycle.json.corrupt "what stays"
	rm -r "$FILE.corrupt"
	put "$FILE.corrupt.1" garbage
	put "$FILE" garbage
	"$TOP_BUILDDIR/tools/lifecycle-ctl" --root "$ROOT" forget --force c
	[ ! -e "$ROOT/c" ]
}

@test "a record that is spoilt while a command runs: the command and its end are in the fresh one" {
	local end
	for end in 0 3; do
		state c | hook prestart --strict -- /bin/sh -c "echo garbage >'$FILE'; exit $end" || [ $? = "$end" ]
		same "$(jq -r '[.recovered, .id, (.hooks | length), .hooks[0].duration_ns > 0, (.errors[0].exit_code // 0)] | join(" ")' \
			"$FILE")" "true c 1 true $end" "the record"
		same "$(jq -r .create_error "$FILE")" "$([ "$end" = 0 ] && echo false || echo true)" create_error
		rm "$FILE"
	done
}

@test "recovered stays in the record" {
	put "$FILE" garbage
	state c | quiet_hook create-runtime
	state c "$(living)" running | quiet_hook poststart
	end_living
	state c 0 stopped | quiet_hook poststop
	same "$(record c '"\(.recovered) \(.status)"')" "true stopped" record
}

@test "a leftover of a write that was cut short is no hindrance, nor is what somebody put in its place" {
	local temporary
	temporary=$(strace -e trace=renameat,renameat2,rename "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" \
		< <(state c) 2>&1 | sed -n 's/.*rename[^"]*"\([^"]*\)".*/\1/p')
	same "$(ls -A "$ROOT/c")" lifecycle.json files
	for kind in garbage directory fifo link dangling-link two-links; do
		rm -f "$WORK/other"
		put "$ROOT/c/$temporary" "$kind"
		[ "$kind" != two-links ] || snapshot "$WORK/other" >"$WORK/before"
		quiet_hook poststart < <(state c) || fail "with $kind"
		same "$(ls -A "$ROOT/c")" lifecycle.json "files after $kind"
	done
	[ ! -e "$WORK/not-there" ]
	same "$(cat "$WORK/target")" '{"version":1,"id":"c","create_error":false}' "what the link led to"
	same "$(cat "$WORK/other")" '{"version":1,"id":"c","create_error":false}' "the other name of it"
}

# failing PATH INJECTION: a system call on a path, as it is named in the call or as the file it is open as, fails.
failing()
{
	state c >"$WORK/state"
	INPUT=$WORK/state soft 0 strace -f -o "$WORK/trace" -P "$1" -e "inject=$2" \
		"$HOOKS_DIR/lifecycle-poststart" --root "$ROOT"
	grep -q INJECTED "$WORK/trace" || fail "nothing was injected: $2"
}

@test "a record that cannot be read is left as it is" {
	need strace
	state c | quiet_hook create-runtime
	snapshot "$ROOT" >"$WORK/before"
	for error in EIO EACCES EMFILE ENFILE ENOMEM ESTALE; do
		failing lifecycle.json "openat:error=$error"
		snapshot "$ROOT" | diff "$WORK/before" - || fail "after $error"
	done
	# fstat() is the one system call or the other, as the C library has it
	for calls in read newfstatat,fstat; do
		failing "$FILE" "$calls:error=EIO"
		snapshot "$ROOT" | diff "$WORK/before" - || fail "after EIO of $calls"
	done
}

@test "a record that cannot be written stays the old one, and nothing is left behind" {
	need strace
	state c | quiet_hook create-runtime
	cksum <"$FILE" >"$WORK/before"
	for injection in write:error=ENOSPC write:error=EIO fsync:error=EIO fchmod:error=EPERM close:error=EIO; do
		failing "$ROOT/c/.lifecycle.json.tmp" "$injection"
		cksum <"$FILE" | diff "$WORK/before" - || fail "after $injection"
		same "$(ls -A "$ROOT/c")" lifecycle.json "files after $injection"
	done
	failing lifecycle.json renameat:error=EIO
	cksum <"$FILE" | diff "$WORK/before" -
	same "$(ls -A "$ROOT/c")" lifecycle.json files
}

@test "runc starts a container whatever its record was, and the record says recovered" {
	OCI_RUNTIME=runc
	local ID was
	need_runtime
	new_bundle b clock
	add_ours createRuntime poststart poststop
	for kind in garbage directory fifo link too-large higher-version; do
		ID=$PREFIX-$kind
		mkdir -m 0700 "$ROOT/$ID"
		put "$ROOT/$ID/lifecycle.json" "$kind"
		was=$(portrait "$ROOT/$ID/lifecycle.json")
		runtime run --bundle "$BUNDLE" "$ID" </dev/null >"$WORK/container.out" 2>"$WORK/container.err" 3>&- ||
			fail "with $kind: $(cat "$WORK/container.err")"
		same "$(wc -l <"$WORK/container.out")" 2 "lines of the program"
		same "$(portrait "$ROOT/$ID/lifecycle.json.corrupt")" "$was" "what was set aside"
		same "$(record "$ID" '"\(.recovered) \(.status) \(.generation) \(.hooks | length)"')" "true stopped 1 3" "$kind"
	done
}
