#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-watch beside real containers of runc and crun: what the kernel tells, and what of it is recorded.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

WATCH=$(realpath -m "${WATCH:-$TOP_BUILDDIR/tools/lifecycle-watch}")
OCI_RUNTIME=runc

setup()
{
	common_setup
	need_runtime
	ID=$PREFIX-w$BATS_TEST_NUMBER
}

teardown()
{
	common_teardown
}

# ---- the watcher ----

# watch OPTION...: in the background, once it is ready; $WATCHER is its pid, what it says is in $WORK/said.
watch()
{
	start_watch "$WATCH" --root "$ROOT" "$@"
}

# start_watch COMMAND...: the same of any command that becomes lifecycle-watch.
start_watch()
{
	rm -f "$WORK/notified"
	"$PYTHON" "$BATS_TEST_DIRNAME/notified.py" "$WORK/notified" "$@" 3>&- >>"$WORK/said" 2>&1 </dev/null &
	WATCHER=$!
	background "$WATCHER"
	eventually grep -q READY "$WORK/notified"
	WATCHER=$(head -n 1 "$WORK/notified")
	background "$WATCHER"
}

end_watch()
{
	kill -TERM "$WATCHER"
	eventually gone_or_zombie "$WATCHER"
}

# The connector is not to be had in a container, nor on a kernel without it.
need_connector()
{
	! grep -q 'starts are not seen' "$WORK/said" || skip "$(cat "$WORK/said")"
}

said_nothing()
{
	[ ! -s "$WORK/said" ] || fail "it said: $(cat "$WORK/said")"
}

# ---- the containers ----

# created ARG...: a container that waits to run ARG...
created()
{
	new_bundle "$ID" "$@"
	add_ours createRuntime poststart poststop
	detached runtime create --bundle "$BUNDLE" "$ID"
}

started()
{
	created "$@"
	runtime start "$ID"
}

# started_until_told CODE: a container that ends by SIGTERM, with this exit code.
started_until_told()
{
	started /bin/sh -c "trap 'exit $1' TERM; echo ready; sleep 600 & wait"
	eventually grep -q ready "$WORK/container.out"
}

# is ID FILTER VALUE: of the record.
is()
{
	[ "$(record "$1" "$2")" = "$3" ]
}

finished()
{
	eventually is "${1:-$ID}" .finished_at_source exit || fail "$(record "${1:-$ID}")"
}

# The container's whole life, as the kernel tells it; $1 is the exit code.
is_exact()
{
	same "$(record "$ID" .status)" stopped status
	same "$(record "$ID" .reason)" exited reason
	same "$(record "$ID" .started_at_source)" exec "source of the start"
	same "$(record "$ID" .finished_at_source)" exit "source of the end"
	same "$(record "$ID" .exit_code)" "$1" "exit code"
}

both_runtimes()
{
	for OCI_RUNTIME in runc crun; do
		command -v "$OCI_RUNTIME" >/dev/null || continue
		ID=$PREFIX-w$BATS_TEST_NUMBER-$OCI_RUNTIME
		"$@" || return
		runtime delete --force "$ID"
	done
}

# ---- what is recorded ----

life_is_exact()
{
	started clock 0.2 7
	finished
	is_exact 7
	same "$(record "$ID" '.exit_signal')" "" signal
	in_order "$(record "$ID" .created_at)" "$(record "$ID" .started_at)" "$(sed -n 1p "$WORK/container.out")" \
		"$(sed -n 2p "$WORK/container.out")" "$(record "$ID" .finished_at)"
	runtime delete "$ID"
	is_exact 7
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "createRuntime poststart poststop" hooks
	same "$(inspect "$ID" '[.observed.status, .observed.reason] | join(" ")')" "stopped exited" observed
	"$QUERY" --root "$ROOT" list -a --noheading | grep -F 'stopped (exited 7)'
}

@test "start, end and exit code, exact" {
	watch
	need_connector
	both_runtimes life_is_exact
	end_watch
	said_nothing
}

