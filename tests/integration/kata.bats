#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What Kata Containers sends to a hook: a thread's ID for a pid, an empty status and an empty version. Its process is a
# sandbox that never becomes the program, so its poststart is trusted.

load helpers

setup() {
	common_setup
	cat >"$WORK/thread.py" <<-'PROGRAM'
		import sys, threading, time
		def live():
		    print(threading.get_native_id(), flush=True)
		    time.sleep(600)
		threading.Thread(target=live, daemon=True).start()
		time.sleep(600)
	PROGRAM
	"$PYTHON" "$WORK/thread.py" >"$WORK/thread" 2>/dev/null </dev/null 3>&- &
	background $!
	PROCESS=$!
	eventually test -s "$WORK/thread"
	THREAD=$(cat "$WORK/thread")
}

teardown() {
	common_teardown
}

kata_state() {
	printf '{"ociVersion":"","id":"kata","status":"","pid":%s,"bundle":"/bundle/kata"}' "$THREAD"
}

@test "kata: a thread's ID, no status and no version make a record that runs from poststart on" {
	[ "$THREAD" != "$PROCESS" ]
	kata_state | quiet_hook create-runtime
	same "$(record kata .status)" creating "status after createRuntime"
	kata_state | quiet_hook poststart
	same "$(record kata .status)" running "status after poststart"
	same "$(record kata .started_at_source)" poststart started_at_source
	same "$(inspect kata .observed.status)" running observed
	same "$(record kata .generation)" 1 generation
	kata_state | quiet_hook poststop
	same "$(record kata .status)" stopped "status after poststop"
	same "$(record kata .create_error)" false create_error
}
