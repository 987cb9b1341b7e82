#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Debian's packages: built, checked, installed beside podman, used, and removed while a container lives. The recipes for RPM and
# Alpine are read by what reads them there.

bats_require_minimum_version 1.5.0

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup_file()
{
	DEBS=$BATS_FILE_TMPDIR/debs
	export DEBS
	mkdir "$DEBS"
	command -v dpkg-buildpackage >/dev/null && [ -e /usr/share/perl5/Debian/Debhelper ] || return 0
	build_packages >"$DEBS/log" 2>&1 || : >"$DEBS/failed"
}

# What git knows or would take, so nothing that was built. The unit tests run here already.
build_packages()
{
	mkdir "$BATS_FILE_TMPDIR/src"
	cd "$TOP_SRCDIR" || return
	if [ -e .git ]; then
		git ls-files -z --cached --others --exclude-standard
	else
		find . -path ./build -prune -o -type f -print0
	fi | tar --null --files-from=- -cf - | tar -C "$BATS_FILE_TMPDIR/src" -xf -
	cd "$BATS_FILE_TMPDIR/src" || return
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS="nocheck parallel=2" dpkg-buildpackage --unsigned-changes --unsigned-buildinfo --build=binary
	mv ../*.deb ../*.changes ../*.buildinfo "$DEBS"
}

setup()
{
	WORK=$BATS_TEST_TMPDIR
}

need_packages()
{
	need dpkg-buildpackage
	[ -e "$DEBS/log" ] || skip "needs debhelper"
	[ ! -e "$DEBS/failed" ] || fail "no packages: $(tail -n 20 "$DEBS/log")"
}

# of NAME: the package's file.
of()
{
	echo "$DEBS/$1"_[0-9]*.deb
}

@test "dpkg-buildpackage makes hooks, tools, library, its header, and what a debugger wants of them" {
	need_packages
	same "$(cd "$DEBS" && printf '%s\n' *.deb | sed 's/_.*//' | LC_ALL=C sort)" "libstate-dev
libstate0
libstate0-dbgsym
oci-lifecycle
oci-lifecycle-dbgsym
oci-lifecycle-hooks
oci-lifecycle-hooks-dbgsym" packages
}

# lintian takes a static-pie program for a library.
known_of_static_pie()
{
	grep -v 'shared-library-lacks-prerequisites \[usr/\(bin/lifecycle-runtime\|libexec/oci/hooks.d/lifecycle-[a-z-]*\)\]$'
}

