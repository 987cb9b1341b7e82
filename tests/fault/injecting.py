# SPDX-License-Identifier: Apache-2.0
"""What runs a program while its system calls fail, and what can be injected. See injector.c.

A plan is a list of (call, which one, what): what is an errno's name, "kill" or "short"; which one is 0 for each, and -N for
the Nth and each after.
With "clock" for a call, what is how many seconds the clock is off.
"""

import collections
import errno
import os
import pathlib
import random
import subprocess
import sys

Result = collections.namedtuple("Result", "status hits calls said printed")

# Before main() there is nothing of ours; some cannot fail; the log's socket is not to be had in these tests anyway.
NOT_OURS = set("""execve brk mmap munmap mprotect arch_prctl set_tid_address set_robust_list rseq readlink exit_group socket
    sendto restart_syscall rt_sigreturn getpid getppid gettid getuid geteuid umask rt_sigaction rt_sigprocmask futex""".split())
NO_LOG = ("socket", 0, "EAFNOSUPPORT")
# The commonest failure of each.
ERRORS = {"openat": "EMFILE", "mkdirat": "ENOSPC", "write": "ENOSPC", "flock": "ENOLCK", "unlinkat": "EBUSY",
          "renameat": "EIO", "fchmod": "EPERM", "fchmodat": "EPERM", "clone": "EAGAIN", "fork": "EAGAIN",
          "pipe2": "EMFILE", "getrandom": "ENOSYS", "poll": "ENOMEM", "ppoll": "ENOMEM", "wait4": "ECHILD"}
PERSISTENT = {"openat": "EMFILE", "mkdirat": "ENOSPC", "write": "ENOSPC", "flock": "ENOLCK", "unlinkat": "EIO",
              "renameat": "EROFS", "fsync": "EIO", "close": "EIO", "newfstatat": "EIO", "fstat": "EIO", "read": "EIO",
              "poll": "ENOMEM", "ppoll": "ENOMEM", "fchmod": "EPERM", "fchmodat": "EPERM", "getrandom": "ENOSYS"}
INTERRUPTED = {"read", "write", "flock", "poll", "ppoll"}

# Each errno that a call can return: as its manual page has them, what file systems and LSMs add, and what a seccomp
# filter gives, which are EPERM and ENOSYS of any call.
OF_PATHS = "EACCES EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR ESTALE"
OF_CHANGES = OF_PATHS + " EDQUOT ENOSPC EROFS EEXIST EMLINK"
EVERY = {
    "openat": OF_CHANGES + " EAGAIN EBUSY EFBIG EINTR EISDIR EMFILE ENFILE ENODEV ENXIO EOVERFLOW ETXTBSY EINVAL",
    "mkdirat": OF_CHANGES + " EINVAL", "mkdir": OF_CHANGES + " EINVAL",
    "unlinkat": OF_PATHS + " EBUSY EISDIR ENOTEMPTY EEXIST EROFS EINVAL",
    "unlink": OF_PATHS + " EBUSY EISDIR EROFS",
    "renameat": OF_CHANGES + " EBUSY EINVAL EISDIR ENOTEMPTY EXDEV",
    "rename": OF_CHANGES + " EBUSY EINVAL EISDIR ENOTEMPTY EXDEV",
    "linkat": OF_CHANGES + " EXDEV",
    "newfstatat": OF_PATHS + " EOVERFLOW ESRCH", "fstat": "EIO ENOMEM EOVERFLOW ESTALE",
    "statx": OF_PATHS, "fstatfs": "EINTR EIO ENOMEM EOVERFLOW ESTALE",
    "readlinkat": OF_PATHS + " EINVAL ESRCH", "faccessat2": OF_PATHS + " EROFS ETXTBSY EINVAL",
    "read": "EAGAIN EINTR EINVAL EIO EISDIR ENOMEM EOVERFLOW ESRCH ESTALE EOPNOTSUPP",
    "pread64": "EINTR EINVAL EIO EISDIR ENOMEM ESTALE",
    "write": "EAGAIN EDQUOT EFBIG EINTR EINVAL EIO ENOSPC EPIPE ESTALE ENOMEM",
    "getdents64": "EINVAL EIO ENOENT ENOTDIR ENOMEM ESTALE", "lseek": "EINVAL ENXIO EOVERFLOW ESPIPE",
    "close": "EINTR EIO ENOSPC EDQUOT", "fsync": "EDQUOT EINTR EINVAL EIO ENOSPC EROFS ESTALE",
    "fchmod": "EIO ENOMEM EROFS ESTALE ENOSPC", "fchmodat": OF_PATHS + " EROFS", "fchown": "EIO EROFS ESTALE EDQUOT",
    "utimensat": OF_PATHS + " EROFS EINVAL", "chdir": OF_PATHS,
    "flock": "EAGAIN EINTR EINVAL ENOLCK ENOMEM EIO", "fcntl": "EAGAIN EINTR EINVAL EMFILE",
    "ioctl": "EINVAL ENOTTY", "poll": "EINTR EINVAL ENOMEM", "ppoll": "EINTR EINVAL ENOMEM",
    "pipe2": "EMFILE ENFILE ENOMEM", "clone": "EAGAIN ENOMEM ENOSPC EINVAL", "clone3": "EAGAIN ENOMEM ENOSPC EINVAL",
    "wait4": "ECHILD EINTR EINVAL", "pidfd_open": "EINVAL EMFILE ENFILE ENODEV ENOMEM ESRCH",
    "getrandom": "EAGAIN EINTR EINVAL EFAULT", "prlimit64": "EINVAL ESRCH", "close_range": "EINVAL EMFILE ENOMEM",
    "socket": "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT",
    "clock_nanosleep": "EINTR EINVAL", "inotify_init1": "EMFILE ENFILE ENOMEM", "inotify_add_watch": "EACCES ENOENT ENOMEM ENOSPC",
}
BY_SECCOMP = ["EPERM", "ENOSYS"]
# What says that something is not so, or not there: that is believed, and what is found may be another thing. Of a pid, EINVAL
# says that a thread has it.
OF_A_THREAD = ("pidfd_open", "EINVAL")
BELIEVED = {"ENOENT", "ENOTDIR", "EEXIST", "ELOOP", "ENXIO", "ESRCH", "EISDIR", "ENOTEMPTY"}


