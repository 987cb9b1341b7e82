# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A container's life under any runtime; $OCI_RUNTIME's own behaviour is what its bats file says of it:
# $START_SOURCE, what its start can be known from; $AFTER_CREATE, the status recorded once `create` is done.

setup()
{
	common_setup
	need_runtime
	ID=$PREFIX-$BATS_TEST_NUMBER
}

teardown()
{
	common_teardown
}

registered()
{
	new_bundle "$@"
	add_ours createRuntime poststart poststop
}

run_container()
{
	runtime run --bundle "$BUNDLE" "$ID" </dev/null >"$WORK/container.out" 2>"$WORK/container.err" 3>&-
}

# The program's own clock: when it began, when it ended.
began()
{
	sed -n 1p "$WORK/container.out"
}

ended()
{
	sed -n 2p "$WORK/container.out"
}

has_begun()
{
	[ -n "$(began)" ]
}

has_ended()
{
	gone_or_zombie "$1"
}

# What of a whole life is true under every runtime.
whole_life_is_true()
{
	same "$(record "$ID" .status)" stopped status
	same "$(record "$ID" .create_error)" false create_error
	same "$(record "$ID" .started_at_source)" "$START_SOURCE" started_at_source
	same "$(record "$ID" .finished_at_source)" poststop finished_at_source
	same "$(record "$ID" .exit_code)" "" "exit_code, which no hook was told,"
	case $(record "$ID" .reason) in
	never_started | create_failed | lost_*) fail "reason: $(record "$ID" .reason)" ;;
	esac
	in_order "$(record "$ID" .created_at)" "$(began)" "$(ended)" "$(record "$ID" .finished_at)"
	start_is_true
}

start_is_true()
{
	same "$(record "$ID" .reason)" exited reason
	if [ "$START_SOURCE" = poststart ]; then
		in_order "$(record "$ID" .created_at)" "$(record "$ID" .started_at)" "$(ended)"
	else
		in_order "$(record "$ID" .created_at)" "$(record "$ID" .started_at)" "$(began)"
	fi
}

case_run()
{
	registered b clock 0.2
	run_container

	same "$(record "$ID" .id)" "$ID" id
	same "$(record "$ID" .bundle)" "$BUNDLE" bundle
	same "$(record "$ID" .version)" 1 version
	same "$(record "$ID" .generation)" 1 generation
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "createRuntime poststart poststop" hooks
	same "$(inspect "$ID" .observed.status)" stopped "observed status"
	whole_life_is_true
}

case_apart()
{
	local pid

	registered b clock 0.4
	detached runtime create --bundle "$BUNDLE" "$ID"
	pid=$(container_pid "$ID")
	same "$(record "$ID" .status)" "$AFTER_CREATE" "status after create"
	same "$(record "$ID" .pid)" "$pid" pid
	same "$(record "$ID" .started_at_source)" createRuntime "started_at_source after create"
	same "$(inspect "$ID" .observed.status)" "$AFTER_CREATE" "observed after create"

	runtime start "$ID"
	eventually has_begun
	same "$(inspect "$ID" .observed.status)" running "observed while it runs"
	same "$(inspect "$ID" .observed.looked)" true looked
	eventually has_ended "$pid"
	same "$(inspect "$ID" .observed.status)" stopped "observed after its end"

	runtime delete "$ID"
	whole_life_is_true
}

case_all_points()
{
	new_bundle b clock 0.1
	add_ours prestart createRuntime createContainer poststart poststop
	run_container
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" \
		"prestart createRuntime createContainer poststart poststop" hooks
	same "$(record "$ID" .generation)" 1 generation
	same "$(record "$ID" .pid)" "$(record "$ID" '.hooks[0].pid')" "pid, which createContainer's is not,"
	whole_life_is_true
}

case_failing_hook()
{
	new_bundle b clock
	add_hook createRuntime "$(our_hook createRuntime)" --root "$ROOT"
	add_hook createRuntime /bin/sh -c 'cat >/dev/null; exit 1'
	add_ours poststart poststop
	! run_container || fail "$OCI_RUNTIME ran a container whose hook failed"
	! has_begun || fail "its program ran"

	same "$(inspect "$ID" .observed.status)" stopped "observed status"
	case $(inspect "$ID" .observed.reason) in
	exited | lost_*) fail "reason: $(inspect "$ID" .observed.reason)" ;;
	esac
	same "$(record "$ID" .create_error)" false "create_error, which nobody told us,"
}

case_no_program()
{
	registered b /bin/does-not-exist
	! run_container || fail "$OCI_RUNTIME ran a program that is not there"
	# A runtime that looks for the program before it calls a hook leaves nothing behind.
	[ -e "$ROOT/$ID" ] || return 0
	same "$(inspect "$ID" .observed.status)" stopped "observed status"
	[ "$(inspect "$ID" .observed.reason)" != exited ] || fail "it never ran, and has exited"
	[ "$(record "$ID" .started_at_source)" != poststart ] || fail "it never ran, and has started"
}

