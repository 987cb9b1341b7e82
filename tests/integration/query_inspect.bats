#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query inspect and started-at, which container a REF is, and where the store is.

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

ids_of()
{
	query inspect "$@" | jq -r '[.[].id] | join(" ")'
}

@test "records, and what is observed, as one array" {
	sample_store
	query inspect job broken front >"$WORK/array"
	jq 'del(.[].pid_ns, .[].boot_id)' "$WORK/array" | golden inspect.json
	same "$(jq -c '.[2] | del(.observed)' "$WORK/array")" "$(record web . | jq -c .)" "the record itself"
}

@test "what is found is printed, the rest is an error" {
	sample_store
	fails 3 "no such container: 'nothing'" inspect web nothing bad
	same "$(jq -r '[.[].id] | join(" ")' "$WORK/stdout")" "web bad" "what was found"
	fails 3 "no such container: 'nothing'" inspect nothing
	same "$(jq -c . "$WORK/stdout")" "[]" "of nothing"
	fails 2 "inspect needs REF" inspect
}

@test "a template, for each" {
	sample_store
	same "$(query inspect --format '{{.ID}} {{.Observed.Status}} {{.StartedAtSource}}' web bad)" \
		"$(printf '%s\n' 'web running poststart' 'bad stopped createRuntime')" template
	same "$(query inspect --format '{{json .Observed}}' web | jq -c 'del(.started_at, .pid)')" \
		'{"looked":true,"status":"running","create_error":false,"started_at_source":"poststart"}' "json of a key"
	same "$(query inspect --format json web | jq -c .)" "$(query inspect web | jq -c .)" "--format json"
	fails 2 "known are Version, ID, Name, Bundle" inspect --format '{{.State}}' web
	fails 2 "known are Looked, Status, Reason, CreateError" inspect --format '{{.Observed.State}}' web
	fails 2 "is no format" inspect --format 'table {{.ID}}' web
}

@test "every key of the schema is known to templates" {
	local key

	sample_store
	while read -r key; do
		query inspect --format "{{.$key}}" web >/dev/null || fail "$key"
	done < <(jq -r '."$defs".record.properties | keys[]' "$TOP_SRCDIR/libstate/lifecycle.schema.json")
}

@test "in Docker's shape" {
	sample_store
	query inspect --compat docker job broken front | golden inspect.docker
	state new | quiet_hook create-runtime
	query inspect --compat docker new | golden inspect.docker.new
	same "$(query inspect --compat docker --format '{{.State.StartedAt}} {{.State.Running}} {{json .State.ExitCode}}' front)" \
		"$(record web .started_at | sed 's/\.\{0,1\}0*Z$/Z/') true null" "nested keys"
	fails 2 "known are Status, Running, Paused, Restarting, OOMKilled, Dead, Pid" \
		inspect --compat docker --format '{{.State.Health}}' front
	fails 2 "no system that is known: docker, oci" inspect --compat podman front
}

@test "in the shape of the runtime specification" {
	sample_store
	query inspect --compat oci job broken front | golden inspect.oci
	same "$(query inspect --compat oci --format '{{.Status}} {{.OciVersion}} {{.Pid}}' front)" \
		"running 1.0.2 $(living)" template
}

@test "Docker's Created stays when it runs again; RestartCount is null, as nobody records whose restart it was" {
	local created

	running web front
	created=$(query inspect --compat docker --format '{{.Created}}' web)
	end_living
	running web front
	same "$(query inspect --compat docker --format '{{.Created}} {{json .RestartCount}}' web)" "$created null" "Created"
	same "$(record web .generation)" 2 generation
}

@test "Docker's times are as Go prints them" {
	running web front
	trimmed() {
		rewrite web ".started_at = \"$1\""
		same "$(query inspect --compat docker --format '{{.State.StartedAt}}' web)" "$2" "$1"
	}
	trimmed 2026-11-22T01:36:52.500000000Z 2026-11-22T01:36:52.5Z
	trimmed 2026-11-22T01:36:50.000000000Z 2026-11-22T01:36:50Z
	trimmed 2026-11-22T01:36:50.000000001Z 2026-11-22T01:36:50.000000001Z
	trimmed 2026-11-22T01:36:50.120034500Z 2026-11-22T01:36:50.1200345Z
}

@test "started-at: the time alone; nothing where it is unknown, or never came to be" {
	local long

	sample_store
	long=$(cd "$ROOT" && echo 0123*)
	same "$(query started-at web)" "$(record web .started_at)" "the time"
	same "$(query started-at web 0123)" "$(record web .started_at; record "$long" .started_at)" "two times"
	# its creation failed: the provisional time is that of no start
	[ "$(record bad .started_at)" != "" ]
	fails 1 "" started-at bad
	same "$(wc -c <"$WORK/stdout") $(wc -c <"$WORK/stderr")" "0 0" "bytes said"
	rewrite web 'del(.started_at, .started_at_source)'
	fails 1 "" started-at web
	same "$(wc -c <"$WORK/stdout") $(wc -c <"$WORK/stderr")" "0 0" "bytes said"
	fails 1 "" started-at web 0123
	same "$(cat "$WORK/stdout")" "$(record "$long" .started_at)" "the other's"
	fails 3 "no such container" started-at nothing
}

