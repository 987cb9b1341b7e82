#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""notified.py FILE COMMAND...: runs a service as a supervisor does, and writes to FILE its pid, what it notifies, its status."""

import os
import select
import socket
import subprocess
import sys

path = sys.argv[1] + ".socket"
if os.path.exists(path):
    os.unlink(path)
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify, open(sys.argv[1], "w", encoding="ascii", buffering=1) as out:
    notify.bind(path)
    with subprocess.Popen(sys.argv[2:], env=dict(os.environ, NOTIFY_SOCKET=path)) as service:
        out.write(f"{service.pid}\n")
        while True:
            if select.select([notify], [], [], 0.1)[0]:
                out.write(notify.recv(256).decode("ascii") + "\n")
            elif service.poll() is not None:
                break
        out.write(f"{service.returncode}\n")
