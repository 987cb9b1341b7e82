#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# shellcheck disable=SC2030,SC2031 # REAL is each case's own
# lifecycle-runtime's own command line, and that the runtime which it hands on to finds all as if it were not there.

load helpers
load engines

setup() {
	common_setup
	need jq
	mkdir -p "$WORK/bundle"
	echo '{}' >"$WORK/bundle/config.json"
}

teardown() {
	common_teardown
}

# ours ARG...: over $REAL, which stands for a runtime; with PREFIXED='exec' in the place of a subshell.
ours() {
	${PREFIXED:-} "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$REAL" --lifecycle-root "$ROOT" \
		--lifecycle-hooks "$HOOKS_DIR" "$@"
}

# stand_in SCRIPT: $REAL, a runtime that does just this.
stand_in() {
	REAL=$WORK/real
	printf '#!/bin/sh\n%s\n' "$1" >"$REAL"
	chmod 0755 "$REAL"
}

@test "help and version are ours if nothing else is asked, the rest is the runtime's" {
	REAL=$(type -P echo)
	for option in --help --lifecycle-help "--lifecycle-root / --lifecycle-help create --bundle x y"; do
		# shellcheck disable=SC2086 # words
		run -0 ours $option
		[[ ${lines[0]} == "usage: lifecycle-runtime "* ]]
	done
	run -0 ours --lifecycle-version
	[[ $output =~ ^lifecycle-runtime\ [0-9.]+$ ]]
	same "$(ours --version)" "$("$REAL" --version)" "the runtime's version"
	same "$(ours help)" help "the runtime's help"
	same "$(ours -h)" -h "the runtime's help"
	same "$(ours)" "" "no argument at all"
	same "$(ours exec --help x)" "exec --help x" "a command's help"
}

@test "a wrong option of ours is a usage error, on one line, and nothing is run" {
	stand_in "touch $WORK/ran"
	for option in --lifecycle-no --lifecycle-wrap=1 --lifecycle-root --lifecycle-root=relative "--lifecycle-hooks relative" \
		--lifecycle-exit-dir=relative; do
		# shellcheck disable=SC2086 # words
		soft 2 ours $option
		grep -Eq -- "--lifecycle-|relative" "$WORK/stderr"
	done
	[ ! -e "$WORK/ran" ]
}

@test "every other word reaches the runtime as it is, and so does its output" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'for word; do printf "<%s>" "$word"; done; cat'
	for words in "exec a b" "state" "create --bundle $WORK/bundle" "start" "run -b $WORK/bundle" "--lo g"; do
		# shellcheck disable=SC2086 # words
		same "$(echo in | ours --root "/a b" --x= "" $words "" "*" '"' 2>/dev/null)" \
			"$(echo in | "$REAL" --root "/a b" --x= "" $words "" "*" '"')" "$words"
	done
}

@test "the exit status is the runtime's, and so is the signal that ends it" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'ulimit -c 0; case $2 in [0-9]*) exit $2 ;; *) kill -$2 $$ ;; esac'
	for command in create start state; do
		for code in 0 1 2 77 127 255; do
			ended=0
			ours $command "$code" 2>/dev/null || ended=$?
			same "$ended" "$code" "$command: exit status"
		done
		for signal in HUP KILL TERM SEGV PIPE; do
			how_it_ended "$(type -P true)" "$REAL" "$command" "$signal" >"$WORK/direct"
			how_it_ended "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$REAL" --lifecycle-root "$ROOT" \
				--lifecycle-hooks "$HOOKS_DIR" "$command" "$signal" >"$WORK/ours"
			same "$(cat "$WORK/ours")" "-$(kill -l "$signal")" "$command: signal $signal"
		done
	done
}

# A shell cannot tell a signal from 128+N.
how_it_ended() {
	"$PYTHON" -c 'import subprocess, sys; print(subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode)' "$@"
}

