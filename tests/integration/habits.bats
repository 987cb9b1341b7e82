#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What people type by habit, who come from docker, podman, kubectl and git: it works, or says what does.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
	export OCI_LIFECYCLE_ROOT=$ROOT
}

teardown()
{
	common_teardown
}

# says_of_usage WORDS COMMAND...: it is wrong usage, and these words are a line of what it says.
says_of_usage()
{
	local status=0 words=$1

	shift
	"$@" >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	same "$status" 2 "exit status of $*" || return
	same "$(cat "$WORK/stdout")" "" "stdout of $*" || return
	grep -qxF -- "$words" "$WORK/stderr" || fail "'$words' is not a line of: $(cat "$WORK/stderr")"
}

# ---- help and version

@test "help and version are commands, too" {
	local program command

	for program in "$QUERY" "$CTL"; do
		same "$("$program" help)" "$("$program" --help)" help
		same "$("$program" version)" "$("$program" --version)" version
		for command in $(commands_of "$program"); do
			same "$("$program" help "$command")" "$("$program" "$command" --help)" "help $command"
		done
		says_of_usage "did you mean 'help'?" "$program" halp
		says_of_usage "try '$(basename "$program") help --help'" "$program" help a b
	done
	same "$(query help ps)" "$(query list --help)" "help of an alias"
	says_of_usage "did you mean 'list'?" "$QUERY" help lsit
}

# too_wide COMMAND...: the lines that it prints which an 80 column terminal cannot show.
too_wide()
{
	"$@" </dev/null | awk 'length > 80'
}

@test "no help is wider than 80 columns" {
	local program command count=0

	for program in "$QUERY" "$CTL"; do
		same "$(too_wide "$program" --help)" "" "of $program"
		for command in $(commands_of "$program"); do
			same "$(too_wide "$program" "$command" --help)" "" "of $program $command"
			count=$((count + 1))
		done
	done
	[ "$count" -ge 20 ] || fail "only $count commands"
	for program in "$WATCH" "$TOP_BUILDDIR/tools/lifecycle-runtime" "${HOOK_NAMES[@]/#/$HOOKS_DIR/lifecycle-}"; do
		same "$(too_wide "$program" --help)" "" "of $program"
		[ "$("$program" --help | wc -l)" -ge 5 ] || fail "$program has no help"
	done
}

@test "a line of 81 columns is found too wide (a negative control)" {
	[ -n "$(too_wide printf '%81s\n' x)" ]
	[ -z "$(too_wide printf '%80s\n' x)" ]
}

# ---- did you mean

@test "a command that is misspelt, or not typed to its end, is guessed" {
	local word

	for word in isnpect inspct insp inspects; do
		says_of_usage "did you mean 'inspect'?" "$QUERY" "$word"
	done
	says_of_usage "did you mean 'events'?" "$QUERY" event
	says_of_usage "did you mean 'timeline'?" "$QUERY" time-line
	says_of_usage "did you mean 'start'?" "$CTL" strat
	says_of_usage "did you mean 'remove'?" "$CTL" remov
	says_of_usage "did you mean 'prune'?" "$CTL" prun
	says_of_usage "did you mean 'run'?" "$CTL" urn
	says_of_usage "try 'lifecycle-query --help'" "$QUERY" isnpect
}

@test "of a word that is like no command, nothing is guessed" {
	local word

	for word in frob x '' qq 'no such command' "$(printf 'l%.0s' {1..500})" $'\033[31m'; do
		says_of_usage "try 'lifecycle-query --help'" "$QUERY" "$word"
		! grep -q 'did you mean' "$WORK/stderr" || fail "of '$word': $(cat "$WORK/stderr")"
		! grep -q $'\033' "$WORK/stderr" || fail "an escape"
	done
}

@test "a command of the other program is named with that program" {
	local command

	for command in $(commands_of "$CTL") rm; do
		[[ $command != help && $command != version && $command != cleanup ]] || continue
		says_of_usage "lifecycle-ctl has it: 'lifecycle-ctl $command'" "$QUERY" "$command"
	done
	for command in $(commands_of "$QUERY") ps ls; do
		[[ $command != help && $command != version ]] || continue
		says_of_usage "lifecycle-query has it: 'lifecycle-query $command'" "$CTL" "$command"
	done
}

@test "an option that is misspelt is guessed; one before its command is told so" {
	says_of_usage "did you mean '--format'?" "$QUERY" list --fromat json
	says_of_usage "did you mean '--filter'?" "$QUERY" list --filer=status=running
	says_of_usage "did you mean '--no-trunc'?" "$QUERY" ps --notrunc
	says_of_usage "did you mean '--root'?" "$QUERY" --rot /x list
	says_of_usage "did you mean '--timeout'?" "$QUERY" wait --tiemout 3 web
	says_of_usage "did you mean '--older-than'?" "$CTL" prune --olderthan 3d
	says_of_usage "'--format' stands after the command that has it, such as 'list'" "$QUERY" --format json list
	says_of_usage "'--dry-run' stands after the command that has it, such as 'prune'" "$CTL" --dry-run prune
	says_of_usage "try 'lifecycle-query list --help'" "$QUERY" list --frob
	run ! grep -q 'did you mean' "$WORK/stderr"
	says_of_usage "try 'lifecycle-query list --help'" "$QUERY" list --no
	run ! grep -q 'did you mean' "$WORK/stderr"
	says_of_usage "try 'lifecycle-query list --help'" "$QUERY" list --sort
	run ! grep -q 'did you mean' "$WORK/stderr"
}

