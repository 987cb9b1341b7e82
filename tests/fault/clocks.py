#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""clocks.py [--seed SEED] [--runs N] [--seconds S] [--hooks DIR]: containers live while the machine's clock is set back and on between their
hooks, and within them; hooks and readers are told another time by the injector.

After each hook the record is there and keeps to the schema; no length of time in it is negative, nor in what any reader
prints; what ended did not end before it started, unless both are told by the clock as it was. Prints what is wrong.
"""

import argparse
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import jsonschema

import injecting

TOP = pathlib.Path(os.environ["TOP_SRCDIR"])
YEAR = 31556952
POINTS = ("prestart", "create-runtime", "poststart", "poststop")
# A sweep would take a container whose end is a day ago by then.
OPTIONS = {"prestart": ("--", shutil.which("true")), "poststop": ("--retention", "0")}
READERS = (["list", "-a"], ["inspect", "c1"], ["timeline", "c1"], ["explain", "c1"], ["events"], ["metrics"],
           ["started-at", "c1"], ["verify"])
# A minus before a number that is no part of a time, a zone or a word.
NEGATIVE = re.compile(r"(?<![\w.:T-])-\d[\d.]*(?:ns|us|ms|s|m|h|d)?\b")


def offsets():
    """Of a clock that is right, ten years slow, a hundred fast, and near the ends of 32 and 64 bits, as seconds."""
    now = int(time.time())
    return [0, -10 * YEAR, 100 * YEAR, 2**31 - 2 - now, 2**31 + 2 - now, 2**32 + 2 - now, 2**63 // 10**9 - 60 - now,
            2**63 // 10**9 + 60 - now, 400 * YEAR, 1 - now]


def clock(offset, later):
    """Off from the beginning on, and further off from the nth look at a clock on."""
    plan = [injecting.NO_LOG, ("clock", 0, offset)]
    return [*plan, ("clock", later[0], later[1])] if later else plan


class Life:
    def __init__(self, directory, hooks):
        self.directory = directory
        self.root = directory / "root"
        self.state = directory / "state"
        self.record = self.root / "c1" / "lifecycle.json"
        self.hooks = {point: self.injector(hooks / f"lifecycle-{point}", "--root", self.root, "--strict",
                                           *OPTIONS.get(point, ()))
                      for point in POINTS}
        query = injecting.itself(os.environ["QUERY"])
        self.readers = [(reader[0], self.injector(query, "--root", self.root, *reader)) for reader in READERS]
        schema = json.loads((TOP / "libstate" / "lifecycle.schema.json").read_text())
        self.validator = jsonschema.Draft202012Validator(schema)

    def injector(self, *command):
        return injecting.Injector([str(word) for word in command], self.state, self.directory / "printed")

    def close(self):
        for injector in [*self.hooks.values(), *(reader for _, reader in self.readers)]:
            injector.close()

    def hook(self, point, pid, plan):
        status = {"poststop": "stopped", "poststart": "running"}.get(point, "creating")
        self.state.write_text(json.dumps({"id": "c1", "status": status, "pid": pid, "bundle": "/b"}))
        run = self.hooks[point].run(plan)
        if run.status != 0 or run.said:
            return f"{point}: exit status {run.status}, {run.said}"
        return self.judge_record(point)

    def judge_record(self, point):
        record = json.loads(self.record.read_text())
        for error in self.validator.iter_errors(record):
            return f"{point}: {error.json_path}: {error.message[:200]}"
        for hook in record["hooks"]:
            if hook.get("duration_ns", 0) < 0:
                return f"{point}: a negative duration: {hook}"
        wanted = {"poststop": "stopped", "poststart": "running"}.get(point, "creating")
        return None if record.get("status") == wanted else f"{point}: status {record.get('status')}"

    def read(self, plan):
        for name, reader in self.readers:
            run = reader.run(plan)
            if run.status not in ({0, 1} if name in ("verify", "started-at") else {0}):
                return f"{name}: exit status {run.status}, {run.said[:3]}"
            for line in run.said + run.printed:
                if NEGATIVE.search(line):
                    return f"{name}: a negative number: {line}"
        return None

    def live(self, times):
        shutil.rmtree(self.root, ignore_errors=True)
        process = subprocess.Popen(["sleep", "600"])
        try:
            for point, plan in zip(POINTS, times):
                if point == "poststop":
                    process.kill()
                    process.wait()
                fault = self.hook(point, process.pid, plan) or self.read(times[4])
                if fault:
                    return fault
        finally:
            process.kill()
            process.wait()
        return None


def chosen(options):
    """Plans for four hooks and the readers."""
    chance = random.Random(options.seed)
    end = time.monotonic() + options.seconds
    for done in itertools.count():
        if time.monotonic() >= end if options.seconds else done >= options.runs:
            return
        yield [clock(chance.choice(offsets()), (chance.randrange(1, 6), chance.choice(offsets())) if chance.random() < 0.3 else None)
               for _ in range(5)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--hooks", type=pathlib.Path, default=pathlib.Path(os.environ["HOOKS_DIR"]))
    options = parser.parse_args()
    lives = faults = 0
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-", dir="/dev/shm") as directory:
        life = Life(pathlib.Path(directory), options.hooks)
        for times in chosen(options):
            lives += 1
            fault = life.live(times)
            if fault:
                faults += 1
                print(f"{[injecting.told(plan[1:]) for plan in times]}: {fault}")
        life.close()
    print(f"{lives} lives, {faults} faults")
    return 1 if faults or lives == 0 else 0


if __name__ == "__main__":
    injecting.unavailable_is_skipped(main)
