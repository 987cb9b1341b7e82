#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Each example of README and of the manual pages is pasted and run, or is named in tests/data/examples/not_run.tsv with the
# reason. Those of README that need a scene of their own are pasted by readme.bats.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

NOT_RUN=$DATA/examples/not_run.tsv

setup()
{
	common_setup
	OCI_RUNTIME=runc
	cd "$WORK" || return
}

teardown()
{
	common_teardown
}

pages()
{
	find "$TOP_SRCDIR"/{hooks,libstate,tools} -name '*.scd' | sort
}

# is_listed FILE LIST: how it begins is in the list.
is_listed()
{
	local begins reason

	while IFS=$'\t' read -r begins reason; do
		[[ $begins == '#'* || $(head -n 1 "$1") != "$begins"* ]] || return 0
	done <"$2"
	return 1
}

# pasted_blocks: of README, by the words that readme.bats finds each one by.
pasted_blocks()
{
	local words

	grep -oE 'paste "[^"]+"' "$TOP_SRCDIR/tests/integration/readme.bats" | cut -d '"' -f 2 | sort -u | while read -r words; do
		paste "$words"
		echo
	done
}

# is_pasted FILE: its first line is one of those blocks'.
is_pasted()
{
	pasted_blocks | grep -qxF -- "$(head -n 1 "$1")"
}

# The programs that were built, in the order of PATH; the store is this case's, with web, which runs, and job, which ended.
scene()
{
	mkdir -p "$WORK/bin"
	ln -sf "$QUERY" "$CTL" "$WATCH" "$TOP_BUILDDIR/tools/lifecycle-runtime" "$WORK/bin"
	export PATH=$WORK/bin:$PATH OCI_LIFECYCLE_ROOT=$ROOT
	exited job 'a job' 3
	state pod | jq -c '.annotations = {"io.kubernetes.container.name": "app", "io.kubernetes.pod.name": "shop",
		"io.kubernetes.pod.namespace": "prod"}' | quiet_hook create-runtime
	running web front
}

# The same for lifecycle-ctl, which makes its own container: it needs its hooks where they were built.
ctl_scene()
{
	need_root
	need_runtime
	need conmon
	[ -x /bin/busybox ] || skip "needs /bin/busybox"
	mkdir -p "$WORK/bin"
	printf '#!/bin/sh\nexec "%s" --hooks-dir "%s" "$@"\n' "$CTL" "$HOOKS_DIR" >"$WORK/bin/lifecycle-ctl"
	chmod +x "$WORK/bin/lifecycle-ctl"
	ln -sf "$QUERY" "$WORK/bin"
	export PATH=$WORK/bin:$PATH OCI_LIFECYCLE_ROOT=$ROOT
}

# What follows never ends by itself; what asks for a fault's exit status may find one.
run_commands()
{
	local status=0

	# what a program prints is run by nobody here: it would change this host
	! grep -qE '\| *(sudo +)?(ba|da)?sh( |$)' "$1" || fail "this example pipes into a shell, and has to be listed" || return
	timeout 20 bash -euc 'case $(cat "$1") in *--follow*) timeout 1 bash -eu "$1" || [ $? = 124 ] ;; *) bash -eu "$1" ;; esac' \
		bash "$1" </dev/null >"$WORK/printed" 2>"$WORK/said" 3>&- || status=$?
	same "$status" 0 "exit status of the example, which said: $(cat "$WORK/said")"
}

# A stand-in for a runtime: what it is asked for its version is asked of the real one.
run_script()
{
	local runtime

	runtime=$(grep -oE -- '--lifecycle-runtime [a-z-]+' "$1" | cut -d ' ' -f 2)
	sh -n "$1" || return
	command -v "$runtime" >/dev/null || return 0
	same "$(sh "$1" --version 2>&1 | head -n 1)" "$("$runtime" --version 2>&1 | head -n 1)" "what the script starts"
}

