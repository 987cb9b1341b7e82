# SPDX-License-Identifier: Apache-2.0
"""keep_zombies.py FILE COMMAND ARG...: runs COMMAND and writes its exit status to FILE. Orphans below it become children of
this process, which never reaps them: who dies stays a zombie until this process is ended by a signal."""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36


def main():
    path, command = sys.argv[1], sys.argv[2:]
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    status = subprocess.run(command, check=False).returncode
    with open(path + ".new", "w", encoding="ascii") as file:
        print(status, file=file)
    os.rename(path + ".new", path)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
