#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""prune_race.py HOOKS_DIR CTL QUERY ROOT ROUNDS [FORGET_ARG]: containers live and end under a few IDs while lifecycle-ctl
prunes and forgets those IDs without end, and poststop sweeps, or removes.

After each start the container's record must be there, and stay as long as the process lives. Prints how much was
done; fails if a living record was missing, or if nothing was pruned or forgotten. With --force for FORGET_ARG it has to fail.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

IDS = 4
hooks, ctl, query, root, rounds = sys.argv[1], sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4]), int(sys.argv[5])
force = sys.argv[6:]
over = threading.Event()


def hook(point, container, pid, status, *options):
    state = json.dumps({"ociVersion": "1.0.2", "id": container, "status": status, "pid": pid, "bundle": "/b"})
    subprocess.run([f"{hooks}/lifecycle-{point}", "--root", root, "--strict", "--timeout", "60", *options],
                   input=state.encode(), check=True, timeout=120)


def recorded(container):
    try:
        return json.loads((root / container / "lifecycle.json").read_text())
    except FileNotFoundError:
        return None


def is_recorded(container, key, value):
    record = recorded(container)
    return record is not None and record[key] == value


def minute_passes():
    """So that the next poststop sweeps."""
    try:
        os.utime(root / ".swept", (0, 0))
    except FileNotFoundError:
        pass


def live(number):
    """Returns how often its record was pruned before it was looked for again; raises if it was while alive."""
    container = f"race-{number}"
    pruned = 0
    for turn in range(rounds // IDS):
        pruned += root.exists() and recorded(container) is None
        process = subprocess.Popen(["sleep", "600"])
        try:
            hook("create-runtime", container, process.pid, "creating")
            assert is_recorded(container, "pid", process.pid), "the record of a living container is missing"
            hook("poststart", container, process.pid, "running")
            assert is_recorded(container, "status", "running"), "the record of a running container is not its own"
            time.sleep(0.002)
            assert is_recorded(container, "pid", process.pid), "the record of a running container was removed"
        finally:
            process.kill()
            process.wait()
        minute_passes()
        hook("poststop", container, 0, "stopped", "--retention", "0.001", *(["--remove"] if turn % 3 == 0 else []))
    return pruned


def prune():
    runs = 0
    while not over.is_set():
        subprocess.run([ctl, "--root", root, "prune"], stdout=subprocess.DEVNULL, check=True, timeout=120)
        runs += 1
    return runs


def forget():
    """What is not there, or lives, is refused."""
    forgotten = 0
    while not over.is_set():
        for number in range(IDS):
            done = subprocess.run([ctl, "--root", root, "forget", *force, f"race-{number}"], capture_output=True, text=True,
                                  timeout=120, check=False)
            assert done.returncode in (0, 1, 3), f"forget: {done}"
            forgotten += done.returncode == 0
    return forgotten


with concurrent.futures.ThreadPoolExecutor(IDS + 2) as pool:
    pruner, forgetter = pool.submit(prune), pool.submit(forget)
    lives = [pool.submit(live, number) for number in range(IDS)]
    try:
        pruned = sum(life.result() for life in lives)
    finally:
        over.set()
    print(f"{rounds} rounds, {pruner.result()} prunes, {forgetter.result()} forgotten, {pruned} records found gone, no living one")
    assert pruned > rounds // 20 and forgetter.result() > 0, "hardly anything was removed: this shows nothing"
