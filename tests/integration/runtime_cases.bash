# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# lifecycle-runtime over a real runtime, called as an engine calls it. $START_SOURCE is what a start is known from.

setup()
{
	common_setup
	need_runtime
	ID=$PREFIX-$BATS_TEST_NUMBER
	make_runtime "$WORK/lifecycle" "$(runtime_path "$OCI_RUNTIME")"
}

teardown()
{
	[ ! -x "$WORK/lifecycle" ] || lifecycle delete --force "$ID" >/dev/null 2>&1 || :
	common_teardown
}

lifecycle()
{
	"$WORK/lifecycle" --root "$WORK/state" --log "$WORK/log.json" --log-format json "$@"
}

create()
{
	detached lifecycle create --bundle "$BUNDLE" --pid-file "$WORK/pid" "$ID"
}

points()
{
	record "$ID" '[.hooks[].point] | join(" ")'
}

has_ended()
{
	gone_or_zombie "$(cat "$WORK/pid")"
}

case_whole_life()
{
	new_bundle b clock 2
	create
	same "$(record "$ID" .pid)" "$(cat "$WORK/pid")" pid
	same "$(record "$ID" .started_at_source)" createRuntime "source before start"
	same "$(record "$ID" .create_succeeded)" true create_succeeded
	lifecycle start "$ID"
	same "$(record "$ID" .status)" running "status after start"
	same "$(record "$ID" .started_at_source)" "$START_SOURCE" started_at_source
	same "$(lifecycle state "$ID" | jq -r .status)" running "the runtime's own state"
	eventually has_ended
	lifecycle delete "$ID"
	same "$(points)" "createRuntime poststart poststop" hooks
	same "$(record "$ID" .status)" stopped status
	same "$(record "$ID" .reason)" exited reason
	same "$(record "$ID" .create_error)" false create_error
	in_order "$(record "$ID" .created_at)" "$(record "$ID" .started_at)" "$(sed -n 2p "$WORK/container.out")" \
		"$(record "$ID" .finished_at)"
	[ ! -s "$WORK/log.json" ] || fail "said: $(cat "$WORK/log.json")"
}

case_same_bundle_again()
{
	new_bundle b clock
	create
	lifecycle start "$ID"
	eventually has_ended
	lifecycle delete "$ID"
	cp "$BUNDLE/config.json" "$WORK/first.json"
	create
	cmp "$BUNDLE/config.json" "$WORK/first.json"
	lifecycle start "$ID"
	same "$(points)" "createRuntime poststart" "hooks of the second generation"
	same "$(record "$ID" .generation)" 2 generation
	same "$(record "$ID" '.previous[0].reason')" exited "earlier reason"
}

case_run()
{
	local status=0

	new_bundle b clock 0.1 3
	lifecycle run --bundle "$BUNDLE" "$ID" </dev/null >"$WORK/container.out" 2>&1 3>&- || status=$?
	same "$status" 3 "exit status"
	same "$(points)" "createRuntime poststart poststop" hooks
	same "$(record "$ID" .status)" stopped status
}

case_refusals()
{
	local before

	new_bundle b sleep 100
	create
	lifecycle start "$ID"
	before=$(record "$ID" '[.generation, .status, .create_error, .errors]')
	! detached lifecycle create --bundle "$BUNDLE" "$ID" || fail "created twice"
	! lifecycle start "$ID" 2>/dev/null || fail "started twice"
	same "$(record "$ID" '[.generation, .status, .create_error, .errors]')" "$before" "the living container's record"
	same "$(inspect "$ID" .observed.status)" running observed
}

case_never_started()
{
	new_bundle b true
	create
	lifecycle delete --force "$ID"
	same "$(record "$ID" .reason)" never_started reason
	same "$(inspect "$ID" .observed.status)" stopped observed
}

case_failing_create()
{
	new_bundle b /bin/does-not-exist
	if create; then
		! lifecycle start "$ID" 2>/dev/null || fail "it ran"
	fi
	same "$(record "$ID" .create_error)" true create_error
	same "$(inspect "$ID" .observed.reason)" create_failed reason
	[[ $(record "$ID" '.errors[0].message') == *does-not-exist* ]] || fail "words: $(record "$ID" .errors)"
	[[ $(record "$ID" '.errors[0].exit_code') -ne 0 ]]
}

# It fails before any hook could have been called.
case_failing_at_once()
{
	new_bundle b true
	jq '.root.path = "/nowhere"' "$BUNDLE/config.json" >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
	! create || fail "created without a root file system"
	same "$(record "$ID" .create_error)" true create_error
	same "$(record "$ID" .reason)" create_failed reason
	[[ $(record "$ID" '.errors[0].message') == *nowhere* ]] || fail "words: $(record "$ID" .errors)"
}

# Nothing can be added to this file: what is known is what was seen of create and start.
case_without_hooks()
{
	new_bundle b sleep 100
	sed -i '0,/{/s//{"hooks":{},"hooks":{},/' "$BUNDLE/config.json"
	cp "$BUNDLE/config.json" "$WORK/before.json"
	create
	cmp "$BUNDLE/config.json" "$WORK/before.json"
	grep -q '"level":"warning","msg":"lifecycle-runtime: no hooks are added to .*there twice' "$WORK/log.json"
	same "$(record "$ID" .pid)" "$(cat "$WORK/pid")" pid
	same "$(record "$ID" .status)" created "status after create"
	lifecycle start "$ID"
	same "$(points)" "" hooks
	same "$(record "$ID" .status)" running status
	same "$(record "$ID" .started_at_source)" runtime started_at_source
	same "$(inspect "$ID" .observed.status)" running observed
}