# What a process can see of how it was started.
# shellcheck disable=SC2016 # the stand-in's
portrait='
	tr "\0" "\n" </proc/$$/environ
	cat /proc/$$/limits
	# no substitution: its pipe would be seen, too
	for fd in 0 1 2 3 4 5 6 7 8 9; do printf "%s " $fd; readlink /proc/$$/fd/$fd || echo; done
	readlink /proc/$$/cwd
'

# in_odd_state FILE COMMAND...: in a state that has little to do with the test's own; what it prints, in FILE.
in_odd_state() (
	file=$1
	shift
	mkdir -p "$WORK/elsewhere"
	cd "$WORK/elsewhere" || exit
	umask 0137
	ulimit -Sn 64
	ulimit -Sd 1000000
	trap '' USR1 PIPE CHLD XFSZ
	LISTEN_FDS=2 OCI_LIFECYCLE_ROOT=$ROOT setsid -w "$PYTHON" "$BATS_TEST_DIRNAME/spawn.py" --block INT,USR2,RTMIN "$@" \
		0</dev/zero 1>"$file" 2>&1 3</dev/null 4<"$REAL" 5>&- 6>&- 7<"$WORK" 8>&- 9>&- || :
)

@test "environment, descriptors, directory and limits are what the engine gave" {
	stand_in "$portrait"
	same_portraits
	grep -q "^Max open files *64 " "$WORK/ours"
	grep -q "^7 $WORK$" "$WORK/ours"
}

@test "umask, signals and capabilities are what the engine gave" {
	REAL=$WORK/real
	# no shell: it has its own way with signals
	echo '#!/usr/bin/env -S grep -hsE "^(Umask|Sig[A-PR-Z]|ShdPnd|NoNewPrivs|Seccomp|Cap|Groups|[UG]id)" /proc/self/status --' >"$REAL"
	chmod 0755 "$REAL"
	same_portraits
	grep -q "^Umask:.*0137" "$WORK/ours"
	grep -q "^SigBlk:.*[1-9a-f]" "$WORK/ours"
	grep -q "^SigIgn:.*[1-9a-f]" "$WORK/ours"
}

# What it prints with us before it and without.
same_portraits() {
	for command in state "create --bundle $WORK/bundle" start "run --bundle $WORK/bundle"; do
		# shellcheck disable=SC2086 # words
		in_odd_state "$WORK/direct" "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$REAL" --lifecycle-hooks "$HOOKS_DIR" \
			--lifecycle-root "$ROOT" $command probe
		mv "$WORK/direct" "$WORK/ours"
		# shellcheck disable=SC2086 # words
		in_odd_state "$WORK/direct" "$REAL" $command probe
		diff -u <(without_own "$WORK/direct") <(without_own "$WORK/ours")
	done
}

# A pipe of the shell's is each run's own.
without_own() {
	sed 's/pipe:.*/pipe/' "$1"
}

@test "descriptors 0 to 2 that are closed stay closed, and nothing of ours is written to a file in their place" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'for fd in 0 1 2; do [ ! -e /proc/$$/fd/$fd ] || open="$open $fd"; done; echo "$open" >'"$WORK/open"
	echo '{"hooks":[]}' >"$WORK/bundle/config.json"
	cp "$WORK/bundle/config.json" "$WORK/before"
	for command in state create start run restore; do
		ours $command --bundle "$WORK/bundle" probe <&- >&- 2>&-
		same "$(cat "$WORK/open")" "" "$command: open"
		rm "$WORK/open"
		cmp "$WORK/bundle/config.json" "$WORK/before"
	done
}