@test "a run whose program ends at once" {
	watch
	need_connector
	new_bundle b /bin/sh -c 'exit 3'
	add_ours createRuntime poststart poststop
	for OCI_RUNTIME in runc crun; do
		ID=$PREFIX-once-$OCI_RUNTIME
		! detached runtime run --bundle "$BUNDLE" "$ID" || fail "no exit code"
		finished
		is_exact 3
	done
}

not_executable_never_started()
{
	new_bundle "$ID" /bin/bad-format
	printf '\177ELFnone' >"$SHARED/rootfs/bin/bad-format"
	chmod 0755 "$SHARED/rootfs/bin/bad-format"
	add_ours createRuntime poststart poststop
	detached runtime create --bundle "$BUNDLE" "$ID"
	detached runtime start "$ID" || :
	finished
	same "$(record "$ID" .reason)" never_started reason
	same "$(record "$ID" .started_at_source)" createRuntime "source of the start"
	detached runtime delete --force "$ID"
	same "$(record "$ID" .reason)" never_started "reason after poststop"
	same "$("$QUERY" --root "$ROOT" started-at "$ID" || echo none)" none start
}

@test "a program that cannot be executed never started, whoever says so, and however soon it is reaped" {
	watch
	need_connector
	both_runtimes not_executable_never_started
}

@test "killed before its start: never started" {
	watch
	need_connector
	created clock 9
	runtime kill "$ID" KILL
	finished
	same "$(record "$ID" .reason)" never_started reason
	same "$(record "$ID" '[.exit_code, .exit_signal] | join(" ")')" "137 9" "exit code and signal"
}

killed_by_hand()
{
	started sleep 60
	eventually is "$ID" .started_at_source exec
	runtime kill "$ID" KILL
	finished
	is_exact 137
	same "$(record "$ID" .exit_signal)" 9 signal
	same "$(record "$ID" .oom_killed)" false oom_killed
}

@test "killed by hand: the signal, and memory was not out" {
	watch
	need_connector
	both_runtimes killed_by_hand
}

@test "killed since memory was out: every view says so" {
	[ -e /sys/fs/cgroup/memory/memory.oom_control ] || [ -e /sys/fs/cgroup/memory.pressure ] ||
		skip "no control group of memory"
	watch
	need_connector
	new_bundle "$ID" /bin/sh -c 'x=x; while :; do x=$x$x; done'
	jq '.linux.resources.memory = {limit: 16777216, swap: 16777216}' "$BUNDLE/config.json" >"$WORK/c" &&
		mv "$WORK/c" "$BUNDLE/config.json"
	add_ours createRuntime poststart poststop
	detached runtime create --bundle "$BUNDLE" "$ID"
	runtime start "$ID"
	finished
	is_exact 137
	same "$(record "$ID" .oom_killed)" true oom_killed
	"$QUERY" --root "$ROOT" list -a --noheading | grep -F 'stopped (exited 137, oom)'
	same "$("$QUERY" --root "$ROOT" inspect --compat docker "$ID" | jq '.[0].State.OOMKilled')" true OOMKilled
	"$QUERY" --root "$ROOT" timeline "$ID" | grep -F 'exit code 137, out of memory'
	"$QUERY" --root "$ROOT" metrics | grep -E "^oci_lifecycle_oom_killed\{id=\"$ID\".*\} 1$"
	same "$("$QUERY" --root "$ROOT" events | jq -c 'select(.event == "stopped").attributes | [.exit_signal, .oom_killed]')" '[9,true]' event
}

@test "a program that execs another one: its start is its first" {
	watch
	need_connector
	started /bin/sh -c 'sleep 0.3; exec clock 0.1'
	finished
	is_exact 0
	in_order "$(record "$ID" .started_at)" "$(sed -n 1p "$WORK/container.out")"
	! in_order "$(sed -n 1p "$WORK/container.out")" "$(date -u -d "$(record "$ID" .started_at) + 0.25 sec" +%FT%T.%NZ)" ||
		fail "the start is that of the second program"
}

