"""The real binary on a fresh data directory per test; whatever it leaves behind fails the test."""

import itertools
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from standin import StandIn

from .api import Api
from .corpus import counted
from .judging import PROPERTY, Asked, Judged, judge, summed
from .matrix import table
from .processes import Server, adopt_orphans, alive, descendants, describe, reap_adopted
from .redis_server import Redis, start_durable, store_words
from .waiting import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]
GONE_SECONDS = 30  # long before anything here would end by itself
RUN_SECONDS = 300  # EXECUTION_SECONDS, where a test sets none
JUDGED = Judged()
ON_REDIS = os.environ.get("TRADEAUTO_TEST_STORE") == "redis"


@pytest.fixture(scope="session")
def binary() -> Path:
    path = Path(os.environ.get("TRADEAUTO_BINARY") or ROOT / "build/release/tradeauto").absolute()
    if not os.access(path, os.X_OK):
        pytest.exit(f"{path} is no program: build it, or set TRADEAUTO_BINARY", returncode=3)
    return path


@pytest.fixture(scope="session", autouse=True)
def _adoption() -> None:
    adopt_orphans()


class Stage:
    """Everything that one test starts. `run` starts a server; `up` and `main` wait until it is ready and add `api`.

    With TRADEAUTO_TEST_STORE=redis, `up` and `main` keep what they know in a Redis of the stage, each data directory in its
    own database. At its end the judges (tests/judges) look at every ledger whose server still runs; `excused` is what all
    that they find must look like, if a test breaks a promise on purpose.
    """

    def __init__(self, binary: Path, folder: Path, excused: str = ""):
        self.binary = binary
        self.folder = folder
        self.servers: list[Server] = []
        self.apis: list[Api] = []
        self.standins: list[StandIn] = []  # their ledgers are judged too
        self._excused = excused
        self._judged = False
        self._mains: dict[Path, list[Running]] = {}
        self._run_seconds = 0
        self._verdict: list[str] = []
        self._redis: Redis | None = None
        self._databases: dict[Path, int] = {}

    def environment(self, **extra: str) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        base = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8"}
        sanitizers = {key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")}
        return base | sanitizers | extra

    def run(self, *words: object, environment: dict[str, str] | None = None, prefix: tuple[str, ...] = ()) -> Server:
        """Starts the binary with these words, behind `prefix` if there is one."""
        log = self.folder / f"server-{len(self.servers)}-{words[0]}.log"
        command = [*prefix, str(self.binary), *map(str, words)]
        server = Server(command, self.environment(**(environment or {})), self.folder, log)
        self._run_seconds = max(self._run_seconds, run_seconds(words))
        self.servers.append(server)
        return server

    def up(self, *words: object, data_dir: Path | None = None, **environment: str) -> "Running":
        return self._serve("up", data_dir or self.folder / "data", words, environment)

    def main(self, *words: object, data_dir: Path | None = None, **environment: str) -> "Running":
        return self._serve("main", data_dir or self.folder / "main", words, environment)

    def worker(self, main: "Running", name: str, *words: object, **environment: str) -> "Running":
        data_dir = self.folder / f"worker-{name}"
        host, _, port = main.ready.grpc.rpartition(":")
        server = self.run(
            *("worker", "--data-dir", data_dir, "--worker-name", name),
            *("--main-server-host", host, "--main-server-port", port),
            *("--token-file", main.data_dir / "admin.token"),
            *words,
            environment=environment,
        )
        return Running(server, data_dir, server.wait_ready(), main.api)

    def _serve(self, verb: str, data_dir: Path, words: tuple, environment: dict[str, str]) -> "Running":
        ports = [word for flag in ("--http-port", "--grpc-port") if flag not in words for word in (flag, 0)]
        store = self._store_words(data_dir) if ON_REDIS and "--store" not in words else ()
        server = self.run(verb, "--data-dir", data_dir, *ports, *words, *store, environment=environment)
        ready = server.wait_ready()
        api = Api(ready.http, (data_dir / "admin.token").read_text().strip())
        return self.serving(Running(server, data_dir, ready, api))

    def serving(self, main: "Running") -> "Running":
        """A main server that is ready; whoever starts one by `run` says so here."""
        self.apis.append(main.api)
        self._mains.setdefault(main.data_dir, []).append(main)
        return main

    def _store_words(self, data_dir: Path) -> tuple[str, ...]:
        if self._redis is None:
            self._redis = start_durable(self.folder / "stage-redis")
        return store_words(self, self._redis, self._databases.setdefault(data_dir, len(self._databases)))

    def close(self) -> list[str]:
        """Ends everything and looks for leftovers; what went wrong in doing so."""
        return self.stop() + remove_leftovers(own={server.pid for server in self.servers})

    def stop(self) -> list[str]:
        """Ends the servers, as a service manager does; what went wrong in doing so."""
        self._judge()
        faults, self._verdict = self._verdict, []
        for api in self.apis:
            api.close()
        for server in reversed(self.servers):
            if server.running:
                try:
                    code = server.stop()
                    if code != 0:
                        faults.append(f"{server.name} ended with {code} at SIGTERM\n{server.tail()}")
                except AssertionError as error:
                    faults.append(str(error))
        if self._redis is not None:  # after the servers, which would miss it
            self._redis.stop()
        return faults


    def _judge(self) -> None:
        running = {folder: mains for folder, mains in self._mains.items() if mains[-1].server.running}
        if self._judged or not running:
            return
        self._judged = True
        bound = timedelta(seconds=self._run_seconds)
        ledgers = [Asked([main.api for main in mains], bound) for mains in running.values()]
        found = judge(ledgers, self.folder, self.standins, len(running) == len(self._mains), JUDGED)
        if self._excused and not found:
            found = [f"the judges found nothing like {self._excused!r}"]
        self._verdict = [fault for fault in found if not self._excused or not re.search(self._excused, fault)]


class Running:
    """A server that is ready."""

    def __init__(self, server: Server, data_dir: Path, ready, api: Api):
        self.server = server
        self.data_dir = data_dir
        self.ready = ready
        self.api = api

    def wait_started(self, account: str) -> None:
        """Until the worker has written that it starts a run in this account. The main server says `executing` earlier."""
        self.server.wait_output(rf'"msg":"started".*"account":"{account}"')


def run_seconds(words: tuple) -> int:
    """The longest that a run may take under a server with these words."""
    given = [int(after) for word, after in itertools.pairwise(words) if str(word).endswith("execution-seconds")]
    return max(given, default=RUN_SECONDS)


def remove_leftovers(own: set[int]) -> list[str]:
    """Kills what is still alive below this test after its servers ended, and tells of it."""
    faults = []
    try:
        wait_until(lambda: not descendants(), within=GONE_SECONDS)
    except AssertionError:
        left = descendants()
        faults.append(f"left behind: {describe(left)}")
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=PATIENCE)
    reap_adopted(own)
    return faults


