"""docs/how-to/replace-the-python-pair.md: its commands do what it says, and print what it quotes (pages.py)."""

import json
import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from legacy_peers.worker import OriginalWorker

from .conftest import Running, Stage
from .original import Original, activated, original_on, succeeded
from .pages import Page
from .redis_server import Redis
from .waiting import wait_until

pytestmark = pytest.mark.one_store

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = (ROOT / "tests/data/autorsa/shared-two-ok.txt").read_text()
HTTP, REDIS_URL, REDIS_PORT = "127.0.0.1:8000", "redis://127.0.0.1:6379", "-p 6379"


class PairPage(Page):
    """The page on a machine whose Redis and ports are the test's."""

    def __init__(self, stage: Stage, redis: Redis):
        super().__init__("docs/how-to/replace-the-python-pair.md", stage)
        self.main: Running | None = None
        self.here = {REDIS_URL: redis.url, REDIS_PORT: f"-p {redis.port}"}

    def start_main(self, grpc_port: int = 0) -> None:
        self.main = self.start("main", HTTP_PORT=0, GRPC_PORT=grpc_port, LEASE_SECONDS=2)
        self.here[HTTP] = self.main.ready.http

    def wait_for(self, command: str, pattern: str) -> None:
        wait_until(lambda: re.search(pattern, self.shell(command).stdout), what=f"{command}: {pattern}")

    def wait_active(self) -> None:
        self.wait_for("tradeauto account list --group family", r"(?s)dad .* active .*mom .* active ")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.put_account("family", "mom", "Tradier", ACCESS_TOKEN="ok-mom")
    server.put_account("family", "dad", "Tradier", ACCESS_TOKEN="ok-dad")
    yield server
    server.stop()


@pytest.fixture
def page(stage: Stage, redis: Redis) -> PairPage:
    return PairPage(stage, redis)


@pytest.fixture
def original(stage: Stage) -> Iterator[Original]:
    with original_on(stage) as original:
        yield original


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def private(path: Path) -> bool:
    return stat.S_IMODE(path.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_our_main_under_the_original_workers_and_then_ours(page, stage, redis, original):
    before = redis.contents()
    page.run("backup")
    assert private(stage.folder / "home/original-main.rdb")
    page.start_main()
    page.run("import")
    worker = OriginalWorker(stage.folder, output=OUTPUT)
    try:
        worker.ping(page.main.ready.grpc)
        page.wait_active()
        page.run("served")
        page.run("order")
        page.run("rest")
        assert private(stage.folder / "home/tradeauto.curl")
        assert worker.transactions == [(1, 1, "AAPL")] * 2
    finally:
        worker.kill()
    port = page.main.ready.grpc.rpartition(":")[2]
    page.start("worker", AUTORSA_COMMAND=original.cli.command, MAIN_SERVER_PORT=port)
    page.wait_for("tradeauto worker list", r"serving +session .* family ")
    page.wait_active()
    page.run("both")
    assert len(original.cli.runs()) == 2
    assert redis.contents() == before, "it is the way back"


def test_our_worker_under_the_original_main_and_then_under_ours(page, stage, original):
    main = original.main()
    main.create_group("family")
    file = stage.folder / "configs/app.json"
    file.parent.mkdir()
    ports = {"MAIN_SERVER_PORT": main.port, "TASK_FETCHER_PORT": free_port()}
    file.write_text(json.dumps({"MAIN_SERVER_HOST": "localhost", "TASK_FETCHER_HOST": "127.0.0.1"} | ports))
    worker = page.start("worker", AUTORSA_COMMAND=original.cli.command)
    original.workers.append(worker)
    worker.server.wait_output("listening for an original main")
    original.served(main)
    worker.server.wait_output("connected to the main server")
    for account in ("mom", "dad"):
        activated(main, account, f"ok-{account}")
    succeeded(main.transaction("family"), "mom", "dad")

    main.kill()
    page.start_main(main.port)
    page.run("import")
    page.wait_for("tradeauto worker list", r"serving +session .* family ")
    page.wait_active()
    page.run("both")
    assert len(original.cli.runs()) == 4