# check_examples LIST FILE...: all that is there, a line for each that is not as it should be.
check_examples()
{
	local list=$1 name kind place bad=0

	shift
	rm -rf "$WORK/examples"
	mkdir "$WORK/examples"
	"$PYTHON" "$here/examples.py" "$WORK/examples" "$@" >"$WORK/index"
	while IFS=$'\t' read -r name kind place; do
		echo "$kind $place" >>"$WORK/seen"
		case $kind in
		json | toml) continue ;;
		esac
		if is_listed "$WORK/examples/$name" "$list"; then
			echo "not run: $place" >>"$WORK/seen"
		elif [[ $place == README.md:* ]] && is_pasted "$WORK/examples/$name"; then
			continue
		elif [[ $kind == script ]]; then
			run_script "$WORK/examples/$name" || bad=$((bad + 1))
		elif ! grep -q 'lifecycle-ctl run' "$WORK/examples/$name"; then
			run_commands "$WORK/examples/$name" || { bad=$((bad + 1)); echo "in $place" >&2; }
		else
			echo "$name" >>"$WORK/of_ctl"
		fi
	done <"$WORK/index"
	[ "$bad" = 0 ]
}

@test "each example of README and of the manual pages is run, or listed with a reason" {
	local pages

	scene
	mapfile -t pages < <(pages)
	check_examples "$NOT_RUN" "$TOP_SRCDIR/README.md" "${pages[@]}"
	[ "$(wc -l <"$WORK/index")" -ge 40 ] || fail "only $(wc -l <"$WORK/index") examples"
	note "$(wc -l <"$WORK/index") examples; $(cut -f 2 "$WORK/index" | sort | uniq -c | tr -s ' \n' ' '); listed: $(grep -c '^not run' "$WORK/seen")"
}

@test "the examples of lifecycle-ctl's page are run" {
	local name

	ctl_scene
	"$PYTHON" "$here/examples.py" "$WORK" "$TOP_SRCDIR/tools/lifecycle-ctl.8.scd" >"$WORK/index"
	while IFS=$'\t' read -r name _; do
		! grep -q 'lifecycle-ctl run' "$WORK/$name" || run_commands "$WORK/$name" || return
	done <"$WORK/index"
	same "$(find "$WORK/data/containers" -mindepth 1 -maxdepth 1 | wc -l)" 0 "containers that are left"
}

@test "nothing is listed that is no example" {
	local begins reason pages

	mapfile -t pages < <(pages)
	"$PYTHON" "$here/examples.py" "$WORK" "$TOP_SRCDIR/README.md" "${pages[@]}" >"$WORK/index"
	while IFS=$'\t' read -r begins reason; do
		[[ $begins != '#'* ]] || continue
		[ -n "$reason" ] || fail "'$begins' has no reason"
		grep -qF -- "$begins" "$WORK"/0* || fail "'$begins' is no example"
	done <"$NOT_RUN"
}

@test "an example that fails, and one that nobody lists, are found (a negative control)" {
	scene
	printf '# X\n\n```\nlifecycle-query inspect nothing\n```\n' >"$WORK/bad.scd"
	run ! check_examples "$NOT_RUN" "$WORK/bad.scd"
	printf '# X\n\n```\nlifecycle-query list --frob\n```\n' >"$WORK/bad.scd"
	run ! check_examples "$NOT_RUN" "$WORK/bad.scd"
	printf '# X\n\n```\necho touch %s | sh -e\n```\n' "$WORK/touched" >"$WORK/bad.scd"
	run ! check_examples "$NOT_RUN" "$WORK/bad.scd"
	[ ! -e "$WORK/touched" ]
	printf 'X\n\n    a-program-that-is-nowhere --x\n' >"$WORK/README.md"
	run ! check_examples "$NOT_RUN" "$WORK/README.md"
	printf '# X\n\n```\nlifecycle-query inspect web\n```\n' >"$WORK/good.scd"
	check_examples "$NOT_RUN" "$WORK/good.scd"
}
