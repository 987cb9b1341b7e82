#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# podman without root: every hook is uid 0 of a user namespace, and still finds the store of the user outside. A user is made
# for the test, with its own home and /run/user, and removed after it.

# shellcheck disable=SC2034 # what containers.bash uses
OCI_RUNTIME=runc

load helpers
load engines

NAME=lctest$$

setup() {
	common_setup
	need_root
	need podman
	need runc
	need newuidmap
	need useradd
	need busybox
	make_image
	PLACE=$(mktemp -d /tmp/lc.XXXXXX)
	useradd --create-home --home-dir "$PLACE/home" --shell /bin/sh "$NAME"
	grep -q "^$NAME:" /etc/subuid || usermod --add-subuids 700000-765535 --add-subgids 700000-765535 "$NAME"
	USER_ID=$(id -u "$NAME")
	[ ! -e "/run/user/$USER_ID" ] || fail "/run/user/$USER_ID is somebody's"
	install -d -m 0700 -o "$NAME" -g "$NAME" "/run/user/$USER_ID"
	chmod 0755 "$PLACE"
	install -m 0755 "$HOOKS_DIR"/lifecycle-{prestart,create-runtime,poststart,poststop} "$SHARED/rootfs/bin/clock" "$PLACE"
	install -m 0644 "$SHARED/image.tar" "$PLACE"
	install_tool lifecycle-query
	install_tool lifecycle-ctl
	mkdir "$PLACE/hooks.d"
	for entry in "$TOP_SRCDIR"/hooks/hooks.d/*.json.in; do
		sed "s|@hooksexecdir@|$PLACE|" "$entry" >"$PLACE/hooks.d/$(basename "$entry" .in)"
	done
}

teardown() {
	local pid

	if [ -n "${USER_ID:-}" ]; then
		podman_user rm --all --force --time 0 >/dev/null 2>&1 || :
		for pid in $(ps -o pid= -u "$NAME"); do
			kill -KILL "$pid" 2>/dev/null || :
			eventually gone_or_zombie "$pid"
		done
		findmnt -rno TARGET | grep "^$PLACE/\|^/run/user/$USER_ID/" | while read -r target; do
			umount "$target"
		done
		rm -rf "/run/user/$USER_ID" "$PLACE" "/dev/shm/libpod_rootless_lock_$USER_ID"
		userdel "$NAME" >/dev/null 2>&1
	fi
	common_teardown
}

# Where the user can run it, wherever it was built.
install_tool() {
	local built=$TOP_BUILDDIR/tools/$1

	[ ! -x "$TOP_BUILDDIR/tools/.libs/$1" ] || built=$TOP_BUILDDIR/tools/.libs/$1
	install -m 0755 "$built" "$PLACE/$1"
	cp -a "$TOP_BUILDDIR"/libstate/.libs/libstate.so* "$PLACE"
}

# shellcheck disable=SC2016 # for the shells inside
# crun refuses a cgroup v2 inside v1: the user gets a mount namespace without it.
user() {
	unshare -m --propagation slave sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh \
		setpriv --reuid "$NAME" --regid "$NAME" --init-groups env -i HOME="$PLACE/home" USER="$NAME" \
			PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin XDG_RUNTIME_DIR="/run/user/$USER_ID" \
			LD_LIBRARY_PATH="$PLACE" \
			sh -c 'cd "$HOME" && exec "$@"' sh "$@" </dev/null 3>&-
}

podman_user() {
	user podman --runtime runc --cgroup-manager cgroupfs --storage-driver vfs --events-backend file \
		--hooks-dir "$PLACE/hooks.d" "$@"
}

@test "podman rootless, runc: the user's own store has the container, and lifecycle-query shows it to the user" {
	local id said

	said=$(podman_user import --quiet "$PLACE/image.tar" bb 2>&1) || skip "podman does not work without root here: $said"
	id=$(podman_user run --detach --network none --name "$NAME" bb sleep 100 2>"$WORK/err") ||
		skip "podman runs no container without root here: $(cat "$WORK/err")"
	ROOT=/run/user/$USER_ID/oci-lifecycle
	same "$(stat -c '%U %a' "$ROOT")" "$NAME 700" "owner and mode of the store"
	same "$(stat -c '%U %a' "$ROOT/$id/lifecycle.json")" "$NAME 600" "owner and mode of the record"
	user "$PLACE/lifecycle-query" list --no-trunc >"$WORK/list"
	grep -q "^$id .* running " "$WORK/list" || fail "$(cat "$WORK/list")"
	same "$(user "$PLACE/lifecycle-query" inspect "$id" | jq -r '.[0].observed.status')" running observed
	podman_user rm --force --time 0 "$NAME" >/dev/null
	eventually is_recorded "$id" .status stopped
	same "$(record "$id" .create_error)" false create_error
	[ ! -e /run/oci-lifecycle/"$id" ] || fail "there is a record in root's store"
	ROOT=$WORK/store
}

# The runtime by itself: a hook has the user's own uid, and no capability.
bare() {
	mkdir "$PLACE/bundle" "$PLACE/rootfs"
	tar -C "$PLACE/rootfs" -xf "$PLACE/image.tar"
	chown -R "$NAME:$NAME" "$PLACE/bundle" "$PLACE/rootfs"
	user sh -c "cd '$PLACE/bundle' && runc spec --rootless"
	jq --arg place "$PLACE" '.process.terminal = false | .process.args = ["clock", "0.2"] | .root.path = $place + "/rootfs"
		| .hooks = ([["createRuntime", "create-runtime"], ["poststart", "poststart"], ["poststop", "poststop"]]
			| map({key: .[0], value: [{path: ($place + "/lifecycle-" + .[1])}]}) | from_entries)' \
		"$PLACE/bundle/config.json" >"$WORK/config.json"
	cat "$WORK/config.json" >"$PLACE/bundle/config.json"
	user "$@" --root "/run/user/$USER_ID/state" run --bundle "$PLACE/bundle" rootless >"$WORK/out" 2>"$WORK/err" ||
		skip "$1 runs no container without root here: $(cat "$WORK/err")"
	ROOT=/run/user/$USER_ID/oci-lifecycle
	same "$(stat -c '%U %a' "$ROOT/rootless/lifecycle.json")" "$NAME 600" "owner and mode of the record"
	same "$(user "$PLACE/lifecycle-query" inspect rootless | jq -r '.[0].status')" stopped status
	in_order "$(record rootless .created_at)" "$(sed -n 1p "$WORK/out")" "$(sed -n 2p "$WORK/out")" \
		"$(record rootless .finished_at)"
	ROOT=$WORK/store
}

@test "runc rootless: the record is in the user's own store" {
	bare runc
}

@test "crun rootless: the record is in the user's own store" {
	need crun
	bare crun --cgroup-manager=disabled
}

@test "podman rootless by way of lifecycle-runtime: the user's own store, and the runtime's own start" {
	local id said

	install -m 0755 "$HOOKS_DIR"/lifecycle-create-container "$LIFECYCLE_RUNTIME" "$PLACE"
	printf '#!/bin/sh\nexec %s/lifecycle-runtime --lifecycle-hooks %s "$@"\n' "$PLACE" "$PLACE" >"$PLACE/runtime"
	chmod 0755 "$PLACE/runtime"
	said=$(podman_user import --quiet "$PLACE/image.tar" bb 2>&1) || skip "podman does not work without root here: $said"
	id=$(user podman --runtime "$PLACE/runtime" --cgroup-manager cgroupfs --storage-driver vfs --events-backend file \
		--hooks-dir "$PLACE/home" run --detach --network none --name "$NAME" bb sleep 100)
	ROOT=/run/user/$USER_ID/oci-lifecycle
	same "$(record "$id" .started_at_source)" exec_fifo started_at_source
	same "$(user "$PLACE/lifecycle-query" inspect "$id" | jq -r '.[0].observed.status')" running observed
	ROOT=$WORK/store
}

watch_is_ready()
{
	watches "$(pgrep -o -f "^$PLACE/lifecycle-watch")"
}

# The user's own lifecycle-watch, without any capability.
@test "podman rootless with lifecycle-watch: start, end and exit code, exact" {
	local id said built=$TOP_BUILDDIR/tools/lifecycle-watch

	[ ! -x "$TOP_BUILDDIR/tools/.libs/lifecycle-watch" ] || built=$TOP_BUILDDIR/tools/.libs/lifecycle-watch
	install -m 0755 "$built" "$PLACE/lifecycle-watch"
	said=$(podman_user import --quiet "$PLACE/image.tar" bb 2>&1) || skip "podman does not work without root here: $said"
	user "$PLACE/lifecycle-watch" 2>"$WORK/said" &
	background $!
	eventually watch_is_ready
	! grep -q 'starts are not seen' "$WORK/said" || skip "$(cat "$WORK/said")"
	id=$(podman_user run --detach --network none --name "$NAME" bb sh -c 'sleep 0.3; exit 3' 2>"$WORK/err") ||
		skip "podman runs no container without root here: $(cat "$WORK/err")"
	ROOT=/run/user/$USER_ID/oci-lifecycle
	eventually is_recorded "$id" .finished_at_source exit
	same "$(record "$id" '[.reason, .started_at_source, .exit_code] | join(" ")')" "exited exec 3" "its life"
	[ ! -s "$WORK/said" ] || fail "$(cat "$WORK/said")"
	ROOT=$WORK/store
}

ctl_user() {
	user "$PLACE/lifecycle-ctl" --hooks-dir "$PLACE" "$@"
}

# $1 is the runtime.
ctl_alone() {
	local id

	need "$1"
	need conmon
	install -m 0755 "$HOOKS_DIR/lifecycle-create-container" "$PLACE"
	mkdir "$PLACE/rootfs"
	tar -C "$PLACE/rootfs" -xf "$PLACE/image.tar"
	chown -R "$NAME:$NAME" "$PLACE/rootfs"
	id=$(ctl_user run --detach --name web --runtime "$1" --rootfs "$PLACE/rootfs" clock 100 2>"$WORK/err") ||
		skip "$1 runs no container without root here: $(cat "$WORK/err")"
	same "$(stat -c '%U %a' "$PLACE/home/.local/share/oci-lifecycle")" "$NAME 700" "owner and mode of the user's containers"
	same "$(user "$PLACE/lifecycle-query" inspect web | jq -r '.[0].observed.status')" running observed
	same "$(ctl_user exec web sh -c 'id -u')" 0 "the user inside"
	same "$(ctl_user logs web | wc -l)" 1 "lines of the log"
	ctl_user stop --time 0 web
	ctl_user start web
	same "$(user "$PLACE/lifecycle-query" inspect web | jq -r '.[0] | "\(.observed.status) \(.previous[0].exit_code)"')" \
		"running 137" "its second life"
	ctl_user remove --force web
	[ ! -e "$PLACE/home/.local/share/oci-lifecycle/containers/$id" ] || fail "it is left"
	[ ! -e /run/oci-lifecycle/"$id" ] || fail "there is a record in root's store"
}

@test "lifecycle-ctl, rootless, runc: a container of the user's" {
	ctl_alone runc
}

@test "lifecycle-ctl, rootless, crun: a container of the user's" {
	ctl_alone crun
}
