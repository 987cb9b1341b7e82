#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lifecycle-query doctor on what has no hooks.d: Docker, containerd 1, containerd 2. In fresh trees with each right, absent and
# broken; the lines that doctor prints are pasted, and then a container is recorded. containerd 2 is a script here, which
# merges as containerd 2.1 was seen to do: Debian 12 has containerd 1.6.

# shellcheck disable=SC2034 # what containers.bash uses
OCI_RUNTIME=runc
CRI='plugins."io.containerd.grpc.v1.cri"'

load doctor

# right ENGINE: as the lines that are printed make it.
right()
{
	examine 1 "$1"
	cured "$1"
}

# ---- Docker ----

setup_docker_tree()
{
	need dockerd
	need docker
	make_image
}

start_docker_in_tree()
{
	tree dockerd -H unix:///run/docker.sock --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs \
		>"$WORK/dockerd.log" 2>&1 </dev/null &
	background $!
	eventually tree docker -H unix:///run/docker.sock version >/dev/null
	tree docker -H unix:///run/docker.sock import "$SHARED/image.tar" bb:1 >/dev/null
}

docker_records()
{
	local before

	before=$(count_records)
	tree docker -H unix:///run/docker.sock run --rm --network none "$@" bb:1 true </dev/null
	same "$(count_records)" $((before + 1)) records
}

@test "doctor, Docker: absent, then right, and each container is recorded" {
	setup_docker_tree
	right docker
	recorded Docker yes
	says Docker well runtime "'lifecycle', the default one, is $OURS"
	start_docker_in_tree
	examine 0 docker
	says Docker well daemon "has read that"
	docker_records
	tree rm "$(command -v dockerd)"
	examine 0 docker
	same "$(jq -r '.subjects[] | select(.name == "Docker").found' "$WORK/doctor.json")" false found
}

@test "doctor, Docker: a daemon that runs is told to read what was pasted" {
	setup_docker_tree
	echo '{"log-driver": "json-file", "runtimes": {"other": {"path": "/usr/bin/crun"}}}' | write /etc/docker/daemon.json
	start_docker_in_tree
	examine 1 docker
	says Docker wrong runtime "names no runtime that is lifecycle-runtime"
	tree "$QUERY" doctor docker | sed '1,/^What is missing/d; /^Wrong: /d; /^kill -HUP /d' | tree sh -e
	examine 1 docker
	says Docker wrong daemon "has not read that"
	recorded Docker no
	cure docker
	eventually examine 0 docker
	docker_records
	same "$(tree jq -r '."log-driver", .runtimes.other.path' /etc/docker/daemon.json)" json-file$'\n'/usr/bin/crun "what was there"
}

@test "doctor, Docker: a runtime that is not the default one" {
	setup_docker_tree
	echo "{\"runtimes\": {\"lifecycle\": {\"path\": \"$OURS\"}}}" | write /etc/docker/daemon.json
	examine 0 docker
	says Docker note runtime 'only containers of `docker run --runtime lifecycle` are recorded'
	recorded Docker some
	start_docker_in_tree
	examine 0 docker
	docker_records --runtime lifecycle
}

@test "doctor, Docker: not executable, in the wrong directory, pasted twice, an empty file" {
	setup_docker_tree
	right docker
	tree chmod 0644 "$OURS"
	examine 1 docker
	says Docker wrong runtime "cannot be executed"
	recorded Docker no
	cured docker
	tree sed -i 's|"path": "[^"]*"|"path": "/opt/elsewhere/lifecycle-runtime"|' /etc/docker/daemon.json
	examine 1 docker
	says Docker wrong runtime "/opt/elsewhere/lifecycle-runtime, which is not there: no container of it starts"
	cured docker
	tree sh -c 'cd /etc/docker && cat daemon.json daemon.json >new && mv new daemon.json'
	run tree dockerd --validate --config-file /etc/docker/daemon.json
	[ "$status" -ne 0 ] || fail "dockerd takes it"
	examine 1 docker
	says Docker wrong configuration "is not JSON"
	says Docker wrong configuration "dockerd does not start"
	cure docker
	examine 0 docker
	tree sh -c ': >/etc/docker/daemon.json'
	examine 1 docker
	cured docker
	start_docker_in_tree
	docker_records
}

