#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Which container a name means, and what is said where there is none to read.

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

# meant REF ID
meant()
{
	same "$(query inspect "$1" --format '{{.ID}}')" "$2" "what $1 means"
}

# stopped ID NAME
stopped()
{
	running "$1" "$2"
	end_living
	named_state "$1" "$2" 0 stopped | quiet_hook poststop
}

@test "three lives of one name: the living one, whatever is newer" {
	stopped z1 web
	running a2 web
	mv "$WORK/living" "$WORK/living.a2"
	stopped m3 web
	meant web a2
	meant z1 z1
	kill -KILL "$(cat "$WORK/living.a2")"
	eventually gone_or_zombie "$(cat "$WORK/living.a2")"
	meant web m3
}

@test "two that live: ambiguous, and the candidates are told with name, status and start; none that has stopped" {
	stopped old web
	running "$LONG_ID" web
	rm "$WORK/living"
	waits_for_start
	named_state b2 web | quiet_hook create-runtime
	fails 4 "'web' could be any of 2 containers: 0123456789ab (web, running, started $(record "$LONG_ID" .started_at)), b2 (web, creating)" \
		inspect web
	! grep -q old "$WORK/stderr" || fail "$(cat "$WORK/stderr")"
	run -4 "$CTL" --root "$ROOT" forget web
	end_living
	meant web "$LONG_ID"
}

@test "an exact ID before an exact name, that before a path, that before the beginning of an ID" {
	running web front
	running front ns/pod/web
	running other pod/ctr
	running pod-1 some
	meant web web
	meant front front
	meant ns/pod/web front
	meant pod/web front
	meant ctr other
	meant pod/ctr other
	meant pod- pod-1
	fails 3 "no such container" inspect od/ctr
	fails 3 "no such container" inspect pod/
	fails 3 "no such container" inspect /
	fails 3 "no such container" inspect ../front
	fails 2 "empty reference" inspect ""
}

# pod ID ANNOTATIONS [OPTION]...
pod()
{
	state "$1" | jq -c --argjson annotations "$2" '.annotations = $annotations' | quiet_hook create-runtime "${@:3}"
}

@test "POD/CONTAINER and NAMESPACE/POD/CONTAINER, which nobody asked to be kept" {
	pod c1 '{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.sandbox-name":"shop","io.kubernetes.cri.sandbox-namespace":"prod"}'
	pod c2 '{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.sandbox-name":"shop","io.kubernetes.cri.sandbox-namespace":"test"}'
	pod c3 '{"io.kubernetes.cri-o.ContainerName":"app","io.kubernetes.pod.name":"mail"}'
	meant prod/shop/app c1
	meant test/shop/app c2
	meant mail/app c3
	fails 4 "any of 2 containers" inspect shop/app
	fails 4 "any of 3 containers" inspect app
	fails 3 "no such container" inspect x/prod/shop/app
	fails 3 "no such container" inspect none/mail/app
	fails 3 "no such container" inspect shop/ap
}

@test "a pod's sandbox is not meant by the name of its container, and has none of its own" {
	pod s1 '{"io.kubernetes.cri.container-type":"sandbox","io.kubernetes.cri.sandbox-name":"shop","io.kubernetes.cri.sandbox-namespace":"prod"}'
	pod c1 '{"io.kubernetes.cri.container-type":"container","io.kubernetes.cri.container-name":"app",
		"io.kubernetes.cri.sandbox-name":"shop","io.kubernetes.cri.sandbox-namespace":"prod"}'
	meant app c1
	meant shop/app c1
	meant prod/shop/app c1
	fails 3 "no such container" inspect shop
	fails 3 "no such container" inspect prod/shop
	same "$(record s1 '.annotations | keys | join(" ")')" "io.kubernetes.cri.sandbox-name io.kubernetes.cri.sandbox-namespace" \
		"what is kept of the sandbox"
	same "$(record s1 .name)" "" "the sandbox's name"
}

@test "CRI-O's own name is another than Kubernetes': both mean the container" {
	local annotations='{"io.kubernetes.cri-o.ContainerName":"k8s_app_shop_prod_0","io.kubernetes.container.name":"app",
		"io.kubernetes.pod.name":"shop","io.kubernetes.pod.namespace":"prod"}'

	pod c1 "$annotations"
	pod c2 "$(jq -c '."io.kubernetes.container.name" = "POD"' <<<"${annotations/k8s_app/k8s_POD}")"
	meant k8s_app_shop_prod_0 c1
	meant shop/k8s_app_shop_prod_0 c1
	meant app c1
	meant shop/app c1
	meant prod/shop/app c1
	meant prod/shop/POD c2
}

@test "Kubernetes' names are kept beside the eight annotations that were asked for, and one that is no name is not" {
	local key options=() long

	for key in 1 2 3 4 5 6 7 8; do
		options+=(--annotation "key$key")
	done
	long=$(printf '%0256d' 0)
	pod c1 '{"key1":"v","key2":"v","key3":"v","key4":"v","key5":"v","key6":"v","key7":"v","key8":"v","secret":"v",
		"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.sandbox-name":"shop",
		"io.kubernetes.cri.sandbox-namespace":"prod"}' "${options[@]}"
	pod c2 "{\"io.kubernetes.cri.container-name\":\"app\",\"io.kubernetes.cri.sandbox-name\":\"$long\"}"
	same "$(record c1 '.annotations | length')" 11 "annotations kept"
	same "$(record c1 .annotations.secret)" "" "another annotation"
	same "$(record c2 '.annotations | keys | join(" ")')" io.kubernetes.cri.container-name "what is kept of c2"
	meant prod/shop/app c1
}

