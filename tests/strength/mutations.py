# SPDX-License-Identifier: Apache-2.0
"""Which small changes of a C source are tried. It reads tokens, not C: what does not compile then is no mutant."""

import collections
import re

# Of `text`, what is between `start` and `end` becomes `new`.
Mutant = collections.namedtuple("Mutant", "path line kind start end new")

TOKEN = re.compile(r"""
    (?P<space>\s+|/\*.*?\*/|\\\n) | (?P<directive>^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*") | (?P<character>'(?:\\.|[^'\\])*')
  | (?P<name>[A-Za-z_]\w*) | (?P<number>\d[\w.]*)
  | (?P<operator>->|\+\+|--|<<=|>>=|<<|>>|[<>=!+\-*/%&|^]=|&&|\|\||.)
""", re.VERBOSE | re.DOTALL | re.MULTILINE)

COMPARISONS = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
JUMPS = {"break": "continue", "continue": "break"}
LOGIC = {"&&": "||", "||": "&&"}
ASSIGNING = {"=", "+=", "-=", "|=", "&=", "*=", "/="}
BEFORE_A_STATEMENT = {"{", "}", ";", "else", "do"}
NO_STATEMENT = {"return", "if", "while", "for", "switch", "do", "else", "goto", "case", "sizeof", "static_assert"}

Token = collections.namedtuple("Token", "kind text start end")


def tokens_of(text):
    found = []
    for match in TOKEN.finditer(text):
        if match.lastgroup not in ("space", "directive"):
            found.append(Token(match.lastgroup, match.group(), match.start(), match.end()))
    return found


