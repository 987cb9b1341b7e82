#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What drives `make torture`, with steps of the case's own.

bats_require_minimum_version 1.5.0

setup() {
	export TORTURE_STEPS=$BATS_TEST_TMPDIR/steps
	mkdir "$TORTURE_STEPS"
}

# step NAME STATUS LAST_LINE [SHARE]
step() {
	cat >"$TORTURE_STEPS/$1" <<-END
		#!/bin/sh
		# share: ${4:-1}
		echo "$1 \$1 \$SEED" >>"$BATS_TEST_TMPDIR/order"
		echo "$3"
		exit $2
	END
	chmod +x "$TORTURE_STEPS/$1"
}

torture() {
	"$TOP_SRCDIR/tests/torture/run" "$@"
}

# row STEP COUNT FAULTS: what the table at the end has to say.
row() {
	grep -E "^$1 +[0-9]+ +$2 +$3\$" <<<"$output"
}

@test "each step has its share of the time, and its row at the end" {
	step a 0 '3 kills, 0 faults'
	step b 0 '1,000 runs on 2 disks, 0 faults' 3
	SEED=7 run -0 torture 1m
	[ "$(cat "$BATS_TEST_TMPDIR/order")" = $'a 15 7\nb 45 7' ]
	row a '3 kills' 0
	row b '1,000 runs on 2 disks' 0
}

@test "a fault ends it, unless it is to keep going" {
	step a 1 '3 kills, 2 faults'
	step b 0 '4 runs, 0 faults'
	run -1 torture 10
	row a '3 kills' 2
	run ! grep b "$BATS_TEST_TMPDIR/order"
	KEEP_GOING=1 run -1 torture 10
	row a '3 kills' 2
	row b '4 runs' 0
}

@test "a step that fails without a fault, or counts nothing, is a fault" {
	for step in '1|3 kills, 0 faults' '0|0 kills, 0 faults' '0|done' '0|3 kills, 1 faults'; do
		step a "${step%|*}" "${step#*|}"
		run -1 torture 1
	done
	step a 77 'no disk is here'
	run -0 torture 1
	row a 'skipped: no disk is here' -
}

@test "a step that hangs is a fault" {
	step a 0 '3 kills, 0 faults'
	echo 'exec sleep 600' >"$TORTURE_STEPS/a"
	TORTURE_SPARE=1 run -1 torture 0
}

@test "steps by name, and lengths of time" {
	step a 0 '3 kills, 0 faults'
	step b 0 '3 kills, 0 faults'
	for length in 120 120s 2m; do
		run -0 torture "$length" b
	done
	[ "$(cut -d' ' -f1,2 "$BATS_TEST_TMPDIR/order" | sort | uniq -c | tr -s ' ')" = ' 3 b 120' ]
	for length in 1d h -1 1h30m; do
		run -2 torture "$length" b
	done
	run -2 torture 1 c
}

@test "each step of the tree says its share in the right words, and may be run" {
	local file shares

	for file in "$TOP_SRCDIR"/tests/torture/steps/*; do
		test -x "$file"
		shares=$(grep -Ei '^# *shares?\b' "$file" || :)
		[ -z "$shares" ] || grep -Ex '# share: [0-9]+' <<<"$shares"
	done
}