# under_conmon LEVELS HOOK OPTION...: the hook called so many processes below a conmon of container c1, whose name is web.
under_conmon()
{
	export LEVELS=$1 BELOW=$WORK/below

	cat >"$BELOW" <<-SCRIPT
		#!/bin/sh
		if [ "\$LEVELS" -gt 1 ]; then
			LEVELS=\$((LEVELS - 1)) "\$BELOW"
		else
			"$HOOKS_DIR/lifecycle-$2" --root "$ROOT" ${*:3} <"$WORK/state"
		fi
		exit \$?
	SCRIPT
	chmod 0755 "$BELOW"
	cp "$BELOW" "$WORK/${CALLED:-conmon}"
	"$WORK/${CALLED:-conmon}" --api-version 1 -c "${CID:-c1}" -u c1 -r runc -n "${NAME-web}"
}

# named HOW NAME: what c1 is called, and is forgotten then.
named()
{
	same "$(record c1 .name)" "$2" "name, $1"
	rm -r "$ROOT/c1"
}

@test "podman's name, of the conmon above the hook, as long as no annotation has another" {
	local levels

	state c1 >"$WORK/state"
	for levels in 1 2 3; do
		under_conmon "$levels" create-runtime
		named "$levels levels below conmon" web
	done
	under_conmon 2 prestart
	named "from prestart" web
	under_conmon 4 create-runtime
	named "too far below" ""
	CALLED=common under_conmon 2 create-runtime
	named "of another program" ""
	CID=c2 under_conmon 2 create-runtime
	named "of another container's conmon" ""
	NAME='' under_conmon 2 create-runtime
	named "of an empty name" ""
	NAME=$'caf\xe9' under_conmon 2 create-runtime
	named "that is not UTF-8" $'caf\xef\xbf\xbd'
	for point in create-container poststart poststop; do
		under_conmon 2 "$point"
		named "from $point" ""
	done
	jq -c '.annotations = {"nerdctl/name": "front", "mine": "side"}' "$WORK/state" >"$WORK/new"
	mv "$WORK/new" "$WORK/state"
	under_conmon 2 create-runtime
	named "with an annotation" front
	under_conmon 2 create-runtime --name-annotation mine
	named "with an annotation that was asked for" side
}

@test "a store that is not there is told, by every reader; an empty list alone means none" {
	local command

	for command in list "list --format json" metrics verify events; do
		# shellcheck disable=SC2086 # words
		fails 0 "lifecycle-query: there is no store at '$ROOT'" $command
		same "$(wc -l <"$WORK/stderr")" 1 "lines of $command"
	done
	for command in inspect started-at timeline wait; do
		fails 3 "there is no store at '$ROOT'" "$command" web
	done
	ctl prune 2>"$WORK/stderr"
	grep -qxF "lifecycle-ctl: there is no store at '$ROOT'" "$WORK/stderr"
	mkdir -m 700 "$ROOT"
	for command in list metrics verify events; do
		fails 0 "" "$command"
		same "$(wc -c <"$WORK/stderr")" 0 "what $command says of an empty store"
	done
}

@test "a store that this user may not read is told, by every reader" {
	local command place

	need_root
	need setpriv
	running web front
	place=$(mktemp -d /tmp/lifecycle-query.XXXXXX)
	cp -r "$ROOT" "$place/store"
	chown -R 65534 "$place/store"
	for command in list metrics verify events "inspect web" "started-at web" "timeline web" "wait web --timeout 1" \
		"events --follow"; do
		# root without its privileges over files: another user may not even reach what is to be tested
		# shellcheck disable=SC2086 # words
		run --separate-stderr timeout 10 setpriv --bounding-set -dac_override,-dac_read_search \
			--inh-caps -dac_override,-dac_read_search "$QUERY" --root "$place/store" $command
		[ "$status" -ne 0 ] && [ "$status" -ne 124 ] || fail "$command: status $status" || break
		# shellcheck disable=SC2154 # run sets it
		[[ $stderr == "lifecycle-query: "*"$place/store"*"Permission denied"* ]] || fail "$command says '$stderr'" || break
	done
	rm -r "$place"
	same "$command" "events --follow" "the last one that was tried"
}

@test "ps and ls are list; -a is what it does; -n N and -l are the newest" {
	sample_store
	same "$(query ps -a -q)" "$(query list -q)" "ps -a"
	same "$(query ls --all --format jsonl)" "$(query list --format jsonl)" "ls --all"
	same "$(query ps -l -q)" web "-l"
	same "$(query ps -n 2 -q | tr '\n' ' ')" "web bad " "-n 2: the newest first"
	same "$(query ps --last=2 --sort id -q | tr '\n' ' ')" "bad web " "sorted"
	same "$(query ps -n 1 --filter status=stopped -q)" bad "of those that are wanted"
	same "$(query ps -n -1 -q | wc -l) $(query ps -n 99 -q | wc -l) $(query ps -n 0 -q | wc -l)" "3 3 0" "edges"
	fails 2 "'two' is no number" ps -n two
	same "$("$QUERY" __complete ps --la | cut -f1 | tr '\n' ' ')" "--last --latest " completion
	query ps --help | grep -qx 'also: ps ls'
}
