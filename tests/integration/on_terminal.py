#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""on_terminal.py COLUMNS COMMAND...: runs it on a terminal of that width, prints what the terminal gets, without carriage
returns, and ends with the command's exit status. What is in $TYPED is typed there."""

import fcntl
import os
import pty
import struct
import sys
import termios
import threading

END = b"\0end of the terminal\0"


def run(command, slave, master):
    pid = os.fork()
    if pid == 0:
        os.close(master)
        os.setsid()
        for fd in range(3):
            os.dup2(slave, fd)
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    return pid


def wait(pid, slave, status):
    """When the last user of a terminal closes it, its reader may lose what was written just before (n_tty_read() looks for
    output first, then for the close). So we stay its user until END has come through."""
    status.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os.write(slave, END)


def read_to_end(master):
    said = b""
    while END not in said:
        said += os.read(master, 65536)
    return said[: said.index(END)].replace(b"\r", b"")


def main():
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    status = []
    pid = run(sys.argv[2:], slave, master)
    os.write(master, os.environ.get("TYPED", "").encode())
    waiter = threading.Thread(target=wait, args=(pid, slave, status))
    waiter.start()
    sys.stdout.buffer.write(read_to_end(master))
    waiter.join()
    return status[0] if status[0] >= 0 else 128 - status[0]


sys.exit(main())
