#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the manual pages say of numbers is what the programs do. Each number is read from its page: neither can change alone.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
	HOOKS_PAGE=$TOP_SRCDIR/hooks/lifecycle-hooks.8.scd
}

teardown()
{
	common_teardown
}

# said PAGE PATTERN: what stands in the one place of a page where \(...\) of the pattern is; line ends count as spaces.
said()
{
	local all

	all=$(tr -s '\n\t' '  ' <"$1" | grep -o -- "$2" | sed "s|^.*$2.*\$|\\1|") || :
	[ -n "$all" ] && [ "$(wc -l <<<"$all")" = 1 ] || fail "'$2' in $(basename "$1"): $all" || return
	echo "$all"
}

# option OPTION PATTERN: the same, of what lifecycle-hooks(8) says of an option.
option()
{
	sed -n "/^\*$1\*/,/^\$/p" "$HOOKS_PAGE" >"$WORK/option"
	said "$WORK/option" "$2"
}

help_says()
{
	"$HOOKS_DIR/lifecycle-$1" --help | grep -q -- "^ *--$2 .*$3" || fail "--help: $("$HOOKS_DIR/lifecycle-$1" --help)"
}

hold_lock()
{
	flock "$ROOT/$1" sh -c "cat /proc/\$\$/stat >>'$WORK/background'; touch '$WORK/locked'; exec sleep 600" 3>&- &
	eventually test -e "$WORK/locked"
}

# waits SECONDS COMMAND...: neither less nor more.
waits()
{
	local seconds=$1

	shift
	within "$((seconds * 1000 + 500))" "$@"
	[ "$ELAPSED_MS" -ge $((seconds * 1000 - 50)) ] || fail "waited $ELAPSED_MS ms, not $seconds s"
}

@test "control: a page that says nothing, or two things, is told" {
	printf 'Default: 2.\nOther: 3.\n' >"$WORK/page"
	same "$(said "$WORK/page" 'Default: \([0-9]*\)')" 2 "what it says"
	! said "$WORK/page" 'Default: \([a-z][a-z]*\)' || fail "a word was found"
	printf 'Default: 3.\n' >>"$WORK/page"
	! said "$WORK/page" 'Default: \([0-9]*\)' || fail "one of two was found"
}

@test "a hook's --timeout" {
	local seconds

	seconds=$(option --timeout 'Default: \([0-9]*\)\.')
	help_says poststart timeout "(default: $seconds)"
	state c | quiet_hook create-runtime
	state c >"$WORK/state"
	hold_lock c
	INPUT=$WORK/state waits "$seconds" soft 0 hook poststart
}

@test "lifecycle-ctl's time for a lock" {
	local seconds

	seconds=$(said "$TOP_SRCDIR/tools/lifecycle-ctl.8.scd" 'not free after \([0-9]*\) seconds')
	state c | quiet_hook create-runtime
	hold_lock c
	forgets()
	{
		! ctl forget --force c 2>"$WORK/stderr" || fail "it was forgotten"
	}
	waits "$seconds" forgets
	grep -q "locked" "$WORK/stderr"
}

@test "lifecycle-runtime's time for the record" {
	local seconds

	seconds=$(said "$TOP_SRCDIR/tools/lifecycle-runtime.8.scd" 'cannot be written within \([0-9]*\) seconds')
	mkdir -p "$WORK/bundle"
	echo '{}' >"$WORK/bundle/config.json"
	state c | quiet_hook create-runtime
	hold_lock c
	starts()
	{
		"$TOP_BUILDDIR/tools/lifecycle-runtime" --lifecycle-runtime /bin/true --lifecycle-root "$ROOT" \
			--lifecycle-hooks "$HOOKS_DIR" start c 2>"$WORK/stderr" </dev/null
	}
	waits "$seconds" starts
	one_line "$WORK/stderr"
}

# stopped_for SECONDS ID
stopped_for()
{
	state "$2" | quiet_hook create-runtime
	end_living
	state "$2" null stopped | quiet_hook poststop --retention 0
	jq -c --arg time "$(date -u -d "-$1 seconds" +%FT%T.%NZ)" '.created_at = $time | .started_at = $time | .finished_at = $time
		| .hooks |= map(.time = $time)' "$ROOT/$2/lifecycle.json" >"$WORK/old.json"
	cat "$WORK/old.json" >"$ROOT/$2/lifecycle.json"
}

@test "a poststop's --retention" {
	local text seconds

	text=$(option --retention 'Default: \([0-9]*h\)\.')
	help_says poststop retention "(default: $text)"
	seconds=$((${text%h} * 3600))
	stopped_for $((seconds - 60)) young
	stopped_for $((seconds + 60)) old
	touch -d '2 minutes ago' "$ROOT/.swept"
	state sweeper null stopped | quiet_hook poststop
	same "$(ls "$ROOT")" $'sweeper\nyoung' "what is kept"
}

declare -gA NUMBER=([six]=6 [seven]=7 [eight]=8 [nine]=9 [ten]=10 [twelve]=12 [sixteen]=16)

# keys COUNT OPTION: $KEYS, the option so often, each with a key of its own.
keys()
{
	local at

	KEYS=()
	for ((at = 0; at < $1; at++)); do
		KEYS+=("$2" "key$at")
	done
}

@test "how often --annotation and --name-annotation may be given" {
	local option word most status

	for option in --annotation --name-annotation; do
		word=$(option "$option" 'may be given up to \([a-z]*\) times')
		most=${NUMBER[$word]}
		jq -cn --argjson most "$most" --argjson pid "$(living)" '{ociVersion: "1.0.2", id: "c", status: "creating", pid: $pid,
			bundle: "/b", annotations: ([range($most) | {key: "key\(.)", value: "value"}] | from_entries)}' >"$WORK/state"
		keys "$most" "$option"
		quiet_hook create-runtime "${KEYS[@]}" <"$WORK/state"
		[ "$option" != --annotation ] || same "$(record c '.annotations | length')" "$most" "annotations kept"
		keys $((most + 1)) "$option"
		status=0
		hook create-runtime "${KEYS[@]}" <"$WORK/state" 2>"$WORK/stderr" || status=$?
		same "$status" 2 "exit status"
		grep -q "more than $word annotations" "$WORK/stderr"
	done
}

@test "modes, whatever the umask" {
	local page=$TOP_SRCDIR/libstate/lifecycle.json.5.scd directories files mask

	directories=$(said "$page" 'Directories have mode 0\([0-7]*\),')
	files=$(said "$page" 'Directories have mode [0-7]*, files 0\([0-7]*\)\.')
	for mask in 0777 0000 0022 0277; do
		rm -rf "$ROOT"
		state lost >"$WORK/lost"
		(umask "$mask" && quiet_hook create-runtime <"$WORK/lost")
		end_living
		(umask "$mask" && state sweeper null stopped | quiet_hook poststop)
		touch -d '2 minutes ago' "$ROOT/.swept"
		(umask "$mask" && state sweeper null stopped | quiet_hook poststop)
		[ -e "$ROOT/lost/.seen-stopped" ]
		same "$(find "$ROOT" -type d ! -perm "$directories")" "" "directories of another mode than $directories, umask $mask"
		same "$(find "$ROOT" -type f ! -perm "$files")" "" "files of another mode than $files, umask $mask"
	done
}