@test "signals that are sent to us reach the runtime, and it dies with us" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'trap "echo TERM >>'"$WORK/got"'; exit 9" TERM; trap "echo USR1 >>'"$WORK/got"'" USR1
		echo $$ >'"$WORK/pid"'; while :; do sleep 0.05; done'
	for command in create start; do
		rm -f "$WORK/got" "$WORK/pid"
		PREFIXED='exec' ours $command --bundle "$WORK/bundle" probe 3>&- &
		eventually test -s "$WORK/pid"
		kill -USR1 $!
		eventually grep -qs USR1 "$WORK/got"
		kill -TERM $!
		ended=0
		wait $! || ended=$?
		same "$ended $(tail -1 "$WORK/got")" "9 TERM" "$command: exit status and signal"
	done
	rm "$WORK/pid"
	PREFIXED='exec' ours start probe 3>&- &
	eventually test -s "$WORK/pid"
	background "$(cat "$WORK/pid")"
	kill -KILL $!
	wait $! || :
	eventually gone_or_zombie "$(cat "$WORK/pid")"
}

@test "sockets that systemd hands down for us are the runtime's, and another's stay another's" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'echo "$LISTEN_FDS $((LISTEN_PID - $$)) $LISTEN_PID" >'"$WORK/sockets"
	for command in state create start run; do
		(LISTEN_FDS=1 LISTEN_PID=$BASHPID PREFIXED='exec' ours $command --bundle "$WORK/bundle" probe)
		[[ $(cat "$WORK/sockets") == "1 0 "* ]] || fail "$command: $(cat "$WORK/sockets")"
		LISTEN_FDS=1 LISTEN_PID=1 ours $command --bundle "$WORK/bundle" probe
		[[ $(cat "$WORK/sockets") == "1 "*" 1" ]] || fail "$command: $(cat "$WORK/sockets")"
	done
}

@test "the runtime's argv[0] is its own path, or where a name was found" {
	REAL=$WORK/real
	cp "$(type -P busybox)" "$REAL" || skip "needs busybox"
	run -127 ours nothing
	[[ $output == "real: applet not found"* ]] || fail "$output"
	same "$(PATH=$WORK:$PATH "$LIFECYCLE_RUNTIME" --lifecycle-runtime real nothing 2>&1 || :)" "real: applet not found"
}

@test "OCI_LIFECYCLE_ROOT is the store, unless --lifecycle-root says another; a relative one is told and ignored" {
	stand_in true
	OCI_LIFECYCLE_ROOT=$ROOT "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$REAL" --lifecycle-hooks "$HOOKS_DIR" run \
		--bundle "$WORK/bundle" probe
	same "$(jq -r '.hooks.poststop[0].args[2]' "$WORK/bundle/config.json")" "$ROOT" "the store of the hooks"
	echo '{}' >"$WORK/bundle/config.json"
	OCI_LIFECYCLE_ROOT=/other ours run --bundle "$WORK/bundle" probe
	same "$(jq -r '.hooks.poststop[0].args[2]' "$WORK/bundle/config.json")" "$ROOT" "the store of the hooks"
	OCI_LIFECYCLE_ROOT=relative soft 0 "$LIFECYCLE_RUNTIME" --lifecycle-runtime "$REAL" --lifecycle-hooks "$HOOKS_DIR" run \
		--bundle "$WORK/bundle" probe
}

# In an empty environment, too: runc is looked for where programs are.
@test "with no argument at all, not even its own name, it becomes the runtime" {
	need runc
	run -0 "$PYTHON" "$BATS_TEST_DIRNAME/spawn.py" --no-argv "$LIFECYCLE_RUNTIME"
	[[ $output == *"runc - Open Container Initiative runtime"* ]]
}

@test "without a name the runtime is the runc in PATH" {
	stand_in 'echo the runc in PATH'
	mv "$REAL" "$WORK/runc"
	same "$(PATH=$WORK "$LIFECYCLE_RUNTIME" state x 2>&1)" "the runc in PATH" output || fail "$(cat "$WORK/runc")"
	mkdir "$WORK/elsewhere"
	cp "$(type -P false)" "$WORK/elsewhere/runc"
	cd "$WORK/elsewhere"
	for before in '' . ../elsewhere; do
		same "$(PATH=$before:$WORK "$LIFECYCLE_RUNTIME" state x 2>&1)" "the runc in PATH" "with '$before' before it, output"
	done
}