@test "doctor, Docker: a file that no line can mend, and a real runtime that is not there" {
	setup_docker_tree
	echo '{ "runtimes": ' | write /etc/docker/daemon.json
	examine 1 docker
	says Docker wrong configuration "is not JSON"
	same "$(jq '[.subjects[].checks[] | select(.cure != null)] | length' "$WORK/doctor.json")" 0 "lines"
	echo "{\"runtimes\": {\"lifecycle\": {\"path\": \"$OURS\", \"runtimeArgs\": [\"--lifecycle-runtime=no-such-runtime\"]}}}" |
		write /etc/docker/daemon.json
	examine 1 docker
	says Docker wrong runtime "hands on to no-such-runtime, which is not there"
	echo "{\"runtimes\": {\"lifecycle\": {\"path\": \"$OURS\", \"runtimeArgs\": [\"--lifecycle-root\", \"/run/elsewhere\"]}}}" |
		write /etc/docker/daemon.json
	examine 1 docker
	says Docker wrong runtime "keeps its records in /run/elsewhere"
}

@test "doctor, Docker: a script that calls lifecycle-runtime is one of ours" {
	setup_docker_tree
	# shellcheck disable=SC2016 # of the script
	printf '#!/bin/sh\nexec %s --lifecycle-runtime crun "$@"\n' "$OURS" | write /usr/local/bin/with-crun
	tree chmod 0755 /usr/local/bin/with-crun
	echo '{"runtimes": {"crun": {"path": "/usr/local/bin/with-crun"}}, "default-runtime": "crun"}' | write /etc/docker/daemon.json
	examine 0 docker
	recorded Docker yes
}

# ---- containerd 1 ----

setup_containerd_tree()
{
	need containerd
	need ctr
	make_rootfs
}

dump()
{
	tree containerd --config /etc/containerd/config.toml config dump
}

# The value that containerd has for a key of the runtime runc, or of its options.
value()
{
	dump | sed -n "/^ *\[$1\]\$/,/^\$/s/^ *$2 = //p"
}

# By what containerd's configuration names: nobody here calls CRI.
containerd_records()
{
	local before binary

	before=$(count_records)
	binary=$(value "$CRI.containerd.runtimes.runc.options" BinaryName)
	tree containerd --config /etc/containerd/config.toml >"$WORK/containerd.log" 2>&1 </dev/null &
	background $!
	eventually tree ctr version >/dev/null
	examine 0 containerd
	says containerd well daemon "began after that was written"
	tree ctr run --runc-binary "$(tr -d \" <<<"$binary")" --rm --rootfs "$SHARED/rootfs" one /bin/true </dev/null
	same "$(count_records)" $((before + 1)) records
}

is_whole()
{
	same "$(value "$CRI.containerd.runtimes.runc" runtime_type)" '"io.containerd.runc.v2"' runtime_type
	same "$(value "$CRI.containerd.runtimes.runc.options" BinaryName)" "\"$OURS\"" BinaryName
}

@test "doctor, containerd: no configuration, then right, and absent" {
	setup_containerd_tree
	examine 1 containerd
	says containerd note configuration "which is not there"
	recorded containerd no
	cured containerd
	recorded containerd yes
	is_whole
	containerd_records
	tree mv "$(command -v containerd)" /usr/lib/containerd
	examine 0 containerd
	says containerd well runtime "$OURS"
	tree sh -c 'kill $(grep -lx containerd /proc/[0-9]*/comm | tr -dc "0-9\n")'
	eventually tree sh -c '! grep -qx containerd /proc/[0-9]*/comm'
	examine 0 containerd
	same "$(jq -r '.subjects[] | select(.name == "containerd").found' "$WORK/doctor.json")" false found
}

@test "doctor, containerd: a node's configuration keeps its cgroup driver, its sandbox image and all else" {
	setup_containerd_tree
	tree sh -c 'mkdir -p /etc/containerd && containerd config default | sed "s/SystemdCgroup = false/SystemdCgroup = true/
		s|sandbox_image = .*|sandbox_image = \"example.org/pause:1\"|" >/etc/containerd/config.toml'
	dump >"$WORK/before"
	examine 1 containerd
	says containerd wrong runtime "the program of the default runtime 'runc' is runc, and not lifecycle-runtime"
	cured containerd
	is_whole
	dump | diff "$WORK/before" - >"$WORK/diff" || :
	same "$(grep -c '^[<>]' "$WORK/diff")" 2 "changed lines"
	same "$(value "$CRI.containerd.runtimes.runc.options" SystemdCgroup)" true SystemdCgroup
	containerd_records
}

