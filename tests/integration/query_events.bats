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

# What differs from host to host, in the golden events.
OF_THIS_HOST='s/"host":"[^"]*"/"host":"HOST"/; s/"machine_id":("[^"]*"|null)/"machine_id":"MACHINE"/; s/"cursor":"[^"]*"/"cursor":"CURSOR"/
s/("event_id":"UUID:[a-z_]+:[A-Za-z]*:)[0-9]+:/\1NANOSECONDS:/'

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

same_but_for_cursors()
{
	[ "$(jq -c 'del(.cursor)' "$1")" = "$(jq -c 'del(.cursor)' "$2")" ]
}

has_followed()
{
	brief | grep -qxF "$1"
}

@test "what happened to all containers, by time" {
	sample_store
	query events | golden events "$OF_THIS_HOST"
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

@test "an event has eleven keys, and is as the schema of events says" {
	sample_store
	same "$(query events | jq -c 'keys_unsorted' | sort -u)" \
		'["time","id","instance","generation","event","attributes","event_id","host","machine_id","boot_id","cursor"]' keys
	same "$(query events | jq -r .event | sort -u | tr '\n' ' ')" "created error hook hook_ended started stopped " names
	query events >"$WORK/all"
	held_against_schema "$WORK/all"
}

# held_against_schema FILE: the events of it.
held_against_schema()
{
	"$PYTHON" - "$TOP_SRCDIR/libstate/lifecycle-event.schema.json" "$1" <<-'HOLD'
		import json, sys
		import jsonschema
		schema = json.load(open(sys.argv[1]))
		jsonschema.Draft202012Validator.check_schema(schema)
		attributes = schema["properties"]["attributes"]
		schema["additionalProperties"] = attributes["additionalProperties"] = False
		validator = jsonschema.Draft202012Validator(schema)
		faults = [error.message for line in open(sys.argv[2]) for error in validator.iter_errors(json.loads(line))]
		sys.exit("\n".join(faults) or 0)
	HOLD
}

@test "control: an event that breaks the schema of events is found" {
	running web front
	query events >"$WORK/all"
	held_against_schema "$WORK/all"
	for change in 'del(.cursor)' '.event_id = null' '.more = 1' '.attributes.more = 1' '.event = "ended"' '.time = "now"'; do
		jq -c "$change" "$WORK/all" >"$WORK/changed"
		! held_against_schema "$WORK/changed" 2>/dev/null || fail "passed: $change"
	done
}

@test "the host, and the boot that the container was in" {
	running web front
	same "$(query events | jq -r .host | sort -u)" "$(uname -n)" host
	same "$(query events | jq -r .machine_id | sort -u)" "$(cat /etc/machine-id 2>/dev/null || echo null)" machine
	same "$(query events | jq -r .boot_id | sort -u)" "$(cat /proc/sys/kernel/random/boot_id)" boot
	rewrite web '.boot_id = "00000000-90e5-4f7f-8a63-0f1f1d4e5a5f"'
	same "$(query events | jq -r .boot_id | sort -u)" 00000000-90e5-4f7f-8a63-0f1f1d4e5a5f "an earlier boot"
	rewrite web 'del(.boot_id)'
	same "$(query events | jq -r .boot_id | sort -u)" null "a boot that is not known"
	rm -r "$ROOT"
}

@test "an event's ID is its own, and stays when more is known of the event" {
	failed bad broken
	running web front
	query events >"$WORK/before"
	same "$(jq -r .event_id "$WORK/before" | sort | uniq -d)" "" "IDs of two events"
	rewrite web '.started_at = "2026-11-22T01:36:52.000000001Z" | .started_at_source = "exec" | .name = "other"'
	end_living
	named_state web front 0 stopped | quiet_hook poststop
	query events >"$WORK/after"
	same "$(jq -r .event_id "$WORK/before" "$WORK/after" | sort | uniq -u | cut -d: -f2 | sort)" \
		"$(printf '%s\n' hook stopped)" "what is new"
}

@test "an event of a record that says of no instance has an ID of its own, too" {
	mkdir -m 0700 "$ROOT" "$ROOT/one" "$ROOT/two"
	for id in one two; do
		echo '{"created_at":"2026-11-22T03:36:52.5Z","finished_at":"2026-11-22T03:36:53Z","create_error":false}' >"$ROOT/$id/lifecycle.json"
	done
	same "$(query events | jq -r .event_id | sort -u | wc -l)" 4 IDs
	rm -r "$ROOT"
}

# cursor FILE: the last one in it.
cursor()
{
	jq -r .cursor "$1" | tail -n 1
}

# later CURSOR SECONDS: the same, of a later time.
later()
{
	"$PYTHON" - "$1" "$2" <<-'LATER'
		import sys
		version, until, rest = sys.argv[1].split(".", 2)
		print(f"{version}.{int(until, 16) + int(sys.argv[2]) * 10**9:x}.{rest}")
	LATER
}

# The time of a file's change is nobody's to set.
wait_for_slack()
{
	sleep 10.5
}

@test "after a cursor: what was told before is not told again, and what was not is, also if it is earlier" {
	exited "$LONG_ID" job 3
	running web front
	query events >"$WORK/first"
	same "$(jq -r .cursor "$WORK/first" | sort -u | wc -l)" 2 "cursors: all but the last line's are of before"
	query events --after "$(cursor "$WORK/first")" >"$WORK/again"
	same "$(sort "$WORK/again" | jq -r .event_id | sort)" "$(jq -r .event_id "$WORK/first" | sort)" "within the slack: all, with the same IDs"
	wait_for_slack
	query events >"$WORK/first"
	query events --after "$(cursor "$WORK/first")" >"$WORK/nothing"
	same "$(wc -l <"$WORK/nothing")" 0 "what was told already"
	query events --after "$(head -n 1 "$WORK/first" | jq -r .cursor)" >"$WORK/all"
	same "$(jq -r .event_id "$WORK/all")" "$(jq -r .event_id "$WORK/first")" "what the first line's cursor leaves"
	running late back
	rewrite late '.created_at = "2020-01-01T00:00:00.000000000Z" | .started_at = "2020-01-01T00:00:01.000000000Z"'
	query events --after "$(cursor "$WORK/first")" >"$WORK/second"
	same "$(jq -r '[.id, .event] | join(" ")' "$WORK/second" | sort)" "$(printf '%s\n' 'late created' 'late hook' 'late hook' 'late started')" \
		"what is recorded later, of years ago"
	named_state web front "" running | quiet_hook poststart
	query events --after "$(cursor "$WORK/first")" | jq -r 'select(.id == "web").event_id' >"$WORK/web"
	same "$(grep -cxFf <(jq -r .event_id "$WORK/first") "$WORK/web")/$(wc -l <"$WORK/web")" 4/5 "told again, with the same IDs, and one that is new"
}

@test "after a cursor: an end that no record tells" {
	running web front
	wait_for_slack
	query events >"$WORK/first"
	end_living
	query events --after "$(cursor "$WORK/first")" >"$WORK/second"
	same "$(jq -r .event "$WORK/second")" stopped "what is seen"
	query events --after "$(cursor "$WORK/first")" | jq -r .event_id >"$WORK/ids"
	same "$(cat "$WORK/ids")" "$(record web .instance):stopped" "its ID, however often it is told"
}

@test "after a cursor of another boot or clock, all is told again; what is no cursor is refused" {
	local cursor

	running web front
	wait_for_slack
	query events >"$WORK/first"
	cursor=$(cursor "$WORK/first")
	same "$(query events --after "$cursor" | wc -l)" 0 "control: this cursor"
	same "$(query events --after "${cursor%.*}.00000000-90e5-4f7f-8a63-0f1f1d4e5a5f" | wc -l)" 4 "another boot"
	same "$(query events --after "$(later "$cursor" 3600)" | wc -l)" 4 "the clock was set back"
	fails 2 "'yesterday' is no cursor" events --after yesterday
	fails 2 "'' is no cursor" events --after ''
}

@test "followed after a cursor: nothing is lost over its death, and what comes twice has the same ID" {
	local cursor

	running web front
	follow
	eventually has_followed "web 1 started"
	kill -KILL "$FOLLOWER"
	cursor=$(cursor "$WORK/followed")
	cp "$WORK/followed" "$WORK/told"
	rm "$WORK/living"
	running api back
	end_living
	named_state api back 0 stopped | quiet_hook poststop
	follow --after "$cursor"
	eventually has_followed "api 1 stopped"
	cat "$WORK/followed" >>"$WORK/told"
	same "$(jq -r .event_id "$WORK/told" | sort -u)" "$(query events | jq -r .event_id | sort)" "all, each once"
	held_against_schema "$WORK/told"
}

@test "earlier generations, and lost ones" {
	running web front
	end_living
	running web front
	query events web | golden events.generations "$OF_THIS_HOST"
}

@test "followed: the past first, then what happens, each once" {
	sample_store
	query events >"$WORK/past"
	follow
	eventually same_but_for_cursors "$WORK/past" "$WORK/followed"
	rm "$WORK/living"
	running api back
	end_living
	eventually has_followed "api 1 stopped"
	named_state api back 0 stopped | quiet_hook poststop
	eventually has_followed_times 3 "api 1 hook"
	tail -n "+$(($(wc -l <"$WORK/past") + 1))" "$WORK/followed" | golden events.followed "$OF_THIS_HOST"'
s/,"exit_code":137//'
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
