#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2030,SC2031 # what containers.bash uses; ID is each case's own
#
# podman with lifecycle-runtime as its runtime (--runtime), and the hooks of others wrapped.

OCI_RUNTIME=runc

load helpers
load engines
load podman

setup() {
	setup_podman
	rm "$WORK"/hooks.d/*
	# the exec FIFO is linked within one file system, so the runtime's is that of the store
	make_runtime "$WORK/wrap" runc --lifecycle-wrap --root "$WORK/runtime-state"
}

teardown() {
	teardown_podman
}

# with_hook POINT COMMAND: another's hook, a shell's; $HOOK_TIMEOUT.
with_hook() {
	add_hooks_d 50-other "$1" /bin/sh -c "$2"
}

# podman_wrap ARG...: `run` in the runtime $OVER (ours), with the ID in $ID.
podman_wrap() {
	local status=0

	rm -f "$WORK/cid"
	podman_ --runtime "${OVER:-$WORK/wrap}" run --cidfile "$WORK/cid" "$@" >"$WORK/out" 2>&1 || status=$?
	ID=$(cat "$WORK/cid")
	return "$status"
}

# of_other FILTER: of the hooks[] that are not ours alone.
of_other() {
	record "$ID" "[.hooks[] | select(.command)] | $1"
}

@test "podman by way of lifecycle-runtime: started, seen by the runtime's own start" {
	podman_wrap --detach bb sleep 100
	same "$(record "$ID" .started_at_source)" exec_fifo started_at_source
	same "$(inspect "$ID" .observed.status)" running observed
	podman_ rm --force --time 0 "$ID" >/dev/null
	same "$(record "$ID" .reason)" exited reason
}

# podman runs the poststop of hooks.d itself, after the runtime's.
@test "podman by way of lifecycle-runtime, with our hooks.d too: no hook twice, but poststop" {
	make_hooks_d
	podman_wrap bb true
	eventually is_recorded "$ID" '[.hooks[].point] | join(" ")' "prestart createRuntime poststart poststop poststop"
	same "$(record "$ID" .generation)" 1 generation
	same "$(record "$ID" .finished_at)" "$(record "$ID" '.hooks[3].time')" "finished_at, the first one's"
}

# as_the_manual_says: podman's configuration, but for where the programs are.
as_the_manual_says() {
	sed -i '/^runtime = /d; /^\[engine.runtimes\]/,$d' "$WORK/containers.conf"
	manual_block "_.etc.containers.containers.conf_" |
		sed "1d; s|/usr/bin/lifecycle-runtime|$WORK/wrap|" >>"$WORK/containers.conf"
}

@test "podman, as the manual says: the runtime's own words for its user and in the record; and without us, too" {
	local id

	as_the_manual_says
	! podman_ run --cidfile "$WORK/cid" bb /bin/does-not-exist 2>"$WORK/stderr" || fail "it ran"
	id=$(cat "$WORK/cid")
	[[ $(cat "$WORK/stderr") == "Error: runc: runc create failed: "*'does-not-exist: no such file or directory: '* ]] ||
		fail "podman said: $(cat "$WORK/stderr")"
	[[ $(record "$id" '.errors[0].message') == "runc create failed: "*"does-not-exist: no such file or directory" ]] ||
		fail "words: $(record "$id" .errors)"
	id=$(podman_ run --detach bb sleep 100)
	same "$(record "$id" .started_at_source)" exec_fifo started_at_source
	podman_ rm --force --time 0 --all >/dev/null
	rm "$WORK/wrap"
	same "$(podman_ run --rm bb echo here)" here "output without us"
}

@test "podman: another's hook is timed" {
	with_hook createRuntime 'sleep 0.2; cat >'"$WORK/state.json"
	podman_wrap bb true
	[ "$(of_other '.[0].duration_ns')" -ge 200000000 ] || fail "not timed: $(record "$ID" .hooks)"
	same "$(jq -r .id "$WORK/state.json")" "$ID" "the state that it read"
	same "$(record "$ID" .create_error)" false create_error
}

# No more than a pipe holds: for more than that podman, conmon and runc wait for each other for ever.
@test "podman: of a failing hook's 32 KiB of stderr the record keeps the last 4 KiB" {
	with_hook createRuntime 'head -c 32768 /dev/zero | tr "\0" ! >&2; echo the end >&2; exit 7'
	podman_wrap bb true && fail "it ran"
	same "$(record "$ID" '.errors[0].exit_code')" 7 "its exit code"
	same "$(record "$ID" '.errors[0].stderr | length')" 4096 "what is kept of its stderr"
	[[ $(record "$ID" '.errors[0].stderr') == *"the end" ]]
}

@test "podman: a hook that the runtime's timeout kills has begun and never ended, and takes no longer" {
	local bare

	HOOK_TIMEOUT=1 with_hook createRuntime 'exec sleep 30'
	bare=$(least_of_three milliseconds_of_failing_run "$(command -v runc)")
	wrapped=$(least_of_three milliseconds_of_failing_run "$WORK/wrap")
	ID=$(cat "$WORK/cid")
	note "podman run took $wrapped ms with the hook wrapped, $bare ms with the hook alone"
	same "$(of_other length)" 1 "times it began"
	same "$(of_other '.[0].duration_ns')" "" "its duration"
	same "$(inspect "$ID" .observed.create_error)" true create_error
	[ "$wrapped" -le $((bare + 200)) ] || fail "the start took $((wrapped - bare)) ms longer"
}

milliseconds_of_failing_run() {
	local start=${EPOCHREALTIME/./}

	OVER=$1 podman_wrap bb true && fail "it ran"
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
}

# Its stdout would be runc's own pipe, whose end runc waits for. It ends in time for another try: conmon 2.1.12, to which
# it falls as an orphan, now and then waits for it at the container's end.
@test "podman: a daemon of another's hook that holds its stderr holds up nothing" {
	with_hook createRuntime "sleep 20 >/dev/null & cat /proc/\$!/stat >>$WORK/background"
	quickly() {
		podman_wrap bb true
	}
	within 5000 quickly
	same "$(record "$ID" .create_error)" false create_error
	[ "$(of_other '.[0].duration_ns')" -lt 2000000000 ]
}

@test "podman: a signal that ends another's hook is recorded as one" {
	# shellcheck disable=SC2016 # the hook's
	with_hook createRuntime 'kill -SEGV $$'
	podman_wrap bb true && fail "it ran"
	same "$(record "$ID" '.errors[0].signal')" 11 signal
	same "$(record "$ID" '.errors[0].exit_code')" "" exit_code
	grep -q "exit status 139" "$WORK/out" || fail "podman said: $(cat "$WORK/out")"
}

@test "podman, wrapped: the name that podman's user gave, past lifecycle-runtime" {
	podman_wrap --name "$PREFIX-web" bb true
	same "$(record "$ID" .name)" "$PREFIX-web" name
}
