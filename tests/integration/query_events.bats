#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query events, and events --follow.
# shellcheck disable=SC2030,SC2031 # ROOT is each case's own

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

# follow ARG...: in the background, to $WORK/followed.
follow()
{
	"$QUERY" --root "$ROOT" events --follow "$@" >"$WORK/followed" 2>"$WORK/follow.err" 3>&- &
	FOLLOWER=$!
	background "$FOLLOWER"
	eventually watches "$FOLLOWER"
}

# Whether the process has an inotify watch.
watches()
{
	grep -qs '^inotify wd:' "/proc/$1"/fdinfo/*
}

# brief: the followed events as "id generation event", a line each.
brief()
{
	jq -r '[.id, .generation, .event] | join(" ")' "$WORK/followed"
}

# has_followed_times COUNT EVENT: a brief one.
has_followed_times()
{
	[ "$(brief | grep -cxF "$2")" = "$1" ]
}

has_followed()
{
	brief | grep -qxF "$1"
}

@test "what happened to all containers, by time" {
	sample_store
	query events | golden events
	query events | jq -r '.time' | LC_ALL=C sort -c
}

@test "of some containers, and since a time" {
	sample_store
	same "$(query events front | jq -r .id | uniq)" web "one container's"
	same "$(query events front job | jq -r .id | uniq)" "$(printf '%s\n' "$LONG_ID" web)" "two containers'"
	same "$(query events --since "$(record web .created_at)" | jq -r .id | uniq)" web "since a time"
	same "$(query events --since 1h | wc -l)" "$(query events | wc -l)" "since an hour ago"
	same "$(query events --since 2100-01-01 | wc -l)" 0 "since the future"
	fails 3 "no such container" events nothing
	fails 2 "'soon' is no time" events --since soon
}

@test "an event has six keys; the schema is stable" {
	sample_store
	same "$(query events | jq -c 'keys_unsorted' | sort -u)" \
		'["time","id","instance","generation","event","attributes"]' keys
	same "$(query events | jq -r .event | sort -u | tr '\n' ' ')" "created error hook hook_ended started stopped " names
}

@test "earlier generations, and lost ones" {
	running web front
	end_living
	running web front
	query events web | golden events.generations
}

@test "followed: the past first, then what happens, each once" {
	sample_store
	query events >"$WORK/past"
	follow
	eventually cmp "$WORK/past" "$WORK/followed"
	rm "$WORK/living"
	running api back
	end_living
	eventually has_followed "api 1 stopped"
	named_state api back 0 stopped | quiet_hook poststop
	eventually has_followed_times 3 "api 1 hook"
	tail -n "+$(($(wc -l <"$WORK/past") + 1))" "$WORK/followed" | golden events.followed 's/,"exit_code":137//'
	same "$(query events | jq -r '[.id, .generation, .event] | join(" ")' | sort)" "$(brief | sort)" "the past of it all"
}

@test "followed: a store that does not exist yet, nor the directories above it" {
	ROOT=$WORK/not/yet/there
	follow
	mkdir -p "$WORK/not/yet"
	chmod 700 "$WORK/not" "$WORK/not/yet"
	running web front
	eventually has_followed "web 1 started"
	end_living
	named_state web front 0 stopped | quiet_hook poststop
	eventually has_followed "web 1 stopped"
	same "$(brief | sort | uniq -d)" "$(printf 'web 1 hook')" "what comes more than once"
}

@test "followed: a store that goes away and comes back" {
	running web front
	follow
	eventually has_followed "web 1 started"
	rm -r "$ROOT"
	eventually has_followed "web 1 removed"
	running api back
	eventually has_followed "api 1 started"
	rm -r "$ROOT"
	running api back
	eventually has_followed_times 2 "api 1 started"
	same "$(brief | grep -v hook)" "$(printf '%s\n' 'web 1 created' 'web 1 started' 'web 1 removed' \
		'api 1 created' 'api 1 started' 'api 1 removed' 'api 1 created' 'api 1 started')" events
}

@test "followed: a removed record, and another container of the same ID" {
	running web front
	follow
	eventually has_followed "web 1 started"
	end_living
	named_state web front 0 stopped | quiet_hook poststop --remove
	eventually has_followed "web 1 removed"
	running web front
	eventually has_followed_times 2 "web 1 started"
	same "$(jq -r 'select(.event == "started").instance' "$WORK/followed" | sort -u | wc -l)" 2 instances
}

@test "followed: a bad record is told, and set aside is no removal" {
	running web front
	follow
	eventually has_followed "web 1 started"
	echo garbage >"$WORK/garbage"
	mv "$WORK/garbage" "$ROOT/web/lifecycle.json"
	eventually grep -q "'web'" "$WORK/follow.err"
	end_living
	named_state web front | quiet_hook create-runtime
	eventually has_followed_times 2 "web 1 created"
	same "$(brief | grep -v hook)" "$(printf '%s\n' 'web 1 created' 'web 1 started' 'web 1 stopped' 'web 1 removed' 'web 1 created')" events
	rm "$ROOT/web/lifecycle.json.corrupt"
}

@test "followed: the end when it ends, with the exit code, before any poststop and whether one comes or not" {
	mortal
	running web front
	follow
	eventually has_followed "web 1 started"
	die 5
	eventually has_followed "web 1 stopped"
	same "$(jq -r 'select(.event == "stopped").attributes | [.reason, .exit_code] | join(" ")' "$WORK/followed")" "exited 5" end
	same "$(query wait web --timeout 5)" - "the record knows less"
	named_state web front 0 stopped | quiet_hook poststop
	eventually has_followed_times 3 "web 1 hook"
	same "$(brief | grep -c stopped)" 1 "ends told"
}

@test "followed: an end that nobody recorded is not told again as lost" {
	mortal
	running web front
	follow
	die 0
	eventually has_followed "web 1 stopped"
	rm "$WORK/living"
	running web front
	eventually has_followed "web 2 started"
	same "$(brief | grep -cE 'stopped|lost')" 1 "ends told"
}

@test "followed: the start of a program that no hook sees, and its end" {
	waits_for_start
	state web | quiet_hook create-runtime
	state web "" created | quiet_hook poststart
	follow
	eventually has_followed "web 1 created"
	echo >"$WORK/start"
	eventually has_followed "web 1 started"
	end_living
	eventually has_followed "web 1 stopped"
	state web 0 stopped | quiet_hook poststop
	eventually has_followed_times 3 "web 1 hook"
	same "$(brief | sort | uniq -d)" "web 1 hook" "what comes more than once"
}

@test "followed: the end of one whose record is removed at once" {
	mortal
	running web front
	follow
	die 7
	named_state web front 0 stopped | quiet_hook poststop --remove
	eventually has_followed "web 1 removed"
	same "$(jq -r 'select(.event == "stopped").attributes.exit_code' "$WORK/followed")" 7 "exit code"
	same "$(brief | grep -v hook | tail -n 2 | tr '\n' ' ')" "web 1 stopped web 1 removed " order
}

@test "a process that is gone, and no record tells: stopped, as wait and list have it" {
	running web front
	end_living
	same "$(query events | jq -c 'select(.event == "stopped") | [.time, .attributes.reason]')" '[null,"exited"]' end
	same "$(query list --format '{{.Status}}')" stopped list
}

# offset EVENT TIME: how far the followed event is from that time, in ms.
offset()
{
	"$PYTHON" - "$(jq -r "select(.event == \"$1\").time" "$WORK/followed")" "$2" <<-'OFFSET'
		import datetime, sys
		told, true = (datetime.datetime.fromisoformat(text[:26]) for text in sys.argv[1:])
		print(round(abs((told - true).total_seconds()) * 1000))
	OFFSET
}

# one_life NUMBER: of a container whose program notes when it began and when it ended. Prints how far the followed
# events are from that, the farther one. Bare runc calls poststart before the program runs, and poststop at delete.
one_life()
{
	local id=$PREFIX-life$1

	new_bundle "life$1" /bin/clock 0.3 6
	add_ours createRuntime poststart
	detached runtime create --bundle "$BUNDLE" "$id"
	follow "$id"
	eventually has_followed "$id 1 created"
	runtime start "$id"
	eventually has_followed "$id 1 stopped"
	kill "$FOLLOWER"
	same "$(jq -r 'select(.event == "stopped").attributes.exit_code' "$WORK/followed")" 6 "exit code" || return
	printf '%s\n' "$(offset started "$(sed -n 1p "$WORK/container.out")")" \
		"$(offset stopped "$(sed -n 2p "$WORK/container.out")")" | sort -n | tail -n 1
}

@test "followed: bare runc, without any poststop: start and end within 50 ms of the truth" {
	local off

	OCI_RUNTIME=runc
	need_runtime
	one_life 1 >"$WORK/off"
	one_life 2 >>"$WORK/off"
	one_life 3 >>"$WORK/off"
	off=$(sort -n "$WORK/off" | head -n 1)
	note "$off ms, the farther of both, the best of three lives"
	[ "$off" -le 50 ] || fail "$off ms"
}

@test "followed: only some containers" {
	running web front
	running api back
	follow web
	eventually has_followed "web 1 started"
	end_living
	named_state api back 0 stopped | quiet_hook poststop
	named_state web front 0 stopped | quiet_hook poststop
	eventually has_followed "web 1 stopped"
	same "$(jq -r .id "$WORK/followed" | sort -u)" web ids
}

@test "followed: one container's directory" {
	running web front
	"$QUERY" --state-dir "$ROOT/web" events --follow >"$WORK/followed" 3>&- &
	background $!
	eventually has_followed "web 1 started"
	end_living
	named_state web front 0 stopped | quiet_hook poststop
	eventually has_followed "web 1 stopped"
}

@test "followed: ends when nobody reads any more, though nothing happens" {
	local follower

	running web front
	mkfifo "$WORK/pipe"
	query events --follow >"$WORK/pipe" 2>"$WORK/follow.err" 3>&- &
	follower=$!
	background "$follower"
	head -n 1 "$WORK/pipe" >/dev/null
	eventually gone_or_zombie "$follower"
}

@test "followed: an overflown queue of events loses nothing" {
	local limit

	need_root
	limit=$(cat /proc/sys/fs/inotify/max_queued_events)
	echo 4 >/proc/sys/fs/inotify/max_queued_events || skip "the length of the queue cannot be set"
	follow
	echo "$limit" >/proc/sys/fs/inotify/max_queued_events
	kill -STOP "$FOLLOWER"
	running web front
	running api back
	running job worker
	kill -CONT "$FOLLOWER"
	eventually has_followed "job 1 started"
	same "$(brief | sort)" "$(query events | jq -r '[.id, .generation, .event] | join(" ")' | sort)" "each once"
}

# The follower's WHENth look at the process takes half a second. Meanwhile poststart comes, and the process ends.
slow_look()
{
	local when=$1 follower

	strace -D -o "$WORK/trace.$when" -e trace=pidfd_open -e "inject=pidfd_open:delay_enter=500000:when=$when" \
		"$QUERY" --root "$ROOT" events --follow >"$WORK/followed" 2>"$WORK/follow.err" 3>&- &
	follower=$!
	background $follower
	eventually watches $follower
	named_state web front | quiet_hook create-runtime
	sleep 0.2
	named_state web front "" running | quiet_hook poststart
	end_living
	eventually has_followed "web 1 stopped"
	grep -q DELAYED "$WORK/trace.$when"
	same "$(jq -r .event "$WORK/followed" | tr '\n' ' ')" "created hook hook started stopped " "slow look $when"
	kill "$follower"
	eventually gone_or_zombie "$follower"
	rm -r "$ROOT"
}

@test "followed: an end that comes while the record is looked at is told after all that came before it" {
	need strace
	slow_look 1
	slow_look 2
}

has_stopped()
{
	[ "$(grep -c '"event":"stopped"' "$WORK/followed")" = "$1" ]
}

# LIVES: how many lifecycles the followed store gets.
@test "followed: many lifecycles in parallel, each transition once, in order per container" {
	local lives=${LIVES:-1000}

	follow
	"$PYTHON" "$here/many_lives.py" "$HOOKS_DIR" "$ROOT" "$lives"
	eventually has_stopped "$lives"
	note "$(jq -rs '"\(length) events of \(map(.id) | unique | length) lifecycles"' "$WORK/followed")"
	jq -rs 'group_by(.id)[] | [.[] | .event] | join(" ")' "$WORK/followed" | sort | uniq -c | sed 's/^ *//' >"$WORK/lines"
	sed -E 's/^[0-9]+ //' "$WORK/lines" | grep -vxE 'created hook hook started (stopped hook|hook stopped)' >"$WORK/strange" || :
	same "$(cat "$WORK/strange")" "" "lines of life"
	same "$(jq -rs 'group_by(.id)[] | [.[] | select(.event != "stopped")] | select([.[].time] != ([.[].time] | sort)) | .[0].id' "$WORK/followed")" "" \
		"containers that are out of order"
}
