#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query doctor: what it says of the host, that it changes nothing, and that nothing hangs it.

load doctor

setup() {
	setup_tree
	tree sh -c 'for program in podman buildah dockerd containerd runc crun runsc; do rm -f $(command -v $program); done'
}

@test "doctor: without an engine all is well, and each is said to be not here" {
	examine 0
	same "$(jq -r '[.subjects[] | select(.found | not).name] | join(" ")' "$WORK/doctor.json")" \
		"podman buildah CRI-O Docker containerd runc crun runsc" "not here"
	same "$(jq .well "$WORK/doctor.json")" true well
	tree "$QUERY" doctor | grep -qx 'All is well\.'
	says oci-lifecycle well installed "$HOOKS"
	says store note safe "the first hook makes it"
	says Linux well flock "can be locked"
	says lifecycle-watch note runs "it does not run"
}

@test "doctor: our own programs that are missing, cannot be executed, or are of another version" {
	tree rm "$HOOKS/lifecycle-poststop"
	tree chmod 0644 "$HOOKS/lifecycle-poststart"
	tree sh -c "printf '#!/bin/sh\necho lifecycle-runtime 0.0.7\n' >$OURS"
	examine 1
	says oci-lifecycle wrong installed "$HOOKS/lifecycle-poststop is not there"
	says oci-lifecycle wrong installed "$HOOKS/lifecycle-poststart cannot be executed"
	says oci-lifecycle wrong installed "$OURS is of version 0.0.7, this program of "
	tree chmod 0666 "$HOOKS/lifecycle-prestart"
	tree chmod 0777 "$HOOKS/lifecycle-prestart"
	examine 1
	says oci-lifecycle unknown installed "others than root may change it"
}

@test "doctor: a store that others can change, that is no directory, that cannot be written, that is full" {
	tree install -d -m 0777 /run/oci-lifecycle
	examine 1
	says store wrong safe /run/oci-lifecycle
	cure
	examine 0
	says store well safe "nobody else can change it"
	tree rmdir /run/oci-lifecycle
	tree touch /run/oci-lifecycle
	examine 1
	says store wrong safe /run/oci-lifecycle
	tree rm /run/oci-lifecycle
	tree mkdir -m 0700 /run/oci-lifecycle
	tree mount -t tmpfs -o mode=0700,ro small /run/oci-lifecycle
	examine 1
	says store wrong writable "Read-only file system"
	tree mount -o remount,rw,size=4k small /run/oci-lifecycle
	tree sh -c 'cat /dev/zero >/run/oci-lifecycle/fill 2>/dev/null; :'
	examine 1
	says store wrong writable "is full"
	tree rm /run/oci-lifecycle/fill
	examine 0
	says store note "file system" "runc's starts stay provisional"
}

@test "doctor: lifecycle-watch that runs, that watches elsewhere, that was replaced" {
	local watch=$PREFIX_DIR/bin/lifecycle-watch pid

	tree env LD_LIBRARY_PATH="$PREFIX_DIR/lib" "$watch" >"$WORK/watch.log" 2>&1 </dev/null &
	background $!
	eventually watch_is_seen "[0-9]*$"
	tree sh -c "cp $watch $watch.new && mv $watch.new $watch"
	examine 1
	says lifecycle-watch wrong runs "is of an older version than what is installed now"
	pid=$(jq -r '.subjects[] | select(.name == "lifecycle-watch").checks[0].text | capture("process (?<pid>[0-9]+)").pid' "$WORK/doctor.json")
	tree kill "$pid"
	tree env LD_LIBRARY_PATH="$PREFIX_DIR/lib" "$watch" --root /run/elsewhere >"$WORK/watch.log" 2>&1 </dev/null &
	background $!
	eventually watch_is_seen "watches another store, /run/elsewhere"
}

watch_is_seen()
{
	tree "$QUERY" doctor --json >"$WORK/doctor.json" || :
	jq -r '.subjects[] | select(.name == "lifecycle-watch").checks[].text' "$WORK/doctor.json" | grep -q "^process.*$1"
}

# An answer that never comes, and one whose process leaves another that holds its stdout.
@test "doctor: engines that hang, fail, say too much or nothing are not known, within bounded time" {
	local start=$SECONDS

	printf '#!/bin/sh\nsleep 1000\n' | write /usr/bin/podman
	printf '#!/bin/sh\n[ "$1" != --version ] || exec echo crio version 1.30\nsleep 1000 &\n' | write /usr/bin/crio
	printf '#!/bin/sh\necho out of order >&2\nexit 3\n' | write /usr/bin/containerd
	printf '#!/bin/sh\ntrap "" TERM INT HUP\nhead -c 100000000 /dev/zero | tr "\\0" x\n' | write /usr/bin/runc
	tree chmod 0755 /usr/bin/podman /usr/bin/crio /usr/bin/containerd /usr/bin/runc
	examine 1
	[ $((SECONDS - start)) -lt 60 ] || fail "it took $((SECONDS - start)) s"
	says podman unknown "hooks directories" "not known: \`podman --help\` does not tell them: no answer within 5 s"
	recorded podman unknown
	says CRI-O unknown "hooks directories" "not known"
	says containerd wrong configuration "out of order"
	same "$(tree sh -c 'grep -lx sleep /proc/[0-9]*/comm' | wc -l)" 1 "sleeping processes, the tree's own"
}

@test "doctor: it changes nothing" {
	printf '#!/bin/sh\necho "--hooks-dir strings x (default [%s])"\n' "$ENTRIES" | write /usr/bin/podman
	tree chmod 0755 /usr/bin/podman
	echo '{}' | write /etc/docker/daemon.json
	mkdir -p "$WORK/seen"
	list_tree >"$WORK/seen/before"
	examine 0
	tree "$QUERY" doctor >/dev/null
	list_tree | diff -u "$WORK/seen/before" -
	tree touch /run/something
	! list_tree | diff -q "$WORK/seen/before" - >/dev/null || fail "a change is not seen"
}

# The upper layers are what was written to /etc and /usr since the tree began.
list_tree()
{
	tree find "$WORK/tree/etc" "$WORK/tree/usr" /run /var/lib -printf '%p %y %m %U %G %s %T@ %l\n' | LC_ALL=C sort
}

@test "doctor: words of others steer no terminal, and are no lines to paste" {
	printf '#!/bin/sh\nprintf "%%s\\n" "--hooks-dir strings x (default [/opt/\\033[31mred])" | sed "s/\\\\\\\\033/\\x1b/"\n' | write /usr/bin/podman
	tree chmod 0755 /usr/bin/podman
	run tree "$QUERY" doctor podman
	same "$status" 1 "exit status"
	[[ $output == *'\x1b[31mred'* ]] || fail "$output"
	[[ $output != *$'\e'* ]] || fail "an escape"
	tree "$QUERY" doctor --json podman >"$WORK/doctor.json" || :
	! grep -q $'\e' "$WORK/doctor.json" || fail "an escape in JSON"
}

@test "doctor: an engine that nobody knows is wrong usage, and records elsewhere are told" {
	run tree "$QUERY" doctor kubelet
	same "$status" 2 "exit status"
	[[ $output == *"'kubelet'"* ]] || fail "$output"
	examine 0 PODMAN cri-o
	same "$(jq '.subjects | length' "$WORK/doctor.json")" 6 subjects
	! tree "$QUERY" __complete doctor '' | grep -qv '^\(podman\|buildah\|crio\|docker\|containerd\|runc\|crun\|runsc\|-.*\)' || fail "completion"
}
