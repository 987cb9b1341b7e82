#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The hooks.d entries as they are installed. One bad entry stops every container of a host.

bats_require_minimum_version 1.5.0

setup_file() {
	export DEST=$BATS_FILE_TMPDIR/dest
	make_alone -j4 install
}

# Not a part of the make that runs the tests, whose jobs and variables are its own. $BEFORE is put before it.
make_alone() {
	# shellcheck disable=SC2086 # words
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL ${BEFORE:-} make -s -C "$TOP_BUILDDIR" "$@" DESTDIR="$DEST" \
		>"$BATS_FILE_TMPDIR/make.log" 2>&1
}

entries() {
	find "$DEST" -path '*/containers/oci/hooks.d/*' -type f | sort
}

@test "four entries, each of one hook point, in the order of their names: ours first, and last at poststop" {
	run -0 entries
	[ "${#lines[@]}" = 4 ]
	[ "$(jq -rs 'map(.stages | join(",")) | join(" ")' "${lines[@]}")" = "prestart createRuntime poststart poststop" ]
	[[ ${lines[0]##*/} == 00-* && ${lines[1]##*/} == 00-* && ${lines[2]##*/} == 00-* && ${lines[3]##*/} == zz-* ]]
}

@test "each names a hook that is installed, by its absolute path, with an environment and a time limit" {
	entries | while read -r entry; do
		[ "$(stat -c %a "$entry")" = 644 ]
		path=$(jq -r .hook.path "$entry")
		[[ $path == /* && -x $DEST$path ]]
		jq -e '.version == "1.0.0" and .when == {always: true} and (.hook.env | length > 0) and .hook.timeout >= 5
			and (.hook.path | endswith("/" + $args[0])) and (keys == ["hook", "stages", "version", "when"])' \
			--argjson args "$(jq .hook.args "$entry")" "$entry"
	done
}

# line PATTERN which: the first or last line of the trace that has it.
line() {
	grep -n "$1" "$BATS_TEST_TMPDIR/trace" | "$2" -n 1 | cut -d: -f1
}

@test "an entry is put in place after its hook, by one rename, and taken away before it" {
	command -v strace >/dev/null || skip "needs strace"
	rm -rf "$DEST"
	BEFORE="strace -f -qq -s 4096 -o $BATS_TEST_TMPDIR/trace -e trace=rename,renameat,renameat2,openat" make_alone -j4 install
	[ "$(line 'libexec/oci/hooks.d/.*O_\(WRONLY\|RDWR\)' tail)" -lt "$(line 'rename.*/hooks.d/[^"]*\.json"' head)" ]
	[ -z "$(line 'hooks.d/[^"]*\.json", *O_\(WRONLY\|RDWR\)' head)" ]
	BEFORE="strace -f -qq -s 4096 -o $BATS_TEST_TMPDIR/trace -e trace=unlink,unlinkat" make_alone -j4 uninstall
	[ "$(line 'hooks.d/[^"]*\.json"' tail)" -lt "$(line '"lifecycle-poststop"' head)" ]
	[ -z "$(entries)" ]
}
