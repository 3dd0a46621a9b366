"""Pages of docs/ whose commands are run as they stand.

A block ```` ```sh run=NAME ```` is run by the page's test; the block ```` ```text ```` behind it is what must be printed, line by
line in this order, whatever the blanks between words and whatever stands for `…`.
"""

import os
import re
import subprocess
from pathlib import Path

from .conftest import Running, Stage

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh run=(\S+)\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
RUN_SECONDS = 150  # also one run of the real CLI, on a busy machine


class Page:
    """Its commands, as they are typed on one machine whose home is the test's.

    `here`: what the page writes (ports that everybody has) and what stands for it in this test."""

    def __init__(self, path: str, stage: Stage):
        self.stage = stage
        self.blocks = {name: (commands, printed) for name, commands, printed in BLOCK.findall((ROOT / path).read_text())}
        self.here: dict[str, str] = {}
        self.settings: dict[str, str] = {}  # of every command, as on a machine whose environment has them

    def start(self, name: str, **settings: object) -> Running:
        """A block that is one server."""
        program, *words = self.blocks[name][0].split()
        assert program == "tradeauto"
        environment = self.settings | {f"TRADEAUTO_{key}": str(value) for key, value in settings.items()}
        server = self.stage.run(*words, environment=environment)
        data_dir = self.stage.folder / "home/.local/share/tradeauto"
        return Running(server, data_dir, server.wait_ready(), None)

    def run(self, name: str, within: float = RUN_SECONDS) -> str:
        commands, printed = self.blocks[name]
        done = self.shell(commands, within)
        assert done.returncode == 0, f"{name}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        found = " ".join(done.stdout.split())
        at = 0
        for line in printed.splitlines():
            pattern = ".*?".join(re.escape(" ".join(part.split())) for part in line.split("…"))
            match = re.compile(pattern).search(found, at)
            assert match, f"{name}: not printed, or not in this order: {line}\n{done.stdout}\n{done.stderr}"
            at = match.end()
        return done.stdout

    def shell(self, commands: str, within: float = RUN_SECONDS) -> subprocess.CompletedProcess:
        for written, real in self.here.items():
            commands = commands.replace(written, real)
        path = f"{self.stage.binary.parent}{os.pathsep}{os.defpath}"
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.stage.folder,
            env=self.stage.environment(PATH=path, **self.settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
        )
