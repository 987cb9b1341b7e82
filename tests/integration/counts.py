#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counts.py HOOKS_DIR QUERY CTL ROOT LIVES: no count ever falls while containers live and go, and each is right at the end.

Lives with a wrapped hook, and one in four with one that fails, by the real hooks, 8 at a time, of IDs that are used again.
Meanwhile records are pruned, forgotten and removed at their end, and who does that is killed at a moment of chance; and the
metrics are read all the time. Prints how often which of it was done.
"""

import json
import pathlib
import random
import subprocess
import sys
import threading
import time

HOOKS, QUERY, CTL, ROOT, LIVES = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
WORKERS, IDS = 8, 40
over = threading.Event()
gate = threading.Semaphore(WORKERS)  # a poststop that finds its record pruned would begin another: that is a process, too
done = {"kills": 0, "prunes": 0, "looks": 0}
problems = []


def hook(point, container, pid, status, *options, check=True):
    state = json.dumps({"ociVersion": "1.0.2", "id": container, "status": status, "pid": pid, "bundle": "/b"})
    return subprocess.run([HOOKS / f"lifecycle-{point}", "--root", ROOT, "--timeout", "60", *options], input=state.encode(),
                          check=check, timeout=120, stderr=subprocess.DEVNULL).returncode


def live(container, number):
    process = subprocess.Popen(["sleep", "600"])
    try:
        if number % 4 == 3:
            hook("prestart", container, process.pid, "creating", "--", "/bin/false", check=False)
        hook("create-runtime", container, process.pid, "creating", "--", "/bin/true")
    finally:
        with gate:
            process.kill()
            process.wait()
            end = number % 3  # one in three has no poststop, one in three goes at once
            if end:
                hook("poststop", container, 0, "stopped", *(["--remove"] if end == 2 else []))
    if number % 5 == 0:
        kill_at_times([CTL, "--root", ROOT, "forget", "--force", container])


def lives(worker):
    for number in range(worker, LIVES, WORKERS):
        live(f"c{worker}-{number // WORKERS % (IDS // WORKERS)}", number)


def kill_at_times(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if random.random() < 0.7:
        time.sleep(random.random() * 0.02)
        if process.poll() is None:
            process.kill()
            done["kills"] += 1
    process.wait()


def prunes():
    while not over.is_set():
        for _ in range(WORKERS):
            gate.acquire()
        kill_at_times([CTL, "--root", ROOT, "prune"])
        gate.release(WORKERS)
        done["prunes"] += 1
        time.sleep(0.05)


def look():
    text = subprocess.run([QUERY, "--root", ROOT, "metrics"], stdout=subprocess.PIPE, check=False, timeout=60).stdout.decode()
    found = {}
    for line in text.splitlines():
        if "_total" in line.split(" ")[0] or line.startswith("oci_lifecycle_hook_seconds_"):
            name, value = line.rsplit(" ", 1)
            if not line.startswith("#"):
                found[name] = float(value)
    return found


def looks():
    before = {}
    while not over.is_set():
        now = look()
        for name, value in before.items():
            if now.get(name, -1) < value:
                problems.append(f"{name} fell from {value} to {now.get(name)}")
        before = now
        done["looks"] += 1


def main():
    others = [threading.Thread(target=prunes), threading.Thread(target=looks)]
    workers = [threading.Thread(target=lives, args=(worker,)) for worker in range(WORKERS)]
    for thread in others + workers:
        thread.start()
    for thread in workers:
        thread.join()
    over.set()
    for thread in others:
        thread.join()
    subprocess.run([CTL, "--root", ROOT, "prune"], stdout=subprocess.DEVNULL, check=True)
    now, failed = look(), sum(number % 4 == 3 for number in range(LIVES))
    expected = {"oci_lifecycle_generations_total": LIVES, "oci_lifecycle_create_errors_total": failed,
                'oci_lifecycle_hook_seconds_count{point="createRuntime",command="/bin/true"}': LIVES,
                'oci_lifecycle_hook_seconds_count{point="prestart",command="/bin/false"}': failed,
                'oci_lifecycle_hook_failures_total{point="prestart",command="/bin/false"}': failed}
    for name, value in expected.items():
        if now.get(name) != value:
            problems.append(f"{name} is {now.get(name)}, not {value}")
    print(", ".join(f"{value} {name}" for name, value in done.items()))
    return "\n".join(problems[:20]) or 0


sys.exit(main())
