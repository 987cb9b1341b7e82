# SPDX-License-Identifier: Apache-2.0
"""readers.py QUERY FLOOR MEASURE FOLDER: what reading a store costs, in FOLDER, which should be on tmpfs.

Ratios are medians of interleaved rounds; the floor is a program that opens and reads every record, and does no more.
"""
import os
import shutil
import statistics
import subprocess
import sys

QUERY, FLOOR, MEASURE, FOLDER = sys.argv[1:5]
ROUNDS = int(os.environ.get("READER_ROUNDS", "11"))
RECORD = """{"version":1,"id":"%(id)s","bundle":"/run/bundles/%(id)s","oci_version":"1.0.2-dev","generation":1,\
"instance":"0e0a7d3a-5a1f-4a4e-9a53-%(number)012d","status":"stopped","reason":"exited","pid":12345,\
"created_at":"2026-11-25T21:00:00.000000001Z","started_at":"2026-11-25T21:00:00.100000001Z",\
"started_at_source":"poststart","finished_at":"2026-11-25T21:00:01.000000001Z","finished_at_source":"poststop",\
"create_error":false,"pid_start_ticks":123456,"boot_id":"7f6e0a7d-5a1f-4a4e-9a53-3f0e6f0e0000",\
"pid_ns":4026531836,"init_exe":"2049:123456","init_forked":true,"hooks":[\
{"point":"createRuntime","time":"2026-11-25T21:00:00.000000001Z","status":"creating","pid":12345},\
{"point":"poststart","time":"2026-11-25T21:00:00.100000001Z","status":"created","pid":12345},\
{"point":"poststop","time":"2026-11-25T21:00:01.000000001Z","status":"stopped"}]}"""


def fill(name, count):
    """A store with `count` records of one life each."""
    root = f"{FOLDER}/{name}"
    os.umask(0o077)
    os.mkdir(root)
    for number in range(count):
        container = f"c{number:07}"
        os.mkdir(f"{root}/{container}")
        with open(f"{root}/{container}/lifecycle.json", "w", encoding="ascii") as file:
            file.write(RECORD % {"id": container, "number": number})
    return root


def run(*command):
    """Milliseconds, and the peak of memory in KiB."""
    said = subprocess.run([MEASURE, *command], check=True, stdout=subprocess.PIPE).stdout
    took, peak = said.split()
    return float(took), int(peak)


def medians(commands):
    """Of each command's times, the commands run in turn."""
    times = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name].append(run(*command)[0])
    return {name: statistics.median(values) for name, values in times.items()}


def compare_with_floor():
    root = fill("ten_thousand", 10000)
    query = [QUERY, "--root", root]
    found = medians({
        "floor": [FLOOR, root],
        "list --format jsonl": [*query, "list", "--format", "jsonl"],
        "list -q": [*query, "list", "-q"],
        "list": [*query, "list"],
        "metrics": [*query, "metrics"],
    })
    for name, value in found.items():
        print(f"10,000 records: {name:20} {value:7.1f} ms, {value / found['floor']:5.2f} times the floor")
    shutil.rmtree(root)


def measure_memory():
    root, small = fill("hundred_thousand", 100000), fill("ten", 10)
    for command in (["list", "--format", "jsonl"], ["list", "-q"], ["metrics"], ["verify"]):
        took, peak = run(QUERY, "--root", root, *command)
        print(f"100,000 records: {' '.join(command):20} peak {peak / 1024:5.1f} MiB, {took:7.1f} ms")
    found = medians({
        "many": [QUERY, "--root", root, "started-at", "c0000005"],
        "few": [QUERY, "--root", small, "started-at", "c0000005"],
    })
    print(f"started-at of an exact ID: {found['many']:.2f} ms of 100,000, {found['few']:.2f} ms of 10: "
          f"{found['many'] / found['few']:.2f} times")
    shutil.rmtree(root)
    shutil.rmtree(small)


compare_with_floor()
measure_memory()
