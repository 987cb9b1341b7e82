# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What every bats file here starts with: where things are, how a hook is run by hand, what is asserted.
# Each case has a store of its own, $ROOT; whatever a case leaves in it is held against the schema.

bats_require_minimum_version 1.5.0

# A case sets itself what its programs are to find in the environment; what the caller happens to have is not theirs.
unset COLUMNS LINES NO_COLOR TZ OCI_LIFECYCLE_ROOT OCI_LIFECYCLE_DATA_ROOT CONTAINER_HOST CONTAINERS_CONF DOCKER_HOST \
	XDG_CONFIG_HOME XDG_DATA_HOME NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC LISTEN_PID LISTEN_FDS

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP_SRCDIR=$(cd "${TOP_SRCDIR:-$here/../..}" && pwd)
TOP_BUILDDIR=$(cd "${TOP_BUILDDIR:-$TOP_SRCDIR/build}" && pwd)
HOOKS_DIR=$(realpath -m "${HOOKS_DIR:-$TOP_BUILDDIR/hooks}")
QUERY=$(realpath -m "${QUERY:-$TOP_BUILDDIR/tools/lifecycle-query}")
# shellcheck disable=SC2034 # of the bats files
DATA=$TOP_SRCDIR/tests/data
# by its path, as a wrapped command is named
PYTHON=$(command -v "${PYTHON:-/usr/bin/python3}") || PYTHON=/usr/bin/python3
# shellcheck disable=SC2034
HOOK_NAMES=(prestart create-runtime create-container poststart poststop)

# shellcheck source=tests/integration/containers.bash
. "$here/containers.bash"

common_setup()
{
	WORK=$BATS_TEST_TMPDIR
	SHARED=$BATS_FILE_TMPDIR
	ROOT=$WORK/store
	# lifecycle-ctl's, so that no case finds this machine's
	export OCI_LIFECYCLE_DATA_ROOT=$WORK/data
	umask 022
}

# Ends what the case started, then looks at what it left.
common_teardown()
{
	local left

	touch "$WORK/background"
	while read -r left; do
		[ -n "$(start_in "$left")" ] || fail "nobody knows a process by its pid alone: $left" || return
		is_still_there "$left" || continue
		kill -KILL "${left%% *}" 2>/dev/null || :
		wait "${left%% *}" 2>/dev/null || :
	done <"$WORK/background"
	# also what nobody has named: who holds a failed case's output holds up the whole file
	for left in $(jobs -pr); do
		kill -KILL "$left" 2>/dev/null || :
	done
	remove_containers
	[ ! -d "$ROOT" ] || "$PYTHON" "$here/check_store.py" "$ROOT"
}

# For setup_file and teardown_file where runsc is: it gives /dev/null, as a container's stdin, to the container's user.
note_dev_null()
{
	stat -c %u:%g /dev/null >"$BATS_FILE_TMPDIR/null.owner"
}

return_dev_null()
{
	[ "$(id -u)" != 0 ] || chown "$(cat "$BATS_FILE_TMPDIR/null.owner")" /dev/null
}

need_root()
{
	[ "$(id -u)" = 0 ] || skip "needs root"
}

need()
{
	command -v "$1" >/dev/null || skip "needs $1"
}

# In a function that may be called as `f || ...`, where bash goes on after a failure: `|| return` after each but the last.
fail()
{
	printf '%s\n' "$@" >&2
	return 1
}

same()
{
	[ "$1" = "$2" ] || fail "${3:-value}: expected '$2', got '$1'"
}

# Times as the record writes them sort as text.
in_order()
{
	printf '%s\n' "$@" | LC_ALL=C sort -c - || fail "not in this order:" "$@"
}

# hook POINT ARGS...: one of ours, by the part of its name after `lifecycle-`.
hook()
{
	local point=$1

	shift
	"$HOOKS_DIR/lifecycle-$point" --root "$ROOT" "$@"
}

# quiet_hook POINT ARGS...: the same; nothing may be said, and nothing may go wrong.
quiet_hook()
{
	local point=$1 said

	shift
	said=$(timeout 30 "$HOOKS_DIR/lifecycle-$point" --root "$ROOT" --strict "$@" 2>&1) ||
		fail "hook $point $* failed: $? $said" || return
	same "$said" "" "output of hook $point $*"
}

# state ID [PID [STATUS]]: what a runtime writes to a hook's standard input.
state()
{
	printf '{"ociVersion":"1.0.2","id":"%s","status":"%s","pid":%s,"bundle":"/bundle/%s"}' \
		"$1" "${3:-creating}" "${2:-$(living)}" "$1"
}

# The pid of a process that lives as long as the case: a container's, as far as a hook can tell.
living()
{
	if [ ! -s "$WORK/living" ]; then
		sleep 600 3>&- >/dev/null 2>&1 &
		echo $! >"$WORK/living"
		background $!
	fi
	cat "$WORK/living"
}

end_living()
{
	kill -KILL "$(cat "$WORK/living")"
	eventually gone_or_zombie "$(cat "$WORK/living")"
	rm "$WORK/living"
}

# background PID: ended by the teardown; a file, because a variable set in $(...) is lost. It has the kernel's line of each,
# with its start: the pid of one that ended in the meantime may be another's by then, also of another file's case.
background()
{
	[[ $1 =~ ^[0-9]+$ ]] || fail "not a process' pid: '$1'" || return
	cat "/proc/$1/stat" >>"$WORK/background" 2>/dev/null || :
}

