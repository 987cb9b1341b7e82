#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What every executable has in common: --help, --version, and 2 for wrong usage.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

HOOK_OPTIONS=(--root --timeout --strict --name-annotation --annotation --argv0 --help --version)
POSTSTOP_OPTIONS=(--exit-dir --retention --remove)

# every_program FUNCTION: with each one's path, in turn; what is printed shows only after a failure.
every_program()
{
	local name

	for name in "${HOOK_NAMES[@]}"; do
		echo "with lifecycle-$name"
		"$1" "$HOOKS_DIR/lifecycle-$name"
	done
	echo "with lifecycle-query"
	"$1" "$QUERY"
}

# usage_error PROGRAM ARG...: 2, nothing on stdout, who speaks on stderr, and the store untouched.
usage_error()
{
	local status=0

	"$@" </dev/null >"$WORK/stdout" 2>"$WORK/stderr" || status=$?
	same "$status" 2 "exit status of $*"
	same "$(cat "$WORK/stdout")" "" "stdout of $*"
	grep -q "^$(basename "$1"): " "$WORK/stderr" || fail "who speaks? $(cat "$WORK/stderr")"
	[ ! -e "$ROOT" ] || fail "$* made a store"
}

@test "--help of every executable goes to stdout, reads nothing, and ends with 0" {
	helps()
	{
		# a stdin that never ends
		timeout 5 "$1" --help < <(sleep 6 3>&-) >"$WORK/help" 2>"$WORK/stderr" || fail "status $?"
		same "$(cat "$WORK/stderr")" "" stderr
		grep -qi "^usage: $(basename "$1") " "$WORK/help" || fail "$(cat "$WORK/help")"
	}
	every_program helps
}

@test "--help of each hook names each option, and poststop's own at poststop alone" {
	for name in "${HOOK_NAMES[@]}"; do
		"$HOOKS_DIR/lifecycle-$name" --help >"$WORK/help"
		for option in "${HOOK_OPTIONS[@]}"; do
			grep -q -- "$option" "$WORK/help" || fail "lifecycle-$name --help has no $option"
		done
		for option in "${POSTSTOP_OPTIONS[@]}"; do
			if [ "$name" = poststop ]; then
				grep -q -- "$option" "$WORK/help" || fail "no $option"
			else
				! grep -q -- "$option" "$WORK/help" || fail "lifecycle-$name --help has $option"
				usage_error "$HOOKS_DIR/lifecycle-$name" --root "$ROOT" "$option=/x"
			fi
		done
	done
}

@test "--version of every executable is one line, the same version" {
	tells_version()
	{
		"$1" --version >"$WORK/version" 2>&1 || fail "status $?"
		same "$(wc -l <"$WORK/version")" 1 lines
		grep -Eq "^$(basename "$1") " "$WORK/version" || fail "$(cat "$WORK/version")"
		grep -Eo '[0-9]+\.[0-9]+\.[0-9]+.*' "$WORK/version" >>"$WORK/versions"
	}
	every_program tells_version
	same "$(sort -u "$WORK/versions" | wc -l)" 1 "different versions"
}

@test "--help into a full disk does not end with 0" {
	fails_on_full()
	{
		! "$1" --help >/dev/full 2>/dev/null || fail "status 0"
	}
	[ -c /dev/full ] || skip "no /dev/full here"
	every_program fails_on_full
}

@test "an unknown option is wrong usage everywhere" {
	knows_not()
	{
		usage_error "$1" --no-such-option
		usage_error "$1" -Z
		usage_error "$1" --root
	}
	every_program knows_not
}

