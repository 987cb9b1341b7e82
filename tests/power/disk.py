#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""disk.py IMAGE LOG DIRECTORY: mounts on DIRECTORY a file system with two files; a disk that remembers, for a loop device.

`disk` is IMAGE. Each write to it and each flush (fsync) is added to LOG, in the order in which they come.
`mark` takes marks: what is written to it is added to LOG in its place. A mark `fail flush` lets each flush fail with EIO
from then on, `fail write` each write, `fail` neither.

Prints a line when it is mounted, and ends when it is unmounted or its stdin ends; then all fails that comes. Speaks FUSE
itself. Needs root, and a mount namespace that others do not share.
read_log() gives what LOG holds.
"""

import collections
import ctypes
import errno
import os
import select
import stat
import struct
import subprocess
import sys

ROOT, DISK, MARK = 1, 2, 3
NAMES = {b"disk": DISK, b"mark": MARK}
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, READ, WRITE, RELEASE, FSYNC = 1, 2, 3, 4, 14, 15, 16, 18, 20
FLUSH, INIT, OPENDIR, RELEASEDIR, INTERRUPT, DESTROY, BATCH_FORGET = 25, 26, 27, 29, 36, 38, 42
LONGEST_WRITE = 128 * 1024
DIRECT_IO = 1  # a mark goes to nobody's cache
BIG_WRITES = 1 << 5
FOR_EVER = 1 << 20
CLONE_NEWNS = 0x20000

Entry = collections.namedtuple("Entry", "kind offset data")
HEAD = struct.Struct("=cQI")


def read_log(path):
    """The entries of a log: kind W (with its offset), F, or M."""
    text = memoryview(path.read_bytes())
    entries = []
    at = 0
    while at < len(text):
        kind, offset, length = HEAD.unpack_from(text, at)
        at += HEAD.size
        entries.append(Entry(kind.decode(), offset, bytes(text[at:at + length])))
        at += length
    return entries


class Disk:
    """What answers the kernel's requests."""

    def __init__(self, image, log):
        self.image = os.open(image, os.O_RDWR | os.O_CLOEXEC)
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self.size = os.fstat(self.image).st_size
        self.failing = b""
        self.answers = {LOOKUP: self.look_up, GETATTR: self.attributes, SETATTR: self.attributes, OPEN: self.open,
                        READ: self.read, WRITE: self.write, FSYNC: self.sync, INIT: self.init, OPENDIR: self.open,
                        RELEASE: self.nothing, RELEASEDIR: self.nothing, FLUSH: self.nothing, DESTROY: self.nothing}

    def note(self, kind, offset=0, data=b""):
        os.writev(self.log, [HEAD.pack(kind, offset, len(data)), data])

    def init(self, _node, _body):
        return struct.pack("=4I2H2I2H8I", 7, 31, 0, BIG_WRITES, 16, 12, LONGEST_WRITE, 1, 0, 0, *[0] * 8)

    def attributes_of(self, node):
        mode = stat.S_IFDIR | 0o700 if node == ROOT else stat.S_IFREG | 0o600
        size = self.size if node == DISK else 0
        return struct.pack("=6Q10I", node, size, size // 512, *[0] * 6, mode, 1, 0, 0, 0, 4096, 0)

    def look_up(self, _node, body):
        node = NAMES.get(body.rstrip(b"\0"))
        if node is None:
            raise FileNotFoundError(errno.ENOENT, "no such file")
        return struct.pack("=4Q2I", node, 0, FOR_EVER, FOR_EVER, 0, 0) + self.attributes_of(node)

    def attributes(self, node, _body):
        return struct.pack("=Q2I", FOR_EVER, 0, 0) + self.attributes_of(node)

    def open(self, node, _body):
        return struct.pack("=Q2I", 0, DIRECT_IO if node == MARK else 0, 0)

    def read(self, node, body):
        offset, size = struct.unpack_from("=QI", body, 8)
        return os.pread(self.image, size, offset) if node == DISK else b""

    def write(self, node, body):
        offset, size = struct.unpack_from("=QI", body, 8)
        data = body[40:40 + size]
        if node == MARK:
            self.mark(data)
        elif self.failing == b"write":
            raise OSError(errno.EIO, "as asked")
        else:
            os.pwrite(self.image, data, offset)
            self.note(b"W", offset, data)
        return struct.pack("=2I", size, 0)

    def mark(self, text):
        if text.startswith(b"fail"):
            self.failing = text[4:].strip()
        self.note(b"M", 0, text)

    def sync(self, node, _body):
        if node == DISK and self.failing == b"flush":
            raise OSError(errno.EIO, "as asked")
        if node == DISK:
            self.note(b"F")
        return b""

    def nothing(self, _node, _body):
        return b""

    def answer(self, operation, node, body):
        """An errno, and what follows it."""
        if operation not in self.answers:
            return errno.ENOSYS, b""
        try:
            return 0, self.answers[operation](node, body)
        except OSError as error:
            return error.errno, b""


def serve(disk, fuse):
    waiting = select.poll()
    waiting.register(fuse, select.POLLIN)
    waiting.register(0, select.POLLIN)
    while not any(fd == 0 for fd, _ in waiting.poll()):
        try:
            request = os.read(fuse, LONGEST_WRITE + 8192)
        except OSError as error:
            if error.errno == errno.ENODEV:
                return
            if error.errno in (errno.EINTR, errno.EAGAIN, errno.ENOENT):
                continue
            raise
        _, operation, unique, node = struct.unpack_from("=2I2Q", request)
        if operation in (FORGET, BATCH_FORGET, INTERRUPT):
            continue
        failure, result = disk.answer(operation, node, request[40:])
        os.write(fuse, struct.pack("=IiQ", 16 + len(result), -failure, unique) + result)


def leave_namespace():
    """Who is the last in a mount namespace unmounts all in it when it ends: what is on this disk would wait for us then."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) < 0:
        raise OSError(ctypes.get_errno(), "unshare")


def main():
    image, log, directory = sys.argv[1:]
    disk = Disk(image, log)
    fuse = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0,max_read={LONGEST_WRITE}"
    mount = subprocess.run(["mount", "-i", "-t", "fuse", "-o", options, "disk", directory], pass_fds=[fuse], check=False,
                           stdin=subprocess.DEVNULL)
    if mount.returncode != 0:
        return mount.returncode
    leave_namespace()
    print("mounted", flush=True)
    serve(disk, fuse)
    return 0


if __name__ == "__main__":
    sys.exit(main())
