#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query list on terminals that are narrower than its table: what went wrong can be read all the same.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"
# shellcheck source=tests/integration/ten_containers.bash
. "$BATS_TEST_DIRNAME/ten_containers.bash"

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

# shown COLUMNS ARG...: the list, as a terminal of that width gets it.
shown()
{
	local columns=$1

	shift
	NO_COLOR=1 on_terminal "$columns" "$QUERY" --root "$ROOT" list "$@" >"$WORK/shown"
}

lines_are()
{
	same "$(wc -l <"$WORK/shown")" "$1" "lines of '$(cat "$WORK/shown")'"
}

# widest: how many columns the widest line takes.
widest()
{
	"$PYTHON" -c 'import sys; print(max(len(line.rstrip("\n")) for line in open(sys.argv[1])))' "$WORK/shown"
}

# What it took from one to the other is no difference.
ageless()
{
	sed -E 's/[0-9]+s ago/Ns ago/g; s/ +/ /g' "$1"
}

has()
{
	grep -qF -- "$1" "$WORK/shown" || fail "'$1' is not in:" "$(cat "$WORK/shown")"
}

@test "80 columns, ten containers, two failed: names, status, ages, and what went wrong" {
	ten_containers
	shown 80
	lines_are 11
	[ "$(widest)" -le 80 ] || fail "$(cat "$WORK/shown")"
	same "$(head -n 1 "$WORK/shown" | tr -s ' ')" "ID NAME STATUS STARTED ERROR" headings
	has "frontend      create_failed -        no such network (createRuntim…"
	has "gpu-train     create_failed -        no device found: /dev/nvidia0…"
	has "metrics-agent running       3h ago   -"
	has "backup        exited (0)"
}

@test "160 columns hold all of it, 100 the pid and the end as well" {
	ten_containers
	shown 160
	[ "$(widest)" -le 160 ] || fail "$(cat "$WORK/shown")"
	same "$(head -n 1 "$WORK/shown" | tr -s ' ')" "ID NAME STATUS STARTED EXITED PID ERROR" headings
	has "no device found: /dev/nvidia0 (createRuntime: the hook exited with 7)"
	has "no such network (createRuntime: the hook exited with 1)"
	shown 100
	[ "$(widest)" -le 100 ] || fail "$(cat "$WORK/shown")"
	has " $(living) "
	has "no device found: /dev/nvidia0 ("
}

@test "whatever the width, no line is wider, down to 40 columns" {
	local columns

	ten_containers
	running 'an-id-that-a-person-has-chosen-and-that-is-long' '容器-データベース-サーバー'
	for columns in 40 50 60 70 81 90 110 130; do
		shown "$columns"
		lines_are 12
		COLUMNS=$columns query list >"$WORK/piped"
		diff <(ageless "$WORK/piped") <(ageless "$WORK/shown") || fail "COLUMNS=$columns shows something else"
		"$PYTHON" - "$WORK/shown" "$columns" <<-'CHECK'
			import sys, unicodedata
			for line in open(sys.argv[1]).read().splitlines():
			    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
			    assert width <= int(sys.argv[2]), line
		CHECK
	done
}

@test "nothing is cut with --no-trunc, nor where there is no terminal and no COLUMNS" {
	ten_containers
	query list >"$WORK/shown"
	has "stopped (create_failed)"
	has "createRuntime: the hook exited with 7: nvidia-container-cli: no device found: /dev/nvidia0"
	shown 80 --no-trunc
	has "createRuntime: the hook exited with 7: nvidia-container-cli: no device found: /dev/nvidia0"
	COLUMNS=80 query list --no-trunc >"$WORK/shown"
	has "createRuntime: the hook exited with 7: nvidia-container-cli: no device found: /dev/nvidia0"
	run ! grep -q … "$WORK/shown"
}

@test "a column that was asked for is not left out" {
	ten_containers
	shown 60 --format 'table {{.ID}}\t{{.Name}}\t{{.PID}}\t{{.Exited}}\t{{.Errors}}'
	same "$(head -n 1 "$WORK/shown" | tr -s ' ')" "ID NAME PID EXITED ERROR" headings
	[ "$(widest)" -le 60 ] || fail "$(cat "$WORK/shown")"
}

captured()
{
	tmux -S "$1" capture-pane -p >"$WORK/shown" && grep -qx end "$WORK/shown"
}

# in_tmux COLUMNS: what a person sees there.
in_tmux()
{
	local socket=$WORK/tmux

	tmux -S "$socket" -f /dev/null new-session -d -x "$1" -y 24 \
		"env -u COLUMNS LC_ALL=C.UTF-8 NO_COLOR=1 '$QUERY' --root '$ROOT' list; echo end; sleep 60" 3>&-
	eventually captured "$socket"
	tmux -S "$socket" kill-server
	sed -i /^end$/d "$WORK/shown"
}

@test "in tmux, at 80 and at 160 columns" {
	need tmux
	ten_containers
	in_tmux 80
	has "no such network (createRuntim…"
	has "no device found: /dev/nvidia0…"
	same "$(grep -c . "$WORK/shown")" 11 "lines at 80"
	in_tmux 160
	has "no device found: /dev/nvidia0 (createRuntime: the hook exited with 7)"
	same "$(grep -c . "$WORK/shown")" 11 "lines at 160"
}
