"""Our main server over workers of the original pair: nothing is sent twice, and what is not proven is in doubt."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from legacy_peers.worker import OriginalWorker

from .api import Api, children, expect_problem, order_body, statuses
from .conftest import Running, Stage
from .waiting import wait_until

DATA = Path(__file__).resolve().parents[1] / "data/autorsa"
BUY, AAPL = 1, "AAPL"


class Scene:
    def __init__(self, stage: Stage):
        self.stage = stage
        self.main = stage.main("--lease-seconds", 2, "--execution-seconds", 3)
        self.workers: list[OriginalWorker] = []

    @property
    def api(self) -> Api:
        return self.main.api

    def worker(self, output: str = "tradier-buy-ok", **more: object) -> OriginalWorker:
        worker = OriginalWorker(self.stage.folder, output=(DATA / f"{output}.txt").read_text(), **more)
        self.workers.append(worker)
        return worker

    def pinged(self, **more: object) -> OriginalWorker:
        worker = self.worker(**more)
        worker.ping(self.main.ready.grpc)
        return worker

    def done(self, order: dict) -> dict:
        """The order when none of its child orders is under way any more."""

        def read() -> dict | None:
            now = self.api.order(order["id"])
            return now if not {"pending", "executing"} & {child["status"] for child in now["child_orders"]} else None

        return wait_until(read, what="the order is done")

    def place(self, **more: object) -> dict:
        return self.done(self.api.place("family", **more))

    def active(self, group: str, *accounts: str) -> None:
        def states() -> dict[str, str]:
            items = self.api.items(f"/v1/groups/{group}/accounts")
            return {item["name"]: item["activation"] for item in items}

        wait_until(lambda: all(states().get(name) == "active" for name in accounts), what="active")


@pytest.fixture
def scene(stage: Stage) -> Iterator[Scene]:
    scene = Scene(stage)
    yield scene
    for worker in scene.workers:
        worker.kill()


def put(scene: Scene, account: str, token: str, **more: object) -> None:
    body = {"brokerage": "Tradier", "credentials": {"ACCESS_TOKEN": token}} | more
    answer = scene.api.client.put(f"/v1/groups/family/accounts/{account}", json=body)
    assert answer.status_code in (200, 201), answer.text


def family(scene: Scene, *accounts: str) -> None:
    scene.api.put_group("family")
    for account in accounts:
        put(scene, account, f"token-of-{account}")


def test_a_pair_trades_once_and_the_output_proves_it(scene):
    family(scene, "main")
    worker = scene.pinged()
    scene.active("family", "main")
    assert worker.accounts == {"main": {"ACCESS_TOKEN": "token-of-main"}}
    assert statuses(scene.place()) == {"main": "submitted"}
    assert worker.transactions == [(BUY, 1, AAPL)]
    [view] = scene.api.items("/v1/workers")
    assert (view["name"], view["link"]) == (f"legacy-127.0.0.1-{worker.port}", "legacy")


def test_a_worker_that_cannot_tell_holdings_says_so(scene):
    family(scene, "main")
    worker = scene.pinged()
    scene.active("family", "main")
    answer = scene.api.client.post("/v1/groups/family/accounts/main/check")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["ok"], answer.json()["reason"]) == (False, "legacy_link")
    assert scene.api.get("/v1/holdings").json()["accounts"][0]["state"] == "failed"
    assert worker.transactions == []


def ordered_family(scene: Scene, output: str) -> OriginalWorker:
    """Mom's log-in is the worker's first at Tradier, dad's the second, whatever their names."""
    family(scene, "mom")
    worker = scene.pinged(output=output)
    scene.active("family", "mom")
    put(scene, "dad", "token-of-dad")
    scene.active("family", "mom", "dad")
    assert list(worker.accounts) == ["mom", "dad"]
    return worker


def masks(order: dict) -> dict[str, list[str]]:
    return {
        account: [execution["sub_account"] for execution in child["executions"]]
        for account, child in children(order).items()
    }


def test_one_run_trades_all_accounts_and_its_output_proves_whose_each_answer_is(scene):
    worker = ordered_family(scene, "shared-two-ok")
    order = scene.place()
    assert statuses(order) == {"mom": "submitted", "dad": "submitted"}
    assert masks(order) == {"mom": ["xxxxxx1001", "xxxxxx1002"], "dad": ["xxxxxx2001", "xxxxxx2002"]}
    assert worker.transactions == [(BUY, 1, AAPL)]


