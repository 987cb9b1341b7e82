#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query list.

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

# Ages and pids are as wide as they are.
squeezed()
{
	sed -E -e 's/[0-9]+ (second|minute)s? ago/AGE/g' -e 's/ +/ /g' -e 's/(AGE -) [0-9]+ /\1 PID /'
}

@test "the table, with the IDs, the reasons, and what went wrong last" {
	sample_store
	query list | squeezed | golden list.table
}

@test "without headings, and with whole IDs" {
	sample_store
	query list --noheading --no-trunc | squeezed | golden list.noheading
	same "$(query list --noheading --no-trunc | squeezed)" "$(query list --no-trunc | tail -n +2 | squeezed)" "what follows the headings"
}

@test "columns stand under their headings, wide characters or not" {
	local name

	running a 'plain'
	running b '容器'
	running c 'café'
	query list >"$WORK/table"
	name=$("$PYTHON" -c 'import sys; print(open(sys.argv[1]).readline().index("STATUS"))' "$WORK/table")
	"$PYTHON" - "$WORK/table" "$name" <<-'CHECK'
		import sys, unicodedata
		for line in open(sys.argv[1]).read().splitlines()[1:]:
		    width = 0
		    for at, letter in enumerate(line):
		        if width == int(sys.argv[2]):
		            break
		        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
		    assert line[at:].startswith("running"), line
	CHECK
}

@test "IDs alone: short for engines' IDs, or whole" {
	sample_store
	same "$(query list -q)" "$(printf '%s\n' 0123456789ab bad web)" "list -q"
	same "$(query list --quiet --no-trunc)" "$(printf '%s\n' "$LONG_ID" bad web)" "list --quiet --no-trunc"
	fails 2 "exclude each other" list -q --format json
}

@test "json and jsonl: the same objects, with the record's keys and what is observed" {
	sample_store
	query list --format json | golden list.json
	query list --format jsonl | golden list.jsonl
	same "$(query list --format jsonl | jq -sc .)" "$(query list --format json | jq -c .)" jsonl
	same "$(query list --format json --filter id=nothing)" "[]" "json of nothing"
	same "$(query list --format jsonl --filter id=nothing)" "" "jsonl of nothing"
}

@test "an unknown value is absent in JSON, a dash in a table, null or nothing in a template" {
	mkdir -p "$ROOT/adopted"
	chmod 700 "$ROOT" "$ROOT/adopted"
	echo '{"create_error":false}' >"$ROOT/adopted/lifecycle.json"
	chmod 600 "$ROOT/adopted/lifecycle.json"
	same "$(query list --format jsonl)" '{"id":"adopted","create_error":false,"looked":false}' jsonl
	same "$(query list --noheading | tr -s ' ')" "adopted - - - - - -" table
	same "$(query list --format '<{{.StartedAt}}|{{json .StartedAt}}>')" "<|null>" template
	rm -r "$ROOT/adopted"
}

has_status()
{
	[ "$(query list --format '{{.Status}}' --filter "id=$1")" = "$2" ]
}

@test "a provisional start of what runs bears a tilde; what is not known to have run has none, in any view" {
	local id

	failed bad broken
	running web front
	rm "$WORK/living"
	waits_for_start
	state new | quiet_hook create-runtime
	starts() {
		query list --format 'table {{.ID}} {{.StartedAt}}' --noheading | sed -E 's/[0-9]+ seconds?/N/'
	}
	same "$(starts)" "$(printf '%s\n' 'bad -' 'new -' 'web N ago')" "before its program runs"
	echo >"$WORK/start"
	eventually has_status new running
	same "$(starts)" "$(printf '%s\n' 'bad -' 'new ~N ago' 'web N ago')" "while it runs, unseen"
	same "$(query started-at new)" "$(record new .started_at)" "started-at of what runs"
	end_living
	same "$(starts)" "$(printf '%s\n' 'bad -' 'new -' 'web N ago')" "stopped"
	for id in bad new; do
		fails 1 "" started-at "$id"
		same "$(wc -c <"$WORK/stdout")" 0 "bytes of started-at $id"
		same "$(query list --format jsonl --filter "id=$id" | jq -c '[.started_at, .started_at_source, .pid]')" \
			"[null,null,null]" "list of $id"
		same "$(inspect "$id" '.observed | [.started_at, .started_at_source, .pid] | @json')" "[null,null,null]" "inspect of $id"
		same "$(query inspect --compat docker "$id" --format '{{.State.StartedAt}} {{.State.Pid}}')" "0001-01-01T00:00:00Z 0" docker
		same "$(query inspect --compat oci "$id" | jq '.[0].pid')" null oci
		same "$(query metrics | grep -c "^oci_lifecycle_started.*id=\"$id\"")" 0 metrics
		same "$(query events "$id" | jq -r .event | grep -cx started)" 0 events
		query timeline "$id" | grep -qx 'started         -' || fail "timeline of $id"
	done
}

