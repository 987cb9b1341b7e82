#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_store.py [--open] ROOT...: holds every record against the schema, and every name and mode against the design.

The records are our hooks' own: a key that the schema does not name is a fault, unless --open says that others wrote,
too. Prints a line for each fault; exits 1 if there is one. Needs python3-jsonschema.
"""

import json
import os
import pathlib
import re
import stat
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).parents[2] / "libstate" / "lifecycle.schema.json"
RECORD, SEEN_STOPPED, SWEPT, COUNTS = "lifecycle.json", ".seen-stopped", ".swept", ".counts"
EXEC_FIFO = ".exec-fifo"
ASIDE = ("lifecycle.json.corrupt", "lifecycle.json.corrupt.1")
RECORD_LIMIT = 64 * 1024


def reject_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key stands twice")
    return dict(pairs)


def record_faults(validator, text, directory_name):
    if len(text) > RECORD_LIMIT:
        yield f"{len(text)} bytes long"
    try:
        record = json.loads(text.decode("utf-8"), object_pairs_hook=reject_duplicates)
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    for error in validator.iter_errors(record):
        yield f"{error.json_path}: {error.message[:200]}"
    if isinstance(record, dict) and record.get("id", directory_name) != directory_name:
        yield f"the record is of '{record['id']}'"


def entry_faults(validator, path, directory_name):
    status = path.lstat()
    if path.name in ASIDE:
        return
    if path.name == EXEC_FIFO and path.is_fifo():
        return
    if path.name not in (RECORD, SEEN_STOPPED):
        yield "left behind"
    elif not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        yield "not a regular file with one link"
    elif stat.S_IMODE(status.st_mode) != 0o600:
        yield f"mode {stat.S_IMODE(status.st_mode):o}"
    elif path.name == RECORD:
        yield from record_faults(validator, path.read_bytes(), directory_name)


def counts_faults(path):
    if not os.path.lexists(path):
        return
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or stat.S_IMODE(status.st_mode) != 0o600:
        yield "not a regular file with one link and mode 600"
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        if not re.fullmatch(rb"(base|sums|series|entry)\t.*\t\.", line):
            yield f"a line that is not whole: {line[:80]!r}"


def store_faults(validator, root):
    for fault in counts_faults(root / COUNTS):
        yield root / COUNTS, fault
    for directory in [root, *sorted(path for path in root.iterdir() if path.name not in (SWEPT, COUNTS))]:
        status = directory.lstat()
        if not stat.S_ISDIR(status.st_mode):
            yield directory, "not a directory"
        elif stat.S_IMODE(status.st_mode) != 0o700:
            yield directory, f"mode {stat.S_IMODE(status.st_mode):o}"
        elif directory != root:
            if not re.fullmatch(r"[A-Za-z0-9_+-][A-Za-z0-9_+.-]{0,254}", directory.name):
                yield directory, "not a container's ID"
            for path in sorted(directory.iterdir()):
                for fault in entry_faults(validator, path, directory.name):
                    yield path, fault


def closed(schema):
    """The same, but no object may have a key that is not named."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(part) for key, part in schema.items()}
    if isinstance(result.get("properties"), dict):
        result.setdefault("additionalProperties", False)
    return result


def schema_of(is_open):
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    if is_open:
        return schema
    # Only lifecycle-query's output has it.
    del schema["$defs"]["record"]["properties"]["observed"]
    return closed(schema)


def main():
    is_open, roots = sys.argv[1:2] == ["--open"], [argument for argument in sys.argv[1:] if argument != "--open"]
    validator = jsonschema.Draft202012Validator(schema_of(is_open))
    faults = [(path, fault) for root in roots for path, fault in store_faults(validator, pathlib.Path(root))]
    for path, fault in faults:
        print(f"{os.fspath(path)}: {fault}", file=sys.stderr)
    return 1 if faults or not roots else 0


if __name__ == "__main__":
    sys.exit(main())
