#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""inject.py KIND SCENE [--program HOOK] [--seed SEED] [--runs N] [--seconds S]: runs a hook again and again while its
system calls fail.

KIND: error, persistent, interrupt, kill: once for each call; short: one run in which each read and write is of one byte,
after which the record is the same, identity included; every: once for each call and each errno that it can return;
pairs: two of those in one run. N: only so many of them, by chance; S: pairs for so long. SCENE: one of those below, HOOK
another program in the hook's place. Prints what is wrong, and exits 1 if anything is: a record that is neither the old
nor the new one, silence about one that was not written, a wrong exit status, a next run that does not put it right.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import injecting

TOP = pathlib.Path(os.environ["TOP_SRCDIR"])
RECORDS = TOP / "tests" / "data" / "records"
TEMPORARY = ".lifecycle.json.tmp"
OURS = {"lifecycle.json", "lifecycle.json.corrupt", "lifecycle.json.corrupt.1"}
# What differs from run to run, and what may stay unknown when nobody could look.
VARYING = {"instance", "time", "created_at", "started_at", "finished_at", "duration_ns"}
IDENTITY = {"pid", "pid_start_ticks", "boot_id", "pid_ns", "init_exe", "init_forked"}

# Of a hook, or of lifecycle-ctl where `hook` is None. What it `removes` is the container's directory, with all of ours in it.
Scene = collections.namedtuple("Scene", "hook arguments before bad removes", defaults=[False])
SCENES = {
    "new": Scene("create-runtime", [], None, False),
    "again": Scene("create-runtime", [], "kept/stopped.json", False),
    "bad": Scene("create-runtime", [], "invalid/garbage.json", True),
    "stop": Scene("poststop", ["--retention", "1h"], "kept/smallest.json", False),
    "command": Scene("prestart", ["--", "/bin/true"], None, False),
    "remove": Scene("poststop", ["--remove"], "kept/stopped.json", False, True),
    "remove-only": Scene("poststop", ["--remove", "--retention", "0"], "kept/stopped.json", False, True),
    "prune": Scene(None, ["prune", "--older-than", "0"], "kept/stopped.json", False, True),
    "forget": Scene(None, ["forget", "c1"], "kept/stopped.json", False, True),
}

# Without these a command cannot be run, and that is its failure.
TO_RUN = {"pipe2", "clone", "clone3", "fork", "vfork"}
# Two failures in one run, and errnos that are no plain failures: then with --strict, whose exit status tells.
WIDE = {"every", "pairs"}


class Place:
    """A store, and a hook to be run on it."""

    def __init__(self, scene, directory, program, strict):
        self.scene = scene
        self.directory = directory
        self.root = directory / "root"
        self.container = self.root / "c1"
        self.record = self.container / "lifecycle.json"
        self.asides = [self.container / name for name in ("lifecycle.json.corrupt", "lifecycle.json.corrupt.1")]
        self.before = (RECORDS / scene.before).read_bytes() if scene.before else None
        ours = pathlib.Path(os.environ["HOOKS_DIR"]) / f"lifecycle-{scene.hook}" if scene.hook else \
            injecting.itself(os.environ["CTL"])
        self.command = [str(program or ours), "--root", str(self.root)]
        if strict and scene.hook:
            self.command += ["--strict", "--timeout", "200ms"]
        self.command += scene.arguments
        self.first = "rt_sigprocmask" if scene.hook else "munmap"  # the first call of ours
        self.judged = set()
        state = directory / "state"
        state.write_text(json.dumps({"id": "c1", "status": "running", "pid": os.getpid(), "bundle": "/b"}))
        self.injector = injecting.Injector(self.command, state)

    def prepare(self):
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(0o700)
        swept = self.root / ".swept"
        swept.touch(0o600)
        os.utime(swept, (1000, 1000))
        if self.before is not None:
            self.container.mkdir(0o700)
            self.record.write_bytes(self.before)
            self.record.chmod(0o600)
            # what a writer left that was killed before this one
            (self.container / TEMPORARY).write_text("left")

    def run(self, plan=()):
        return self.injector.run([injecting.NO_LOG, *plan])

    def calls(self, plan=()):
        """The names of the system calls of a run, in order."""
        self.prepare()
        return self.run(plan).calls

    def text(self):
        try:
            return self.record.read_bytes()
        except FileNotFoundError:
            return None

    def is_new_sight(self):
        """Whether what is there has not been there after a run before."""
        names = sorted(os.listdir(self.container)) if self.container.exists() else None
        sight = json.dumps([names, parsed(self.text())])
        if sight in self.judged:
            return False
        self.judged.add(sight)
        return True

    def old_is_there(self, may_be_aside):
        if self.text() == self.before:
            return True
        return self.text() is None and (self.scene.bad or may_be_aside) and any(
            aside.exists() and aside.read_bytes() == self.before for aside in self.asides)