@test "lintian finds no error and no warning, but for static-pie's" {
	need_packages
	need lintian
	run lintian --no-cfg --allow-root --tag-display-limit 0 "$DEBS"/*.changes
	same "$(grep '^[EW]:' <<<"$output" | known_of_static_pie)" "" "what lintian says"
	# control: a package with a fault
	dpkg-deb -R "$(of libstate0)" "$WORK/bad"
	chmod 0777 "$WORK/bad/usr/lib"
	dpkg-deb --root-owner-group -b "$WORK/bad" "$WORK/bad_1_all.deb" >/dev/null
	run lintian --no-cfg --allow-root "$WORK/bad_1_all.deb"
	grep '^E: .*non-standard-dir-perm\|^[EW]:' <<<"$output"
}

# What a postinst enables that was not enabled before: debhelper asks debian-installed first where a unit is not to be enabled.
enables()
{
	awk '/deb-systemd-helper debian-installed/ { asked = 1 } /deb-systemd-helper update-state/ { asked = 0 }
		/deb-systemd-helper enable/ && !asked'
}

@test "a package's hooks depend on nothing, and no service is enabled" {
	need_packages
	same "$(dpkg-deb -f "$(of oci-lifecycle-hooks)" Depends)" "" "what the hooks depend on"
	dpkg-deb -f "$(of oci-lifecycle)" Depends | grep 'libstate0 (>= 0.1.0)'
	same "$(dpkg-deb --ctrl-tarfile "$(of oci-lifecycle)" | tar -xOf - ./postinst | enables)" "" "what is enabled"
	# control: the same without the question
	same "$(printf 'if deb-systemd-helper --quiet was-enabled x; then\n deb-systemd-helper enable x\n' | enables | wc -l)" 1 "what is enabled"
}

is()
{
	tail -n 1 "$DEBS/$1" | grep -Fx "status $2" || fail "$1: $(cat "$DEBS/$1" "$DEBS/$1.err")"
}

@test "podman records every container after the installation, and none is harmed by the removal" {
	local step

	need_packages
	need_root
	need podman
	need runc
	need busybox
	mkdir "$WORK/tree"
	unshare -m --propagation private sh -c 'mount -t tmpfs tmpfs "$0" && mkdir "$0/u" "$0/w" "$0/r" &&
		mount -t overlay -o "lowerdir=/,upperdir=$0/u,workdir=$0/w" overlay "$0/r"' "$WORK/tree" || skip "no overlay over / here"
	mkdir "$WORK/debs"
	mv "$DEBS"/*-dbgsym_* "$WORK/debs"
	unshare --mount --pid --fork --kill-child --propagation private "$BATS_TEST_DIRNAME/packages_scene" "$WORK/tree" "$DEBS"
	mv "$WORK"/debs/* "$DEBS"
	is image 0
	for step in before install enabled run living made list remove exec start stop restart after rm left; do
		is "$step" 0
	done
	same "$(wc -l <"$DEBS/before")" 1 "lines of what was there before"
	same "$(wc -l <"$DEBS/enabled")" 1 "lines of what is enabled"
	same "$(sed '$d' "$DEBS/list" | jq -r '[.[] | [.name, .status, .reason // "-"] | join(" ")] | sort | join(", ")')" \
		"one stopped exited, two running -" records
	same "$(cat "$DEBS/left")" "status 0" "what is left"
}

@test "rpm and its lint take the spec" {
	need rpmlint
	need rpmspec
	run -0 rpmspec --parse "$TOP_SRCDIR/packaging/rpm/oci-lifecycle.spec"
	[[ $output == *"make install"* || $output == *make_install* || $output == *DESTDIR* ]]
	run -0 rpmlint --rpmlintrc "$TOP_SRCDIR/packaging/rpm/oci-lifecycle.rpmlintrc" "$TOP_SRCDIR/packaging/rpm/oci-lifecycle.spec"
	grep ' 0 errors, 0 warnings' <<<"$output" || fail "$output"
	# control
	sed '/^License:/d' "$TOP_SRCDIR/packaging/rpm/oci-lifecycle.spec" >"$WORK/oci-lifecycle.spec"
	run rpmspec --parse "$WORK/oci-lifecycle.spec"
	[ "$status" -ne 0 ]
}

# apkbuild-lint is Alpine's alone: the recipe is read as abuild reads it, by a shell, and checked as a script.
@test "the APKBUILD is a script with all that abuild asks for" {
	need shellcheck
	run -0 shellcheck --shell=dash --exclude=SC2034,SC2154 "$TOP_SRCDIR/packaging/alpine/APKBUILD"
	for word in pkgname pkgver pkgrel pkgdesc arch license source sha512sums; do
		run -0 sh -c '. "$0"; eval "test -n \"\$$1\" && echo set"' "$TOP_SRCDIR/packaging/alpine/APKBUILD" "$word"
	done
	for word in build check package; do
		run -0 sh -c '. "$0"; command -v "$1"' "$TOP_SRCDIR/packaging/alpine/APKBUILD" "$word"
	done
}

@test "each recipe has the version of the sources" {
	local version

	version=$(sed -n 's/^AC_INIT(\[oci-lifecycle\], \[\(.*\)\])/\1/p' "$TOP_SRCDIR/configure.ac")
	same "$(sed -n '1s/.*(\(.*\)).*/\1/p' "$TOP_SRCDIR/debian/changelog")" "$version" Debian
	same "$(sed -n 's/^Version: *//p' "$TOP_SRCDIR/packaging/rpm/oci-lifecycle.spec")" "$version" RPM
	same "$(sed -n 's/^pkgver=//p' "$TOP_SRCDIR/packaging/alpine/APKBUILD")" "$version" Alpine
}
