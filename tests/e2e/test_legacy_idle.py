"""Minutes without a task: the keepalive that ends an original pair ends neither of our halves."""

import time
from collections.abc import Iterator

import pytest

from legacy_peers.main import EVERY_PING, OriginalMain
from legacy_peers.worker import OriginalWorker

from .conftest import Stage, remove_leftovers
from .original import original_on
from .pairs import OurMain, OurWorker
from .waiting import wait_until

pytestmark = [pytest.mark.one_store]

IDLE_SECONDS = 150
LOOKS = range(10, IDLE_SECONDS + 1, 10)


class Idle:
    """Each pair has an active account and nothing to do since `since`."""

    def __init__(self, under_original: dict[str, OurWorker], under_ours: OurMain, originals: OriginalMain):
        self.under_original = under_original
        self.under_ours = under_ours
        self.originals = originals
        self.since = time.monotonic()

    def until(self, seconds: int) -> None:
        wait_until(lambda: time.monotonic() >= self.since + seconds, within=seconds + 1)


@pytest.fixture(scope="module")
def idle(binary, tmp_path_factory) -> Iterator[Idle]:
    stage = Stage(binary, tmp_path_factory.mktemp("idle"))
    ours = OurMain(stage)
    old = OriginalWorker(stage.folder)
    with original_on(stage) as original:
        try:
            main = original.main(options=(EVERY_PING,))
            main.create_group("family")
            old.ping(f"127.0.0.1:{main.port}")
            wait_until(lambda: main.serves("family"), what="the pair of originals works")
            pairs = {
                "as gRPC throttles it": OurWorker(original, "w1"),
                "every 10 s": OurWorker(original, "w2", options=(EVERY_PING,)),
            }
            for pair in (*pairs.values(), ours):
                pair.group()
                pair.ping()
                pair.activation()
            yield Idle(pairs, ours, main)
        finally:
            old.kill()
            ours.close()
    faults = stage.stop() + remove_leftovers(own={server.pid for server in stage.servers})
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("seconds", LOOKS, ids=lambda seconds: f"after {seconds} s")
class TestItStands:
    def test_under_the_original_main(self, idle, seconds):
        idle.until(seconds)
        for keepalive, pair in idle.under_original.items():
            assert pair.main_side.serves("family"), keepalive
            assert len(pair.main_side.dialled) == 1, keepalive
            assert pair.worker_side.server.running

    def test_under_our_main(self, idle, seconds):
        idle.until(seconds)
        [view] = idle.under_ours.main_side.api.items("/v1/workers")
        assert view["link"] == "legacy"
        assert idle.under_ours.active()


class TestThen:
    def test_the_original_pair_is_lost(self, idle):
        idle.until(IDLE_SECONDS)
        assert idle.originals.serves("family") is None, "these peers do not show the fault that ours are to survive"

    def test_our_worker_trades(self, idle):
        idle.until(IDLE_SECONDS)
        for pair in idle.under_original.values():
            pair.transaction()
            assert len(pair.main_side.dialled) == 1

    def test_our_main_trades(self, idle):
        idle.until(IDLE_SECONDS)
        idle.under_ours.transaction()
        assert len(idle.under_ours.worker_side.transactions) == 1
