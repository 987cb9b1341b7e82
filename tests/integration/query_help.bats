#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What lifecycle-query, lifecycle-ctl and lifecycle-watch say of themselves: help, manual, completions; and wrong usage.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
	export OCI_LIFECYCLE_ROOT=$ROOT
}

teardown()
{
	common_teardown
}

# The options in a help, as "-f --filter KEY=VALUE", a line each.
help_options()
{
	sed -n 's/^ *\(-[a-zA-Z]\), --/\1 --/; s/^ *\(\(-[a-zA-Z] \)\?--[a-z-]*\( [A-Z=]\+\)\?\)  .*/\1/p' | sort -u
}

# The same of a part of a manual page.
manual_options()
{
	sed -n 's/^\*-.*/&/p' | sed 's/[*_]//g; s/, / /' | sort -u
}

# section PAGE COMMAND: the parts of the page that are about that command, by itself or with another: "## create and run".
section()
{
	awk -v command="$2" '
		/^#/ { inside = 0; for (i = 2; i <= NF; i++) if ($1 == "##" && $i == command) inside = 1 }
		inside' "$1"
}

# The options that all commands have.
common_options()
{
	sed -n '/^# OPTIONS/,/^# COMMANDS/p' "$1" | manual_options
}

help_is_manual()
{
	local program=$1 page=$2 command

	"$program" --help | help_options >"$WORK/help"
	common_options "$page" | diff -u "$WORK/help" - || return
	for command in $(commands_of "$program"); do
		"$program" "$command" --help | help_options | comm -23 - <(common_options "$page") >"$WORK/help"
		section "$page" "$command" | manual_options | diff -u "$WORK/help" - || return
	done
	same "$(commands_of "$program" | sort)" \
		"$(sed -n '/^# COMMANDS/,/^# [^C]/s/^## \([a-z-]*\)$/\1/p' "$page" | sort)" "commands in the manual"
}

@test "help and manual of lifecycle-query name the same commands and options" {
	help_is_manual "$QUERY" "$TOP_SRCDIR/tools/lifecycle-query.1.scd"
}

@test "help and manual of lifecycle-ctl name the same commands and options" {
	help_is_manual "$CTL" "$TOP_SRCDIR/tools/lifecycle-ctl.8.scd"
}

@test "help and manual of lifecycle-watch name the same options" {
	"$WATCH" --help | help_options >"$WORK/help"
	manual_options <"$TOP_SRCDIR/tools/lifecycle-watch.8.scd" | diff -u "$WORK/help" -
}

@test "an option that the manual lacks is found (a negative control)" {
	sed '/^\*--no-trunc\*/d' "$TOP_SRCDIR/tools/lifecycle-query.1.scd" >"$WORK/page"
	run ! help_is_manual "$QUERY" "$WORK/page"
	[[ $output == *"---no-trunc"* ]]
}

@test "lifecycle.json(5) names every key of the schema, and no other" {
	jq -r '."$defs" | [.record, .hook, .error, .generation, .observed] | .[].properties | keys[]' \
		"$TOP_SRCDIR/libstate/lifecycle.schema.json" | sort -u >"$WORK/schema"
	sed -n '/^# KEYS/,/^# EXAMPLE/p' "$TOP_SRCDIR/libstate/lifecycle.json.5.scd" |
		grep -oE '\*[a-z_]+\*(\([0-9])?' | grep -v '(' | tr -d '*' | sort -u | comm -23 - <(printf '%s\n' create start | sort) >"$WORK/manual"
	diff -u "$WORK/schema" "$WORK/manual"
}

@test "the help, of the tool and of each command" {
	local command

	{
		"$QUERY" --help
		for command in $(commands_of "$QUERY"); do
			printf '\n==== %s\n\n' "$command"
			"$QUERY" "$command" --help
		done
	} | golden help.query
	{
		"$CTL" --help
		for command in $(commands_of "$CTL"); do
			printf '\n==== %s\n\n' "$command"
			"$CTL" "$command" --help
		done
	} | golden help.ctl
	same "$("$QUERY" list -h)" "$("$QUERY" list --help)" "-h"
	[ "$("$QUERY" --help | wc -L)" -le 100 ] || fail "too wide"
}

@test "the version" {
	[[ $("$QUERY" --version) == "lifecycle-query (oci-lifecycle) "[0-9]* ]]
	[[ $("$CTL" prune --version) == "lifecycle-ctl (oci-lifecycle) "[0-9]* ]]
}

