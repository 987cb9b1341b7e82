#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154 # what ctl.bash uses, and sets
# lifecycle-ctl's containers, as far as it does not matter which runtime runs them: runc.

load helpers
load query
load ctl
load ctl_cases

OCI_RUNTIME=runc

setup() {
	ctl_setup
}

teardown() {
	ctl_teardown
}

@test "a name is one container's; an ID and its beginning are understood, too" {
	local id other

	id=$(create_of --name web sleep 100)
	status_is 1 create_of --name web sleep 100
	says "the name 'web' is taken by the container '${id:0:12}'"
	for bad in '' -x a/b .x 'a b' "$(printf 'x%.0s' {1..129})"; do
		status_is 2 create_of --name "$bad" sleep 100
	done
	same "$(containers)" "$id" "the containers"
	ctl remove "${id:0:6}"
	other=$(create_of --name web sleep 100)
	same "$(ctl start web)" "$other" "whom the name means now"
	status_is 3 ctl start "${id:0:12}"
	status_is 3 ctl start nobody
	status_is 2 ctl start ''
}

@test "two of one name at once: one is made" {
	local made=0 pids=() pid

	for _ in {1..8}; do
		create_of --name web sleep 100 >/dev/null 2>&1 </dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		! wait "$pid" || made=$((made + 1))
	done
	same "$made $(containers | wc -l)" "1 1" "how many were made, and are there"
}

@test "exec ends as its program does; of what does not run it says so" {
	run_of -d --name web sleep 100 >/dev/null
	status_is 7 ctl exec -e WHO=me web sh -c 'echo "$WHO"; exit 7'
	says me
	same "$(echo in | ctl exec web cat)" in "what exec's program reads"
	ctl stop -t 0 web
	status_is 1 ctl exec web true
	says "'web' is not running"
	status_is 1 ctl kill web
	says "is not running"
}

@test "a signal reaches the program, and only once" {
	run_of -d --name web sh -c 'trap "echo got >>/tmp/signals" USR1; touch /tmp/ready; while :; do sleep 0.05; done' >/dev/null
	eventually test -e "$ROOTFS/tmp/ready"
	ctl kill -s USR1 web
	eventually test -s "$ROOTFS/tmp/signals"
	sleep 0.2
	same "$(cat "$ROOTFS/tmp/signals")" got "how often"
	status_is 1 ctl kill -s NOSUCH web
	rm -f "$ROOTFS/tmp/signals" "$ROOTFS/tmp/ready"
}

@test "a bundle: relative paths are the bundle's, large numbers and others' hooks stay, no terminal is asked for" {
	local config

	mkdir "$WORK/shared"
	new_bundle b sh -c 'cat /shared/file; exit 4'
	echo shared >"$BUNDLE/file"
	jq --arg rootfs "$(realpath --relative-to "$BUNDLE" "$ROOTFS")" '.root.path = $rootfs | .process.terminal = true | .annotations.own = "theirs"
		| .mounts += [{destination: "/shared", type: "bind", source: ".", options: ["rbind", "ro"]}]
		| .hooks.poststop = [{path: "/bin/true"}]
		| .process.rlimits += [{type: "RLIMIT_CORE", soft: "LARGE", hard: "LARGE"}]' "$BUNDLE/config.json" |
		sed 's/"LARGE"/18446744073709551615/g' >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
	mkdir -p "$ROOTFS/shared"
	cksum "$BUNDLE/config.json" >"$WORK/before"
	status_is 4 ctl run "${RUNTIME_OPTIONS[@]}" --name b --bundle "$BUNDLE"
	says shared
	cksum "$BUNDLE/config.json" | diff "$WORK/before" -
	config=$CONTAINERS/$(id_of b)/config.json
	same "$(grep -o 18446744073709551615 "$config" | wc -l)" 2 "large numbers"
	same "$(jq -r '"\(.root.path) \(.process.terminal) \(.annotations.own) \(.hooks.poststop[0].path)"' "$config")" \
		"$ROOTFS false theirs /bin/true" "what is kept"
	same "$(inspect b .exit_code)" 4 exit_code
}

