#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""store.py: every kind of thing that is none of ours, at every place in and above a store, for every program.

Each program ends in time, by no signal, with the status that the table says; and nothing outside the store is touched: a tree
beside it keeps each name, content, mode, owner and time. `store.py PROGRAM` is the control: one more hook, which is to be found.
Needs root, and a mount namespace of its own. Prints what is wrong, and exits 1 if anything is.
"""

import ctypes
import hashlib
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import sys
import tempfile

HOOKS = pathlib.Path(os.environ["HOOKS_DIR"])
CTL, QUERY = os.environ["CTL"], os.environ["QUERY"]
OTHER = 4321
LIBC = ctypes.CDLL(None, use_errno=True)
MS_BIND = 4096
STATE = json.dumps({"ociVersion": "1.0.2", "id": "c", "status": "stopped", "pid": 0, "bundle": "/b"}).encode()
GOOD = b'{"version":1,"id":"c","generation":1,"status":"stopped","finished_at":"2020-01-01T00:00:00Z","create_error":false}\n'
TEMPORARY = ".lifecycle.json.tmp"

# ---- the kinds ----------------------------------------------------------------------------------------


def link(place, outside):
    os.symlink(outside, place)
    os.chown(place, OTHER, OTHER, follow_symlinks=False)


def dangling(place, outside):
    link(place, outside / "not-there")


def hard_link(place, outside):
    os.link(outside / "file", place)


def fifo(place, _):
    os.mkfifo(place)


def a_socket(place, _):
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(place.parent)
        one.bind(place.name)
        os.chdir(here)


def device(place, _):
    os.mknod(place, stat.S_IFCHR | 0o666, os.makedev(1, 5))


def a_file(place, _):
    place.write_bytes(b"theirs\n")


def directory(place, _):
    place.mkdir()


def full_directory(place, _):
    place.mkdir()
    (place / "file").write_bytes(b"theirs\n")


def owner(place, _):
    place.write_bytes(GOOD)
    os.chown(place, OTHER, OTHER)


def mode(place, _):
    place.write_bytes(GOOD)
    place.chmod(0o666)


def mount(place, outside):
    place.touch()
    bind(outside / "file", place)


def directory_owner(place, _):
    place.mkdir(0o700, exist_ok=True)
    os.chown(place, OTHER, OTHER)


def directory_mode(place, _):
    place.mkdir(exist_ok=True)
    place.chmod(0o777)


def directory_sticky(place, _):
    place.mkdir(exist_ok=True)
    place.chmod(0o1777)


def directory_mount(place, outside):
    place.mkdir(0o700, exist_ok=True)
    bind(outside / "theirs", place)


def bind(source, target):
    if LIBC.mount(os.fsencode(source), os.fsencode(target), None, MS_BIND, None) != 0:
        raise OSError(ctypes.get_errno(), "mount", str(target))


FOR_FILES = [link, dangling, hard_link, fifo, a_socket, device, directory, full_directory, owner, mode, mount]
FOR_DIRECTORIES = [link, dangling, fifo, a_socket, device, a_file, directory_owner, directory_mode, directory_mount]

# ---- the table ----------------------------------------------------------------------------------------

# What a hook with --strict does: `writes` the record; sets the bad one `aside`, which the record tells; or `refuses`.
# Where a kind is not named, `*` counts. `verify`: whether lifecycle-query verify tells of it.
PLACES = {
    "parent": (FOR_DIRECTORIES, {"*": "refuses", "directory_sticky": "writes"}, False),
    "root": (FOR_DIRECTORIES, {"*": "refuses"}, False),
    "id": (FOR_DIRECTORIES, {"*": "refuses"}, True),
    # a mode alone is put right; over a mount point nothing can be renamed
    "lifecycle.json": (FOR_FILES, {"*": "aside", "mode": "writes", "mount": "refuses"}, True),
    TEMPORARY: (FOR_FILES, {"*": "writes", "mount": "refuses"}, False),
    "lifecycle.json.corrupt": (FOR_FILES, {"*": "aside"}, False),
    "lifecycle.json.corrupt.1": (FOR_FILES, {"*": "aside"}, False),
    ".exec-fifo": (FOR_FILES, {"*": "writes"}, False),
    ".seen-stopped": (FOR_FILES, {"*": "writes"}, False),
    ".swept": (FOR_FILES, {"*": "writes"}, False),
}
STRICT = ["--strict"]
PROGRAMS = {
    **{name: [str(HOOKS / f"lifecycle-{name}"), *STRICT]
       for name in ("prestart", "create-runtime", "create-container", "poststart", "poststop")},
    "poststop --remove": [str(HOOKS / "lifecycle-poststop"), *STRICT, "--remove"],
    "create-runtime -- true": [str(HOOKS / "lifecycle-create-runtime"), *STRICT, "--", "/bin/true"],
    "prune": [CTL, "prune", "--older-than", "0"],
    "prune --older-than 1h": [CTL, "prune", "--older-than", "1h"],
    "forget": [CTL, "forget", "--force", "c"],
    **{name: [QUERY, name] for name in ("list", "verify", "metrics", "events")},
    "inspect": [QUERY, "inspect", "c"],
}
READERS = {"list", "verify", "metrics", "events", "inspect"}

# ---- a case -------------------------------------------------------------------------------------------


class Case:
    """A store with one thing in it that is none of ours, and a tree beside it."""

    def __init__(self, top, place, kind):
        self.top = top / "case"
        self.place = place
        self.kind = kind
        self.outside = top / "outside"
        self.root = self.top / "above" / "store"
        self.mounted = None

    def target(self):
        names = {"parent": self.root.parent, "root": self.root, "id": self.root / "c", ".swept": self.root / ".swept"}
        return names.get(self.place, self.root / "c" / self.place)

    def make(self):
        self.top.mkdir(0o755)
        at = self.target()
        ours = self.place not in ("parent", "root", "id")
        at.parent.mkdir(0o755, parents=True, exist_ok=True)
        if self.place not in ("parent", "root"):
            self.root.chmod(0o700)
        if ours:
            (self.root / "c").mkdir(0o700, exist_ok=True)
            if self.place != "lifecycle.json":
                bad = "corrupt" in self.place
                (self.root / "c" / "lifecycle.json").write_bytes(b"bad" if bad else GOOD)
                (self.root / "c" / "lifecycle.json").chmod(0o600)
        self.kind(at, self.outside)
        if self.kind.__name__.endswith("mount"):
            self.mounted = at
        if self.kind in (directory_owner, directory_mode, directory_sticky) and self.place == "parent":
            self.root.mkdir(0o700)

    def remove(self):
        if self.mounted:
            LIBC.umount2(os.fsencode(self.mounted), 2)
        shutil.rmtree(self.top)


def make_outside(outside):
    shutil.rmtree(outside, ignore_errors=True)
    for path in (outside, outside / "c", outside / "theirs", outside / "theirs" / "c"):
        path.mkdir(mode=0o755)
        for name in ("lifecycle.json", TEMPORARY, "lifecycle.json.corrupt", ".swept", ".seen-stopped"):
            (path / name).write_bytes(b"not yours\n")
        os.mkfifo(path / ".exec-fifo")
    (outside / "file").write_bytes(GOOD)
    os.chown(outside / "theirs", OTHER, OTHER)
    for path in [outside, *outside.rglob("*")]:
        os.utime(path, (1000, 1000))


def portrait(path):
    """All that may not change of a file; a hard link's number of links does when ours goes."""
    status = path.lstat()
    content = hashlib.sha1(path.read_bytes()).hexdigest() if stat.S_ISREG(status.st_mode) else ""
    return status.st_ino, status.st_mode, status.st_uid, status.st_gid, status.st_mtime_ns, status.st_size, content


