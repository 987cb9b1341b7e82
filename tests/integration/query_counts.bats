#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What lifecycle-query metrics counts: it outlives the records, and never falls.
# shellcheck disable=SC2030,SC2031 # ROOT is each case's own

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

# counts: the counters and the histogram's sums, a line each.
counts()
{
	query metrics | grep -E '^oci_lifecycle_([a-z_]+_total|hook_seconds_(count|sum|bucket))[{ ]'
}

count_of()
{
	counts | sed -n "s/^$1 //p"
}

HOOK='oci_lifecycle_hook_seconds_count{point="createRuntime",command="\/bin\/true"}'

# hooked ID: a container with a wrapped hook that ends well, and one that fails.
hooked()
{
	state "$1" | quiet_hook create-runtime -- /bin/true
	state "$1" | hook create-runtime -- /bin/false || :
}

# gone ID: the same, and it is stopped.
gone()
{
	hooked "$1"
	end_living
	state "$1" 0 stopped | quiet_hook poststop
}

@test "counters and a histogram, per point, command and index" {
	gone one
	hooked two
	same "$(count_of "$HOOK")" 2 "hooks that came back"
	same "$(count_of oci_lifecycle_generations_total)" 2 generations
	same "$(count_of oci_lifecycle_create_errors_total)" 2 "create errors"
	same "$(count_of 'oci_lifecycle_hook_failures_total{point="createRuntime",command="\/bin\/false"}')" 2 failures
	rewrite two '.hooks[0] += {duration_ns: 60000000, index: 3}'
	same "$(counts | sed -n 's/^oci_lifecycle_hook_seconds_bucket{point="createRuntime",command="\/bin\/true",index="3",le=//p' | tr '\n' ' ')" \
		'"0.001"} 0 "0.005"} 0 "0.01"} 0 "0.025"} 0 "0.05"} 0 "0.1"} 1 "0.25"} 1 "0.5"} 1 "1"} 1 "2.5"} 1 "5"} 1 "10"} 1 "+Inf"} 1 ' buckets
	same "$(count_of 'oci_lifecycle_hook_seconds_sum{point="createRuntime",command="\/bin\/true",index="3"}')" 0.060000000 sum
}

@test "counts stay what they were over a prune, a sweep, a removal, a forgetting and the next life" {
	gone pruned
	gone swept
	gone forgotten
	gone again
	hooked removed
	counts >"$WORK/before"
	ctl forget forgotten >/dev/null
	rewrite swept '.finished_at = "2020-01-01T00:00:00.000000000Z"'
	touch -d '2 minutes ago' "$ROOT/.swept"
	end_living
	state removed 0 stopped | quiet_hook poststop --remove
	[ ! -d "$ROOT/swept" ] && [ ! -d "$ROOT/removed" ] && [ ! -d "$ROOT/forgotten" ]
	ctl prune >/dev/null
	same "$(ls "$ROOT")" "" "records"
	diff "$WORK/before" <(counts)
	for _ in {1..12}; do
		state again "$(living)" | quiet_hook create-runtime -- /bin/true
		end_living
	done
	same "$(count_of "$HOOK")" 17 "hooks of one ID"
	same "$(count_of oci_lifecycle_generations_total)" 17 "generations of more than a record has"
	same "$(record again '.previous | length')" 8 "control: what the record has"
}

@test "more calls than a record has, and more than fit into one" {
	local long

	for _ in {1..40}; do
		state web | quiet_hook create-runtime -- /bin/true
	done
	same "$(record web '.hooks | length')" 32 "control: what the record has"
	same "$(count_of "$HOOK")" 40 "calls"
	long=/bin/$(printf './%.0s' {1..1900})true
	for _ in {1..24}; do
		state big | quiet_hook prestart -- "$long"
	done
	[ "$(record big '.hooks | length')" -lt 24 ] || fail "control: all of them fit"
	same "$(counts | sed -n 's/^oci_lifecycle_hook_seconds_count{point="prestart".* //p')" 24 "calls that did not all fit"
}

@test "a pruner that is killed at any step changes no count, and none is counted twice" {
	local call what kills=0

	need strace
	gone one
	gone two
	gone three
	state three "$(living)" | quiet_hook create-runtime -- /bin/true
	ctl forget one >/dev/null
	# old, and many: these are merged when the next goes
	sed -E 's/^entry\t[0-9]+/entry\t1/' "$ROOT/.counts" >"$WORK/entries"
	for call in {1..160}; do
		sed -E "s/^(entry\t1\tone\t)[0-9a-f]+/\1$call/" "$WORK/entries"
	done >"$ROOT/.counts"
	[ "$(stat -c %s "$ROOT/.counts")" -gt 20000 ]
	for call in {1..700}; do sed -n 1p "$WORK/entries" | sed -E "s/^(entry\t1\t)one\t[0-9a-f]+/\1lost\tf$call/"; done >>"$ROOT/.counts"
	end_living
	counts >"$WORK/before"
	cp -a "$ROOT" "$WORK/kept"
	for what in pread64 write unlinkat renameat flock fsync; do
		for call in {1..60}; do
			rm -r "$ROOT"
			cp -a "$WORK/kept" "$ROOT"
			strace -o "$WORK/trace" -e trace="$what" -e "inject=$what:signal=KILL:when=$call" \
				"$CTL" --root "$ROOT" prune >/dev/null 2>&1 && break
			kills=$((kills + 1))
			diff "$WORK/before" <(counts) || fail "killed at $what $call" || return
			ctl prune >/dev/null
			diff "$WORK/before" <(counts) || fail "killed at $what $call, and pruned then" || return
		done
	done
	note "killed at $kills calls"
	[ "$kills" -gt 20 ]
	grep -q '^base' "$ROOT/.counts" || fail "control: it merged nothing"
	rm -f "$ROOT/.counts.tmp"
}

