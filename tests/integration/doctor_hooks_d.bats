#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query doctor on what reads hooks.d: podman, buildah, CRI-O. In fresh trees with each right, absent and broken; the
# lines that doctor prints are pasted, and then a container is recorded. CRI-O is a script here that prints the configuration
# as CRI-O does: Debian has no CRI-O.

# shellcheck disable=SC2034 # what containers.bash uses
OCI_RUNTIME=runc

load doctor

# ---- podman ----

setup_podman_tree()
{
	need podman
	need conmon
	need busybox
	make_rootfs
	write /etc/containers/containers.conf <<-CONF
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		netns = "none"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		runtime = "runc"
	CONF
	write /etc/containers/storage.conf <<-CONF
		[storage]
		driver = "vfs"
		graphroot = "/var/lib/containers/storage"
		runroot = "/run/containers/storage"
	CONF
	run_podman 2>"$WORK/said" || skip "podman runs no container here: $(cat "$WORK/said")"
}

run_podman()
{
	tree podman run --rm --rootfs "$SHARED/rootfs" /bin/true </dev/null
}

# right ENGINE: whatever the prefix is.
right()
{
	examine 0 "$1" 2>/dev/null || cured "$1"
}

podman_records()
{
	local before

	before=$(count_records)
	run_podman
	same "$(count_records)" $((before + 1)) records
}

@test "doctor, podman: right, and absent" {
	setup_podman_tree
	right podman
	says podman note "hooks directories" "$ENTRIES"
	says podman well createRuntime "$ENTRIES/00-oci-lifecycle-create-runtime.json"
	recorded podman yes
	podman_records
	tree rm "$(command -v podman)"
	examine 0 podman
	same "$(jq -r '.subjects[] | select(.name == "podman").found' "$WORK/doctor.json")" false found
}

@test "doctor, podman: the directory of our entries is none that it reads" {
	setup_podman_tree
	tree mkdir -p /etc/containers/containers.conf.d
	printf '[engine]\nhooks_dir = ["/etc/containers/oci/hooks.d"]\n' | write /etc/containers/containers.conf.d/00-theirs.conf
	examine 1 podman
	says podman wrong createRuntime "our entry is in $ENTRIES, which podman does not read"
	recorded podman no
	cured podman
	says podman note "hooks directories" "/etc/containers/oci/hooks.d, $ENTRIES"
	podman_records
}

@test "doctor, podman: no directory at all" {
	setup_podman_tree
	tree rm -r "$ENTRIES"
	examine 1 podman
	recorded podman no
	cured podman
	podman_records
}

@test "doctor, podman: an entry is missing" {
	setup_podman_tree
	right podman
	tree rm "$ENTRIES/00-oci-lifecycle-create-runtime.json" "$ENTRIES/zz-oci-lifecycle-poststop.json"
	examine 1 podman
	says podman wrong createRuntime "none of its directories has our entry"
	says podman wrong poststop "none of its directories has our entry"
	says podman well poststart "$ENTRIES"
	recorded podman partly
	cured podman
	podman_records
	same "$(tree "$QUERY" list --format '{{.Status}}')" stopped status
}

@test "doctor, podman: what it prints of an entry is what is installed" {
	setup_podman_tree
	right podman
	tree rm "$ENTRIES"/00-oci-lifecycle-0-prestart.json "$ENTRIES"/00-oci-lifecycle-create-runtime.json "$ENTRIES"/00-oci-lifecycle-poststart.json \
		"$ENTRIES"/zz-oci-lifecycle-poststop.json
	cured podman
	tree diff -r "$DEST$ENTRIES" "$ENTRIES"
}

@test "doctor, podman: a hook cannot be executed" {
	setup_podman_tree
	right podman
	tree chmod 0644 "$HOOKS/lifecycle-create-runtime"
	! run_podman 2>/dev/null || fail "it ran"
	examine 1 podman
	says podman wrong createRuntime "every container fails"
	cured podman
	podman_records
}

