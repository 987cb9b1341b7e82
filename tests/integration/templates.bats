#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Templates as users of docker and podman paste them, after lifecycle-query's --format: tests/data/templates/pasted.tsv.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"
# shellcheck source=tests/integration/engines.bash
. "$BATS_TEST_DIRNAME/engines.bash"
# shellcheck source=tests/integration/podman.bash
. "$BATS_TEST_DIRNAME/podman.bash"

OCI_RUNTIME=runc

setup()
{
	common_setup
}

teardown()
{
	teardown_podman
}

# of_tool COMMAND TEMPLATE [REF]: what is typed in place of that tool's.
of_tool()
{
	case $1 in
	*' ps') query ps --filter "id=${3:-web}" --format "$2" ;;
	*' inspect') query inspect --compat docker --format "$2" "${3:-web}" ;;
	esac
}

# Blanks of a table are as many as they are, and what differs from run to run is masked.
leveled()
{
	sed -E -e 's/(Less than a second|[0-9]+ seconds?) ago/SECONDS ago/' -e "s/\b$(living)\b/PID/g" -e '/^(NAMES|ID) /,$s/ +/ /g' | mask
}

# holds FILE: each line of it; what does not is told.
holds()
{
	local tool verdict template expected said status bad=0

	while IFS=$'\t' read -r tool verdict template expected; do
		[[ $tool != '#'* ]] || continue
		status=0
		said=$(of_tool "$tool" "$template" 2>"$WORK/stderr" | leveled && echo .) || status=$?
		case $verdict in
		error) [ "$status" = 2 ] && grep -qF -- "$expected" "$WORK/stderr" && [ "$said" = "" ] ;;
		*) [ "$status" = 0 ] && { [ "$expected" = JSON ] || [ "${said%$'\n'.}." = "$(printf '%b.' "$expected")" ]; } ;;
		esac || {
			bad=$((bad + 1))
			echo "$tool --format '$template': expected $verdict '$expected', got status $status '${said%.}' $(cat "$WORK/stderr")" >&2
		}
	done <"$1"
	[ "$bad" = 0 ]
}

@test "each of the templates that are pasted gives what it should, or a clear error" {
	running web front
	set -o pipefail
	holds "$DATA/templates/pasted.tsv"
	[ "$(grep -c '^[^#]' "$DATA/templates/pasted.tsv")" -ge 40 ]
	note "$(grep -v '^#' "$DATA/templates/pasted.tsv" | cut -f 2 | sort | uniq -c | tr -s ' \n' ' ')"
}

@test "a template that gives something else is found (a negative control)" {
	running web front
	set -o pipefail
	printf 'docker ps\tsame\t{{.Names}}\tback\n' >"$WORK/wrong"
	run ! holds "$WORK/wrong"
	printf 'docker ps\terror\t{{.Names}}\tunknown key\n' >"$WORK/wrong"
	run ! holds "$WORK/wrong"
	printf 'docker ps\tsame\t{{.Nothing}}\t\n' >"$WORK/wrong"
	run ! holds "$WORK/wrong"
}

# Only keys that mean the same: podman's State is a sentence, docker's functions and some keys it does not have.
comparable()
{
	grep -P "^(docker|podman) $1\tsame\t" "$DATA/templates/pasted.tsv" | cut -f 3 |
		grep -vE 'FinishedAt|\{\{-|\.State\}\}|\.State "|Names \.State|StartedAt|Created|RunningFor|^table|title|truncate|slice|\.Dead|split|join|upper|index \.|range|\{\{with|printf "%s %d"'
}

@test "podman says the same of a container of its own" {
	local template count=0

	setup_podman
	podman_ run --detach --name front bb sleep 600 >"$WORK/id"
	while read -r template; do
		podman_ ps --filter name=front --format "$template" >"$WORK/theirs"
		query ps --format "$template" >"$WORK/ours"
		diff "$WORK/theirs" "$WORK/ours" || fail "ps --format '$template'"
		count=$((count + 1))
	done < <(comparable ps)
	while read -r template; do
		podman_ inspect --format "$template" front | sed 's|^front|/front|; s|\([" ]\)front$|\1/front|; s|"front"|"/front"|' >"$WORK/theirs"
		query inspect --compat docker --format "$template" front >"$WORK/ours"
		diff "$WORK/theirs" "$WORK/ours" || fail "inspect --format '$template'"
		count=$((count + 1))
	done < <(comparable inspect)
	note "compared $count templates"
	[ "$count" -ge 15 ] || fail "compared only $count"
}