@test "filters: each key" {
	sample_store
	filtered() {
		same "$(query list -q --filter "$1" | tr '\n' ' ')" "$2" "filter $1"
	}
	filtered id=0123 '0123456789ab '
	filtered id=123 ''
	filtered name=ro 'bad web '
	filtered status=running 'web '
	filtered status=stopped '0123456789ab bad '
	filtered status=exited '0123456789ab '
	filtered exited=3 '0123456789ab '
	filtered exit_code=0 ''
	filtered 'name=^/front$' 'web '
	filtered 'name=^ront' ''
	filtered reason=create_failed 'bad '
	filtered reason=exited '0123456789ab '
	filtered create_error=true 'bad '
	filtered create_error=false '0123456789ab web '
	filtered annotation=team '0123456789ab web '
	filtered annotation=team=blue '0123456789ab web '
	filtered annotation=team=red ''
	filtered annotation=nerdctl/name ''
	filtered since=1h '0123456789ab bad web '
	filtered until=1h ''
	filtered until=2100-01-01 '0123456789ab bad web '
	filtered since=2100-01-01T00:00:00Z ''
	filtered since=@1000000000 '0123456789ab bad web '
	filtered "since=$(record bad .created_at)" 'bad web '
	filtered "until=$(record bad .created_at)" '0123456789ab '
}

@test "filters together: one of the same key, all of different keys" {
	sample_store
	same "$(query list -q -f status=running -f status=stopped | wc -l)" 3 "either status"
	same "$(query list -q -f status=stopped -f create_error=false)" 0123456789ab "both keys"
	same "$(query list -q -f annotation=team -f annotation=other)" "" "every annotation"
}

@test "a filter that is none is refused, and says which there are" {
	fails 2 "id, name, status, reason, exit_code, create_error, annotation, since, until" list --filter colour=red
	fails 2 "a record has no labels" list --filter label=app=web
	fails 2 "no record says that" list --filter ancestor=debian
	fails 2 "id, name, status" list --filter status
	fails 2 "'dead' is no status" list --filter status=dead
	fails 2 "'yes' is no create_error" list --filter create_error=yes
	fails 2 "'soon' is no time" list --filter since=soon
}

@test "sorted by any key, either way, what is unknown last" {
	sample_store
	sorted() {
		same "$(query list -q --sort "$1" | tr '\n' ' ')" "$2" "sort by $1"
	}
	sorted created_at '0123456789ab bad web '
	sorted -created_at 'web bad 0123456789ab '
	sorted CreatedAt '0123456789ab bad web '
	sorted name 'bad web 0123456789ab '
	sorted exit_code '0123456789ab bad web '
	sorted -exit_code '0123456789ab bad web '
	sorted -id 'web bad 0123456789ab '
	sorted create_error '0123456789ab web bad '
	fails 2 "no key to sort by" list --sort colour
	fails 2 "no key to sort by" list --sort uptime
}

@test "templates: keys in any of their spellings, json, index, tabs and new lines" {
	sample_store
	printed() {
		same "$(query list --filter id=web --format "$1")" "$2" "template $1"
	}
	printed '{{.ID}} {{.Name}} {{.Status}}' 'web front running'
	printed '{{.id}} {{ .createError }} {{.create_error}}{{.CREATEERROR}}' 'web false falsefalse'
	printed '{{json .ID}} {{json .Generation}} {{json .ExitCode}}' '"web" 1 null'
	printed '{{.Annotations.team}} {{index .Annotations "team"}} {{index .Annotations "x"}}' 'blue blue '
	printed '{{.Annotations}}' '{"team":"blue"}'
	printed '{{.ID}}\t{{.Name}}\n.' "$(printf 'web\tfront\n.')"
	printed 'no \\ braces }} {{.ID}} { {' 'no \ braces }} web { {'
	same "$(query list -f id=web --format '{{json .}}')" "$(query list -f id=web --format jsonl)" "json ."
	same "$(query list -f id=bad --format '{{index .Errors 0 "exit_code"}}')" 7 "an index in an array"
}

