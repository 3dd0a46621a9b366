"""docs/how-to/tls.md: its commands do what it says, and print what it quotes (blocks as in `test_howto_replace.py`)."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import Running, Stage
from .waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/how-to/tls.md"
BLOCK = re.compile(r"^```sh run=(\S+)\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
BLOCKS = {name: (commands, printed) for name, commands, printed in BLOCK.findall(PAGE.read_text())}
RUN_SECONDS = 60


class Page:
    """The page's commands, as they are typed on one machine whose home and ports are the test's."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.http = "localhost:8000"

    def start(self, name: str, **settings: object) -> Running:
        program, *words = BLOCKS[name][0].split()
        assert program == "tradeauto"
        environment = {f"TRADEAUTO_{key}": str(value) for key, value in settings.items()}
        server = self.stage.run(*words, environment=environment)
        return Running(server, self.stage.folder / "home/.local/share/tradeauto", server.wait_ready(), None)

    def run(self, name: str) -> str:
        commands, printed = BLOCKS[name]
        path = f"{self.stage.binary.parent}{os.pathsep}{os.defpath}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands.replace("localhost:8000", self.http)],
            cwd=self.stage.folder,
            env=self.stage.environment(PATH=path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
        )
        assert done.returncode == 0, f"{name}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        for line in printed.splitlines():
            assert line == "…" or line in done.stdout.split(), f"{name}: {line}\n{done.stdout}"
        return done.stdout


@pytest.fixture
def page(stage: Stage) -> Page:
    return Page(stage)


def test_an_authority_of_ones_own_and_a_renewal(page: Page):
    page.run("authority")
    main = page.start("main", HTTP_PORT=0, GRPC_PORT=0)
    page.http = f"localhost:{main.ready.http.rpartition(':')[2]}"
    assert '"tls":"on"' in main.server.output
    worker = page.start(
        "worker",
        MAIN_SERVER_PORT=main.ready.grpc.rpartition(":")[2],
        DATA_DIR=page.stage.folder / "w",
        WORKER_NAME="one",
        TOKEN_FILE=main.data_dir / "admin.token",
    )
    wait_until(lambda: "one" in page.run("ask"), within=20, what=worker.server.tail())
    page.run("renew")
    main.server.wait_output("settings are read anew")
    assert "one" in page.run("ask")
