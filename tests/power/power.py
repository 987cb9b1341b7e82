#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""power.py FILE_SYSTEM... [--states NUMBER] [--seconds NUMBER] [--without file|directory|store] [--seed SEED]: pulls the plug.

Containers live on a disk that remembers each write and each flush (disk.py), and what was acknowledged when (life.py). Then
a fresh disk is made of what a power cut may have left of it: all that was written before the last flush, and of what came
later a part, up to a moment by chance. That is mounted, and judged (judge.py). So many times for each FILE_SYSTEM, or for
so long; those are below.

--without puts programs that do not sync the file, or the directory, in the place of ours: then faults have to be found. Those
that do not sync the store, and what that is in, are found on none of these file systems: the first record takes them along.

Prints each kind of fault once, then how many states there were; exits 1 if any was at fault, 77 if this machine cannot do
it, and says why. Needs root, loop devices and FUSE.
"""

import argparse
import collections
import itertools
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import disk
import judge
import life

MEBIBYTE = 1 << 20
BLOCK = 4096
SKIPPED = 77
STATES_PER_RECORDING = 100
FEW = 20
ROUNDS, LIVES = 3, 4  # of one recording; for a few states one round is enough

# A journal that is as small as it can be is written from its beginning on again and again.
FileSystem = collections.namedtuple("FileSystem", "size make kind options")
EXT4 = ["mkfs.ext4", "-q", "-F", "-J", "size=4", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard"]
FILE_SYSTEMS = {
    "ext4": FileSystem(32, EXT4, "ext4", "rw"),
    "ext4-noauto_da_alloc": FileSystem(32, EXT4, "ext4", "noauto_da_alloc"),
    "xfs": FileSystem(304, ["mkfs.xfs", "-q", "-f", "-K"], "xfs", "nouuid"),
    "btrfs": FileSystem(128, ["mkfs.btrfs", "-q", "-f", "-K"], "btrfs", "rw"),
}


class Skip(Exception):
    """This machine cannot do it."""


# ---- the disk ----

def mount(file_system, image, directory):
    options = f"loop,{file_system.options}"
    return subprocess.run(["mount", "-t", file_system.kind, "-o", options, str(image), str(directory)],
                          capture_output=True, check=False)


def unmount(directory):
    subprocess.run(["umount", str(directory)], check=True)


def make_image(file_system, image):
    with image.open("wb") as file:
        file.truncate(file_system.size * MEBIBYTE)
    try:
        subprocess.run([*file_system.make, str(image)], check=True, capture_output=True)
    except FileNotFoundError as error:
        raise Skip(f"{error.filename} is not here") from error
    subprocess.run(["fallocate", "-d", str(image)], check=True)


def extents(image):
    """What an image holds, and where."""
    fd = os.open(image, os.O_RDONLY | os.O_CLOEXEC)
    size = os.fstat(fd).st_size
    at = 0
    try:
        while at < size:
            start = os.lseek(fd, at, os.SEEK_DATA)
            at = os.lseek(fd, start, os.SEEK_HOLE)
            yield start, os.pread(fd, at - start, start)
    except OSError:
        pass  # no data after this
    finally:
        os.close(fd)


# ---- what is written ----

class Recording:
    """Lives on a disk: what the image was before, the log, the history."""

    def __init__(self, file_system, scratch, programs, chance, rounds):
        self.file_system = file_system
        self.rounds = rounds
        self.image, self.log_file = scratch / "image", scratch / "log"
        self.fuse, self.mounted = scratch / "fuse", scratch / "recorded"
        self.fuse.mkdir()
        self.mounted.mkdir()
        make_image(file_system, self.image)
        self.prepare()
        self.base = list(extents(self.image))
        self.record(scratch, programs, chance)
        self.log = disk.read_log(self.log_file)

    def prepare(self):
        result = mount(self.file_system, self.image, self.mounted)
        if result.returncode != 0:
            raise Skip(f"{self.file_system.kind} cannot be mounted: {result.stderr.decode().strip()}")
        life.make_bundles(self.mounted, self.rounds)
        unmount(self.mounted)

    def record(self, scratch, programs, chance):
        daemon = subprocess.Popen([sys.executable, disk.__file__, str(self.image), str(self.log_file), str(self.fuse)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            if daemon.stdout.readline() != b"mounted\n":
                raise Skip("FUSE cannot be mounted")
            self.live(scratch, programs, chance)
        finally:
            daemon.stdin.close()
            daemon.stdout.close()
            daemon.wait()
            subprocess.run(["umount", "-l", str(self.fuse)], check=False, capture_output=True)

    def live(self, scratch, programs, chance):
        result = mount(self.file_system, self.fuse / "disk", self.mounted)
        if result.returncode != 0:
            raise Skip(f"no loop device: {result.stderr.decode().strip()}")
        lives = life.Lives(self.mounted, self.fuse / "mark", scratch, programs)
        try:
            lives.run(self.rounds, LIVES, chance)
        finally:
            os.close(lives.mark)
            unmount(self.mounted)
        self.steps = lives.steps


# ---- what is left of it ----

def pieces(entry):
    """A disk writes a block whole; of a longer write any of its blocks may be missing."""
    at = 0
    while at < len(entry.data):
        length = BLOCK - (entry.offset + at) % BLOCK
        yield entry.offset + at, entry.data[at:at + length]
        at += length


class Cuts:
    """Power cuts of one recording, each another one."""

    def __init__(self, recording, chance):
        self.recording = recording
        self.log = recording.log
        self.chance = chance
        self.history = judge.History(recording.steps, self.log)
        self.flushed = self.flushes()
        self.seen = set()

    def flushes(self):
        """For each moment: where the last flush before it was."""
        last, result = 0, []
        for index, entry in enumerate(self.log):
            result.append(last)
            if entry.kind == "F":
                last = index
        return [*result, last]

    def moment(self):
        """Half of them soon after an acknowledgement, where most is at stake."""
        if self.chance.random() < 0.5:
            return min(self.chance.choice(self.history.acknowledged) + 1 + self.chance.randrange(3), len(self.log))
        return self.chance.randrange(len(self.log)) + 1

    def part(self, later):
        """Of what was not flushed: all, none, or some of it."""
        share = self.chance.choice([0, 0.1, 0.5, 0.5, 0.9, 1])
        return [number for number in range(len(later)) if self.chance.random() < share]

    def choose(self):
        for _ in range(1000):
            cut = self.moment()
            flush = self.flushed[cut]
            later = [piece for entry in self.log[flush:cut] if entry.kind == "W" for piece in pieces(entry)]
            chosen = self.part(later)
            acknowledged = sum(1 for index in self.history.acknowledged if index < cut)
            sight = (flush, acknowledged, tuple(chosen))
            if sight not in self.seen:
                self.seen.add(sight)
                return cut, flush, [later[number] for number in chosen], len(later)
        raise RuntimeError("no other state is left")

    def write(self, image, flush, chosen):
        with image.open("wb") as file:
            file.truncate(self.recording.file_system.size * MEBIBYTE)
            for offset, data in self.recording.base:
                os.pwrite(file.fileno(), data, offset)
            for entry in self.log[:flush]:
                if entry.kind == "W":
                    os.pwrite(file.fileno(), entry.data, entry.offset)
            for offset, data in chosen:
                os.pwrite(file.fileno(), data, offset)


def judge_state(cuts, scratch, hook):
    image, mounted = scratch / "state", scratch / "mounted"
    mounted.mkdir(exist_ok=True)
    cut, flush, chosen, later = cuts.choose()
    cuts.write(image, flush, chosen)
    result = mount(cuts.recording.file_system, image, mounted)
    if result.returncode != 0:
        return later, [("mount", f"cut {cut}, {len(chosen)} of {later}: {result.stderr.decode().strip()}")]
    try:
        return later, judge.Judge(cuts.history, mounted, cut, hook).faults(cuts.chance)
    finally:
        unmount(mounted)
        forget_device(cuts.recording.file_system)


def forget_device(file_system):
    """btrfs remembers what it has seen, and takes an older state for a mistake."""
    if file_system.kind == "btrfs":
        subprocess.run(["btrfs", "device", "scan", "--forget"], check=False, capture_output=True)


# ---- all of it ----

class Count:
    """How many states, and what was wrong with them."""

    def __init__(self):
        self.states = collections.Counter()
        self.kinds = collections.Counter()
        self.bad = self.unflushed = 0

    def add(self, name, later, faults):
        self.states[name] += 1
        self.unflushed += later > 0
        self.bad += bool(faults)
        for kind, sentence in faults:
            if kind not in self.kinds:
                print(f"{name}: {kind}: {sentence}", flush=True)
            self.kinds[kind] += 1

    def said(self):
        """In the form that a step of make torture has."""
        each = ", ".join(f"{name} {number}" for name, number in self.states.items())
        if self.kinds:
            print("faults by kind: " + ", ".join(f"{kind} {number}" for kind, number in sorted(self.kinds.items())))
        return f"{self.states.total()} states ({each}; {self.unflushed} with writes not flushed), {self.bad} faults"


def programs_without(what):
    """Ours, or those that do not sync files, or directories. lifecycle-runtime syncs no directory."""
    own = f"{os.environ['TOP_BUILDDIR']}/tests/power"
    if what is None:
        return life.Programs(lambda point: [f"{os.environ['HOOKS_DIR']}/lifecycle-{point}"], os.environ["RUNTIME"])
    runtime = f"{own}/runtime_without_file_sync" if what == "file" else os.environ["RUNTIME"]
    return life.Programs(lambda point: [f"{own}/hook_without_{what}_sync", point], runtime)


def run_turn(name, options, turn, end, scratch, count):
    """Some states of one recording; at least one, however short the time is."""
    chance = random.Random(f"{options.seed} {name} {turn}")
    rounds = 1 if options.states <= FEW else ROUNDS
    cuts = Cuts(Recording(FILE_SYSTEMS[name], scratch, programs_without(options.without), chance, rounds), chance)
    while True:
        count.add(name, *judge_state(cuts, scratch, programs_without(None).hook))
        done = count.states[name]
        if done % STATES_PER_RECORDING == 0 or done >= options.states or time.monotonic() > end:
            print(f"{name}: {done} states so far, {count.bad} faults in all", flush=True)
            return


def run(options, scratch, count):
    """The file systems by turns. Returns why one had none."""
    names = dict.fromkeys(options.file_systems)
    reasons = []
    for turn in itertools.count():
        left = list(names)
        while left:
            name = left.pop(0)
            now = time.monotonic()
            # each its part, also where there is time for one turn only
            end = now + (options.end - now) / (len(left) + 1)
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                try:
                    run_turn(name, options, turn, end, pathlib.Path(folder), count)
                except Skip as reason:
                    reasons.append(f"{name}: {reason}")
                    print(f"skipped: {name}: {reason}", flush=True)
                    del names[name]
            if count.states[name] >= options.states:
                names.pop(name, None)
        if not names or time.monotonic() > options.end:
            return reasons


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("file_systems", nargs="+", choices=FILE_SYSTEMS, metavar="FILE_SYSTEM")
    parser.add_argument("--states", type=int, default=1 << 62)
    parser.add_argument("--seconds", type=int, default=1 << 31)
    parser.add_argument("--without", choices=["file", "directory", "store"])
    parser.add_argument("--seed", default=os.environ.get("SEED") or random.randrange(1 << 32))
    options = parser.parse_args()
    options.end = time.monotonic() + options.seconds
    return options


def main():
    options = read_options()
    count = Count()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-", dir="/dev/shm") as scratch:
        os.environ["OCI_LIFECYCLE_DATA_ROOT"] = f"{scratch}/data"
        reasons = run(options, scratch, count)
    if not count.states:
        print("; ".join(reasons))
        return SKIPPED
    print(f"seed {options.seed}")
    print(count.said())
    return 1 if count.bad else 0


if __name__ == "__main__":
    # What is mounted goes with this process, whatever ends it.
    if os.environ.get("POWER_NAMESPACE") != "own":
        os.environ["POWER_NAMESPACE"] = "own"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    sys.exit(main())
