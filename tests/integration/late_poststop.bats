#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Runtimes forget a container before they run its poststop hooks, so its ID can live again when ours is called.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	common_setup
	ID=$PREFIX-$BATS_TEST_NUMBER
}

teardown()
{
	touch "$WORK/go"
	common_teardown
}

# The first life ends; its first poststop is held up by somebody else's hook, before ours.
first_life()
{
	need_runtime
	new_bundle second clock 600
	add_ours createRuntime poststart poststop
	new_bundle first clock 0.1
	add_ours createRuntime poststart
	add_hook poststop /bin/sh -c "cat >/dev/null; mkdir '$WORK/held' && until [ -e '$WORK/go' ]; do sleep 0.02; done"
	add_ours poststop

	runtime run --bundle "$WORK/bundles/first" "$ID" </dev/null >"$WORK/first.out" 2>&1 3>&- &
	FIRST=$!
	eventually test -d "$WORK/held"
	first_instance=$(record "$ID" .instance)
	same "$(record "$ID" .finished_at)" "" "finished_at while poststop is held up"
}

second_life()
{
	detached runtime run --detach --bundle "$WORK/bundles/second" "$ID"
	eventually test -s "$WORK/container.out"
	eventually runs
	same "$(record "$ID" .generation)" 2 generation
	record "$ID" >"$WORK/before.json"
}

runs()
{
	[ "$(inspect "$ID" .observed.status)" = running ]
}

late_poststop_comes()
{
	touch "$WORK/go"
	wait "$FIRST"
	record "$ID" >"$WORK/after.json"
	same "$(inspect "$ID" .observed.status)" running "observed status"
	same "$(record "$ID" '.previous | length')" 1 "earlier generations"
	same "$(record "$ID" '.previous[0].instance')" "$first_instance" "earlier instance"
	same "$(record "$ID" '.previous[0].status')" stopped "earlier status"
	same "$(record "$ID" '.previous[0].finished_at_source')" poststop "earlier finished_at_source"
}

# And when the second one ends, that is its own end.
second_ends()
{
	runtime kill "$ID" KILL
	eventually gone_or_zombie "$(record "$ID" .pid)"
	runtime delete "$ID"
	same "$(record "$ID" '"\(.generation) \(.status)"')" "2 stopped" "second life"
	same "$(record "$ID" '.previous | length')" 1 "earlier generations"
	in_order "$(record "$ID" '.previous[0].finished_at')" "$(record "$ID" .finished_at)"
}

@test "runc: a late poststop completes the earlier generation, the living one is untouched" {
	OCI_RUNTIME=runc
	first_life
	second_life
	same "$(record "$ID" '.previous[0].finished_at')" "" "finished_at of the earlier generation"
	late_poststop_comes
	same "$(jq -S 'del(.previous)' "$WORK/after.json")" "$(jq -S 'del(.previous)' "$WORK/before.json")" \
		"all but previous"
	in_order "$(sed -n 2p "$WORK/first.out")" "$(sed -n 1p "$WORK/container.out")" \
		"$(record "$ID" '.previous[0].finished_at')"
	second_ends
}

# crun remembers a container until its poststop hooks are through, so the ID is free only after another delete; and
# then forgets whichever container has that ID by then, so the second life is no container of its own.
@test "crun: a poststop that comes a second time, late, changes nothing" {
	OCI_RUNTIME=crun
	first_life
	runtime delete --force "$ID"
	same "$(record "$ID" .status)" stopped "status after the first poststop of ours"
	state "$ID" | hook create-runtime
	state "$ID" "$(living)" running | hook poststart
	same "$(record "$ID" .generation)" 2 generation
	record "$ID" >"$WORK/before.json"
	late_poststop_comes
	same "$(cat "$WORK/after.json")" "$(cat "$WORK/before.json")" record
	same "$(record "$ID" '.previous[0].reason')" exited "earlier reason"
}

@test "the same, by hand, with every pid that runtimes give: none, 0, -1" {
	for pid in null 0 -1; do
		local id=c${pid/-/m}
		state "$id" | hook create-runtime
		end_living
		state "$id" | hook create-runtime
		state "$id" "$(living)" running | hook poststart
		same "$(record "$id" .generation)" 2 generation
		state "$id" "$pid" stopped | grep -v nothing | sed 's/"pid":null,//' | hook poststop
		same "$(record "$id" .finished_at)" "" "finished_at of the living"
		same "$(record "$id" '.previous[0].finished_at_source')" poststop "of the earlier"
	done
}

@test "control: a poststop that is not late stops the record" {
	state c | hook create-runtime
	end_living
	state c 0 stopped | hook poststop
	same "$(record c .status)" stopped status
}
