#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""on_terminal.py COLUMNS COMMAND...: runs it on a terminal of that width, and prints what the terminal gets. What is in
$TYPED is typed there."""

import fcntl
import os
import pty
import struct
import sys
import termios

master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
pid = os.fork()
if pid == 0:
    os.close(master)
    os.login_tty(slave) if hasattr(os, "login_tty") else (os.setsid(), [os.dup2(slave, fd) for fd in range(3)])
    os.environ["TERM"] = "xterm"
    os.execvp(sys.argv[2], sys.argv[2:])
os.close(slave)
os.write(master, os.environ.get("TYPED", "").encode())
while True:
    try:
        said = os.read(master, 65536)
    except OSError:
        break
    if not said:
        break
    sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
