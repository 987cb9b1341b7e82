#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031 # ID and ROOT are each case's own
# Docker with lifecycle-runtime as a container's runtime, over runc.

load helpers
load engines
load docker

setup_file() {
	start_dockerd
}

teardown_file() {
	stop_dockerd
}

setup() {
	setup_docker
}

teardown() {
	teardown_docker
}

@test "docker: the start is what the runtime's start showed, within 250 ms of docker's own (median of 10)" {
	local _ differences=()

	for _ in {1..10}; do
		docker_start lifecycle bb:1 sleep 100
		same "$(record "$ID" .started_at_source)" exec_fifo started_at_source
		same "$(record "$ID" .status)" running status
		differences+=("$(milliseconds "$(record "$ID" .started_at)" "$(state_of "$ID" .State.StartedAt)")")
		docker_ rm --force "$ID" >/dev/null
	done
	note "differs by ${differences[*]} ms, median $(median "${differences[@]}")"
	[ "$(median "${differences[@]}")" -le 250 ] || fail "too far"
}

@test "docker: a container's end is recorded, with no exit code, which no hook was told" {
	docker_start lifecycle bb:1 sh -c 'exit 3'
	eventually is_recorded "$ID" .status stopped
	same "$(record "$ID" .reason)" exited reason
	same "$(record "$ID" .exit_code)" "" exit_code
	same "$(record "$ID" .create_error)" false create_error
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "prestart createRuntime poststart poststop" hooks
}

