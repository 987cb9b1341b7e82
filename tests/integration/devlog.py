#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""devlog.py full|read|journal SOCKET: in the place of a system's log daemon, until it is ended.

full: the socket is full, and nobody reads it; read: prints each datagram, a line each; journal: prints each field of what
journald is sent, FIELD=VALUE, a line each. A file `ready` beside the
socket says when.
"""

import pathlib
import signal
import socket
import struct
import sys


def fill(path):
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.setblocking(False)
    sender.connect(path)
    try:
        while True:
            sender.send(b"x" * 1000)
    except BlockingIOError:
        pass


def fields(datagram):
    while datagram:
        field, rest = datagram.split(b"\n", 1)
        (length,) = struct.unpack_from("<Q", rest)
        yield field.decode(), rest[8:8 + length].decode()
        datagram = rest[9 + length:]


def main():
    verb, path = sys.argv[1:]
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(path)
    if verb == "full":
        fill(path)
    pathlib.Path(path).with_name("ready").touch()
    while verb == "read":
        print(log.recv(65536).decode(), flush=True)
    while verb == "journal":
        for field, value in fields(log.recv(65536)):
            print(f"{field}={value}", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