@test "a table by a template, with what only tables have" {
	sample_store
	query list --format 'table {{.ID}}\t{{.Status}}\t{{.Uptime}}\t{{.CreatedAt}}' |
		sed -E -e 's/[0-9]+ (second|minute)s?( ago)?/AGE/g' -e 's/ +/ /g' | golden list.template
	same "$(query list --noheading --format 'table {{.ID}}\t{{.PID}}' | tail -1 | tr -s ' ')" "web $(living)" pid
	same "$(query list --format 'table {{.ID}}\t{{.Annotations.team}}\t{{index .Annotations "x"}}' -f id=web | tr -s ' ')" \
		"$(printf '%s\n' 'ID TEAM X' 'web blue -')" "a key in a key"
	rewrite bad '.status = "running"'
	same "$(query list --format 'table {{json .ID}} {{json .Status}}' -f id=bad)" "$(printf '%s\n' 'ID STATUS' '"bad" "stopped"')" json
	fails 2 "unknown key 'Uptime'" list --format '{{.Uptime}}'
}

@test "a bad template is told before anything is printed, with the keys that there are" {
	fails 2 "known are ID, Name, Status, StartedAt, PID, Errors, Reason, CreateError" list --format '{{.Nothing}}'
	fails 2 "unknown key 'Nothing'" list --format 'table {{.Nothing}}'
	fails 2 "'{{' without '}}'" list --format '{{.ID'
	fails 2 "'uper' in the template is neither a key, which begins with a dot, nor a function: known are json, index" list --format '{{.ID | uper}}'
	fails 2 "'{{range .Errors}}' without '{{end}}'" list --format '{{range .Errors}}'
	fails 2 "a quote is not closed" list --format '{{index .Annotations "x}}'
	fails 2 "is no format: it is table, json, jsonl" list --format yaml
	same "$(wc -c <"$WORK/stdout")" 0 "bytes of output"
}

@test "control bytes reach a terminal in no format" {
	local format

	running evil $'red \033[31m\a C1 \u009b31m bidi \u202e tab\t line\n end'
	for format in table json jsonl '{{.Name}}' 'table {{.Name}}\t{{.ID}}'; do
		on_terminal 200 "$QUERY" --root "$ROOT" list --format "$format" >"$WORK/seen"
		NO_COLOR=1 on_terminal 200 "$QUERY" --root "$ROOT" list --format "$format" >"$WORK/plain"
		! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$WORK/plain" ||
			fail "format $format: $(cat -A "$WORK/plain")"
	done
	touch "$ROOT"/$'file \033[31m \u009b31m \u202e'
	query list 2>&1 >/dev/null | grep -qF 'file \x1b[31m \xc2\x9b31m \xe2\x80\xae' || fail "an error message"
	query list --format '{{.Name}}' 2>/dev/null | grep -qP '\x1b' || fail "a program gets the bytes as they are"
	rm "$ROOT"/file*
	query list --format json | jq -e '.[0].name | contains("\u001b[31m") and contains("\u009b")' >/dev/null
}

@test "colour on a terminal only, without NO_COLOR; trouble is red" {
	sample_store
	on_terminal 200 "$QUERY" --root "$ROOT" list >"$WORK/colours"
	same "$(grep -c $'\033\\[31m' "$WORK/colours")" 2 "red lines"
	same "$(grep -c $'\033\\[32m.*web' "$WORK/colours")" 1 "green lines"
	same "$(NO_COLOR=1 on_terminal 200 "$QUERY" --root "$ROOT" list | grep -c $'\033')" 0 "with NO_COLOR"
	same "$(query list | grep -c $'\033')" 0 "in a pipe"
	end_living
	same "$(on_terminal 200 "$QUERY" --root "$ROOT" list | grep -c $'\033\\[31m.*web')" 1 "red, as nobody saw its end"
}

@test "the table fits the terminal, but not with --no-trunc" {
	running web "$(printf 'n%.0s' {1..150})"
	NO_COLOR=1 on_terminal 60 "$QUERY" --root "$ROOT" list >"$WORK/narrow"
	[ "$(wc -L <"$WORK/narrow")" -le 60 ] || fail "$(cat "$WORK/narrow")"
	NO_COLOR=1 on_terminal 60 "$QUERY" --root "$ROOT" list --no-trunc >"$WORK/whole"
	grep -q "$(printf 'n%.0s' {1..150})" "$WORK/whole"
	query list | grep -q "$(printf 'n%.0s' {1..150})"
}

