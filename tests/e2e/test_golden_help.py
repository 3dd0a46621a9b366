"""Every command's --help, as it stands in golden/help: it begins with examples and fits a terminal."""

import re
from pathlib import Path

import pytest

from . import golden
from .golden import HOW, commands_in, faults_of_folder, helps
from .test_golden_output import CASES, ELSEWHERE

pytestmark = pytest.mark.one_store

MOST_LINES = 60
WIDTH = 80
PROGRAM = "tradeauto"
FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def faults_of(words: tuple[str, ...], text: str, settings: set[str]) -> list[str]:
    name = " ".join((PROGRAM, *words))
    lines = text.splitlines()
    faults = []
    if len(lines) > MOST_LINES:
        faults.append(f"{name} --help has {len(lines)} lines, and {MOST_LINES} are the most")
    faults += [f"{name} --help: wider than {WIDTH} columns: {line}" for line in lines if len(line) > WIDTH]
    if lines[1:3] != ["", "Examples:"] or PROGRAM not in lines[3]:
        faults.append(f"{name} --help does not begin with examples after its first line")
    return faults + faults_of_examples(name, text, settings)


def faults_of_examples(name: str, text: str, settings: set[str]) -> list[str]:
    """A verb's help has an example of the verb, and no example has a flag that the help below does not tell of."""
    if commands_in(text):
        return []
    examples, _, rest = text.partition("\nExamples:\n")[2].partition("\n\n")
    known = settings | set(FLAG.findall(rest))
    own = [example for example in examples.splitlines() if name in example]
    faults = [] if own else [f"{name} --help has no example of itself"]
    for example in own:
        command = re.split(r" [|&#]", example[example.index(name) :])[0]
        faults += [f"{name} --help: what is {flag} of its example?" for flag in FLAG.findall(command) if flag not in known]
    return faults


def test_every_commands_help_is_the_one_in_its_file(binary: Path):
    texts = helps(binary)
    assert {("order", "buy"), ("worker", "list"), ("completion", "zsh")} <= texts.keys(), "commands were not found"
    settings = set(FLAG.findall(texts[("up",)]))
    faults = [fault for words, text in texts.items() for fault in faults_of(words, text, settings)]
    faults += faults_of_folder("help", {"-".join(words) or PROGRAM: text for words, text in texts.items()})
    assert not faults, "\n".join(faults)


def test_every_command_has_a_case(binary: Path):
    leaves = {" ".join(words) for words, text in helps(binary).items() if words and not commands_in(text)}
    shown_ones = [f"{run.words} " for runs in CASES.values() for run in runs]
    missing = [leaf for leaf in sorted(leaves - ELSEWHERE.keys()) if not any(run.startswith(f"{leaf} ") for run in shown_ones)]
    assert not missing, f"add {missing} to CASES in test_golden_output.py; then {HOW}"


def test_a_file_that_is_missing_different_or_too_many_is_a_fault(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    monkeypatch.setattr(golden, "_WRITE", True)
    texts = {"same": "a\n", "other": "a\nb\n", "left": "a\n"}
    assert faults_of_folder("help", texts) == []
    monkeypatch.setattr(golden, "_WRITE", False)
    assert faults_of_folder("help", texts) == []
    left, missing, other = faults_of_folder("help", {"same": "a\n", "new": "a\n", "other": "a\nc\n"})
    assert left.startswith("golden/help/left.txt is of nothing")
    assert missing.startswith("golden/help/new.txt is missing")
    assert "-b\n+c" in other
