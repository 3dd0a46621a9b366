"""The command line, as a script calls it."""

import subprocess
from pathlib import Path

from .conftest import Running, Stage


class Cli:
    """Runs commands to their end; against the server `up` (None: they find theirs), with `token` or the administrator's."""

    def __init__(self, stage: Stage, up: Running | None, token: Path | None = None):
        self._stage = stage
        self._where = []
        if up is not None:
            self._where = ["--server", f"http://{up.ready.http}", "--token-file", token or up.data_dir / "admin.token"]

    def __call__(self, *words: object, where: list | None = None, stdin: str | None = None, timeout: float = 40):
        command = [self._stage.binary, *words, *(self._where if where is None else where)]
        return subprocess.run(
            [str(word) for word in command],
            cwd=self._stage.folder,
            env=self._stage.environment(),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
