# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Images for lifecycle-ctl, and a registry on loopback, both shared by the cases of a file. The image's program is /bin/entry:
# it writes down how it was started, in /tmp/started, and ends with 7 by SIGUSR1.

# In setup_file(): $SHARED/layout:web is the image.
make_image()
{
	SHARED=$BATS_FILE_TMPDIR
	make_rootfs || return
	umoci init --layout "$SHARED/layout" && umoci new --image "$SHARED/layout:web" || return
	umoci unpack --image "$SHARED/layout:web" "$SHARED/bundle" || return
	cp -a "$SHARED/rootfs/." "$SHARED/bundle/rootfs/" || return
	chmod 1777 "$SHARED/bundle/rootfs/tmp"
	ln -s busybox "$SHARED/bundle/rootfs/bin/id"
	mkdir -p "$SHARED/bundle/rootfs/srv/content" "$SHARED/bundle/rootfs/shut"
	echo from-the-image >"$SHARED/bundle/rootfs/srv/content/page"
	chmod 0750 "$SHARED/bundle/rootfs/srv/content"
	touch "$SHARED/bundle/rootfs/shut/file"
	cat >"$SHARED/bundle/rootfs/bin/entry" <<-'ENTRY'
		#!/bin/sh
		trap 'exit 7' USR1
		echo "$*;$(pwd);$(id -u):$(id -g);$GREETING" >/tmp/started.new
		/bin/busybox mv /tmp/started.new /tmp/started
		while :; do sleep 0.1; done
	ENTRY
	chmod 0755 "$SHARED/bundle/rootfs/bin/entry"
	umoci repack --image "$SHARED/layout:web" "$SHARED/bundle" || return
	umoci config --image "$SHARED/layout:web" --config.entrypoint /bin/entry --config.cmd one --config.cmd two \
		--config.stopsignal SIGUSR1 --config.env GREETING=hello --config.workingdir /srv --config.user 1000:1001 \
		--config.volume /var/lib/things --config.volume /srv/content --config.label oci-lifecycle.name=label \
		--config.label run.oci.hooks.stdout=/tmp/label || return
	umoci config --image "$SHARED/layout:web" --tag root --config.user 0:0
}

# In setup_file(): $REGISTRY, HOST:PORT.
start_registry()
{
	local port try

	for try in {1..20}; do
		port=$((20000 + (RANDOM + $$) % 20000))
		cat >"$BATS_FILE_TMPDIR/registry.yml" <<-CONFIG
			version: 0.1
			storage: {filesystem: {rootdirectory: $BATS_FILE_TMPDIR/registry}}
			http: {addr: "127.0.0.1:$port"}
		CONFIG
		docker-registry serve "$BATS_FILE_TMPDIR/registry.yml" </dev/null >"$BATS_FILE_TMPDIR/registry.log" 2>&1 3>&- &
		echo $! >"$BATS_FILE_TMPDIR/registry.pid"
		REGISTRY=127.0.0.1:$port
		export REGISTRY
		! registry_answers || return 0
	done
	fail "no registry after try $try: $(cat "$BATS_FILE_TMPDIR/registry.log")"
}

# False if it has ended: somebody else has the port.
registry_answers()
{
	local try

	for try in {1..250}; do
		! grep -q 'listening on' "$BATS_FILE_TMPDIR/registry.log" || return 0
		kill -0 "$(cat "$BATS_FILE_TMPDIR/registry.pid")" 2>/dev/null || return
		sleep 0.02
	done
	return 1
}

stop_registry()
{
	kill "$(cat "$BATS_FILE_TMPDIR/registry.pid")" 2>/dev/null || :
}

# push TAG NAME: of $SHARED/layout, or a `dir:` of skopeo's.
push()
{
	local from=oci:$SHARED/layout:$1

	[ ! -d "$1" ] || from=dir:$1
	skopeo copy --quiet --dest-tls-verify=false "$from" "docker://$REGISTRY/$2"
}

# with_healthcheck TAG JSON: the image as Docker's, with this Healthcheck, in $WORK/docker.
with_healthcheck()
{
	local directory=$WORK/docker manifest digest config

	skopeo copy --quiet --format v2s2 "oci:$SHARED/layout:$1" "dir:$directory" || return
	manifest=$directory/manifest.json
	digest=$(jq -r '.config.digest | ltrimstr("sha256:")' "$manifest")
	jq -c --argjson check "$2" '.config.Healthcheck = $check' <"$directory/$digest" >"$WORK/config" || return
	config=$(sha256sum <"$WORK/config" | cut -d' ' -f1)
	rm "$directory/$digest"
	jq --arg digest "sha256:$config" --argjson size "$(stat -c %s "$WORK/config")" \
		'.config.digest = $digest | .config.size = $size' <"$manifest" >"$manifest.new"
	mv "$manifest.new" "$manifest"
	mv "$WORK/config" "$directory/$config"
}

# image_run ARG...: options, the image, its command.
image_run()
{
	ctl run -d "${RUNTIME_OPTIONS[@]}" --tls-verify=false "$@"
}

# rootfs_of ID
rootfs_of()
{
	echo "$CONTAINERS/$1/rootfs"
}
