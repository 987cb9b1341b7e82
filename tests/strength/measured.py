# SPDX-License-Identifier: Apache-2.0
"""What coverage and mutate share: the sources they look at, a build of their own, how a test is run, a list of reasons."""

import os
import pathlib
import signal
import subprocess
import time

TOP = pathlib.Path(os.environ["TOP_SRCDIR"])
SCOPE = ["libstate/*.c", "libstate/base/*.c", "hooks/*.c", "tools/runtime/*.c", "tools/lifecycle-runtime.c"]
PROGRAMS = {"HOOKS_DIR": "hooks", "QUERY": "tools/lifecycle-query", "CTL": "tools/lifecycle-ctl",
            "RUNTIME": "tools/lifecycle-runtime", "WATCH": "tools/lifecycle-watch"}
# In a pid and mount namespace of its own a test leaves no process, kills none of ours, and has a /tmp that goes with it.
ALONE = ["unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child",
         "sh", "-c", "mount -t tmpfs tmpfs /tmp && \"$@\"", "sh"]


def sources():
    return [str(path.relative_to(TOP)) for pattern in SCOPE for path in sorted(TOP.glob(pattern))]


def configure(source, build, targets, *options):
    """Configures `build` if nobody has, and builds."""
    build.mkdir(parents=True, exist_ok=True)
    with open(build / "build.log", "w") as log:
        if not (build / "config.status").exists():
            subprocess.run([source / "configure", "--quiet", "--disable-shared", *options], cwd=build, stdout=log,
                           stderr=log, check=True)
        subprocess.run(["make", *targets], cwd=build, stdout=log, stderr=log, check=True)


def environment(build):
    env = dict(os.environ, TOP_BUILDDIR=str(build))
    env.update({name: str(build / path) for name, path in PROGRAMS.items()})
    return env


def command(build, test):
    if test.endswith(".bats"):
        return ["sh", str(TOP / "tests/run-bats"), str(TOP / test)]
    return [str(build / test)]


def run(build, test, timeout, alone=False):
    """Returns "passed", "failed" or "timeout", the seconds it took and what it printed."""
    began = time.monotonic()
    child = subprocess.Popen((ALONE if alone else []) + command(build, test), cwd=build, env=environment(build),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             start_new_session=True)
    try:
        said = child.communicate(timeout=timeout)[0].decode(errors="replace")
        failed = child.returncode != 0 or "not ok " in said
        result = "failed" if failed else "passed"
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        said, result = "", "timeout"
    return result, time.monotonic() - began, said


def reasons(name):
    """The lists beside this file: FILE | TEXT OF THE LINE | ... | REASON, one a line; # begins a comment."""
    lists = []
    for line in (TOP / "tests/strength" / name).read_text().splitlines():
        if line and not line.startswith("#"):
            lists.append([word.strip() for word in line.split(" | ")])
    return lists
