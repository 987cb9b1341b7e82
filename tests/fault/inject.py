#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""inject.py KIND SCENE [HOOK]: runs a hook once for each of its system calls, and lets that one fail, or kills it there.

KIND is error, persistent, interrupt or kill; SCENE one of those below; HOOK another program in the hook's place. Prints
what is wrong, and exits 1 if anything is: a record that is neither the old nor the new one, silence about one that was
not written, an exit status that is not 0, a next run that does not put it right. Needs strace.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

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
    "prune": Scene(None, ["prune", "--older-than", "0"], "kept/stopped.json", False, True),
    "forget": Scene(None, ["forget", "c1"], "kept/stopped.json", False, True),
}

# Before main() there is nothing of ours; some cannot fail; the log's socket is not to be had in these tests anyway.
NOT_OURS = {"execve", "brk", "mmap", "munmap", "mprotect", "arch_prctl", "set_tid_address", "set_robust_list", "rseq",
            "readlink", "exit_group", "socket", "sendto", "restart_syscall", "rt_sigreturn", "getpid", "getppid",
            "gettid", "getuid", "geteuid", "umask", "rt_sigaction", "rt_sigprocmask"}
NO_LOG = "inject=socket:error=EAFNOSUPPORT"
ERRORS = {"openat": "EMFILE", "mkdirat": "ENOSPC", "write": "ENOSPC", "flock": "ENOLCK", "unlinkat": "EBUSY",
          "renameat": "EIO", "fchmod": "EPERM", "fchmodat": "EPERM", "clone": "EAGAIN", "fork": "EAGAIN",
          "pipe2": "EMFILE", "getrandom": "ENOSYS", "poll": "ENOMEM", "ppoll": "ENOMEM", "wait4": "ECHILD"}
PERSISTENT = {"openat": "EMFILE", "mkdirat": "ENOSPC", "write": "ENOSPC", "flock": "ENOLCK", "unlinkat": "EIO",
              "renameat": "EROFS", "fsync": "EIO", "close": "EIO", "newfstatat": "EIO", "fstat": "EIO", "read": "EIO",
              "poll": "ENOMEM", "ppoll": "ENOMEM", "fchmod": "EPERM", "fchmodat": "EPERM", "getrandom": "ENOSYS"}
# Without these a command cannot be run, and that is its failure.
TO_RUN = {"pipe2", "clone", "clone3", "fork", "vfork"}
INTERRUPTED = {"read", "write", "flock", "poll", "ppoll"}


class Place:
    """A store, and a hook to be run on it."""

    def __init__(self, scene, directory, program):
        self.scene = scene
        self.directory = directory
        self.root = directory / "root"
        self.container = self.root / "c1"
        self.record = self.container / "lifecycle.json"
        self.aside = self.container / "lifecycle.json.corrupt"
        self.before = (RECORDS / scene.before).read_bytes() if scene.before else None
        ours = pathlib.Path(os.environ["HOOKS_DIR"]) / f"lifecycle-{scene.hook}" if scene.hook else os.environ["CTL"]
        self.command = [str(program or ours), "--root", str(self.root), *scene.arguments]
        self.judged = set()
        self.state = json.dumps({"id": "c1", "status": "running", "pid": os.getpid(), "bundle": "/b"}).encode()

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

    def run(self, *injections):
        trace = self.directory / "trace"
        command = ["strace", "-o", str(trace)]
        for injection in injections:
            command += ["-e", injection]
        result = subprocess.run([*command, *self.command] if injections else self.command, input=self.state,
                                capture_output=True, timeout=30, check=False)
        return result.returncode, result.stderr.decode(errors="replace").splitlines()

    def calls(self):
        """The names of the system calls of a run, in order."""
        self.prepare()
        self.run(NO_LOG)
        lines = (self.directory / "trace").read_text().splitlines()
        names = [line.split("(")[0] for line in lines if "(" in line and not line.startswith(("+", "-"))]
        return names

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

    def old_is_there(self):
        text = self.text()
        if self.scene.bad and text is None:
            return self.aside.exists() and self.aside.read_bytes() == self.before
        return text == self.before


def normalized(value):
    if isinstance(value, list):
        return [normalized(item) for item in value]
    if isinstance(value, dict):
        return {key: "*" if key in VARYING else normalized(item) for key, item in value.items() if key not in IDENTITY}
    return value