case_never_started()
{
	registered b clock
	detached runtime create --bundle "$BUNDLE" "$ID"
	runtime delete --force "$ID"
	! has_begun || fail "its program ran"

	same "$(inspect "$ID" .observed.status)" stopped "observed status"
	[ "$(record "$ID" .started_at_source)" != poststart ] || fail "it never ran, and has started"
	case $(record "$ID" .reason) in
	"" | never_started) ;;
	*) fail "reason: $(record "$ID" .reason)" ;;
	esac
}

# Nobody reaps the dead init, and it is still there at poststop: it never was another program.
case_never_started_zombie()
{
	local pid

	registered b clock
	set_runtime
	unreaped "${RUNTIME_COMMAND[@]}" create --bundle "$BUNDLE" "$ID"
	pid=$(record "$ID" .pid)
	kill -KILL "$pid"
	eventually gone_or_zombie "$pid"
	runtime delete --force "$ID"
	same "$(state_of "$pid")" Z "state of its process"
	same "$(record "$ID" .reason)" never_started reason
	end_unreaped
}

case_same_id_again()
{
	local first_start first_instance

	registered b clock 0.1
	run_container
	first_start=$(record "$ID" .started_at)
	first_instance=$(record "$ID" .instance)
	run_container

	whole_life_is_true
	same "$(record "$ID" .generation)" 2 generation
	same "$(record "$ID" '.previous | length')" 1 "earlier generations"
	same "$(record "$ID" '.previous[0].generation')" 1 "earlier generation"
	same "$(record "$ID" '.previous[0].instance')" "$first_instance" "earlier instance"
	same "$(record "$ID" '.previous[0].status')" stopped "earlier status"
	same "$(record "$ID" '.previous[0].started_at')" "$first_start" "earlier start"
	[ "$(record "$ID" .instance)" != "$first_instance" ] || fail "two processes, one instance"
}

case_killed()
{
	local pid recorded

	registered b clock 100
	detached runtime run --detach --bundle "$BUNDLE" "$ID"
	eventually has_begun
	same "$(inspect "$ID" .observed.status)" running "observed while it runs"
	pid=$(container_pid "$ID")
	recorded=$(cksum <"$ROOT/$ID/lifecycle.json")
	kill -KILL "$pid"
	eventually gone_or_zombie "$pid"

	same "$(inspect "$ID" .observed.status)" stopped "observed before any poststop"
	same "$(cksum <"$ROOT/$ID/lifecycle.json")" "$recorded" "what is recorded"
	same "$(record "$ID" .finished_at)" "" finished_at
	same "$(inspect "$ID" .observed.reason)" exited "observed reason"
	same "$(inspect "$ID" .started_at_source)" "$START_SOURCE" "source of the start that is printed"
	same "$(inspect "$ID" .started_at)" "$(inspect "$ID" .observed.started_at)" "start that is printed"

	runtime delete "$ID"
	same "$(record "$ID" .status)" stopped "status after poststop"
	same "$(record "$ID" .finished_at_source)" poststop finished_at_source
}

# long_state: $BUNDLE's state is longer than a pipe can hold.
long_state()
{
	jq '.annotations.long = "x" * 200000' "$BUNDLE/config.json" >"$BUNDLE/config.new"
	mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# crun's start and delete write with SIGPIPE unblocked.
case_wrong_option()
{
	new_bundle b true
	add_hook poststart "$(our_hook poststart)" --no-such-option
	add_hook poststart "$(our_hook poststart)" --root "$ROOT" -- /bin/true
	add_hook poststop "$(our_hook poststop)" --no-such-option
	long_state
	detached runtime create --bundle "$BUNDLE" "$ID"
	runtime start "$ID" 2>"$WORK/start.err" || fail "start: status $? $(cat "$WORK/start.err")"
	eventually has_ended "$(record "$ID" .pid)"
	runtime delete "$ID" 2>"$WORK/delete.err" || fail "delete: status $? $(cat "$WORK/delete.err")"
	same "$(record "$ID" '[.hooks[] | "\(.point) \(.command)"] | join(", ")')" "poststart /bin/true" hooks
}

case_hook_that_reads_nothing()
{
	local status=0

	new_bundle b true
	add_hook poststart /bin/true
	long_state
	detached runtime create --bundle "$BUNDLE" "$ID"
	runtime start "$ID" || status=$?
	[ "$status" != 0 ] || skip "this $OCI_RUNTIME lives on"
	same "$status" 141 "start's status"
}

# crun hands on both, runc the last one only.
case_annotation_twice()
{
	registered b clock
	add_hook createRuntime /bin/sh -c "cat >'$WORK/stdin'"
	add_hook poststop "$(our_hook poststop)" --root "$ROOT" --annotation a
	sed -i '1s|{|{"annotations":{"nerdctl/name":"first","a":"1","nerdctl/name":"last","a":"2"},|' "$BUNDLE/config.json"
	run_container
	same "$(record "$ID" '[.hooks[].point] | join(" ")')" "createRuntime poststart poststop poststop" hooks
	same "$(record "$ID" .name)" last name
	same "$(record "$ID" .annotations.a)" 2 annotation
}
