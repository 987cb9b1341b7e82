# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A podman container's life under any runtime: $START_SOURCE is what its start can be known from, $END_REASON what can
# be known of its end.

setup()
{
	setup_podman
}

teardown()
{
	teardown_podman
}

case_run()
{
	local id

	podman_ run --cidfile "$WORK/cid" bb clock 0.2 3 >"$WORK/out" || true
	id=$(cat "$WORK/cid")
	podman_life_is_true "$id"
	same "$(record "$id" .generation)" 1 generation
	same "$(record "$id" '[.hooks[].point] | join(" ")')" "prestart createRuntime poststart poststop" hooks
	in_order "$(record "$id" .created_at)" "$(sed -n 1p "$WORK/out")" "$(sed -n 2p "$WORK/out")" \
		"$(record "$id" .finished_at)"
}

case_create_start()
{
	local id

	id=$(podman_ create --name "$PREFIX" bb sleep 100)
	[ ! -e "$ROOT/$id" ] || fail "podman has not called the runtime, and there is a record"
	podman_ start "$PREFIX" >/dev/null
	same "$(inspect "$id" .observed.status)" running "observed while it runs"
	same "$(record "$id" .pid)" "$(podman_ inspect --format '{{.State.Pid}}' "$PREFIX")" pid
	podman_ stop --time 0 "$PREFIX" >/dev/null
	podman_life_is_true "$id"
}

case_init_start()
{
	local id

	id=$(podman_ create --name "$PREFIX" bb sleep 100)
	podman_ init "$PREFIX" >/dev/null
	same "$(record "$id" .started_at_source)" createRuntime "source before start"
	case $(inspect "$id" .observed.status) in
	creating | created) ;;
	*) fail "observed before start: $(inspect "$id" .observed.status)" ;;
	esac
	podman_ start "$PREFIX" >/dev/null
	same "$(inspect "$id" .observed.status)" running "observed while it runs"
}

case_restart()
{
	local id first

	id=$(podman_ run --detach --name "$PREFIX" bb sleep 100)
	first=$(record "$id" .instance)
	podman_ restart --time 0 "$PREFIX" >/dev/null
	same "$(record "$id" .generation)" 2 generation
	same "$(record "$id" '.previous | length')" 1 "earlier generations"
	same "$(record "$id" '.previous[0].instance')" "$first" "earlier instance"
	same "$(inspect "$id" .observed.status)" running "observed while it runs again"
	eventually is_recorded "$id" '.previous[0].status' stopped
	same "$(record "$id" '.previous[0].create_error')" false "earlier create_error"
	podman_ stop --time 0 "$PREFIX" >/dev/null
	podman_life_is_true "$id"
	same "$(record "$id" .generation)" 2 generation
}

case_remove_by_force()
{
	local id

	id=$(podman_ run --detach --name "$PREFIX" bb sleep 100)
	podman_ rm --force --time 0 "$PREFIX" >/dev/null
	podman_life_is_true "$id"
}

# With the container podman 5 removes the file of --cidfile, too.
case_remove_at_end()
{
	podman_ run --rm bb clock 0.5 >/dev/null
	podman_life_is_true "$(ls "$ROOT")"
}

case_detached()
{
	local id

	id=$(podman_ run --detach bb clock 0.5)
	same "$(inspect "$id" .observed.status)" running "observed while it runs"
	podman_ wait "$id" >/dev/null
	podman_life_is_true "$id"
}

# Another's hook fails, and nobody has told us: no error is claimed, and no run either.
case_failing_hook()
{
	local id

	add_hooks_d 50-other createRuntime /bin/sh -c 'cat >/dev/null; exit 1'
	! podman_ run --cidfile "$WORK/cid" bb clock >"$WORK/out" 2>&1 || fail "it ran"
	id=$(cat "$WORK/cid")
	same "$(inspect "$id" .observed.status)" stopped observed
	same "$(record "$id" .started_at_source)" createRuntime started_at_source
	case $(inspect "$id" .observed.reason) in
	exited | lost_*) fail "reason: $(inspect "$id" .observed.reason)" ;;
	esac
}