@test "docker: its own network hook is timed, and still does its work" {
	local namespace

	docker_start wrap bb:1 sleep 100
	same "$(record "$ID" '.hooks[0].point')" prestart "first hook"
	[[ $(record "$ID" '.hooks[0].command') == /proc/*/exe ]] || fail "command: $(record "$ID" '.hooks[0].command')"
	same "$(record "$ID" '.hooks[0] | "\(.argv[0]) \(.index)"')" "libnetwork-setkey 0" "its argv[0] and index"
	[ "$(record "$ID" '.hooks[0].duration_ns')" -gt 0 ] || fail "it has no duration"
	# its work: the sandbox that docker knows is the container's network namespace
	namespace=$(state_of "$ID" .NetworkSettings.SandboxKey)
	same "$(stat -Lc %i "$namespace")" "$(stat -Lc %i "/proc/$(state_of "$ID" .State.Pid)/ns/net")" "its namespace"
}

@test "docker restart is a second generation, and the first is kept" {
	local first started

	docker_start wrap bb:1 sleep 100
	first=$(record "$ID" .instance) started=$(record "$ID" .started_at)
	docker_ restart --time 0 "$ID" >/dev/null
	same "$(record "$ID" .generation)" 2 generation
	same "$(record "$ID" .status)" running status
	same "$(record "$ID" .started_at_source)" exec_fifo started_at_source
	same "$(record "$ID" '.previous | length')" 1 "earlier generations"
	same "$(record "$ID" '.previous[0].instance')" "$first" "earlier instance"
	same "$(record "$ID" '.previous[0].started_at')" "$started" "earlier start"
	same "$(record "$ID" '.previous[0].reason')" exited "earlier reason"
	# added once, again
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "prestart createRuntime poststart" hooks
}

@test "docker: the number that fits no JSON library's integers survives" {
	same "$(docker_ run --rm --network none --runtime lifecycle --ulimit core=-1 bb:1 sh -c 'ulimit -c')" unlimited "limit"
	docker_start lifecycle --ulimit core=-1 bb:1 sleep 100
	grep -q 18446744073709551615 "$(record "$ID" .bundle)/config.json"
}

@test "docker inspect and ours agree while it runs and after its end" {
	local key

	docker_start lifecycle bb:1 sleep 100
	for key in Status Running Pid; do
		agree "$key"
	done
	[ "$(milliseconds "$(compat .State.StartedAt)" "$(state_of "$ID" .State.StartedAt)")" -lt 1000 ] ||
		fail "StartedAt: $(compat .State.StartedAt), docker: $(state_of "$ID" .State.StartedAt)"
	docker_ kill "$ID" >/dev/null
	eventually is_recorded "$ID" .status stopped
	for key in Status Running Pid; do
		agree "$key"
	done
	[ "$(milliseconds "$(compat .State.StartedAt)" "$(state_of "$ID" .State.StartedAt)")" -lt 1000 ] || fail "StartedAt"
	same "$(compat .State.ExitCode)" null "ExitCode, which is not known,"
}

compat()
{
	"$QUERY" --root "$ROOT" inspect --compat docker "$ID" | jq -r ".[0]$1"
}

agree()
{
	same "$(compat ".State.$1")" "$(docker_ inspect "$ID" | jq -r ".[0].State.$1")" "$1"
}

@test "docker: a program that does not exist leaves the runtime's own words" {
	! docker_ run --name "$PREFIX" --network none --runtime lifecycle bb:1 /bin/does-not-exist >"$WORK/out" 2>&1 || fail "it ran"
	ID=$(docker_ inspect --format '{{.Id}}' "$PREFIX")
	same "$(record "$ID" .create_error)" true create_error
	same "$(inspect "$ID" .observed.reason)" create_failed reason
	[[ $(record "$ID" '.errors[0].message') == *'/bin/does-not-exist'*'no such file or directory'* ]] ||
		fail "words: $(record "$ID" '.errors')"
	grep -q 'does-not-exist.*no such file or directory' "$WORK/out"
}

@test "docker: another's hook is timed, and a failing one is kept with its words" {
	foreign_runtime wrap '{"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", "sleep 0.2"]},
		{"path": "/bin/sh", "args": ["sh", "-c", "echo no such device >&2; exit 7"]}]}'
	! docker_ run --name "$PREFIX" --network none --runtime foreign bb:1 true >"$WORK/out" 2>&1 || fail "it ran"
	ID=$(docker_ inspect --format '{{.Id}}' "$PREFIX")
	same "$(record "$ID" '[.hooks[].command] | map(select(. == "/bin/sh")) | length')" 2 "hooks of others"
	[ "$(record "$ID" '[.hooks[] | select(.command == "/bin/sh")][0].duration_ns')" -ge 200000000 ] || fail "not timed"
	same "$(record "$ID" .create_error)" true create_error
	same "$(record "$ID" '.errors[0].exit_code')" 7 "its exit code"
	same "$(record "$ID" '.errors[0].stderr')" "no such device" "its words"
}

@test "docker: another's hook that the runtime's timeout kills is seen as begun and never ended" {
	local after bare

	foreign_runtime bare '{"createRuntime": [{"path": "/bin/sleep", "args": ["sleep", "30"], "timeout": 1}]}'
	bare=$(least_of_three milliseconds_of_failing_run)
	foreign_runtime wrap '{"createRuntime": [{"path": "/bin/sleep", "args": ["sleep", "30"], "timeout": 1}]}'
	after=$(least_of_three milliseconds_of_failing_run)
	note "docker run took $after ms with the hook wrapped, $bare ms with the hook alone"
	ID=$(cat "$WORK/id")
	same "$(record "$ID" '[.hooks[] | select(.command == "/bin/sleep")] | length')" 1 "times it began"
	same "$(record "$ID" '.hooks[] | select(.command == "/bin/sleep").duration_ns')" "" "its duration"
	same "$(inspect "$ID" .observed.create_error)" true create_error
	[ "$after" -le $((bare + 200)) ] || fail "the container's start took $((after - bare)) ms longer"
}

milliseconds_of_failing_run()
{
	local start=${EPOCHREALTIME/./}

	! docker_ run --name "$PREFIX" --network none --runtime foreign bb:1 true >"$WORK/out" 2>&1 || fail "it ran"
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
	docker_ inspect --format '{{.Id}}' "$PREFIX" >"$WORK/id"
	docker_ rm --force "$PREFIX" >/dev/null
}

# Its stdout would be runc's own pipe, whose end runc waits for.
@test "docker: a daemon of another's hook that holds its stderr holds up nothing" {
	foreign_runtime wrap "$(jq -n --arg file "$WORK/background" '{createRuntime: [{path: "/bin/sh",
		args: ["sh", "-c", ("sleep 600 >/dev/null & cat /proc/$!/stat >>" + $file)]}]}')"
	quickly() {
		docker_ run --rm --network none --runtime foreign bb:1 true
	}
	within 5000 quickly
}

@test "docker: lifecycle-runtime itself in daemon.json, with runtimeArgs" {
	docker_start args bb:1 sleep 100
	ROOT=$SHARED/store
	same "$(record "$ID" .started_at_source)" exec_fifo started_at_source
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "prestart createRuntime poststart" hooks
	[[ $(record "$ID" '.hooks[0].command') == /proc/*/exe ]] || fail "its hook is not wrapped"
}

@test "docker: a person finds the container by its name, also one that failed, and one that was renamed" {
	docker_start lifecycle --name "$PREFIX-web" bb:1 sleep 100
	same "$("$QUERY" --root "$ROOT" inspect "$PREFIX-web" | jq -r '.[0] | .id, .name')" "$ID"$'\n'"$PREFIX-web" "id and name"
	! docker_ run --name "$PREFIX-bad" --network none --runtime lifecycle bb:1 /bin/does-not-exist >"$WORK/out" 2>&1 || fail "it ran"
	same "$("$QUERY" --root "$ROOT" inspect "$PREFIX-bad" | jq -r '.[0].create_error')" true create_error
	docker_ rename "$PREFIX-web" "$PREFIX-db"
	docker_ restart --time 0 "$PREFIX-db" >/dev/null
	same "$("$QUERY" --root "$ROOT" inspect "$PREFIX-db" | jq -r '.[0].id')" "$ID" "id by the new name"
}

@test "docker: lifecycle-ctl leaves Docker's containers to Docker" {
	docker_start lifecycle --name "$PREFIX-web" bb:1 sleep 100
	ctl_refuses "Docker's" "$PREFIX-web" docker
	same "$(state_of "$ID" .State.Status)" running "docker's status"
}