@test "what a bundle may lack or have wrong is told" {
	new_bundle b true
	for edit in 'del(.root)' '.process = 1' '.annotations = {"oci-lifecycle.stop-timeout": "soon"}'; do
		jq "$edit" "$BUNDLE/config.json" >"$WORK/config"
		mkdir -p "$WORK/bad"
		cp "$WORK/config" "$WORK/bad/config.json"
		! ctl create "${RUNTIME_OPTIONS[@]}" -b "$WORK/bad" 2>"$WORK/said" || [[ $edit == *annotations* ]] || fail "$edit"
	done
	echo '{' >"$WORK/bad/config.json"
	status_is 2 ctl create "${RUNTIME_OPTIONS[@]}" -b "$WORK/bad"
	says "config.json"
	status_is 1 ctl create "${RUNTIME_OPTIONS[@]}" -b "$WORK/none"
	status_is 1 ctl create "${RUNTIME_OPTIONS[@]}" --rootfs "$WORK/none" true
	status_is 2 ctl create "${RUNTIME_OPTIONS[@]}"
	status_is 2 ctl create "${RUNTIME_OPTIONS[@]}" --rootfs "$ROOTFS"
	status_is 2 ctl create "${RUNTIME_OPTIONS[@]}" --rootfs "$ROOTFS" -b "$WORK/bad" true
	for id in $(containers); do ctl remove "$id"; done
	same "$(containers)" "" "what is left"
}

@test "the environment: given, taken over, replaced" {
	TAKEN=over run_of --name e -e GIVEN=1 -e TAKEN -e NOT_SET -e PATH=/bin sh -c \
		'[ "$GIVEN $TAKEN ${NOT_SET-unset} $PATH" = "1 over unset /bin" ]'
}

@test "what is not installed is named, with its package" {
	mkdir "$WORK/empty"
	PATH=$WORK/empty status_is 1 ctl create --rootfs "$ROOTFS" true
	says "no OCI runtime is installed (Debian: apt-get install runc)"
	PATH=$WORK/empty status_is 1 ctl create --runtime crun --rootfs "$ROOTFS" true
	says "'crun' is not installed (Debian: apt-get install crun)"
	PATH=$WORK/empty status_is 1 ctl create --runtime "$(command -v runc)" --rootfs "$ROOTFS" true
	says "'conmon' is not installed (Debian: apt-get install conmon)"
	status_is 1 ctl create --runtime no-such-runtime --rootfs "$ROOTFS" true
	says "'no-such-runtime' is not installed"
	same "$(containers)" "" "what is left"
}

@test "hooks that are not there are told before anything is made" {
	HOOKS_DIR=$WORK/none status_is 1 create_of true
	says "'$WORK/none/lifecycle-prestart' cannot be run"
	same "$(containers)" "" "what is left"
}

@test "run --rm: the container goes, its record stays" {
	status_is 3 run_of --rm --name web sh -c 'exit 3'
	same "$(containers)" "" "what is left"
	same "$(inspect web .exit_code)" 3 exit_code
	run_of -d --rm --name api sh -c 'exit 4' >/dev/null
	eventually is api stopped
	eventually [ -z "$(containers)" ]
	same "$(inspect api .exit_code)" 4 exit_code
}

@test "run in the foreground hands signals on, and shows what is written" {
	local follower

	# not a function: $! is to be the program itself
	"$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR" run "${RUNTIME_OPTIONS[@]}" --rootfs "$ROOTFS" --name web \
		sh -c 'trap "echo bye; exit 5" TERM; echo hello; while :; do sleep 0.05; done' >"$WORK/out" 2>&1 3>&- &
	follower=$!
	background "$follower"
	eventually grep -q hello "$WORK/out"
	kill -TERM "$follower"
	status_is 5 wait "$follower"
	same "$(tr '\n' ' ' <"$WORK/out")" "hello bye " "what was shown"
	same "$(inspect web .exit_code)" 5 exit_code
}

@test "conmon killed: the state is honest, stop and remove work" {
	local id

	id=$(run_of -d --name web sleep 100)
	kill -KILL "$(conmon_of "$id")"
	eventually gone_or_zombie "$(conmon_of "$id")"
	is web running
	ctl stop -t 0 web
	is web stopped
	# nobody wrote it down; a zombie may still tell it
	[[ $(inspect web .exit_code) =~ ^(137)?$ ]] || fail "exit code: $(inspect web .exit_code)"
	ctl start web
	is web running
	kill -KILL "$(conmon_of "$id")"
	ctl remove --force web
	same "$(containers)" "" "what is left"
	same "$(runtime list -q)" "" "what the runtime still has"
	ctl_is_clean
}

@test "conmon killed: run in the foreground says that nobody knows how it ended" {
	local follower id

	run_of --name web sleep 100 >"$WORK/out" 2>&1 &
	follower=$!
	background "$follower"
	eventually is web running
	id=$(id_of web)
	kill -KILL "$(conmon_of "$id")"
	kill -KILL "$(inspect web .pid)"
	status_is 1 wait "$follower"
	grep -qF "nobody knows how" "$WORK/out"
}