# The same hook by way of ours.
case_failing_wrapped_hook()
{
	local id

	add_hooks_d 50-other createRuntime "$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- \
		/bin/sh -c 'echo no such network >&2; exit 7'
	! podman_ run --cidfile "$WORK/cid" bb clock >"$WORK/out" 2>&1 || fail "it ran"
	id=$(cat "$WORK/cid")
	podman_ rm "$id" >/dev/null
	same "$(record "$id" .create_error)" true create_error
	same "$(record "$id" '.errors[0].exit_code')" 7 "its exit code"
	same "$(record "$id" '.errors[0].stderr')" "no such network" "its words"
	same "$(inspect "$id" .observed.reason)" create_failed reason
}

# our_calls: those of our hooks that are called before another's prestart hook.
our_calls()
{
	if has_prestart; then
		echo prestart
	else
		echo prestart createRuntime
	fi
}

# prestart_fails PATH ARG...: another's prestart hook.
prestart_fails()
{
	add_hooks_d 50-other prestart "$@"
	! podman_ run --cidfile "$WORK/cid" bb clock >"$WORK/out" 2>&1 || fail "it ran"
	same "$(inspect "$(cat "$WORK/cid")" .observed.status)" stopped observed
}

# Nobody has told us that it failed: what is known is which of our hooks was never called.
case_failing_prestart()
{
	local id

	prestart_fails /bin/sh -c 'cat >/dev/null; exit 1'
	id=$(cat "$WORK/cid")
	same "$(record "$id" '[.hooks[].point] | join(" ")')" "$(our_calls)" hooks
	same "$(record "$id" .created_at)" "$(record "$id" '.hooks[0].time')" created_at
	case $(inspect "$id" .observed.reason) in
	exited | lost_*) fail "reason: $(inspect "$id" .observed.reason)" ;;
	esac
}

case_failing_wrapped_prestart()
{
	local id

	prestart_fails "$HOOKS_DIR/lifecycle-prestart" --root "$ROOT" -- /bin/sh -c 'echo no such device >&2; exit 9'
	id=$(cat "$WORK/cid")
	same "$(record "$id" '.errors[0] | "\(.point) \(.exit_code) \(.stderr)"')" "prestart 9 no such device" "its failure"
	same "$(record "$id" '[.hooks[].point] | join(" ")')" "$(our_calls) prestart" hooks
	same "$(record "$id" '.hooks[-1] | "\(.point) \(.command)"')" "prestart /bin/sh" "its call"
	same "$(inspect "$id" .observed.reason)" create_failed reason
}

# slow_prestart PATH ARG...: before its shell command. The time at which the hook began is in $WORK/began.
slow_prestart()
{
	add_hooks_d 50-other prestart "$@" /bin/sh -c "date -u +%FT%T.%NZ >'$WORK/began'; sleep 1"
	podman_ run --cidfile "$WORK/cid" bb true
}

# Unwrapped, the time that it took is that between the calls of ours around it.
case_slow_prestart()
{
	local id before after

	slow_prestart /usr/bin/env
	id=$(cat "$WORK/cid")
	same "$(record "$id" '[.hooks[:3][].point] | join(" ")')" "prestart createRuntime poststart" "first hooks"
	before=$(our_calls | wc -w)
	after=$(record "$id" ".hooks[$before].time")
	before=$(record "$id" ".hooks[$before - 1].time")
	in_order "$(record "$id" .created_at)" "$before" "$(cat "$WORK/began")" "$after"
	[ "$(milliseconds "$before" "$after")" -ge 1000 ]
}

case_slow_wrapped_prestart()
{
	local id

	slow_prestart "$HOOKS_DIR/lifecycle-prestart" --root "$ROOT" --
	id=$(cat "$WORK/cid")
	in_order "$(record "$id" .created_at)" "$(cat "$WORK/began")"
	same "$(record "$id" '.hooks[] | select(.command) | "\(.point) \(.command) \(.duration_ns >= 1000000000)"')" \
		"prestart /bin/sh true" "its call"
}

# hooks_manual_block WORDS: the block of lifecycle-hooks(8) that comes next after these.
hooks_manual_block()
{
	sed -n "/$1/,\$p" "$TOP_SRCDIR/hooks/lifecycle-hooks.8.scd" | sed -n '/^```$/,/^```$/p' | sed '1d; /^```$/,$d'
}

