#!/usr/bin/env python3
"""Writes docs/reference/operations.md: one row for each operation of api/openapi.yaml, with its command, scope and test.

usage: operations_table.py [--check] [REPOSITORY]

  --check  writes nothing; fails if the page is not what it would write

An operation names its command in `x-command` (a `-` and the reason, where it needs none), its scope in `x-scope` (none
with `security: []`), and in `x-test` an end-to-end test, FILE::TEST. It fails, with a line for each operation, on one
that lacks any of these, on a command that src/cli does not have, and on a test that is not there or in which the
operation's method and path never stand in one call (`rest_calls.py` says what a call is).
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rest_calls import RestCalls, matches

DOCUMENT = "api/openapi.yaml"
PAGE = "docs/reference/operations.md"
COMMANDS = "src/cli"
TESTS = "tests/e2e/"

HEAD = """# REST operations
One row for each operation of [the API document](../../api/openapi.yaml): how a script asks for it, which command does the same, what
the token must be allowed, and the end-to-end test that holds it. Made by `scripts/operations_table.py`; the build fails if
a row is missing or says what is not so.

| route | command | scope | test |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    content: dict

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    def text(self, key: str) -> str:
        value = self.content.get(key)
        return value if isinstance(value, str) else ""

    @property
    def scope(self) -> str:
        return "everybody" if self.content.get("security") == [] else self.text("x-scope")


def operations_of(document: dict) -> list[Operation]:
    return [
        Operation(method.upper(), path, content)
        for path, methods in document["paths"].items()
        for method, content in methods.items()
    ]


class Commands:
    """What src/cli can be asked, read from its sources: a file has the noun, and the verb and the flags as texts of their own."""

    def __init__(self, folder: Path):
        self._texts = [
            set(re.findall(r'"([^"\n]*)"', path.read_text(encoding="utf-8")))
            for path in sorted(folder.glob("*.cc"))
            if not path.name.endswith("_test.cc")
        ]

    def knows(self, command: str) -> bool:
        words = command.split()
        return bool(words) and any(all(word in texts for word in words) for texts in self._texts)


def faults_of(operation: Operation, document: list[Operation], commands: Commands, calls: RestCalls, root: Path) -> Iterator[str]:
    command = operation.text("x-command")
    if not command:
        yield "has no x-command"
    elif command.startswith("-"):
        if not re.match(r"- \w", command):
            yield "needs a reason for having no command: x-command `- why`"
    elif not commands.knows(command):
        yield f"x-command: {COMMANDS} has no `{command}`"
    if not operation.scope:
        yield "has neither x-scope nor an empty security"
    file, _, test = operation.text("x-test").partition("::")
    if not test:
        yield "has no x-test FILE::TEST"
        return
    made = calls.of(root / file, test) if file.startswith(TESTS) else None
    if made is None:
        yield f"x-test: there is no {file}::{test}" if file.startswith(TESTS) else f"x-test: {file} is not in {TESTS}"
    elif not any(method == operation.method and leads_to(path, operation, document) for method, path in made):
        yield f"x-test: {file}::{test} makes no call {operation.route}"


def leads_to(path: str, operation: Operation, document: list[Operation]) -> bool:
    """Whether a call of this path is one of the operation, and not of another one whose path says more (/orders/preview)."""
    fitting = [other.path for other in document if other.method == operation.method and matches(other.path, path)]
    return bool(fitting) and operation.path == min(fitting, key=lambda one: one.count("{"))


def row(operation: Operation) -> str:
    command = operation.text("x-command")
    told = f"none: {command[2:]}" if command.startswith("- ") else f"`tradeauto {command}`"
    scope = f"`{operation.scope}`" if operation.text("x-scope") else operation.scope
    file, _, test = operation.text("x-test").partition("::")
    return f"| `{operation.route}` | {told} | {scope} | [`{Path(file).name}`](../../{file})`::{test}` |\n"


def read(root: Path) -> tuple[str, list[str]]:
    """The page, and what is wrong with the document."""
    operations = operations_of(json.loads((root / DOCUMENT).read_text(encoding="utf-8")))
    commands, calls = Commands(root / COMMANDS), RestCalls()
    faults = [
        f"{DOCUMENT}: {operation.route} {fault}"
        for operation in operations
        for fault in faults_of(operation, operations, commands, calls, root)
    ]
    told = sum(not operation.text("x-command").startswith("-") for operation in operations)
    foot = f"\n{len(operations)} operations: {told} have a command, the others say why they need none; each has a test.\n"
    return HEAD + "".join(row(operation) for operation in operations) + foot, faults


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    rest = [word for word in arguments if word != "--check"]
    root = Path(rest[0]) if rest else Path(__file__).resolve().parent.parent
    page, faults = read(root)
    path = root / PAGE
    if not faults and not check:
        path.write_text(page, encoding="utf-8")
    elif not faults and (not path.is_file() or path.read_text(encoding="utf-8") != page):
        faults = [f"{PAGE}: not what {DOCUMENT} says: run scripts/operations_table.py"]
    for line in faults:
        print(line, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
