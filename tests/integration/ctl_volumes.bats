#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Volumes of lifecycle-ctl's containers: by a name, and by a path of the host.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"
# shellcheck source=tests/integration/ctl.bash
. "$BATS_TEST_DIRNAME/ctl.bash"

setup()
{
	ctl_setup
	# a root file system of the case's own, for what is to be in it
	cp -a "$ROOTFS" "$WORK/rootfs"
	ROOTFS=$WORK/rootfs
}

teardown()
{
	ctl_teardown
}

@test "a named volume is made, outlives remove -f, and is in the next container" {
	one=$(run_of -d -v things:/var/things /bin/sleep 600)
	ctl exec "$one" /bin/sh -c 'echo kept >/var/things/file'
	ctl remove -f "$one"
	same "$(ls "$CONTAINERS")" "" "containers"
	same "$(cat "$DATA_ROOT/volumes/things/file")" kept "the volume's file"
	other=$(run_of -d --volume=things:/elsewhere:ro /bin/sleep 600)
	same "$(ctl exec "$other" /bin/cat /elsewhere/file)" kept "the file in the next container"
	! ctl exec "$other" /bin/sh -c 'echo no >/elsewhere/file' 2>/dev/null || fail "a read-only volume was written to"
}

@test "two containers share one volume; two volumes are two" {
	one=$(run_of -d -v one:/data -v other:/other /bin/sleep 600)
	two=$(run_of -d -v one:/data /bin/sleep 600)
	ctl exec "$one" /bin/sh -c 'echo shared >/data/file; echo apart >/other/file'
	same "$(ctl exec "$two" /bin/cat /data/file)" shared "what the other one sees"
	same "$(cd "$DATA_ROOT/volumes" && echo *)" "one other" "volumes"
}

@test "a new volume begins with what the root file system has there: content, owner, mode; one that is there stays" {
	mkdir -p "$ROOTFS/srv/content"
	echo first >"$ROOTFS/srv/content/page"
	ln -s page "$ROOTFS/srv/content/link"
	chmod 0640 "$ROOTFS/srv/content/page"
	chown -R 33:0 "$ROOTFS/srv/content"
	chmod 0750 "$ROOTFS/srv/content"
	id=$(run_of -d -v pages:/srv/content /bin/sleep 600)
	volume=$DATA_ROOT/volumes/pages
	same "$(stat -c '%a %u:%g' "$volume" "$volume/page" | tr '\n' ' ')" "750 33:0 640 33:0 " "modes and owners"
	same "$(readlink "$volume/link")" page "the link"
	same "$(ctl exec "$id" /bin/cat /srv/content/link)" first "in the container"
	echo second >"$ROOTFS/srv/content/page"
	id=$(run_of -d -v pages:/srv/content /bin/sleep 600)
	same "$(ctl exec "$id" /bin/cat /srv/content/page)" first "in the second container"
}

@test "links of the root file system lead to its own directories, never to the host's" {
	mkdir "$WORK/secret" "$ROOTFS/real"
	echo secret >"$WORK/secret/file"
	echo own >"$ROOTFS/real/file"
	ln -s "$WORK/secret" "$ROOTFS/absolute"
	ln -s "../../../../../../../..$WORK/secret" "$ROOTFS/relative"
	ln -s /real "$ROOTFS/inside"
	create_of -v a:/absolute -v b:/relative /bin/true || :
	same "$(cat "$DATA_ROOT"/volumes/[ab]/* 2>/dev/null)" "" "what was taken from the host"
	create_of -v c:/inside /bin/true
	same "$(cat "$DATA_ROOT/volumes/c/file")" own "what was taken from the root file system"
}

@test "a directory of the host, and a file; one that is not there is an error" {
	mkdir "$WORK/host"
	echo from-the-host >"$WORK/host/file"
	id=$(run_of -d -v "$WORK/host:/host" -v "$WORK/host/file:/etc/file:ro" /bin/sleep 600)
	same "$(ctl exec "$id" /bin/cat /host/file)" from-the-host "the directory's file"
	same "$(ctl exec "$id" /bin/cat /etc/file)" from-the-host "the file"
	ctl exec "$id" /bin/sh -c 'echo back >/host/back; ! echo no >/etc/file' 2>/dev/null
	same "$(cat "$WORK/host/back")" back "what the container wrote"
	ctl remove -f "$id"
	same "$(cat "$WORK/host/file")" from-the-host "the host's file after the removal"
	status=0
	create_of -v "$WORK/nowhere:/x" /bin/true 2>"$WORK/stderr" || status=$?
	same "$status" 1 "exit status"
	grep -qF "cannot mount '$WORK/nowhere'" "$WORK/stderr"
	same "$(ls "$CONTAINERS")" "" "containers"
}

@test "what is no volume is refused, and leaves nothing" {
	local bad status

	for bad in data data: :/x data:x /host relative/path:/x ../up:/x .hidden:/x data:/x:rx data:/x:ro:ro data:/ '' -x:/x; do
		status=0
		create_of "-v$bad" /bin/true 2>"$WORK/stderr" || status=$?
		same "$status" 2 "exit status for '$bad', which said $(cat "$WORK/stderr")"
	done
	same "$(ls "$CONTAINERS")" "" "containers"
	[ ! -e "$DATA_ROOT/volumes" ] || same "$(ls -A "$DATA_ROOT/volumes")" "" "volumes"
}

@test "eight containers that want a new volume at once get one; a half one is none" {
	local pids=() pid

	mkdir "$ROOTFS/content"
	for i in {1..200}; do
		echo "$i" >"$ROOTFS/content/$i"
	done
	mkdir -p "$DATA_ROOT/volumes/.new"
	touch "$DATA_ROOT/volumes/.new/half"
	chmod 0700 "$DATA_ROOT" "$DATA_ROOT/volumes"
	for i in {1..8}; do
		run_of -d -v all:/content /bin/sh -c "echo \$(ls /content | wc -l) >/content/of-$i; sleep 600" >/dev/null &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	same "$(ls -A "$DATA_ROOT/volumes")" all "volumes"
	same "$(find "$DATA_ROOT/volumes/all" -type f -not -name 'of-*' | wc -l)" 200 "files of the root file system"
}

@test "volumes are completed" {
	mkdir -p "$DATA_ROOT/volumes/pages" "$CONTAINERS"
	chmod 0700 "$DATA_ROOT" "$DATA_ROOT/volumes" "$CONTAINERS"
	same "$("$CTL" __complete --data-root "$DATA_ROOT" --root "$ROOT" run -v '')" pages "offered"
}
