# SPDX-License-Identifier: Apache-2.0
"""Tools that write one file, each with a store that it is run on: for kill_tools.py and fail_tools.py."""

import json
import os
import pathlib
import shutil
import subprocess

import injecting


def run_hook(root, point, pid, status, **state):
    state = json.dumps({"id": "c1", "status": status, "pid": pid, "bundle": "/b", **state})
    hook = pathlib.Path(os.environ["HOOKS_DIR"]) / f"lifecycle-{point}"
    subprocess.run([hook, "--root", root, "--strict"], input=state.encode(), check=True)


class Scene:
    """`target` is the file that is written; its folder has nothing else in it, and `root` is a store."""

    first = "munmap"
    goes_on = False  # also if it cannot write: then it says so
    failures = ()  # exit statuses

    def __init__(self, directory):
        self.directory = directory
        self.root = directory / "root"
        self.folder = directory / "folder"
        self.target = self.folder / "file"

    def prepare(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(0o700)

    def is_new(self):
        return self.target.read_bytes() == self.new

    def is_old(self):
        return self.target.read_bytes() == self.old

    def learn(self):
        self.new = self.target.read_bytes()

    def left(self):
        """What lies beside it that nobody should leave there."""
        names = {path.name for path in self.folder.iterdir()} - {self.target.name}
        return names | {path.name for path in self.root.glob("*/*")} - {"lifecycle.json"}

    def close(self):
        pass


class Metrics(Scene):
    """The time is in it, so that the new one is known by its end."""

    def __init__(self, directory):
        super().__init__(directory)
        self.root.mkdir(0o700)
        run_hook(self.root, "create-runtime", os.getpid(), "running")
        self.command = [injecting.itself(os.environ["QUERY"]), "--root", self.root, "metrics", "--output", self.target]
        self.old = b"old\n" * 10000

    def prepare(self):
        super().prepare()
        self.target.write_bytes(self.old)

    def is_new(self):
        text = self.target.read_bytes()
        told = b"c1" in text or b"oci_lifecycle_store_faults 1\n" in text
        return text.startswith(b"# ") and text.endswith(b"\n# EOF\n") and told


class Runtime(Scene):
    first = "rt_sigprocmask"
    goes_on = True

    def __init__(self, directory):
        super().__init__(directory)
        self.target = self.folder / "config.json"
        self.old = json.dumps({"ociVersion": "1.0.2", "process": {"args": ["true"]}, "root": {"path": "rootfs"}}).encode()
        self.command = [injecting.itself(os.environ["RUNTIME"]), "--lifecycle-runtime", shutil.which("true"),
                        "--lifecycle-root", self.root, "--lifecycle-hooks", os.environ["HOOKS_DIR"],
                        "create", "--bundle", self.folder, "c1"]

    def prepare(self):
        super().prepare()
        shutil.rmtree(self.root, ignore_errors=True)
        self.target.write_bytes(self.old)


class Watch(Scene):
    """A container whose process is a zombie of ours: its end can be known, and is not recorded yet."""

    def __init__(self, directory):
        super().__init__(directory)
        self.folder = self.root / "c1"
        self.target = self.folder / "lifecycle.json"
        self.root.mkdir(0o700)
        self.process = subprocess.Popen(["sleep", "600"])
        run_hook(self.root, "create-runtime", self.process.pid, "creating")
        run_hook(self.root, "poststart", self.process.pid, "running")
        self.process.kill()
        os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)
        self.old = self.target.read_bytes()
        self.command = [injecting.itself(os.environ["WATCH"]), "--root", self.root, "--once"]

    @staticmethod
    def without_code(record):
        """How it ended may stay unknown, if nobody could look."""
        unknown = ("exit_code", "exit_signal", "oom_killed")
        return {key: value for key, value in json.loads(record).items() if key not in unknown}

    def is_new(self):
        return not self.is_old() and self.without_code(self.target.read_bytes()) == self.without_code(self.new)

    def prepare(self):
        super().prepare()
        self.target.write_bytes(self.old)
        self.target.chmod(0o600)

    def close(self):
        self.process.wait()


SCENES = {"metrics": Metrics, "runtime": Runtime, "watch": Watch}
