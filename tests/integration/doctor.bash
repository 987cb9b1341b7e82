# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # what the cases use
#
# A fresh tree for lifecycle-query doctor: mount and pid namespaces of its own over this machine's files, in which /etc and
# /usr may be written, /run and /var/lib are empty, and what `make install` installs is there. A file that loads this has one
# for each case; a setup() of its own calls setup_tree.

load helpers
load engines

setup_file()
{
	install_once
}

setup()
{
	setup_tree
}

teardown()
{
	teardown_tree
}

# What make install leaves, made once.
install_once()
{
	export DEST=$BATS_FILE_TMPDIR/dest
	[ "$(id -u)" = 0 ] || return 0
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$TOP_BUILDDIR" install DESTDIR="$DEST" >"$BATS_FILE_TMPDIR/install.log" 2>&1
}

setup_tree()
{
	common_setup
	need_root
	need jq
	need nsenter
	PREFIX_DIR=$(sed -n 's/^prefix=//p' "$TOP_BUILDDIR/libstate/libstate.pc")
	[[ $PREFIX_DIR == /usr* ]] || skip "the prefix is not below /usr"
	ENTRIES=$PREFIX_DIR/share/containers/oci/hooks.d
	HOOKS=$PREFIX_DIR/libexec/oci/hooks.d
	OURS=$PREFIX_DIR/bin/lifecycle-runtime
	start_tree
	tree cp -a "$DEST/." /
}

start_tree()
{
	mkdir "$WORK/tree"
	# shellcheck disable=SC2016 # of the shell in there
	unshare --mount --pid --fork --kill-child --propagation private "$TOP_BUILDDIR/tests/reaper" sh -c '
		set -e
		mount -t proc proc /proc
		mount -t tmpfs -o mode=0755 tree "$1"
		for of in etc usr; do
			mkdir "$1/$of" "$1/$of.work"
			mount -t overlay tree -o "lowerdir=/$of,upperdir=$1/$of,workdir=$1/$of.work" "/$of"
		done
		mount -t tmpfs -o mode=0755 tree /run
		mount -t tmpfs -o mode=0755 tree /var/lib
		rm -rf /etc/docker/daemon.json /etc/containers/containers.conf* /etc/containers/oci /etc/containerd/config.toml /etc/crio \
			/usr/share/containers/oci
		touch "$2"
		exec sleep 1000' - "$WORK/tree" "$WORK/ready" </dev/null >"$WORK/tree.log" 2>&1 3>&- &
	TREE=$!
	background "$TREE"
	eventually tree_is_ready || skip "no overlays here: $(cat "$WORK/tree.log")"
	TREE=$(tr -d " " <"/proc/$TREE/task/$TREE/children")
}

tree_is_ready()
{
	[ -e "$WORK/ready" ] || ! kill -0 "$TREE"
}

teardown_tree()
{
	local parent

	if [ -e "$WORK/ready" ]; then
		parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$TREE/status") || :
		kill -KILL "$TREE" 2>/dev/null || :
		[ -z "$parent" ] || wait "$parent" 2>/dev/null || :
	fi
	common_teardown
}

# A command there. Its environment has nothing that points elsewhere.
tree()
{
	env -u OCI_LIFECYCLE_ROOT -u CONTAINERS_CONF -u CONTAINERS_STORAGE_CONF HOME=/root \
		nsenter --target "$TREE" --mount --pid "$@" 3>&-
}

# write FILE: in the tree, from stdin.
write()
{
	tree sh -c 'mkdir -p "$(dirname "$1")" && cat >"$1"' - "$1"
}

# examine STATUS ENGINE...: what doctor says is in $WORK/doctor.json.
examine()
{
	local expected=$1 status=0

	shift
	tree "$QUERY" doctor --json "$@" >"$WORK/doctor.json" || status=$?
	same "$status" "$expected" "exit status of doctor $*, which said $(jq -c '[.subjects[].checks[]? | select(.state == "wrong" or .state == "unknown")]' \
		"$WORK/doctor.json")"
}

# says SUBJECT STATE CHECK WORDS: one of the checks.
says()
{
	jq -e --arg subject "$1" --arg state "$2" --arg check "$3" --arg words "$4" 'any(.subjects[] | select(.name == $subject) | .checks[]?;
		.state == $state and .check == $check and (.text | contains($words)))' "$WORK/doctor.json" >/dev/null ||
		fail "not said: $*" "$(jq -c '.subjects[] | select(.checks != null)' "$WORK/doctor.json")"
}

# recorded SUBJECT WORD
recorded()
{
	same "$(jq -r --arg subject "$1" '.subjects[] | select(.name == $subject).recorded' "$WORK/doctor.json")" "$2" "recorded of $1"
}

# Pastes what doctor printed as missing, as a person does who takes all of it.
cure()
{
	tree "$QUERY" doctor "$@" | sed '1,/^What is missing/d; /^Wrong: /d' >"$WORK/cure"
	[ -s "$WORK/cure" ] || fail "nothing to paste" || return
	tree sh -e <"$WORK/cure" || fail "what was pasted failed:" "$(cat "$WORK/cure")"
}

