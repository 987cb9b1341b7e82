# SPDX-License-Identifier: Apache-2.0
"""Lives of containers in a store that is on a disk of disk.py, with a mark before and after each step.

A file that is told of is a record, or a config.json that lifecycle-runtime changes. A Step says between which marks files
were changed, and what they held then; so that for each moment it is known what a power cut may leave of them.
"""

import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import threading

WRITERS = 3
IDS_PER_WRITER = 3
TOP = pathlib.Path(os.environ["TOP_SRCDIR"])
CONFIG = TOP / "tests" / "data" / "configs" / "docker.json"
BUNDLE = "bundle-"   # so begins the name of a file that is in a bundle
SWEEPER = "sweeper"
ANY_END = "any end"  # in place of a text: of a container that has stopped


Programs = collections.namedtuple("Programs", "hook runtime")  # the command of a hook point; lifecycle-runtime


class Step:
    """Marks `S NUMBER` and `A NUMBER` are around it."""

    def __init__(self, number, what, names, lasting):
        self.number = number
        self.what = what
        self.lasting = lasting                        # once it is acknowledged, no power cut may undo it
        self.after = {name: None for name in names}   # file: its text, None if it was removed
        self.between = {name: [] for name in names}   # file: what it may have been meanwhile


class Container:
    """A process that lives as long as a container does."""

    def __init__(self, name):
        self.name = name
        self.process = subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL)

    def state(self, status):
        return json.dumps({"ociVersion": "1.0.2", "id": self.name, "status": status, "pid": self.process.pid,
                           "bundle": "/bundle"}).encode()

    def __enter__(self):
        return self

    def end(self):
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_):
        self.end()


def all_names():
    return [f"c{writer}-{number}" for writer in range(WRITERS) for number in range(IDS_PER_WRITER)]


def store_of(mounted):
    """Neither it nor what it is in is there at first."""
    return mounted / "var" / "store"


def path_of(mounted, name):
    return mounted / name / "config.json" if name.startswith(BUNDLE) else store_of(mounted) / name / "lifecycle.json"


class Lives:
    """What is done to a store, by several writers at a time."""

    def __init__(self, mounted, mark, scratch, programs):
        self.mounted = mounted
        self.root = str(store_of(mounted))
        self.mark = os.open(mark, os.O_WRONLY | os.O_CLOEXEC)
        self.scratch = scratch
        self.programs = programs
        self.steps = []
        self.lock = threading.Lock()
        self.failed = None
        self.ended = False

    def text(self, name):
        try:
            return path_of(self.mounted, name).read_bytes()
        except FileNotFoundError:
            return None

    def step(self, what, names, command, lasting=True, state=b""):
        """Whoever fails, or says something, has no place here."""
        with self.lock:
            step = Step(len(self.steps), what, names, lasting)
            self.steps.append(step)
        os.write(self.mark, b"S %d\n" % step.number)
        result = subprocess.run(command, input=state, capture_output=True, check=False)
        if result.returncode != 0 or result.stderr:
            raise RuntimeError(f"{command}: {result.returncode}, {result.stderr.decode()}")
        os.write(self.mark, b"A %d\n" % step.number)
        step.after = {name: self.text(name) for name in names}
        return step

    # ---- one container ----

    def run_hook(self, container, point, status, *arguments, also=(), lasting=True):
        command = [*self.programs.hook(point), "--root", self.root, "--strict", *arguments]
        return self.step(point, [container.name, *also], command, lasting, container.state(status))

    def run_wrapped(self, container):
        """The command is shown the record that was written before it began."""
        copy = self.scratch / f"between-{container.name}"
        command = ["/bin/cp", str(path_of(self.mounted, container.name)), str(copy)]
        step = self.run_hook(container, "prestart", "creating", "--", *command)
        step.between[container.name] = [copy.read_bytes()]

    def live(self, container, chance):
        if chance.random() < 0.4:
            self.run_wrapped(container)
        self.run_hook(container, "create-runtime", "creating")
        self.run_hook(container, "poststart", "running")
        container.end()
        if chance.random() < 0.25:
            step = self.run_hook(container, "poststop", "stopped", "--remove", lasting=False)
            step.between[container.name] = [ANY_END]
            return
        self.run_hook(container, "poststop", "stopped")
        if chance.random() < 0.25:
            self.step("forget", [container.name], [os.environ["CTL"], "--root", self.root, "forget", container.name])

    def create_from_bundle(self, name):
        """By a runtime that does nothing. A config.json is not promised to last, only to be whole."""
        command = [self.programs.runtime, "--lifecycle-runtime", "true", "--lifecycle-root", self.root,
                   "--lifecycle-hooks", os.environ["HOOKS_DIR"], "create", "--bundle", str(self.mounted / name), "none"]
        self.step("runtime create", [name], command, lasting=False)

    # ---- all of them ----

    def write(self, writer, turn, lives, seed):
        chance = random.Random(seed)
        try:
            self.create_from_bundle(f"{BUNDLE}{writer}-{turn}")
            for life in range(lives):
                with Container(f"c{writer}-{life % IDS_PER_WRITER}") as container:
                    self.live(container, chance)
        except Exception as error:  # threads do not hand it on
            self.failed = error

    def disturb(self, seed):
        """Others on the same disk, who sync nothing: what they write gets there whenever it likes."""
        chance = random.Random(seed)
        place = self.mounted / "others"
        place.mkdir()
        while not self.ended:
            file = place / f"{chance.randrange(12)}"
            if chance.random() < 0.3:
                file.unlink(missing_ok=True)
                continue
            with (place / "new").open("wb") as new:
                new.write(chance.randbytes(chance.choice([10, 3000, 20000])))
                new.flush()
                if chance.random() < 0.5:  # begins to write it, and waits for nothing
                    os.posix_fadvise(new.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            (place / "new").rename(file)

    def prune(self):
        self.step("prune", all_names(), [os.environ["CTL"], "--root", self.root, "prune"], lasting=False)

    def sweep(self):
        """By a poststop, which takes all that has stopped along, its own container too."""
        with Container(SWEEPER) as container:
            self.run_hook(container, "create-runtime", "creating")
            container.end()
            os.utime(pathlib.Path(self.root) / ".swept", (1000, 1000))
            step = self.run_hook(container, "poststop", "stopped", "--retention", "1ms", also=all_names(), lasting=False)
            step.between[SWEEPER] = [ANY_END]

    def run(self, rounds, lives, chance):
        disturber = threading.Thread(target=self.disturb, args=(chance.random(),))
        disturber.start()
        try:
            for turn in range(rounds):
                seeds = [chance.random() for _ in range(WRITERS)]
                self.run_writers(turn, lives, seeds)
                chance.choice([self.prune, self.sweep])()
        finally:
            self.ended = True
            disturber.join()

    def run_writers(self, turn, lives, seeds):
        writers = [threading.Thread(target=self.write, args=(number, turn, lives, seed)) for number, seed in enumerate(seeds)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        if self.failed:
            raise self.failed


def make_bundles(mounted, rounds):
    """They are on the disk before the first step."""
    for writer in range(WRITERS):
        for turn in range(rounds):
            bundle = mounted / f"{BUNDLE}{writer}-{turn}"
            bundle.mkdir()
            shutil.copy(CONFIG, bundle / "config.json")
    subprocess.run(["sync", "-f", str(mounted)], check=True)
