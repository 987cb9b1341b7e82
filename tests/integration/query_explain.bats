#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query explain: what it says of what really happened, under a real runtime where that is what tells. All the
# texts are in tests/data/explain.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"
load engines
load podman

setup()
{
	common_setup
	OCI_RUNTIME=runc
	ID=$PREFIX-$BATS_TEST_NUMBER
}

teardown()
{
	teardown_podman
}

# says REF LINE...: explain says each of these lines.
says()
{
	local line

	query explain "$1" >"$WORK/said"
	shift
	for line in "$@"; do
		grep -qxF -- "$line" "$WORK/said" || fail "not said: $line" "$(cat "$WORK/said")" || return
	done
}

@test "a hook that fails, and what it said last" {
	failed bad broken
	says broken "bad  broken" \
		"Its creation failed: its program never ran." \
		"The createRuntime hook /bin/sh -c 'echo no such network >&2; exit 7' failed with exit code 7." \
		"Its last words were: no such network" \
		"- each failure in whole: lifecycle-query --root $ROOT inspect --format '{{json .Errors}}' bad"
	same "$(eval "$(sed -n 's/^- each failure in whole: lifecycle-query/"$QUERY"/p' "$WORK/said")" | jq -r '.[0].exit_code')" \
		7 "what it gives to paste"
}

@test "one container's directory: what is there to paste looks there, too" {
	failed bad broken
	"$QUERY" --state-dir "$ROOT/bad" explain >"$WORK/said"
	same "$(eval "$(sed -n 's/^- each failure in whole: lifecycle-query/"$QUERY"/p' "$WORK/said")" | jq -r '.[0].exit_code')" \
		7 "what it gives to paste"
}

@test "a hook that does not come back" {
	state web >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	background $!
	eventually test -s "$ROOT/web/lifecycle.json"
	says web "It is being created: its process is $(living), and a hook is not back yet." \
		"- the hook's process: pgrep -af /bin/sleep"
	grep -qE '^The createRuntime hook /bin/sleep 600 was called .* ago; it is not back, as far as the record knows\.$' "$WORK/said"
	kill "$!"
	wait "$!" || :
}

@test "a life that ended with a code" {
	exited web front 3
	says front "Its exit code is 3."
	! grep -q "Its exit code:" "$WORK/said" || fail "both known and not known: $(cat "$WORK/said")"
}

@test "nobody recorded its end" {
	running web front
	end_living
	says web "It was started, and has ended."
	grep -q '^- When it ended: no poststop is in the record\.' "$WORK/said"
	grep -q '^- Its exit code: no runtime tells a hook\.' "$WORK/said"
}

@test "two of one name: the living one, and that there is another" {
	exited old front 0
	running new front
	says front "new  front" "Other containers that have its name: 1."
	says old "old  front" "Other containers that have its name: 1."
}

@test "a bad record: the way back, and exit status 1" {
	mkdir -m 0700 "$ROOT" "$ROOT/web"
	echo '{' >"$ROOT/web/lifecycle.json"
	chmod 0600 "$ROOT/web/lifecycle.json"
	fails 1 "web" explain web
	grep -qx "Its record cannot be understood." "$WORK/stdout"
	running web front
	says web "- the record that was set aside: cat $ROOT/web/lifecycle.json.corrupt"
	eval "$(sed -n 's/^- the record that was set aside: //p' "$WORK/said")" | grep -qx '{'
	query explain web >"$WORK/said"
}

@test "no such container is an error, and nothing is said" {
	fails 3 "" explain web
	[ ! -s "$WORK/stdout" ]
}

@test "nerdctl's own directory" {
	mkdir -m 0700 "$WORK/c"
	printf '{"started_at":"2026-11-22T01:36:52.553480239Z","create_error":false}' >"$WORK/c/lifecycle.json"
	"$QUERY" --state-dir "$WORK/c" explain >"$WORK/said"
	grep -q "^The record is of nerdctl's kind: it has a time of start, 2026-11-22T01:36:52.553480239Z" "$WORK/said"
}

