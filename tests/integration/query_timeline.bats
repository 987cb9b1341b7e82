#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query timeline. The records are those of real hooks; for a picture that is always the same, their
# times are then put where a case wants them.

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

# at MS: a time, so many milliseconds after the beginning; a jq function for rewrite.
AT='def at(ms): (1795310000 + (ms / 1000 | floor) | strftime("%Y-%m-%dT%H:%M:%S"))
	+ "." + ((ms * 1000000 % 1000000000 | tostring) | ("000000000" + .)[-9:]) + "Z";'

# A life under crun: two wrapped hooks, the start seen, three days of running.
whole_life()
{
	named_state web front | hook create-runtime -- /bin/true
	named_state web front | hook create-runtime -- /bin/echo a >/dev/null
	named_state web front | quiet_hook create-container
	named_state web front "" running | quiet_hook poststart
	end_living
	mkdir "$WORK/exits"
	echo 0 >"$WORK/exits/web"
	named_state web front 0 stopped | hook poststop --exit-dir "$WORK/exits" -- /bin/true
	rewrite web "$AT"' .created_at = at(0) | .started_at = at(60) | .finished_at = at(259200060)
		| .hooks[0] += {time: at(0), duration_ns: 12500000}
		| .hooks[1] += {time: at(15), duration_ns: 30000000}
		| .hooks[2].time = at(50) | .hooks[3].time = at(60)
		| .hooks[4] += {time: at(259200062), duration_ns: 5000000}'
}

@test "a whole life: the days between are cut out of the scale" {
	whole_life
	query timeline web | golden timeline.whole
}

@test "a failed create: the hook, what it said last, where it happened" {
	named_state bad broken | hook create-runtime -- /bin/sh -c \
		'echo first >&2; echo no such network >&2; exit 7' 2>/dev/null || :
	end_living
	named_state bad broken 0 stopped | quiet_hook poststop
	rewrite bad "$AT"' .created_at = at(0) | .started_at = at(0) | .finished_at = at(41)
		| .hooks[0] += {time: at(0), duration_ns: 17000000} | .errors[0].time = at(17)
		| .hooks[1].time = at(41)'
	query timeline broken | golden timeline.failed
}

@test "a program whose start nobody saw, as under runc" {
	state new | quiet_hook create-runtime
	state new "" created | quiet_hook poststart
	end_living
	state new 0 stopped | quiet_hook poststop
	rewrite new "$AT"' .created_at = at(0) | .started_at = at(0) | .finished_at = at(500) | del(.reason)
		| .started_at_source = "createRuntime" | .status = "stopped"
		| .hooks[0].time = at(0) | .hooks[1].time = at(30) | .hooks[2].time = at(500)'
	query timeline new | golden timeline.unseen
}

@test "a hook that never came back" {
	state new >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	background $!
	eventually test -s "$ROOT/new/lifecycle.json"
	kill -KILL $!
	end_living
	rewrite new "$AT"' .created_at = at(0) | .started_at = at(0) | .hooks[0].time = at(0)'
	query timeline new | golden timeline.begun
}

@test "a hook that was killed took so long, or longer: until the next thing that is known" {
	state new >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	background $!
	eventually test -s "$ROOT/new/lifecycle.json"
	kill -KILL $!
	end_living
	state new 0 stopped | quiet_hook poststop
	rewrite new "$AT"' .created_at = at(0) | .started_at = at(0) | .finished_at = at(950) | .hooks[0].time = at(0)
		| .hooks[1].time = at(950) | .errors[0].time = at(950)'
	query timeline new | golden timeline.killed
}

@test "a hook that is at work now is not back yet" {
	state new >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	background $!
	eventually test -s "$ROOT/new/lifecycle.json"
	query timeline new >"$WORK/picture"
	grep -qE '^ +not back yet, [0-9.]+ m?s$' "$WORK/picture" || fail "$(cat "$WORK/picture")"
	! grep -q 'did not come back' "$WORK/picture" || fail "$(cat "$WORK/picture")"
}