def test_a_log_in_that_failed_in_the_shared_run_is_its_own_accounts(scene):
    ordered_family(scene, "shared-two-first-login-bad")
    assert statuses(scene.place()) == {"mom": "denied", "dad": "submitted"}


def test_another_brokerage_of_the_run_has_its_own_verdict(scene):
    worker = ordered_family(scene, "shared-two-tastytrade-login-bad")
    put(scene, "kid", "", brokerage="Tastytrade", credentials={"CLIENT_SECRET": "secret", "REFRESH_TOKEN": "bad"})
    scene.active("family", "kid")
    order = scene.place()
    assert statuses(order) == {"mom": "submitted", "dad": "submitted", "kid": "denied"}
    assert worker.transactions == [(BUY, 1, AAPL)]


def test_an_unproven_answer_is_in_doubt(scene):
    worker = ordered_family(scene, "tradier-buy-ok")  # of one log-in
    assert statuses(scene.place()) == {"dad": "in_doubt", "mom": "in_doubt"}
    assert worker.transactions == [(BUY, 1, AAPL)]
    again = scene.api.post_order(order_body("family"))
    expect_problem(again, 422, "in_doubt_open")
    assert len(worker.transactions) == 1


def test_what_the_link_cannot_do_is_denied(scene):
    family(scene, "dad", "mom")
    worker = scene.pinged()
    scene.active("family", "dad", "mom")
    dry = scene.place(dry_run=True)
    assert {child["reason"] for child in dry["child_orders"]} == {"legacy_link"}
    one = scene.place(group=None, accounts=["family/mom"])
    assert [(child["status"], child["reason"]) for child in one["child_orders"]] == [
        ("denied", "legacy_accounts_differ")
    ]
    put(scene, "dad", "token-of-dad", enabled=False)
    rest = scene.place()
    assert statuses(rest) == {"mom": "denied"}
    assert worker.transactions == []


def test_a_worker_that_dies_in_a_transaction_leaves_doubts_and_its_restart_serves_again(scene):
    family(scene, "main")
    worker = scene.pinged()
    scene.active("family", "main")
    worker.release.clear()
    order = scene.api.place("family")
    wait_until(lambda: worker.transactions, what="the order is sent")
    worker.kill()
    assert statuses(scene.done(order)) == {"main": "in_doubt"}
    again = scene.pinged(port=worker.port)
    wait_until(lambda: again.accounts, what="the accounts are replayed")
    scene.active("family", "main")
    assert statuses(scene.place(side="sell")).keys() == {"main"}
    assert again.transactions == [(0, 1, AAPL)]


def test_a_worker_that_hangs_leaves_a_doubt(scene):
    family(scene, "main")
    worker = scene.pinged()
    scene.active("family", "main")
    worker.release.clear()
    assert statuses(scene.place()) == {"main": "in_doubt"}
    assert len(worker.transactions) == 1


def test_a_lost_group_goes_to_the_next_worker_and_an_idle_one_gets_the_next_group(scene):
    first = scene.pinged()
    family(scene, "main")
    scene.active("family", "main")
    idle = scene.pinged()
    first.kill()
    wait_until(lambda: idle.accounts, what="the lost group is replayed")


def test_pings_that_nobody_can_answer_take_no_group(scene):
    family(scene, "main")
    worker = scene.worker()
    for port in (0, -1, 65536):
        with pytest.raises(grpc.RpcError) as refused:
            worker.ping(scene.main.ready.grpc, port)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    dead = scene.worker()
    dead.kill()
    dead.ping(scene.main.ready.grpc)
    worker.ping(scene.main.ready.grpc)
    scene.active("family", "main")
    assert worker.accounts


def test_a_main_that_restarts_knows_a_worker_again_when_it_pings(scene):
    family(scene, "main")
    worker = scene.pinged()
    scene.active("family", "main")
    scene.main.server.kill()
    scene.main = scene.stage.main("--lease-seconds", 2, "--execution-seconds", 3)
    worker.ping(scene.main.ready.grpc)
    scene.active("family", "main")
    scene.place()
    assert worker.transactions == [(BUY, 1, AAPL)]


def test_switched_off_it_is_not_there(stage):
    main: Running = stage.main("--legacy-workers", "off")
    worker = OriginalWorker(stage.folder)
    try:
        with pytest.raises(grpc.RpcError) as refused:
            worker.ping(main.ready.grpc)
        assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
    finally:
        worker.kill()
