"""Broken tasks for a worker of ours under an original main: each is refused, and all of it together starts nothing."""

from collections.abc import Iterator

import grpc
import pytest

from legacy_peers.main import FAILURE, WORKER_SERVICE

from .bad_messages import UNBOUNDED, BadCall, expect, worker_calls
from .conftest import Stage
from .corpus import GROWTH, memory, tell
from .original import Original, activated
from .waiting import PATIENCE

CALLS = list(worker_calls())


class Worker:
    """A worker of ours under an original main, with one account."""

    def __init__(self, stage: Stage):
        self.original = Original(stage)
        self.main, self.running = self.original.pair(mom="ok-1")
        self.channel = grpc.insecure_channel(self.main.serves("family").target, options=UNBOUNDED)
        self.response = {name: self.original.contract[f"Task.{name}.Response"] for name in ("Activation", "Deactivation", "Transaction")}

    def check(self, bad: BadCall) -> None:
        call = self.channel.unary_unary(f"/{WORKER_SERVICE}/{bad.method}")
        if bad.status is None:
            answer = self.response[bad.method].FromString(call(bad.message, timeout=PATIENCE))
            assert answer.status == FAILURE, answer
            assert bad.says in answer.message, answer
        else:
            with pytest.raises(grpc.RpcError) as ended:
                call(bad.message, timeout=PATIENCE)
            expect(ended.value, bad.status, bad.says)


@pytest.fixture(scope="module")
def worker(binary, tmp_path_factory) -> Iterator[Worker]:
    stage = Stage(binary, tmp_path_factory.mktemp("bad-tasks"))
    worker = Worker(stage)
    yield worker
    worker.channel.close()
    worker.original.close()
    faults = stage.close()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("bad", CALLS, ids=lambda bad: f"{bad.method}: {bad.name}")
def test_a_bad_task_is_refused(worker, bad: BadCall):
    worker.check(bad)


def test_all_of_it_starts_nothing(worker, record_property):
    tell(record_property, "gRPC, broken, to a worker", len(CALLS))
    sizes = []
    for _ in range(3):
        for bad in CALLS:
            worker.check(bad)
        sizes.append(memory(worker.running.server.pid))
    assert sizes[-1] < sizes[0] + GROWTH, f"resident memory grows: {sizes} KiB"
    assert worker.original.cli.runs() == []
    activated(worker.main, "mom", "ok-1")
    assert worker.main.transaction("family").status != FAILURE
    assert len(worker.original.cli.runs()) == 1