@test "create killed before conmon wrote down its pid: the next start waits for that conmon, and there is no second" {
	local id

	# conmon starts the process that stays, writes its pid and ends: here it is killed in between.
	mkdir "$WORK/bin"
	cat >"$WORK/bin/conmon" <<-EOF
		#!/bin/bash
		for word; do
			[[ \$word == --conmon-pidfile=* ]] || words+=("\$word")
		done
		setsid '$(command -v conmon)' "\${words[@]}" &
		kill -KILL \$PPID
	EOF
	chmod +x "$WORK/bin/conmon"
	# the runtime is slow in the middle of it
	new_bundle b sh -c 'trap "exit 7" TERM; sleep 1000 & wait'
	jq '.hooks.createRuntime = [{"path": "/bin/sleep", "args": ["sleep", "0.7"]}]' "$BUNDLE/config.json" >"$WORK/config"
	mv "$WORK/config" "$BUNDLE/config.json"
	status_is 137 env PATH="$WORK/bin:$PATH" "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR" \
		create "${RUNTIME_OPTIONS[@]}" --bundle "$BUNDLE" --name web
	ctl start web
	is web running
	id=$(id_of web)
	same "$(pgrep -c -f -- "^[^ ]*conmon .*--cid=$id")" 1 "how many there are"
	kill -TERM "$(inspect web .pid)"
	eventually is web stopped
	ctl stop web
	same "$(inspect web .exit_code)" 7 "its exit code"
}

# after_reboot COMMAND...: in another boot, as far as anybody can tell.
after_reboot()
{
	echo 01234567-89ab-cdef-0123-456789abcdef >"$WORK/boot_id"
	unshare --mount sh -euc 'mount --bind "$1" /proc/sys/kernel/random/boot_id; shift; exec "$@"' sh "$WORK/boot_id" "$@"
}

