#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""hammer.py HOOKS_DIR QUERY ROOT SECONDS: 20 writers change records while lifecycle-query list is read over and over.

Each writer has a container that lives all the time, whose hooks come again and again, and one that lives, ends and
is removed without end. Prints how much was done; fails if a line is malformed, if a container that lives all the
time is missing or not running, or if the query complains.
"""

import concurrent.futures
import json
import re
import subprocess
import sys
import threading
import time

WRITERS = 20
hooks, query, root, seconds = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
over = threading.Event()


def hook(point, container, pid, status, *options):
    state = json.dumps({"ociVersion": "1.0.2", "id": container, "status": status, "pid": pid, "bundle": "/b"})
    subprocess.run([f"{hooks}/lifecycle-{point}", "--root", root, "--strict", "--timeout", "60", *options],
                   input=state.encode(), check=True, timeout=120)


def start(container):
    process = subprocess.Popen(["sleep", "600"])
    hook("create-runtime", container, process.pid, "creating")
    hook("poststart", container, process.pid, "running")
    return process


def write(number, lasting):
    writes = 0
    while not over.is_set():
        hook("poststart", f"lasting-{number}", lasting.pid, "running")
        passing = start(f"passing-{number}")
        passing.kill()
        passing.wait()
        hook("poststop", f"passing-{number}", 0, "stopped", "--remove")
        writes += 4
    return writes


def check(done, parse):
    assert done.returncode == 0 and not done.stderr, f"{done.returncode}: {done.stderr}"
    running = {name for name, status in parse(done.stdout) if status == "running"}
    missing = {f"lasting-{number}" for number in range(WRITERS)} - running
    assert not missing, f"missing or not running: {missing}"


def table(text):
    for line in text.splitlines()[1:]:
        parts = re.fullmatch(r"((?:lasting|passing)-\d+) +- +(creating|running|stopped(?: \([a-z_ 0-9]+\))?) +"
                             r"(?:~?\d+ seconds? ago|\d+ minutes? ago|-) +(?:\d+ seconds? ago|-) +(?:\d+|-) -", line)
        assert parts, f"malformed: {line!r}"
        yield parts.groups()


def jsonl(text):
    for line in text.splitlines():
        row = json.loads(line)
        yield row["id"], row["status"]


lasting = [start(f"lasting-{number}") for number in range(WRITERS)]
try:
    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, number, process) for number, process in enumerate(lasting)]
        end, lists = time.monotonic() + seconds, 0
        try:
            while time.monotonic() < end:
                for form, parse in (("table", table), ("jsonl", jsonl)):
                    check(subprocess.run([query, "--root", root, "list", "--format", form], capture_output=True,
                                         text=True, timeout=60, check=False), parse)
                    lists += 1
        finally:
            over.set()
        print(f"{seconds:g} s, {sum(writer.result() for writer in writers)} writes, {lists} lists, nothing wrong")
finally:
    for process in lasting:
        process.kill()
        process.wait()
