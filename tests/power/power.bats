#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Power cuts: some dozens of states of a disk with a store on it. `make torture` goes on with it. See power.py.

bats_require_minimum_version 1.5.0

# power ARGUMENT...: it must be able to run; its status and output are `run`'s.
power() {
	run "$PYTHON" "$TOP_SRCDIR/tests/power/power.py" "$@"
	[ "$status" != 77 ] || skip "${lines[-1]}"
	echo "$output"
}

setup() {
	[ "$(id -u)" = 0 ] || skip 'needs root'
	unshare -m true || skip 'no mount namespace is to be had'
	[ -w /dev/shm ] || skip 'needs /dev/shm'
	[ -w /dev/fuse ] || skip 'needs FUSE'
	[ -w /dev/loop-control ] || skip 'needs loop devices'
}

is_faultless() {
	power "$1" --states 20
	[ "$status" = 0 ]
	grep -E '^20 states .*, 0 faults$' <<<"$output"
	echo "# ${lines[-1]}" >&3
}

@test "no power cut takes an acknowledged record, or leaves a part of one: ext4" {
	is_faultless ext4
}

@test "nor where ext4 does not write a file because it is renamed" {
	is_faultless ext4-noauto_da_alloc
}

@test "control: who does not sync a file leaves a part of a record, and of a config.json" {
	power ext4-noauto_da_alloc --states 12 --without file
	[ "$status" = 1 ]
	grep '^ext4-noauto_da_alloc: malformed: ' <<<"$output"
	grep '^ext4-noauto_da_alloc: config: ' <<<"$output"
}

@test "control: a hook that does not sync the directory loses what it acknowledged" {
	power ext4-noauto_da_alloc --states 12 --without directory
	[ "$status" = 1 ]
	grep '^ext4-noauto_da_alloc: lost: ' <<<"$output"
	[[ $output != *malformed* ]]
}
