#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""fail_tools.py KIND SCENE [--program PROGRAM] [--seed SEED] [--runs N] [--seconds S]: a tool runs again and again while
its system calls fail.

KIND: error: each call once, with its commonest errno; persistent: each kind of call from then on; interrupt: each call
that can be; every: each call with each errno that it can return; pairs: two of those in one run. N: only so many of
them, by chance; S: pairs for so long. SCENE: one of those below. PROGRAM: another one in the tool's place. Prints what
is wrong, and exits 1 if anything is:

a reader that leaves a container out, or shows of one what is not so, with status 0, or does the latter with any status;
one that removes a living container's record, says of one that it is removed and it is not, or the other way round;
a writer whose file is neither the old nor the new one, or the old one with status 0; a status of 1 without a word.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

import containers
import injecting
import tool_scenes

# ---- readers ----

# What is left out, or null, is not known, and that is no lie; a cursor is a place, and no fact.
MAY_BE_UNKNOWN = {"exit_code", "exit_signal", "machine_id", "host", "boot_id"}
NO_FACTS = {"cursor"}
IDS = containers.LIVING + containers.ENDED
# Where a line tells of which container it is.
OF_CONTAINER = re.compile(r'(?:/|id="|^)(' + "|".join(IDS) + r')(?:/|"|:|$)')


def json_values(text):
    decoder = json.JSONDecoder()
    while text.strip():
        value, end = decoder.raw_decode(text.lstrip())
        yield from value if isinstance(value, list) else [value]
        text = text.lstrip()[end:]


def matches(found, one, other):
    """`one` and `other` were shown when nothing failed: what differs in them tells the time."""
    if isinstance(one, dict) and isinstance(found, dict) and isinstance(other, dict):
        unknown = {key for key in MAY_BE_UNKNOWN if found.get(key) is None} | NO_FACTS
        return found.keys() - unknown == one.keys() - unknown and all(
            matches(found[key], one[key], other.get(key)) for key in one.keys() - unknown)
    if isinstance(one, list) and isinstance(found, list) and isinstance(other, list) and len(one) == len(other):
        return len(found) == len(one) and all(map(matches, found, one, other))
    return found == one or one != other


def contradiction(container, item):
    """What cannot be so, whoever could not look."""
    if isinstance(item, str):
        ends = 'status="stopped"} 1' in item
        return f"{container} lives: {item}" if ends and container in containers.LIVING else None
    seen = item.get("observed", item)
    if container in containers.LIVING and seen.get("status") == "stopped":
        return f"{container} lives: {seen}"
    if container in containers.ENDED and seen.get("status", "stopped") != "stopped" and seen.get("looked", True):
        return f"{container} has ended: {seen}"
    return None


class Reader:
    """What it shows is so: as it is when nothing fails, or as recorded, where nobody could look."""

    first = "munmap"

    def __init__(self, directory, arguments):
        self.store = containers.Containers(directory)
        self.command = [injecting.itself(os.environ["QUERY"]), "--root", self.store.root, *arguments]
        self.close = self.store.close
        self.truths = collections.defaultdict(list)  # of each container: what is shown, and once more
        # a record that one may not read is nobody's whose name is asked for
        self.by_name = arguments == READERS["name"]

    def prepare(self):
        pass

    def parse(self, printed):
        """What is shown of each container, as a list; a line that is of none stands for itself."""
        text = "\n".join(printed)
        shown = collections.defaultdict(list)
        if self.is_json:
            for item in json_values(text):
                if not isinstance(item, dict):
                    raise ValueError("cut off")
                shown[item["id"]].append(item)
        else:
            for line in printed:
                of = OF_CONTAINER.search(line)
                shown[of[1] if of else line].append(line)
        return shown

    def learn(self, injector):
        first = injector.run([injecting.NO_LOG])
        self.status = first.status
        self.is_json = "".join(first.printed).startswith(("[", "{"))
        self.whole = self.parse(first.printed)
        # no process can be looked at, or one of them: /proc is not what it should be
        for which in [None, *range(first.calls.count("fstatfs") + 1)]:
            plan = [("fstatfs", which, "EIO")] if which is not None else []
            one, other = (injector.run([injecting.NO_LOG, *plan]) for _ in range(2))
            if one.said:
                raise SystemExit(f"{plan}: {one}")
            self.learn_truth(self.parse(one.printed), self.parse(other.printed))
        return first

    def learn_truth(self, one, other):
        for key in set(self.whole) | set(one):
            if (one.get(key), other.get(key)) not in self.truths[key]:
                self.truths[key].append((one.get(key), other.get(key)))

    def judge(self, plan, run):
        believed = injecting.is_believed(plan) or (self.by_name and any(what == "EACCES" for _, _, what in plan))
        if run.status not in {0, 1, self.status} | ({3} if believed else set()):
            return f"exit status {run.status}, {run.said}"
        told = run.said or not injecting.could_tell(plan) or any("cannot be read" in line for line in run.printed)
        if run.status not in (0, self.status) and not told and not believed:
            return f"exit status {run.status}, and it said nothing"
        try:
            shown = self.parse(run.printed)
        except ValueError:
            return None if run.status == 1 and told else f"status {run.status}, {run.said}, no JSON: {run.printed}"
        cut_off = run.status == 1 and not injecting.could_tell(plan)
        return None if believed or cut_off else self.judge_shown(shown, run.status == 1 and told)

    def judge_shown(self, shown, told):
        for key, items in shown.items():
            fault = next(filter(None, (contradiction(key, item) for item in items)), None)
            if fault:
                return fault
            if not (told and ("cannot be read" in key or "store_faults" in key)) and not self.is_true(key, items, told):
                return f"it shows {items}; so it is: {[one for one, _ in self.truths[key]]}"
        # what is of no container may be another line, where nobody could look
        absent = [key for key in self.whole if key not in shown and (None, None) not in self.truths[key]]
        return f"it does not show {absent}" if absent and not told else None

    def is_true(self, key, items, told):
        """Who says that something failed may show less of it."""
        if self.is_json:
            return any(matches(items, one, other) for one, other in self.truths[key] if one)
        truths = [set(one) for one, _ in self.truths[key] if one]
        codes = {line for line in items if "exit_code" in line}
        if told:
            return {line for line in items if "cannot be read" not in line} <= set().union(*truths)
        return any(codes <= truth and set(items) == truth - {line for line in truth - codes if "exit_code" in line}
                   for truth in truths)