@test "after a reboot: stale ones are told, can be started, and prune removes them with what the runtime left" {
	local id other options=(--root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR")

	id=$(run_of -d --name web sleep 100)
	other=$(run_of -d --name api sleep 100)
	# what a reboot does to processes, and to the runtime's state in /run: but some of that is left here
	kill -KILL "$(conmon_of "$id")" "$(conmon_of "$other")"
	kill -KILL "$(inspect web .pid)" "$(inspect api .pid)"
	rm -r "$WORK/runc/$id"
	after_reboot "$QUERY" --root "$ROOT" inspect web api >"$WORK/after.json"
	same "$(jq -r '.[].observed | "\(.status) \(.reason)"' "$WORK/after.json" | sort -u)" "stopped lost_reboot" observed
	after_reboot "$CTL" "${options[@]}" start web 3>&-
	after_reboot "$QUERY" --root "$ROOT" inspect web >"$WORK/after.json"
	same "$(jq -r '.[0] | "\(.observed.status) \(.generation) \(.previous[0].reason)"' "$WORK/after.json")" \
		"running 2 lost_reboot" "after its start"
	same "$(after_reboot "$CTL" "${options[@]}" prune 3>&-)" "$other" "what prune removed"
	same "$(containers)" "$id" "what is left"
	same "$(runtime list -q)" "$id" "what the runtime has"
	after_reboot "$CTL" "${options[@]}" remove -f web 3>&-
}

@test "a store that is gone takes no container with it" {
	local id

	id=$(run_of -d --name web sleep 100)
	ctl stop -t 0 web
	rm -r "$ROOT"
	same "$(ctl start web)" "$id" "what start prints"
	is web running
	ctl stop -t 0 web
	rm -r "$ROOT"
	ctl stop web
	same "$(ctl prune --dry-run 2>/dev/null)" "$id" "what would be pruned"
	same "$(ctl prune 2>/dev/null)" "$id" "what is pruned"
	same "$(containers)" "" "what is left"
	[ ! -e "$ROOT" ] || fail "only a start needs a store, and there is one"
}

@test "prune leaves what runs and what is created" {
	run_of -d --name lives sleep 100 >/dev/null
	create_of --name waits sleep 100 >/dev/null
	run_of --name over true
	same "$(ctl prune | wc -l)" 1 "how many are pruned"
	same "$(containers | wc -l)" 2 "how many are left"
	ctl start waits
	is waits running
}

@test "commands of records alone make no place for containers" {
	running web front
	DATA_ROOT=$WORK/none
	status_is 5 ctl stop web
	status_is 0 ctl prune
	[ ! -e "$WORK/none" ] || fail "there is a place"
}

@test "a place that others can write to is refused" {
	mkdir "$WORK/data"
	chmod 0777 "$WORK/data"
	status_is 1 create_of true
	says "is not safe"
	chmod 0700 "$WORK/data"
	chown 1 "$WORK/data"
	status_is 1 create_of true
	says "is not safe"
	chown 0 "$WORK/data"
}

@test "what stays beside a container is conmon, and nothing else of ours" {
	local id pid

	id=$(run_of -d --name web sleep 100)
	for pid in $(pgrep -f "$id"); do
		same "$(cat "/proc/$pid/comm")" conmon "what is beside the container"
	done
	same "$(pgrep -f "$id")" "$(conmon_of "$id")" "how many there are"
}

@test "restart: another generation, with the same ID and name" {
	local id

	id=$(run_of -d --name web sleep 100)
	same "$(ctl restart -t 0 web)" "$id" "what restart prints"
	is web running
	same "$(inspect web '"\(.generation) \(.previous[0].exit_code)"')" "2 137" "generation, and how the first ended"
}

@test "by the library alone, without a command line" {
	LD_LIBRARY_PATH=$TOP_BUILDDIR/libstate/.libs "$TOP_BUILDDIR/tests/integration/container_user" "$DATA_ROOT" "$ROOT" "$HOOKS_DIR" \
		"$(command -v runc)" "$WORK/runc" "$ROOTFS" >"$WORK/out" </dev/null 3>&-
	diff - "$WORK/out" <<-OUT
		created, pid known
		running, pid known
		1 here
		exit code 137
		stopped, pid unknown
		0 here
	OUT
}

# ready_times COUNT COMMAND...: what the command prints.
ready_times()
{
	local count=$1

	shift
	[ "$("$@" | grep -cx ready)" = "$count" ]
}

@test "logs -f of a second life waits for all that it wrote, whatever the first one's end was" {
	local id pid follower

	id=$(run_of -d --name web sh -c 'trap "echo last; exit 7" TERM; echo ready; while :; do sleep 0.05; done')
	eventually ready_times 1 ctl logs web
	ctl kill web
	eventually is web stopped
	ctl start web
	eventually ready_times 2 ctl logs web
	pid=$(inspect web .pid)
	"$CTL" --root "$ROOT" --data-root "$DATA_ROOT" logs -f web >"$WORK/out" 2>&1 3>&- &
	follower=$!
	background "$follower"
	eventually ready_times 2 cat "$WORK/out"
	kill -STOP "$(conmon_of "$id")"
	ctl kill -s TERM web
	eventually gone_or_zombie "$pid"
	kill -CONT "$(conmon_of "$id")"
	wait "$follower"
	same "$(cat "$WORK/out")" $'ready\nready\nlast' "what was shown"
}

@test "start waits for a creation whose create was killed, as long as a hook of others takes" {
	local creator

	new_bundle slow sleep 100
	add_hook createRuntime /bin/sleep 1.5
	"$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR" create "${RUNTIME_OPTIONS[@]}" --name slow -b "$BUNDLE" \
		>/dev/null 2>&1 3>&- &
	creator=$!
	background "$creator"
	eventually is slow creating
	pkill -KILL -f "lifecycle-ctl.* create .*$BUNDLE"
	ctl start slow
	is slow running
}

@test "two hundred in parallel" {
	local failed=0

	seq 200 >"$WORK/numbers"
	# 16 at a time: a machine's limit is not what is looked for
	xargs -P 16 -I% sh -c '"$0" "$@" --name c% --rootfs '"$ROOTFS"' sh -c "exit 3" >/dev/null 2>>'"$WORK/errors"' </dev/null || [ $? = 3 ]' \
		"$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR" run "${RUNTIME_OPTIONS[@]}" <"$WORK/numbers" 3>&- ||
		failed=1
	same "$(sort "$WORK/errors" | uniq -c | head -5)" "" "what was said"
	same "$failed" 0 "a status other than 3"
	same "$("$QUERY" --root "$ROOT" list --format '{{.ExitCode}} {{.Status}}' | sort | uniq -c | tr -s ' ')" " 200 3 stopped" "records"
	same "$(containers | wc -l)" 200 containers
	same "$(ctl prune | wc -l)" 200 "how many are pruned"
	same "$(containers | wc -l)" 0 "what is left"
	ctl_is_clean
}

@test "a program has three open files; what conmon holds does not reach it" {
	# the fourth is the directory that is read
	same "$(run_of --name web sh -c 'echo /proc/self/fd/*')" "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3" files
}