@test "doctor, podman: an entry names a program in another directory" {
	setup_podman_tree
	right podman
	tree sed -i 's|"path": "[^"]*/|"path": "/opt/elsewhere/|' "$ENTRIES/00-oci-lifecycle-create-runtime.json"
	examine 1 podman
	says podman wrong createRuntime "calls /opt/elsewhere/lifecycle-create-runtime, which is not there: podman passes over"
	cured podman
	podman_records
}

@test "doctor, podman: an entry was pasted twice into its file" {
	local entry=$ENTRIES/00-oci-lifecycle-create-runtime.json

	setup_podman_tree
	right podman
	tree sh -c "cat $entry $entry >$entry.new && mv $entry.new $entry"
	! run_podman 2>/dev/null || fail "it ran"
	examine 1 podman
	says podman wrong entries "$entry is not JSON"
	says podman wrong entries "podman starts no container"
	recorded podman no
	cured podman
	podman_records
}

@test "doctor, podman: an entry is there under two names" {
	setup_podman_tree
	right podman
	tree cp "$ENTRIES/00-oci-lifecycle-create-runtime.json" "$ENTRIES/copy.json"
	examine 1 podman
	says podman wrong createRuntime "each container is recorded twice"
	cure podman
	examine 0 podman
	tree test ! -e "$ENTRIES/copy.json"
	podman_records
}

@test "doctor, podman: another's entry is no JSON" {
	setup_podman_tree
	right podman
	echo '{' | write "$ENTRIES/theirs.json"
	! run_podman 2>/dev/null || fail "it ran"
	examine 1 podman
	says podman wrong entries "theirs.json is not JSON"
	cure podman
	examine 0 podman
	podman_records
}

@test "doctor, podman: an entry of another version, with another store, for some containers" {
	setup_podman_tree
	right podman
	printf '#!/bin/sh\necho lifecycle-poststart 0.0.7\n' | write "$WORK/old/lifecycle-poststart"
	tree chmod 0755 "$WORK/old/lifecycle-poststart"
	tree sed -i "s|\"path\": \"[^\"]*\"|\"path\": \"$WORK/old/lifecycle-poststart\"|" "$ENTRIES/00-oci-lifecycle-poststart.json"
	tree sed -i 's|"args": \["lifecycle-poststop"|&, "--root", "/run/elsewhere"|' "$ENTRIES/zz-oci-lifecycle-poststop.json"
	tree sed -i 's|"always": true|"hasBindMounts": true|' "$ENTRIES/00-oci-lifecycle-0-prestart.json"
	examine 1 podman
	says podman wrong poststart "is of version 0.0.7, this program of "
	says podman wrong poststop "keeps its records in /run/elsewhere, and this program looks in /run/oci-lifecycle"
	says podman note prestart 'is for the containers that its "when" admits'
	cure podman
	examine 1 podman
	says podman well poststart "$ENTRIES"
}

# ---- buildah ----

setup_buildah_tree()
{
	need buildah
	need busybox
	make_image
	write /etc/containers/containers.conf <<-CONF
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
	CONF
	write /etc/containers/storage.conf <<-CONF
		[storage]
		driver = "vfs"
		graphroot = "/var/lib/containers/storage"
		runroot = "/run/containers/storage"
	CONF
	mkdir -p "$WORK/build"
	cp "$SHARED/image.tar" "$WORK/build"
	printf 'FROM scratch\nADD image.tar /\n%s\n' 'RUN true' >"$WORK/build/Containerfile"
}

buildah_records()
{
	local before said

	before=$(count_records)
	said=$(tree env TMPDIR="$WORK" buildah bud --runtime runc --network none --tag t "$WORK/build" </dev/null 2>&1) ||
		skip "buildah builds nothing here: $said"
	same "$(count_records)" $((before + 1)) records
}

