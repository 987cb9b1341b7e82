#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is seen of a process where /proc, the boot or the pid is not what it seems. Each case has namespaces of its own.

# shellcheck disable=SC2016 # the scripts are expanded inside

bats_require_minimum_version 1.5.0

setup() {
	test "$(id -u)" -eq 0 || skip 'needs root'
	unshare --mount --pid --fork true || skip 'needs namespaces'
	export LOOK=$TOP_BUILDDIR/tests/unit/look
	test -x "$LOOK" || skip 'check is not here'
}

# inside OPTION... SCRIPT: runs it in new namespaces; $1 is a sleeping process there, $2 its identity.
inside() {
	local script=${*: -1}
	unshare --mount --fork --kill-child "${@:1:$#-1}" sh -euc '
		value() { sed -n "s/^$1 //p"; }
		identity() { for key in start_ticks boot_id pid_ns; do "$LOOK" "$1" | value $key; done; }
		sleep 60 &
		set -- $! "$(identity $!)"
		'"$script"'
		kill $! || :
	'
}

has() {
	grep -Fx -- "$1" <<<"$output" || { echo "no '$1' in: $output"; return 1; }
}

@test "a process that lives" {
	run -0 inside '"$LOOK" $1 $2'
	has 'liveness alive'
	has 'comm sleep'
	has 'status running'
}

@test "another process with the pid of the record" {
	run -0 inside --pid --mount-proc '
		kill $1; wait $1 || :
		sleep 0.1
		echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 60 &
		test $! -eq $1
		"$LOOK" $1 $2'
	has 'liveness gone'
	has 'comm sleep'
	has 'status stopped'
	has 'reason exited'
}

@test "a process that /proc hides, but that lives" {
	run -0 inside --pid --mount-proc '
		mount -o remount,hidepid=2 /proc
		setpriv --reuid 65534 --regid 65534 --clear-groups "$LOOK" $1
		setpriv --reuid 65534 --regid 65534 --clear-groups "$LOOK" $1 $2'
	has 'liveness alive'
	has 'start_ticks -'
	has 'comm -'
	has 'liveness unknown'
	has 'looked false'
	has 'status running'
}

@test "a /proc that is not procfs is not believed" {
	run -0 inside '
		cd '"$BATS_TEST_TMPDIR"'
		mkdir -p proc/sys/kernel/random proc/$1
		cp /proc/sys/kernel/random/boot_id proc/sys/kernel/random/
		cp /proc/$1/stat proc/$1/
		mount --bind proc /proc
		"$LOOK" $1 $2'
	has 'liveness unknown'
	has 'boot_id -'
	has 'pid_ns -'
	has 'looked false'
}

@test "a process of another boot" {
	run -0 inside '
		echo 11111111-2222-3333-4444-555555555555 >'"$BATS_TEST_TMPDIR"'/boot_id
		mount --bind '"$BATS_TEST_TMPDIR"'/boot_id /proc/sys/kernel/random/boot_id
		"$LOOK" $1 $2'
	has 'liveness gone'
	has 'boot_id 11111111-2222-3333-4444-555555555555'
	has 'status stopped'
	has 'reason lost_reboot'
}

@test "a boot that cannot be read is not another one, and not the same" {
	run -0 inside --pid --mount-proc '
		mount -t proc -o subset=pid proc /proc
		"$LOOK" $1 $2
		kill $1; wait $1 || :
		"$LOOK" $1 $2'
	has 'boot_id -'
	has 'liveness unknown'
	has 'looked false'
	has 'liveness gone'
	has 'reason exited'
	[[ $output != *lost_reboot* ]]
}

@test "in a pid namespace that /proc is not of, a pid means nothing" {
	run -0 unshare --pid --fork --kill-child "$LOOK" 1
	has 'liveness unknown'
	has 'pid -'
}

@test "a record of another pid namespace" {
	run -0 inside 'unshare --pid --fork --mount-proc "$LOOK" $1 $2'
	has 'liveness unknown'
	has 'looked false'
	has 'status running'
}