def parsed(text):
    try:
        return normalized(json.loads(text)) if text is not None else None
    except ValueError:
        return "no JSON"


def without_end(record):
    begun = json.loads(json.dumps(record))
    begun["hooks"][-1].pop("duration_ns", None)
    return begun


def judge_record(place, new, said):
    found = parsed(place.text())
    if found == new:
        return None
    # poststop writes the end before it removes the record
    if place.scene.removes and place.scene.hook and isinstance(found, dict) and found.get("status") == "stopped":
        return None
    if not place.old_is_there() and not ("--" in place.command and found == without_end(new)):
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


def judge_next(place):
    if place.scene.removes:
        return judge_next_removal(place)
    status, said = place.run()
    found = parsed(place.text())
    if status != 0 or said:
        return f"the next run: exit status {status}, {said}"
    if not isinstance(found, dict) or "status" not in found or found.get("recovered", False) != place.scene.bad:
        return f"the next run leaves {place.text()!r}"
    left = set(os.listdir(place.container)) - OURS
    return f"the next run leaves {left}" if left else None


def judge_reader(place):
    """A reader while the hook is dead: it sees what is there."""
    query = os.environ["QUERY"]
    result = subprocess.run([query, "--root", str(place.root), "inspect", "c1"], capture_output=True, check=False)
    readable = place.text() is not None and not (place.scene.bad and place.old_is_there())
    return None if (result.returncode == 0) == readable else f"the reader: {result.stderr.decode()}"


def plans(kind, names):
    """What is to be injected, a run each."""
    counts = collections.Counter()
    seen = set()
    for name in names:
        counts[name] += 1
        which = counts[name]
        if kind == "kill" and name != "execve":
            yield f"inject={name}:signal=SIGKILL:when={which}"
        elif kind == "error" and name not in NOT_OURS:
            yield f"inject={name}:error={ERRORS.get(name, 'EIO')}:when={which}"
        elif kind == "interrupt" and name in INTERRUPTED:
            yield f"inject={name}:error=EINTR:when={which}"
        elif kind == "persistent" and name in PERSISTENT and name not in seen:
            yield f"inject={name}:error={PERSISTENT[name]}"
        seen.add(name)


def judge_failed_command(place):
    """It could not be run, which fails the container: then the record says so."""
    found = parsed(place.text())
    told = isinstance(found, dict) and found["create_error"] and found["errors"][-1]["exit_code"] == 126
    return None if told else f"the record does not say why the container failed: {place.text()!r}"


def judge_run(plan, status, said):
    name = plan.split(":")[0].removeprefix("inject=")
    allowed = {0, 126} if name in TO_RUN else {0}
    if status not in allowed:
        return f"exit status {status}, {said}"
    if len(said) > 1:
        return f"more than one line: {said}"
    return None


def attempt(place, new, kind, plan):
    place.prepare()
    status, said = place.run(NO_LOG, plan)
    fault = None
    if kind != "kill":
        fault = judge_run(plan, status, said)
    if kind == "interrupt" and said:
        fault = f"an interruption is no failure: {said}"
    # what tells of a failure is a write itself; and the dead tell nothing
    heard = None if kind == "kill" or plan.startswith(("inject=write", "inject=poll")) else said
    if not fault and status == 126:
        return judge_failed_command(place)
    fault = fault or judge_record(place, new, heard)
    if not fault and place.is_new_sight():
        fault = judge_reader(place) or judge_next(place)
    return fault


def main():
    kind, scene = sys.argv[1], SCENES[sys.argv[2]]
    program = sys.argv[3] if len(sys.argv) > 3 else None
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-", dir=parent) as directory:
        place = Place(scene, pathlib.Path(directory), program)
        names = place.calls()
        new = parsed(place.text())
        runs = faults = 0
        for plan in plans(kind, names):
            runs += 1
            fault = attempt(place, new, kind, plan)
            if fault:
                faults += 1
                print(f"{plan}: {fault}")
    print(f"{runs} runs, {faults} faults")
    return 1 if faults or runs == 0 or isinstance(new, dict) == scene.removes else 0


if __name__ == "__main__":
    sys.exit(main())