# hooks_of WORD...: the points at which a command line has hooks of ours added to the bundle; restored afterwards.
hooks_of() {
	echo '{}' >"$WORK/bundle/config.json"
	(cd "$WORK/elsewhere" && ours "$@" probe)
	jq -r '.hooks // {} | keys | join(" ")' "$WORK/bundle/config.json"
}

@test "restore has our hooks added, without a limit, since the runtime may stay for the container's life" {
	stand_in true
	mkdir "$WORK/elsewhere"
	for detach in "" --detach; do
		# shellcheck disable=SC2086 # a word or none
		same "$(hooks_of restore --image-path /i $detach --bundle "$WORK/bundle" 2>/dev/null)" "createRuntime poststart poststop"
		same "$(jq -c '[.hooks[][].timeout]' "$WORK/bundle/config.json")" "[null,null,null]" limits
	done
}

# As crun's restore, which calls no hooks. What was restored before has ended, and is another life.
@test "restore is create and start in one: the container runs, its start is the runtime's" {
	state probe | quiet_hook create-runtime
	end_living
	state probe 0 stopped | quiet_hook poststop
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'sleep 600 </dev/null >/dev/null 2>&1 3>&- & cat /proc/$!/stat >>'"$WORK/background"'
		while [ $# -gt 1 ]; do case $1 in --pid-file) echo $! >"$2" ;; esac; shift; done'
	ours restore --image-path /i --work-path /w --detach --pid-file "$WORK/pid" --bundle "$WORK/bundle" probe 2>"$WORK/stderr"
	same "$(cat "$WORK/stderr")" "" stderr
	same "$(record probe .generation)" 2 generation
	same "$(record probe .pid)" "$(cat "$WORK/pid")" pid
	same "$(record probe .status)" running status
	same "$(record probe .started_at_source)" runtime started_at_source
	same "$(inspect probe .observed.status)" running observed
}

@test "a restore that fails is recorded, in the runtime's words" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'echo "{\"level\":\"error\",\"msg\":\"criu failed\"}" >>'"$WORK/log.json"'; exit 1'
	! ours --log "$WORK/log.json" restore --detach --bundle "$WORK/bundle" probe || fail "restored"
	same "$(record probe .create_error)" true create_error
	same "$(record probe '.errors[0] | "\(.point) \(.message)"')" "restore criu failed" error
	same "$(inspect probe .observed.reason)" create_failed reason
}

# The runtime stays for the container's life, and takes our place, as with run.
@test "restore that is not detached is handed on, and not waited for" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'echo $$'
	PREFIXED='exec' ours restore --bundle "$WORK/bundle" probe >"$WORK/pid" 3>&- &
	wait $!
	same "$(cat "$WORK/pid")" "$!" "the runtime's pid"
	[ ! -e "$ROOT/probe" ] || fail "there is a record"
}

@test "the bundle is meant in each spelling, and no other bundle is changed" {
	stand_in true
	mkdir "$WORK/elsewhere"
	echo '{}' >"$WORK/elsewhere/config.json"
	for words in "--bundle $WORK/bundle" "-bundle $WORK/bundle" "--bundle=$WORK/bundle" "-b $WORK/bundle" \
		"-b$WORK/bundle" "--bu $WORK/bundle" "--bund=$WORK/bundle" "-db $WORK/bundle" "-db$WORK/bundle"; do
		# shellcheck disable=SC2086 # words
		same "$(hooks_of create $words)" "createRuntime poststart poststop" "hooks with $words"
	done
	# with one dash and a `=` crun takes a directory whose name begins with that, or with `undle=`
	for words in "-xb$WORK/bundle" "-b=$WORK/bundle" "-bundle=$WORK/bundle"; do
		same "$(hooks_of create "$words" 2>"$WORK/stderr")" "" "hooks with $words, which is not clear"
		one_line "$WORK/stderr"
	done
	same "$(cat "$WORK/elsewhere/config.json")" "{}" "the bundle of the current directory"
}