def closing(tokens, at):
    """The place of the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(tokens)):
        if tokens[place].text in ("(", "[", "{"):
            depth += 1
        elif tokens[place].text in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return place
    return len(tokens) - 1


def statement_end(tokens, at):
    """The place of the semicolon that ends the statement that begins at `at`, or None for a block."""
    place = at
    while place < len(tokens):
        if tokens[place].text in ("(", "[", "{"):
            place = closing(tokens, place)
        elif tokens[place].text == ";":
            return place
        elif tokens[place].text == "}":
            return None
        place += 1
    return None


class Source:
    def __init__(self, path, text):
        self.path, self.text = path, text
        self.tokens = tokens_of(text)
        self.mutants = []
        self.in_brackets = self.depths()

    def depths(self):
        """How many of ( and [ are open before each token."""
        depth, depths = 0, []
        for token in self.tokens:
            depth -= token.text in (")", "]")
            depths.append(depth)
            depth += token.text in ("(", "[")
        return depths

    def add(self, kind, first, last, new):
        """The tokens from `first` to `last` become `new`."""
        start, end = self.tokens[first].start, self.tokens[last].end
        self.mutants.append(Mutant(self.path, self.text.count("\n", 0, start) + 1, kind, start, end, new))

    def between(self, first, last):
        return self.text[self.tokens[first].start:self.tokens[last].end]

    # ---- where one is ----

    def blocks(self):
        """Yields (first, last, type of what is returned, or None for a table) of all that is in braces at the top."""
        place = began = 0
        while place < len(self.tokens):
            text = self.tokens[place].text
            if text == "{":
                last = closing(self.tokens, place)
                yield place, last, self.return_type(began, place)
                place = began = last + 1
                continue
            if text in ("(", "["):
                place = closing(self.tokens, place)
            elif text == ";":
                began = place + 1
            place += 1

    def return_type(self, began, brace):
        words = [token.text for token in self.tokens[began:brace]]
        if self.tokens[brace - 1].text != ")" or "=" in words:
            return None
        while "__attribute__" in words:
            at = words.index("__attribute__")
            depth = last = 0
            for last in range(at + 1, len(words)):
                depth += {"(": 1, ")": -1}.get(words[last], 0)
                if depth == 0:
                    break
            del words[at:last + 1]
        return " ".join(words[:words.index("(") - 1])

    def begins_statement(self, place):
        before = self.tokens[place - 1]
        if self.in_brackets[place] > 0:
            return False
        if before.text in BEFORE_A_STATEMENT:
            return True
        if before.text == ":":  # a label ends its line, the middle of ?: begins one
            return "\n" in self.text[before.end:self.tokens[place].start]
        if before.text != ")":
            return False
        depth = 0
        for opening in range(place - 1, 0, -1):
            depth += {")": 1, "(": -1}.get(self.tokens[opening].text, 0)
            if depth == 0:
                return self.tokens[opening - 1].text in ("if", "while", "for")
        return False

    # ---- kinds of mutants ----

    def numbers(self, place):
        token = self.tokens[place]
        match = re.fullmatch(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)", token.text)
        before = [other.text for other in self.tokens[max(0, place - 4):place]]
        sizes = before[-1:] == ["["] and len(before) > 2 and self.tokens[place - 3].kind == "name" or \
            before[-1:] == ["["] and before[-3:-2] == ["*"]
        if not match or sizes or "return" in before[-2:]:
            return
        digits = match.group(1)
        value = int(digits, 8 if re.fullmatch(r"0\d+", digits) else 0)
        for new in (value + 1, value - 1):
            self.add("constant", place, place, f"{new}{match.group(2)}" if new >= 0 else "(-1)")

    def returns(self, place, type_):
        end = statement_end(self.tokens, place)
        if end is None or end == place + 1:
            return
        value = self.between(place + 1, end - 1)
        word = type_.split()[-1]
        if value in ("true", "false"):
            new = "false" if value == "true" else "true"
        elif value in ("0", "-1") and word == "int":
            new = "-1" if value == "0" else "0"
        elif word == "*":
            new = None if value == "NULL" else "NULL"
        elif word in ("bool", "int"):
            new = f"!({value})"
        else:
            new = f"({value}) + 1"
        if new is not None:
            self.add("return", place + 1, end - 1, new)

    def statements(self, place):
        if not self.begins_statement(place) or self.tokens[place].text in NO_STATEMENT:
            return
        end = statement_end(self.tokens, place)
        if end is None:
            return
        inside = self.tokens[place:end]
        if self.tokens[place].text == "(" and [token.text for token in inside[:3]] == ["(", "void", ")"]:
            inside = inside[3:]
        words = [token.text for token in inside]
        if len(words) > 2 and inside[0].kind == "name" and words[1] == "(" and closing(inside, 1) == len(words) - 1:
            self.add("call removed", place, end, ";")
            return
        head = next((at for at, word in enumerate(words) if word in ASSIGNING), None)
        if head is None or (head > 1 and inside[0].kind == "name" and self.declares(inside[:head])):
            return
        if inside[0].kind == "name" or words[0] == "*":
            self.add("assignment removed", place, end, ";")

    @staticmethod
    def declares(inside):
        names = [token for token in inside if token.text not in ("*", "const")]
        return inside[1].text == "*" or (len(names) > 1 and names[0].kind == names[1].kind == "name")

    def of_function(self, place, type_):
        token = self.tokens[place]
        for new in COMPARISONS.get(token.text, []):
            self.add("comparison", place, place, new)
        if token.text in LOGIC:
            self.add("and, or", place, place, LOGIC[token.text])
        if token.text in JUMPS and self.tokens[place + 1].text == ";":
            self.add("jump", place, place, JUMPS[token.text])
        if token.text == "!":
            self.add("negation removed", place, place, "")
        if token.text in ("if", "while") and self.tokens[place + 1].text == "(":
            last = closing(self.tokens, place + 1)
            self.add("condition negated", place + 1, last, f"(!{self.between(place + 1, last)})")
        if token.text == "return":
            self.returns(place, type_)
        self.statements(place)

    def all(self):
        for first, last, type_ in self.blocks():
            for place in range(first + 1, last):
                if self.tokens[place].kind == "number":
                    self.numbers(place)
                if type_ is not None:
                    self.of_function(place, type_)
        return self.mutants


def mutants_of(path, text):
    return Source(path, text).all()