def normalized(value, without):
    if isinstance(value, list):
        return [normalized(item, without) for item in value]
    if isinstance(value, dict):
        return {key: "*" if key in VARYING else normalized(item, without) for key, item in value.items()
                if key not in without}
    return value


def parsed(text, without=frozenset(IDENTITY)):
    try:
        return normalized(json.loads(text), without) if text is not None else None
    except ValueError:
        return "no JSON"


def without_end(record):
    begun = json.loads(json.dumps(record))
    begun["hooks"][-1].pop("duration_ns", None)
    return begun


def judge_record(place, new, plan, said):
    found = parsed(place.text())
    if found == new:
        return None
    # poststop writes the end before it removes the record
    if place.scene.removes and place.scene.hook and isinstance(found, dict) and found.get("status") == "stopped":
        return None
    if not place.old_is_there(injecting.is_believed(plan)) and not ("--" in place.command and found == without_end(new)):
        return f"the record is neither the old nor the new one: {place.text()!r}"
    if said is not None and not said:
        return "it wrote nothing, and said nothing"
    return None


def judge_next_removal(place):
    """What one that removes has left goes with the next prune."""
    prune = [os.environ["CTL"], "--root", str(place.root), "prune", "--older-than", "0"]
    result = subprocess.run(prune, capture_output=True, check=False)
    if result.returncode != 0 or place.container.exists():
        return f"the next prune: {result}, leaves {list(place.root.glob('*/*'))}"
    return None


def judge_next(place, plan):
    if place.scene.removes:
        return judge_next_removal(place)
    run = place.run()
    found = parsed(place.text())
    if run.status != 0 or run.said:
        return f"the next run: exit status {run.status}, {run.said}"
    if not isinstance(found, dict) or "status" not in found or (
            found.get("recovered", False) != place.scene.bad and not injecting.is_believed(plan)):
        return f"the next run leaves {place.text()!r}"
    left = set(os.listdir(place.container)) - OURS
    return f"the next run leaves {left}" if left else None


def judge_reader(place):
    """A reader while the hook is dead: it sees what is there."""
    query = os.environ["QUERY"]
    result = subprocess.run([query, "--root", str(place.root), "inspect", "c1"], capture_output=True, check=False)
    readable = place.text() is not None and not (place.scene.bad and place.old_is_there(False))
    return None if (result.returncode == 0) == readable else f"the reader: {result.stderr.decode()}"


def judge_failed_command(place):
    """It could not be run, which fails the container: then the record says so."""
    found = parsed(place.text())
    told = isinstance(found, dict) and found["create_error"] and found["errors"][-1]["exit_code"] == 126
    return None if told else f"the record does not say why the container failed: {place.text()!r}"


def judge_short(place, run):
    if run.status != 0 or run.said:
        return f"exit status {run.status}, {run.said}"
    if parsed(place.text(), frozenset()) != place.whole:
        return f"another record: {place.text()!r}, not {place.whole!r}"
    return None


def runs_command(plan):
    return any(name in TO_RUN for name, _, _ in plan)


def judge_run(plan, run, statuses):
    if run.status not in statuses | ({126} if runs_command(plan) else set()):
        return f"exit status {run.status}, {run.said}"
    # one of the record, and one of the command
    if len(run.said) > 1 + (run.status == 126):
        return f"more than one line: {run.said}"
    return None


