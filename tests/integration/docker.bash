# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what the cases use
#
# A dockerd of the file's own. Its runtimes are files in $SHARED that hand on to files which each case makes anew, with its
# own store. Sourced after engines.bash.

DOCKER_RUNTIMES=(lifecycle wrap bare foreign)

start_dockerd()
{
	local name

	SHARED=$BATS_FILE_TMPDIR
	command -v dockerd >/dev/null && command -v docker >/dev/null && [ "$(id -u)" = 0 ] || return 0
	for name in "${DOCKER_RUNTIMES[@]}"; do
		printf '#!/bin/sh\nexec %q "$@"\n' "$SHARED/case/$name" >"$SHARED/$name"
		chmod 0755 "$SHARED/$name"
	done
	jq -n --arg dir "$SHARED" --arg ours "$LIFECYCLE_RUNTIME" --arg hooks "$HOOKS_DIR" '{runtimes: ($ARGS.positional | map({key: ., value: {path: ($dir + "/" + .)}}) | from_entries)}
		| .runtimes.args = {path: $ours, runtimeArgs: ["--lifecycle-wrap", "--lifecycle-root", ($dir + "/store"),
			"--lifecycle-hooks=" + $hooks]}' \
		--args "${DOCKER_RUNTIMES[@]}" >"$SHARED/daemon.json"
	dockerd --config-file "$SHARED/daemon.json" --data-root "$SHARED/data" --exec-root "$SHARED/exec" \
		--pidfile "$SHARED/dockerd.pid" -H "unix://$SHARED/docker.s" --iptables=false --ip6tables=false --bridge=none \
		--storage-driver=vfs >"$SHARED/dockerd.log" 2>&1 </dev/null 3>&- &
	echo $! >"$SHARED/dockerd.job"
	eventually docker_ version >/dev/null
	make_image
	docker_ import "$SHARED/image.tar" bb:1 >/dev/null
}

stop_dockerd()
{
	local pid target

	SHARED=$BATS_FILE_TMPDIR
	[ -s "$SHARED/dockerd.job" ] || return 0
	pid=$(cat "$SHARED/dockerd.job")
	kill "$pid"
	eventually not_there "$pid"
	findmnt -rno TARGET | grep "^$SHARED/" | while read -r target; do
		umount "$target"
	done
}

not_there()
{
	[ ! -e "/proc/$1" ]
}

docker_()
{
	docker -H "unix://$SHARED/docker.s" "$@" </dev/null 3>&-
}

setup_docker()
{
	common_setup
	need_root
	need dockerd
	need docker
	need jq
	need busybox
	ln -sfn "$WORK" "$SHARED/case"
	make_runtime "$WORK/lifecycle" runc
	make_runtime "$WORK/wrap" runc --lifecycle-wrap
	ln -s "$(command -v runc)" "$WORK/bare"
}

teardown_docker()
{
	local id

	if [ -S "$SHARED/docker.s" ]; then
		for id in $(docker_ ps --all --quiet); do
			docker_ rm --force "$id" >/dev/null
		done
	fi
	common_teardown
}

# docker_start RUNTIME ARG...: $ID of a container that runs on.
docker_start()
{
	local runtime=$1

	shift
	ID=$(docker_ run --detach --network none --runtime "$runtime" "$@")
}

state_of()
{
	docker_ inspect --format "{{$2}}" "$1"
}

# foreign_runtime RUNTIME HOOKS: the runtime `foreign` of this case, which adds hooks (JSON) of its own to what docker
# wants, as the runtimes of device vendors do, and then is RUNTIME.
foreign_runtime()
{
	printf '%s' "$2" >"$WORK/foreign.json"
	cat >"$WORK/foreign" <<-'WRAPPER'
		#!/bin/sh
		bundle=
		for word; do
			[ "$last" != --bundle ] || bundle=$word
			last=$word
		done
		if [ -n "$bundle" ]; then
			jq --slurpfile add CASE/foreign.json '.hooks = (.hooks // {} | reduce ($add[0] | to_entries[]) as $a
				(.; .[$a.key] += $a.value))' "$bundle/config.json" >"$bundle/config.new"
			mv "$bundle/config.new" "$bundle/config.json"
		fi
		exec CASE/RUNTIME "$@"
	WRAPPER
	sed -i "s|CASE|$WORK|; s|RUNTIME|$1|" "$WORK/foreign"
	chmod 0755 "$WORK/foreign"
}
