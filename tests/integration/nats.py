#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""nats.py make|publish|read PORT ...: as much of a client of a NATS server as these tests need; its protocol is text.

make PORT STREAM            makes a stream, on disk, of the subjects STREAM.>
publish PORT SUBJECT CURSOR publishes each whole line of stdin as a message with the line's event_id for its ID; once the
                            server has it on disk, its cursor goes to the file CURSOR
read PORT STREAM            prints the stream's messages, a line each, those that come later, too, until it is ended
A server that goes away is waited for.
"""

import base64
import json
import os
import socket
import sys
import time

AHEAD = 64  # messages whose receipt is waited for at a time


class Gone(Exception):
    pass


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.inbox = f"_INBOX.{os.getpid()}.{time.monotonic_ns()}"
        self.line()
        self.send(b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n' + f"SUB {self.inbox} 1\r\n".encode())

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise Gone
        return line[:-2].decode()

    def message(self):
        """The body of the next message for us."""
        while True:
            line = self.line()
            if line == "PING":
                self.send(b"PONG\r\n")
            elif line.startswith("-ERR"):
                raise Gone
            elif line.startswith(("MSG", "HMSG")):
                break
        words = line.split(" ")
        sizes = [int(word) for word in words[-2 if words[0] == "HMSG" else -1:]]
        body = self.file.read(sizes[-1] + 2)
        if len(body) != sizes[-1] + 2:
            raise Gone
        return body[sizes[0] if words[0] == "HMSG" else 0:-2]

    def answer(self):
        answer = json.loads(self.message() or b'{"error": "nobody answers"}')
        if "error" in answer:
            raise Gone(str(answer["error"]))
        return answer

    def publish(self, subject, body, headers=""):
        head = f"NATS/1.0\r\n{headers}\r\n".encode()
        self.send(f"HPUB {subject} {self.inbox} {len(head)} {len(head) + len(body)}\r\n".encode() + head + body + b"\r\n")

    def ask(self, subject, request):
        self.publish(subject, json.dumps(request).encode())
        return self.answer()


def persistently(work):
    """Calls it again, if the server went away, until it is done."""
    while True:
        try:
            return work()
        except (Gone, OSError, ValueError) as error:
            print(f"nats.py: again: {error!r}", file=sys.stderr)
            time.sleep(0.2)


def make(port, stream):
    Client(port).ask(f"$JS.API.STREAM.CREATE.{stream}", {"name": stream, "subjects": [f"{stream}.>"], "storage": "file"})


def keep(path, cursor):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(cursor)
    os.replace(path + ".new", path)


class Publisher:
    def __init__(self, port, subject, path):
        self.port, self.subject, self.path = port, subject, path
        self.client = None
        self.waiting = []  # lines whose receipt has not come, the oldest first

    def send(self, line):
        self.client.publish(self.subject, line, f"Nats-Msg-Id: {json.loads(line)['event_id']}\r\n")

    def reconnect(self):
        """What was not acknowledged goes out once more, with the same ID."""
        if self.client is None:
            self.client = Client(self.port)
            for line in self.waiting:
                self.send(line)

    def step(self, work):
        def attempt():
            try:
                self.reconnect()
                work()
            except BaseException:
                self.client = None
                raise
        persistently(attempt)

    def receive(self):
        self.client.answer()
        keep(self.path, json.loads(self.waiting.pop(0))["cursor"])

    def run(self):
        for line in sys.stdin.buffer:
            if not line.endswith(b"\n"):
                break  # whoever wrote it was killed
            self.step(lambda: None)
            self.waiting.append(line[:-1])
            self.step_send(line[:-1])
            while len(self.waiting) >= AHEAD:
                self.step(self.receive)
        while self.waiting:
            self.step(self.receive)

    def step_send(self, line):
        try:
            self.send(line)
        except OSError:
            self.client = None


def read(port, stream):
    """By number, and each once."""
    last = 0

    def go_on():
        nonlocal last
        client = Client(port)
        while True:
            state = client.ask(f"$JS.API.STREAM.INFO.{stream}", {})["state"]
            while last < state["last_seq"]:
                message = client.ask(f"$JS.API.STREAM.MSG.GET.{stream}", {"seq": last + 1})["message"]
                print(base64.b64decode(message["data"]).decode(), flush=True)
                last += 1
            time.sleep(0.05)

    persistently(go_on)


def main():
    work, port = sys.argv[1], int(sys.argv[2])
    if work == "make":
        persistently(lambda: make(port, sys.argv[3]))
    elif work == "publish":
        Publisher(port, sys.argv[3], sys.argv[4]).run()
    else:
        read(port, sys.argv[3])


main()