# ---- list and inspect

@test "ps -a, -l, -n; -o FORMAT and --json are --format, the last one counts" {
	sample_store
	same "$(query ps -a -q)" "$(query list -q)" "ps -a -q"
	same "$(query ls -aq)" "$(query list -q)" "ls -aq"
	same "$(query ps -lq)" web "ps -lq"
	same "$(query ps -n 2 -q)" "$(printf '%s\n' web bad)" "ps -n 2 -q"
	same "$(query ps -n1 -q)" web "ps -n1 -q"
	for format in '-o json' -ojson '--output=json' --json '-o jsonl --json'; do
		# shellcheck disable=SC2086 # words
		same "$(query ps $format)" "$(query list --format json)" "ps $format"
	done
	same "$(query ps --json -o jsonl)" "$(query list --format jsonl)" "the last one"
	same "$(query ps -o '{{.ID}}' -f status=running)" web "a template after -o"
	for format in '-o json' --json; do
		# shellcheck disable=SC2086
		same "$(query inspect $format web)" "$(query inspect web)" "inspect $format"
	done
	same "$(query inspect web --compat docker -o '{{.Id}}')" web "inspect -o TEMPLATE"
	fails 2 "'yaml' is no format: it is table, json, jsonl" ps -o yaml
	fails 2 "'wide' is no format" ps -o wide
	fails 2 "exclude each other" ps -q --json
}

# ---- times

@test "--since takes a Unix time, as docker prints it, with a fraction or without" {
	sample_store
	local seconds

	seconds=$(date -d "$(record bad .created_at)" +%s.%N)
	same "$(query ps -q -f "since=$seconds")" "$(printf '%s\n' bad web)" "since its creation"
	same "$(query ps -q -f "until=$seconds")" 0123456789ab "until its creation"
	same "$(query events --since "$(($(date +%s) + 100))")" "" "since what will be"
	same "$(query events --since 1000000000 | jq -c 'del(.cursor)')" "$(query events | jq -c 'del(.cursor)')" "since 2001"
	fails 2 "'1795311412000' is no time" events --since 1795311412000
}

# ---- wait

@test "wait --condition, with docker's and podman's words" {
	local word

	exited job web 3
	for word in stopped exited not-running; do
		same "$(query wait --condition=$word job)" 3 "wait --condition=$word"
		same "$(query wait --for $word job)" 3 "wait --for $word"
	done
	running web front
	query wait --condition running web
	for word in paused removing next-exit unhealthy configured stopped,running ''; do
		fails 2 "'$word' cannot be waited for: created, running, stopped (or exited, not-running), removed and healthy can" \
			wait --condition "$word" web
	done
}

@test "wait --condition removed: until the record is gone, with the exit code" {
	exited job web 3
	running web front
	query wait --condition removed job >"$WORK/code" 3>&- &
	background $!
	eventually grep -q poll "/proc/$!/wchan" "/proc/$!/stack" || sleep 0.5
	kill -0 $! || fail "it does not wait: $(cat "$WORK/code")"
	"$CTL" --root "$ROOT" forget job >"$WORK/forgotten"
	wait $! || fail "status $?"
	same "$(cat "$WORK/code")" 3 "exit code"
	fails 124 "timed out" wait --condition removed --timeout 100ms web
	fails 3 "" wait --condition removed job
}

# ---- who reads goes

@test "events --follow dies without a word when its reader goes, and so does what only prints" {
	local command

	running web front
	for command in 'events --follow' 'events' 'list --json'; do
		# shellcheck disable=SC2086 # words
		timeout 10 env --default-signal=PIPE "$QUERY" --root "$ROOT" $command 2>"$WORK/stderr" 3>&- | head -n 1 >"$WORK/first"
		[[ $command != *--follow || ${PIPESTATUS[0]} == 141 ]] || fail "status of $command: ${PIPESTATUS[0]}"
		same "$(wc -l <"$WORK/first")" 1 "lines of $command"
		same "$(cat "$WORK/stderr")" "" "on stderr of $command"
	done
}

# ---- prune

# pruned STATUS TYPED ARG...: what a person sees; the command's exit status is that.
pruned()
{
	local expected=$1 typed=$2 status=0

	shift 2
	TYPED=$typed on_terminal 100 "$CTL" --root "$ROOT" prune "$@" || status=$?
	same "$status" "$expected" "exit status of prune $*"
}

