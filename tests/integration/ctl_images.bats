#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Containers of lifecycle-ctl that are made of an image: from a registry on loopback, a layout, an archive.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"
# shellcheck source=tests/integration/ctl.bash
. "$BATS_TEST_DIRNAME/ctl.bash"
# shellcheck source=tests/integration/images.bash
. "$BATS_TEST_DIRNAME/images.bash"

have_tools()
{
	local tool

	for tool in skopeo umoci docker-registry jq busybox; do
		command -v "$tool" >/dev/null || return
	done
	[ "$(id -u)" = 0 ]
}

setup_file()
{
	have_tools || return 0
	make_image >"$BATS_FILE_TMPDIR/image.log" 2>&1 || fail "$(cat "$BATS_FILE_TMPDIR/image.log")"
	start_registry
}

teardown_file()
{
	! have_tools || stop_registry
}

setup()
{
	need skopeo
	need umoci
	need docker-registry
	ctl_setup
}

teardown()
{
	[ ! -s "$WORK/place" ] || end_user_place
	ctl_teardown
}

# started ID: how /bin/entry found itself.
started()
{
	eventually test -s "$(rootfs_of "$1")/tmp/started" || return
	cat "$(rootfs_of "$1")/tmp/started"
}

# refused STATUS WORDS COMMAND...
refused()
{
	local expected=$1 words=$2 status=0

	shift 2
	"$@" >"$WORK/stdout" 2>"$WORK/stderr" </dev/null || status=$?
	same "$status" "$expected" "exit status of $*, which said $(cat "$WORK/stderr")"
	grep -qF -- "$words" "$WORK/stderr" || fail "'$words' is not in: $(cat "$WORK/stderr")"
}

# A skopeo before the real one, in $WORK/bin, that runs these lines first.
wrap_skopeo()
{
	mkdir -p "$WORK/bin"
	printf '#!/bin/sh\n%s\nexec %s "$@"\n' "$1" "$(command -v skopeo)" >"$WORK/bin/skopeo"
	chmod 0755 "$WORK/bin/skopeo"
}

nothing_but_images()
{
	same "$(cd "$DATA_ROOT/images" && shopt -s dotglob && echo *)" "blobs index.json oci-layout" "what is in images"
}

# count DIRECTORY: its entries.
count()
{
	find "$1" -mindepth 1 -maxdepth 1 | wc -l
}

nothing_is_left()
{
	same "$(ls "$CONTAINERS")" "" "containers that are left"
	[ ! -e "$DATA_ROOT/images/incoming" ] || fail "a half image is left"
}

@test "run -d IMAGE: entrypoint, command, user, directory and environment are the image's" {
	push web web:1
	id=$(image_run "$REGISTRY/web:1")
	same "$(started "$id")" "one two;/srv;1000:1001;hello" "how its program was started"
	same "$(jq -r '.annotations["oci-lifecycle.image"]' "$CONTAINERS/$id/config.json")" "$REGISTRY/web:1" "its image"
	is "$id" running
}

@test "a command replaces the image's command, and the entrypoint stays; -e replaces a variable" {
	push web web:2
	id=$(image_run -e GREETING=bye "$REGISTRY/web:2" three -x)
	same "$(started "$id")" "three -x;/srv;1000:1001;bye" "how its program was started"
}

@test "its stop signal is the image's, unless another one is asked for" {
	push web web:3
	id=$(image_run "$REGISTRY/web:3")
	started "$id"
	ctl stop "$id"
	same "$(inspect "$id" .observed.exit_code)" 7 "exit code after SIGUSR1"
	other=$(image_run --stop-signal KILL "$REGISTRY/web:3")
	started "$other"
	ctl stop "$other"
	same "$(inspect "$other" .observed.exit_code)" 137 "exit code after SIGKILL"
}