class Events(Reader):
    """Who goes on at the last cursor is told the rest."""

    def judge_shown(self, shown, told):
        return super().judge_shown(shown, told) or (self.judge_cursor(shown) if told else None)

    def judge_cursor(self, shown):
        events = [event for events in shown.values() for event in events]
        cursor = next((event["cursor"] for event in events if not event["cursor"].startswith("1.0.")), None)
        if cursor is None:
            return None
        arguments = [os.environ["QUERY"], *map(str, self.command[1:]), "--after", cursor]
        rest = self.parse(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.splitlines())
        of = {event["event_id"] for events in [*shown.values(), *rest.values()] for event in events}
        lost = [event["event_id"] for events in self.whole.values() for event in events if event["event_id"] not in of]
        return f"lost at {cursor}: {lost}" if lost else None


READERS = {
    "list": ["list", "--format", "json"],
    "ids": ["list", "--quiet"],
    "inspect": ["inspect", *IDS],
    "name": ["inspect", "web"],
    "verify": ["verify"],
    "started-at": ["started-at", *IDS],
    "timeline": ["timeline", "older", "--format", "json"],
    "events": ["events"],
    "metrics": ["metrics"],
}

# ---- what removes ----


class Removal:
    """The living are left alone; the IDs that are printed are those of what is gone."""

    first = "munmap"

    def __init__(self, directory, arguments):
        self.store = containers.Removable(directory)
        self.command = [injecting.itself(os.environ["CTL"]), "--root", self.store.root,
                        "--data-root", directory / "data", *arguments]
        self.close = self.store.close
        self.wanted = set(containers.ENDED)

    def prepare(self):
        self.store.restore()

    def learn(self, injector):
        self.prepare()
        run = injector.run([injecting.NO_LOG])
        if run.status != 0 or run.said or set(run.printed) != self.wanted:
            raise SystemExit(f"undisturbed: {run}")
        return run

    def judge(self, plan, run):
        statuses = {0, 1} | ({3} if injecting.is_believed(plan) else set())
        touched = [name for name in containers.LIVING if not self.store.is_whole(name)]
        gone = {name for name in self.wanted if self.store.is_gone(name)}
        half = [name for name in self.wanted - gone if self.store.record(name) and not self.store.is_whole(name)]
        # of whom the kernel says that it is gone, it is not alive
        if half or (touched and not injecting.is_believed(plan)):
            return f"{touched} live, and were touched; {half} are not whole"
        if run.status not in statuses:
            return f"exit status {run.status}, {run.said}"
        if run.status != 0 and not run.said and injecting.could_tell(plan):
            return f"exit status {run.status}, and it said nothing"
        if injecting.is_believed(plan):
            return None
        return self.judge_words(plan, run, gone)

    def judge_words(self, plan, run, gone):
        if run.status == 0 and gone != self.wanted:
            return f"status 0, and {self.wanted - gone} are there still"
        if not set(run.printed) <= gone:
            return f"it says that {set(run.printed) - gone} are gone"
        if run.status == 0 and set(run.printed) != gone:
            return f"it does not say that {gone - set(run.printed)} are gone"
        return self.judge_next()

    def judge_next(self):
        prune = [os.environ["CTL"], "--root", str(self.store.root), "prune"]
        result = subprocess.run(prune, capture_output=True, check=False)
        if result.returncode != 0 or not all(map(self.store.is_gone, self.wanted)):
            return f"the next prune: {result}"
        return None


