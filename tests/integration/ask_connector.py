#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask_connector.py: asks the kernel's process connector to be told of processes, ten times a second, for ever.

The kernel sends each answer to whoever listens, and not only to who asked.
"""
import socket
import struct
import time

LISTEN = 1

connector = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, 11)
connector.bind((0, 1))
while True:
    message = struct.pack("IIIIHHI", 1, 1, 0, 0, 4, 0, LISTEN)
    connector.send(struct.pack("IHHII", 16 + len(message), 3, 0, 0, 0) + message)
    print("asked", flush=True)
    time.sleep(0.1)
