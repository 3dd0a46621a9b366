"""The command line, as a script calls it."""

import itertools
import subprocess
from pathlib import Path

from .conftest import Running, Stage
from .processes import Server
from .waiting import PATIENCE

_numbers = itertools.count(1)


class Cli:
    """Runs commands; against the server `up` (None: they find theirs), which may have another `address`, with `token` or
    the administrator's."""

    def __init__(self, stage: Stage, up: Running | None, token: Path | None = None, address: str = ""):
        self._stage = stage
        self._where = []
        if up is not None:
            token = token or up.data_dir / "admin.token"
            self._where = ["--server", f"http://{address or up.ready.http}", "--token-file", token]

    def __call__(self, *words: object, where: list | None = None, stdin: str | None = None, timeout: float = PATIENCE):
        command = self._command(*words, *(self._where if where is None else where))
        return subprocess.run(
            command,
            cwd=self._stage.folder,
            env=self._stage.environment(),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def start(self, *words: object) -> Server:
        """One that goes on: its stdout and stderr together."""
        log = self._stage.folder / f"cli-{next(_numbers)}.log"
        return Server(self._command(*words, *self._where), self._stage.environment(), self._stage.folder, log)

    def _command(self, *words: object) -> list[str]:
        return [str(word) for word in (self._stage.binary, *words)]
