#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What make install leaves, and whether a program of somebody else's can use it.

bats_require_minimum_version 1.5.0

# Not a part of the make that runs the tests, whose jobs and variables are its own.
make_alone() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$TOP_BUILDDIR" "$@" DESTDIR="$DEST" >"$DEST.log" 2>&1
}

# Those of the files that have a table of symbols.
with_symbols() {
	for file; do
		readelf -S "$file" | grep -qF .symtab && echo "${file##*/}"
	done
	:
}

setup_file() {
	export DEST=$BATS_FILE_TMPDIR/dest
	make_alone install
	PREFIX=$DEST$(sed -n 's/^prefix=//p' "$TOP_BUILDDIR/libstate/libstate.pc")
	export PREFIX
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$DEST
	cat >user.c <<-'END'
		#include <libstate.h>
		#include <stdio.h>
		int main(void)
		{
			struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;
			char text[LIFECYCLE_TIME_SIZE];
			(void)report;
			puts(lifecycle_time_format(1, text));
			return 0;
		}
	END
}

@test "the library, its header, its schema and its .pc are installed, and nothing from inside" {
	[ "$(cd "$PREFIX/include" && find . -type f)" = ./libstate.h ]
	[ -e "$PREFIX/lib/libstate.so.0" ]
	[ -e "$PREFIX/lib/libstate.a" ]
	[ ! -e "$PREFIX/lib/libstate-core.a" ]
	jq -e . "$PREFIX"/share/oci-lifecycle/{lifecycle,lifecycle-event}.schema.json >/dev/null
}