# How many records there are in the tree.
count_records()
{
	tree find /run/oci-lifecycle -name lifecycle.json 2>/dev/null | wc -l
}

# Pastes, twice, and then all is well.
cured()
{
	cure "$@"
	examine 0 "$@"
	tree sh -e <"$WORK/cure" || fail "what was pasted a second time failed:" "$(cat "$WORK/cure")" || return
	examine 0 "$@"
}

# ---- scripts that stand for engines which Debian 12 does not have ----

# As CRI-O's `config`: what is as it is by default is commented out; the files of crio.conf.d are read in their order.
setup_crio_tree()
{
	write /usr/bin/crio <<-'SCRIPT'
		#!/usr/bin/python3
		import glob, sys, tomllib
		usual = ["/usr/share/containers/oci/hooks.d"]
		if sys.argv[1] == "--version":
		    print("crio version 1.30.4\nVersion:        1.30.4")
		    sys.exit()
		found = usual
		for path in ["/etc/crio/crio.conf"] + sorted(glob.glob("/etc/crio/crio.conf.d/*")):
		    try:
		        with open(path, "rb") as file:
		            found = tomllib.load(file).get("crio", {}).get("runtime", {}).get("hooks_dir", found)
		    except FileNotFoundError:
		        pass
		    except tomllib.TOMLDecodeError as error:
		        sys.exit(f'time="now" level=fatal msg="{path}: {error}"')
		mark = "# " if found == usual else ""
		print('# The CRI-O configuration file specifies all of the available options\n[crio]\n'
		      '# root = "/var/lib/containers/storage"\n[crio.runtime]\n# default_runtime = "crun"\n'
		      '# Path to OCI hooks directories for automatically executed hooks. If one of the\n'
		      '# directories does not exist, then CRI-O will automatically skip them.')
		print(f"{mark}hooks_dir = [")
		for one in found:
		    print(f'{mark}\t"{one}",')
		print(f'{mark}]\n\n[crio.runtime.runtimes.crun]\nruntime_path = "/usr/bin/crun"')
	SCRIPT
	tree chmod 0755 /usr/bin/crio
	"$PYTHON" -c 'import tomllib' 2>/dev/null || skip "needs python 3.11"
}

# What is imported is merged; a table that is there twice is an error; what is printed has single quotes, and all keys.
setup_containerd_2_tree()
{
	"$PYTHON" -c 'import tomllib' 2>/dev/null || skip "needs python 3.11"
	write /usr/bin/containerd <<-'SCRIPT'
		#!/usr/bin/python3
		import glob, os, sys, tomllib
		NEW, OLD = "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri"
		def fail(path, error):
		    sys.exit(f"containerd: failed to unmarshal TOML at row 1 column 2: toml: table {error} already exists")
		def merge(to, other):
		    for key, value in other.items():
		        if isinstance(value, dict):
		            merge(to.setdefault(key, {}), value)
		        else:
		            to[key] = value
		def show(table, path, depth):
		    for key, value in table.items():
		        if isinstance(value, dict):
		            name = path + "." + (f"'{key}'" if "." in key else key) if path else key
		            print("\n" + "  " * depth + f"[{name}]")
		            show(value, name, depth + 1)
		        else:
		            text = str(value).lower() if isinstance(value, bool) else repr(value)
		            print("  " * depth + f"{key} = {text}")
		words = sys.argv[1:]
		if words == ["--version"]:
		    print("containerd github.com/containerd/containerd/v2 2.1.9 0123456789")
		    sys.exit()
		path = "/etc/containerd/config.toml"
		if words[0] == "--config":
		    path, words = words[1], words[2:]
		whole = {"version": 3, "imports": []}
		runc = {"runtime_type": "io.containerd.runc.v2", "options": {"BinaryName": "", "SystemdCgroup": False}}
		plugin = {"containerd": {"default_runtime_name": "runc", "runtimes": {"runc": runc}}}
		pending, root = [path] if words == ["config", "dump"] and os.path.exists(path) else [], None
		while pending:
		    path = pending.pop(0)
		    try:
		        with open(path, "rb") as file:
		            found = tomllib.load(file)
		    except tomllib.TOMLDecodeError as error:
		        fail(path, error)
		    root = root or found["version"]
		    if found["version"] > root:
		        sys.exit(f"containerd: drop-in config version {found['version']} higher than root config version {root}")
		    merge(plugin, found.get("plugins", {}).get(NEW if found["version"] > 2 else OLD, {}))
		    for one in found.get("imports", []):
		        whole["imports"].append(one)
		        pending += sorted(glob.glob(one))
		whole["plugins"] = {NEW: plugin}
		show(whole, "", 0)
	SCRIPT
	tree chmod 0755 /usr/bin/containerd
}
