"""Texts of the command line that are held to files in golden/; `scripts/write_golden.sh` writes the files anew."""

import difflib
import functools
import os
import re
import subprocess
import tempfile
from pathlib import Path

from .waiting import PATIENCE

FOLDER = Path(__file__).parent / "golden"
HOW = "scripts/write_golden.sh writes it; read the difference before you commit it"

_WRITE = bool(os.environ.get("TRADEAUTO_WRITE_GOLDEN"))
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_TIME = re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_BROKER_ORDER = re.compile(r"\bP\d+\b")  # of the paper brokerage, which two accounts race for
_AGE = re.compile(r"(age_seconds\"?: )\d+")
_TOKEN = re.compile(r"\bta_[A-Za-z0-9_-]{20,}")


def faults_of_folder(folder: str, texts: dict[str, str]) -> list[str]:
    """What is wrong with golden/FOLDER, which is to hold these texts by name: missing, different or too many."""
    present = {path.stem for path in (FOLDER / folder).glob("*.txt")}
    if _WRITE:
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
        for name in present - texts.keys():
            _path(folder, name).unlink()
        for name, text in texts.items():
            _path(folder, name).write_text(text, encoding="utf-8")
        return []
    faults = [f"golden/{folder}/{name}.txt is of nothing any more: {HOW}" for name in sorted(present - texts.keys())]
    return faults + [fault for name, text in texts.items() if (fault := _difference(folder, name, text))]


def _path(folder: str, name: str) -> Path:
    return FOLDER / folder / f"{name}.txt"


def _difference(folder: str, name: str, text: str) -> str:
    path = _path(folder, name)
    where = f"golden/{folder}/{name}.txt"
    if not path.exists():
        return f"{where} is missing: {HOW}"
    wanted = path.read_text(encoding="utf-8")
    if text == wanted:
        return ""
    lines = difflib.unified_diff(wanted.splitlines(), text.splitlines(), where, "now", lineterm="")
    return f"{where} differs: {HOW}\n" + "\n".join(lines)


class Normal:
    """Makes what differs from run to run the same: times, tokens, values that have a name here, and ids, in the order in
    which one text has them. What takes its place is as long, so that tables stay tables."""

    def __init__(self, ids: list[str], named: dict[str, str]):
        self._ids = {known: _made_up(number) for number, known in enumerate(ids, start=1)}
        self._named = sorted(named.items(), key=lambda item: -len(item[1]))

    def __call__(self, text: str) -> str:
        for name, value in self._named:
            text = text.replace(value, f"<{name}>")
        ids, broker_orders = dict(self._ids), {}
        text = _BROKER_ORDER.sub(lambda match: broker_orders.setdefault(match.group(), f"P{len(broker_orders) + 1}"), text)
        text = _ID.sub(lambda match: ids.setdefault(match.group(), _made_up(100 + len(ids))), text)
        text = _TIME.sub(lambda match: "2026-01-02T03:04:05" + (".000006" if match.group(1) else "") + "Z", text)
        text = _AGE.sub(r"\g<1>0", text)
        return _TOKEN.sub("ta_<token>", text)


def _made_up(number: int) -> str:
    return f"01900000-0000-7000-8000-{number:0>12}"


@functools.cache
def helps(binary: Path) -> dict[tuple[str, ...], str]:
    """Each command's --help by its words, found by walking from the root along the lists of commands."""
    texts = {}
    left = [()]
    with tempfile.TemporaryDirectory() as home:
        while left:
            words = left.pop()
            done = subprocess.run(
                [binary, *words, "--help"],
                env={"HOME": home, "LANG": "C.UTF-8", "PATH": os.defpath},
                cwd=home,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            assert (done.returncode, done.stderr) == (0, ""), f"{words}: {done.stderr}"
            texts[words] = done.stdout
            left += [(*words, below) for below in commands_in(done.stdout)]
    return texts


def commands_in(text: str) -> list[str]:
    _, _, rest = text.partition("\nSubcommands:\n")
    lines = rest.partition("\n\n")[0].splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("   ")]
