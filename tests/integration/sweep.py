#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""sweep.py HOOKS_DIR ROOT RECORDS: a poststop's sweep of a store with that many old records, again and again.

One real life is recorded, and copied under other IDs with old times. Then poststops come, each with a minute since
the last sweep, until nothing old is left. Prints what they took; fails if half of them took longer than the 100 ms that a
sweep may take and a poststop without one, with room for a busy machine, or if the store does not become small.
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

OLD = "2020-01-01T00:00:00.000000000Z"
SWEEP_MS, SPARE_MS = 100, 300
hooks, root, records = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])


def hook(point, container, pid, status, *options):
    state = json.dumps({"ociVersion": "1.0.2", "id": container, "status": status, "pid": pid, "bundle": "/b"})
    start = time.monotonic()
    # without a timeout, for which it would look only now and then whether the hook has ended
    subprocess.run([hooks / f"lifecycle-{point}", "--root", root, "--strict", *options], input=state.encode(), check=True)
    return (time.monotonic() - start) * 1000


def copies(text):
    for number in range(records):
        directory = root / f"old-{number}"
        directory.mkdir(mode=0o700)
        with open(os.open(directory / "lifecycle.json", os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as out:
            out.write(text.replace('"id":"model"', f'"id":"old-{number}"'))


def left():
    return sum(1 for path in root.iterdir() if path.name.startswith("old-"))


def start(container):
    process = subprocess.Popen(["sleep", "600"])
    hook("create-runtime", container, process.pid, "creating")
    hook("poststart", container, process.pid, "running")
    return process


def end(process):
    process.kill()
    process.wait()


def sweep_all():
    """What each poststop took until nothing old was left."""
    took = []
    while left() > 0:
        os.utime(root / ".swept", (0, 0))
        took.append(hook("poststop", "model", 0, "stopped", "--retention", "24h"))
        assert len(took) <= records, "the store does not become small"
    return took


living = start("living")
try:
    end(start("model"))
    hook("poststop", "model", 0, "stopped")
    copies(re.sub(r'"2[0-9]{3}-[^"]*Z"', f'"{OLD}"', (root / "model" / "lifecycle.json").read_text()))
    without = statistics.median(hook("poststop", "model", 0, "stopped", "--retention", "0") for _ in range(9))
    took = sweep_all()
    assert (root / "living").exists() and (root / "model").exists(), "one that is not old was swept"
    print(f"{records} old records in {len(took)} sweeps: median {statistics.median(took):.0f} ms, "
          f"longest {max(took):.0f} ms; a poststop without a sweep: {without:.0f} ms")
    assert statistics.median(took) <= SWEEP_MS + without + SPARE_MS, "a sweep takes too long"
finally:
    end(living)
