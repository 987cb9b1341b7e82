#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query verify: each fault, a line.
# shellcheck disable=SC2030,SC2031 # ROOT is each case's own

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

setup()
{
	common_setup
}

# What a case has damaged is not held against the schema.
teardown()
{
	[ ! -d "$ROOT" ] || chattr -R -i "$ROOT" 2>/dev/null || :
	rm -rf "$ROOT"
	common_teardown
}

# faults LINE...: verify prints exactly these, and exits with 1; none: with 0.
faults()
{
	local status=0

	query verify >"$WORK/faults" 2>"$WORK/stderr" || status=$?
	same "$(sed "s#^$ROOT##" "$WORK/faults")" "$(printf '%s\n' "$@")" "faults"
	same "$status" "$(($# > 0))" "exit status"
	same "$(cat "$WORK/stderr")" "" "on stderr"
}

old()
{
	touch -d '1 minute ago' "$@"
}

@test "a store without a fault, and none at all" {
	fails 0 "there is no store at '$ROOT'" verify
	sample_store
	faults
}

@test "modes" {
	running web front
	chmod 750 "$ROOT"
	chmod 755 "$ROOT/web"
	chmod 640 "$ROOT/web/lifecycle.json"
	faults ': has mode 0750, not 0700' '/web: has mode 0755, not 0700' \
		'/web/lifecycle.json: has mode 0640, not 0600'
}

@test "a store that others can write, or replace" {
	mkdir "$WORK/open"
	ROOT=$WORK/open/store
	running web front
	chmod 777 "$ROOT"
	faults ': has mode 0777, not 0700' \
		": the store '$ROOT' is not safe: a component of its path can be written by others"
	chmod 700 "$ROOT"
	chmod 777 "$WORK/open"
	faults ": the store '$ROOT' is not safe: a component of its path can be written by others"
}

@test "owners" {
	need_root
	running web front
	chown 12345 "$ROOT/web" "$ROOT/web/lifecycle.json"
	faults '/web: belongs to user 12345, not to 0' '/web/lifecycle.json: belongs to user 12345, not to 0'
}

@test "links" {
	running web front
	running api back
	ln "$ROOT/web/lifecycle.json" "$WORK/hard"
	mv "$ROOT/api/lifecycle.json" "$WORK/soft"
	ln -s "$WORK/soft" "$ROOT/api/lifecycle.json"
	faults "/api/lifecycle.json: cannot be read: 'api': 'lifecycle.json' is not a regular file" \
		'/api/lifecycle.json: is no regular file' \
		"/web/lifecycle.json: cannot be read: 'web': 'lifecycle.json' has more than one link" \
		'/web/lifecycle.json: has 2 links'
}

@test "foreign files, in the store and in a container's directory" {
	running web front
	touch "$ROOT/file" "$ROOT/web/note" "$ROOT/web/.tmp-lifecycle.json123"
	mkdir "$ROOT/.hidden" "$ROOT/web/directory"
	ln -s web "$ROOT/link"
	query verify | sed "s#^$ROOT##" | sort >"$WORK/said" || :
	same "$(cat "$WORK/said")" "$(printf '%s\n' "/.hidden: is no container's directory" \
		"/file: is no container's directory" "/link: is no container's directory" \
		'/web/.tmp-lifecycle.json123: is not ours' '/web/directory: is not ours' '/web/note: is not ours')" faults
}

@test "what is left of a write that did not end, and an empty directory, once they are old" {
	running web front
	mkdir -m 700 "$ROOT/empty"
	(umask 077 && touch "$ROOT/web/.lifecycle.json.tmp")
	faults
	old "$ROOT/web/.lifecycle.json.tmp" "$ROOT/empty"
	faults '/empty: holds no record' '/web/.lifecycle.json.tmp: is left of a write that did not end'
}

@test "a bad record, and one that was set aside" {
	running web front
	running api back
	echo '{"version":2}' >"$ROOT/api/lifecycle.json"
	echo garbage >"$ROOT/web/lifecycle.json"
	query verify >"$WORK/said" || :
	grep -q '/api/lifecycle.json: cannot be read: ' "$WORK/said"
	grep -q '/web/lifecycle.json: cannot be read: ' "$WORK/said"
	same "$(wc -l <"$WORK/said")" 2 faults
	named_state web front | hook create-runtime
	faults "$(sed -n "s#^$ROOT/api#/api#p" "$WORK/said")" \
		'/web/lifecycle.json.corrupt: is a bad record that was set aside'
}

@test "a record that is too large, or of another container" {
	running web front
	running api back
	rewrite web '.padding = ("x" * 70000)'
	rewrite api '.id = "other"'
	query verify | sed "s#^$ROOT##" >"$WORK/said" || :
	grep -qx "/api/lifecycle.json: is the record of 'other'" "$WORK/said"
	grep -qxE '/web/lifecycle.json: has 70[0-9]+ bytes, over 65536' "$WORK/said"
	same "$(wc -l <"$WORK/said")" 2 faults
}

@test "generations whose end nobody recorded" {
	running web front
	end_living
	faults '/web/lifecycle.json: generation 1 is recorded as running, and its process is gone (exited)'
	running web front
	faults
	rewrite web 'del(.previous[0].reason)'
	faults '/web/lifecycle.json: generation 1 has no end'
	rewrite web '.previous[0].generation = 7 | .previous[0].reason = "exited"'
	faults '/web/lifecycle.json: generation 2 comes after 7'
}

@test "names with control bytes are escaped" {
	running web front
	touch "$ROOT/web/"$'a\033[2J\nb'
	faults '/web/a\x1b[2J\x0ab: is not ours'
}

@test "one container's directory" {
	local status=0

	running web front
	"$QUERY" --state-dir "$ROOT/web" verify
	chmod 644 "$ROOT/web/lifecycle.json"
	"$QUERY" --state-dir "$ROOT/web" verify >"$WORK/said" || status=$?
	same "$status $(cat "$WORK/said")" "1 $ROOT/web/lifecycle.json: has mode 0644, not 0600" "said"
}

@test "a runtime's FIFO beside the record is no fault, in any mode; another file of that name is" {
	running web front
	mkfifo -m 622 "$ROOT/web/.exec-fifo"
	ln "$ROOT/web/.exec-fifo" "$WORK/exec.fifo"
	same "$(query verify)" "" "a FIFO with two names"
	rm "$ROOT/web/.exec-fifo"
	touch "$ROOT/web/.exec-fifo"
	fails 1 "" verify
	grep -qF "$ROOT/web/.exec-fifo: is no FIFO" "$WORK/stdout" || fail "$(cat "$WORK/stdout")"
	rm "$ROOT/web/.exec-fifo"
}
