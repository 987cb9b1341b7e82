#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What is shipped around metrics and events: alerts, a dashboard, units, a file of events.
# shellcheck disable=SC2030,SC2031 # ROOT is each case's own

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

PIPELINES=$TOP_SRCDIR/tools/pipelines

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

port_is_open()
{
	(: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# rules_hold FILE: with these rules the alerts come as they are expected to.
rules_hold()
{
	cp "$1" "$WORK/oci-lifecycle.rules.yml"
	cp "$DATA/pipelines.rules_test.yml" "$WORK"
	(cd "$WORK" && promtool test rules pipelines.rules_test.yml) >"$WORK/promtool" 2>&1
}

@test "the alerts come when they should, and only then" {
	need promtool
	promtool check rules "$PIPELINES/oci-lifecycle.rules.yml" >"$WORK/promtool" 2>&1 || fail "$(cat "$WORK/promtool")"
	rules_hold "$PIPELINES/oci-lifecycle.rules.yml" || fail "$(cat "$WORK/promtool")"
	sed -n 's/.*alert: //p' "$PIPELINES/oci-lifecycle.rules.yml" >"$WORK/alerts"
	[ "$(wc -l <"$WORK/alerts")" -ge 8 ]
	while read -r alert; do
		grep -q "alertname: $alert\$" "$DATA/pipelines.rules_test.yml" || fail "no case of $alert"
		grep -q "alertname: $alert}" "$DATA/pipelines.rules_test.yml" || fail "no case without $alert"
		grep -qF "*$alert*" "$TOP_SRCDIR/tools/lifecycle-pipelines.7.scd" || fail "the manual does not say what $alert is"
	done <"$WORK/alerts"
}

@test "control: an alert that comes too early, too late or not at all is found" {
	local change

	need promtool
	for change in 's/> 2$/> 200/' 's/> 0 or/> 1 or/' 's/for: 15m/for: 1m/' 's/> 30 and/> 3000 and/' 's/> 4$/> 0/' 's/> 300$/> 30000/'; do
		sed -E "$change" "$PIPELINES/oci-lifecycle.rules.yml" >"$WORK/changed.yml"
		! cmp -s "$WORK/changed.yml" "$PIPELINES/oci-lifecycle.rules.yml" || fail "nothing to change: $change"
		! rules_hold "$WORK/changed.yml" || fail "passed: $change"
	done
}

# every_metric_is_ours FILE: each metric that it names is one that is printed, or node_exporter's own.
every_metric_is_ours()
{
	grep -oE '\boci_lifecycle_[a-z0-9_]+' "$1" | grep -vE '_p99_15m$|_hook_seconds$' | sed -E 's/_hook_seconds_(bucket|sum|count)$/_hook_seconds/' | sort -u >"$WORK/named"
	query metrics --help | grep -oE '\boci_lifecycle_[a-z_]+' | sort -u >"$WORK/printed"
	comm -23 "$WORK/named" "$WORK/printed" >"$WORK/unknown"
	[ ! -s "$WORK/unknown" ]
}

@test "alerts and dashboard name metrics that there are" {
	every_metric_is_ours "$PIPELINES/oci-lifecycle.rules.yml" || fail "$(cat "$WORK/unknown")"
	every_metric_is_ours "$PIPELINES/oci-lifecycle.dashboard.json" || fail "$(cat "$WORK/unknown")"
	sed 's/oci_lifecycle_status/oci_lifecycle_state/' "$PIPELINES/oci-lifecycle.rules.yml" >"$WORK/wrong.yml"
	! every_metric_is_ours "$WORK/wrong.yml" || fail "control: a metric that there is not passed"
}

@test "the dashboard is one: panels that do not overlap, each with a query, a host selector that each query uses" {
	"$PYTHON" - "$PIPELINES/oci-lifecycle.dashboard.json" <<-'CHECK'
		import json, sys
		dashboard = json.load(open(sys.argv[1]))
		variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
		assert variables["instance"]["multi"] and variables["instance"]["includeAll"]
		assert variables["datasource"]["type"] == "datasource"
		panels = dashboard["panels"]
		assert len(panels) >= 12 and len({panel["id"] for panel in panels}) == len(panels)
		taken = set()
		for panel in panels:
		    at = panel["gridPos"]
		    cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
		    assert not cells & taken and at["x"] + at["w"] <= 24, panel["title"]
		    taken |= cells
		    assert panel["targets"] and panel["title"]
		    for target in panel["targets"]:
		        assert 'instance=~"$instance"' in target["expr"], target["expr"]
		        assert target["datasource"]["uid"] == "${datasource}"
	CHECK
}

# A host: a store and a node_exporter, whose metrics are written again and again while containers come.
start_host()
{
	local host=$1 port=$2

	mkdir -p "$WORK/$host.textfile"
	prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$WORK/$host.textfile" --web.listen-address="127.0.0.1:$port" >"$WORK/$host.log" 2>&1 3>&- &
	background $!
	eventually port_is_open "$port"
}

write_metrics()
{
	"$QUERY" --root "$WORK/$1" metrics --output "$WORK/$1.textfile/oci_lifecycle.prom"
}

# One that ended by itself, one that failed, one that runs, one whose hook is not back.
fill_host()
{
	ROOT=$WORK/$1
	# the other host's live on
	rm -f "$WORK/living"
	exited job job 3
	failed bad broken
	running web front
	named_state slow slow >"$WORK/state.$1"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state.$1" 3>&- &
	background $!
	eventually test -s "$ROOT/slow/lifecycle.json"
}

# Another life with a hook, so that there is a rate.
one_more()
{
	ROOT=$WORK/$1
	state "more$2" | quiet_hook create-runtime -- /bin/true
	write_metrics "$1"
}

@test "two hosts in one Prometheus: each query of the dashboard and of the alerts has an answer, for each host" {
	local port=$((20000 + RANDOM % 10000)) host round

	need prometheus
	need prometheus-node-exporter
	for host in one two; do
		start_host $host $((port + 1))
		echo "      - {targets: ['127.0.0.1:$((port + 1))'], labels: {instance: $host}}" >>"$WORK/targets"
		port=$((port + 1))
		fill_host $host
		write_metrics $host
	done
	cat >"$WORK/prometheus.yml" <<-CONFIG
		global: {scrape_interval: 1s, evaluation_interval: 1s}
		rule_files: [$PIPELINES/oci-lifecycle.rules.yml]
		scrape_configs:
		  - job_name: node
		    static_configs:
	CONFIG
	cat "$WORK/targets" >>"$WORK/prometheus.yml"
	prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/tsdb" --web.listen-address="127.0.0.1:$((port + 1))" >"$WORK/prometheus.log" 2>&1 3>&- &
	background $!
	eventually port_is_open $((port + 1))
	for round in {1..8}; do
		one_more one "$round"
		one_more two "$round"
		sleep 1.2
	done
	"$PYTHON" "$here/dashboard.py" $((port + 1)) "$PIPELINES/oci-lifecycle.dashboard.json" one two >"$WORK/answers" || fail "$(cat "$WORK/answers")"
	note "$(tail -n 1 "$WORK/answers")"
	ROOT=$WORK/one
}

@test "a file of events goes on where it ends: killed, torn, rotated" {
	local append=$TOP_BUILDDIR/tools/pipelines/append-events file=$WORK/events.jsonl

	running web front
	start_append() {
		LIFECYCLE_QUERY=$QUERY sh "$append" "$file" --root "$ROOT" 3>&- &
		APPENDER=$!
		background $APPENDER
	}
	told() {
		[ "$(grep -c "\"id\":\"$1\".*\"event\":\"started\"" "$file")" -ge 1 ]
	}
	start_append
	eventually told web
	kill -KILL $APPENDER
	printf '{"time":"2026-11-2' >>"$file"
	running api back
	start_append
	eventually told api
	kill -KILL $APPENDER
	mv "$file" "$file.1"
	running job worker
	start_append
	eventually told job
	kill -KILL $APPENDER
	cat "$file.1" "$file" >"$WORK/all"
	same "$(jq -rR 'fromjson? | .event_id' "$WORK/all" | sort -u)" "$(query events | jq -r .event_id | sort)" "all events, each once after its ID"
	same "$(jq -R 'fromjson? // "torn"' "$WORK/all" | grep -c torn)" 1 "the torn line stands alone"
}

@test "systemd finds nothing wrong with the units, and what they run is installed" {
	local unit

	need systemd-analyze
	for unit in lifecycle-metrics.service lifecycle-metrics.timer lifecycle-events.service; do
		sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$TOP_BUILDDIR/tools/units/system/$unit" >"$WORK/$unit"
	done
	for unit in lifecycle-metrics.timer lifecycle-events.service; do
		XDG_RUNTIME_DIR=$WORK run -0 systemd-analyze verify --man=no --system "$WORK/$unit"
		same "$(grep -F "$WORK" <<<"$output" || :)" "" "what systemd says"
	done
	same "$(sed -n 's/^ExecStart=//p' "$TOP_BUILDDIR"/tools/units/system/lifecycle-{metrics,events}.service | sed -E 's| .*||; s|.*/||')" \
		"$(printf '%s\n' lifecycle-query append-events)" "what they run"
}

@test "what the unit of metrics runs, run as it says" {
	need_root
	need systemd-run
	running web front
	mkdir "$WORK/out"
	sed -n 's/^ExecStart=[^ ]* //p' "$TOP_BUILDDIR/tools/units/system/lifecycle-metrics.service" |
		sed "s|/run/oci-lifecycle|$ROOT|; s|/var/lib/prometheus/node-exporter|$WORK/out|" >"$WORK/arguments"
	# shellcheck disable=SC2046 # words
	setpriv --bounding-set -all,+sys_ptrace --no-new-privs "$QUERY" $(cat "$WORK/arguments")
	grep -q '^oci_lifecycle_status{id="web",name="front",status="running"} 1' "$WORK/out/oci_lifecycle.prom" || fail "$(cat "$WORK/out/oci_lifecycle.prom")"
}

# stanza NUMBER: that example of the manual page.
example()
{
	awk -v wanted="$1" '/^```$/ { inside = !inside; number += inside; next } inside && number == wanted' \
		"$TOP_SRCDIR/tools/lifecycle-pipelines.7.scd" | sed 's/\\\\/\\/g'
}

@test "the manual's rsyslog carries a file of events to another host, over a receiver that is away for a while" {
	local port=$((20000 + RANDOM % 10000)) here_events=$WORK/events.jsonl

	need rsyslogd
	[ -e /usr/lib/x86_64-linux-gnu/rsyslog/imfile.so ] || [ -e /usr/lib/aarch64-linux-gnu/rsyslog/imfile.so ] || skip "needs rsyslog's imfile"
	running web front
	query events >"$here_events"
	mkdir "$WORK/spool"
	{
		echo "global(workDirectory=\"$WORK/spool\" maxMessageSize=\"64k\")"
		example 5 | sed "s|/var/log/oci-lifecycle/events.jsonl|$here_events|; s|logs.example.com|127.0.0.1|; s|6514|$port|; s|queue.type|action.resumeInterval=\"1\" queue.type|"
	} >"$WORK/rsyslog.conf"
	grep -q omfwd "$WORK/rsyslog.conf" || fail "the example is another one by now"
	rsyslogd -n -f "$WORK/rsyslog.conf" -i "$WORK/rsyslog.pid" >"$WORK/rsyslog.log" 2>&1 3>&- &
	background $!
	sleep 1
	"$PYTHON" -c '
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
connection, _ = server.accept()
with open(sys.argv[2], "wb", buffering=0) as out:
    while data := connection.recv(65536):
        out.write(data)' "$port" "$WORK/received" 3>&- &
	background $!
	# where a connection ends rsyslog sends again what it is not sure of
	all_there() { [ -e "$WORK/received" ] && [ "$(sed 's/^ *//' "$WORK/received" | sort -u)" = "$(sort -u "$here_events")" ]; }
	eventually all_there || fail "$(cat "$WORK/rsyslog.log" "$WORK/received")"
}
