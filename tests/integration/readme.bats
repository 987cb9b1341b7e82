#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What README gives to paste, pasted: ./bootstrap install into a directory, which then lies over /usr in a mount namespace
# with a /run of its own.

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"
# shellcheck source=tests/integration/engines.bash
. "$BATS_TEST_DIRNAME/engines.bash"
# shellcheck source=tests/integration/podman.bash
. "$BATS_TEST_DIRNAME/podman.bash"

# A copy of the sources, without what was built there: bootstrap builds beside them. It is not to install any package.
setup_file()
{
	[ "$(id -u)" = 0 ] || return 0
	mkdir "$BATS_FILE_TMPDIR/tree" "$BATS_FILE_TMPDIR/bin"
	tar -C "$TOP_SRCDIR" --exclude='./build*' --exclude=./_build --exclude=./.git --exclude=./config.status --exclude='*.o' --exclude='*.lo' \
		--exclude='*.a' --exclude='*.la' -cf - . | tar -C "$BATS_FILE_TMPDIR/tree" -xf -
	chmod -R u+w "$BATS_FILE_TMPDIR/tree"
	tar -C "$TOP_SRCDIR" -cf - build-aux | tar -C "$BATS_FILE_TMPDIR/tree" -xf -
	printf '#!/bin/sh\nexit 1\n' >"$BATS_FILE_TMPDIR/bin/apt-get"
	chmod +x "$BATS_FILE_TMPDIR/bin/apt-get"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL PATH="$BATS_FILE_TMPDIR/bin:$PATH" DESTDIR="$BATS_FILE_TMPDIR/dest" \
		"$BATS_FILE_TMPDIR/tree/bootstrap" install >"$BATS_FILE_TMPDIR/install.log" 2>&1 ||
		grep -q 'installs' "$BATS_FILE_TMPDIR/install.log"
}

setup()
{
	common_setup
	need_root
	need jq
	DEST=$SHARED/dest
	! grep '^bootstrap: installs' "$SHARED/install.log" || skip "a package that the build needs is not here"
	unshare -m mount -t overlay overlay -o "lowerdir=$DEST/usr:/usr" /usr || skip "needs overlayfs"
	cd "$WORK" || return
	OCI_RUNTIME=runc
}

teardown()
{
	common_teardown
}

teardown_file()
{
	rm -rf "$BATS_FILE_TMPDIR"/{graph,run}
}

# Runs the file ./script where oci-lifecycle is installed in /usr, and keeps what is recorded then in $ROOT.
in_usr()
{
	unshare -m --propagation private bash -euc '
		mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr
		mount -t tmpfs tmpfs /run
		status=0
		bash -eu ./script || status=$?
		[ ! -d /run/oci-lifecycle ] || cp -a /run/oci-lifecycle "$2"
		exit $status' bash "$DEST" "$ROOT" </dev/null 3>&-
}

# add COMMAND...: a line of the script.
add()
{
	printf '%s\n' "$*" >>script
}

calls_of()
{
	record "$1" '[.hooks[].point] | join(" ")'
}

@test "every path in /usr that README names is installed, and build/ is not" {
	local path

	grep -oE '/usr/[A-Za-z0-9/._-]*[A-Za-z0-9]' "$TOP_SRCDIR/README.md" | sort -u | grep -v their-hook >paths
	[ "$(wc -l <paths)" -ge 5 ]
	while read -r path; do
		[ -e "$DEST$path" ] || fail "$path is not there"
	done <paths
	[ ! -e "$SHARED/tree/build" ]
	grep -r '"path": "/usr/libexec/oci/hooks.d/' "$DEST/usr/share/containers/oci/hooks.d"
}

hand_run()
{
	local file

	OCI_RUNTIME=$1
	need_runtime
	file=$(runtime_path "$1")
	new_bundle web /bin/true
	jq '.hooks.poststop = [{path: "/bin/cat"}]' "$BUNDLE/config.json" >theirs
	mv theirs "$BUNDLE/config.json"
	add cd "$BUNDLE"
	paste "### Runtimes by hand" >>script
	add "'$file' --root '$WORK/state' run '$PREFIX-web'"
	in_usr
	same "$(calls_of "$PREFIX-web")" "createRuntime poststart poststop" "calls"
	same "$(jq -c '.hooks.poststop | map(.path)' "$BUNDLE/config.json")" \
		'["/bin/cat","/usr/libexec/oci/hooks.d/lifecycle-poststop"]' "poststop's hooks"
}

@test "runc by hand" {
	hand_run runc
}

@test "crun by hand" {
	hand_run crun
}

@test "another hook run by ours" {
	need_runtime
	new_bundle web /bin/true
	printf '#!/bin/sh\necho "$@" >&2; exit 3\n' >their-hook
	chmod +x their-hook
	{
		echo '{'
		paste "let one of ours run" | sed "s|/usr/libexec/their-hook|$WORK/their-hook|"
		echo '}'
	} | jq --slurpfile config "$BUNDLE/config.json" '$config[0] + {hooks: .}' >"$WORK/config.json"
	mv "$WORK/config.json" "$BUNDLE"
	add "! runc --root '$WORK/state' run --bundle '$BUNDLE' '$PREFIX-web'"
	in_usr
	same "$(record "$PREFIX-web" '.errors[0] | "\(.exit_code) \(.stderr)"')" '3 --their-option' "the failure"
}

