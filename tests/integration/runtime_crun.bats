#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what the cases want to know

OCI_RUNTIME=crun
START_SOURCE=poststart

load helpers
load engines
load runtime_cases

@test "lifecycle-runtime over crun: create, start, delete" {
	case_whole_life
}

@test "lifecycle-runtime over crun: the same bundle again gets no second hooks" {
	case_same_bundle_again
}

@test "lifecycle-runtime over crun: run, with the container's exit status" {
	case_run
}

@test "lifecycle-runtime over crun: what the runtime refuses says nothing of the container that lives" {
	case_refusals
}

@test "lifecycle-runtime over crun: what was created and never started" {
	case_never_started
}

@test "lifecycle-runtime over crun: a program that does not exist, in the runtime's words" {
	case_failing_create
}

@test "lifecycle-runtime over crun: a create that fails before any hook" {
	case_failing_at_once
}

@test "lifecycle-runtime over crun: create and start are recorded without hooks" {
	case_without_hooks
}

@test "lifecycle-runtime over crun: the hooks of others, wrapped" {
	case_wrapped
}

@test "lifecycle-runtime over crun: a hook of others that prints 1 MiB to stderr" {
	case_talkative 0 # it sends it to /dev/null
}

@test "lifecycle-runtime over crun: three hooks of one path, wrapped, are told apart" {
	case_wrapped_three_times
}

@test "lifecycle-runtime over a vendor's runtime over crun: what the vendor's hook did is in the runtime's words" {
	case_vendor_behind
}

@test "a vendor's runtime over lifecycle-runtime over crun: the vendor's hook is timed, and why it failed is kept" {
	case_vendor_in_front
}

# delayed_run COMMAND...: $ENDED and $ELAPSED_MS of a run by crun, which begins to wait for a hook 0.3 s late: by then a short
# program is over. crun takes one SIGCHLD for both, and if the program's came first, the hook's is lost.
delayed_run() {
	local start=${EPOCHREALTIME/./}

	ENDED=0
	strace -f -qqq -o "$WORK/trace" -e trace=rt_sigtimedwait,flock -e inject=rt_sigtimedwait:delay_enter=300000 \
		${SLOW_HOOKS:+-e inject=flock:delay_enter=150000} "$@" run --bundle "$BUNDLE" "$ID" </dev/null \
		>"$WORK/container.out" 2>"$WORK/container.err" 3>&- || ENDED=$?
	ELAPSED_MS=$(((${EPOCHREALTIME/./} - start) / 1000))
}

short_bundle() {
	need strace
	set_runtime
	new_bundle b sh -c 'exit 7'
	cp "$BUNDLE/config.json" "$WORK/before.json"
}

@test "lifecycle-runtime over crun: run takes no longer than without hooks, and ends as the program did" {
	local _ alone=() ours=()

	short_bundle
	for _ in {1..5}; do
		cp "$WORK/before.json" "$BUNDLE/config.json"
		delayed_run "${RUNTIME_COMMAND[@]}"
		same "$ENDED" 7 "exit status without hooks"
		alone+=("$ELAPSED_MS")
		delayed_run "$WORK/lifecycle" --root "$WORK/state"
		same "$ENDED" 7 "exit status"
		ours+=("$ELAPSED_MS")
	done
	same "$(points)" "createRuntime poststart poststop" hooks
	note "took ${ours[*]} ms, without hooks ${alone[*]} ms, medians $(median "${ours[@]}"), $(median "${alone[@]}")"
	[ "$(median "${ours[@]}")" -le $(($(median "${alone[@]}") + 200)) ] || fail "too long"
	[ "$(printf '%s\n' "${ours[@]}" | sort -n | tail -1)" -lt 2000 ] || fail "one of them waited for a limit"
}

# The limit that is added afterwards shows that the hook's end was there to be lost.
@test "lifecycle-runtime over crun: run adds no limit, with which crun would lose the end of a hook" {
	local _ SLOW_HOOKS=yes lost=0

	short_bundle
	for _ in {1..5}; do
		cp "$WORK/before.json" "$BUNDLE/config.json"
		delayed_run "$WORK/lifecycle" --root "$WORK/state"
		same "$ENDED" 7 "exit status"
		[ "$ELAPSED_MS" -lt 2000 ] || fail "took $ELAPSED_MS ms"
		jq '.hooks |= map_values(map(.timeout = 2))' "$BUNDLE/config.json" >"$BUNDLE/config.new"
		mv "$BUNDLE/config.new" "$BUNDLE/config.json"
		delayed_run "$WORK/lifecycle" --root "$WORK/state"
		if [ "$ENDED" = 1 ] && [ "$ELAPSED_MS" -ge 2000 ] && grep -q "timeout expired" "$WORK/container.err"; then
			lost=$((lost + 1))
		fi
	done
	note "with a limit $lost of 5 were lost"
	[ "$lost" -gt 0 ] || fail "crun does not have the fault any more: with a limit all ended as they should"
}

# Who creates and starts apart cannot meet it: there the limit stays, for a machine on which our hooks cannot keep theirs.
@test "lifecycle-runtime over crun: create adds a limit" {
	new_bundle b clock
	create
	same "$(jq -c '[.hooks[][].timeout]' "$BUNDLE/config.json")" "[10,10,10]" limits
	echo '{}' >"$BUNDLE/config.json"
	! lifecycle run --bundle "$BUNDLE" "$ID" 2>/dev/null || fail "it ran"
	same "$(jq -c '[.hooks[][].timeout]' "$BUNDLE/config.json")" "[null,null,null]" "limits of run"
}