@test "annotations to be kept, and the one with the name, are our hooks' own options" {
	stand_in true
	ours --lifecycle-annotation team --lifecycle-name-annotation x.name run --bundle "$WORK/bundle" probe
	for point in createRuntime poststart poststop; do
		same "$(jq -c ".hooks.${point}[0].args[3:]" "$WORK/bundle/config.json")" \
			'["--name-annotation","x.name","--annotation","team"]' "arguments at $point"
	done
	# what a runtime does with them
	jq -r '.hooks.createRuntime[0] | .path, .args[1:][]' "$WORK/bundle/config.json" >"$WORK/hook"
	mapfile -t words <"$WORK/hook"
	state probe | jq -c '.annotations = {"x.name": "web", team: "blue", secret: "no"}' | "${words[@]}"
	same "$(record probe '[.name, .annotations] | tojson')" '["web",{"team":"blue"}]' "name and annotations"
	soft 2 ours --lifecycle-annotation= create probe
}

@test "of another config.json than the bundle's nothing is known: it is passed on, with a warning" {
	stand_in true
	echo '{}' >"$WORK/other.json"
	for words in "-f $WORK/other.json" "--config=$WORK/other.json"; do
		# shellcheck disable=SC2086 # words
		soft 0 ours create $words --bundle "$WORK/bundle" probe
		grep -q "no hooks are added: only a bundle's config.json is known$" "$WORK/stderr"
	done
	same "$(cat "$WORK/bundle/config.json" "$WORK/other.json")" "{}"$'\n'"{}" "what is in both"
	same "$(record probe .status)" created status
}

@test "a pid that is none is not recorded, whatever the runtime wrote" {
	# shellcheck disable=SC2016 # the stand-in's
	stand_in 'while [ $# -gt 1 ]; do case $1 in --pid-file) cp '"$WORK/pid.text"' "$2" ;; esac; shift; done'
	for text in "" x 0 -1 "$$"; do
		printf %s "$text" >"$WORK/pid.text"
		ours create --bundle "$WORK/bundle" --pid-file "$WORK/pid" probe
		if [ "$text" = "$$" ]; then
			same "$(record probe .pid)" "$$" pid
		else
			same "$(record probe .pid)" "" "pid of '$text'"
		fi
		rm -r "${ROOT:?}/probe"
	done
}

@test "an ID that can be no container's is the runtime's to refuse, and is not recorded" {
	stand_in 'exit 3'
	for id in ../x .x "$(printf 'x%.0s' {1..256})" ''; do
		ended=0
		ours create --bundle "$WORK/bundle" "$id" 2>"$WORK/stderr" || ended=$?
		same "$ended" 3 "exit status with '$id'"
		same "$(cat "$WORK/stderr")" "" "stderr with '$id'"
	done
	[ ! -e "$ROOT" ] || fail "$(ls "$ROOT")"
	[ ! -e "$WORK/x" ] || fail "it is beside the store"
}

@test "a runtime that cannot be become is told, at each command" {
	stand_in true
	echo '#!/no/such/interpreter' >"$REAL"
	for command in state create start run "restore --detach"; do
		ended=0
		# shellcheck disable=SC2086 # words
		ours --log "$WORK/log" $command --bundle "$WORK/bundle" probe 2>"$WORK/stderr" || ended=$?
		same "$ended" 1 "exit status of $command"
		one_line "$WORK/stderr"
		grep -q "cannot run the real runtime '$REAL': No such file or directory" "$WORK/stderr"
		grep -q "level=error.*cannot run the real runtime" "$WORK/log"
		rm "$WORK/log"
	done
}