@test "control: an entry is counted as long as no record has it, and only then" {
	gone one
	counts >"$WORK/before"
	cp -a "$ROOT/one" "$WORK/one"
	ctl forget one >/dev/null
	diff "$WORK/before" <(counts)
	cp -a "$WORK/one" "$ROOT/one"
	diff "$WORK/before" <(counts)
	mv "$ROOT/.counts" "$WORK/counts"
	rm -r "$ROOT/one"
	same "$(count_of oci_lifecycle_generations_total)" 0 "without both"
}

@test "what is not whole, or nobody's, in the file of counts is passed over" {
	gone one
	ctl forget one >/dev/null
	counts >"$WORK/before"
	printf 'entry\t1\ttwo\tabc\t0\t0\t0\t0\t0\t0' >>"$ROOT/.counts"
	diff "$WORK/before" <(counts)
	gone two
	ctl forget two >/dev/null
	same "$(count_of oci_lifecycle_generations_total)" 2 "after a line that a killed writer left"
	printf '%s\n' garbage 'sums	-5	x	0	.' 'series	99999999999	0	c	1	1	1	.' 'entry	1	../x	1	0	0	0	0	0	0		.' $'\xff\xfe' >>"$ROOT/.counts"
	same "$(count_of oci_lifecycle_generations_total)" 2 "with garbage"
	rm "$ROOT/.counts"
	mkfifo "$ROOT/.counts"
	fails 1 "'.counts'" metrics
	gone three
	ctl forget three >/dev/null
	same "$(count_of oci_lifecycle_generations_total)" 1 "after what is not ours was put in its place"
}

@test "a lock that another holds does not keep a hook from recording; what is to be removed stays" {
	gone one
	exec {lock}<"$ROOT"
	flock "$lock"
	state one "$(living)" | quiet_hook create-runtime
	same "$(record one .generation)" 2 "recorded all the same"
	end_living
	run -1 ctl prune
	[[ "$output" == *"counts are locked"* ]] || fail "$output"
	flock -u "$lock"
	exec {lock}<&-
	ctl prune >/dev/null
	same "$(ls "$ROOT")" "" records
}

@test "there is a bound on the series: what is too much is one" {
	local number

	gone base
	ctl forget base >/dev/null
	for number in {1..100}; do
		printf 'entry\t1\tx\t%x\t1\t2\t-9223372036854775808\t5\t0\t0\t/bin/c%s\t.\n' "$number" "$number"
	done >>"$ROOT/.counts"
	same "$(counts | grep -c '^oci_lifecycle_hook_seconds_count{')" 65 series
	same "$(count_of 'oci_lifecycle_hook_seconds_count{point="other"}')" $((100 + 2 - 64)) "the rest"
	query metrics | promtool_likes
}

promtool_likes()
{
	command -v promtool >/dev/null || return 0
	promtool check metrics >"$WORK/promtool" 2>&1 || fail "$(cat "$WORK/promtool")" || return
	same "$(cat "$WORK/promtool")" "" "what promtool says"
}

# LIVES: how many there are while it is counted.
@test "no count falls while containers live, and records go by pruners that are killed" {
	mkdir -m 700 "$ROOT"
	"$PYTHON" "$here/counts.py" "$HOOKS_DIR" "$QUERY" "$CTL" "$ROOT" "${LIVES:-400}" >"$WORK/done"
	note "$(cat "$WORK/done")"
	rm -f "$ROOT/.counts.tmp"
}

@test "who only reads the store reads its counts" {
	gone one
	ctl forget one >/dev/null
	before=$(snapshot "$ROOT")
	query metrics >/dev/null
	same "$(snapshot "$ROOT")" "$before" "the store"
	query list >"$WORK/list" 2>&1
	same "$(query verify)" "" "faults"
	same "$(wc -l <"$WORK/list")" 1 "the file of counts is no container"
}

@test "labels: of one's own, of annotations, of arguments; two stores side by side in one node_exporter" {
	running web front
	state one | hook prestart --annotation 'a.b/c' -- /bin/true deep 2>/dev/null
	named_state api back | hook create-runtime --annotation team -- /bin/true run
	query metrics --annotation team --argv 1 --label store=main | grep -q \
		'^oci_lifecycle_hook_duration_seconds{store="main",id="api",name="back",annotation_team="blue",point="createRuntime",command="/bin/true",argv_1="run"}' || fail "$(query metrics --annotation team --argv 1 --label store=main)"
	query metrics --annotation team --argv 1 --label store=main | promtool_likes
	same "$(query metrics --label store=main | grep -v '^#' | grep -vc 'store="main"')" 0 "samples without the label"
	fails 2 "'id' is a label that metrics have already" metrics --label id=x
	fails 2 "'9=x' is no label" metrics --label 9=x
	fails 2 "'a' is no label" metrics --label a
	fails 2 "'__a=x' is no label" metrics --label __a=x
	fails 2 "'9' is no argument that is kept" metrics --argv 9
}

@test "only some containers: as list has it, and without the store's own" {
	sample_store
	same "$(query metrics --filter name=front | grep -v '^#' | grep -o 'id="[^"]*"' | sort -u)" 'id="web"' containers
	same "$(query metrics --filter name=front | grep -c '_total')" 0 "counters"
	query metrics --filter name=front | promtool_likes
	fails 2 "" metrics --filter nothing
}