@test "doctor, containerd: tables that lack the key, in other ways of writing" {
	setup_containerd_tree
	write /etc/containerd/config.toml <<-'CONF'
		version = 2
		[plugins]
		  [plugins.'io.containerd.grpc.v1.cri']
		    sandbox_image = "example.org/pause:1"
		    [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc]
		      runtime_type = "io.containerd.runc.v2"
		      [plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc.options]
		        SystemdCgroup = true
	CONF
	right containerd
	is_whole
	same "$(value "$CRI.containerd.runtimes.runc.options" SystemdCgroup)" true SystemdCgroup
	write /etc/containerd/config.toml <<-'CONF'
		[plugins.cri.containerd.runtimes.runc]
		  runtime_type = "io.containerd.runc.v2"
	CONF
	right containerd
	is_whole
}

@test "doctor, containerd: what is imported replaces the rest, and so the file that has the say is changed" {
	setup_containerd_tree
	write /etc/containerd/config.toml <<-'CONF'
		version = 2
		imports = ["/etc/containerd/conf.d/*.toml"]
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "example.org/pause:1"
	CONF
	write /etc/containerd/conf.d/nvidia.toml <<-'CONF'
		version = 2
		[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
		  runtime_type = "io.containerd.runc.v2"
	CONF
	tree cp /etc/containerd/config.toml "$WORK/main.toml"
	right containerd
	is_whole
	tree cmp /etc/containerd/config.toml "$WORK/main.toml"
}

# names_imports FILE...: the dump has them in this order from now on; the real one has them in any.
names_imports()
{
	local list

	[ -e "$WORK/renamed" ] || tree mv /usr/bin/containerd /usr/bin/containerd.real
	touch "$WORK/renamed"
	list=$(printf ', "%s"' "$@")
	write /usr/bin/containerd <<-SCRIPT
		#!/bin/sh
		containerd.real "\$@" | sed 's|^imports = .*|imports = [${list#, }]|'
	SCRIPT
	tree chmod 0755 /usr/bin/containerd
}

file_to_change()
{
	tree "$QUERY" doctor containerd | sed -n 's/^cp -np \([^ ]*\) .*/\1/p'
}

@test "doctor, containerd: the last file that was read has the say, in whatever order they are named" {
	local files=(/etc/containerd/{config,conf.d/10-a,conf.d/20-b,last}.toml) file

	setup_containerd_tree
	write "${files[0]}" <<-'CONF'
		version = 2
		imports = ["conf.d/*.toml", "/etc/containerd/last.toml"]
	CONF
	for file in "${files[@]:1}"; do
		write "$file" <<-'CONF'
			version = 2
			[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
			  runtime_type = "io.containerd.runc.v2"
		CONF
	done
	for _ in 1 2 3 4; do
		names_imports "${files[@]}"
		same "$(file_to_change)" /etc/containerd/last.toml "the file to change"
		files=("${files[@]:1}" "${files[0]}")
	done
	# without the last one it is the last of the first pattern
	write /etc/containerd/last.toml </dev/null
	names_imports "${files[0]}" "${files[2]}" "${files[1]}" "${files[3]}"
	same "$(file_to_change)" /etc/containerd/conf.d/20-b.toml "the file to change"
}

@test "doctor, containerd: a drop-in that leaves a runtime without a type" {
	setup_containerd_tree
	write /etc/containerd/config.toml <<-CONF
		version = 2
		[$CRI.containerd.runtimes.runc.options]
		  BinaryName = "$OURS"
	CONF
	examine 1 containerd
	says containerd wrong runtime "has no runtime_type: no pod starts"
	recorded containerd no
	cured containerd
	is_whole
}

@test "doctor, containerd: not executable, in the wrong directory, pasted twice" {
	setup_containerd_tree
	right containerd
	tree chmod 0644 "$OURS"
	examine 1 containerd
	says containerd wrong runtime "cannot be executed"
	cured containerd
	tree sed -i 's|BinaryName = .*|BinaryName = "/opt/elsewhere/lifecycle-runtime"|' /etc/containerd/config.toml
	examine 1 containerd
	says containerd wrong runtime "/opt/elsewhere/lifecycle-runtime, which is not there: no pod of it starts"
	cured containerd
	tree sh -c 'sed -n "/^\[/,\$p" /etc/containerd/config.toml >/twice && cat /twice >>/etc/containerd/config.toml'
	run dump
	[ "$status" -ne 0 ] || fail "containerd takes it"
	examine 1 containerd
	says containerd wrong configuration "containerd does not start with it"
	recorded containerd no
	cured containerd
	is_whole
	containerd_records
}

@test "doctor, containerd: another runtime stays the one below" {
	setup_containerd_tree
	printf '#!/bin/sh\nexec runc "$@"\n' | write /usr/local/bin/their-runtime
	tree chmod 0755 /usr/local/bin/their-runtime
	write /etc/containerd/config.toml <<-CONF
		version = 2
		[$CRI.containerd]
		  default_runtime_name = "theirs"
		[$CRI.containerd.runtimes.theirs]
		  runtime_type = "io.containerd.runc.v2"
		[$CRI.containerd.runtimes.theirs.options]
		  BinaryName = "/usr/local/bin/their-runtime"
	CONF
	right containerd
	tree grep -q -- '--lifecycle-runtime /usr/local/bin/their-runtime "\$@"' /usr/local/bin/lifecycle-their-runtime
	same "$(value "$CRI.containerd.runtimes.theirs.options" BinaryName)" '"/usr/local/bin/lifecycle-their-runtime"' BinaryName
	same "$(tree /usr/local/bin/lifecycle-their-runtime --version | head -n 1)" "$(runc --version | head -n 1)" version
}

@test "doctor, containerd: a runtime class of its own, another type, and CRI that is off" {
	setup_containerd_tree
	write /etc/containerd/config.toml <<-CONF
		version = 2
		[$CRI.containerd.runtimes.runc]
		  runtime_type = "io.containerd.runc.v2"
		[$CRI.containerd.runtimes.lifecycle]
		  runtime_type = "io.containerd.runc.v2"
		[$CRI.containerd.runtimes.lifecycle.options]
		  BinaryName = "$OURS"
	CONF
	examine 0 containerd
	says containerd note runtime "only pods of a runtime class with the handler 'lifecycle' are recorded"
	recorded containerd some
	printf 'version = 2\n[%s.containerd]\ndefault_runtime_name = "kata"\n[%s.containerd.runtimes.kata]\nruntime_type = "io.containerd.kata.v2"\n' \
		"$CRI" "$CRI" | write /etc/containerd/config.toml
	examine 1 containerd
	says containerd wrong runtime "is of type io.containerd.kata.v2, which takes no BinaryName"
	printf 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' | write /etc/containerd/config.toml
	examine 0 containerd
	says containerd note CRI "its CRI plugin is off"
}

@test "doctor, containerd: a daemon that began before its configuration was changed" {
	setup_containerd_tree
	tree containerd >"$WORK/containerd.log" 2>&1 </dev/null &
	background $!
	eventually tree ctr version >/dev/null
	sleep 0.1
	cure containerd
	examine 1 containerd
	says containerd wrong daemon "began before /etc/containerd/config.toml was changed"
}

# ---- containerd 2: a script ----

two_is_whole()
{
	dump >"$WORK/dump"
	grep -q "BinaryName = '$OURS'" "$WORK/dump"
	grep -q "SystemdCgroup = $1" "$WORK/dump"
	grep -q "runtime_type = 'io.containerd.runc.v2'" "$WORK/dump"
}

@test "doctor, containerd 2 (a script): no configuration" {
	setup_containerd_2_tree
	right containerd
	recorded containerd yes
	two_is_whole false
	tree test -e /etc/containerd/conf.d/oci-lifecycle.toml
}

@test "doctor, containerd 2 (a script): a drop-in beside what is there, which stays" {
	local before

	setup_containerd_2_tree
	tree mkdir /etc/containerd/conf.d
	for before in 'version = 3
		imports = ["/etc/containerd/conf.d/*.toml"]' 'version = 3
		imports = []' 'version = 3' 'version = 2'; do
		tree rm -f /etc/containerd/conf.d/oci-lifecycle.toml
		{
			echo "$before"
			[[ $before != *3* ]] || printf "%s\n" "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]" \
				'SystemdCgroup = true'
			[[ $before != *2 ]] || printf '%s\n' "[$CRI.containerd.runtimes.runc.options]" 'SystemdCgroup = true'
		} | write /etc/containerd/config.toml
		right containerd
		two_is_whole true
	done
}

@test "doctor, containerd 2 (a script): not executable, in the wrong directory, pasted twice" {
	setup_containerd_2_tree
	right containerd
	tree chmod 0644 "$OURS"
	examine 1 containerd
	says containerd wrong runtime "cannot be executed"
	cured containerd
	tree sed -i 's|BinaryName = .*|BinaryName = "/opt/elsewhere/lifecycle-runtime"|' /etc/containerd/conf.d/oci-lifecycle.toml
	examine 1 containerd
	says containerd wrong runtime "which is not there"
	cured containerd
	printf '[plugins.a]\nx = 1\n[plugins.a]\nx = 1\n' | tree sh -c 'cat >>/etc/containerd/config.toml'
	examine 1 containerd
	says containerd wrong configuration "already exists"
	cured containerd
	two_is_whole false
}
