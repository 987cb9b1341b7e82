#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query timeline --format svg and json: that a browser shows the picture, and how, is looked at in one. The
# pictures of tests/data/lifelines are those that the unit tests compare.

# shellcheck source=tests/integration/query.bash
. "$BATS_TEST_DIRNAME/query.bash"

DTD=/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-SVG11-20110816/svg11.dtd

setup()
{
	common_setup
}

teardown()
{
	common_teardown
}

# Is well-formed and valid by the DTD of SVG 1.1; nothing is fetched.
valid()
{
	xmllint --noout --nonet --dtdvalid "$DTD" "$@"
}

need_xml()
{
	need xmllint
	[ -e "$DTD" ] || skip "needs the package w3c-sgml-lib"
}

# The picture of a record that is a file: its key "now" means nothing here.
draw()
{
	rm -rf "$WORK/web1"
	mkdir "$WORK/web1"
	cp "$1" "$WORK/web1/lifecycle.json"
	"$QUERY" --state-dir "$WORK/web1" timeline --format "$2"
}

# Records of every kind that there are, one path a line.
records()
{
	ls "$DATA"/explain/*.json "$DATA"/lifelines/*.json
}

@test "svg is well-formed XML, and valid" {
	local file

	need_xml
	valid "$DATA"/lifelines/*.svg
	while read -r file; do
		draw "$file" svg >"$WORK/picture.svg"
		valid "$WORK/picture.svg" || fail "$file"
	done < <(records)
}

@test "a picture that is not valid is found" {
	need_xml
	sed 's|<g>|<g unknown="1">|' "$DATA/lifelines/hung.svg" >"$WORK/attribute.svg"
	sed 's|class="heading"|& <|' "$DATA/lifelines/hung.svg" >"$WORK/bad.svg"
	! valid "$WORK/attribute.svg" 2>/dev/null || fail "an attribute that there is not"
	! valid "$WORK/bad.svg" 2>/dev/null || fail "not well-formed"
}

# What a picture could run, or fetch. xmlns is a name, and fetches nothing.
reaches_out()
{
	sed 's| xmlns="http://www.w3.org/2000/svg"||' "$1" |
		grep -E -i '<(script|a|image|use|foreignObject|!DOCTYPE|!ENTITY)|<\?xml-|href|src=|url\(|@import|@font-face|[[:space:]]on[a-z]+=|https?:'
}

@test "svg runs nothing and fetches nothing, also with a hostile name" {
	local file

	for file in "$DATA"/lifelines/*.svg; do
		! reaches_out "$file" || fail "$file"
	done
	sed 's|<title>|<script>1</script>&|' "$DATA/lifelines/hostile.svg" >"$WORK/bad.svg"
	reaches_out "$WORK/bad.svg" >/dev/null || fail "a script is not found"
}

@test "svg escapes a hostile name, as it comes from a hook" {
	need_xml
	named_state evil $'</text><script>alert("1")</script>&\'\033[31m\001' | hook create-runtime -- /bin/sh -c \
		'printf "]]>&<\357\277\277\033[2J\n" >&2; exit 1' 2>/dev/null || :
	end_living
	query timeline --format svg evil >"$WORK/evil.svg"
	valid "$WORK/evil.svg"
	! reaches_out "$WORK/evil.svg" || fail "markup of a name"
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f]' "$WORK/evil.svg" || fail "control characters"
	same "$(xmllint --xpath 'string(//*[@class="title"])' "$WORK/evil.svg")" \
		"</text><script>alert(\"1\")</script>&'\\x1b[31m\\x01" "the name as it is shown"
	xmllint --xpath 'string(//*[@class="code bad"][2])' "$WORK/evil.svg" | grep -qxF ']]>&<\xef\xbf\xbf\x1b[2J' ||
		fail "the last line of stderr"
}

# look SCHEME [SVG...]: what a browser finds wrong with pictures, at two widths.
look()
{
	need chromium
	"$PYTHON" "$here/look_at_pictures.py" "$WORK" "$@"
}

@test "in a browser every text can be read, light" {
	look light "$DATA"/lifelines/*.svg >"$WORK/said" || fail "$(cat "$WORK/said")"
}

@test "in a browser every text can be read, dark" {
	look dark "$DATA"/lifelines/*.svg >"$WORK/said" || fail "$(cat "$WORK/said")"
}

@test "what cannot be read is found" {
	local change

	for change in 's|\.code { font: 11px|.code { font: 7px|' 's|\.quiet { fill: #59636e|.quiet { fill: #c0c0c0|' \
		's|x="768"|x="860"|' 's|still being created at|& a time that is far too long for the picture to show it all:|' \
		's|y="50"|y="30"|' 's|</style>|&<script>1</script>|' 's|<title>|&\&nbsp;|'; do
		sed "$change" "$DATA/lifelines/hung.svg" >"$WORK/bad.svg"
		! cmp -s "$WORK/bad.svg" "$DATA/lifelines/hung.svg" || fail "no change: $change"
		! look light "$WORK/bad.svg" >"$WORK/said" || fail "not found: $change"
		[ -s "$WORK/said" ] || fail "nothing said of $change"
	done
}

@test "json has the numbers of the picture: what the record has, and how long" {
	local durations='[.hooks[] | select(.command) | .duration_ns] | tojson'

	named_state web front | hook create-runtime -- /bin/true
	named_state web front | hook create-runtime -- /bin/echo a >/dev/null
	named_state web front "" running | quiet_hook poststart
	end_living
	named_state web front 0 stopped | hook poststop -- /bin/true
	query timeline --format json web >"$WORK/numbers"
	same "$(jq -c '[.generations[0].rows[] | select(.kind == "hook" and .command).duration_ns]' "$WORK/numbers")" \
		"$(record web "$durations")" durations
	same "$(jq -c '[.generations[0].rows[] | select(.kind == "phase").phase] | [first, last]' "$WORK/numbers")" \
		'["creating","running"]' phases
	same "$(jq -r '.generations[0].created_at' "$WORK/numbers")" "$(record web .created_at)" "the creation"
	jq -e '.generations[0] | (.rows | map(.begin_ns) | min) == 0 and .origin == .created_at' "$WORK/numbers" >/dev/null
}

@test "what is still running is marked, in each format" {
	running web front
	query timeline web | grep -qE '^ +still running at 2[0-9-]+T[0-9:.]+Z$' || fail "text"
	query timeline --format svg web | grep -q '>still running at 2[0-9-]*T[0-9:.]*Z</text>' || fail "svg"
	query timeline --format json web | jq -e '.generations[0].rows | map(select(.phase == "running").goes_on) == [true]' ||
		fail "json"
	end_living
	! query timeline web | grep -q 'still running' || fail "of one that ended"
}

@test "no other formats" {
	running web front
	fails 2 "no such format: 'png'; there are text, svg and json" timeline --format png web
	same "$(query timeline --format text web | head -1)" "web  front" text
	same "$("$QUERY" __complete timeline --format s | cut -f1)" svg completion
}

# HOOKS_DIR and QUERY are the environment's own.
@test "the demo ends with a failing hook explained, and with the path of its picture" {
	need_root
	need runc
	need jq
	need busybox
	OCI_RUNTIME=runc
	need_runtime
	(cd "$WORK" && sh "$TOP_SRCDIR/tests/demo") </dev/null >"$WORK/said" 2>&1 3>&- || fail "$(tail -20 "$WORK/said")"
	grep -qE '^The createRuntime hook .*/net-hook --bridge br7 failed with exit code 7\.$' "$WORK/said" || fail "$(cat "$WORK/said")"
	same "$(tail -1 "$WORK/said")" "$WORK/demo.svg" "the last line"
	grep -q 'net-hook: there is no bridge br7' "$WORK/demo.svg" || fail "not in the picture"
	! command -v xmllint >/dev/null || xmllint --noout --nonet "$WORK/demo.svg"
}