@test "what is here is not pulled again, with no registry to ask; --pull always asks" {
	push web web:4
	image_run "$REGISTRY/web:4"
	kill -STOP "$(cat "$SHARED/registry.pid")"
	timeout 20 "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR" run -d "${RUNTIME_OPTIONS[@]}" \
		"$REGISTRY/web:4" 3>&- && status=0 || status=$?
	kill -CONT "$(cat "$SHARED/registry.pid")"
	same "$status" 0 "exit status without a registry"
	wrap_skopeo "echo \"\$1\" >>'$WORK/calls'"
	PATH=$WORK/bin:$PATH image_run "$REGISTRY/web:4"
	[ ! -e "$WORK/calls" ] || fail "skopeo was called: $(cat "$WORK/calls")"
	PATH=$WORK/bin:$PATH image_run --pull always "docker://$REGISTRY/web:4"
	same "$(tr '\n' ' ' <"$WORK/calls")" "inspect copy " "skopeo's calls"
	same "$(jq '.manifests | length' "$DATA_ROOT/images/index.json")" 1 "images that are here"
}

@test "--pull always takes what is new under the same tag; missing does not" {
	push web web:moves
	image_run "$REGISTRY/web:moves"
	umoci config --image "$SHARED/layout:web" --tag newer --clear config.cmd --config.cmd newer
	push newer web:moves
	id=$(image_run "$REGISTRY/web:moves")
	same "$(started "$id")" "one two;/srv;1000:1001;hello" "of what is here"
	id=$(image_run --pull always "$REGISTRY/web:moves")
	same "$(started "$id")" "newer;/srv;1000:1001;hello" "of what is new"
}

@test "a missing tag, a missing image, a registry that is not there, --pull never: each is said, and leaves nothing" {
	push web web:5
	mkdir -p "$CONTAINERS"
	refused 1 "the image '$REGISTRY/web:none' cannot be pulled: reading manifest none in $REGISTRY/web: manifest unknown" \
		image_run "$REGISTRY/web:none"
	same "$(wc -l <"$WORK/stderr")" 1 "lines on stderr"
	refused 1 "the image '$REGISTRY/nowhere:latest' cannot be pulled" image_run "$REGISTRY/nowhere"
	refused 1 "connection refused" image_run 127.0.0.1:1/web:1
	refused 1 "is not here, and is not to be pulled" image_run --pull never "$REGISTRY/web:5"
	refused 1 "--tls-verify=false" ctl run -d "${RUNTIME_OPTIONS[@]}" "$REGISTRY/web:5"
	refused 2 "--pull is missing, always or never" image_run --pull sometimes "$REGISTRY/web:5"
	refused 2 "--tls-verify is true or false" ctl run -d --tls-verify=maybe "$REGISTRY/web:5"
	refused 2 "needs an image, --bundle or --rootfs" image_run
	nothing_is_left
}

# refused, where $WORK/bin is all that there is.
without_path()
{
	local expected=$1 words=$2

	shift 2
	refused "$expected" "$words" env PATH="$WORK/bin" "$CTL" --root "$ROOT" --data-root "$DATA_ROOT" --hooks-dir "$HOOKS_DIR" \
		run -d "${RUNTIME_OPTIONS[@]}" --tls-verify=false "$@"
}

@test "no skopeo, no umoci: the error names the package" {
	push web web:6
	mkdir -p "$WORK/bin" "$CONTAINERS"
	for tool in runc conmon umoci; do
		ln -s "$(command -v $tool)" "$WORK/bin/$tool"
	done
	without_path 1 "'skopeo' is not installed (Debian: apt-get install skopeo)" "$REGISTRY/web:6"
	rm "$WORK/bin/umoci"
	ln -s "$(command -v skopeo)" "$WORK/bin/skopeo"
	without_path 1 "'umoci' is not installed (Debian: apt-get install umoci)" "$REGISTRY/web:6"
	nothing_is_left
}