@test "the first thread ends before the others: the end is the last one's" {
	"$CC" -O2 -static -pthread -o "$WORK/leader" "$BATS_TEST_DIRNAME/leader.c"
	watch
	need_connector
	make_rootfs
	cp "$WORK/leader" "$SHARED/rootfs/bin/leader"
	started leader 0.5 5
	finished
	is_exact 5
	in_order "$(sed -n 1p "$WORK/container.out")" "$(record "$ID" .finished_at)"
}

@test "a parent that never reaps" {
	watch
	need_connector
	new_bundle "$ID" clock 0.1 4
	add_ours createRuntime poststart poststop
	set_runtime
	unreaped "${RUNTIME_COMMAND[@]}" create --bundle "$BUNDLE" "$ID"
	runtime start "$ID"
	finished
	same "$(state_of "$(record "$ID" .pid)")" Z "state of its process"
	is_exact 4
	end_unreaped
}

in_user_namespace()
{
	new_bundle "$ID" clock 0.2 7
	add_ours createRuntime poststart poststop
	jq '.linux.namespaces += [{type: "user"}] | .mounts |= map(select(.destination | startswith("/sys") | not))
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings' \
		<"$BUNDLE/config.json" >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
	detached runtime create --bundle "$BUNDLE" "$ID"
	owner=$(stat -c %u "/proc/$(record "$ID" .pid)")
	runtime start "$ID"
	finished
	is_exact 7
	same "$owner" 100000 "owner of the init process"
}

# Its users must get to the root file system, below directories that are root's alone.
@test "root's container in a user namespace" {
	make_rootfs
	chmod 0755 "$BATS_RUN_TMPDIR" "${SHARED%/*}" "$SHARED" "${WORK%/*}" "$WORK" "$SHARED/rootfs"
	watch
	need_connector
	both_runtimes in_user_namespace
}

@test "one ID many times: each life has its own end" {
	local code

	watch
	need_connector
	new_bundle b /bin/sh -c 'exit $CODE'
	add_ours createRuntime poststart poststop
	for code in 1 2 3 4 5 6; do
		jq --arg code "$code" '.process.env = ["PATH=/bin", "CODE=" + $code]' "$BUNDLE/config.json" >"$WORK/c" &&
			mv "$WORK/c" "$BUNDLE/config.json"
		detached runtime run --bundle "$BUNDLE" "$ID" || :
	done
	eventually is "$ID" .exit_code 6
	same "$(record "$ID" '[.previous[], .] | map([.exit_code, .started_at_source, .finished_at_source, .reason] | join(" ")) | unique | length')" 6 lives
	same "$(record "$ID" '[.previous[], .] | map(.exit_code) | join(" ")')" "1 2 3 4 5 6" "exit codes"
	same "$(record "$ID" '[.previous[], .] | map(.started_at_source + .finished_at_source + .reason) | unique | join(" ")')" execexitexited all
}

same_pid_is_told_apart()
{
	rm -rf "$ROOT"
	"$PYTHON" "$BATS_TEST_DIRNAME/same_pid.py" "$HOOKS_DIR/lifecycle-create-runtime" "$ROOT" >"$WORK/times"
}

c1_is_exact()
{
	finished c1
	same "$(record c1 '[.reason, .started_at_source, .exit_code] | join(" ")')" "exited exec 5" "its life"
	in_order "$(sed -n 1p "$WORK/times")" "$(record c1 .started_at)" "$(record c1 .finished_at)" "$(sed -n 2p "$WORK/times")"
}

@test "a pid that others have before and after, while the kernel's word is read at once, and while it is not" {
	[ -w /proc/sys/kernel/ns_last_pid ] || skip "the kernel cannot be told which pid comes next"
	watch
	need_connector
	same_pid_is_told_apart
	c1_is_exact
	kill -STOP "$WATCHER"
	same_pid_is_told_apart
	kill -CONT "$WATCHER"
	c1_is_exact
}

