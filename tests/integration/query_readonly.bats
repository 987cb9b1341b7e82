#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query changes nothing, waits for nobody, and is not confused by writers.

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

# Each way of calling it that reads a store.
each_command()
{
	"$@" list
	"$@" list --format json
	"$@" list --format '{{.ID}}' --filter status=running --sort -created_at
	"$@" inspect web bad
	"$@" inspect --compat docker job
	"$@" inspect --compat oci job
	"$@" started-at web
	"$@" timeline bad
	"$@" explain bad
	"$@" events
	"$@" wait job
	"$@" wait web --timeout 0.1 || :
	timeout 0.3 "$@" events --follow || :
	"$@" metrics
	"$@" verify
}

# Also the times at which something was last read would show that it was written.
whole_snapshot()
{
	snapshot "$ROOT"
	find "$ROOT" -printf '%P %T@ %C@ %i\n' | LC_ALL=C sort
}

@test "no command changes the content, the times or the modes of anything in the store" {
	sample_store
	whole_snapshot >"$WORK/before"
	each_command "$QUERY" --root "$ROOT" >/dev/null 2>&1
	"$QUERY" __complete --root "$ROOT" inspect '' >/dev/null
	whole_snapshot >"$WORK/after"
	diff -u "$WORK/before" "$WORK/after"
	rewrite web '.status = "running"'
	whole_snapshot >"$WORK/after"
	! cmp -s "$WORK/before" "$WORK/after" || fail "the snapshot sees nothing"
}

# A file without a name in /tmp is where metrics keeps what it has to sort.
@test "no command asks for a write, or a lock" {
	need strace
	sample_store
	export QUERY ROOT
	each_command strace -f -qq -o "$WORK/trace" -A \
		-e trace=%file,flock,fcntl,fchmod,fchown,ftruncate "$QUERY" --root "$ROOT" >/dev/null 2>&1
	[ "$(wc -l <"$WORK/trace")" -gt 200 ] || fail "hardly anything was traced"
	grep -q "$ROOT" "$WORK/trace"
	! grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE|F_(OFD_)?SETLK|^[0-9]+ +(flock|f?(mkdir|mknod|unlink|rename|link|symlink|chmod|chown|truncate|utime)[a-z0-9]*)\(' \
		"$WORK/trace" | grep -vE '"/dev/(tty|null)"|"/tmp", O_RDWR\|O_EXCL\|O_TMPFILE|F_GETFL' || fail "it writes or locks"
}

@test "a record with the oddest values that can be read is shown by every command" {
	sample_store
	rewrite web '.hooks[0] += {command: "/x", duration_ns: 9223372036854774784} | .hooks[1] += {duration_ns: -5}
		| del(.hooks[1].point, .errors) | .created_at = "2262-01-01T00:00:00Z" | .exit_code = -9007199254740991
		| .previous = [{generation: 9, pid: -1}, {}] | .errors = [{}] | .pid = 2147483648'
	for command in list "list --format json" "list --sort exit_code" "inspect web" "inspect --compat docker web" \
		"timeline web" "explain web" events metrics; do
		# shellcheck disable=SC2086 # its arguments
		query $command >"$WORK/said"
		! grep -F '(null)' "$WORK/said" || fail "$command"
	done
	query verify >/dev/null || same "$?" 1 "exit status of verify"
	if command -v promtool >/dev/null; then
		query metrics | promtool check metrics
	fi
	rm -r "$ROOT/web"
}

@test "a lock that is held for ever holds up no command" {
	sample_store
	flock --no-fork "$ROOT/web" sleep 600 3>&- &
	background $!
	eventually is_locked "$ROOT/web"
	timeout 10 "$QUERY" --root "$ROOT" inspect web >/dev/null
	timeout 10 "$QUERY" --root "$ROOT" list >/dev/null
	timeout 10 "$QUERY" --root "$ROOT" verify
}

@test "a store on a read-only file system" {
	need_root
	sample_store
	# shellcheck disable=SC2016 # of that shell
	unshare --mount sh -euc 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; shift; "$@" list; "$@" inspect web' \
		sh "$ROOT" "$QUERY" --root "$ROOT" >/dev/null
}

# SECONDS_OF_WRITING=30 for the whole measure.
@test "list, while 20 writers hammer the store: no malformed line, no living container missing" {
	"$PYTHON" "$here/hammer.py" "$HOOKS_DIR" "$QUERY" "$ROOT" "${SECONDS_OF_WRITING:-4}" >"$WORK/hammered"
	note "$(cat "$WORK/hammered")"
}