@test "doctor, buildah: right, and absent" {
	setup_buildah_tree
	right buildah
	recorded buildah yes
	buildah_records
	tree rm "$(command -v buildah)"
	examine 0 buildah
	same "$(jq -r '.subjects[] | select(.name == "buildah").found' "$WORK/doctor.json")" false found
}

@test "doctor, buildah: entry missing, not executable, in the wrong directory, pasted twice" {
	local of=00-oci-lifecycle-create-runtime.json entry

	setup_buildah_tree
	right buildah
	entry=$(jq -r '.subjects[] | select(.name == "buildah").checks[] | select(.check == "createRuntime").text' "$WORK/doctor.json")
	tree rm "$entry"
	[ "$entry" = "$ENTRIES/$of" ] || tree mv "$ENTRIES/$of" "$ENTRIES/../$of"
	examine 1 buildah
	says buildah wrong createRuntime "our entry"
	cured buildah
	tree chmod 0644 "$HOOKS/lifecycle-create-runtime"
	examine 1 buildah
	says buildah wrong createRuntime "cannot be executed"
	cured buildah
	tree sed -i 's|"path": "[^"]*/|"path": "/opt/elsewhere/|' "$entry"
	examine 1 buildah
	says buildah wrong createRuntime "which is not there"
	cured buildah
	tree sh -c "cat $entry $entry >$entry.new && mv $entry.new $entry"
	examine 1 buildah
	says buildah wrong entries "is not JSON"
	cured buildah
	buildah_records
}

# ---- CRI-O: a script ----

@test "doctor, CRI-O (a script): right, and absent" {
	examine 0 CRI-O
	same "$(jq -r '.subjects[] | select(.name == "CRI-O").found' "$WORK/doctor.json")" false found
	setup_crio_tree
	right crio
	recorded CRI-O yes
	same "$(jq -r '.subjects[] | select(.name == "CRI-O").version' "$WORK/doctor.json")" 1.30.4 version
}

@test "doctor, CRI-O (a script): entry missing, not executable, wrong directory, pasted twice" {
	local entry=$ENTRIES/00-oci-lifecycle-create-runtime.json

	setup_crio_tree
	printf '[crio.runtime]\nhooks_dir = ["/etc/containers/oci/hooks.d"]\n' | write /etc/crio/crio.conf.d/10-theirs.conf
	examine 1 crio
	says CRI-O wrong createRuntime "our entry is in $ENTRIES, which CRI-O does not read"
	cured crio
	says CRI-O note "hooks directories" "/etc/containers/oci/hooks.d, $ENTRIES"
	tree rm "$entry"
	examine 1 crio
	says CRI-O wrong createRuntime "none of its directories has our entry"
	cured crio
	tree chmod 0644 "$HOOKS/lifecycle-create-runtime"
	examine 1 crio
	cured crio
	tree sh -c "cat $entry $entry >$entry.new && mv $entry.new $entry"
	examine 1 crio
	says CRI-O wrong entries "CRI-O starts no container"
	cured crio
}

# A process of that name, which is all that there is to see.
@test "doctor, CRI-O (a script): a daemon that began before its configuration was changed" {
	setup_crio_tree
	right crio
	tree cp /bin/sleep /run/crio
	tree /run/crio 1000 </dev/null >/dev/null 2>&1 &
	background $!
	sleep 0.1
	examine 0 crio
	printf '[crio.runtime]\nhooks_dir = ["%s"]\n' "$ENTRIES" | write /etc/crio/crio.conf.d/99-theirs.conf
	examine 1 crio
	says CRI-O wrong daemon "began before /etc/crio/crio.conf.d was changed"
	recorded CRI-O unknown
}

@test "doctor, CRI-O (a script): a configuration that cannot be read is not known" {
	setup_crio_tree
	echo 'hooks_dir =' | write /etc/crio/crio.conf.d/10-theirs.conf
	examine 1 crio
	says CRI-O unknown "hooks directories" "not known"
	recorded CRI-O unknown
}