@test "80 columns hold what is true now, and a name; 60 hold a part of it" {
	failed bad database-main
	running 0123456789ab web-frontend
	NO_COLOR=1 on_terminal 80 "$QUERY" --root "$ROOT" list >"$WORK/usual"
	[ "$(wc -L <"$WORK/usual")" -le 80 ] || fail "$(cat "$WORK/usual")"
	grep -qE 'database-main create_failed - +no such network \(createRunt' "$WORK/usual" || fail "$(cat "$WORK/usual")"
	grep -qE "web-frontend  running  +[0-9]+s ago +-" "$WORK/usual" || fail "$(cat "$WORK/usual")"
	NO_COLOR=1 on_terminal 60 "$QUERY" --root "$ROOT" list >"$WORK/narrow"
	same "$(wc -l <"$WORK/narrow")" 3 "lines"
	[ "$(wc -L <"$WORK/narrow")" -le 60 ] || fail "$(cat "$WORK/narrow")"
}

@test "what a locale without Unicode cannot show is escaped, and cut like the rest" {
	running web '容器-データベース-サーバー'
	NO_COLOR=1 LC_ALL=C on_terminal 80 timeout 20 "$QUERY" --root "$ROOT" list >"$WORK/narrow"
	grep -qF '\xe5\xae' "$WORK/narrow" || fail "$(cat "$WORK/narrow")"
	! LC_ALL=C grep -q '[^ -~]' "$WORK/narrow" || fail "not ASCII: $(cat "$WORK/narrow")"
	[ "$(wc -L <"$WORK/narrow")" -le 80 ] || fail "$(cat "$WORK/narrow")"
}

@test "a store that is not there, or empty, has no containers" {
	same "$(query list --format json)" "[]" "no store"
	mkdir -m 700 "$ROOT"
	same "$(query list --format json)" "[]" "empty store"
	same "$(query list | tr -s ' ')" "ID NAME STATUS STARTED EXITED PID ERROR" "headings"
}

@test "bad, foreign and unreadable entries are told, and hide nothing" {
	sample_store
	mkdir -m 700 "$ROOT/garbage" "$ROOT/empty" "$ROOT/.hidden"
	echo '{"version":' >"$ROOT/garbage/lifecycle.json"
	touch "$ROOT/file"
	ln -s web "$ROOT/link"
	fails 1 "'garbage'" list -q
	same "$(tr '\n' ' ' <"$WORK/stdout")" "0123456789ab bad web " "the others"
	grep -qF "'file' in '$ROOT' is no container's directory" "$WORK/stderr"
	grep -qF "'link' in '$ROOT' is no container's directory" "$WORK/stderr"
	grep -qF "'.hidden' in '$ROOT' is no container's directory" "$WORK/stderr"
	same "$(wc -l <"$WORK/stderr")" 4 "lines on stderr"
	rm -r "$ROOT/garbage" "$ROOT/empty" "$ROOT/.hidden" "$ROOT/file" "$ROOT/link"
}

@test "a record that this user may not read is told, and hides nothing" {
	local status=0 place

	need_root
	need setpriv
	sample_store
	place=$(mktemp -d /tmp/lifecycle-query.XXXXXX)
	cp -r "$ROOT/." "$place"
	chown -R 65534 "$place/bad"
	chmod 700 "$place/bad"
	# root without its privileges over files: another user may not even reach what is to be tested
	setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -dac_override,-dac_read_search "$QUERY" --root "$place" list -q >"$WORK/ids" 2>"$WORK/errors" || status=$?
	rm -r "$place"
	same "$status" 1 "exit status"
	same "$(tr '\n' ' ' <"$WORK/ids")" "0123456789ab web " "the others"
	grep -q "bad' cannot be opened: Permission denied" "$WORK/errors" || fail "$(cat "$WORK/errors")"
}

@test "what cannot be written is an error" {
	sample_store
	local format status

	for format in table json jsonl '{{.ID}}'; do
		status=0
		query list --format "$format" >/dev/full 2>"$WORK/stderr" || status=$?
		same "$status" 1 "exit status of $format"
		grep -qF "No space left on device" "$WORK/stderr"
	done
}