# is_still_there STAT: the process of such a line, and not a later one with its pid.
is_still_there()
{
	local now

	now=$(cat "/proc/${1%% *}/stat" 2>/dev/null) && [ "$(start_in "$now")" = "$(start_in "$1")" ]
}

# start_in STAT: its field 22.
start_in()
{
	local -a fields

	read -ra fields <<<"${1##*) }"
	echo "${fields[19]}"
}

# record ID [FILTER]: of the file; an absent key is the empty line.
record()
{
	jq -r "(${2:-.}) | if . == null then \"\" else . end" "$ROOT/$1/lifecycle.json"
}

# inspect ID [FILTER]: as lifecycle-query shows it.
inspect()
{
	"$QUERY" --root "$ROOT" inspect "$1" >"$WORK/inspect.json" || return
	jq -r ".[0] | (${2:-.}) | if . == null then \"\" else . end" "$WORK/inspect.json"
}

# All that a store is: names, kinds, modes, owners, sizes, times, contents.
snapshot()
{
	[ -e "$1" ] || return 0
	find "$1" -printf '%P %y %m %U %G %s %n %T@ %l\n' | LC_ALL=C sort
	find "$1" -type f -exec cksum {} + | LC_ALL=C sort
}

# soft STATUS COMMAND...: it ends so, and says exactly one line, on stderr. Its stdin is $INPUT.
soft()
{
	local expected=$1 status=0

	shift
	"$@" <"${INPUT:-/dev/null}" >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	same "$status" "$expected" "exit status of $*" || return
	[ ! -s "$WORK/stdout" ] || fail "on stdout of $*: $(cat -A "$WORK/stdout")" || return
	one_line "$WORK/stderr"
}

# A whole line of a program of ours, printable; without a process, for it is asked thousands of times.
one_line()
{
	local text LC_ALL=C

	IFS= read -r -d '' text <"$1" || :
	[[ $text =~ ^lifecycle-[a-z-]*:\ [^[:cntrl:]]*$'\n'$ ]] || fail "not one clear line: $(cat -A "$1")"
}

# within MS COMMAND...: the bound is one of hanging, so the best of three runs on a busy machine counts: each run has to
# find, and to open, what it reads and writes anew. Its time is left in $ELAPSED_MS.
within()
{
	local limit=$1 start try

	shift
	for try in 1 2 3; do
		start=${EPOCHREALTIME/./}
		"$@" || return
		ELAPSED_MS=$(((${EPOCHREALTIME/./} - start) / 1000))
		[ "$ELAPSED_MS" -gt "$limit" ] || return 0
	done
	fail "took $ELAPSED_MS ms for the ${try}rd time, at most $limit ms allowed: $*"
}

# least_of_three COMMAND...: the least of the numbers that it prints; what a busy machine adds is not what is measured.
least_of_three()
{
	local all

	all=$("$@" && "$@" && "$@") || return
	sort -n <<<"$all" | head -n 1
}

# eventually COMMAND...: true within 10 s.
eventually()
{
	local try

	for try in {1..500}; do
		! "$@" 2>/dev/null || return 0
		sleep 0.02
	done
	fail "still not so after try $try: $*"
}

# watches PID: it has an inotify watch, so that it misses nothing from now on.
watches()
{
	grep -qs '^inotify wd:' "/proc/$1"/fdinfo/*
}

# One letter of ps(1), or `gone`.
state_of()
{
	local state

	state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || :
	echo "${state:-gone}"
}

gone_or_zombie()
{
	case $(state_of "$1") in
	gone | Z | X) ;;
	*) return 1 ;;
	esac
}

# unreaped COMMAND...: it must succeed. The processes that it leaves stay zombies when they die, until end_unreaped.
unreaped()
{
	rm -f "$WORK/unreaped.status"
	"$PYTHON" "$here/keep_zombies.py" "$WORK/unreaped.status" "$@" </dev/null >"$WORK/unreaped.out" 2>&1 3>&- &
	UNREAPED=$!
	background "$UNREAPED"
	eventually test -s "$WORK/unreaped.status"
	same "$(cat "$WORK/unreaped.status")" 0 "exit status of $*, which said: $(cat "$WORK/unreaped.out")"
}

end_unreaped()
{
	kill -KILL "$UNREAPED"
	wait "$UNREAPED" || :
}

# paste WORDS: the block of README that comes next after these, as commands or as a file.
paste()
{
	awk -v words="$1" '
		!found { found = index($0, words); next }
		/^    / { begun = 1; print substr($0, 5); next }
		begun && NF { exit }
		begun { print }' "$TOP_SRCDIR/README.md" | grep . || fail "README has no block after '$1'"
}

# in_other_dev COMMAND...: where /dev is a directory of ours, $WORK/dev.
in_other_dev()
{
	mkdir -p "$WORK/dev"
	touch "$WORK/dev/null"
	unshare -m sh -c "mount --bind /dev/null '$WORK/dev/null' && mount --rbind '$WORK/dev' /dev &&
		{ [ ! -d /run/systemd ] || mount -t tmpfs tmpfs /run/systemd; } && exec \"\$@\"" - "$@"
}

# with_journal SOCKET COMMAND...: where journald's socket is this one.
with_journal()
{
	unshare -m sh -c 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal && touch /run/systemd/journal/socket &&
		mount --bind "$0" /run/systemd/journal/socket && exec "$@"' "$@"
}

# A figure for the reader of the test's output; nothing hangs on it.
note()
{
	echo "# $BATS_TEST_DESCRIPTION: $*" >&3
}
