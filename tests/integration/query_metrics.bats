#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query metrics.
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

# Prometheus checks what it reads, and tells what it does not like.
checked()
{
	need promtool
	promtool check metrics >"$WORK/promtool" 2>&1 || fail "$(cat "$WORK/promtool")"
	same "$(cat "$WORK/promtool")" "" "what promtool says"
}

@test "all containers, as text that ends" {
	sample_store
	query metrics >"$WORK/metrics"
	golden metrics 's/((_seconds|_sum)\{.*\}) [0-9.]+$/\1 SECONDS/; s/(_bucket\{.*le="[0-9.]+"\}) [0-9]+$/\1 CALLS/' <"$WORK/metrics"
	same "$(tail -n 1 "$WORK/metrics")" "# EOF" "the last line"
}

@test "promtool takes it, with containers and without" {
	sample_store
	query metrics | checked
	ROOT=$WORK/none
	query metrics | checked
}

@test "promtool does not take what is wrong (a negative control)" {
	need promtool
	sample_store
	query metrics | sed 's/^oci_lifecycle_status{/oci_lifecycle_status{{/' >"$WORK/malformed"
	run ! promtool check metrics <"$WORK/malformed"
	query metrics | sed '/^# HELP/d' >"$WORK/helpless"
	run ! promtool check metrics <"$WORK/helpless"
}

