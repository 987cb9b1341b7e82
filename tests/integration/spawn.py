#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""spawn.py [OPTION]... PROGRAM ARG...: becomes PROGRAM, in a state that a shell cannot bring about.

--argv0 NAME      its argv[0] (default: PROGRAM)
--no-argv         no argv at all, not even argv[0]
--env STRING      its whole environment, together with other --env: any strings, also twice the same
--block NAME,...  blocked signals, ALL for every one
--ignore NAME,... ignored signals, ALL for every one
"""

import argparse
import ctypes
import os
import signal
import sys

UNCHANGEABLE = {signal.SIGKILL, signal.SIGSTOP}


def signals(text):
    if text == "ALL":
        return signal.valid_signals() - UNCHANGEABLE
    return {getattr(signal, "SIG" + name) for name in text.split(",") if name}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--argv0")
    parser.add_argument("--no-argv", action="store_true")
    parser.add_argument("--env", action="append")
    parser.add_argument("--block", default="")
    parser.add_argument("--ignore", default="")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command

    # Python ignores these for itself; a child is to find them as we did, which it cannot tell us any more.
    ignored = signals(options.ignore) | (inherited_ignores() & {signal.SIGPIPE, signal.SIGXFSZ})
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signals(options.block))
    argv = [] if options.no_argv else [options.argv0 or command[0], *command[1:]]
    if options.no_argv or options.env:
        ctypes.CDLL(None, use_errno=True).execve(os.fsencode(command[0]), strings(argv), strings(options.env or []))
        sys.exit(f"{command[0]}: {os.strerror(ctypes.get_errno())}")
    os.execv(command[0], argv)


def strings(texts):
    return (ctypes.c_char_p * (len(texts) + 1))(*map(os.fsencode, texts), None)


def inherited_ignores():
    """What our parent ignores: the shell that started us passes its own on."""
    with open(f"/proc/{os.getppid()}/status", encoding="ascii") as status:
        mask = next(int(line.split()[1], 16) for line in status if line.startswith("SigIgn:"))
    return {number for number in signal.valid_signals() if mask >> (number - 1) & 1}


if __name__ == "__main__":
    main()
