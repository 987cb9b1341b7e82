#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""process.py [HOOK]: each hook in every state that a process can be left in.

Whatever that is: the record is right, or there is none and one line says why; never a signal, never a hang. Each state is a row
of a table below, and is made by enter.c. HOOK is the control: another program in a hook's place, which has to be found.
Needs root and a mount namespace of its own. Prints what is wrong, and exits 1 if anything is.
"""

import ctypes
import errno
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HOOKS = pathlib.Path(os.environ["HOOKS_DIR"])
ENTER = pathlib.Path(os.environ["TOP_BUILDDIR"]) / "tests" / "hostile" / "enter"
FLOOR = pathlib.Path(os.environ["TOP_BUILDDIR"]) / "tests" / "hostile" / "floor"
NAMES = ("prestart", "create-runtime", "create-container", "poststart", "poststop")
ENTER_FAILED = (125, 126)
LIBC = ctypes.CDLL(None, use_errno=True)
OTHER = 4321
DEFAULT_ROOT = pathlib.Path("/run/oci-lifecycle")  # in a /run of our own

# What a hook that can know nothing of the process cannot write; what differs from run to run.
IDENTITY = {"pid", "pid_start_ticks", "boot_id", "pid_ns", "init_exe", "init_forked", "instance"}
VARYING = {"time", "created_at", "started_at", "finished_at", "duration_ns", "instance"}

# ---- the table ----------------------------------------------------------------------------------------

FILES = [*(f"close={which}" for which in ("0", "1", "2", "01", "02", "12", "012")), "open=3000"]
PLACES = ["umask=0777", "umask=0000", "umask=0477", "gone={top}/gone"]
NOBODY = ["capabilities=no", "argv=no"]
SIZES = (0, 1, 3, 4, 5, 8, 16, 4096, 16384, 24576, 65536, 1 << 19, 1 << 20, 1 << 21, 1 << 22, 1 << 24)
# The kernel ends whoever has a hard limit of no CPU at its next tick. Of the stack 24 KiB are promised to be enough, three times
# what a program needs that does nothing; it begins at a place of chance, so that less is enough only now and then.
LIMITS = [f"limit={getattr(resource, name)}:{value}"
          for name in sorted(dir(resource)) if name.startswith("RLIMIT_") and name != "RLIMIT_OFILE"
          for value in SIZES
          if (name != "RLIMIT_CPU" or value > 0) and (name != "RLIMIT_STACK" or value >= 24576)]
ADDRESS_SPACE = f"limit={resource.RLIMIT_AS}"
# By number, x86-64's and arm64's; what a program cannot end, or begin, without is not among them.
CALLS = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
        "rt_sigaction": 13, "rt_sigprocmask": 14, "ioctl": 16, "pread64": 17, "access": 21, "dup2": 33, "nanosleep": 35,
        "getpid": 39, "socket": 41, "sendto": 44, "clone": 56, "vfork": 58, "wait4": 61, "uname": 63, "fcntl": 72,
        "flock": 73, "fsync": 74, "chdir": 80, "fchdir": 81, "readlink": 89, "fchmod": 91, "umask": 95, "getuid": 102,
        "geteuid": 107, "getppid": 110, "fstatfs": 138, "prctl": 157, "gettid": 186, "futex": 202, "getdents64": 217,
        "set_tid_address": 218, "clock_gettime": 228, "openat": 257, "mkdirat": 258, "newfstatat": 262, "unlinkat": 263,
        "renameat": 264, "linkat": 265, "readlinkat": 267, "faccessat": 269, "ppoll": 271, "set_robust_list": 273,
        "utimensat": 280, "dup3": 292, "pipe2": 293, "prlimit64": 302, "renameat2": 316, "getrandom": 318, "statx": 332,
        "rseq": 334, "pidfd_send_signal": 424, "pidfd_open": 434, "clone3": 435, "close_range": 436, "openat2": 437,
        "faccessat2": 439,
    },
    "aarch64": {
        "dup": 23, "dup3": 24, "fcntl": 25, "flock": 32, "mkdirat": 34, "unlinkat": 35, "linkat": 37, "renameat": 38,
        "fstatfs": 44, "faccessat": 48, "chdir": 49, "fchdir": 50, "fchmod": 52, "openat": 56, "close": 57, "pipe2": 59,
        "getdents64": 61, "read": 63, "write": 64, "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80,
        "fsync": 82, "utimensat": 88, "set_tid_address": 96, "set_robust_list": 99, "clock_gettime": 113,
        "rt_sigaction": 134, "rt_sigprocmask": 135, "umask": 166, "prctl": 167, "getpid": 172, "getppid": 173,
        "getuid": 174, "geteuid": 175, "socket": 198, "sendto": 206, "brk": 214, "munmap": 215, "clone": 220,
        "mprotect": 226, "wait4": 260, "prlimit64": 261, "renameat2": 276, "getrandom": 278, "statx": 291, "rseq": 293,
        "pidfd_open": 434, "clone3": 435, "close_range": 436, "openat2": 437, "faccessat2": 439,
    },
}[os.uname().machine]
REFUSED = [f"refuse={number}:{reason}" for number in CALLS.values() for reason in (errno.ENOSYS, errno.EPERM)]

# How /proc is: what makes it so, in the mount namespace; as whom the hooks run.
PROCS = {
    "no /proc": (lambda: umount("/proc"), None),
    "/proc is a tmpfs": (lambda: mount("tmpfs", "/proc", "tmpfs"), None),
    "/proc is false": (lambda: false_proc(), None),
    "/proc hides others": (lambda: mount("proc", "/proc", "proc", "hidepid=2"), OTHER),
}


def mount(source, target, kind, data=None, flags=0):
    names = [os.fsencode(name) if name else None for name in (source, target, kind, data)]
    if LIBC.mount(names[0], names[1], names[2], flags, names[3]) != 0:
        raise OSError(ctypes.get_errno(), "mount", target)


def umount(target):
    if LIBC.umount2(os.fsencode(target), 2) != 0:
        raise OSError(ctypes.get_errno(), "umount", target)


def false_proc():
    """It says that every process is another."""
    mount("tmpfs", "/proc", "tmpfs")
    for pid in ("self", "1", str(os.getpid())):
        folder = pathlib.Path("/proc") / pid
        (folder / "ns").mkdir(parents=True)
        (folder / "stat").write_text(f"{pid} (runc:[2:INIT]) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999 0 0\n")
        (folder / "exe").symlink_to("/bin/false")
        (folder / "ns" / "pid").symlink_to("pid:[1]")
    boot = pathlib.Path("/proc/sys/kernel/random")
    boot.mkdir(parents=True)
    (boot / "boot_id").write_text("00000000-0000-4000-8000-000000000000\n")


# ---- a run --------------------------------------------------------------------------------------------


class Bench:
    """Where hooks run, one after another, each on a store that is not there yet."""

    def __init__(self, top, program):
        self.top = top
        self.program = program
        self.root = top / "above" / "store"
        self.state = json.dumps({"ociVersion": "1.0.2", "id": "c", "status": "running", "pid": os.getpid(), "bundle": "/b"})
        self.user = None
        self.names = NAMES if program is None else ("create-runtime",)
        self.usual = {}

    def command(self, name):
        return [str(self.program or HOOKS / f"lifecycle-{name}"), "--root", str(self.root), "--strict"]

    def run(self, state, command):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(DEFAULT_ROOT, ignore_errors=True)
        began = time.monotonic()
        try:
            result = subprocess.run([str(ENTER), *state, "--", *command], input=self.state.encode(), capture_output=True,
                                    timeout=20, check=False, user=self.user)
        except subprocess.TimeoutExpired:
            return None, "", 20
        except BrokenPipeError:
            return None, "the pipe broke", 0
        return result.returncode, result.stderr.decode(errors="replace"), time.monotonic() - began

    def record(self, default=False):
        """Of the store; or of the default one, which is taken where no argument tells another."""
        root = DEFAULT_ROOT if default else self.root
        try:
            return json.loads((root / "c" / "lifecycle.json").read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            return {"no": "JSON"}

    def learn(self):
        for name in self.names:
            status, said, _ = self.run([], self.command(name))
            if not self.program and (status != 0 or said):
                sys.exit(f"{name}: {status} {said}")
            self.usual[name] = self.record()


def plain(value):
    if isinstance(value, dict):
        return {key: "*" if key in VARYING else plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def is_part(found, usual):
    """What was found is as usual, or not known: then it is not there, and neither is what follows from it."""
    unsure = IDENTITY | {"generation", "created_at", "started_at", "started_at_source", "reason", "status"}
    found, usual = plain(found), plain(usual)
    return all(key in usual and (usual[key] == value or key in unsure) for key, value in found.items()) and \
        set(usual) - set(found) <= unsure


def judge(bench, name, state, status, said, took):
    if status is None:
        return "it hangs"
    if status in ENTER_FAILED:
        return None
    if status < 0 or status > 127:
        return f"a signal ended it: {status}"
    if took > 5:
        return f"it took {took:.1f} s"
    record = bench.record("argv=no" in state)
    if status == 0:
        if said:
            return f"it is content, and says: {said}"
        return None if record and is_part(record, bench.usual[name]) else f"it is content, and the record is {record}"
    if record and not is_part(record, bench.usual[name]):
        return f"it says {said!r}, and the record is {record}"
    silent = any(word.startswith("close=") and "2" in word for word in state) or f"refuse={CALLS['write']}:" in str(state)
    if status != 1 or (len(said.splitlines()) != 1 and not silent):
        return f"status {status}, which says {said!r}"
    return None


def image(program):
    """How much of an address space a static program takes before it begins."""
    return int(subprocess.run(["size", program], capture_output=True, text=True, check=True).stdout.split()[-3])


def for_floor(bench, name, word):
    """The same state for the floor, which is smaller: beside itself it gets as much of an address space as the hook."""
    what, _, value = word.rpartition(":")
    if what != ADDRESS_SPACE:
        return word
    return f"{what}:{max(0, int(value) - image(bench.command(name)[0]) + image(FLOOR))}"


def floor_dies(bench, name, state):
    """Whether a static program that does nothing does not live so either: then the kernel, or a C library, does not let it."""
    status, _, _ = bench.run([for_floor(bench, name, word) for word in state], [str(FLOOR)])
    return status is None or status != 0


def attempts(bench, states):
    for state in states:
        words = [state.format(top=bench.top)]
        for name in bench.names:
            fault = judge(bench, name, words, *bench.run(words, bench.command(name)))
            if fault and state.startswith(("limit=", "refuse=")) and floor_dies(bench, name, words):
                fault = None
            yield fault and f"{name}, {state}: {fault}"


def proc_attempts(bench):
    for what, (change, user) in PROCS.items():
        pid = os.fork()
        if pid == 0:
            os.unshare(os.CLONE_NEWNS) if hasattr(os, "unshare") else LIBC.unshare(0x20000)
            change()
            bench.user = user
            faults = []
            for name in bench.names:
                fault = judge(bench, name, [], *bench.run([], bench.command(name)))
                record = bench.record()
                if not fault and record and user is None and record.get("boot_id"):
                    fault = f"it believes /proc: {record}"
                if fault:
                    faults.append(f"{name}, {what}: {fault}")
            print(*faults, sep="\n", end="\n" if faults else "", flush=True)
            os._exit(len(faults))
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        yield from (["above"] * status if status else [None] * len(bench.names))


def main():
    with tempfile.TemporaryDirectory(prefix="oci-lifecycle-") as name:
        top = pathlib.Path(name)
        top.chmod(0o755)
        mount("tmpfs", "/run", "tmpfs", "mode=0755")
        (top / "above").mkdir(mode=0o755)
        bench = Bench(top, sys.argv[1] if len(sys.argv) > 1 else None)
        bench.learn()
        results = list(attempts(bench, FILES + PLACES + NOBODY + LIMITS + REFUSED))
        shutil.rmtree(bench.root, ignore_errors=True)
        os.chown(top / "above", OTHER, OTHER)
        results += proc_attempts(bench)
    faults = [fault for fault in results if fault]
    print(*(fault for fault in faults if fault != "above"), f"{len(results)} runs, {len(faults)} faults", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