# name_of SOURCE [DESTINATION]: the recorded name of `probe`, whose bundle mounts SOURCE there; its record is removed.
name_of() {
	jq -n --arg source "$1" --arg destination "${2:-/etc/hostname}" \
		'{mounts: [{destination: "/etc/hosts", source: "/x"}, {$destination, $source}]}' >"$WORK/bundle/config.json"
	ours create --bundle "$WORK/bundle" probe
	record probe .name
	rm -r "${ROOT:?}/probe"
}

@test "the name of Docker's is the one in config.v2.json, beside the file that is mounted on /etc/hostname" {
	local directory=$WORK/containers/probe

	stand_in true
	mkdir -p "$directory" "$WORK/containers/other"
	jq -n '{ID: "probe", Config: {Name: "/no"}, Name: "/web"}' | tee "$directory/config.v2.json" >"$WORK/good"
	cp "$WORK/good" "$WORK/containers/other/config.v2.json"
	same "$(name_of "$directory/hostname")" web
	# another container's, another file's, no path, no mount
	same "$(name_of "$WORK/containers/other/hostname")" ""
	same "$(name_of "$directory/hosts")" ""
	same "$(name_of "$directory/hostname" /etc/resolv.conf)" ""
	same "$(name_of probe/hostname)" ""
	same "$(name_of hostname)" ""
	same "$(name_of "$WORK/containers/none/hostname")" ""
}