class Unavailable(Exception):
    """The kernel does not let us inject."""


def itself(program):
    """The program that libtool's script runs."""
    path = pathlib.Path(program)
    return path.parent / ".libs" / path.name if (path.parent / ".libs" / path.name).exists() else path


class Injector:
    """Runs one command again and again."""

    def __init__(self, command, state, stdout=None):
        """What the last run printed is in the file `stdout`."""
        self.stdout = stdout
        injector = pathlib.Path(os.environ["TOP_BUILDDIR"]) / "tests" / "fault" / "injector"
        libraries = pathlib.Path(os.environ["TOP_BUILDDIR"]) / "libstate" / ".libs"
        self.process = subprocess.Popen([injector, *(["-o", stdout] if stdout else []), state, *command],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, "LD_LIBRARY_PATH": str(libraries)})

    def run(self, plan=()):
        words = [f"{name}:{which}:{getattr(errno, what) if what in vars(errno) else what}" for name, which, what in plan]
        self.process.stdin.write((" ".join(words) + "\n").encode())
        self.process.stdin.flush()
        header = self.process.stdout.readline()
        if not header:
            raise Unavailable(f"the injector: exit status {self.process.wait()}")
        status, hits, trace, said = (int(number) for number in header.split())
        calls = self.process.stdout.read(trace).decode().split()
        lines = self.process.stdout.read(said).decode(errors="replace").splitlines()
        printed = pathlib.Path(self.stdout).read_text(errors="replace").splitlines() if self.stdout else []
        return Result(status, hits, calls, lines, printed)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def errnos(name):
    return [*EVERY.get(name, "").split(), *BY_SECCOMP] if name not in NOT_OURS or name == "socket" else []


def numbered(calls, first):
    """(name, which of that name) of each call from the first that is ours; `first` is the name of that one."""
    counts = collections.Counter()
    begun = False
    for name in calls:
        begun = begun or name == first
        counts[name] += 1
        if begun:
            yield name, counts[name]


def single_plans(kind, calls, first):
    """What is to be injected, a run each."""
    seen = set()
    if kind == "short":
        yield [("read", 0, "short"), ("write", 0, "short")]
    for name, which in numbered(calls, first):
        if kind == "kill":
            yield [(name, which, "kill")]
        elif kind == "error" and name not in NOT_OURS:
            yield [(name, which, ERRORS.get(name, "EIO"))]
        elif kind == "interrupt" and name in INTERRUPTED:
            yield [(name, which, "EINTR")]
        elif kind == "persistent" and name in PERSISTENT and name not in seen:
            yield [(name, -which, PERSISTENT[name])]
        elif kind == "every":
            yield from ([(name, which, error)] for error in errnos(name))
        seen.add(name)


class Pairs:
    """Two failures in one run, by chance: the second is of a call that comes after the first has failed."""

    def __init__(self, calls, first, seed):
        self.random = random.Random(seed)
        self.first = first
        self.singles = [(name, which) for name, which in numbered(calls, first) if errnos(name)]
        self.calls_after = {}

    def choose(self, calls):
        name, which = self.random.choice(calls)
        return name, which, self.random.choice(errnos(name))

    def next(self, trace):
        """A plan; trace(plan) is asked for the calls of a run whose first failure is not yet known."""
        while True:
            one = self.choose(self.singles)
            if one not in self.calls_after:
                self.calls_after[one] = self.later(one, trace([one]))
            if self.calls_after[one]:
                return [one, self.choose(self.calls_after[one])]

    def later(self, one, calls):
        all_calls = list(numbered(calls, self.first))
        if one[:2] not in all_calls:
            return []
        return [call for call in all_calls[all_calls.index(one[:2]) + 1:] if errnos(call[0])]


def is_believed(plan):
    return any(what in BELIEVED or (name, what) == OF_A_THREAD for name, _, what in plan)


def could_tell(plan):
    """What tells of a failure is a write itself."""
    return not any(name in ("write", "poll") for name, _, _ in plan)


def told(plan):
    return " ".join(":".join(str(part) for part in act) for act in plan)


def unavailable_is_skipped(main):
    try:
        sys.exit(main())
    except Unavailable as problem:
        print(problem)
        sys.exit(77)