@test "a REF: the exact ID before a name, a name before a prefix" {
	state abc | quiet_hook create-runtime
	named_state xyz abc | quiet_hook create-runtime
	named_state abcdef xy | quiet_hook create-runtime
	same "$(ids_of abc)" abc "exact ID over a name and a prefix"
	same "$(ids_of xy)" abcdef "exact name over a prefix"
	same "$(ids_of abcd)" abcdef "prefix"
	same "$(ids_of x)" xyz "prefix of another"
}

@test "an ambiguous REF lists its candidates" {
	state abc | quiet_hook create-runtime
	state abd | quiet_hook create-runtime
	named_state one twins | quiet_hook create-runtime
	named_state two twins | quiet_hook create-runtime
	fails 4 "'ab' could be any of 2 containers: abc (-, creating), abd (-, creating)" inspect ab
	fails 4 "'twins' could be any of 2 containers: one (twins, creating), two (twins, creating)" started-at twins
	fails 4 "could be any" timeline ab
	fails 4 "could be any" wait ab
	fails 4 "could be any" events ab
}

@test "an ambiguous REF with more candidates than fit says so" {
	local i

	for i in {1..9}; do
		state "$(printf 'x%.0s' {1..90})$i" | quiet_hook create-runtime
	done
	fails 4 "..." inspect x
	[ "$(wc -c <"$WORK/stderr")" -lt 600 ]
}

@test "a REF that no container can have is refused" {
	local ref

	sample_store
	for ref in '' $'a\nb'; do
		fails 2 "container" inspect "$ref"
		same "$(jq -c . "$WORK/stdout")" "[]" "what was found of '$ref'"
		fails 2 "container" started-at "$ref"
		fails 2 "container" wait "$ref"
	done
	for ref in .. ../x a/b /; do
		fails 3 "no such container" inspect "$ref"
	done
}

@test "one container's directory, ours or nerdctl's, in place of a store" {
	sample_store
	same "$("$QUERY" --state-dir "$ROOT/web" inspect | jq -c '.[0].id')" '"web"' "ours"
	same "$("$QUERY" --state-dir "$ROOT/web" inspect front | jq -c '.[0].id')" '"web"' "by its name"
	same "$("$QUERY" --state-dir "$ROOT/web" list -q)" web "list"
	same "$(cd "$ROOT/web" && "$QUERY" --state-dir . started-at)" "$(record web .started_at)" "a relative path"
	run "$QUERY" --state-dir "$ROOT/web" inspect bad
	same "$status" 3 "exit status of another one"

	mkdir -p "$WORK/nerdctl/0123abcd"
	printf '%s' '{"started_at":"2026-11-22T01:36:52.553480239+02:00","create_error":false}' \
		>"$WORK/nerdctl/0123abcd/lifecycle.json"
	same "$("$QUERY" --state-dir "$WORK/nerdctl/0123abcd" inspect | jq -c '.[0]')" \
		'{"id":"0123abcd","started_at":"2026-11-21T23:36:52.553480239Z","create_error":false,"observed":{"looked":false,"create_error":false,"started_at":"2026-11-21T23:36:52.553480239Z"}}' \
		"nerdctl's"
	same "$("$QUERY" --state-dir "$WORK/nerdctl/0123abcd" started-at)" 2026-11-21T23:36:52.553480239Z "its start"
	sed 's/false/true/' "$WORK/nerdctl/0123abcd/lifecycle.json" >"$WORK/failed.json"
	mkdir "$WORK/nerdctl/failed"
	cp "$WORK/failed.json" "$WORK/nerdctl/failed/lifecycle.json"
	run -1 "$QUERY" --state-dir "$WORK/nerdctl/failed" started-at
	same "$output" "" "the start of one that failed"
	same "$("$QUERY" --state-dir "$WORK/nerdctl/failed" list --format jsonl | jq .started_at)" null "the list's"
	mkdir "$WORK/nerdctl/a name"
	cp "$WORK/nerdctl/0123abcd/lifecycle.json" "$WORK/nerdctl/a name"
	same "$("$QUERY" --state-dir "$WORK/nerdctl/a name" started-at)" 2026-11-21T23:36:52.553480239Z "without an ID"

	run "$QUERY" --state-dir "$WORK/nothing" inspect
	same "$status" 3 "exit status of no directory"
	run "$QUERY" --state-dir "$ROOT/web" --root "$ROOT" list
	same "$status" 2 "exit status of both"
}

@test "the store: --root before or after the command, OCI_LIFECYCLE_ROOT, a relative path" {
	running web front
	same "$("$QUERY" list --root "$ROOT" -q)" web "after"
	same "$("$QUERY" --root=/nowhere --root="$ROOT" list -q)" web "the last one counts"
	same "$(OCI_LIFECYCLE_ROOT=$ROOT "$QUERY" list -q)" web "the environment's"
	same "$(OCI_LIFECYCLE_ROOT=/nowhere "$QUERY" --root "$ROOT" list -q)" web "the option before the environment"
	same "$(cd "$WORK" && "$QUERY" --root store list -q)" web "relative"
	fails 3 "there is no store at '/nowhere'" --root /nowhere inspect web
	run "$QUERY" --root '' list
	same "$status" 2 "exit status of an empty path"
}