# ---- without all of it ----

@test "without the connector: ends by pidfd, said once, and no start is denied" {
	watch --no-connector
	created clock 0.2 7
	runtime start "$ID"
	finished
	same "$(record "$ID" .reason)" exited reason
	same "$(record "$ID" .started_at_source)" exec_fifo "source of the start"
	[ "$(record "$ID" .exit_code)" = 7 ] || ! has_exit_information || fail "no exit code"
	said_nothing
}

# Its pids are not those that the kernel tells. That nobody answers it must not be hidden by what others are answered.
@test "in another pid namespace, beside one that is answered: no word of the kernel's is believed" {
	watch
	need_connector
	end_watch
	"$PYTHON" "$BATS_TEST_DIRNAME/ask_connector.py" >"$WORK/asked" 3>&- &
	background $!
	eventually grep -q asked "$WORK/asked"
	start_watch unshare --pid --fork --mount-proc --kill-child "$WATCH" --root "$ROOT"
	grep 'starts are not seen' "$WORK/said"
}

# The kernel keeps the exit status for who held a pidfd.
has_exit_information()
{
	[ "$(printf '%s\n' 6.15 "$(uname -r)" | sort -V | head -n 1)" = 6.15 ]
}

@test "in another network namespace, and without the capability before Linux 6.6: said once, ends are seen" {
	start_watch unshare --net "$WATCH" --root "$ROOT"
	same "$(grep -c 'does not tell of processes here.*ends are' "$WORK/said")" 1 "lines of it"
	started clock 0.2 7
	finished
	same "$(record "$ID" .reason)" exited reason
	same "$(wc -l <"$WORK/said")" 1 lines
}

@test "with the unit's capabilities alone, and no new privileges" {
	need setpriv
	start_watch setpriv --bounding-set -all,+net_admin --inh-caps -all --no-new-privs "$WATCH" --root "$ROOT"
	need_connector
	both_runtimes life_is_exact
	ID=$PREFIX-w$BATS_TEST_NUMBER-killed
	OCI_RUNTIME=runc killed_by_hand
	said_nothing
}

# ---- when it runs ----

@test "started after the containers: ends and codes, and no start that it did not see" {
	local early=$ID

	started /bin/sh -c "trap 'exec clock 0.2 7' TERM; echo ready; sleep 600 & wait"
	eventually grep -q ready "$WORK/container.out"
	ID=$ID-waits
	created clock 0.1 4
	watch
	need_connector
	runtime start "$ID"
	runtime kill "$early" TERM
	finished "$early"
	finished
	is_exact 4
	same "$(record "$early" .exit_code)" 7 "exit code"
	same "$(record "$early" .reason)" exited reason
	same "$(record "$early" .started_at_source)" exec_fifo "source of the start"
}

@test "killed and started again in the middle: ends and codes are known" {
	local number

	watch
	need_connector
	for number in {1..10}; do
		ID=$PREFIX-again-$number
		started_until_told "$number"
	done
	kill -KILL "$WATCHER"
	watch
	for number in {1..10}; do
		runtime kill "$PREFIX-again-$number" TERM
	done
	for number in {1..10}; do
		finished "$PREFIX-again-$number"
		same "$(record "$PREFIX-again-$number" .exit_code)" "$number" "exit code"
		same "$(record "$PREFIX-again-$number" .reason)" exited reason
	done
}