def has_our_hook(place, new):
    found = parsed(place.text())
    return isinstance(found, dict) and found.get("hooks", [{}])[-1].get("point") == new["hooks"][-1]["point"]


def judge_removed(place, plan, run):
    if run.status == 0 and place.container.exists() and not injecting.is_believed(plan):
        return f"it says that it is removed: {os.listdir(place.container)}"
    if run.status != 0 and not run.said and injecting.could_tell(plan):
        return f"exit status {run.status}, and it said nothing"
    return None


def judge_strict(place, new, plan, run):
    """0 means that the record is there; 1 comes with a line."""
    fault = judge_run(plan, run, {0, 1})
    if fault or run.status == 126:
        return fault
    if place.scene.removes:
        return judge_removed(place, plan, run) if place.scene.hook else None
    written = parsed(place.text()) == new or (injecting.is_believed(plan) and has_our_hook(place, new))
    if run.status == 0 and not written:
        return f"it says that the record is there: {place.text()!r}"
    if run.status == 0 and run.said:
        return f"exit status 0, and {run.said}"
    if run.status == 1 and not run.said and injecting.could_tell(plan):
        return "exit status 1, and it said nothing"
    return None if written else judge_record(place, new, plan, None)


def judge_lenient(place, new, kind, plan, run):
    """Of one failure, or kill: the old record or the new one, and a line if it is not the new one."""
    fault = None
    if kind != "kill":
        fault = judge_run(plan, run, {0})
    if kind == "interrupt" and run.said:
        fault = f"an interruption is no failure: {run.said}"
    heard = None if kind == "kill" or not injecting.could_tell(plan) else run.said
    if not fault and run.status == 126:
        return judge_failed_command(place)
    return fault or judge_record(place, new, plan, heard)


class Missed(Exception):
    """The call did not come: what a run does may depend on what else the machine does."""


def attempt(place, new, kind, plan):
    place.prepare()
    run = place.run(plan)
    if run.hits <= (plan[-1][0] == "socket"):
        raise Missed
    if kind == "short":
        return judge_short(place, run)
    fault = judge_strict(place, new, plan, run) if kind in WIDE else judge_lenient(place, new, kind, plan, run)
    if not fault and place.is_new_sight():
        fault = judge_reader(place) or judge_next(place, plan)
    return fault


def plans(options, place, calls):
    if options.kind == "pairs":
        yield from pairs_of(options, place, calls)
        return
    single = list(injecting.single_plans(options.kind, calls, place.first))
    yield from random.Random(options.seed).sample(single, min(options.runs or len(single), len(single)))


def pairs_of(options, place, calls):
    pairs = injecting.Pairs(calls, place.first, options.seed)
    end = time.monotonic() + options.seconds if options.seconds else None
    done = 0
    while time.monotonic() < end if end else done < options.runs:
        yield pairs.next(place.calls)
        done += 1


def options_of(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["error", "persistent", "interrupt", "kill", "short", *WIDE])
    parser.add_argument("scene", choices=SCENES)
    parser.add_argument("--program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    return parser.parse_args(arguments)


def attempt_all(options, place, calls, new):
    runs = faults = missed = 0
    for plan in plans(options, place, calls):
        try:
            fault = attempt(place, new, options.kind, plan)
        except Missed:
            missed += 1
            continue
        runs += 1
        if fault:
            faults += 1
            print(f"{injecting.told(plan)}: {fault}")
    return runs, faults, missed


def main():
    options = options_of(sys.argv[1:])
    scene = SCENES[options.scene]
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-", dir=parent) as directory:
        place = Place(scene, pathlib.Path(directory), options.program, options.kind in WIDE)
        calls = place.calls()
        new = parsed(place.text())
        place.whole = parsed(place.text(), frozenset())
        runs, faults, missed = attempt_all(options, place, calls, new)
        place.injector.close()
    print(f"{runs} runs, {faults} faults" + (f", {missed} missed" if missed else ""))
    return 1 if faults or runs <= 10 * missed or isinstance(new, dict) == scene.removes else 0


if __name__ == "__main__":
    injecting.unavailable_is_skipped(main)