@test "prune asks a person, who may say no, and nobody else" {
	sample_store
	pruned 1 $'n\n' >"$WORK/said"
	grep -qF 'This removes 2 stopped containers, and how they ended. Go on? [y/N]' "$WORK/said" || fail "$(cat "$WORK/said")"
	grep -qF 'nothing is removed' "$WORK/said"
	same "$(query ps -q | wc -l)" 3 "after no"
	pruned 1 $'\n' >"$WORK/said"
	same "$(query ps -q | wc -l)" 3 "after nothing"
	pruned 1 $'\004' >"$WORK/said"
	same "$(query ps -q | wc -l)" 3 "after the end of the input"
	pruned 0 $'y\n' >"$WORK/said"
	grep -qx bad "$WORK/said" || fail "$(cat "$WORK/said")"
	same "$(query ps -q)" web "after yes"
	same "$(pruned 0 $'y\n' | grep -c 'Go on')" 0 "questions if there is nothing to do"
}

@test "prune does not ask with -f, -n, nor without a terminal" {
	sample_store
	same "$(pruned 0 '' -n)" "$(printf '%s\n' "$LONG_ID" bad)" "prune -n"
	same "$(pruned 0 '' -f --older-than 1h)" "" "prune -f --older-than"
	same "$(pruned 0 '' --force)" "$(printf '%s\n' "$LONG_ID" bad)" "prune --force"
	failed bad broken
	same "$(ctl prune </dev/null)" "$(printf '%s\n' bad web)" "without a terminal"
}

# ---- colours and columns

@test "--color: always, never, auto; before the command or after it" {
	failed bad broken
	colours() {
		grep -c $'\033\\[31m' || :
	}
	same "$(query --color always ps | colours)" 1 "always, in a pipe"
	same "$(query ps --color=always | NO_COLOR=1 colours)" 1 "always, though NO_COLOR"
	same "$(query ps --color auto | colours)" 0 "auto, in a pipe"
	same "$(on_terminal 80 "$QUERY" --root "$ROOT" ps --color auto | colours)" 1 "auto, on a terminal"
	same "$(on_terminal 80 "$QUERY" --root "$ROOT" ps --color never | colours)" 0 "never, on a terminal"
	fails 2 "'yes' is no time for colours" ps --color yes
	same "$(query timeline --color always bad | colours)" 1 "a picture, always, in a pipe"
	same "$(query timeline bad | colours)" 0 "a picture, in a pipe"
	same "$(on_terminal 80 "$QUERY" --root "$ROOT" timeline --color never bad | colours)" 0 "a picture, never, on a terminal"
	fails 2 "'yes' is no time for colours" timeline --color yes bad
}

# ---- events

@test "events --until, --filter, --format" {
	sample_store
	same "$(query events --until "$(record bad .created_at)" | jq -r .id | sort -u)" "$LONG_ID" "until another was created"
	same "$(query events --until 1h)" "" "until an hour ago"
	same "$(query events --until 2100-01-01 | wc -l)" "$(query events | wc -l)" "until later"
	same "$(query events --filter event=stopped | jq -r .event | sort -u)" stopped "event=stopped"
	same "$(query events -o '{{.Event}}' --filter event=die --filter event=create | sort | uniq -c | tr -s ' \n' ' ')" " 3 created 2 stopped " "docker's words"
	same "$(query events --filter id=b --filter event=error --format '{{.ID}} {{.Attributes.Point}} {{.Attributes.Message}}')" \
		"bad createRuntime the hook exited with 7" "a template"
	same "$(query events --filter container=web --filter point=poststart --filter event=hook --format '{{.Attributes.Status}}')" running "point"
	same "$(query events --filter exit_code=3 --format '{{.Event}}')" stopped "exit_code"
	same "$(query events --filter reason=create_failed --format '{{.ID}}' | sort -u)" bad "reason"
	same "$(query events --filter event=removed)" "" "nothing"
	same "$(query events --json | jq -c 'del(.cursor)')" "$(query events | jq -c 'del(.cursor)')" "--json"
	fails 2 "'oom' is no event: it is one of created hook" events --filter event=oom
	fails 2 "is no filter of events: one is KEY=VALUE with a KEY of event, id" events --filter label=x
	fails 2 "is no filter of events" events --filter event
	fails 2 "unknown key 'Action' in the template: known are Time, ID" events --format '{{.Action}}'
	fails 2 "is no format of events" events --format table
	fails 2 "is no time" events --until soon
}

@test "events --follow --until ends then, with what came before" {
	local follower

	running web front
	"$QUERY" --root "$ROOT" events --follow --until "$(($(date +%s) + 3))" --filter event=stopped \
		--format '{{.ID}} {{.Event}}' >"$WORK/events" 3>&- &
	follower=$!
	background "$follower"
	eventually watches "$follower"
	end_living
	eventually gone_or_zombie "$follower"
	wait "$follower" || fail "status $?"
	same "$(cat "$WORK/events")" "web stopped" "what was told"
}
