# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Ten containers as a host has them, two of them failed. For the bats files, after query.bash.

# aged ID SECONDS: its record is as old as that.
aged()
{
	local at

	at=$(date -u -d "-$2 seconds" +%Y-%m-%dT%H:%M:%S.000000000Z)
	rewrite "$1" "(.created_at, .started_at) = \"$at\""
}

# id_like N: as engines make them.
id_like()
{
	printf '%s' "$1" | sha256sum | cut -d ' ' -f 1
}

ten_containers()
{
	local name id

	for name in web database cache queue mail search metrics-agent; do
		id=$(id_like "$name")
		running "$id" "$name"
		aged "$id" $((${#name} * 1000))
	done
	named_state "$(id_like gpu-train)" gpu-train | hook create-runtime -- /bin/sh -c \
		'echo "loading modules" >&2; echo "nvidia-container-cli: no device found: /dev/nvidia0" >&2; exit 7' 2>/dev/null || :
	named_state "$(id_like frontend)" frontend | hook create-runtime -- /bin/sh -c 'echo "no such network" >&2; exit 1' 2>/dev/null || :
	named_state "$(id_like backup)" backup | quiet_hook create-runtime
	named_state "$(id_like backup)" backup "" running | quiet_hook poststart
	for name in gpu-train frontend backup; do
		id=$(id_like "$name")
		rewrite "$id" '.pid = 4194000 | del(.exit_code, .exit_signal)'
		mkdir -p "$WORK/exits"
		[ "$name" != backup ] || echo 0 >"$WORK/exits/$id"
		named_state "$id" "$name" 0 stopped | quiet_hook poststop --exit-dir "$WORK/exits"
	done
}
