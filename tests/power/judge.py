# SPDX-License-Identifier: Apache-2.0
"""What a power cut may leave of a store, and whether it has left that.

For each file: what it held after the last step that lasts and was acknowledged before the cut, or whatever a step has made
of it that had begun by then. Nothing else: no older record, no part of one, none that is empty.
"""

import json
import os
import re
import subprocess

import life

OURS = {"lifecycle.json", ".lifecycle.json.tmp", ".seen-stopped"}
# What verify may tell of a store after a power cut: what is left of a step that did not end, and that processes are gone.
KNOWN = re.compile(r"/[^/]*(/\.lifecycle\.json\.tmp: is left of a write that did not end|: holds no record|"
                   r"/lifecycle\.json: generation \d+ is recorded as \w+, and its process is gone \(.*\))$")


class History:
    """The steps, each with where its marks are in the log."""

    def __init__(self, steps, log):
        self.steps = {}
        begun, ended = {}, {}
        for index, entry in enumerate(log):
            if entry.kind == "M":
                kind, number = entry.data.split()
                (begun if kind == b"S" else ended)[int(number)] = index
        for step in steps:
            for name in step.after:
                self.steps.setdefault(name, []).append((begun[step.number], ended[step.number], step))
        self.acknowledged = sorted(ended.values())

    def allowed(self, name, cut):
        """The texts that a file may have (None: there is none), and whether its directory may be there without one."""
        texts = [life.CONFIG.read_bytes() if name.startswith(life.BUNDLE) else None]
        open_ended = False
        for begun, ended, step in self.steps[name]:
            if begun >= cut:
                break
            if step.lasting and ended < cut:
                texts, open_ended = [step.after[name]], False
            else:
                texts += [*step.between[name], step.after[name]]
                open_ended = True
        return texts, open_ended

    def all_texts(self, name):
        return [text for _, _, step in self.steps[name] for text in [*step.between[name], step.after[name]]]

    def has_begun(self, name, cut):
        return self.steps[name][0][0] < cut


def is_end(text):
    try:
        record = json.loads(text)
        return record["version"] == 1 and record["status"] == "stopped"
    except (ValueError, KeyError, TypeError):
        return False


def shown(text):
    return "nothing" if text is None else f"{len(text)} bytes, {text[-100:]!r}"


class Judge:
    """Looks at a file system that was mounted after a cut. Each fault is a word and a sentence."""

    def __init__(self, history, mounted, cut, hook):
        self.history = history
        self.mounted = mounted
        self.store = life.store_of(mounted)
        self.cut = cut
        self.hook = hook

    def text(self, name):
        try:
            return life.path_of(self.mounted, name).read_bytes()
        except FileNotFoundError:
            return None

    def file_faults(self, name):
        text = self.text(name)
        texts, open_ended = self.history.allowed(name, self.cut)
        if text not in texts and not (life.ANY_END in texts and text is not None and is_end(text)):
            what = "lost" if text is None or text in self.history.all_texts(name) else "malformed"
            what = "config" if name.startswith(life.BUNDLE) else what
            yield what, f"{name}: {shown(text)}; expected: {', or '.join(shown(text) for text in texts)}"
        directory = life.path_of(self.mounted, name).parent
        if text is None and directory.exists() and None in texts and not open_ended:
            yield "left", f"{name}: its directory is there"
        if not name.startswith(life.BUNDLE) and directory.exists() and set(os.listdir(directory)) - OURS:
            yield "left", f"{name}: {os.listdir(directory)}"

    def run(self, command, state=b"", status=(0,)):
        result = subprocess.run(command, input=state, capture_output=True, check=False)
        if result.returncode not in status or result.stderr:
            raise AssertionError(f"{command}: {result.returncode}, {result.stderr.decode()}")
        return result.stdout.decode()

    def verify_faults(self):
        said = self.run([os.environ["QUERY"], "--root", str(self.store), "verify"], status=(0, 1))
        for line in said.splitlines():
            if not KNOWN.match(line.removeprefix(str(self.store))):
                yield "verify", line

    def next_life(self, container):
        """The next hooks go on from what is there; and leave nothing that a step before them has left."""
        before = json.loads(self.text(container.name) or b"{}")
        for point, status in (("create-runtime", "creating"), ("poststart", "running")):
            self.run([*self.hook(point), "--root", str(self.store), "--strict"], container.state(status))
        record = json.loads(self.text(container.name))
        if record["generation"] != before.get("generation", 0) + 1 or record.get("recovered"):
            yield "next", f"{container.name}: generation {record['generation']} after {before.get('generation')}"
        names = set(os.listdir(self.store / container.name)) - {".seen-stopped"}
        if names != {"lifecycle.json"}:
            yield "next", f"{container.name}: the next hook leaves {names}"
        container.end()
        self.run([*self.hook("poststop"), "--root", str(self.store), "--strict"], container.state("stopped"))

    def next_faults(self, names):
        for name in names:
            with life.Container(name) as container:
                yield from self.next_life(container)
        yield from self.verify_faults()
        self.run([os.environ["CTL"], "--root", str(self.store), "prune"])
        stay = [name for name in names if (self.store / name).exists()]
        if stay:
            yield "next", f"prune leaves {stay}"

    def faults(self, chance):
        names = [name for name in self.history.steps if self.history.has_begun(name, self.cut)]
        found = [fault for name in names for fault in self.file_faults(name)]
        ids = [name for name in names if not name.startswith(life.BUNDLE)]
        try:
            if self.store.exists():
                found += self.verify_faults()
            # one that is there, and one that is new
            found += self.next_faults([*chance.sample(ids, min(len(ids), 1)), "new"])
        except (AssertionError, ValueError) as error:
            found.append(("next", str(error)))
        return found
