#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill_tools.py SCENE [--program PROGRAM]: a tool that writes is killed at each of its system calls, one after the other.

SCENE: metrics (lifecycle-query metrics --output), runtime (lifecycle-runtime create), watch (lifecycle-watch, which
records an end). First it reads and writes a byte at a time. After each kill what it writes is the old or the new one, whole; the next run makes it the new one and
leaves nothing beside it. Prints what is wrong, and exits 1 if anything is, or if no kill came before or after the change.
"""

import argparse
import collections
import json
import pathlib
import tempfile

import injecting
from tool_scenes import SCENES


def records_are_whole(scene):
    for record in scene.root.glob("*/lifecycle.json"):
        try:
            json.loads(record.read_bytes())
        except ValueError:
            return False
    return True


def judge(scene, injector, counts):
    """After a kill, and after the next run."""
    old, new = scene.is_old(), scene.is_new()
    if not old and not new:
        return f"neither the old nor the new one: {scene.target.read_bytes()!r}"
    if not records_are_whole(scene):
        return "a record is not whole"
    counts["old" if old else "new"] += 1
    run = injector.run([injecting.NO_LOG])
    if run.status != 0 or run.said:
        return f"the next run: {run.status}, {run.said}"
    if not scene.is_new():
        return f"the next run leaves {scene.target.read_bytes()!r}"
    left = scene.left()
    return f"the next run leaves {left}" if left else None


def kill_all(scene, injector):
    counts = collections.Counter()
    scene.prepare()
    run = injector.run([injecting.NO_LOG])
    if run.status != 0 or run.said:
        raise SystemExit(f"undisturbed: {run.status}, {run.said}")
    scene.learn()
    scene.prepare()
    short = injector.run([injecting.NO_LOG, ("read", 0, "short"), ("write", 0, "short")])
    if short.status != 0 or short.said or not scene.is_new():
        raise SystemExit(f"a byte at a time: {short.status}, {short.said}, {scene.target.read_bytes()!r}")
    counts["short"] = short.hits
    for plan in injecting.single_plans("kill", run.calls, scene.first):
        scene.prepare()
        if injector.run([injecting.NO_LOG, *plan]).status != 137:
            counts["missed"] += 1
            continue
        fault = judge(scene, injector, counts)
        if fault:
            counts["faults"] += 1
            print(f"{injecting.told(plan)}: {fault}")
    return counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scene", choices=SCENES)
    parser.add_argument("--program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-") as directory:
        scene = SCENES[options.scene](pathlib.Path(directory))
        if options.program:
            scene.command[0] = options.program
        state = scene.directory / "state"
        state.touch()
        injector = injecting.Injector(scene.command, state)
        try:
            counts = kill_all(scene, injector)
        finally:
            injector.close()
            scene.close()
    runs = counts["old"] + counts["new"]
    print(f"{counts['old']} old, {counts['new']} new, {counts['missed']} missed; {counts['short']} short reads and writes")
    print(f"{runs} runs, {counts['faults']} faults")
    return 1 if counts["faults"] or not counts["old"] or not counts["new"] or counts["missed"] * 10 > runs else 0


if __name__ == "__main__":
    injecting.unavailable_is_skipped(main)
