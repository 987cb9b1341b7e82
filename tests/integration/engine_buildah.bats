#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# buildah, which has a runtime run each RUN of a Containerfile, with our hooks.d.

# shellcheck disable=SC2034 # what containers.bash uses
OCI_RUNTIME=runc

load helpers
load engines

setup() {
	common_setup
	need_root
	need buildah
	need runc
	need jq
	need busybox
	make_hooks_d
	make_image
	cat >"$WORK/storage.conf" <<-CONF
		[storage]
		driver = "vfs"
		graphroot = "$WORK/graph"
		runroot = "$WORK/run"
	CONF
	cat >"$WORK/containers.conf" <<-CONF
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
	CONF
	mkdir "$WORK/build" "$WORK/none" "$WORK/tmp"
	cp "$SHARED/image.tar" "$WORK/build"
	printf 'FROM scratch\nADD image.tar /\n%s\n' 'RUN clock 0.1' >"$WORK/build/Containerfile"
}

teardown() {
	common_teardown
	rm -rf "$WORK/graph" "$WORK/run"
}

# build HOOKS_DIR
build() {
	CONTAINERS_CONF=$WORK/containers.conf CONTAINERS_STORAGE_CONF=$WORK/storage.conf TMPDIR=$WORK/tmp buildah bud \
		--runtime runc --network none --hooks-dir "$1" --tag lifecycle "$WORK/build" </dev/null 3>&-
}

@test "buildah bud records the container of a RUN" {
	local id said

	said=$(build "$WORK/none" 2>&1) || skip "buildah builds nothing here: $said"
	[ ! -e "$ROOT" ] || fail "a record without hooks"
	build "$WORK/hooks.d" >"$WORK/out" 2>&1 || fail "$(cat "$WORK/out")"
	same "$(find "$ROOT" -name lifecycle.json | wc -l)" 1 "records"
	id=$(basename "$(dirname "$(find "$ROOT" -name lifecycle.json)")")
	same "$(record "$id" .status)" stopped status
	same "$(record "$id" .create_error)" false create_error
	same "$(record "$id" '.hooks[0].point')" prestart "first hook"
	note "hooks: $(record "$id" '[.hooks[].point] | join(" ")')"
	in_order "$(record "$id" .created_at)" "$(grep -m 1 '^20.*Z$' "$WORK/out")" "$(record "$id" .finished_at)"
}
