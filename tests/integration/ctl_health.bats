#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Health: of the image or of the options, asked by lifecycle-ctl health, waited for by lifecycle-query wait --for healthy.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"
# shellcheck source=tests/integration/ctl.bash
. "$BATS_TEST_DIRNAME/ctl.bash"
# shellcheck source=tests/integration/images.bash
. "$BATS_TEST_DIRNAME/images.bash"

setup()
{
	ctl_setup
}

teardown()
{
	[ ! -e "$BATS_FILE_TMPDIR/registry.pid" ] || stop_registry
	ctl_teardown
}

# ends STATUS COMMAND...: its exit status; what it says is in $WORK/stdout and stderr.
ends()
{
	local expected=$1 status=0

	shift
	timeout 60 "$@" >"$WORK/stdout" 2>"$WORK/stderr" </dev/null || status=$?
	same "$status" "$expected" "exit status of $*, which said $(cat "$WORK/stdout" "$WORK/stderr")"
}

health()
{
	ends "$1" "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" health "$2" || return
	same "$(cat "$WORK/stdout")" "$3" "what health says"
}

# wait_healthy STATUS ARG...
wait_healthy()
{
	local expected=$1

	shift
	ends "$expected" "$QUERY" --root "$ROOT" wait --for healthy --data-root "$DATA_ROOT" "$@"
}

said()
{
	grep -qF -- "$1" "$WORK/stderr" || fail "'$1' is not in: $(cat "$WORK/stderr")"
}

CHECK='cat /tmp/ready'

# checked ARG...: a container whose health check is whether /tmp/ready is there; ARG... are options and the command.
checked()
{
	run_of -d --name checked --health-cmd "$CHECK" --health-interval 200ms -v "$WORK:/tmp" "$@"
}

@test "health: healthy, unhealthy with the check's last line, none, not running" {
	checked /bin/sleep 600
	health 1 checked "unhealthy: cat: can't open '/tmp/ready': No such file or directory"
	printf 'one\ntwo\n\n' >"$WORK/ready"
	health 0 checked "healthy: two"
	: >"$WORK/ready"
	health 0 checked healthy
	none=$(run_of -d /bin/sleep 600)
	health 1 "$none" ""
	said "has no health check"
	ctl stop -t 0 checked
	health 1 checked ""
	said "is not running"
	health 3 nobody ""
}

@test "what the check says steers no terminal" {
	checked /bin/sleep 600
	printf 'red \033[31m\n' >"$WORK/ready"
	health 0 checked 'healthy: red \x1b[31m'
}

@test "a check is a shell's command, or an array; it runs as the container's program does" {
	run_of -d --name array --health-cmd '["/bin/echo", "$HOME", "a b"]' /bin/sleep 600
	health 0 array 'healthy: $HOME a b'
	run_of -d --name shell -e GREETING=hello --health-cmd 'echo "$GREETING" && exit 3' /bin/sleep 600
	health 1 shell 'unhealthy: hello'
	run_of -d --name lost --health-cmd '["/no/such/program"]' /bin/sleep 600
	ends 1 "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" health lost
	grep -q '^unhealthy: ' "$WORK/stdout"
}

@test "a check that takes too long is killed with all that it started, and is unhealthy" {
	run_of -d --name slow --health-timeout 500ms --health-cmd 'sleep 641 & echo began; sleep 642; true' /bin/sleep 600
	start=${EPOCHREALTIME/./}
	health 1 slow "unhealthy: timed out: began"
	elapsed=$(((${EPOCHREALTIME/./} - start) / 1000))
	[ "$elapsed" -ge 500 ] || fail "it took $elapsed ms"
	[ "$elapsed" -le 10000 ] || fail "it took $elapsed ms"
	! pgrep -f 'sleep 64[12]' || fail "still running"
	is slow running
}

@test "a check that says a lot is no trouble" {
	run_of -d --name loud --health-cmd 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done' /bin/sleep 600
	health 0 loud "healthy: line 19999"
}

@test "within the start period a failure is no illness" {
	run_of -d --name young --health-cmd false --health-start-period 10m /bin/sleep 600
	health 1 young starting
	wait_healthy 124 --timeout 500ms young
}

@test "wait --for healthy: within an interval of the first success" {
	checked /bin/sleep 600
	(sleep 1; touch "$WORK/ready"; echo "${EPOCHREALTIME/./}" >"$WORK/at") 3>&- &
	wait_healthy 0 --timeout 30 checked
	wait $!
	elapsed=$(((${EPOCHREALTIME/./} - $(cat "$WORK/at")) / 1000))
	[ "$elapsed" -le 2000 ] || fail "it took $elapsed ms after the probe's first success"
	same "$(cat "$WORK/stdout")" "" "what it prints"
}

@test "wait --for healthy asks first, then each interval" {
	run_of -d --name hour --health-cmd true --health-interval 1h /bin/sleep 600
	wait_healthy 0 --timeout 20 hour
	run_of -d --name counted --health-cmd 'echo x >>/tmp/count; false' --health-interval 1s -v "$WORK:/tmp" /bin/sleep 600
	wait_healthy 124 --timeout 2500ms counted
	[ "$(wc -l <"$WORK/count")" -le 3 ] || fail "probed $(wc -l <"$WORK/count") times in 2.5 s"
	[ "$(wc -l <"$WORK/count")" -ge 2 ] || fail "probed $(wc -l <"$WORK/count") times in 2.5 s"
}

