#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Two hundred containers, twenty at a time: no record is wrong.

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

run_many()
{
	local runtime

	need_runtime
	new_bundle b clock 0.05
	add_ours createRuntime poststart poststop
	runtime=$(command -v "$OCI_RUNTIME")
	[ "$OCI_RUNTIME" != crun ] || runtime=$SHARED/bin/crun
	"$PYTHON" "$here/many_containers.py" run "$1" 20 "$PREFIX" "$BUNDLE" "$WORK/manifest" \
		"$runtime" --root "$WORK/$OCI_RUNTIME" 3>&-
}

check_many()
{
	"$PYTHON" "$here/many_containers.py" check "$WORK/manifest" "$ROOT" "$START_SOURCE" >"$WORK/verdict"
}

all_are_right()
{
	run_many "$1"
	check_many || fail "$(cat "$WORK/verdict")"
	note "$(cat "$WORK/verdict")"
	same "$(cat "$WORK/verdict")" "$1 records, 0 wrong"
	same "$("$QUERY" --root "$ROOT" list -q | wc -l)" "$1" "containers that lifecycle-query lists"
}

# spoil CONTAINER FILTER: the checker must see each of these.
spoil()
{
	local file=$ROOT/$PREFIX-$1/lifecycle.json

	jq -c "$2" "$file" >"$WORK/spoilt"
	cat "$WORK/spoilt" >"$file"
}

@test "runc: 200 containers, 20 at a time, 0 wrong records" {
	OCI_RUNTIME=runc START_SOURCE=exec_fifo
	all_are_right 200
}

@test "crun: 200 containers, 20 at a time, 0 wrong records, each start from poststart" {
	OCI_RUNTIME=crun START_SOURCE=poststart
	all_are_right 200
}

@test "control: the checker finds each of ten records that are wrong" {
	OCI_RUNTIME=crun START_SOURCE=poststart
	run_many 12
	check_many || fail "$(cat "$WORK/verdict")"
	spoil 0 '.status = "running"'
	spoil 1 '.started_at_source = "createRuntime"'
	spoil 2 '.create_error = true'
	spoil 3 '.generation = 2'
	spoil 4 '.started_at = .hooks[0].time[0:4] + "-01-01T00:00:00.000000000Z"'
	spoil 5 '.finished_at = .created_at'
	spoil 6 'del(.created_at)'
	spoil 7 '.hooks |= .[1:]'
	spoil 8 '.id = "other"'
	rm "$ROOT/$PREFIX-9/lifecycle.json"
	! check_many || fail "nothing was found"
	same "$(tail -n 1 "$WORK/verdict")" "12 records, 10 wrong"
	spoil 8 ".id = \"$PREFIX-8\""
}