@test "wrong usage of a hook is 2, also where a command is to be run, which is not" {
	local hook=$HOOKS_DIR/lifecycle-create-runtime
	local ran=$WORK/ran

	usage_error "$hook" --root "$ROOT" operand
	usage_error "$hook" --root relative
	usage_error "$hook" --root ''
	usage_error "$hook" --root "$ROOT" --strict=yes
	usage_error "$hook" --root "$ROOT" --
	usage_error "$hook" --root "$ROOT" -- relative/command
	usage_error "$hook" --root "$ROOT" -- ''
	usage_error "$hook" --root "$ROOT" --argv0 name
	usage_error "$hook" --root "$ROOT" /bin/touch "$ran"
	usage_error "$hook" --root "$ROOT" --no-such-option -- /bin/touch "$ran"
	for timeout in '' 0 -1 x 1x 1e9 nan inf 99999999999999999999 ' 1'; do
		usage_error "$hook" --root "$ROOT" --timeout "$timeout" -- /bin/touch "$ran"
	done
	[ ! -e "$ran" ]
}

# written COMMAND...: "$WORK/written" is there once all that is written to COMMAND has been read
written()
{
	rm -f "$WORK/written"
	{ head -c 1000000 /dev/zero && touch "$WORK/written"; } | "$@" >"$WORK/stdout" 2>"$WORK/stderr"
}

refused_while_written()
{
	! "$HOOKS_DIR/lifecycle-create-runtime" --no-such-option <"$WORK/stdin" 2>"$WORK/stderr"
}

@test "wrong usage of a hook: what the runtime writes is read, and one that writes for ever is not waited for" {
	! written "$HOOKS_DIR/lifecycle-create-runtime" --no-such-option || fail "taken"
	[ -e "$WORK/written" ] || fail "the runtime wrote to nobody"
	mkfifo "$WORK/stdin"
	exec 5<>"$WORK/stdin"
	within 2900 refused_while_written
}

@test "control: what reads nothing ends the writer" {
	written "$HOOKS_DIR/lifecycle-create-runtime" --version || :
	[ ! -e "$WORK/written" ]
}

@test "control: what is right usage" {
	local hook=$HOOKS_DIR/lifecycle-create-runtime

	for options in '--timeout 1' '--timeout=0.5' '--timeout 3600' '--strict' '--name-annotation k' \
		'--annotation a --annotation b' '-- /bin/true' '--argv0 x -- /bin/true --no-such-option'; do
		# shellcheck disable=SC2086 # a list
		state c | "$hook" --root "$ROOT" $options || fail "status $? with $options"
	done
}

@test "the name is the first well-known annotation's, or the one asked for; of others only Kubernetes' names are kept" {
	local annotations='"own":"theirs","nerdctl/name":"web","secret":"s","io.kubernetes.container.name":"k"'

	printf '{"id":"c","pid":%s,"annotations":{%s}}' "$(living)" "$annotations" >"$WORK/state"
	hook create-runtime <"$WORK/state"
	same "$(record c '"\(.name) \(.annotations)"')" \
		'web {"io.kubernetes.container.name":"k"}' "name and annotations"
	hook poststart --name-annotation own --annotation own --annotation not-there <"$WORK/state"
	same "$(record c '"\(.name) \(.annotations)"')" \
		'theirs {"io.kubernetes.container.name":"k","own":"theirs"}' "name and annotations"
	! grep -q secret "$ROOT/c/lifecycle.json" || fail "a secret is in the record"
}

@test "lifecycle-query: wrong usage is 2" {
	usage_error "$QUERY"
	usage_error "$QUERY" no-such-command
	usage_error "$QUERY" --root "$ROOT" inspect
	usage_error "$QUERY" --root "$ROOT" --state-dir "$WORK" list
}

@test "lifecycle-query: no such container is 3, an ambiguous one 4 with its candidates" {
	local status=0
	state web-1 | hook create-runtime
	state web-2 | hook create-runtime
	same "$("$QUERY" --root "$ROOT" inspect web-1 | jq -r '.[0].id')" web-1 "exact ID"
	"$QUERY" --root "$ROOT" inspect db 2>"$WORK/stderr" || status=$?
	same "$status" 3 "exit status"
	status=0
	"$QUERY" --root "$ROOT" inspect web 2>"$WORK/stderr" || status=$?
	same "$status" 4 "exit status"
	grep -q web-1 "$WORK/stderr" && grep -q web-2 "$WORK/stderr"
}