@test "--once: the end of a dead process that nobody has waited for, and of no other" {
	local pid

	new_bundle "$ID" clock 0.1 4
	add_ours createRuntime poststart poststop
	set_runtime
	unreaped "${RUNTIME_COMMAND[@]}" create --bundle "$BUNDLE" "$ID"
	pid=$(record "$ID" .pid)
	runtime start "$ID"
	eventually gone_or_zombie "$pid"
	"$WATCH" --root "$ROOT" --once
	same "$(record "$ID" '[.status, .reason, .exit_code] | join(" ")')" "stopped exited 4" "its end"
	same "$(record "$ID" .finished_at)" "" "when, which nobody saw"
	end_unreaped
	living_one=$(cp "$ROOT/$ID/lifecycle.json" "$WORK/before" && echo "$ID")
	"$WATCH" --root "$ROOT" --once
	cmp "$ROOT/$living_one/lifecycle.json" "$WORK/before"
}

@test "SIGHUP has it read the store anew, SIGTERM ends it" {
	watch
	need_connector
	started sleep 60
	kill -HUP "$WATCHER"
	runtime kill "$ID" KILL
	finished
	same "$(grep -c READY "$WORK/notified")" 1 READY
	end_watch
	eventually grep -q '^0$' "$WORK/notified"
	grep -q STOPPING "$WORK/notified"
	said_nothing
}

@test "a store that comes later, and goes, and comes back" {
	watch
	need_connector
	[ ! -e "$ROOT" ]
	started clock 0.1 3
	finished
	runtime delete "$ID"
	rm -r "$ROOT"
	ID=$ID-again
	started clock 0.1 4
	finished
	is_exact 4
}

@test "several stores" {
	start_watch "$WATCH" --root "$ROOT" --root "$WORK/other"
	need_connector
	ROOT=$WORK/other started clock 0.1 3
	first=$ID ID=$ID-here
	started clock 0.1 4
	finished
	ROOT=$WORK/other finished "$first"
	ROOT=$WORK/other is "$first" .exit_code 3
}

@test "a store that others could write is refused, and one that belongs to another user" {
	mkdir -p "$WORK/open" "$WORK/theirs"
	chmod 0777 "$WORK/open"
	chown 12345 "$WORK/theirs"
	for store in open theirs; do
		run -1 "$WATCH" --root "$WORK/$store"
		# where there is no process connector, that is said, too
		output=$(grep -v 'the kernel does not tell of processes here' <<<"$output")
		[[ $output == "lifecycle-watch: "*"$WORK/$store"* && $output != *$'\n'* ]]
	done
}

@test "a record that is removed is not written again" {
	watch
	need_connector
	started sleep 60
	eventually is "$ID" .started_at_source exec
	"$TOP_BUILDDIR/tools/lifecycle-ctl" --root "$ROOT" forget --force "$ID"
	runtime kill "$ID" KILL
	eventually gone_or_zombie "$(container_pid "$ID")"
	sleep 0.3
	[ ! -e "$ROOT/$ID" ] || fail "it is there again: $(ls -A "$ROOT/$ID")"
}

@test "a lock that another holds: it is recorded once the lock is free, and the fault is said once" {
	local holder

	watch
	need_connector
	started clock 0.5 6
	eventually is "$ID" .started_at_source exec
	flock "$ROOT/$ID" sleep 2 3>&- &
	holder=$!
	background "$holder"
	sleep 1.5
	is "$ID" .status running
	kill "$holder"
	wait "$holder" || :
	pkill -P "$holder" || :
	finished
	is_exact 6
	same "$(wc -l <"$WORK/said")" 1 "lines said"
}

# ---- more than the kernel can keep ----

is_stopped()
{
	[ "$(state_of "$WATCHER")" = T ]
}

