#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What nerdctl does with a lifecycle.json, from what is known of its files alone.

It locks the directory with flock, to read too; knows two keys; writes a temporary file that it renames.

nerdctl_client.py read DIR                        prints started_at and create_error
nerdctl_client.py write DIR STARTED_AT true|false
nerdctl_client.py mix DIR ROUNDS COMMAND ARG...    writes and reads ROUNDS times while COMMAND goes on
    ROUNDS times with the file STATE on its stdin (in the environment); exits with 1 if a value that was
    read is neither the one that was written nor a hook's
"""

import contextlib
import datetime
import fcntl
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

FILE = "lifecycle.json"
# What Go's time.Time reads from JSON.
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
ZERO = "0001-01-01T00:00:00Z"


@contextlib.contextmanager
def locked(directory):
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def parse(text):
    """Strict where nerdctl is: what it cannot read stops the container."""
    keys = {key.lower(): value for key, value in json.loads(text).items()}
    started_at = keys.get("started_at") or ZERO
    create_error = keys.get("create_error") or False
    if not isinstance(started_at, str) or not RFC3339.fullmatch(started_at):
        raise ValueError(f"started_at is {started_at!r}")
    if not isinstance(create_error, bool):
        raise ValueError(f"create_error is {create_error!r}")
    return {"started_at": started_at, "create_error": create_error}


def load(directory):
    with locked(directory):
        text = (pathlib.Path(directory) / FILE).read_text(encoding="utf-8")
    return parse(text), "version" in json.loads(text)


def transform(directory, change):
    with locked(directory):
        path = pathlib.Path(directory) / FILE
        try:
            value = parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            value = {"started_at": ZERO, "create_error": False}
        replace(path, change(value))


def replace(path, value):
    fd, temporary = tempfile.mkstemp(prefix=".tmp-" + FILE, dir=path.parent)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        json.dump(value, file, separators=(",", ":"))
        os.fchmod(file.fileno(), 0o600)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, path)


def write(directory, started_at, create_error):
    transform(directory, lambda _: {"started_at": started_at, "create_error": create_error})


def own_value(number):
    """A time of the past, another one each time, which no hook can write."""
    return f"2001-02-03T04:05:06.{number:09d}Z"


def keep_hooking(command, state, rounds, faults):
    for _ in range(rounds):
        with open(state, "rb") as stdin:
            done = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=False)
        if done.returncode != 0 or done.stderr:
            faults.append(f"the hook: {done.returncode} {done.stderr}")


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def mix(directory, rounds, command):
    faults, hooks_values = [], 0
    began = utc_now()
    hooks = threading.Thread(target=keep_hooking, args=(command, os.environ["STATE"], rounds, faults))
    hooks.start()
    for number in range(rounds):
        try:
            write(directory, own_value(number), False)
            time.sleep(random.uniform(0, 0.005))
            value, is_hooks = load(directory)
        except (OSError, ValueError) as error:
            faults.append(f"round {number}: {error}")
            continue
        # A hook that finds our value may keep it, or put the time of its own run in its place.
        is_own = value["started_at"] == own_value(number)
        hooks_values += is_hooks
        if value["create_error"] or not (is_own or (is_hooks and began <= value["started_at"] <= utc_now())):
            faults.append(f"round {number}: wrote {own_value(number)}, read {value}, a hook's: {is_hooks}")
    hooks.join()
    print(f"{rounds} rounds, {hooks_values} values of a later hook read, {len(faults)} faults")
    print("\n".join(faults[:20]), end="", file=sys.stderr)
    return 1 if faults else 0


def main():
    verb, directory, *rest = sys.argv[1:]
    if verb == "read":
        value, _ = load(directory)
        print(value["started_at"], str(value["create_error"]).lower())
        return 0
    if verb == "write":
        write(directory, rest[0], rest[1] == "true")
        return 0
    return mix(directory, int(rest[0]), rest[1:])


if __name__ == "__main__":
    sys.exit(main())