@test "from a layout, an archive, a directory, without a registry; one image is one, however it is called" {
	umask 022
	skopeo copy --quiet "oci:$SHARED/layout:root" "oci-archive:$WORK/oci.tar:root"
	skopeo copy --quiet "oci:$SHARED/layout:root" "docker-archive:$WORK/docker.tar:root:1"
	skopeo copy --quiet "oci:$SHARED/layout:root" "dir:$WORK/dir"
	for image in "oci:$SHARED/layout:root" "oci-archive:$WORK/oci.tar" "docker-archive:$WORK/docker.tar" "dir:$WORK/dir"; do
		id=$(image_run "$image" of "$image")
		same "$(started "$id")" "of $image;/srv;0:0;hello" "how its program was started"
	done
	cd "$WORK"
	image_run dir:dir
	push web library:latest
	image_run "$REGISTRY/library"
	image_run --pull never "docker://$REGISTRY/library:latest"
	same "$(jq '.manifests | length' "$DATA_ROOT/images/index.json")" 5 "images that are here"
}

@test "eight runs of an image that is not here pull it once" {
	local pids=() pid

	push web web:7
	wrap_skopeo "echo \"\$1\" >>'$WORK/calls'; sleep 0.3"
	for _ in {1..8}; do
		PATH=$WORK/bin:$PATH image_run "$REGISTRY/web:7" >>"$WORK/ids" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	same "$(tr '\n' ' ' <"$WORK/calls")" "inspect copy " "skopeo's calls"
	same "$(count "$CONTAINERS")" 8 "containers"
	nothing_but_images
}

# killed_within PROGRAM SCRIPT: lifecycle-ctl is killed while PROGRAM, which is SCRIPT, sleeps. Its pid is in $WORK/pid by then.
killed_within()
{
	local program=$1 pid

	mkdir -p "$WORK/bin"
	printf '#!/bin/sh\nsleeps() { echo $$ >"%s"; exec sleep 600; }\n%s\n' "$WORK/pid" "$2" >"$WORK/bin/$program"
	chmod 0755 "$WORK/bin/$program"
	PATH=$WORK/bin:$PATH image_run "$REGISTRY/web:8" >/dev/null 2>&1 &
	pid=$!
	eventually test -s "$WORK/pid"
	# the shell function is a process of bash's above lifecycle-ctl
	kill -KILL "$(cut -d' ' -f4 "/proc/$(cat "$WORK/pid")/stat")"
	wait "$pid" || :
	eventually gone_or_zombie "$(cat "$WORK/pid")"
	rm -r "${WORK:?}/bin" "$WORK/pid"
}

# Nothing of a container, no half image, and the next run works.
@test "killed while it pulls or unpacks: its child ends, no half image counts, the next run works" {
	push web web:8
	killed_within skopeo "case \$1 in copy) sleeps;; esac; exec $(command -v skopeo) \"\$@\""
	[ ! -e "$DATA_ROOT/images/index.json" ] || fail "a half image counts"
	mkdir -p "$DATA_ROOT/images/incoming/half"
	killed_within umoci sleeps
	same "$("$QUERY" --root "$ROOT" list -aq)" "" "records"
	same "$(count "$CONTAINERS")" 1 "directories that the killed one left"
	id=$(image_run "$REGISTRY/web:8")
	started "$id"
	same "$(ls "$CONTAINERS")" "$id" "containers"
	nothing_but_images
}

@test "the root file system is the container's own, and goes with it, whatever it has become" {
	push root web:9
	one=$(image_run "$REGISTRY/web:9")
	other=$(image_run "$REGISTRY/web:9")
	started "$one"
	started "$other"
	ctl exec "$one" /bin/sh -c 'echo mine >/srv/mine; cd /tmp; i=0
		while [ $i -lt 1500 ]; do /bin/busybox mkdir deeper-than-a-path-may-be-long; cd deeper-than-a-path-may-be-long; i=$((i + 1)); done'
	[ ! -e "$(rootfs_of "$other")/srv/mine" ] || fail "one container has written into the other"
	[ ! -e "$CONTAINERS/$one/image" ] || fail "unpacking has left something"
	ctl remove -f "$one"
	same "$(ls "$CONTAINERS")" "$other" "containers"
}