@test "a config.v2.json that is not as Docker has it gives no name, and holds nothing up" {
	local file=$WORK/containers/probe/config.v2.json text

	stand_in true
	mkdir -p "${file%/*}"
	for text in '' '[]' '{"Name":"/web"}' '{"ID":"other","Name":"/web"}' '{"ID":"probe","Name":"web"}' '{"ID":"probe","Name":"/"}' \
		'{"ID":"probe","Name":1}' '{"ID":"probe","Name":"/web","name":"/other"}' '{"ID":"probe","Name":"/web"' \
		"{\"ID\":\"probe\",\"Name\":\"/$(head -c 300 /dev/zero | tr '\0' x)\"}"; do
		echo "$text" >"$file"
		same "$(name_of "${file%/*}/hostname")" "" "name of $text"
	done
	echo '{"ID":"probe","Name":"/web"}' >"$file"
	truncate -s 1048576 "$WORK/zeros"
	tr '\0' ' ' <"$WORK/zeros" >>"$file"
	same "$(name_of "${file%/*}/hostname")" "" "name in a large file"
	echo '{"ID":"probe","Name":"/web"}' >"$WORK/elsewhere"
	ln -sf "$WORK/elsewhere" "$file"
	same "$(name_of "${file%/*}/hostname")" "" "name behind a link"
	rm "$file"
	mkfifo "$file"
	same "$(within 2000 name_of "${file%/*}/hostname")" "" "name in a pipe"
	same "$(name_of "${file%/*}/hostname" 2>&1)" "" "what is said"
}

# words_of LOG: what is recorded of a create that fails and leaves this in its log, behind what was there before.
words_of() {
	printf '%s' "$1" >"$WORK/words"
	echo '{"level":"error","msg":"of before"}' >"$WORK/log.json"
	stand_in "cat '$WORK/words' >>'$WORK/log.json'; exit 1"
	! ours --log "$WORK/log.json" create --bundle "$WORK/bundle" probe || fail "created"
	record probe '.errors[0].message'
	rm -r "${ROOT:?}/probe"
}

@test "the runtime's words are the last error's message, however its log is laid out" {
	local pretty=$'{\n  "msg": "container \'x\' exists",\n  "level": "error",\n  "time": "now"\n}\n'

	same "$(words_of '{"level":"error","msg":"no such file"}')" "no such file"
	same "$(words_of "$pretty")" "container 'x' exists"
	same "$(words_of '{"level":"error","msg":"first"}'$'\n'"$pretty")" "container 'x' exists"
	same "$(words_of "$pretty"'{"level":"error","msg":"last"}{"level":"warning","msg":"no"}')" last
	same "$(words_of "$pretty"'{"level":"error","msg":"-- "}')" "container 'x' exists"
	same "$(words_of "$pretty"$'and a line of text\n')" "container 'x' exists"
	# text logs, whose lines without a letter say nothing
	same "$(words_of $'first\nlevel=error msg="the last"\n')" 'level=error msg="the last"'
	same "$(words_of $'what it was\n}\n ---\n42\n')" "what it was"
	same "$(words_of $'\xc3\xa9\n}\n')" "é"
	# a value that is not whole
	same "$(words_of $'what it was\n{"level":"error","msg":"cut o')" "what it was"
	for nothing in '' $'}\n' '{' $'{"level":"warning","msg":"a warning"}\n' $'{"level":"error","msg":"}"}\n'; do
		same "$(words_of "$nothing")" "$(words_of '')" "words of '$nothing'"
	done
}

# options FILE: each option of ours that a text names, once.
options() {
	grep -Eo -- '--lifecycle-[a-z]+(-[a-z]+)*' "$1" | sort -u
}

@test "help, manual and completions name the same options" {
	"$LIFECYCLE_RUNTIME" --lifecycle-help >"$WORK/help"
	options "$WORK/help" >"$WORK/options"
	[ "$(wc -l <"$WORK/options")" -ge 7 ]
	for text in lifecycle-runtime.8.scd completions/bash/lifecycle-runtime completions/zsh/_lifecycle-runtime; do
		diff -u "$WORK/options" <(options "$TOP_SRCDIR/tools/$text")
	done
	diff -u "$WORK/options" <(sed -n 's/.* -l \(lifecycle-[a-z-]*\).*/--\1/p' \
		"$TOP_SRCDIR/tools/completions/fish/lifecycle-runtime.fish" | sort -u)
}

@test "help and manual of the hooks name the same options" {
	local name

	for name in "${HOOK_NAMES[@]}"; do
		"$HOOKS_DIR/lifecycle-$name" --help
	done >"$WORK/help"
	diff -u <(grep -Eo -- '^  --[a-z0-9-]+' "$WORK/help" | tr -d ' ' | sort -u) \
		<(sed -n '/^# OPTIONS/,/^# WRAPPING/p' "$TOP_SRCDIR/hooks/lifecycle-hooks.8.scd" | grep -Eo '^\*--[a-z0-9-]+.*' |
			grep -Eo -- '--[a-z0-9-]+' | sort -u)
}

@test "bash completes our options before the command, and files after it" {
	# shellcheck source=tools/completions/bash/lifecycle-runtime
	. "$TOP_SRCDIR/tools/completions/bash/lifecycle-runtime"
	compopt() {
		:
	}
	cd "$WORK"
	complete_word() {
		COMP_WORDS=(lifecycle-runtime "$@") COMP_CWORD=$#
		_lifecycle_runtime
		echo "${COMPREPLY[*]}"
	}
	same "$(complete_word --lifecycle-r)" "--lifecycle-runtime --lifecycle-root"
	same "$(complete_word --lifecycle-wrap st)" "start state"
	same "$(complete_word --lifecycle-runtime run)" "runc runsc"
	mkdir "$WORK/only"
	same "$(complete_word --lifecycle-root "$WORK/on")" "$WORK/only"
	same "$(complete_word create --lifecycle-r)" ""
}

@test "zsh and fish can read their completions" {
	need zsh
	need fish
	zsh -n "$TOP_SRCDIR/tools/completions/zsh/_lifecycle-runtime"
	fish --no-execute "$TOP_SRCDIR/tools/completions/fish/lifecycle-runtime.fish"
}
