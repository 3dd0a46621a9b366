#!/usr/bin/env python3
"""The layer check: who may include whom, where foreign headers live, and what is banned where.

usage: check_layers.py [REPOSITORY]

Every finding is one line `path:line: rule: text`, and the exit status is 1 if there is any. The tables below are the
rules; docs/adr/0001-rooms-and-layers.md says why they are so. A line that must break one says why in place:
`// layer-check: allow <reason>`; an allowance that allows nothing is a finding too.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Room -> the rooms it may include besides itself. The row of six below `app` meets only through `ports`.
ROOMS: dict[str, set[str]] = {
    "base": set(),
    "domain": {"base"},
    "net": {"base"},
    "crypto": {"base"},
    "autorsa_output": {"base", "domain"},
    "ports": {"base", "domain"},
    "store": {"base", "domain", "net", "ports"},
    "executors": {"base", "domain", "net", "ports", "autorsa_output"},
    "rpc": {"base", "domain", "net", "ports", "autorsa_output"},
    "http": {"base", "domain", "net", "ports", "crypto"},
    "main_server": {"base", "domain", "net", "ports", "crypto"},
    "worker": {"base", "domain", "net", "ports", "crypto"},
    "cli": {"base", "net", "crypto"},
}
ROOMS["app"] = set(ROOMS)


@dataclass(frozen=True)
class Ban:
    """`pattern` may occur only in files whose path below src/ begins with one of `homes`."""

    rule: str
    pattern: re.Pattern[str]
    homes: tuple[str, ...]
    text: str
    tests_too: bool = True  # false: a unit test beside the source may do it


def ban(rule: str, pattern: str, homes: tuple[str, ...], text: str, tests_too: bool = True) -> Ban:
    return Ban(rule, re.compile(pattern), homes, text, tests_too)


# Matched against the included path, as written between the quotes or brackets.
FOREIGN_HEADERS = [
    ban("foreign-header", r"\.pb\.h$|^(grpc|grpcpp|google/protobuf)/", ("rpc/",), "protobuf and gRPC live in rpc"),
    ban("foreign-header", r"^boost/json", ("http/", "cli/", "executors/", "app/settings", "app/log"),
        "JSON lives in http, cli, executors and app's settings and log"),
    ban("foreign-header", r"^boost/beast", ("http/", "net/"), "Beast lives in http and net"),
    ban("foreign-header", r"^boost/asio",
        ("net/", "ports/", "store/", "executors/", "rpc/", "http/", "main_server/", "worker/", "cli/", "app/"),
        "base, domain, crypto and autorsa_output know no Asio"),
    ban("foreign-header", r"^sqlite3", ("store/sqlite/",), "SQLite lives in store/sqlite"),
    ban("foreign-header", r"^hiredis/", ("store/redis/", "store/legacy_redis/"), "Redis lives in store/redis and store/legacy_redis"),
    ban("foreign-header", r"^prometheus/", ("http/",), "Prometheus lives in http"),
    ban("foreign-header", r"^sodium", ("crypto/",), "libsodium lives in crypto"),
    ban("foreign-header", r"^spawn\.h$", ("executors/process/",), "processes are spawned in executors/process"),
    ban("foreign-header", r"^CLI/", ("app/", "cli/"), "CLI11 lives in app and cli"),
    ban("foreign-header", r"^(gtest|gmock)/", (), "GoogleTest is for *_test.cc", tests_too=False),
    ban("foreign-header", r"^(testing|contract)/", (), "fakes, builders and contract suites are for *_test.cc", tests_too=False),
]

# Matched against code, without comments and strings.
BANS = [
    ban("clock", r"_clock::now\b|\b(clock_gettime|gettimeofday|std::time)\s*\(", ("base/",), "time comes from base's Clock"),
    ban("random", r"\bstd::random_device\b", ("base/",), "randomness comes from base's Rng"),
    ban("environment", r"\b(secure_)?getenv\b", ("app/",), "the environment is read by app's settings", tests_too=False),
    ban("thread", r"\bstd::j?thread\b(?!::)", ("net/", "app/"), "threads belong to net's pools", tests_too=False),
    ban("detached", r"\bdetached\b", ("app/",), "spawn into a TaskGroup", tests_too=False),
    ban("sleep", r"\bthis_thread::sleep_|(?<![\w.>])(::)?(u|nano|clock_nano)?sleep\s*\(", (),
        "wait on one of net's timers: a sleeping thread serves nobody"),
    ban("process", r"\bposix_spawnp?\b|(?<![\w.>])(::)?v?fork\s*\(|\bexecv?[lpe]{1,2}\s*\(|\bexecv\s*\(", ("executors/process/",),
        "processes are spawned in executors/process"),
    ban("shell", r"\b(std::)?system\s*\(|\bpopen\s*\(", (), "no shell: arguments are a list"),
]
FLOATING_POINT = re.compile(r"\b(double|float)\b")
FLOATING_POINT_FREE = ("domain", "ports", "store")

WARN_LINES = 400
MAX_LINES = 600

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
ALLOW = re.compile(r"//\s*layer-check:\s*allow\b(?P<reason>.*)")
# Comments, strings (raw ones too) and characters: what is left is code. A digit separator is no character.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)


@dataclass(frozen=True)
class Finding:
    path: Path
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def code_lines(source: str) -> list[str]:
    """The lines of `source` with comments and literals blanked, so that line numbers stay."""
    return NOT_CODE.sub(lambda match: "\n" * match.group().count("\n") or " ", source).split("\n")


def include_findings(room: str, inside: str, is_test: bool, quote: str, target: str) -> Iterator[tuple[str, str]]:
    """`inside` is the including file's path below src/."""
    for header in FOREIGN_HEADERS:
        exempt = is_test and not header.tests_too
        if header.pattern.search(target) and not exempt and not inside.startswith(header.homes):
            yield header.rule, f"{target}: {header.text}"
    if quote == "<":
        return
    other = target.split("/")[0]
    if target.endswith(".pb.h") or other in ("testing", "contract"):
        return
    if "/" not in target or ".." in target or other not in ROOMS:
        yield "include-form", f'"{target}": ours are written "room/file.h"'
    elif other != room and other not in ROOMS[room]:
        yield "layer", f"{room} must not include {other} ({target})"