REMOVALS = {
    "prune": ["prune"],
    "prune-old": ["prune", "--older-than", "1ns"],
    "forget": ["forget", *containers.ENDED],
}

# ---- what writes a file ----


class Writer:
    """The file is the old or the new one; if it is the old one, somebody says why."""

    def __init__(self, directory, name):
        self.scene = tool_scenes.SCENES[name](directory)
        self.command, self.first = self.scene.command, self.scene.first
        self.prepare, self.close = self.scene.prepare, self.scene.close
        self.next = None

    def learn(self, injector):
        self.prepare()
        run = injector.run([injecting.NO_LOG])
        if run.status != 0 or run.said:
            raise SystemExit(f"undisturbed: {run}")
        self.scene.learn()
        self.next = injector
        return run

    def judge(self, plan, run):
        old, new = self.scene.is_old(), self.scene.is_new()
        # what is said to be no file at all is set aside
        if not old and not new and injecting.is_believed(plan):
            return None
        if not old and not new:
            return f"neither the old nor the new one: {self.scene.target.read_bytes()!r}"
        if run.status not in {0, 1, *self.scene.failures}:
            return f"exit status {run.status}, {run.said}"
        told = run.said or not injecting.could_tell(plan)
        if not injecting.is_believed(plan) and run.status == 0 and not new and not (self.scene.goes_on and told):
            return f"status 0, and the old one is there: {run.said}"
        if not injecting.is_believed(plan) and run.status != 0 and not told:
            return f"exit status {run.status}, and it said nothing"
        return self.judge_next()

    def judge_next(self):
        run = self.next.run([injecting.NO_LOG])
        if run.status != 0 or run.said or not self.scene.is_new():
            return f"the next run: {run}"
        left = self.scene.left()
        return f"the next run leaves {left}" if left else None


def scene_of(name, directory):
    if name in READERS:
        return (Events if name == "events" else Reader)(directory, READERS[name])
    if name in REMOVALS:
        return Removal(directory, REMOVALS[name])
    return Writer(directory, name.removesuffix("-file"))


SCENES = [*READERS, *REMOVALS, "metrics-file", "runtime", "watch"]

# ---- all of it ----


def plans(options, scene, calls, trace):
    """What is to fail, a run each."""
    if options.kind == "pairs":
        pairs = injecting.Pairs(calls, scene.first, options.seed)
        end = time.monotonic() + options.seconds if options.seconds else None
        done = 0
        while time.monotonic() < end if end else done < options.runs:
            yield pairs.next(trace)
            done += 1
        return
    single = list(injecting.single_plans(options.kind, calls, scene.first))
    yield from random.Random(options.seed).sample(single, min(options.runs or len(single), len(single)))


def attempt_all(options, scene, injector):
    def attempt(plan):
        scene.prepare()
        return injector.run([injecting.NO_LOG, *plan])

    counts = collections.Counter()
    for plan in plans(options, scene, scene.learn(injector).calls, lambda plan: attempt(plan).calls):
        run = attempt(plan)
        # a call that did not come: what a run does may depend on what else the machine does
        if run.hits <= (plan[-1][0] == "socket"):
            counts["missed"] += 1
            continue
        counts["runs"] += 1
        fault = scene.judge(plan, run)
        if fault:
            counts["faults"] += 1
            print(f"{injecting.told(plan)}: {fault}", flush=True)
    return counts


def options_of(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["error", "persistent", "interrupt", "every", "pairs"])
    parser.add_argument("scene", choices=SCENES)
    parser.add_argument("--program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    return parser.parse_args(arguments)


def main():
    options = options_of(sys.argv[1:])
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-", dir=parent) as directory:
        directory = pathlib.Path(directory)
        scene = scene_of(options.scene, directory)
        if options.program:
            scene.command[0] = options.program
        state = directory / "state"
        state.touch()
        injector = injecting.Injector([str(word) for word in scene.command], state, directory / "printed")
        try:
            counts = attempt_all(options, scene, injector)
        finally:
            injector.close()
            scene.close()
    missed = f", {counts['missed']} missed" if counts["missed"] else ""
    print(f"{counts['runs']} runs, {counts['faults']} faults{missed}")
    return 1 if counts["faults"] or counts["runs"] <= 10 * counts["missed"] else 0


if __name__ == "__main__":
    injecting.unavailable_is_skipped(main)