@test "each hook is installed as it was built, and nothing in their folder is not a hook" {
	cd "$PREFIX/libexec/oci/hooks.d"
	run -0 ls
	[ "$output" = "lifecycle-create-container
lifecycle-create-runtime
lifecycle-poststart
lifecycle-poststop
lifecycle-prestart" ]
	for hook in *; do
		[ "$(stat -c %a "$hook")" = 755 ]
		cmp "$hook" "$HOOKS_DIR/$hook"
	done
}

@test "make install strips nothing, make install-strip strips every program" {
	local stripped=$BATS_TEST_TMPDIR/stripped

	[ "$(with_symbols "$PREFIX"/bin/* "$PREFIX"/libexec/oci/hooks.d/* | wc -l)" -eq 9 ]
	DEST=$stripped make_alone install-strip
	[ "$(find "$stripped" | sed "s|^$stripped||" | sort)" = "$(find "$DEST" | sed "s|^$DEST||" | sort)" ]
	[ "$(with_symbols "$stripped${PREFIX#"$DEST"}"/bin/* "$stripped${PREFIX#"$DEST"}"/libexec/oci/hooks.d/*)" = "" ]
}

@test "a program builds by pkg-config alone, against the shared library and the static one" {
	grep -q __asan_init "$PREFIX/lib/libstate.so.0" && skip 'with sanitizers the library wants their runtime first'
	# shellcheck disable=SC2046 # flags
	$CC -o shared user.c $(pkg-config --cflags --libs libstate)
	run -0 env LD_LIBRARY_PATH="$PREFIX/lib" ./shared
	[ "$output" = 1970-01-01T00:00:00.000000001Z ]
	# shellcheck disable=SC2046 # flags
	$CC -static -o static user.c $(PKG_CONFIG_SYSROOT_DIR='' pkg-config --static --define-variable=prefix="$PREFIX" \
		--cflags --libs libstate)
	run -0 ./static
	[ "$output" = 1970-01-01T00:00:00.000000001Z ]
}

# A program with functions of its own that bear the names of private ones: that the library calls them is told by 99.
namesake() {
	cat >namesake.c <<-'END'
		#include <libstate.h>
		#include <stdio.h>
		#include <stdlib.h>
		int NAME(void);
		int NAME(void)
		{
			exit(99);
		}
		int main(void)
		{
			struct lifecycle_record *record;
			struct lifecycle_error error;
			struct lifecycle_store *store;
			if (lifecycle_record_decode("{\"name\":\"web\"}", 14, &record, &error) < 0 ||
				lifecycle_store_open(ROOT, LIFECYCLE_ACCESS_WRITE, &store, &error) < 0 ||
				lifecycle_store_delete(store, "c", 0, NULL, NULL, &error) < 0)
				return 1;
			lifecycle_store_close(store);
			(void)puts(lifecycle_record_name(record));
			lifecycle_record_free(record);
			return lifecycle_record_decode("[", 1, &record, &error) == 0;
		}
	END
	mkdir -p store/c
	chmod 700 store store/c
	# shellcheck disable=SC2086 # flags
	$CC -I "$PREFIX/include" -DNAME="$1" -DROOT="\"$PWD/store\"" -o namesake namesake.c $2
}

@test "a program's own list_add, error_set and utf8_copy are not the static library's" {
	grep -q __asan_init "$PREFIX/lib/libstate.so.0" && skip 'with sanitizers the library wants their runtime first'
	for name in list_add error_set utf8_copy; do
		namesake "$name" "$PREFIX/lib/libstate.a -ljansson -luuid"
		run -0 ./namesake
		[ "$output" = web ]
	done
}

@test "they are those of the objects that it is made of" {
	grep -q __asan_init "$PREFIX/lib/libstate.so.0" && skip 'with sanitizers the library wants their runtime first'
	local inside="-Wl,--start-group $TOP_BUILDDIR/libstate/.libs/libstate-core.a $TOP_BUILDDIR/libstate/.libs/libbase.a -Wl,--end-group"
	run ! namesake error_set "$inside -ljansson -luuid"
	[[ $output == *"multiple definition of "*error_set* ]]
	# it is alone in its object, so the linker is content with ours
	namesake lock_wait "$inside -ljansson -luuid"
	run -99 ./namesake
}

# build_example NAME: from what is installed, by pkg-config alone.
build_example() {
	grep -q __asan_init "$PREFIX/lib/libstate.so.0" && skip 'with sanitizers the library wants their runtime first'
	# shellcheck disable=SC2046 # flags
	$CC -Wall -Wextra -Wpedantic -Werror -o "$1" "$PREFIX/share/doc/oci-lifecycle/examples/$1.c" \
		$(pkg-config --cflags --libs libstate)
	export LD_LIBRARY_PATH=$PREFIX/lib
}

# recorded FILTER: of the record that the engine writes.
recorded() {
	jq -r "$1" store/c1/lifecycle.json
}

@test "the example of an engine records three lives: one that exits, one that is killed, one that does not start" {
	build_example engine
	run -3 ./engine "$PWD/store" c1 sh -c 'exit 3'
	[ "$(recorded '[.status, .reason, .exit_code, .started_at_source, .finished_at_source] | join(" ")')" = \
		"stopped exited 3 runtime engine" ]
	run -137 ./engine "$PWD/store" c1 sh -c 'kill -KILL $$'
	[ "$(recorded '[.generation, .exit_code, .exit_signal] | join(" ")')" = "2 137 9" ]
	run -127 ./engine "$PWD/store" c1 ./nothing
	[ "$(recorded '[.generation, .reason, .create_error, .errors[0].point, .errors[0].message] | join(" ")')" = \
		"3 create_failed true engine No such file or directory" ]
	"$PYTHON" "$TOP_SRCDIR/tests/integration/check_store.py" store
}

@test "the example of a reader follows a store that is yet to come" {
	build_example engine
	build_example follow
	./follow "$PWD/store" >seen 3>&- &
	follower=$!
	./engine "$PWD/store" c1 sh -c 'until grep -qx "c1 running" seen; do sleep 0.02; done'
	timeout 20 sh -c 'until grep -qx "c1 stopped" seen; do sleep 0.02; done'
	"$CTL" --root "$PWD/store" forget c1
	timeout 20 sh -c 'until grep -qx "c1 removed" seen; do sleep 0.02; done'
	kill "$follower"
	wait "$follower" || follower=
	[ "$(uniq seen | grep -v '^c1 created$')" = "c1 running
c1 stopped
c1 removed" ]
}

teardown() {
	test -z "${follower:-}" || kill "$follower" 2>/dev/null || :
}

@test "the header is C++ too, and asks for no other header first" {
	command -v g++ >/dev/null || skip 'g++ is not here'
	g++ -x c++ -Wall -Wextra -Werror -I "$PREFIX/include" -fsyntax-only user.c
}

@test "an installed tool runs, with the installed library" {
	run -0 env LD_LIBRARY_PATH="$PREFIX/lib" "$PREFIX/bin/lifecycle-query" --version
	[[ $output == *oci-lifecycle* ]]
	run -0 readelf -d "$PREFIX/bin/lifecycle-query"
	[[ $output == *libstate.so.0* && $output != *"$TOP_BUILDDIR/libstate"* ]]
}

# dangling_pages DIRECTORY: the manual pages of ours that a page in it names and that it does not have.
dangling_pages() {
	grep -rhoE '\\fBli(fecycle|bstate)[a-z.-]*\\fR\([1-8]\)' "$1" | sed -E 's/.*B(.*)\\fR\((.)\)/man\2\/\1.\2/' | sort -u |
		while read -r page; do
			test -e "$1/$page" || echo "$page"
		done
}

@test "a manual page that another one names is there, in that section" {
	local man=$PREFIX/share/man

	[ -d "$man" ] || skip 'without scdoc there are no manual pages'
	[ "$(dangling_pages "$man")" = "" ]
	mkdir -p copy
	cp -R "$man"/. copy
	rm copy/man8/lifecycle-ctl.8
	rm copy/man3/libstate.3
	[ "$(dangling_pages copy)" = "man3/libstate.3
man8/lifecycle-ctl.8" ]
}

@test "make uninstall takes away all that make install left" {
	make_alone uninstall
	[ -z "$(find "$DEST" ! -type d)" ]
}