def code_findings(room: str, inside: str, is_test: bool, code: str) -> Iterator[tuple[str, str]]:
    for banned in BANS:
        match = banned.pattern.search(code)
        if match and not (is_test and not banned.tests_too) and not inside.startswith(banned.homes):
            yield banned.rule, f"{match.group().strip()}: {banned.text}"
    match = FLOATING_POINT.search(code)
    if match and room in FLOATING_POINT_FREE:
        yield "floating-point", f"{match.group()}: use Decimal, Quantity or Price in {room}"


def check_file(path: Path, shown: Path, inside: str) -> Iterator[Finding]:
    room = inside.split("/")[0]
    is_test = path.stem.endswith("_test")
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    for number, (line, code) in enumerate(zip(lines, code_lines(source), strict=True), start=1):
        include = INCLUDE.match(line)
        if include:
            found = list(include_findings(room, inside, is_test, *include.groups()))
        else:
            found = list(code_findings(room, inside, is_test, code))
        allowed = ALLOW.search(line)
        if allowed and not allowed["reason"].strip():
            yield Finding(shown, number, "allowance", "an allowance gives its reason")
        elif allowed and not found:
            yield Finding(shown, number, "allowance", "nothing here needs an allowance")
        elif not allowed:
            for rule, text in found:
                yield Finding(shown, number, rule, text)

    count = len(lines) - (lines[-1] == "")
    if count > MAX_LINES:
        yield Finding(shown, count, "length", f"{count} lines; at most {MAX_LINES}: split it")
    if path.suffix == ".h" and "#pragma once" not in (line.strip() for line in lines):
        yield Finding(shown, 1, "pragma-once", "a header begins with #pragma once")


def sources(root: Path) -> list[Path]:
    return sorted(path for path in (root / "src").rglob("*") if path.suffix in (".h", ".cc") and path.is_file())


def check(root: Path) -> list[Finding]:
    findings: list[Finding] = []
    for path in sources(root):
        shown = path.relative_to(root)
        inside = path.relative_to(root / "src").as_posix()
        if "/" not in inside or inside.split("/")[0] not in ROOMS:
            findings.append(Finding(shown, 1, "room", f"not in a room: {', '.join(sorted(ROOMS))}"))
        else:
            findings.extend(check_file(path, shown, inside))
    for room in sorted(folder for folder in (root / "src").iterdir() if folder.is_dir()):
        if any(room.rglob("*.h")) or any(room.rglob("*.cc")):
            if not (room / "README.md").is_file():
                findings.append(Finding(room.relative_to(root), 1, "readme", "a room has a README.md"))
    return findings


def long_files(root: Path) -> Iterator[str]:
    for path in sources(root):
        count = path.read_text(encoding="utf-8").count("\n")
        if WARN_LINES < count <= MAX_LINES:
            yield f"{path.relative_to(root)}: {count} lines; think of splitting it"


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    if not (root / "src").is_dir():
        print(f"{root}: there is no src/ to check", file=sys.stderr)
        return 2
    for text in long_files(root):
        print(f"warning: {text}", file=sys.stderr)
    findings = check(root)
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
