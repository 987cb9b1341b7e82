#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""splice_shapes.py RUNTIME HOOKS_DIR COUNT DIR [--spoil]

Makes COUNT config.json files of all shapes in DIR, has RUNTIME add its hooks to each, and holds the results
against a reading of its own: every byte outside the top-level `hooks` is the same, and jq sees in it exactly
what was there and the added hooks. With --spoil a byte of each result is changed first: all must be found.
"""
import decimal
import json
import os
import random
import re
import subprocess
import sys

POINTS = {
    "prestart": "lifecycle-prestart",
    "createRuntime": "lifecycle-create-runtime",
    "createContainer": "lifecycle-create-container",
    "poststart": "lifecycle-poststart",
    "poststop": "lifecycle-poststop",
}
TEXTS = ["hooks", '"hooks":{}', "}{", "\\", '"', "é€😀", "a/b", "tab\there", "line\nbreak", "\x7f", "", "ſK"]
NUMBERS = ["0", "-1", "18446744073709551615", "9223372036854775808", "1.5e300", "-0.0", "1E+2", "0.1"]
STORE = "/store"


class Writer:
    """Writes values as text, in one of the ways that JSON allows for each."""

    def __init__(self, rng, hooks_dir):
        self.rng = rng
        self.hooks_dir = hooks_dir
        self.newline = rng.choice(["\n", "\r\n"])
        self.airy = rng.random() < 0.7

    def space(self):
        if not self.airy:
            return ""
        return self.rng.choice(["", "", " ", "\t", self.newline, self.newline + "    "])

    def string(self, text):
        def escape(match):
            return "".join("\\u%04x" % unit for unit in utf16(match.group()))

        written = json.dumps(text, ensure_ascii=self.rng.random() < 0.5)
        if self.rng.random() < 0.2:
            written = '"' + re.sub("[a-z]", escape, text, count=1) + '"' if plain(text) else written
        return written.replace("/", "\\/") if self.rng.random() < 0.2 else written

    def members(self, pairs):
        return "{" + self.space() + ",".join(
            self.space() + key + self.space() + ":" + self.space() + value + self.space() for key, value in pairs) + "}"

    def array(self, values):
        return "[" + self.space() + ",".join(self.space() + value + self.space() for value in values) + "]"

    def anything(self, depth):
        kind = self.rng.randrange(6 if depth > 0 else 4)
        if kind == 0:
            return self.rng.choice(NUMBERS)
        if kind == 1:
            return self.rng.choice(["true", "false", "null"])
        if kind in (2, 3):
            return self.string(self.rng.choice(TEXTS))
        if kind == 4:
            return self.array(self.anything(depth - 1) for _ in range(self.rng.randrange(4)))
        keys = self.rng.sample(["hooks", "poststop", "path", "é", 'q"', "a"], self.rng.randrange(4))
        return self.members((self.string(key), self.anything(depth - 1)) for key in keys)

    def foreign_hook(self):
        path = self.rng.choice(["/bin/true", "/proc/7/exe", "/usr/lib/é", "/a b/lifecycle", "/elsewhere/lifecycle-poststop",
                                self.hooks_dir + "/lifecycle-poststop-no"])
        pairs = [("path", self.string(path))]
        if self.rng.random() < 0.8:
            values = self.rng.choices(TEXTS, k=self.rng.randrange(4))
            pairs.append(("args", "null" if self.rng.random() < 0.1 else self.array(map(self.string, values))))
        if self.rng.random() < 0.3:
            pairs.append(("env", self.array([self.string("A=" + self.rng.choice(TEXTS))])))
        if self.rng.random() < 0.3:
            pairs.append(("timeout", self.rng.choice(["5", "1", "8", "30"])))
        if self.rng.random() < 0.1:
            pairs.append(("x-other", self.anything(2)))
        self.rng.shuffle(pairs)
        return self.members((self.string(key), value) for key, value in pairs)

    def own_hook(self, name):
        return self.members([('"path"', self.string(self.hooks_dir + "/" + name)), ('"args"', self.array([self.string(name)]))])

    def point(self, point):
        if self.rng.random() < 0.1:
            return "null"
        values = [self.foreign_hook() for _ in range(self.rng.randrange(3))]
        if point in POINTS and self.rng.random() < 0.15:
            values.insert(self.rng.randrange(len(values) + 1), self.own_hook(POINTS[point]))
        return self.array(values)

    def hooks(self):
        kind = self.rng.random()
        if kind < 0.1:
            return "null"
        points = self.rng.sample(list(POINTS) + ["startContainer"], self.rng.randrange(7))
        pairs = [(self.string(point), self.point(point)) for point in points]
        if self.rng.random() < 0.2:
            pairs.insert(self.rng.randrange(len(pairs) + 1), ('"x-hooks"', self.anything(3)))
        return self.members(pairs)

    def config(self):
        pairs = [(self.string(key), self.anything(4)) for key in
                 self.rng.sample(["ociVersion", "process", "root", "mounts", "linux", "annotations", "Hook", "hooksx"],
                                 self.rng.randrange(9))]
        if self.rng.random() < 0.7:
            pairs.insert(self.rng.randrange(len(pairs) + 1), (self.string("hooks"), self.hooks()))
        return self.space() + self.members(pairs) + self.space() + self.rng.choice(["", self.newline])


def plain(text):
    return re.fullmatch("[a-zA-Z]+", text) is not None


def utf16(text):
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[i:i + 2], "big") for i in range(0, len(data), 2)]


# ---- the reading that results are held against --------------------------------------------------------


def own(name, hooks_dir):
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"path": hooks_dir + "/" + name, "args": [name, "--root", STORE], "env": [path]}


def is_own(hook, hooks_dir):
    return hook["path"] in [hooks_dir + "/" + name for name in POINTS.values()]


def wrapped(hook, index, name, hooks_dir):
    if is_own(hook, hooks_dir):
        return hook
    args = hook.get("args") or []
    argv0 = ["--argv0", args[0]] if args else []
    short = ["--timeout", "%.2f" % (hook["timeout"] / 4)] if hook.get("timeout", 8) < 8 else []
    command = [name, "--root", STORE] + short + ["--index", str(index)] + argv0 + ["--", hook["path"]] + args[1:]
    return dict(hook, path=hooks_dir + "/" + name, args=command)


def expected(hooks, hooks_dir, wrap):
    result = dict(hooks or {})
    for point, name in POINTS.items():
        before = result.get(point) or []
        after = [wrapped(hook, index, name, hooks_dir) for index, hook in enumerate(before)] if wrap else list(before)
        there = any(hook["path"] == hooks_dir + "/" + name for hook in before)
        foreign = any(not is_own(hook, hooks_dir) for hook in before)
        if point == "poststop" and not there:
            after.append(own(name, hooks_dir))
        elif point in ("createRuntime", "poststart") and not there:
            after.insert(0, own(name, hooks_dir))
        elif point == "prestart" and not there and foreign and not wrap:
            after.insert(0, own(name, hooks_dir))
        if after:
            result[point] = after
    return result


SPACE = re.compile(r"[ \t\r\n]*")


def outside(text):
    """What stands before the value of the top-level `hooks`, and after it; None if there is none."""
    decoder = json.JSONDecoder()
    at = SPACE.match(text, text.index("{") + 1).end()
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at)
        at = SPACE.match(text, SPACE.match(text, at).end() + 1).end()
        start = at
        _, at = decoder.raw_decode(text, at)
        if key == "hooks":
            return text[:start], text[at:]
        at = SPACE.match(text, at).end()
        if text[at] == ",":
            at = SPACE.match(text, at + 1).end()
    return None


def same_outside(before, after):
    there, now = outside(before), outside(after)
    if there is not None:
        return there == now
    for added in (',"hooks":', '"hooks":'):
        if now[0].endswith(added):
            return now[0][:-len(added)] + now[1] == before
    return False


def exact_hooks(text):
    """Of a number, each digit counts."""
    return json.loads(text, parse_int=decimal.Decimal, parse_float=decimal.Decimal).get("hooks")


def jq_hooks(path):
    """As jq sees them; it keeps 17 digits of a number."""
    result = subprocess.run(["jq", "-c", ".hooks", path], capture_output=True, check=True)
    return json.loads(result.stdout, parse_int=float)


# ---- one file ---------------------------------------------------------------------------------------------


def add(runtime, hooks_dir, bundle, wrap):
    command = [runtime, "--lifecycle-runtime", "/bin/true", "--lifecycle-hooks", hooks_dir, "--lifecycle-root", STORE]
    result = subprocess.run(command + ["--lifecycle-wrap"] * wrap + ["run", "--bundle", bundle, "shape"],
                            capture_output=True, check=False)
    return result.returncode == 0 and not result.stderr


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(text)


def check(runtime, hooks_dir, directory, number, spoil):
    rng = random.Random(number)
    path = os.path.join(directory, "config.json")
    before, wrap = Writer(rng, hooks_dir).config(), number % 2 == 1
    write(path, before)
    if not add(runtime, hooks_dir, directory, wrap):
        return "it was not taken"
    after = read(path)
    if spoil:
        at = rng.randrange(len(after))
        after = after[:at] + chr(ord(after[at]) ^ 1) + after[at + 1:]
        write(path, after)
    try:
        if not same_outside(before, after):
            return "a byte outside is another"
        if exact_hooks(after) != expected(exact_hooks(before), hooks_dir, wrap):
            return "the hooks are others"
        if jq_hooks(path) != expected(json.loads(before, parse_int=float).get("hooks"), hooks_dir, wrap):
            return "the hooks are others"
    except (ValueError, IndexError, TypeError, AttributeError, subprocess.CalledProcessError):
        return "it is not JSON any more"
    write(path, after)
    if not add(runtime, hooks_dir, directory, wrap) or read(path) != after:
        return "a second time changes it"
    return None


def main():
    runtime, hooks_dir, count, directory = sys.argv[1:5]
    spoil = sys.argv[5:] == ["--spoil"]
    found = 0
    for number in range(int(count)):
        fault = check(runtime, hooks_dir, directory, number, spoil)
        if fault and not spoil:
            print(f"shape {number}: {fault}")
        found += fault is not None
    print(f"{count} shapes, {found} faults")
    return found != (int(count) if spoil else 0)


if __name__ == "__main__":
    sys.exit(main())