@test "no engine: lifecycle-ctl" {
	need conmon
	need_runtime
	[ -x /bin/busybox ] || skip "needs /bin/busybox"
	paste "### No engine" >>script
	in_usr
	same "$(inspect web '"\(.observed.status) \(.exit_code)"')" "stopped 137" "status and exit code"
	same "$(ls "$WORK/data/containers")" "" "what is left"
}

# Its exit status is of all engines that are here: Docker's daemon.json has no runtime of ours.
@test "is it right? doctor" {
	paste "### Is it right" | sed "s|$| >'$WORK/said' \|\| [ \$? = 1 ]|" >>script
	in_usr
	grep -q '^  ok      installed: the hooks in /usr/libexec/oci/hooks.d' said || fail "$(cat said)"
	! command -v podman >/dev/null || grep -q '^podman .*: its containers are recorded$' said || fail "$(cat said)"
}

# hooks_dir is not set, so that the entries are found where podman looks for them.
@test "podman" {
	need podman
	need conmon
	need busybox
	need_runtime
	configure_podman "$(command -v runc)"
	sed -i '/^hooks_dir/d' containers.conf
	make_image
	add "export CONTAINERS_CONF='$WORK/containers.conf' CONTAINERS_STORAGE_CONF='$SHARED/storage.conf'"
	add "podman import --quiet '$SHARED/image.tar' bb >import.log"
	add "trap 'podman rm --force --time 0 web >rm.log' EXIT"
	paste "### podman, CRI-O, buildah" | sed 's/IMAGE/bb sleep 600/' >>script
	in_usr >list
	same "$(find "$ROOT" -name lifecycle.json | wc -l)" 1 "records"
	grep -q "^ID " list || fail "$(cat list)"
	same "$(calls_of "$(basename "$ROOT"/?*)")" "prestart createRuntime poststart poststop" "calls"
}

@test "Docker" {
	need dockerd
	need docker
	need_runtime
	make_image
	paste "For Docker, this is" >daemon.json
	cat >script <<-SCRIPT
		dockerd --config-file daemon.json --data-root $WORK/data --exec-root $WORK/exec --pidfile $WORK/pid -H unix://$WORK/s --iptables=false \\
			--ip6tables=false --bridge=none --storage-driver=vfs >log 2>&1 &
		trap 'kill %1; wait %1' EXIT
		for try in {1..500}; do
			! docker -H unix://$WORK/s version >version 2>&1 || break
			sleep 0.02
		done
		docker -H unix://$WORK/s import '$SHARED/image.tar' bb:1 >id
		docker -H unix://$WORK/s run --runtime lifecycle --network none bb:1 /bin/true
	SCRIPT
	in_usr
	# Docker's own hook is prestart
	same "$(calls_of "$(basename "$ROOT"/?*)")" "prestart createRuntime poststart poststop" "calls"
	same "$(record "$(basename "$ROOT"/?*)" .started_at_source)" runtime "started_at_source"
}

@test "containerd" {
	need containerd
	need ctr
	need_runtime
	printf 'version = 2\nroot = "%s"\nstate = "%s"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "%s"\n' \
		"$WORK/root" "$WORK/state" "$WORK/s" >config.toml
	cat >script <<-SCRIPT
		containerd --config config.toml >log 2>&1 &
		trap 'kill %1; wait %1' EXIT
		for try in {1..500}; do
			! ctr --address s version >version 2>&1 || break
			sleep 0.02
		done
	SCRIPT
	paste "the path alone" | sed "s|^ctr|& --address $WORK/s|; s|IMAGE web|--rootfs $SHARED/rootfs $PREFIX-web|; s|COMMAND|/bin/true|" \
		>>script
	in_usr
	same "$(calls_of "$PREFIX-web")" "createRuntime poststart poststop" "calls"
}

# called HOOK STATUS: a line of the script, a hook of web's that is called with this status.
called()
{
	state web "$(living)" "$2" >"$2.json"
	add "/usr/libexec/oci/hooks.d/lifecycle-$1 <$2.json"
}

@test "a program with the library" {
	need cc
	need pkg-config
	called create-runtime creating
	paste "### Programs" >>script
	in_usr >printed
	same "$(cat printed)" "$(record web .created_at)" "printed"
}

@test "a script, where there is no container" {
	paste "### Scripts" >script
	in_usr >printed
	same "$(cat printed)" "there is no container web" "printed"
}

@test "a script, where the start is not known" {
	called poststop stopped
	paste "### Scripts" >>script
	in_usr >printed
	same "$(cat printed)" "it is not known when web was started" "printed"
}

@test "a script, where the container runs" {
	called create-runtime creating
	called poststart running
	paste "### Scripts" >>script
	in_usr >printed
	same "$(cat printed)" "web was started at $(record web .started_at)"$'\nweb' "printed"
}
