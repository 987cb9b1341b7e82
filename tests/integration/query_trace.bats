#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query trace: OTLP/JSON lines, as OpenTelemetry's own parser reads them, which is in a package of the npm registry.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

PARENT=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01

# Once for all cases. The release after this one has no message to read any more.
setup_file()
{
	mkdir "$BATS_FILE_TMPDIR/npm"
	! command -v npm >/dev/null || ! command -v node >/dev/null ||
		timeout 120 npm install --no-audit --no-fund --ignore-scripts --prefix "$BATS_FILE_TMPDIR/npm" \
			@opentelemetry/otlp-transformer@0.203.0 >"$BATS_FILE_TMPDIR/npm.log" 2>&1 3>&- || :
}

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

need_parser()
{
	need node
	need npm
	[ -d "$SHARED/npm/node_modules/@opentelemetry/otlp-transformer" ] || skip "npm gives no @opentelemetry/otlp-transformer"
}

parse()
{
	node "$here/otlp_parse.js" "$SHARED/npm"
}

# spans FILTER: of jq, over all spans of a trace on stdin.
spans()
{
	jq -c ".resourceSpans[].scopeSpans[].spans[] | $1"
}

# A life with two hooks of others, the second of which fails.
failed_life()
{
	named_state bad broken | hook create-runtime -- /bin/true
	named_state bad broken | hook create-runtime -- /bin/sh -c 'echo no such network >&2; exit 7' 2>/dev/null || :
	end_living
	named_state bad broken 0 stopped | quiet_hook poststop
}

