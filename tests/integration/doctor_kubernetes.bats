#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What lifecycle-kubernetes(7) gives to paste, pasted into fresh trees, as far as a machine without a cluster can: containerd's
# and CRI-O's blocks are read by them (containerd 2 and CRI-O are scripts here), YAML is parsed, and the DaemonSet's script run.

load doctor

# block SECTION N: the Nth block of that section of the page, for this prefix.
block()
{
	awk -v section="# $1" -v wanted="$2" '
		/^# / { inside = $0 == section }
		/^```$/ { if (inside && !open) number++; open = !open; next }
		inside && open && number == wanted { print }' "$TOP_SRCDIR/tools/lifecycle-kubernetes.7.scd" |
		sed "s|\"/usr/bin/lifecycle-runtime\"|\"$OURS\"|; s|\"/usr/share/containers/oci/hooks.d\"|\"$ENTRIES\"|" | grep . ||
		fail "no block $2 in '$1'"
}

# The tools by their names, as a person types them.
commands_in_tree()
{
	printf '#!/bin/sh\nexec %s "$@"\n' "$QUERY" | write "$PREFIX_DIR/bin/lifecycle-query"
	tree chmod 0755 "$PREFIX_DIR/bin/lifecycle-query"
}

paste_block()
{
	block "$1" "$2" >"$WORK/pasted"
	tree sh -e <"$WORK/pasted"
}

node_configuration()
{
	tree sh -c 'mkdir -p /etc/containerd && containerd config default | sed "s/SystemdCgroup = false/SystemdCgroup = true/" >/etc/containerd/config.toml'
}

@test "Kubernetes: all pods of a node, and a node's image" {
	local section

	need containerd
	commands_in_tree
	for section in "CONTAINERD, ALL PODS:2" "A NODE'S IMAGE:1"; do
		node_configuration
		paste_block "${section%:*}" "${section#*:}"
		examine 0 containerd
		recorded containerd yes
		tree containerd config dump | grep -q 'SystemdCgroup = true'
	done
	node_configuration
	! paste_block "CONTAINERD, ALL PODS" 1 >"$WORK/said" || fail "exit status 0"
	grep -q 'its containers are not recorded' "$WORK/said"
}

@test "Kubernetes: some pods, containerd 1" {
	need containerd
	node_configuration
	tree containerd config dump >"$WORK/before"
	block "CONTAINERD, SOME PODS" 1 | tree sh -c 'cat >>/etc/containerd/config.toml'
	examine 0 containerd
	recorded containerd some
	says containerd note runtime "only pods of a runtime class with the handler 'lifecycle' are recorded"
	tree containerd config dump | diff "$WORK/before" - | grep '^<' >"$WORK/gone" || :
	same "$(grep -v 'imports' "$WORK/gone" || :)" "" "what was there and is gone"
}

@test "Kubernetes: some pods, containerd 2 (a script)" {
	setup_containerd_2_tree
	printf 'version = 3\nimports = ["/etc/containerd/conf.d/*.toml"]\n' | write /etc/containerd/config.toml
	block "CONTAINERD, SOME PODS" 2 | write /etc/containerd/conf.d/lifecycle.toml
	examine 0 containerd
	recorded containerd some
}

@test "Kubernetes: CRI-O (a script)" {
	setup_crio_tree
	block CRI-O 1 | write /etc/crio/crio.conf.d/99-oci-lifecycle.conf
	examine 0 crio
	recorded CRI-O yes
}

@test "Kubernetes: a runtime class and its pod are YAML, and name the runtime of the configuration" {
	"$PYTHON" -c 'import yaml' 2>/dev/null || skip "needs python3-yaml"
	block "CONTAINERD, SOME PODS" 3 >"$WORK/class.yaml"
	"$PYTHON" - "$WORK/class.yaml" <<-'PROGRAM'
		import sys, yaml
		one, pod = yaml.safe_load_all(open(sys.argv[1]))
		assert (one["kind"], one["apiVersion"], one["handler"]) == ("RuntimeClass", "node.k8s.io/v1", "lifecycle"), one
		assert pod["kind"] == "Pod" and pod["spec"]["runtimeClassName"] == one["metadata"]["name"], pod
	PROGRAM
	block "CONTAINERD, SOME PODS" 1 | grep -q 'runtimes\.lifecycle\]'
	block "CONTAINERD, SOME PODS" 2 | grep -q 'runtimes\.lifecycle\]'
}

@test "Kubernetes: the DaemonSet is YAML whose volumes are there, and its script installs what an engine needs" {
	"$PYTHON" -c 'import yaml' 2>/dev/null || skip "needs python3-yaml"
	block "A DAEMONSET" 1 >"$WORK/set.yaml"
	"$PYTHON" - "$WORK/set.yaml" >"$WORK/script" <<-'PROGRAM'
		import sys, yaml
		one = yaml.safe_load(open(sys.argv[1]))
		assert one["kind"] == "DaemonSet", one
		labels, spec = one["spec"]["template"]["metadata"]["labels"], one["spec"]["template"]["spec"]
		assert one["spec"]["selector"]["matchLabels"] == labels
		volumes = {volume["name"]: volume["hostPath"]["path"] for volume in spec["volumes"]}
		for container in spec["initContainers"] + spec["containers"]:
		    for mount in container["volumeMounts"]:
		        assert mount["name"] in volumes, mount
		first = spec["initContainers"][0]
		assert first["command"] == ["/bin/sh", "-euc"] and len(first["args"]) == 1
		print(first["args"][0])
	PROGRAM
	sed "s|/oci-lifecycle/usr|$DEST$PREFIX_DIR|; s|/host/usr|$WORK/host|g" "$WORK/script" >"$WORK/here"
	mkdir -p "$WORK/host/bin"
	sh -eu "$WORK/here"
	diff -r "$DEST$HOOKS" "$WORK/host/libexec/oci/hooks.d"
	diff -r "$DEST$ENTRIES" "$WORK/host/share/containers/oci/hooks.d"
	cmp "$DEST$OURS" "$WORK/host/bin/lifecycle-runtime"
	[ -x "$WORK/host/libexec/oci/hooks.d/lifecycle-poststop" ] || fail "not executable"
	sh -eu "$WORK/here" # once more, over what is there
}

@test "Kubernetes: the names of container, pod and namespace" {
	jq -n --argjson pid "$(living)" '{ociVersion: "1.0.2", id: "c0ffee", status: "creating", pid: $pid, bundle: "/b", annotations: {
		"io.kubernetes.cri.container-name": "app", "io.kubernetes.cri.sandbox-name": "shop", "io.kubernetes.cri.sandbox-namespace": "prod"}}' |
		quiet_hook create-runtime
	mkdir "$WORK/bin"
	ln -s "$QUERY" "$WORK/bin/lifecycle-query"
	block NAMES 1 >"$WORK/pasted"
	same "$(wc -l <"$WORK/pasted")" 4 lines
	OCI_LIFECYCLE_ROOT=$ROOT PATH=$WORK/bin:$PATH sh -e "$WORK/pasted" >"$WORK/said"
	[ "$(grep -c c0ffee "$WORK/said")" -ge 4 ] || fail "$(cat "$WORK/said")"
}
