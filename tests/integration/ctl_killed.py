#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ctl_killed.py CTL QUERY HOOKS_DIR ROOTFS WORK RUNTIME_STATE COMMAND [all|control]: lifecycle-ctl COMMAND, one of create, start, stop,
remove, is killed by SIGKILL at its system calls, one after the other: at each that may change or wait for something, or at
all. After each the next command has to go on: no container is lost, none is there twice, nothing is left over.

Prints how many points there were. Fails at the first that is not mended, and says which. With control nothing sweeps: that has
to fail.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

CTL, QUERY, HOOKS, ROOTFS, WORK, STATE, COMMAND = sys.argv[1:8]
ALL = sys.argv[8:] == ["all"]
SWEEPS = sys.argv[8:] != ["control"]
DATA, STORE = WORK + "/killed-data", WORK + "/killed-store"
BASE = ["--root", STORE, "--data-root", DATA, "--hooks-dir", HOOKS]
CREATE = ["create", "--name", "web", "--runtime", "runc", "--runtime-arg", "--root=" + STATE, "--rootfs", ROOTFS, "sleep", "1000"]
ACTING = re.compile("mkdir|flock|rename|unlink|rmdir|write|fork|clone|wait|poll|kill|pidfd|fsync|memfd|pipe|getdents|getrandom|fchmod|lock|connect|nanosleep")


def ctl(*args):
    return subprocess.run([CTL, *BASE, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def must(*args):
    done = ctl(*args)
    if done.returncode != 0:
        raise SystemExit(f"{args}: {done.returncode}: {done.stderr}")
    return done.stdout.strip()


def containers():
    return sorted(p.name for p in pathlib.Path(DATA, "containers").glob("*") if (p / "config.json").exists())


def left_over():
    return sorted(p.name for p in pathlib.Path(DATA, "containers").glob("*") if not (p / "config.json").exists())


def known_to_runtime():
    done = subprocess.run(["runc", "--root", STATE, "list", "-q"], capture_output=True, text=True)
    return sorted(done.stdout.split())


def status():
    done = subprocess.run([QUERY, "--root", STORE, "inspect", "web"], capture_output=True, text=True)
    return json.loads(done.stdout)[0]["observed"]["status"] if done.returncode == 0 else None


def begin():
    """What COMMAND is given."""
    if COMMAND != "create":
        must(*CREATE)
    if COMMAND in ("stop", "remove"):
        must("start", "web")
    if COMMAND == "remove":
        must("stop", "-t", "0", "web")


ARGUMENTS = {"create": CREATE, "start": ["start", "web"], "stop": ["stop", "-t", "0", "web"], "remove": ["remove", "web"]}[COMMAND]


def go_on():
    """The next command, as a person would type it."""
    if COMMAND == "create":
        done = ctl(*CREATE)
        if done.returncode != 0 and "is taken by" not in done.stderr:
            return f"create again: {done.stderr}"
        must("start", "web")
        return None if status() == "running" else f"status {status()} after its start"
    done = ctl(*ARGUMENTS)
    if COMMAND == "remove":
        return None if done.returncode in (0, 3) and not containers() else f"remove again: {done.returncode} {done.stderr}"
    if done.returncode != 0:
        return f"{COMMAND} again: {done.stderr}"
    wanted = {"start": "running", "stop": "stopped"}[COMMAND]
    return None if status() == wanted else f"status {status()}"


def end():
    for container in containers():
        must("remove", "-f", container)
    if SWEEPS:
        ctl("prune")
    subprocess.run(["rm", "-rf", STORE], check=True)


def fault(point):
    begin()
    subprocess.run(["strace", "-o", "/dev/null", "-e", f"inject={point[0]}:signal=SIGKILL:when={point[1]}", CTL, *BASE, *ARGUMENTS],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    if len(containers()) > 1:
        return f"{containers()}"
    if not SWEEPS and left_over():
        return f"left: {left_over()}"
    wrong = go_on()
    if wrong:
        return wrong
    if COMMAND != "remove" and len(containers()) != 1:
        return f"containers: {containers()}"
    done = subprocess.run([QUERY, "--root", STORE, "verify"], capture_output=True, text=True)
    if done.returncode != 0:
        return f"verify: {done.stdout}{done.stderr}"
    end()
    if left_over() or known_to_runtime():
        return f"left: {left_over()}, {known_to_runtime()}"
    return None


def points():
    begin()
    trace = WORK + "/killed-trace"
    subprocess.run(["strace", "-o", trace, CTL, *BASE, *ARGUMENTS], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    end()
    counts, found = collections.Counter(), []
    for line in open(trace):
        name = re.match(r"([a-z0-9_]+)\(", line)
        if not name:
            continue
        counts[name[1]] += 1
        if name[1] in ("exit_group", "execve"):
            continue
        acts = ACTING.search(name[1]) or "O_CREAT" in line or ("openat" in name[1] and "config.json" in line)
        if ALL or acts:
            found.append((name[1], counts[name[1]]))
    return found


def main():
    pathlib.Path(DATA).mkdir(mode=0o700, exist_ok=True)
    all_points = points()
    for point in all_points:
        wrong = fault(point)
        if wrong:
            raise SystemExit(f"{COMMAND} killed at {point[0]} {point[1]}: {wrong}")
    print(len(all_points))


main()
