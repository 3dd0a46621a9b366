#!/usr/bin/env python3
"""The words check: one word for one thing. Fails on a synonym of a word that has been chosen.

usage: check_words.py [REPOSITORY]

Looks at code, comments, contracts and pages; names are taken apart (`trade_request`, `TradeRequest` are "trade
request"). Every finding is one line `path:line: word: text`. A line that must use such a word (a page that lists them,
a name that somebody else gave) says so in place: `words-check: allow <reason>`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

# Synonym -> the word to use.
BANNED = {
    "leg": "child order",
    "job": "task",
    "trade request": "order",
    "broker account": "account, or sub-account",
    "brokerage login": "account",
    "subaccount": "sub-account (sub_account, SubAccount)",
    "child trade": "child order",
    "parent trade": "order",
    "trade report": "execution report",
    "worker node": "worker",
    "master server": "main server",
    "two factor question": "challenge",
}
ROOTS = ("src", "api", "docs", "proto", "web", "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
SUFFIXES = {".h", ".cc", ".md", ".yaml", ".yml", ".json", ".proto", ".py", ".ts", ".tsx", ".html", ".css"}
# Contracts of others, in their words.
SKIPPED = ("proto/legacy/", "web/node_modules/", "tests/data/", "web/package-lock.json")

ALLOW = re.compile(r"words-check:\s*allow\s+\w")
# Where a name falls apart into words: camelCase, HTTPServer, snake_case, kebab-case.
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[a-z0-9]+")


def plural_pattern(synonym: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S){re.escape(synonym)}s?(?!\S)")


PATTERNS = [(synonym, plural_pattern(synonym), use) for synonym, use in BANNED.items()]


def words_of(line: str) -> str:
    """`line` as lower-case words, each set off by one blank."""
    return " ".join(WORD.findall(HUMP.sub(" ", line).lower()))


def findings_of(line: str) -> Iterator[str]:
    if ALLOW.search(line):
        return
    words = words_of(line)
    for synonym, pattern, use in PATTERNS:
        if pattern.search(words):
            yield f'"{synonym}": say {use}'


def files(root: Path) -> Iterator[Path]:
    for name in ROOTS:
        top = root / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            inside = path.relative_to(root).as_posix()
            if path.is_file() and path.suffix in SUFFIXES and not inside.startswith(SKIPPED):
                yield path


def check(root: Path) -> list[str]:
    found = []
    for path in files(root):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            found.extend(f"{path.relative_to(root)}:{number}: word: {text}" for text in findings_of(line))
    return found


def main(arguments: list[str]) -> int:
    found = check(Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