def gone_within(processes: list[psutil.Process], seconds: float = GONE_SECONDS) -> None:
    wait_until(
        lambda: not any(alive(process) for process in processes),
        within=seconds,
        what=f"these end: {describe(processes)}",
    )


def pytest_collection_modifyitems(config, items):
    if ON_REDIS:
        again = [item for item in items if item.get_closest_marker("one_store") is None]
        config.hook.pytest_deselected(items=[item for item in items if item not in again])
        items[:] = again


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if call.when == "teardown" and JUDGED.ledgers + JUDGED.not_asked > 0:
        report.user_properties.append((PROPERTY, JUDGED.words()))
        vars(JUDGED).update(vars(Judged()))
    stage = item.funcargs.get("stage") if hasattr(item, "funcargs") else None
    if report.failed and stage is not None:
        for server in stage.servers:
            report.sections.append((server.name, server.tail(60)))


def pytest_terminal_summary(terminalreporter):
    reports = [report for category in ("passed", "failed") for report in terminalreporter.stats.get(category, [])]
    judged = summed(terminalreporter.stats.values())
    lines = table(reports)
    if lines:
        terminalreporter.section("both original peers: each step, with one side killed and restarted")
        for line in lines:
            terminalreporter.write_line(line)
    for line in counted(reports):
        terminalreporter.write_line(f"inputs: {line}")
    if judged:
        terminalreporter.write_line(f"judged: {judged}")


@pytest.fixture
def stage(request: pytest.FixtureRequest, binary: Path, tmp_path: Path) -> Iterator[Stage]:
    excuse = request.node.get_closest_marker("breaks_promise")
    stage = Stage(binary, tmp_path, excused=excuse.kwargs["fault"] if excuse else "")
    yield stage
    faults = stage.close()
    assert not faults, "\n".join(faults)