@test "a VOLUME of the image is a directory of the container's own, with the image's content" {
	push root web:10
	id=$(image_run "$REGISTRY/web:10")
	same "$(ctl exec "$id" /bin/cat /srv/content/page)" from-the-image "what is in it"
	ctl exec "$id" /bin/sh -c 'echo data >/var/lib/things/file'
	same "$(cat "$(rootfs_of "$id")/var/lib/things/file")" data "what was written"
}

@test "of the image's labels none becomes an annotation: they steer runtimes, and us" {
	push web web:11
	id=$(image_run "$REGISTRY/web:11")
	same "$(jq -r '.annotations | keys[] | select(startswith("oci-lifecycle") | not)' "$CONTAINERS/$id/config.json")" "" \
		"annotations of others"
	same "$(jq -r '.annotations["oci-lifecycle.name"]' "$CONTAINERS/$id/config.json")" null "its name"
}

@test "it has no more rights than any container of ours, and no terminal" {
	push root web:12
	id=$(image_run "$REGISTRY/web:12")
	config=$CONTAINERS/$id/config.json
	same "$(jq -c '.process.capabilities | [.ambient, .inheritable]' "$config")" "[null,null]" "capabilities"
	same "$(jq -c '[.process.terminal, .process.noNewPrivileges, .hostname]' "$config")" "[false,true,\"${id:0:12}\"]" "process"
}

@test "images are completed" {
	push web web:13
	image_run "$REGISTRY/web:13"
	same "$("$CTL" __complete --data-root "$DATA_ROOT" --root "$ROOT" run '')" "$REGISTRY/web:13" "offered"
	same "$("$CTL" __complete --data-root "$DATA_ROOT" --root "$ROOT" run "$REGISTRY/web:13" '')" "" "offered after it"
}

# ---- as a user: no root, no subordinate IDs, a place that the user can reach ----

as_user()
{
	setpriv --reuid 4321 --regid 4321 --clear-groups env -i PATH="$PATH" HOME="$PLACE" XDG_RUNTIME_DIR="$PLACE/run" "$@" 3>&-
}

user_ctl()
{
	as_user "$CTL" --root "$PLACE/store" --hooks-dir "$HOOKS_DIR" "$@"
}

end_user_place()
{
	PLACE=$(cat "$WORK/place")
	user_ctl remove -f user >/dev/null 2>&1 </dev/null || :
	rm -r "$PLACE"
}

@test "a user's container: image, volume, health check, and the removal of what the program has closed" {
	need setpriv
	PLACE=$(mktemp -d /tmp/lifecycle-user.XXXXXX)
	echo "$PLACE" >"$WORK/place"
	mkdir "$PLACE/run"
	cp -R "$SHARED/layout" "$PLACE/layout"
	chown -R 4321:4321 "$PLACE"
	as_user runc --root "$PLACE/probe" list >/dev/null 2>&1 || skip "runc runs nothing for a user here"
	user_ctl run -d --name user --runtime-arg "--root=$PLACE/runc" -v kept:/srv/content --health-cmd true "oci:$PLACE/layout:root"
	data=$PLACE/.local/share/oci-lifecycle
	same "$(user_ctl exec user /bin/cat /srv/content/page)" from-the-image "what is in the volume"
	same "$(user_ctl health user)" healthy "its health"
	as_user "$QUERY" --root "$PLACE/store" wait --for healthy --timeout 20 user
	user_ctl exec user /bin/sh -c 'cd /tmp; /bin/busybox mkdir -p a/b/c; echo x >a/b/c/file; /bin/busybox chmod 0 a/b/c a/b a'
	user_ctl remove -f user
	same "$(ls -A "$data/containers")" "" "what is left of it"
	same "$(cat "$data/volumes/kept/page")" from-the-image "the volume's file"
}
