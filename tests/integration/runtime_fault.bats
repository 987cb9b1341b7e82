#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034 # what containers.bash uses
#
# lifecycle-runtime when something is wrong: a container is never lost because of us, and its config.json is the old one or
# the new one.

load helpers
load engines

OCI_RUNTIME=runc

setup() {
	common_setup
	need_runtime
	ID=$PREFIX-$BATS_TEST_NUMBER
	make_runtime "$WORK/lifecycle" runc
	new_bundle b clock
	config=$BUNDLE/config.json
	cp "$config" "$WORK/before.json"
}

teardown() {
	mountpoint -q "$BUNDLE" && umount "$BUNDLE"
	runc --root "$WORK/state" delete --force "$ID" >/dev/null 2>&1 </dev/null || :
	common_teardown
}

# run_under COMMAND...: lifecycle-runtime's `run`, by way of a command (strace); its output in container.{out,err}.
run_under() {
	"$@" "$LIFECYCLE_RUNTIME" --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" --root "$WORK/state" run \
		--bundle "$BUNDLE" "$ID" </dev/null >"$WORK/container.out" 2>"$WORK/container.err" 3>&-
}

# The container ran, without our hooks, and this was said.
ran_without_hooks() {
	[ "$(wc -l <"$WORK/container.out")" = 2 ] || fail "it did not run: $(cat "$WORK/container.err")"
	grep -q "^lifecycle-runtime: no hooks are added.*$1" "$WORK/container.err" || fail "said: $(cat "$WORK/container.err")"
	[ ! -e "$ROOT/$ID" ] || fail "there is a record"
}

unchanged() {
	cmp "$config" "$WORK/before.json"
	same "$(ls -A "$BUNDLE")" config.json "what is in the bundle"
}

@test "a config.json that is a link is not followed: passed on, with a warning" {
	mv "$config" "$WORK/elsewhere.json"
	ln -s "$WORK/elsewhere.json" "$config"
	run_under env
	ran_without_hooks "Too many levels of symbolic links"
	cmp "$WORK/elsewhere.json" "$WORK/before.json"
}

@test "a config.json with two 'hooks' is passed on, with a warning" {
	sed -i '0,/{/s//{"hooks":{},"Hooks":{},/' "$config"
	cp "$config" "$WORK/before.json"
	run_under env
	ran_without_hooks "'hooks' is there twice, or in another spelling"
	unchanged
}

@test "a config.json that is not JSON is the runtime's to refuse" {
	echo '{"hooks": {' >"$config"
	cp "$config" "$WORK/before.json"
	run ! run_under env
	grep -q "^lifecycle-runtime: no hooks are added.*it is not JSON" "$WORK/container.err"
	grep -qv "^lifecycle-runtime" "$WORK/container.err" || fail "the runtime said nothing"
	unchanged
}

@test "a config.json that is not there, a directory or a pipe is the runtime's to refuse" {
	rm "$config"
	run ! run_under env
	grep -q "^lifecycle-runtime: .*No such file" "$WORK/container.err"
	mkdir "$config"
	run ! run_under env
	grep -q "^lifecycle-runtime: .*not a regular file" "$WORK/container.err"
	rmdir "$config"
	mkfifo "$config"
	run ! within 5000 lifecycle_with_true
	grep -q "^lifecycle-runtime: .*not a regular file" "$WORK/container.err"
}

# The runtime itself would wait for a pipe.
lifecycle_with_true() {
	"$LIFECYCLE_RUNTIME" --lifecycle-runtime false --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" run \
		--bundle "$BUNDLE" "$ID" 2>"$WORK/container.err"
}

@test "a config.json of more than 16 MiB is passed on, with a warning" {
	truncate -s 16M "$WORK/zeros"
	tr '\0' ' ' <"$WORK/zeros" >>"$config"
	run_under env
	ran_without_hooks "larger than 16 MiB"
}

@test "a bundle that is read-only: passed on, with a warning" {
	mount --bind "$BUNDLE" "$BUNDLE"
	mount -o remount,ro,bind "$BUNDLE"
	run_under env
	ran_without_hooks "Read-only file system"
	unchanged
}

