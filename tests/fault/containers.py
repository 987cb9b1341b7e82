# SPDX-License-Identifier: Apache-2.0
"""A store with a container of each kind that there is to be told of, made by the hooks, and their processes."""

import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import time

from tool_scenes import run_hook

PR_SET_NAME, PR_SET_PDEATHSIG = 15, 1
# Which of them no removal may touch.
LIVING = ["alive", "begun", "leaderless", "older", "shared"]
ENDED = ["gone", "stopped", "zombie"]


class Containers:
    """
    alive: runs; begun: runs, as its exec FIFO alone tells; leaderless: runs without its first thread; older: the process
    of the generation before lives, the current one's is gone; shared: so it is, and the current one is recorded as
    stopped; gone, zombie: ended, and nobody has recorded it; stopped: recorded. "web" is alive's name, and stopped's.
    """

    def __init__(self, directory):
        self.directory = directory
        self.root = directory / "root"
        self.root.mkdir(0o700)
        self.processes = []
        for name in LIVING + ENDED:
            getattr(self, f"make_{name}")()

    def spawn(self, *command):
        process = subprocess.Popen(command, preexec_fn=lambda: ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        self.processes.append(process)
        return process

    def hook(self, point, container, process, name=None):
        status = {"poststop": "stopped", "poststart": "running"}.get(point, "creating")
        annotations = {"annotations": {"nerdctl/name": name}} if name else {}
        run_hook(self.root, point, process.pid if process else 0, status, id=container, **annotations)

    def start(self, container, *command, name=None):
        process = self.spawn(*(command or ("sleep", "600")))
        self.hook("create-runtime", container, process, name)
        self.hook("poststart", container, process, name)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.wait()

    def make_alive(self):
        self.start("alive", name="web")

    def make_begun(self):
        fifo = self.directory / "exec.fifo"
        os.mkfifo(fifo, 0o622)
        process = self.spawn("python3", "-c", "import ctypes, os, time\n"
                             f"ctypes.CDLL(None).prctl({PR_SET_NAME}, b'runc:[2:INIT]')\n"
                             f"os.open({str(fifo)!r}, os.O_PATH)\nprint(flush=True)\ntime.sleep(600)")
        self.wait_for(lambda: "INIT" in pathlib.Path(f"/proc/{process.pid}/comm").read_text())
        self.wait_for(lambda: any("exec.fifo" in os.readlink(fd)
                                  for fd in pathlib.Path(f"/proc/{process.pid}/fd").iterdir()))
        self.hook("create-runtime", "begun", process)
        os.utime(fifo)

    def make_leaderless(self):
        leader = pathlib.Path(os.environ["TOP_BUILDDIR"]) / "tests" / "integration" / "leader"
        process = self.start("leaderless", leader, "600", "0")
        stat = pathlib.Path(f"/proc/{process.pid}/stat")
        self.wait_for(lambda: stat.read_text().rsplit(") ", 1)[1].startswith("Z"))

    def make_older(self):
        self.start("older")
        self.end(self.start("older"))

    def make_shared(self):
        self.start("shared")
        process = self.start("shared")
        self.end(process)
        self.hook("poststop", "shared", process)

    def make_gone(self):
        self.end(self.start("gone"))

    def make_stopped(self):
        process = self.start("stopped", name="web")
        self.end(process)
        self.hook("poststop", "stopped", process, "web")

    def make_zombie(self):
        process = self.start("zombie")
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    @staticmethod
    def wait_for(holds):
        end = time.monotonic() + 10
        while not holds():
            if time.monotonic() > end:
                raise SystemExit("a container is not as it should be")
            time.sleep(0.01)

    def close(self):
        for process in self.processes:
            self.end(process)


class Removable(Containers):
    """One whose records are there again after they were removed."""

    def __init__(self, directory):
        super().__init__(directory)
        (self.root / "begun" / ".exec-fifo").rename(directory / "kept.fifo")
        # a file's time may be a tick behind the clock, and a mark counts only if it is newer than its record
        time.sleep(0.02)
        for name in ("gone", "zombie"):
            (self.root / name / ".seen-stopped").touch(0o600)
        self.kept = directory / "kept"
        shutil.copytree(self.root, self.kept)

    def restore(self):
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root)
        os.link(self.directory / "kept.fifo", self.root / "begun" / ".exec-fifo")

    def record(self, container, root=None):
        try:
            return ((root or self.root) / container / "lifecycle.json").read_bytes()
        except FileNotFoundError:
            return None

    def is_whole(self, container):
        return self.record(container) == self.record(container, self.kept)

    def is_gone(self, container):
        return not (self.root / container).exists()