def snapshot(outside):
    return {str(path.relative_to(outside)): portrait(path) for path in [outside, *sorted(outside.rglob("*"))]}


def run(case, command):
    try:
        result = subprocess.run([command[0], "--root", str(case.root), *command[1:]], input=STATE, capture_output=True,
                                timeout=10, check=False)
    except subprocess.TimeoutExpired:
        return None, ""
    return result.returncode, result.stderr.decode(errors="replace")


def expected_of(place, kind):
    table = PLACES[place][1]
    return table.get(kind.__name__, table["*"])


def judge_record(case, expected):
    if expected == "refuses":
        return None
    try:
        record = json.loads((case.root / "c" / "lifecycle.json").read_bytes())
    except (OSError, ValueError) as error:
        return f"there is no record: {error}"
    if record.get("recovered", False) != (expected == "aside"):
        return f"recovered: {record.get('recovered')}"
    mode_now = (case.root / "c" / "lifecycle.json").lstat().st_mode
    return None if mode_now == stat.S_IFREG | 0o600 else f"the record's mode is {mode_now:o}"


def judge_status(case, name, status, said):
    expected = expected_of(case.place, case.kind)
    if status is None:
        return "it hangs"
    if status < 0 or status > 128:
        return f"a signal ended it: {status}"
    if name == "poststop --remove" and expected != "refuses" and status == 1 and case.kind in (full_directory, mount):
        return None if "cannot be removed" in said else f"it does not say what stays: {said}"
    if name in READERS or PROGRAMS[name][0] == CTL:
        if name == "verify" and PLACES[case.place][2] and status != 1:
            return f"it does not tell: {status} {said}"
        return None if status in (0, 1, 3) else f"exit status {status}: {said}"
    if status != (1 if expected == "refuses" else 0):
        return f"exit status {status}, and it {expected}: {said}"
    if expected == "refuses" and len(said.splitlines()) != 1:
        return f"not one line: {said!r}"
    return None if name == "poststop --remove" else judge_record(case, expected)


def attempt(case, before, name, command):
    try:
        case.make()
        status, said = run(case, command)
        fault = judge_status(case, name, status, said)
        after = snapshot(case.outside)
        if before != after:
            changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
            fault = f"touched outside: {', '.join(changed)}"
        return fault
    finally:
        case.remove()


def attempts(top, programs):
    """What is wrong, None for nothing, one for each run."""
    before = None
    for place, (kinds, _, _) in PLACES.items():
        for kind in kinds:
            for name, command in programs.items():
                case = Case(top, place, kind)
                if not before:
                    make_outside(case.outside)
                    before = snapshot(case.outside)
                fault = attempt(case, before, name, command)
                if fault:
                    before = None
                yield fault and f"{name}, {kind.__name__} at {place}: {fault}"


def main():
    programs = PROGRAMS if len(sys.argv) == 1 else {"create-runtime": [*sys.argv[1:], *STRICT]}
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-") as directory_name:
        top = pathlib.Path(directory_name)
        top.chmod(0o755)
        results = list(attempts(top, programs))
    faults = [fault for fault in results if fault]
    print(*faults, f"{len(results)} runs, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