@test "every failing call on the way to a new config.json: passed on, the old one is there, and nothing beside it" {
	local call error

	need strace
	for call in fsync:EIO renameat:EIO write:ENOSPC fchmod:EPERM fchown:EPERM read:EIO; do
		error=${call#*:} call=${call%:*}
		run_under strace -qqq -o "$WORK/trace" -e "trace=$call" -e "inject=$call:error=$error:when=1"
		grep -q "INJECTED" "$WORK/trace" || fail "$call was not called"
		ran_without_hooks ""
		unchanged
	done
}

@test "no child is to be had: the container is created all the same" {
	need strace
	detached strace -qqq -o "$WORK/trace" -e trace=clone -e inject=clone:error=EAGAIN:when=1 "$LIFECYCLE_RUNTIME" \
		--lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" --root "$WORK/state" create --bundle "$BUNDLE" "$ID"
	grep -q INJECTED "$WORK/trace" || fail "clone was not called"
	same "$(record "$ID" '.hooks[0].point')" createRuntime "first hook"
}

@test "a wait that fails is tried again; one that always fails is told, and no end is claimed" {
	need strace
	waiting() {
		timeout 20 strace -qqq -o "$WORK/trace" -e trace=wait4 -e "inject=wait4:error=ECHILD$1" "$LIFECYCLE_RUNTIME" \
			--lifecycle-runtime "$2" --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" create --bundle "$BUNDLE" "$ID" \
			2>"$WORK/stderr"
	}
	waiting :when=1..3 true
	[ ! -s "$WORK/stderr" ] || fail "on stderr: $(cat "$WORK/stderr")"
	rm -rf "$ROOT"
	waiting "" true || same $? 1 "exit status"
	one_line "$WORK/stderr"
	grep -q "ended is not known" "$WORK/stderr"
	[ ! -e "$ROOT/$ID" ] || fail "an end is recorded"
}

@test "what a killed one left beside config.json is removed by the next, whether or not it writes" {
	echo left >"$BUNDLE/.config.json.lifecycle"
	run_under env
	same "$(ls -A "$BUNDLE")" config.json "what is in the bundle"
	echo left >"$BUNDLE/.config.json.lifecycle"
	run_under env
	same "$(ls -A "$BUNDLE")" config.json "what is in the bundle"
}

@test "what stands in the way beside config.json is not removed: passed on, with a warning" {
	mkdir "$BUNDLE/.config.json.lifecycle"
	run_under env
	ran_without_hooks "cannot remove '.config.json.lifecycle' beside it: Is a directory"
	cmp "$config" "$WORK/before.json"
	rmdir "$BUNDLE/.config.json.lifecycle"
}

@test "many at once add the hooks once, and leave nothing" {
	local i pids=()
	for i in {1..20}; do
		"$LIFECYCLE_RUNTIME" --lifecycle-runtime true --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" \
			run --bundle "$BUNDLE" "$ID-$i" 2>>"$WORK/stderr" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ ! -s "$WORK/stderr" ] || fail "on stderr: $(cat "$WORK/stderr")"
	same "$(jq -r '[.hooks[] | length] | join(" ")' "$config")" "1 1 1" "hooks at each point"
	same "$(ls -A "$BUNDLE")" config.json "what is in the bundle"
}

@test "a bundle that somebody holds locked: passed on, with a warning" {
	flock --no-fork "$BUNDLE" sleep 600 3>&- &
	background $!
	eventually bundle_is_locked
	run_under env
	ran_without_hooks "locked by another process"
	unchanged
}

bundle_is_locked() {
	! flock -n "$BUNDLE" true
}

@test "killed at every call: config.json is the old one or the new one, and the next leaves nothing beside it" {
	local call olds=0 news=0

	need strace
	run_under env
	cp "$config" "$WORK/after.json"
	for call in openat flock unlinkat read write fchown fchmod fsync close renameat execve; do
		for when in 1 2 3 4 5 6; do
			cp "$WORK/before.json" "$config"
			run_under strace -qqq -o "$WORK/trace" -e "trace=$call" -e "inject=$call:signal=SIGKILL:when=$when" || :
			grep -q "killed by SIGKILL" "$WORK/trace" || break
			if cmp -s "$config" "$WORK/before.json"; then
				olds=$((olds + 1))
			elif cmp -s "$config" "$WORK/after.json"; then
				news=$((news + 1))
			else
				fail "killed at $call $when: neither the old nor the new"
			fi
			lifecycle_with_true || :
			same "$(ls -A "$BUNDLE")" config.json "what is in the bundle after $call $when and the next"
		done
	done
	note "killed $((olds + news)) times: $olds old, $news new"
	[ "$olds" -gt 0 ] && [ "$news" -gt 0 ]
}

@test "mode and owner of config.json stay" {
	chmod 0640 "$config"
	chown 12:34 "$config"
	run_under env
	same "$(stat -c '%a %u %g' "$config")" "640 12 34" "mode and owner"
	same "$(jq '.hooks | keys | join(" ")' -r "$config")" "createRuntime poststart poststop" hooks
}

@test "hooks that are not there: passed on, with a warning" {
	mkdir "$WORK/hooks"
	cp "$HOOKS_DIR"/lifecycle-{create-runtime,create-container,poststart,poststop} "$WORK/hooks"
	HOOKS_DIR=$WORK/hooks run_under env
	ran_without_hooks "'$WORK/hooks/lifecycle-prestart' cannot be run"
	unchanged
}

@test "a store that cannot be used: the container runs" {
	touch "$ROOT"
	run_under env
	[ "$(wc -l <"$WORK/container.out")" = 2 ] || fail "it did not run: $(cat "$WORK/container.err")"
	detached "$WORK/lifecycle" --root "$WORK/state" create --bundle "$BUNDLE" "$ID"
	"$WORK/lifecycle" --root "$WORK/state" start "$ID" 2>"$WORK/stderr"
	one_line "$WORK/stderr"
	rm "$ROOT"
}

@test "a lock that somebody holds for ever: the container runs, each step no longer than its deadline" {
	mkdir -m 0700 "$ROOT" "$ROOT/$ID"
	flock --no-fork "$ROOT/$ID" sleep 600 3>&- &
	background $!
	eventually is_locked
	once_within 7000 detached "$WORK/lifecycle" --root "$WORK/state" create --bundle "$BUNDLE" "$ID"
	once_within 2500 "$WORK/lifecycle" --root "$WORK/state" start "$ID" 2>"$WORK/stderr"
	one_line "$WORK/stderr"
	eventually has_run
}

# What cannot be done a second time.
once_within() {
	local limit=$1 start=${EPOCHREALTIME/./}

	shift
	"$@" || return
	[ $(((${EPOCHREALTIME/./} - start) / 1000)) -le "$limit" ] || fail "took longer than $limit ms: $*"
}

is_locked() {
	! flock -n "$ROOT/$ID" true
}

has_run() {
	[ "$(wc -l <"$WORK/container.out")" = 2 ]
}

# says_to_engine WORDS ARG...: a failure that is told on stderr and in the log, as an engine reads it.
says_to_engine() {
	local words=$1

	shift
	rm -f "$WORK/log.json"
	! "$@" --log "$WORK/log.json" --log-format json create --bundle "$BUNDLE" "$ID" 2>"$WORK/stderr" || fail "no failure"
	one_line "$WORK/stderr"
	same "$(jq -r '.level' "$WORK/log.json")" error level
	same "$(jq -r '.msg' "$WORK/log.json")" "$(cat "$WORK/stderr")" "what the log and stderr say"
	grep -qF "$words" "$WORK/stderr" || fail "said: $(cat "$WORK/stderr")"
	unchanged
}

@test "a real runtime that is missing is a clear error, and nothing is changed" {
	says_to_engine "cannot run the real runtime '/no/such': No such file" "$LIFECYCLE_RUNTIME" --lifecycle-runtime /no/such
	says_to_engine "cannot run the real runtime 'no-such': No such file" "$LIFECYCLE_RUNTIME" --lifecycle-runtime no-such
	says_to_engine "cannot run the real runtime '/etc/passwd': Permission denied" \
		"$LIFECYCLE_RUNTIME" --lifecycle-runtime /etc/passwd
	says_to_engine "cannot run the real runtime '/etc': Permission denied" "$LIFECYCLE_RUNTIME" --lifecycle-runtime /etc
}

@test "a real runtime that is ourselves is an error, not a loop" {
	says_to_engine "is lifecycle-runtime itself" "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$LIFECYCLE_RUNTIME"
	ln -s "$LIFECYCLE_RUNTIME" "$WORK/link"
	says_to_engine "is lifecycle-runtime itself" "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$WORK/link"
	mkdir "$WORK/path"
	ln -s "$LIFECYCLE_RUNTIME" "$WORK/path/runc"
	PATH=$WORK/path:$PATH says_to_engine "'runc' is lifecycle-runtime itself" "$LIFECYCLE_RUNTIME"
}

@test "a wrong option of ours is told where the engine looks" {
	says_to_engine "'--lifecycle-wrp': unknown option" "$LIFECYCLE_RUNTIME" --lifecycle-wrp
	says_to_engine "'--lifecycle-rot': unknown option" "$LIFECYCLE_RUNTIME" --lifecycle-rot "$ROOT"
	says_to_engine "'--lifecycle-root=': the option needs a value" "$LIFECYCLE_RUNTIME" --lifecycle-root=
	says_to_engine "'relative' is not an absolute path" "$LIFECYCLE_RUNTIME" --lifecycle-root relative
}

@test "a real runtime that cannot be executed is told in the log, and recorded" {
	echo '#!/no/such/interpreter' >"$WORK/real"
	chmod 0755 "$WORK/real"
	! "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$WORK/real" --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" \
		--log "$WORK/log.json" --log-format json create --bundle "$BUNDLE" "$ID" 2>"$WORK/stderr" || fail "no failure"
	same "$(jq -r .level "$WORK/log.json")" error level
	[[ $(record "$ID" '.errors[0].message') == *"cannot run the real runtime"* ]] || fail "words: $(record "$ID" .errors)"
	same "$(record "$ID" .create_error)" true create_error
}

@test "a command line that can be read in two ways is passed on, with a warning" {
	"$LIFECYCLE_RUNTIME" --lifecycle-runtime echo --lifecycle-root "$ROOT" --new run create --bundle "$BUNDLE" "$ID" \
		>"$WORK/out" 2>"$WORK/stderr"
	same "$(cat "$WORK/out")" "--new run create --bundle $BUNDLE $ID" "what the runtime got"
	one_line "$WORK/stderr"
	unchanged
}

@test "a line that asks for help, or that not every runtime reads alike, changes no config.json" {
	local line
	cd "$BUNDLE"
	for line in "create --help" "create -h" "create -?" "run --usage" "--help create $ID" "--version run $ID" "restore -V"; do
		# shellcheck disable=SC2086 # words
		"$LIFECYCLE_RUNTIME" --lifecycle-runtime true --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" $line \
			2>"$WORK/stderr"
		[ ! -s "$WORK/stderr" ] || fail "said of '$line': $(cat "$WORK/stderr")"
		unchanged
	done
	for line in create "create $ID --bundle /b" "create --bundle" "create --frob $ID" "run -xd $ID" "create $ID again"; do
		# shellcheck disable=SC2086 # words
		"$LIFECYCLE_RUNTIME" --lifecycle-runtime true --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" $line \
			2>"$WORK/stderr"
		one_line "$WORK/stderr"
		unchanged
	done
	[ ! -e "$ROOT" ] || fail "something is recorded"
	# control: what is understood is done
	"$LIFECYCLE_RUNTIME" --lifecycle-runtime true --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" run -d "$ID"
	! cmp -s "$config" "$WORK/before.json" || fail "no hooks were added"
}

@test "a warning is in the system's log too, since engines throw their own away" {
	echo '[]' >"$config"
	mkdir "$WORK/dev"
	"$PYTHON" "$BATS_TEST_DIRNAME/devlog.py" read "$WORK/dev/log" >"$WORK/log" 3>&- &
	background $!
	eventually test -e "$WORK/dev/ready"
	in_other_dev "$LIFECYCLE_RUNTIME" --lifecycle-runtime true --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" \
		--log "$WORK/log.json" create --bundle "$BUNDLE" "$ID" 2>"$WORK/stderr"
	[ ! -s "$WORK/stderr" ] || fail "on stderr, which may be the container's: $(cat "$WORK/stderr")"
	eventually test -s "$WORK/log"
	[[ $(cat "$WORK/log") == "<28>lifecycle-runtime: no hooks are added to "* ]] || fail "$(cat "$WORK/log")"
}

@test "a stderr that nobody reads holds nothing up" {
	echo '[]' >"$config"
	mkfifo "$WORK/full"
	exec 8<>"$WORK/full"
	dd if=/dev/zero of="$WORK/full" bs=4096 oflag=nonblock status=none 2>/dev/null || :
	unread() {
		timeout 20 "$LIFECYCLE_RUNTIME" --lifecycle-runtime true --lifecycle-root "$ROOT" --lifecycle-hooks "$HOOKS_DIR" \
			create --bundle "$BUNDLE" "$ID" 2>"$WORK/full"
	}
	within 2000 unread
}