@test "a parser of OpenTelemetry's takes every trace" {
	need_parser
	grep -h '^{' "$DATA"/lifelines/*.trace >"$WORK/lines"
	parse <"$WORK/lines" >"$WORK/spans"
	[ "$(wc -l <"$WORK/lines")" -ge 10 ]
	[ "$(wc -l <"$WORK/spans")" -ge 30 ]
	sample_store
	failed_life
	query trace | parse >"$WORK/spans"
	[ "$(wc -l <"$WORK/spans")" -ge 5 ]
}

@test "what is not OTLP is found" {
	local change

	need_parser
	parse <"$DATA/lifelines/hook-failed.trace" >/dev/null
	for change in 's/"kind":1/"kind":"one"/' 's/"name":"container"/"nmae":"container"/' 's/"traceId":"/&00/' \
		's/"startTimeUnixNano":"\([0-9]*\)"/"startTimeUnixNano":\1/' 's/"startTimeUnixNano":"1/&9/' 's/"stringValue"/"textValue"/' \
		's/"code":2/"code":9/'; do
		sed "$change" "$DATA/lifelines/hook-failed.trace" >"$WORK/bad"
		! cmp -s "$WORK/bad" "$DATA/lifelines/hook-failed.trace" || fail "no change: $change"
		! parse <"$WORK/bad" >"$WORK/said" 2>&1 || fail "not found: $change"
	done
}

@test "durations are the record's, the trace is the instance, a failure is a status and an event" {
	failed_life
	query trace broken >"$WORK/trace"
	same "$(wc -l <"$WORK/trace")" 1 lines
	same "$(jq -c '[.hooks[] | select(.command) | .duration_ns]' "$ROOT/bad/lifecycle.json")" \
		"$("$PYTHON" -c 'import json, sys
spans = json.load(sys.stdin)["resourceSpans"][0]["scopeSpans"][0]["spans"]
print(json.dumps([int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) for span in spans
	if span["name"].startswith("createRuntime ")], separators=(",", ":")))' <"$WORK/trace")" durations
	same "$(spans .traceId <"$WORK/trace" | sort -u)" "\"$(record bad .instance | tr -d -)\"" "the trace"
	same "$(spans 'select(.name == "createRuntime sh") | [.status.code, .status.message, .events[0].name]' <"$WORK/trace")" \
		'[2,"the hook exited with 7","exception"]' "the failure"
	same "$(spans 'select(.name == "createRuntime true") | .status' <"$WORK/trace")" null "of the one that did not fail"
	same "$(spans 'select(.name == "container") | [.status.code, (.events | map(.name))]' <"$WORK/trace")" \
		'[2,["poststop"]]' "the container's"
	same "$(jq -r '.resourceSpans[0].resource.attributes[] | select(.key == "container.id").value.stringValue' "$WORK/trace")" bad \
		container.id
}

@test "a second export is the same" {
	failed_life
	query trace broken >"$WORK/one"
	query trace broken >"$WORK/other"
	cmp "$WORK/one" "$WORK/other"
	same "$(spans .spanId <"$WORK/one" | sort -u | wc -l)" "$(spans .spanId <"$WORK/one" | wc -l)" "IDs of spans"
}

@test "what has not ended has no span, and gets it with the same ID" {
	named_state web front | hook create-runtime -- /bin/true
	named_state web front "" running | quiet_hook poststart
	query trace front >"$WORK/before"
	! spans .name <"$WORK/before" | grep -qE 'running|container' || fail "a span that has not ended"
	spans .name <"$WORK/before" | grep -q 'createRuntime true' || fail "no span of a hook that is back"
	end_living
	named_state web front 0 stopped | quiet_hook poststop
	query trace front >"$WORK/after"
	same "$(spans .name <"$WORK/after" | grep -cE '"(running|container)"')" 2 "spans that ended"
	spans .spanId <"$WORK/before" | while read -r id; do grep -qF "$id" "$WORK/after" || fail "$id is another by now"; done
	same "$(spans 'select(.name == "container").spanId' <"$WORK/after")" "$(spans .parentSpanId <"$WORK/before" | sort -u)" "the parent"
}

@test "a start that nobody saw gives no span" {
	state new | quiet_hook create-runtime
	state new "" created | quiet_hook poststart
	end_living
	state new 0 stopped | quiet_hook poststop
	rewrite new 'del(.reason, .started_at_source) | .started_at_source = "createRuntime" | .started_at = .created_at'
	query trace new >"$WORK/trace"
	! spans .name <"$WORK/trace" | grep -q running || fail "a span of a start that nobody saw"
	spans .name <"$WORK/trace" | grep -q container
}

@test "a traceparent among the annotations: the container's span has its parent there" {
	local key

	for key in traceparent TRACEPARENT tracing.k8s.io/traceparent; do
		state web | jq -c --arg key "$key" --arg parent "$PARENT" '.annotations = {($key): $parent}' |
			quiet_hook create-runtime --annotation "$key"
		end_living
		state web 0 stopped | quiet_hook poststop --annotation "$key"
		query trace web | tail -1 >"$WORK/trace"
		same "$(spans .traceId <"$WORK/trace" | sort -u)" '"4bf92f3577b34da6a3ce929d0e0e4736"' "the trace by $key"
		same "$(spans 'select(.name == "container").parentSpanId' <"$WORK/trace")" '"00f067aa0ba902b7"' "the parent by $key"
		"$CTL" --root "$ROOT" forget web
	done
}

@test "each generation is a trace; --since leaves out what ended before" {
	running web front
	end_living
	running web front
	end_living
	named_state web front 0 stopped | quiet_hook poststop
	same "$(query trace front | wc -l)" 2 generations
	same "$(query trace front | jq -r '.resourceSpans[0].scopeSpans[0].spans[0].traceId' | sort -u | wc -l)" 2 traces
	rewrite web '.previous[0].finished_at = "2020-01-01T00:00:00.000000000Z"'
	same "$(query trace --since 2021-01-01 | wc -l)" 1 "since then"
}

@test "--follow prints a life when it has ended, once, with the hooks that came after its end" {
	failed_life
	mortal
	named_state web front | quiet_hook create-runtime
	named_state web front "" running | quiet_hook poststart
	"$QUERY" --root "$ROOT" trace --follow >"$WORK/lines" 3>&- &
	background $!
	eventually grep -q '"bad"' "$WORK/lines"
	die 3
	named_state web front 0 stopped | hook poststop -- /bin/true
	eventually grep -q '"front"' "$WORK/lines"
	named_state web front 0 stopped | quiet_hook poststop
	sleep 1.5
	same "$(wc -l <"$WORK/lines")" 2 lines
	same "$(tail -1 "$WORK/lines" | spans .name | grep -cE '"(running|container|poststop true)"')" 3 "spans of the life"
}

@test "--follow tells a life whose record goes with it, or is the next one's" {
	local follower

	named_state one first | quiet_hook create-runtime
	named_state one first "" running | quiet_hook poststart
	"$QUERY" --root "$ROOT" trace --follow >"$WORK/lines" 3>&- &
	follower=$!
	background "$follower"
	eventually watches "$follower"
	end_living
	named_state one first 0 stopped | quiet_hook poststop --remove
	eventually grep -q '"one"' "$WORK/lines"
	running two second
	sleep 0.2
	end_living
	running two second
	eventually grep -q '"two"' "$WORK/lines"
	same "$(wc -l <"$WORK/lines")" 2 lines
	same "$(tail -1 "$WORK/lines" | spans 'select(.name == "container").events | map(.name)')" '["createRuntime","poststart"]' "its hooks"
}

@test "a record without an instance has no trace, and that is said" {
	mkdir -p "$ROOT/old"
	printf '%s' '{"started_at":"2026-11-22T01:36:52.5Z","create_error":false}' >"$ROOT/old/lifecycle.json"
	chmod -R go= "$ROOT"
	fails 2 "no instance" trace old
	[ ! -s "$WORK/stdout" ]
	fails 3 "" trace nobody
}
