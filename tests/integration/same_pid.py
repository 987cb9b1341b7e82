#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""same_pid.py HOOK ROOT: a container's process between two others that have its pid, each of which execs and exits.

The container is c1: its process is forked, its createRuntime hook runs, it execs and exits with 5. Prints when it had
exec'ed and when it had ended, as the record writes times. The kernel is told which pid comes next: root alone may.
"""

import datetime
import json
import os
import subprocess
import sys
import time

HOOK, ROOT = sys.argv[1:]


def fork_as(pid, child):
    """The child's pid is the one that is wanted, as soon as nobody else forks in between."""
    for _ in range(1000):
        with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:
            last.write(str(pid - 1))
        made = os.fork()
        if made == 0:
            if os.getpid() != pid:
                os._exit(0)
            child()
        if made == pid:
            return
        os.waitpid(made, 0)
    sys.exit(f"pid {pid} cannot be had")


def exec_and_exit(code):
    os.execv("/bin/sh", ["sh", "-c", f"exit {code}"])


def now():
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06}000Z"


def container():
    os.read(gate, 1)
    exec_and_exit(5)


def free_pid():
    """One that nobody has, and that does not come soon: far from the last one, and from where the kernel begins again."""
    with open("/proc/sys/kernel/pid_max", encoding="ascii") as file:
        end = int(file.read())
    with open("/proc/sys/kernel/ns_last_pid", encoding="ascii") as file:
        last = int(file.read())
    pids = range(last + 400, end) if last + 1000 < end else range(end // 2, end)
    return next(pid for pid in pids if not os.path.exists(f"/proc/{pid}"))


wanted = free_pid()
fork_as(wanted, lambda: exec_and_exit(1))
os.waitpid(wanted, 0)
gate, opener = os.pipe()
fork_as(wanted, container)
state = {"ociVersion": "1.0.2", "id": "c1", "status": "created", "pid": wanted, "bundle": "/b"}
subprocess.run([HOOK, "--root", ROOT], input=json.dumps(state), text=True, check=True)
print(now())
os.write(opener, b"x")
_, status = os.waitpid(wanted, 0)
print(now())
# Two processes of one pid that start within one tick of 1/100 s are one to all who know a process by both.
time.sleep(0.02)
fork_as(wanted, lambda: exec_and_exit(2))
os.waitpid(wanted, 0)
time.sleep(0.1)
sys.exit(0 if os.waitstatus_to_exitcode(status) == 5 else 1)