@test "times to the nanosecond" {
	sample_store
	expected=$("$PYTHON" -c '
import datetime, sys
whole, rest = sys.argv[1].rstrip("Z").split(".")
print("%d.%s" % (datetime.datetime.fromisoformat(whole + "+00:00").timestamp(), rest))' "$(record web .started_at)")
	same "$(query metrics | sed -n 's/^oci_lifecycle_started_timestamp_seconds{id="web".*} //p')" "$expected" "the start"
}

@test "unknown is absent" {
	state new | quiet_hook create-runtime
	rewrite new 'del(.created_at, .started_at, .started_at_source)'
	same "$(query metrics | grep -c '^oci_lifecycle_.*_timestamp_seconds{')" 0 "times"
	same "$(query metrics | grep -c '^oci_lifecycle_exit_code{')" 0 "exit codes"
}

@test "labels: quotes, backslashes, control bytes, other scripts" {
	running web $'quote " back \\ line\nend \033 \u009b 容器'
	query metrics | grep -qF 'name="quote \" back \\ line\\x0aend \\x1b \\xc2\\x9b 容器"' || fail "$(query metrics)"
	query metrics | checked
}

@test "a command called twice at a point is one series: the last call's" {
	state web | hook create-runtime -- /bin/true
	state web | hook create-runtime -- /bin/true
	rewrite web '.hooks[1].duration_ns = 1234567890'
	same "$(query metrics | grep '^oci_lifecycle_hook_duration_seconds')" \
		'oci_lifecycle_hook_duration_seconds{id="web",point="createRuntime",command="/bin/true"} 1.234567890' series
	query metrics | checked
}

# Three hooks of one path, as that of NVIDIA's toolkit is called.
three_hooks()
{
	state web | hook create-runtime -- /bin/true
	state web | hook create-runtime -- /bin/true
	state web | hook create-runtime -- /bin/true
	rewrite web '.hooks[0] += {argv: ["cdi-hook", "chmod", "--mode", "7 5"], index: 0, duration_ns: 57000000}
		| .hooks[1] += {argv: ["cdi-hook", "update-ldcache"], index: 1, duration_ns: 405000000}
		| .hooks[2] += {argv: ["cdi-hook", "it'"'"'s"], index: 2, duration_ns: 2000000}'
}

@test "three hooks of one path are three series, and a hook's path in a process is no label" {
	three_hooks
	same "$(query metrics | sed -n 's/^oci_lifecycle_hook_duration_seconds{.*command=//p' | tr '\n' ' ')" \
		'"/bin/true",index="0"} 0.057000000 "/bin/true",index="1"} 0.405000000 "/bin/true",index="2"} 0.002000000 ' series
	query metrics | checked
	rewrite web '.hooks[0].command = "/proc/9989/exe" | .hooks[0].argv[0] = "libnetwork-setkey"'
	query metrics | grep -q 'command="libnetwork-setkey",index="0"' || fail "$(query metrics | grep hook_)"
}

@test "a hook that is not back has a length, and one that was killed: at least that long" {
	state web >"$WORK/state"
	"$HOOKS_DIR/lifecycle-create-runtime" --root "$ROOT" -- /bin/sleep 600 <"$WORK/state" 3>&- &
	background $!
	eventually test -s "$ROOT/web/lifecycle.json"
	length() {
		query metrics | sed -n 's/^oci_lifecycle_hook_unfinished_seconds{id="web",point="createRuntime",command="\/bin\/sleep".*} //p'
	}
	same "$(query metrics | grep -c '^oci_lifecycle_hook_duration_seconds{')" 0 "lengths of what came back"
	before=$(length)
	sleep 0.1
	"$PYTHON" -c 'import sys; a, b = map(float, sys.argv[1:]); sys.exit(not 0 < a < b)' "$before" "$(length)" || fail "$before, then $(length)"
	query metrics | checked
	kill -KILL $!
	end_living
	same "$(length)" "" "as long as nothing is known to have come after it"
	state web 0 stopped | quiet_hook poststop
	rewrite web '.hooks[0].time = "2026-11-22T01:36:50.000000000Z" | .hooks[1].time = "2026-11-22T01:36:50.950000000Z"
		| .finished_at = .hooks[1].time | .errors[0].time = .hooks[1].time'
	same "$(length)" 0.950000000 "until the poststop"
}

@test "what cannot be read is counted, and makes the exit status 1" {
	running web front
	mkdir -m 700 "$ROOT/bad"
	echo garbage >"$ROOT/bad/lifecycle.json"
	fails 1 "'bad'" metrics
	grep -qx "oci_lifecycle_store_faults 1" "$WORK/stdout"
	grep -q 'id="web"' "$WORK/stdout"
	rm -r "$ROOT/bad"
}

@test "a file is replaced at once, with mode 0644, whatever the umask" {
	sample_store
	mkdir "$WORK/out"
	(umask 077 && query metrics --output "$WORK/out/lifecycle.prom")
	same "$(stat -c %a "$WORK/out/lifecycle.prom")" 644 "mode"
	same "$(ls -A "$WORK/out")" lifecycle.prom "what is there"
	query metrics | cmp - "$WORK/out/lifecycle.prom"

	before=$(stat -c %i "$WORK/out/lifecycle.prom")
	exec {reader}<"$WORK/out/lifecycle.prom"
	(cd "$WORK/out" && query metrics -o lifecycle.prom)
	[ "$(stat -c %i "$WORK/out/lifecycle.prom")" != "$before" ] || fail "written in place"
	cmp - "$WORK/out/lifecycle.prom" <&"$reader"
	exec {reader}<&-
}

@test "a file that cannot be written is an error, and stays what it was" {
	sample_store
	fails 1 "cannot write '$WORK/nowhere/x.prom'" metrics --output "$WORK/nowhere/x.prom"
	mkdir "$WORK/out" "$WORK/out/directory"
	fails 1 "cannot write" metrics --output "$WORK/out/directory"
	same "$(ls -A "$WORK/out")" directory "what is there"
	ln -s /dev/null "$WORK/out/link"
	fails 1 "cannot write '$WORK/out/link': it is no regular file" metrics --output "$WORK/out/link"
	same "$(readlink "$WORK/out/link")" /dev/null "the link"
	need_root
	mkdir "$WORK/full"
	mount -t tmpfs -o size=4k,nr_inodes=10 none "$WORK/full" || skip "no tmpfs"
	echo old >"$WORK/full/x.prom"
	fails 1 "No space left" metrics --output "$WORK/full/x.prom" || { umount "$WORK/full"; return 1; }
	same "$(cat "$WORK/full/x.prom") $(ls -A "$WORK/full")" "old x.prom" "what is there" || { umount "$WORK/full"; return 1; }
	umount "$WORK/full"
}

port_is_open()
{
	(: <"/dev/tcp/127.0.0.1/$1")
}

# A query's first value, if Prometheus has one by now.
answer()
{
	"$PYTHON" - "$1" "$2" <<-'ASK'
		import json, sys, urllib.parse, urllib.request
		with urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/api/v1/query?query="
		                            + urllib.parse.quote(sys.argv[2]), timeout=5) as reply:
		    result = json.load(reply)["data"]["result"]
		print(result[0]["value"][1])
	ASK
}

@test "a real prometheus, scraping a real node_exporter, tells a container's start to the microsecond" {
	local exporter=$((20000 + RANDOM % 10000)) prometheus=$((30000 + RANDOM % 10000)) ask try

	need prometheus
	need prometheus-node-exporter
	sample_store
	mkdir "$WORK/textfile"
	query metrics --output "$WORK/textfile/lifecycle.prom"
	prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$WORK/textfile" --web.listen-address="127.0.0.1:$exporter" \
		>"$WORK/exporter.log" 2>&1 3>&- &
	background $!
	cat >"$WORK/prometheus.yml" <<-CONFIG
		global: {scrape_interval: 1s}
		scrape_configs:
		  - job_name: node
		    static_configs: [{targets: ["127.0.0.1:$exporter"]}]
	CONFIG
	prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/tsdb" \
		--web.listen-address="127.0.0.1:$prometheus" >"$WORK/prometheus.log" 2>&1 3>&- &
	background $!
	eventually port_is_open "$exporter"
	eventually port_is_open "$prometheus"
	ask='oci_lifecycle_started_timestamp_seconds{id="web"}'
	for try in {1..60}; do
		answer "$prometheus" "$ask" >"$WORK/answer" 2>/dev/null && break
		sleep 0.5
	done
	note "asked $try times: $(cat "$WORK/answer")"
	"$PYTHON" - "$(cat "$WORK/answer")" "$(query metrics | grep '^oci_lifecycle_started.*id="web"')" <<-'COMPARE'
		import sys
		assert abs(float(sys.argv[1]) - float(sys.argv[2].split()[-1])) < 1e-6, sys.argv
	COMPARE
	same "$(answer "$prometheus" 'node_textfile_scrape_error')" 0 "node_exporter's own opinion"
}
