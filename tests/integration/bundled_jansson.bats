#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# ./configure --with-bundled-jansson: for a system without libjansson.a. The archive is not ours to fetch: $BUNDLED_JANSSON
# says where it is (apt-get source --download-only jansson).

# shellcheck source=tests/integration/helpers.bash
. "$BATS_TEST_DIRNAME/helpers.bash"

setup()
{
	[ ! -e "$TOP_SRCDIR/config.status" ] || skip "a source tree that is configured itself cannot be configured elsewhere"
	common_setup
	mkdir "$WORK/build" "$WORK/pc"
	cd "$WORK/build" || return
}

teardown()
{
	common_teardown
}

# Where pkg-config finds all libraries but jansson.
configure_without_jansson()
{
	local library

	for library in uuid smartcols; do
		cp "$(pkg-config --variable=pcfiledir "$library")/$library.pc" "$WORK/pc"
	done
	PKG_CONFIG_LIBDIR=$WORK/pc PKG_CONFIG_PATH='' "$TOP_SRCDIR/configure" --quiet "$@"
}

# Not a part of the make that runs the tests.
make_alone()
{
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s "$@" >"$WORK/make.log" 2>&1 || fail "$(cat "$WORK/make.log")"
}

@test "an archive that is not the pinned one, or is not there, stops configure, and nothing is unpacked" {
	echo something else >archive
	run ! configure_without_jansson --with-bundled-jansson=archive
	[[ $output == *"no archive that libstate/jansson.sha256 names: 'archive'"* ]]
	run ! configure_without_jansson --with-bundled-jansson=.
	[[ $output == *"no file './jansson-2.14.tar.gz'"* ]]
	[ ! -e jansson ]
}

@test "without the option a system that has no jansson is told so" {
	run ! configure_without_jansson
	[[ $output == *jansson* ]]
}

@test "hooks, tools and library are built with the archive's jansson, and work" {
	[ -n "${BUNDLED_JANSSON:-}" ] || skip "BUNDLED_JANSSON does not say where jansson's archive is"
	configure_without_jansson --with-bundled-jansson="$BUNDLED_JANSSON"
	make_alone -j4 all
	run ! grep -r -- -ljansson Makefile libstate/libstate.la libstate/libstate.pc
	HOOKS_DIR=$PWD/hooks QUERY=$PWD/tools/lifecycle-query
	state web | quiet_hook create-runtime
	same "$(inspect web .id)" web
	run ! grep -F libjansson <(readelf -d libstate/.libs/libstate.so tools/.libs/lifecycle-query)
	same "$(nm -D libstate/.libs/libstate.so | grep -c ' json_')" 0 "names of jansson's that the library shows"
	printf '#include <libstate.h>\nint main(void) { return lifecycle_id_valid("web") ? 0 : 1; }\n' >user.c
	$CC -static -I "$TOP_SRCDIR/libstate" -o user user.c libstate/.libs/libstate.a -luuid
	./user
}
