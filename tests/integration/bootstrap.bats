#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# ./bootstrap where it cannot go on: it says what is missing, and leaves everything as it was.
# shellcheck disable=SC2016 # what stubs run is not for this shell

bats_require_minimum_version 1.5.0

setup() {
	bin=$BATS_TEST_TMPDIR/bin
	mkdir "$bin" "$BATS_TEST_TMPDIR/tree"
	cp "$TOP_SRCDIR/bootstrap" "$BATS_TEST_TMPDIR/tree"
	for name in sh cat dirname sed; do
		ln -s "$(command -v "$name")" "$bin/$name"
	done
	stub id 'echo 0'
}

# A command of this machine's: only these are on PATH, so no compiler and no autoconf.
stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

bootstrap() {
	run env PATH="$bin" "$BATS_TEST_TMPDIR/tree/bootstrap" "$@"
	[ "$(ls "$BATS_TEST_TMPDIR/tree")" = bootstrap ]
}

@test "not root: the missing packages are named and nothing is installed" {
	stub id 'echo 1000'
	stub apt-get 'touch "$0.ran"'
	bootstrap check
	[ "$status" -eq 1 ]
	[[ $output == *"as root: apt-get install autoconf "*" gcc "*" bats "* ]]
	[ ! -e "$bin/apt-get.ran" ]
}

@test "not Debian: the missing packages are named" {
	bootstrap demo
	[ "$status" -eq 1 ]
	[[ $output == *"not a Debian system"*" autoconf "*" gcc "* ]]
	[[ $output != *" bats"* ]]
}

@test "an apt-get that fails stops it, with what apt-get said" {
	stub apt-get '[ "$2" = update ] || { echo no such package; exit 100; }'
	bootstrap
	[ "$status" -eq 1 ]
	[[ $output == *"no such package"* ]]
}

@test "an apt-get that installs nothing stops it" {
	stub apt-get :
	bootstrap
	[ "$status" -eq 1 ]
	[[ $output == *"still not here: autoconf "* ]]
}

# All that a build needs is here, and says with what it was called, in the folder where it was.
set_up_build() {
	tree=$BATS_TEST_TMPDIR/tree
	for name in mkdir jq; do
		ln -s "$(command -v "$name")" "$bin/$name"
	done
	for name in autoconf automake gcc libtoolize pkg-config scdoc busybox runc; do
		stub "$name" :
	done
	stub nproc 'echo 2'
	stub make 'echo "$@" >made'
	printf '#!/bin/sh\necho "$@" >Makefile\n' >"$tree/configure"
	chmod +x "$tree/configure"
}

# What configure looked for and did not find may be here by now: README's two commands, one after the other.
@test "packages that came after configure: it looks for them again, once" {
	set_up_build
	mkdir "$tree/build"
	printf '#!/bin/sh\necho "$@" >>looked\n' >"$tree/build/config.status"
	chmod +x "$tree/build/config.status"

	env PATH="$bin" "$tree/bootstrap" demo
	env PATH="$bin" "$tree/bootstrap" demo
	[ ! -e "$tree/build/looked" ]
	stub shellcheck :
	env PATH="$bin" "$tree/bootstrap" demo
	env PATH="$bin" "$tree/bootstrap" demo
	[ "$(cat "$tree/build/looked")" = --recheck ]
}

@test "install: configured for /usr in a folder of its own, and stripped; build/ stays as it was configured" {
	set_up_build
	mkdir "$tree/build"
	echo --prefix=/elsewhere >"$tree/build/Makefile"
	env PATH="$bin" CI='' "$tree/bootstrap" install
	[ "$(cat "$tree/build-install/Makefile")" = "--quiet --prefix=/usr --sysconfdir=/etc" ]
	[[ "$(cat "$tree/build-install/made")" == *" install-strip" ]]
	[ "$(ls "$tree/build")" = Makefile ]
	[ "$(cat "$tree/build/Makefile")" = --prefix=/elsewhere ]
}

@test "install in /usr takes root, below DESTDIR it does not" {
	set_up_build
	stub id 'echo 1000'
	run env -u DESTDIR PATH="$bin" "$tree/bootstrap" install
	[ "$status" -eq 1 ]
	[[ $output == *"takes root"* ]]
	[ ! -e "$tree/build-install" ]
	env PATH="$bin" DESTDIR="$BATS_TEST_TMPDIR/dest" "$tree/bootstrap" install
	[ -e "$tree/build-install/made" ]
}

# asks_for COMMAND...: all that check needs is here, but for bats and docker; what apt-get is asked for if it then brings these.
asks_for() {
	sed -n "/^needs/,/^'/s/^[a-z0-9.+-]*  *\([a-z][a-z0-9+-]*\)\$/\1/p" "$TOP_SRCDIR/bootstrap" |
		grep -vx 'docker\|bats' | while read -r name; do
			[ -e "$bin/$name" ] || stub "$name" :
		done
	stub apt-get "[ \$2 = update ] || echo \"\$*\" >>'$BATS_TEST_TMPDIR/asked'
		for name in $*; do printf '#!/bin/sh\n' >'$bin/'\$name; /bin/chmod +x '$bin/'\$name; done"
	run env PATH="$bin" "$BATS_TEST_TMPDIR/tree/bootstrap" check
	sed 's/.* install //' "$BATS_TEST_TMPDIR/asked" | xargs
}

@test "docker, where its daemon's package has brought it: no more is asked for" {
	[ "$(asks_for bats docker)" = bats ]
}

@test "docker, where its daemon's package is without it: one more package" {
	[ "$(asks_for bats)" = "bats docker-cli" ]
}

@test "an unknown word is a usage error, and --help says what there is" {
	bootstrap everything
	[ "$status" -eq 2 ]
	bootstrap --help
	[ "$status" -eq 0 ]
	for word in demo check lint install; do
		[[ $output == *"./bootstrap $word"* ]]
	done
}

@test "a file that shows that a package is here is of no other package" {
	local package sign owners count=0

	command -v dpkg >/dev/null || skip "needs dpkg"
	while read -r package sign; do
		[ -e "$sign" ] || continue
		owners=$(dpkg -S "$sign" | cut -d: -f1)
		[ "$owners" = "$package" ] || { echo "$sign, the sign of $package, is of: $owners"; return 1; }
		count=$((count + 1))
	done < <(sed -n "/^needs_.*='\$/,/^'\$/p" "$TOP_SRCDIR/bootstrap" | grep ' /')
	[ "$count" -ge 5 ]
}