# In the place of NVIDIA's hook stands busybox, which says by which name it was called, and fails.
case_nvidia_hook()
{
	local id

	mkdir -p "$WORK/later.d"
	cp "$(command -v busybox)" "$WORK/nvidia-container-runtime-hook"
	add_hooks_d oci-nvidia-hook prestart "$WORK/nvidia-container-runtime-hook" prestart
	hooks_manual_block "^## A prestart hook of others" | jq --arg root "$ROOT" --arg hooks "$HOOKS_DIR" --arg there "$WORK" \
		'.hook.path |= sub("/usr/libexec/oci/hooks.d"; $hooks) | .hook.args[1:1] = ["--root", $root]
		| .hook.args |= map(sub("^/usr/bin"; $there))' >"$WORK/later.d/oci-nvidia-hook.json"
	hooks_manual_block "^and name both directories" | sed "1d; s|/usr/share/containers/oci|$WORK|; s|/etc/containers/oci/hooks.d|$WORK/later.d|" \
		>"$WORK/hooks_dir"
	sed -i -e "/^hooks_dir/{r $WORK/hooks_dir" -e 'd}' "$WORK/containers.conf"
	! podman_ run --cidfile "$WORK/cid" bb clock >"$WORK/out" 2>&1 || fail "it ran"
	id=$(cat "$WORK/cid")
	same "$(record "$id" '.hooks | map(.command // .point) | join(" ")')" "$(our_calls) $WORK/nvidia-container-runtime-hook" calls
	same "$(record "$id" '.errors[0] | "\(.point) \(.exit_code) \(.stderr)"')" \
		"prestart 127 nvidia-container-runtime-hook: applet not found" "its failure"
}

case_no_program()
{
	local id

	! podman_ run --cidfile "$WORK/cid" bb /bin/does-not-exist >"$WORK/out" 2>&1 || fail "it ran"
	id=$(cat "$WORK/cid")
	[ -e "$ROOT/$id" ] || return 0
	same "$(inspect "$id" .observed.status)" stopped observed
	[ "$(inspect "$id" .observed.reason)" != exited ] || fail "it never ran, and has exited"
	[ "$(record "$id" .started_at_source)" != poststart ] || fail "it never ran, and has started"
}

# Without conmon nobody runs poststop: what is recorded stays, what is observed is true.
case_conmon_killed()
{
	local id pid conmon

	id=$(podman_ run --detach --name "$PREFIX" bb sleep 100)
	pid=$(record "$id" .pid)
	conmon=$(podman_ inspect --format '{{.State.ConmonPid}}' "$PREFIX")
	kill -KILL "$conmon"
	eventually gone_or_zombie "$conmon"
	same "$(inspect "$id" .observed.status)" running "observed without conmon"
	kill -KILL "$pid"
	eventually gone_or_zombie "$pid"
	same "$(inspect "$id" .observed.status)" stopped "observed after its end"
	same "$(inspect "$id" .observed.reason)" "$END_REASON" "observed reason"
	same "$(record "$id" '[.finished_at, .exit_code, .reason] | map(select(. != null)) | length')" 0 \
		"what is recorded of its end"
}

# The name that a person gave; of two lives of one name the living one.
case_name()
{
	local id

	id=$(podman_ run --detach --name "$PREFIX-web" bb sleep 100)
	same "$(record "$id" .name)" "$PREFIX-web" name
	same "$(inspect "$PREFIX-web" .id)" "$id" "what the name means"
	podman_ rm --force --time 0 "$PREFIX-web" >/dev/null
	eventually is_recorded "$id" .status stopped
	same "$(inspect "$PREFIX-web" .id)" "$id" "what the name means once it has stopped"
	id=$(podman_ run --detach --name "$PREFIX-web" bb sleep 100)
	same "$(inspect "$PREFIX-web" .id)" "$id" "what the name means once there is another"
	podman_ restart --time 0 "$PREFIX-web" >/dev/null
	same "$(record "$id" '"\(.name) \(.generation)"')" "$PREFIX-web 2" "name after a restart"
	id=$(podman_ run --detach --name "$PREFIX-api" --annotation nerdctl/name=front bb sleep 100)
	same "$(record "$id" .name)" front "an annotation's name, which outweighs podman's"
}

case_ctl_refuses()
{
	podman_ run -d --name "$PREFIX-web" bb sleep 100 >/dev/null
	ctl_refuses "podman's" "$PREFIX-web" podman
	same "$(podman_ inspect --format '{{.State.Status}}' "$PREFIX-web")" running "podman's status"
}
