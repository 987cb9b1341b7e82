#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""many_lives.py HOOKS_DIR ROOT COUNT [IDS]: COUNT lifecycles, 16 at a time, by the real hooks and real processes.

Each has an ID of its own, life-0, life-1, ...; with IDS they share so many, which live again and again.
Fails if a hook does.
"""

import concurrent.futures
import json
import pathlib
import queue
import subprocess
import sys

PARALLEL = 16


def hook(hooks, root, point, container, pid, status):
    state = json.dumps({"ociVersion": "1.0.2", "id": container, "status": status, "pid": pid, "bundle": "/b"})
    subprocess.run([hooks / f"lifecycle-{point}", "--root", root, "--strict", "--timeout", "60"], input=state.encode(),
                   check=True, timeout=120)


def live(hooks, root, container):
    process = subprocess.Popen(["sleep", "600"])
    try:
        hook(hooks, root, "create-runtime", container, process.pid, "creating")
        hook(hooks, root, "poststart", container, process.pid, "running")
    finally:
        process.kill()
        process.wait()
    hook(hooks, root, "poststop", container, 0, "stopped")


def main():
    hooks, root, count = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    ids = queue.Queue()
    for number in range(int(sys.argv[4]) if len(sys.argv) > 4 else count):
        ids.put(f"life-{number}")

    def one(_):
        container = ids.get()
        live(hooks, root, container)
        if len(sys.argv) > 4:
            ids.put(container)

    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        for _ in pool.map(one, range(count)):
            pass
    return 0


sys.exit(main())
