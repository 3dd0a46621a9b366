"""Runs the real AutoRSA CLI, the way that a careful caller does, against a stand-in."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .broker import DEFAULT_TOKEN
from .server import StandIn


@dataclass(frozen=True)
class Run:
    exit_code: int  # negative: ended by that signal
    stdout: str
    stderr: str


def start_cli(command: Path, words: list[str], standin: StandIn, folder: Path, **extra: str) -> subprocess.Popen:
    """Starts the CLI in `folder`, with an environment of its own; `extra` is added to it."""
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DANGER_MODE": "true",
        "TRADIER": DEFAULT_TOKEN,
    }
    return subprocess.Popen(
        [command, *words],
        cwd=folder,
        env=environment | standin.environment() | extra,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run_cli(command: Path, words: list[str], standin: StandIn, folder: Path, timeout: float = 150, **extra: str) -> Run:
    with start_cli(command, words, standin, folder, **extra) as child:
        try:
            stdout, stderr = child.communicate(timeout=timeout)
        except BaseException:
            child.kill()
            raise
    return Run(child.returncode, stdout, stderr)