@test "wrong usage is 2, and says where to look" {
	fails 2 "'frob' is no command" frob
	fails 2 "try 'lifecycle-query --help'" frob
	fails 2 "a command is missing"
	fails 2 "unrecognized option '--frob'" list --frob
	fails 2 "try 'lifecycle-query list --help'" list --frob
	fails 2 "requires an argument" list --sort
	fails 2 "'x' is one argument too many for list" list x
	fails 2 "one argument too many" metrics x
	fails 2 "one argument too many" timeline a b
	fails 2 "unrecognized option '--frob'" --frob list
	(exec -a '' "$QUERY" --version) | grep -q lifecycle-query
}

completed()
{
	"$QUERY" __complete "$@" | cut -f 1 | tr '\n' ' '
}

@test "completion: commands, options, values, containers" {
	running web front
	running weird 'two words'
	same "$(completed '')" "$(commands_of "$QUERY" | tr '\n' ' ')" "commands"
	same "$(completed ins)" "inspect " "a command"
	same "$(completed list --no)" "--no-trunc --noheading " "options"
	same "$(completed list --format j)" "json jsonl " "a value"
	same "$(completed list --filter status=s)" "status=stopped " "a filter's value"
	same "$(completed list --sort exit_c)" "exit_code " "a key"
	same "$(completed inspect --compat '')" "docker oci " "a system"
	same "$(completed wait web --for ru)" "running " "a status"
	same "$(completed metrics -o '')" ":file " "a file"
	same "$(completed --root '')" ":directory " "a directory"
	same "$(completed inspect w)" "web weird " "containers"
	same "$(completed inspect f)" "front " "a name"
	same "$(OCI_LIFECYCLE_ROOT=/nowhere completed --root "$ROOT" inspect web)" "web " "in another store"
	same "$(completed timeline web '')" "" "no more than it takes"
	same "$("$CTL" __complete forget we | cut -f 1 | tr '\n' ' ')" "web weird " "lifecycle-ctl's"
	same "$("$WATCH" __complete --o | cut -f 1)" "--once" "lifecycle-watch's"
	same "$("$WATCH" __complete --root '')" ":directory" "its value"
	same "$("$WATCH" __complete '')" "" "its operands, which are none"
}

@test "completion in bash" {
	running web front
	complete_in_bash() {
		COMP_LINE=$1 bash -euc '
			compopt() { :; }
			. "$1"
			COMP_POINT=${#COMP_LINE}
			_lifecycle_tool "$2"
			printf "%s " "${COMPREPLY[@]}"' bash "$2" "$3"
	}
	bash_dir=$TOP_SRCDIR/tools/completions/bash
	same "$(complete_in_bash "$QUERY inspect w" "$bash_dir/lifecycle-query" "$QUERY")" "web " "a container"
	same "$(complete_in_bash "$QUERY list --filter status=ru" "$bash_dir/lifecycle-query" "$QUERY")" "running " "after ="
	same "$(complete_in_bash "$CTL forget --fo" "$bash_dir/lifecycle-ctl" "$CTL")" "--force " "lifecycle-ctl's"
	same "$(complete_in_bash "$WATCH --on" "$bash_dir/lifecycle-watch" "$WATCH")" "--once " "lifecycle-watch's"
}

@test "completion in fish" {
	need fish
	running web front
	complete_in_fish() {
		HOME=$WORK PATH=$(dirname "$QUERY"):$(dirname "$CTL"):$PATH fish -c "
			source $TOP_SRCDIR/tools/completions/fish/$1.fish
			complete -C '$2'" | cut -f 1 | tr '\n' ' '
	}
	same "$(complete_in_fish lifecycle-query 'lifecycle-query inspect we')" "web " "a container"
	same "$(complete_in_fish lifecycle-query 'lifecycle-query list --no')" "--noheading --no-trunc " "options"
	same "$(complete_in_fish lifecycle-ctl 'lifecycle-ctl forget we')" "web " "lifecycle-ctl's"
	same "$(complete_in_fish lifecycle-watch 'lifecycle-watch --on')" "--once " "lifecycle-watch's"
}

@test "completion in zsh" {
	need zsh
	running web front
	cat >"$WORK/rehearsal" <<-'REHEARSAL'
		_describe() { local list; for list; do case $list in candidates|endless) print -rl -- "${(P@)list}";; esac; done }
		_files() { print -- files "$@"; }
		words=("${(@s: :)1}") CURRENT=$#words
		complete_now() { source "$2"; }
		complete_now "$@"
	REHEARSAL
	complete_in_zsh() {
		zsh -f "$WORK/rehearsal" "$1" "$TOP_SRCDIR/tools/completions/zsh/_lifecycle-query" | sed '/^$/d' | tr '\n' ' '
	}
	same "$(complete_in_zsh "$QUERY inspect we")" "web:front " "a container, with its name"
	same "$(complete_in_zsh "$QUERY list --filter status=st")" "status=stopped " "a filter's value"
	same "$(complete_in_zsh "$QUERY --root /u")" "files -/ " "a directory"
}
