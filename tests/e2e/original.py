"""Workers of ours under original mains: what the tests of that direction start, and how they ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from legacy_peers.cli import FakeCli
from legacy_peers.contract import Contract
from legacy_peers.main import FAILURE, SUCCESS, Link, OriginalMain

from .conftest import Running, Stage
from .waiting import wait_until

CONNECTED, SESSION_OVER = '"msg":"connected to the main server"', '"msg":"session over"'
DOUBT = "IN DOUBT - may have been sent, do not repeat:"


class Original:
    """The CLI in AutoRSA's place, mains, and our workers under them."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.contract = Contract(stage.folder)
        self.cli = FakeCli(stage.folder / "cli")
        self.mains: list[OriginalMain] = []
        self.workers: list[Running] = []

    def main(self, **more: object) -> OriginalMain:
        self.mains.append(OriginalMain(self.contract, **more))
        return self.mains[-1]

    def restarted(self, main: OriginalMain) -> OriginalMain:
        self.mains.append(main.restarted())
        return self.mains[-1]

    def worker(
        self,
        main: OriginalMain | int,
        name: str = "w1",
        *words: object,
        command: Path | None = None,
        **environment: str,
    ) -> Running:
        """Ready, which it is without a main too; `main` may be the port of one that is not up."""
        data_dir = self.stage.folder / f"worker-{name}"
        host, port = ("127.0.0.1", main) if isinstance(main, int) else (main.host, main.port)
        given = ["--data-dir", data_dir, "--worker-name", name]
        for flag, value in {
            "--worker-protocol": "legacy",
            "--task-fetcher-port": 0,
            "--main-server-host": host,
            "--main-server-port": port,
            "--autorsa-command": command or self.cli.command,
        }.items():
            given += [] if flag in words else [flag, value]
        server = self.stage.run("worker", *given, *words, environment=environment)
        self.workers.append(Running(server, data_dir, server.wait_ready(), None))
        return self.workers[-1]

    def served(self, main: OriginalMain, group: str = "family") -> Link:
        """The link to the worker that serves the group, and has read the answer to its ping."""
        link = wait_until(lambda: main.serves(group), what=f"a worker serves {group}")
        worker = [each for each in self.workers if link.target in each.server.output][-1]
        wait_until(lambda: has_session(worker), what="the worker has read Pong")
        return link

    def pair(self, **tokens: str) -> tuple[OriginalMain, Running]:
        """A main and a worker that serves the group `family` with these accounts at Tradier."""
        main = self.main()
        main.create_group("family")
        worker = self.worker(main)
        self.served(main)
        for account, token in tokens.items():
            activated(main, account, token)
        return main, worker

    def close(self) -> None:
        for main in self.mains:
            main.kill()


@contextmanager
def original_on(stage: Stage) -> Iterator[Original]:
    original = Original(stage)
    try:
        yield original
    finally:
        original.close()


def has_session(worker: Running) -> bool:
    output = worker.server.output
    return output.count(CONNECTED) > output.count(SESSION_OVER)


def activated(main: OriginalMain, account: str, token: str, group: str = "family") -> None:
    answer = main.activate(group, account, {"ACCESS_TOKEN": token})
    assert answer.status == SUCCESS, answer


def refused(answer, *words: str) -> str:
    """The message of a Failure that has these words."""
    assert answer.status == FAILURE, answer
    for word in words:
        assert word.lower() in answer.message.lower(), answer
    return answer.message


def succeeded(answer, *words: str) -> str:
    assert answer.status == SUCCESS, answer
    for word in words:
        assert word.lower() in answer.message.lower(), answer
    return answer.message