# ---- under real runtimes ----

@test "runc: a program that does not exist never ran, and nobody guesses why" {
	need_runtime
	new_bundle b /no/such/program
	add_ours createRuntime poststart poststop
	! runtime run --bundle "$BUNDLE" "$ID" >"$WORK/out" 2>&1 </dev/null || fail "it ran"
	says "$ID" "It ended before its program began: the program never ran."
	grep -q '^- Why: no hook is told\. The program may not exist' "$WORK/said"
	same "$(eval "$(sed -n 's/^- what it was to run, while its bundle is there: //p' "$WORK/said")")" \
		'["/no/such/program"]' "what it gives to paste"
}

@test "lifecycle-runtime, runc: a program that does not exist, in the runtime's words" {
	need_runtime
	make_runtime "$WORK/lifecycle" "$(runtime_path runc)"
	new_bundle b /no/such/program
	! detached "$WORK/lifecycle" --root "$WORK/runc" --log "$WORK/log.json" --log-format json create \
		--bundle "$BUNDLE" "$ID" || fail "it was created"
	says "$ID" "Its creation failed: its program never ran."
	grep -q "^The runtime's create failed: .*/no/such/program" "$WORK/said"
}

@test "runc: created, then started, then killed by a signal" {
	need_runtime
	new_bundle b sleep 600
	add_ours createRuntime poststart poststop
	detached runtime create --bundle "$BUNDLE" "$ID"
	says "$ID" "It is created, and waits: its process $(container_pid "$ID") still is the runtime's."
	runtime start "$ID"
	says "$ID" "It runs: its process is $(container_pid "$ID")."
	grep -q "^The runtime's start was called at " "$WORK/said"
	runtime kill "$ID" KILL
	eventually gone_or_zombie "$(record "$ID" .pid)"
	says "$ID" "It was started, and has ended."
	runtime delete "$ID"
	says "$ID" "- When exactly it ended: poststop comes some time after the end."
}

@test "crun: another's hook fails, of which no hook of ours is told: no poststop comes, and no reason is made up" {
	OCI_RUNTIME=crun
	need_runtime
	new_bundle b clock
	add_ours createRuntime poststop
	add_hook createRuntime /bin/sh -c 'cat >/dev/null; exit 1'
	! runtime run --bundle "$BUNDLE" "$ID" >"$WORK/out" 2>&1 </dev/null || fail "it ran"
	query explain "$ID" >"$WORK/said"
	grep -qE '^It (has ended|ended before its program began: the program never ran)\.$' "$WORK/said"
	! grep -q "hook .* failed" "$WORK/said" || fail "a reason: $(cat "$WORK/said")"
	grep -q '^- When it ended: no poststop is in the record\.' "$WORK/said"
}

@test "podman over runc: a program that does not exist" {
	local id

	setup_podman
	podman_ create --name gone --cidfile "$WORK/cid" bb /no/such/program >/dev/null
	! podman_ start gone >"$WORK/out" 2>&1 || fail "it ran"
	id=$(cat "$WORK/cid")
	says "$id" "$id  gone" "It ended before its program began: the program never ran." \
		"- what podman knows: podman inspect --format '{{json .State}}' gone"
	grep -q '^- Why: no hook is told\. The program may not exist' "$WORK/said"
	grep -q '^- When it ended: no poststop is in the record\. crun and podman call none' "$WORK/said"
}

@test "podman over runc: a wrapped hook that fails; a life, and the command for its log" {
	local id

	setup_podman
	podman_ run --name fine --cidfile "$WORK/fine" bb echo hello >"$WORK/out"
	says fine "- what its program wrote: podman logs fine" "It was started, and has ended."
	add_hooks_d 50-other createRuntime "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- \
		/bin/sh -c 'echo no such network >&2; exit 7'
	! podman_ run --name bad --cidfile "$WORK/cid" bb clock >"$WORK/out" 2>&1 || fail "it ran"
	id=$(cat "$WORK/cid")
	says "$id" "Its creation failed: its program never ran." "Its last words were: no such network"
}