@test "wait --for healthy: 124 on time-out, also while a check hangs; why is said once" {
	run_of -d --name ill --health-cmd 'echo "no answer"; false' --health-interval 50ms --health-retries 2 /bin/sleep 600
	wait_healthy 124 --timeout 2 ill
	same "$(grep -c "'ill' is unhealthy: no answer" "$WORK/stderr")" 1 "times that it is said to be unhealthy"
	said "timed out"
	run_of -d --name hangs --health-cmd 'sleep 644' /bin/sleep 600
	start=${EPOCHREALTIME/./}
	wait_healthy 124 --timeout 500ms hangs
	elapsed=$(((${EPOCHREALTIME/./} - start) / 1000))
	[ "$elapsed" -le 10000 ] || fail "it took $elapsed ms"
	! pgrep -f 'sleep 644' || fail "the check still runs"
}

@test "wait --for healthy: 1 with the exit code if it stops first, or has stopped; at once" {
	run_of -d --name ends --health-cmd false --health-interval 1h /bin/sh -c 'sleep 1; exit 3'
	start=${EPOCHREALTIME/./}
	wait_healthy 1 ends
	elapsed=$(((${EPOCHREALTIME/./} - start) / 1000))
	[ "$elapsed" -le 10000 ] || fail "it took $elapsed ms"
	said "'ends' stopped before it was healthy, with exit code 3"
	wait_healthy 1 ends
	said "with exit code 3"
	run_of -d --name killed --health-cmd 'sleep 645' /bin/sleep 600
	(sleep 0.5; ctl kill -s KILL killed) >/dev/null 3>&- &
	wait_healthy 1 killed
	said "with exit code 137"
}

@test "wait --for healthy waits for the start of one that is only created" {
	create_of --name later --health-cmd true /bin/sleep 600
	wait_healthy 124 --timeout 300ms later
	(sleep 0.5; ctl start later) >/dev/null 3>&- &
	wait_healthy 0 --timeout 30 later
}

@test "wait --for healthy of several: all of them, and never 0 if one is not" {
	run_of -d --name good --health-cmd true /bin/sleep 600
	run_of -d --name better --health-cmd true /bin/sleep 600
	run_of -d --name ill --health-cmd false --health-interval 100ms /bin/sleep 600
	wait_healthy 0 good better
	wait_healthy 124 --timeout 700ms good ill better
	wait_healthy 3 good nobody
	wait_healthy 2
}

@test "wait --for healthy runs nothing for a container that is not of lifecycle-ctl's, whatever its record says" {
	mkdir -p "$WORK/bundle" "$CONTAINERS"
	printf '#!/bin/sh\ntouch %s\n' "$WORK/harm" >"$WORK/evil"
	chmod 0755 "$WORK/evil"
	checked /bin/sleep 600
	id=$(id_of checked)
	jq --arg evil "$WORK/evil" '.annotations["oci-lifecycle.runtime"] = $evil' "$CONTAINERS/$id/config.json" >"$WORK/bundle/config.json"
	state foreign "" created | jq --arg bundle "$WORK/bundle" '.bundle = $bundle' | hook create-runtime
	wait_healthy 1 foreign
	said "is not a container of lifecycle-ctl's"
	health 5 foreign ""
	chmod 0777 "$DATA_ROOT"
	wait_healthy 1 checked
	said "is not safe"
	chmod 0700 "$DATA_ROOT"
	[ ! -e "$WORK/harm" ] || fail "it ran what the record's bundle names"
}

@test "a check that no one can run, or that says nothing, is refused" {
	ends 2 "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" create --rootfs "$ROOTFS" --health-interval 1s /bin/true
	said "--health-cmd is missing"
	ends 2 "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" create --rootfs "$ROOTFS" --health-cmd x --no-healthcheck /bin/true
	ends 2 "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" create --rootfs "$ROOTFS" --health-cmd x --health-retries 0 /bin/true
	ends 2 "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" create --rootfs "$ROOTFS" --health-cmd x --health-timeout soon /bin/true
}

@test "HEALTHCHECK of an image from a registry; options change it, or take it away" {
	need skopeo
	need umoci
	need docker-registry
	[ -d "$SHARED/layout" ] || make_image >"$WORK/image.log" 2>&1 || fail "$(cat "$WORK/image.log")"
	start_registry
	with_healthcheck root '{"Test": ["CMD-SHELL", "cat /tmp/started"], "Interval": 100000000, "Retries": 2}'
	push "$WORK/docker" checked:1
	id=$(image_run --name first "$REGISTRY/checked:1")
	wait_healthy 0 --timeout 30 first
	health 0 first "healthy: one two;/srv;0:0;hello"
	stop_registry
	image_run --name again "$REGISTRY/checked:1"
	wait_healthy 0 --timeout 30 again
	same "$(jq -r '.annotations["oci-lifecycle.health"] | fromjson | .Interval' "$CONTAINERS/$(id_of again)/config.json")" 100000000 "its interval"
	image_run --name other --health-cmd 'echo mine' "$REGISTRY/checked:1"
	health 0 other "healthy: mine"
	image_run --name none --no-healthcheck "$REGISTRY/checked:1"
	health 1 none ""
	wait_healthy 1 none
	said "has no health check"
}
