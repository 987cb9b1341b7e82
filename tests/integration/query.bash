# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For the bats files of lifecycle-query and lifecycle-ctl: records made by the real hooks, and golden output.
# Golden output is in tests/data/query, with what differs from run to run masked; GOLDEN=write writes it anew.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

CTL=$(realpath -m "${CTL:-$TOP_BUILDDIR/tools/lifecycle-ctl}")
WATCH=$(realpath -m "${WATCH:-$TOP_BUILDDIR/tools/lifecycle-watch}")
export LC_ALL=C.UTF-8
LONG_ID=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

query()
{
	"$QUERY" --root "$ROOT" "$@"
}

ctl()
{
	"$CTL" --root "$ROOT" "$@"
}

# named_state ID NAME [PID [STATUS]]: as state(), with a name as nerdctl gives it, and an annotation.
named_state()
{
	state "$1" "${3:-}" "${4:-}" | jq -c --arg name "$2" \
		'.annotations = {"nerdctl/name": $name, "team": "blue"}'
}

# running ID NAME: a container that runs.
running()
{
	named_state "$1" "$2" | quiet_hook create-runtime --annotation team
	named_state "$1" "$2" "" running | quiet_hook poststart
}

# exited ID NAME CODE: one that ran, and ended so, as conmon's exit file says.
exited()
{
	running "$1" "$2"
	end_living
	mkdir -p "$WORK/exits"
	echo "$3" >"$WORK/exits/$1"
	named_state "$1" "$2" 0 stopped | quiet_hook poststop --exit-dir "$WORK/exits"
}

# failed ID NAME: one whose create hook failed.
failed()
{
	named_state "$1" "$2" | hook create-runtime -- /bin/sh -c 'echo no such network >&2; exit 7' 2>/dev/null || :
	end_living
	named_state "$1" "$2" 0 stopped | quiet_hook poststop
	# known where nobody reaps
	rewrite "$1" 'del(.exit_code, .exit_signal)'
}

# The store that most cases look at: one of each.
sample_store()
{
	exited "$LONG_ID" job 3
	failed bad broken
	running web front
}

# Times, UUIDs and pids are the run's own; what is asked to be masked besides is a sed script.
mask()
{
	sed -E -e 's/2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z/TIME/g' \
		-e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/g' \
		-e 's/("(pid|Pid|pid_start_ticks|pid_ns|duration_ns)": ?)[1-9][0-9]*/\1NUMBER/g' \
		-e 's/("init_exe": ?)"[0-9:]+"/\1"DEV:INO"/g' \
		-e "s#$WORK#WORK#g" -e "${1:-}"
}

# golden NAME [SED-SCRIPT]: its standard input, masked, is the golden output of that name.
golden()
{
	local expected=$DATA/query/$1 said=$WORK/said.$1

	mask "${2:-}" >"$said"
	if [ "${GOLDEN:-}" = write ]; then
		mkdir -p "$DATA/query"
		cp "$said" "$expected"
	fi
	diff -u "$expected" "$said" >&2 || fail "not the golden output: $expected"
}

# fails STATUS WORDS ARG...: of lifecycle-query; what it says on stderr contains the words.
fails()
{
	local status=0 expected=$1 words=$2

	shift 2
	query "$@" >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	same "$status" "$expected" "exit status of $*"
	[ -z "$words" ] || grep -qF -- "$words" "$WORK/stderr" || fail "'$words' is not in: $(cat "$WORK/stderr")"
}

# on_terminal COLUMNS COMMAND...: its output as a terminal gets it, without carriage returns, and its exit status.
on_terminal()
{
	"$PYTHON" "$here/on_terminal.py" "$@"
}

is_locked()
{
	! flock -n "$1" true
}

# rewrite ID FILTER: a record by jq, as nobody but a test does.
rewrite()
{
	jq -c "$2" "$ROOT/$1/lifecycle.json" >"$WORK/rewritten"
	cat "$WORK/rewritten" >"$ROOT/$1/lifecycle.json"
}

# A process that this shell reaps at once, as a container's parent does, and that ends with a status when told.
mortal()
{
	mkfifo "$WORK/end"
	sh -c 'read -r code <"$1"; exit "$code"' sh "$WORK/end" 3>&- &
	echo $! >"$WORK/living"
	background $!
}

die()
{
	echo "$1" >"$WORK/end"
	wait "$(living)" || :
}

# A process with the name of a runtime's init, which becomes its program when $WORK/start is written to.
waits_for_start()
{
	mkfifo "$WORK/start"
	(exec -a crun "$PYTHON" -c '
import os, sys
open("/proc/self/comm", "w").write("crun")
open(sys.argv[1]).read()
os.execv("/bin/sleep", ["sleep", "600"])' "$WORK/start" 3>&-) &
	echo $! >"$WORK/living"
	background $!
	eventually grep -qx crun "/proc/$(living)/comm"
}

# commands_of TOOL: as its help lists them.
commands_of()
{
	"$1" --help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}