# Few events fit into what a preloaded library leaves of the socket's buffer.
@test "stopped in a storm: the loss is said, nothing false is recorded, ends are known" {
	local number

	"$CC" -shared -fPIC -o "$WORK/small.so" "$BATS_TEST_DIRNAME/small_buffer.c"
	start_watch env LD_PRELOAD="$WORK/small.so" "$WATCH" --root "$ROOT"
	need_connector
	created clock 0.1 4
	waiting=$ID
	for number in 1 2 3; do
		ID=$PREFIX-storm-$number
		started_until_told "$number"
	done
	sleep 0.2
	kill -STOP "$WATCHER"
	eventually is_stopped
	for number in {1..300}; do /bin/true; done
	ID=$PREFIX-storm-bad
	new_bundle "$ID" clock 0.1
	add_ours createRuntime poststart
	detached runtime create --bundle "$BUNDLE" "$ID"
	runtime start "$ID"
	for number in 1 2 3; do
		runtime kill "$PREFIX-storm-$number" TERM
	done
	sleep 3
	kill -CONT "$WATCHER"
	eventually grep -q 'more to tell than it could keep' "$WORK/said"
	runtime start "$waiting"
	eventually is "$waiting" .status stopped
	same "$(record "$waiting" .exit_code)" 4 "exit code"
	for number in 1 2 3; do
		eventually is "$PREFIX-storm-$number" .status stopped
		same "$(record "$PREFIX-storm-$number" .exit_code)" "$number" "exit code"
		same "$(record "$PREFIX-storm-$number" .reason)" exited reason
		# nobody looked for three seconds
		same "$(record "$PREFIX-storm-$number" .finished_at)" "" "when it ended"
	done
	case $(inspect "$ID" .observed.reason) in
	exited | "") ;;
	*) fail "reason: $(inspect "$ID" .observed.reason)" ;;
	esac
}

has_descriptors()
{
	[ "$(find "/proc/$WATCHER/fd" | wc -l)" = "$1" ]
}

@test "descriptors do not grow" {
	local before number

	watch
	need_connector
	new_bundle b /bin/true
	add_ours createRuntime poststop
	before=$(find "/proc/$WATCHER/fd" | wc -l)
	for number in {1..20}; do
		detached runtime run --bundle "$BUNDLE" "$ID-$number"
	done
	finished "$ID-20"
	eventually has_descriptors "$before"
}

@test "whoever asked for it is told that it lives" {
	WATCHDOG_USEC=200000 watch
	eventually grep -q WATCHDOG=1 "$WORK/notified"
}

# ---- the units ----

# Where the installed program would be, there is none: a true one stands in.
@test "systemd finds nothing wrong with the units" {
	need systemd-analyze
	for unit in system user; do
		sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$TOP_BUILDDIR/tools/units/$unit/lifecycle-watch.service" >"$WORK/lifecycle-watch.service"
		XDG_RUNTIME_DIR=$WORK run -0 systemd-analyze verify --man=no "--$unit" "$WORK/lifecycle-watch.service"
		[[ $output != *lifecycle-watch.service:* ]] || fail "$output"
	done
	echo 'Nonsense=yes' >>"$WORK/lifecycle-watch.service"
	XDG_RUNTIME_DIR=$WORK run systemd-analyze verify --man=no --user "$WORK/lifecycle-watch.service"
	[[ $output == *Nonsense* ]]
}

# A minimal system has no kill(1): only a shell is always there.
@test "what the units run is there on every system" {
	local unit

	for unit in system user; do
		run -0 grep '^Exec[A-Z]' "$TOP_BUILDDIR/tools/units/$unit/lifecycle-watch.service"
		same "$(grep -Ev '^Exec[A-Za-z]*=(/[^ ]*/lifecycle-watch|/bin/sh) ' <<<"$output")" "" "programs of the $unit unit"
	done
	sed -n "s|^ExecReload=/bin/sh -c '\\(.*\\)'$|\\1|p" "$TOP_BUILDDIR/tools/units/system/lifecycle-watch.service" >"$WORK/reload"
	[ -s "$WORK/reload" ]
	sh -c 'trap "exit 5" HUP; echo ready; while :; do sleep 0.05; done' >"$WORK/out" 3>&- &
	background $!
	eventually grep -q ready "$WORK/out"
	MAINPID=$! PATH=/nonexistent /bin/sh "$WORK/reload"
	status=0
	wait $! || status=$?
	same "$status" 5 "what SIGHUP made of it"
}
