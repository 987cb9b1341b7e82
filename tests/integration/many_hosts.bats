#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Events of many hosts, through a broker, to one reader. Two stores stand for two hosts: each is followed under a host name and a
# machine ID of its own.
# shellcheck disable=SC2030,SC2031 # ROOT is each case's own

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

PORT_FIRST=20000

setup()
{
	common_setup
	HOSTS=(one two)
}

# A host's loop ends when its follower has, and what it had was sent.
end_host()
{
	kill -KILL "$(cat "$WORK/follower.$1" 2>/dev/null)" 2>/dev/null || :
	gone_or_zombie "$(cat "$WORK/loop.$1")"
}

teardown()
{
	local host

	touch "$WORK/over"
	for host in "${HOSTS[@]}"; do
		[ ! -e "$WORK/loop.$host" ] || eventually end_host "$host"
	done
	common_teardown
	for host in "${HOSTS[@]}"; do
		[ ! -d "$WORK/$host" ] || "$PYTHON" "$here/check_store.py" "$WORK/$host"
	done
}

port_is_open()
{
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

nats()
{
	"$PYTHON" "$here/nats.py" "$@"
}

start_broker()
{
	nats-server -js -sd "$WORK/js" -a 127.0.0.1 -p "$PORT" >>"$WORK/broker.log" 2>&1 3>&- &
	BROKER=$!
	background "$BROKER"
	eventually port_is_open "$PORT"
}

# as_host NAME COMMAND...: on a host of that name, whose machine ID is made of it.
as_host()
{
	local name=$1

	shift
	printf '%s' "$name" | md5sum | cut -d' ' -f1 >"$WORK/machine-id.$name"
	unshare -mu --propagation private bash -ec '
		mount --bind "$1" /etc/machine-id
		hostname "$2"
		shift 2
		exec "$@"' bash "$WORK/machine-id.$name" "$name" "$@"
}

# What a host runs: the events from where the last run's arrived, until the case is over. The follower's pid is in follower.NAME.
send_events()
{
	local host=$1

	while [ ! -e "$WORK/over" ]; do
		# a pipe, not a FIFO: who opens that waits for ever if its other end was killed before it was there
		nats publish "$PORT" "events.$host" "$WORK/cursor.$host" 2>>"$WORK/publish.err" < <(
			echo "$BASHPID" >"$WORK/follower.$host"
			exec "$QUERY" --root "$WORK/$host" events --follow --after "$(cat "$WORK/cursor.$host")" 3>&-
		) || :
		wait $! 2>/dev/null || :
	done
}

follow_hosts()
{
	local host

	export -f send_events nats
	export WORK QUERY PORT PYTHON here
	for host in "${HOSTS[@]}"; do
		mkdir -m 700 "$WORK/$host"
		echo 1.0.0. >"$WORK/cursor.$host"
		as_host "$host" bash -c 'send_events "$1"' bash "$host" 3>&- &
		background $!
		echo $! >"$WORK/loop.$host"
	done
}

# The follower of one of the hosts, killed so many times, at moments that are nobody's choice.
kill_followers()
{
	local kills=$1 done=0 pid

	while [ "$done" -lt "$kills" ]; do
		sleep "0.$((RANDOM % 9))"
		pid=$(cat "$WORK/follower.${HOSTS[done % 2]}" 2>/dev/null) || continue
		kill -KILL "$pid" 2>/dev/null && done=$((done + 1))
	done
	echo "$done" >"$WORK/kills"
}

arrived()
{
	[ "$(jq -r 'select(.event == "hook" and .attributes.point == "poststop").event_id' "$WORK/read" | sort -u | wc -l)" -ge "$1" ]
}

# LIVES: how many lifecycles both stores get, together.
@test "two hosts, a broker that restarts, followers that are killed twenty times: every event is there, and none twice after its ID" {
	local lives=${LIVES:-1000} host waited=0

	need_root
	need nats-server
	PORT=$((PORT_FIRST + RANDOM % 10000))
	start_broker
	nats make "$PORT" events
	"$PYTHON" "$here/nats.py" read "$PORT" events >"$WORK/read" 2>>"$WORK/read.err" 3>&- &
	background $!
	follow_hosts
	kill_followers 20 3>&- &
	background $!
	for host in "${HOSTS[@]}"; do
		"$PYTHON" "$here/many_lives.py" "$HOOKS_DIR" "$WORK/$host" $((lives / 2)) 3>&- &
		echo $! >"$WORK/lives.$host"
	done
	sleep 3
	kill -KILL "$BROKER"
	sleep 1
	start_broker
	for host in "${HOSTS[@]}"; do
		wait "$(cat "$WORK/lives.$host")"
	done
	eventually test -s "$WORK/kills"
	while ! arrived "$lives" && [ $((waited += 1)) -lt 300 ]; do
		sleep 1
	done
	sleep 2
	note "$(wc -l <"$WORK/read") messages, $(jq -r .event_id "$WORK/read" | sort -u | wc -l) events of $(jq -r .instance "$WORK/read" | sort -u | wc -l) lives, $(cat "$WORK/kills") followers killed, the broker once"

	# what is in the stores, as another reader has it
	for host in "${HOSTS[@]}"; do
		query --root "$WORK/$host" events | jq -r --arg host "$host" '[$host, .event_id] | join(" ")'
	done | sort >"$WORK/expected"
	jq -r '[.host, .event_id] | join(" ")' "$WORK/read" | sort -u >"$WORK/found"
	diff "$WORK/expected" "$WORK/found" >"$WORK/differ" || fail "$(head -n 20 "$WORK/differ")"
	! diff -q "$WORK/expected" <(sed 1d "$WORK/found") >/dev/null || fail "control: one that is missing was not found"
	same "$(wc -l <"$WORK/expected")" $((lives * 6)) "events: created, started, stopped, three hooks of each life"
	# the first of each ID
	jq -cs 'unique_by(.event_id)[] | [.instance, .event, .attributes.point]' "$WORK/read" | sort | uniq -d >"$WORK/twice"
	same "$(cat "$WORK/twice")" "" "what happened once and has two IDs"
	same "$(jq -r '[.host, .machine_id] | join(" ")' "$WORK/read" | sort -u)" \
		"$(for host in "${HOSTS[@]}"; do echo "$host $(cat "$WORK/machine-id.$host")"; done)" hosts
}
