#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""examples.py DIRECTORY FILE...: writes each example of a README or a manual page to a file of its own, and prints a line
for each: the file, its kind, where it stands. In Markdown an example is a block that is indented by four, in scdoc one
between lines of ```; what it is, its form tells."""

import json
import os
import re
import sys
import tomllib


def blocks_of(path):
    text = open(path).read()
    if path.endswith(".scd"):
        for match in re.finditer(r"^```\n(.*?)^```$", text, re.M | re.S):
            # scdoc takes a backslash as the escape that it is everywhere
            yield match.start() + 4, match.group(1).replace("\\\\", "\\")
        return
    for match in re.finditer(r"(?:^    .*\n)(?:\n*    .*\n)*", text, re.M):
        yield match.start(), re.sub(r"^    ", "", match.group(0), flags=re.M)


def parses(parse, text):
    try:
        parse(text)
    except ValueError:
        return False
    return True


def kind_of(block):
    if block.startswith("#!"):
        return "script"
    if parses(json.loads, block) or parses(json.loads, "{" + block + "}"):
        return "json"
    if block.startswith("[") and parses(tomllib.loads, block):
        return "toml"
    return "commands"


number = 0
for path in sys.argv[2:]:
    text = open(path).read()
    for start, block in blocks_of(path):
        number += 1
        name = f"{number:03}"
        with open(os.path.join(sys.argv[1], name), "w") as file:
            file.write(block)
        print(name, kind_of(block), f"{os.path.basename(path)}:{text.count(chr(10), 0, start) + 1}", sep="\t")