@test "three hooks of one path: which is which" {
	state web | hook create-runtime -- /bin/true
	state web | hook create-runtime -- /bin/true
	state web | hook create-runtime -- /bin/true
	rewrite web '.hooks[0] += {argv: ["cdi-hook", "chmod", "--mode", "7 5"], index: 0}
		| .hooks[1] += {argv: ["cdi-hook", "update-ldcache"], index: 1}
		| .hooks[2] += {argv: ["cdi-hook", "it'"'"'s"], index: 2}'
	query timeline web | sed -n 's/^ *\(cdi-hook.*\)/\1/p' >"$WORK/words"
	same "$(cat "$WORK/words")" "$(printf '%s\n' "cdi-hook chmod --mode '7 5' (hook 0)" 'cdi-hook update-ldcache (hook 1)' \
		"cdi-hook 'it'\\''s' (hook 2)")" "as a shell would take them"
	same "$(query events | jq -c 'select(.event == "hook_ended").attributes | [.argv[1], .index]' | tr '\n' ' ')" \
		'["chmod",0] ["update-ldcache",1] ["it'"'"'s",2] ' events
}

@test "each generation has its own scale" {
	running web front
	end_living
	running web front
	end_living
	rewrite web "$AT"' .previous[0] |= (.created_at = at(0) | .started_at = at(10))
		| .created_at = at(5000) | .started_at = at(5100) | .hooks[0].time = at(5000)
		| .hooks[1].time = at(5100)'
	query timeline web | golden timeline.generations
}

@test "an earlier generation whose start nobody saw: its creation is not said to have taken no time" {
	state new | quiet_hook create-runtime
	state new "" created | quiet_hook poststart
	end_living
	state new 0 stopped | quiet_hook poststop
	running new web
	rewrite new "$AT"' .previous[0] |= (.created_at = at(0) | .started_at = at(0) | .finished_at = at(500)
		| .started_at_source = "createRuntime" | del(.reason))'
	query timeline new | sed '/^generation 2/,$d' | golden timeline.earlier
}

@test "while it runs, the picture goes on to now" {
	running web front
	query timeline web >"$WORK/picture"
	grep -q '^running .*> [0-9.]* ' "$WORK/picture"
	grep -q '^generation 1: running$' "$WORK/picture"
}

@test "80 columns of ASCII in a pipe; the terminal's width and Unicode on a terminal" {
	whole_life
	query timeline web >"$WORK/pipe"
	! LC_ALL=C grep -q '[^ -~]' "$WORK/pipe" || fail "not ASCII"
	[ "$(wc -L <"$WORK/pipe")" -le 80 ] || fail "too wide"
	NO_COLOR=1 on_terminal 120 "$QUERY" --root "$ROOT" timeline web >"$WORK/wide"
	golden timeline.unicode <"$WORK/wide"
	NO_COLOR=1 LC_ALL=C on_terminal 60 "$QUERY" --root "$ROOT" timeline web >"$WORK/narrow"
	! LC_ALL=C grep -q '[^ -~]' "$WORK/narrow" || fail "not ASCII in the C locale"
	[ "$(grep -v TIME "$WORK/narrow" | wc -L)" -le 60 ] || fail "too wide for 60"
}

@test "errors are red on a terminal, without NO_COLOR" {
	failed bad broken
	on_terminal 80 "$QUERY" --root "$ROOT" timeline bad >"$WORK/colours"
	grep -q $'^\033\\[31merror' "$WORK/colours"
	! NO_COLOR=1 on_terminal 80 "$QUERY" --root "$ROOT" timeline bad | grep -q $'\033' || fail "colours"
}

@test "control bytes of a name, a command and stderr are escaped" {
	named_state evil $'n\033[31m' | hook create-runtime -- /bin/sh -c 'printf "x\\033[2Jy\\n" >&2; exit 1' 2>/dev/null || :
	end_living
	query timeline evil >"$WORK/picture"
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f]' "$WORK/picture" || fail "$(cat -A "$WORK/picture")"
	grep -qF 'x\x1b[2Jy' "$WORK/picture"
}

@test "nerdctl's record has no phases, and is told all the same" {
	mkdir -p "$WORK/nerdctl/0123abcd"
	printf '%s' '{"started_at":"2026-11-22T01:36:52.5Z","create_error":false}' >"$WORK/nerdctl/0123abcd/lifecycle.json"
	"$QUERY" --state-dir "$WORK/nerdctl/0123abcd" timeline | golden timeline.nerdctl
	sed -i 's/false/true/' "$WORK/nerdctl/0123abcd/lifecycle.json"
	"$QUERY" --state-dir "$WORK/nerdctl/0123abcd" timeline | grep -q '^generation -: -, create failed' || fail "nothing of the error"
}
