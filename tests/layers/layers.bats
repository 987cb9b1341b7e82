#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What holds of the tree and of the built files themselves. Each checker is also shown what it has to refuse.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	checkers=$TOP_SRCDIR/tests/layers
	library=$TOP_BUILDDIR/libstate/.libs
	header=$TOP_SRCDIR/libstate/libstate.h
	sym=$TOP_SRCDIR/libstate/libstate.sym
}

need_ctags() {
	command -v ctags-universal ctags >/dev/null || skip 'universal-ctags is not here'
}

compile() {
	printf '%s\n' "$1" >sample.c
	# shellcheck disable=SC2086 # flags
	$CC $2 -o "$3" sample.c
}

# What the library, and what a hook, must not ask of the C library.
prints='(v|f|vf|d|vd)?printf|__(v|f|vf|d|vd)?printf_chk|puts|fputs|putchar|perror|v?errx?|v?warnx?|v?syslog|stdout|stderr'
environment='(secure_)?getenv|environ'

@test "an include points down only, and each foreign header has its owners" {
	"$checkers/check-includes" "$TOP_SRCDIR"
}

@test "an include that points up, sideways, inside or past an owner is refused" {
	for sample in "$TOP_SRCDIR"/tests/data/layers/*/; do
		run ! "$checkers/check-includes" "$sample"
		grep -Fx -f "$sample/expected" <<<"$output"
	done
}

@test "header, symbol file and library have the same functions" {
	need_ctags
	"$checkers/check-symbols" "$header" "$sym" "$library/libstate.so"
}

@test "a function that is missing in one of header, symbol file and library is told" {
	need_ctags
	compile '__attribute__((visibility("default"))) int lifecycle_extra(void); int lifecycle_extra(void) { return 0; }' \
		'-shared -fPIC' extra.so
	run ! "$checkers/check-symbols" "$header" "$sym" extra.so
	grep -F "lifecycle_extra: only in extra.so" <<<"$output"
	grep -v lifecycle_time_now "$sym" >short.sym
	run ! "$checkers/check-symbols" "$header" short.sym "$library/libstate.so"
	[[ $output == "lifecycle_time_now: only in "* && $output != *short.sym* ]]
}

@test "the static library shows what the header declares, and nothing else" {
	need_ctags
	"$checkers/check-symbols" "$header" "$sym" "$TOP_BUILDDIR/libstate/libstate.a"
}

@test "the objects that it is made of do not pass: they see each other's functions" {
	need_ctags
	run ! "$checkers/check-symbols" "$header" "$sym" "$library/libstate-core.a"
	grep -Fx "list_add: only in $library/libstate-core.a" <<<"$output"
}

# words_are_known WORDS: nothing is said of them.
words_are_known() {
	"$PYTHON" "$checkers/check-words" "$1" "$TOP_SRCDIR" "$QUERY"
}

@test "each word of the library, and each key of a record, is in every place that has to know it" {
	"$TOP_BUILDDIR/tests/layers/words" >words
	words_are_known words
}

@test "a new status, reason, source, point or key is told wherever it is forgotten" {
	schema=libstate/lifecycle.schema.json page=libstate/lifecycle.json.5.scd
	while IFS=: read -r kind places; do
		{ "$TOP_BUILDDIR/tests/layers/words" && echo "$kind newWord"; } >words
		run ! words_are_known words
		for place in $places; do
			grep -F "$kind 'newWord' is not in ${place//_/ }" <<<"$output"
		done
		[ "$(grep -c "^$kind 'newWord'" <<<"$output")" = "$(wc -w <<<"$places")" ]
	done <<-KINDS
		status:$schema $page filters_of_lifecycle-query tests/data
		reason:$schema $page filters_of_lifecycle-query tests/data
		source:$schema $page tests/data
		record:$schema $page tests/data
		hooks:$schema $page tests/data
		errors:$schema $page tests/data
		previous:$schema $page tests/data
		point:$schema $page tests/data
	KINDS
	# a point that is not said to be a runtime's is a hook's
	for place in "$schema" hooks/lifecycle-hooks.8.scd hooks/local.mk 'HOOK_NAMES in tests/integration/helpers.bash' \
		tests/integration/containers.bash tests/integration/splice_shapes.py; do
		grep -F "hook point 'newWord' is not in $place" <<<"$output"
	done
	[ "$(grep -c "^hook point 'newWord'" <<<"$output")" = 6 ]
}

@test "a word that the library knows no more is told wherever it is left" {
	"$TOP_BUILDDIR/tests/layers/words" | grep -vx 'reason never_started\|record pid_ns\|point prestart' >words
	run ! words_are_known words
	for left in "reason 'never_started' in libstate/lifecycle.schema.json" \
		"reason 'never_started' in filters of lifecycle-query" "record 'pid_ns' in libstate/lifecycle.schema.json" \
		"record 'pid_ns' in libstate/lifecycle.json.5.scd" "point 'prestart' in libstate/lifecycle.schema.json"; do
		grep -Fx "$left is no word of the library" <<<"$output"
	done
}

@test "the library prints nothing and reads no environment" {
	"$checkers/check-imports" "$prints|$environment" "$library/libstate-core.a"
}

@test "the hooks read no environment" {
	"$checkers/check-imports" '(secure_)?getenv' "$TOP_BUILDDIR/hooks/libhooks.a"
}

@test "a library that prints, or reads the environment, is refused" {
	compile '#include <stdio.h>
		void say(const char *text); void say(const char *text) { fprintf(stderr, "%s!", text); }' -c printing.o
	run ! "$checkers/check-imports" "$prints" printing.o
	compile '#include <stdlib.h>
		char *home(void); char *home(void) { return getenv("HOME"); }' -c reading.o
	run ! "$checkers/check-imports" "$environment" reading.o
}

# The C library drops what finds no memory there, and neither ferror() nor fclose() tells.
@test "no tool writes to open_memstream(): text_stream tells of what found no memory" {
	for archive in "$TOP_BUILDDIR"/tools/*.a; do
		"$checkers/check-imports" open_memstream "$archive"
	done
	compile '#include <stdio.h>
int main(void) { char *text; size_t size; return fclose(open_memstream(&text, &size)); }' '-c -D_GNU_SOURCE' sample.o
	run ! "$checkers/check-imports" 'open_memstream' sample.o
}

@test "each hook, and lifecycle-runtime, is static-pie, with full RELRO and no executable stack" {
	if nm "$HOOKS_DIR/lifecycle-prestart" | grep -q __asan_init; then
		skip 'with sanitizers the hooks are dynamic'
	fi
	for hook in prestart create-runtime create-container poststart poststop; do
		"$checkers/check-hardening" "$HOOKS_DIR/lifecycle-$hook"
	done
	"$checkers/check-hardening" "$RUNTIME"
}

@test "a dynamic program, a fixed one, a writable and an executable one do not pass for a hook" {
	for flags in '-pie -Wl,-z,now' '-static -no-pie' '-static-pie -Wl,-z,norelro' '-static-pie -Wl,-z,execstack'; do
		compile 'int main(void) { return 0; }' "-fPIE $flags" program
		run ! "$checkers/check-hardening" program
	done
}

@test "no function has more than 45 lines, half of them no more than 12, and no file more than 450" {
	need_ctags
	find "$TOP_SRCDIR"/{libstate,hooks,tools} -name '*.c' -exec "$checkers/check-lengths" 45 12 450 {} +
}

@test "a function of 46 lines is told, a median of 13, and a file of 451 lines" {
	need_ctags
	function_of() {
		echo 'int f(int a)'
		echo '{'
		yes '	a++;' | head -n "$(($1 - 4))"
		printf '	return a;\n}\n'
	}
	function_of 46 >long.c
	run ! "$checkers/check-lengths" 45 12 450 long.c
	grep -F 'long.c: f has 46 lines' <<<"$output"
	function_of 45 >long.c
	"$checkers/check-lengths" 45 45 450 long.c
	function_of 13 >middle.c
	run ! "$checkers/check-lengths" 45 12 450 middle.c
	{ function_of 12 && yes '' | head -n 439; } >file.c
	run ! "$checkers/check-lengths" 45 12 450 file.c
	grep -F 'file.c has 451 lines' <<<"$output"
}
