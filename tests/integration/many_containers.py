#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Many containers at a time, and whether each one's record is true.

many_containers.py run COUNT PARALLEL PREFIX BUNDLE MANIFEST RUNTIME ARG...
    runs COUNT containers PREFIX-0, PREFIX-1, ... of one bundle, whose program prints when it began and when it
    ended; what was seen of each goes to MANIFEST, a line of JSON each
many_containers.py check MANIFEST STORE SOURCE
    prints a line for each record that is not what was seen, and how many; exits with 1 if there is one.
    SOURCE is the started_at_source that all must have
"""

import concurrent.futures
import json
import pathlib
import subprocess
import sys
import time


def now():
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{nanoseconds:09d}Z"


def run_one(container, bundle, runtime):
    before = now()
    done = subprocess.run([*runtime, "run", "--bundle", bundle, container], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300, check=False)
    return {"id": container, "before": before, "after": now(), "status": done.returncode,
            "clock": done.stdout.split(), "stderr": done.stderr}


def run(count, parallel, prefix, bundle, manifest, *runtime):
    with concurrent.futures.ThreadPoolExecutor(int(parallel)) as pool:
        seen = pool.map(lambda n: run_one(f"{prefix}-{n}", bundle, runtime), range(int(count)))
        pathlib.Path(manifest).write_text("".join(json.dumps(one) + "\n" for one in seen))
    return 0


def faults(seen, record, source):
    """What of a record is not what was seen of its container."""
    if seen["status"] != 0 or len(seen["clock"]) != 2:
        yield f"the container failed: {seen['stderr']}"
        return
    began, ended = seen["clock"]
    expected = {"version": 1, "id": seen["id"], "generation": 1, "status": "stopped", "create_error": False,
                "started_at_source": source, "finished_at_source": "poststop"}
    for key, value in expected.items():
        if record.get(key) != value:
            yield f"{key} is {record.get(key)!r}, not {value!r}"
    absent = {"errors", "previous", "recovered", "exit_code"} | ({"reason"} if source == "createRuntime" else set())
    for key in absent & record.keys():
        yield f"{key} is {record[key]!r}"
    if source == "poststart" and record.get("reason") != "exited":
        yield f"reason is {record.get('reason')!r}"
    points = [hook.get("point") for hook in record.get("hooks", [])]
    if points != ["createRuntime", "poststart", "poststop"]:
        yield f"hooks are {points}"
    times = {"before": seen["before"], "began": began, "ended": ended, "after": seen["after"],
             **{key: record.get(key, "") for key in ("created_at", "started_at", "finished_at")}}
    # A runtime may get round to poststart only after the program's end; what is provisional is before its beginning.
    start = ("created_at", "started_at", "began" if source == "createRuntime" else "finished_at")
    for order in (("before", "created_at", "began", "ended", "finished_at", "after"), start):
        values = [times[name] for name in order]
        if values != sorted(values):
            yield "not in order: " + ", ".join(f"{name} {times[name]}" for name in order)


def load(store, container):
    try:
        return json.loads((pathlib.Path(store) / container / "lifecycle.json").read_text())
    except (OSError, ValueError) as error:
        return {"unreadable": str(error)}


def check(manifest, store, source):
    containers = [json.loads(line) for line in pathlib.Path(manifest).read_text().splitlines()]
    wrong = 0
    for seen in containers:
        found = list(faults(seen, load(store, seen["id"]), source))
        wrong += bool(found)
        for fault in found:
            print(f"{seen['id']}: {fault}")
    print(f"{len(containers)} records, {wrong} wrong")
    return 1 if wrong or not containers else 0


if __name__ == "__main__":
    sys.exit({"run": run, "check": check}[sys.argv[1]](*sys.argv[2:]))