# All of it goes where the runtime sends it: $1 bytes are shown.
case_talkative()
{
	make_runtime "$WORK/lifecycle" "$(runtime_path "$OCI_RUNTIME")" --lifecycle-wrap
	new_bundle b true
	add_hook createRuntime /bin/sh -c 'head -c 1048576 /dev/zero | tr "\0" ! >&2; echo the end >&2; exit 7'
	! "$WORK/lifecycle" --root "$WORK/state" run --bundle "$BUNDLE" "$ID" </dev/null >"$WORK/container.out" \
		2>"$WORK/container.err" 3>&- || fail "it ran"
	same "$(tr -cd ! <"$WORK/container.err" | wc -c)" "$1" "bytes of it that $OCI_RUNTIME shows"
	same "$(record "$ID" '.errors[0].stderr | length')" 4096 "what is kept of it"
	[[ $(record "$ID" '.errors[0].stderr') == *"the end" ]]
}

case_wrapped()
{
	make_runtime "$WORK/lifecycle" "$(runtime_path "$OCI_RUNTIME")" --lifecycle-wrap
	new_bundle b sleep 100
	add_hook prestart /bin/sh -c 'sleep 0.1'
	add_hook createContainer /bin/true
	add_hook startContainer /bin/sh -c 'cat >/dev/null'
	add_hook poststop /bin/true
	create
	lifecycle start "$ID"
	lifecycle delete --force "$ID"
	same "$(points)" "prestart createRuntime createContainer poststart poststop poststop" hooks
	[ "$(record "$ID" '.hooks[0].duration_ns')" -ge 100000000 ] || fail "not timed"
	same "$(record "$ID" '[.hooks[] | .command // "-"] | join(" ")')" "/bin/sh - /bin/true - /bin/true -" commands
	same "$(record "$ID" .create_error)" false create_error
}

# Three calls of one program, as nvidia-cdi-hook is called.
case_wrapped_three_times()
{
	make_runtime "$WORK/lifecycle" "$(runtime_path "$OCI_RUNTIME")" --lifecycle-wrap
	new_bundle b sleep 100
	add_hook createRuntime /bin/sh -c 'sleep 0.1'
	add_hook createRuntime /bin/sh -c true
	add_hook createRuntime /bin/sh -c 'exit 3'
	! create || fail "created all the same"
	same "$(record "$ID" '[.hooks[] | select(.command) | "\(.index) \(.argv[-1])"] | join(", ")')" \
		"0 sleep 0.1, 1 true, 2 exit 3" "the hooks of others"
	same "$(record "$ID" '.errors[0] | "\(.index) \(.exit_code)"')" "2 3" "which failed"
}

# vendor_runtime FILE NEXT: a runtime that adds the prestart hook $WORK/vendor-hook at create, and then becomes the next one, as
# nvidia-container-runtime does.
vendor_runtime()
{
	cat >"$1" <<-WRAPPER
		#!/bin/sh
		case " \$* " in
		*" create "*)
			jq '.hooks.prestart += [{path: "$WORK/vendor-hook", args: ["vendor-hook", "prestart"]}]' \
				'$BUNDLE/config.json' >'$BUNDLE/config.new'
			mv '$BUNDLE/config.new' '$BUNDLE/config.json'
			;;
		esac
		exec '$2' "\$@"
	WRAPPER
	chmod 0755 "$1"
}

# vendor_hook SCRIPT
vendor_hook()
{
	printf '#!/bin/sh\ncat >/dev/null\n%s\n' "$1" >"$WORK/vendor-hook"
	chmod 0755 "$WORK/vendor-hook"
}

case_vendor_behind()
{
	new_bundle b sleep 100
	vendor_runtime "$WORK/vendor" "$(runtime_path "$OCI_RUNTIME")"
	make_runtime "$WORK/lifecycle" "$WORK/vendor" --lifecycle-wrap
	vendor_hook 'sleep 0.1'
	create
	lifecycle start "$ID"
	same "$(points)" "createRuntime poststart" hooks
	same "$(record "$ID" .status)" running status
	lifecycle delete --force "$ID"
	vendor_hook 'echo no GPU >&2; exit 3'
	! create || fail "created all the same"
	same "$(record "$ID" .create_error)" true create_error
	[ -n "$(record "$ID" '.errors[0].message')" ] || fail "no words"
}

case_vendor_in_front()
{
	new_bundle b sleep 100
	make_runtime "$WORK/inner" "$(runtime_path "$OCI_RUNTIME")" --lifecycle-wrap
	vendor_runtime "$WORK/lifecycle" "$WORK/inner"
	vendor_hook 'sleep 0.1'
	create
	lifecycle start "$ID"
	same "$(points)" "prestart createRuntime poststart" hooks
	same "$(record "$ID" '.hooks[0].command')" "$WORK/vendor-hook" "the vendor's hook"
	[ "$(record "$ID" '.hooks[0].duration_ns')" -ge 100000000 ] || fail "not timed"
	lifecycle delete --force "$ID"
	vendor_hook 'echo no GPU >&2; exit 3'
	! create || fail "created all the same"
	same "$(record "$ID" '.errors[0] | "\(.point) \(.exit_code) \(.stderr)"')" "prestart 3 no GPU" error
}
