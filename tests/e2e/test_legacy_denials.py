"""An original worker keeps every account that it was ever sent: what no longer fits is denied until it starts anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from legacy_peers.worker import OriginalWorker

from .api import children, statuses
from .conftest import Running, Stage
from .waiting import wait_until

OUTPUT = (Path(__file__).resolve().parents[1] / "data/autorsa/tradier-buy-ok.txt").read_text()
BUY_ONE = (1, 1, "AAPL")


class Family:
    """A main server whose group `family` an original worker serves."""

    def __init__(self, stage: Stage, *words: object):
        self.stage = stage
        self.main: Running = stage.main("--lease-seconds", 2, *words)
        self.api = self.main.api
        self.workers: list[OriginalWorker] = []

    def put(self, account: str, token: str, **more: object) -> None:
        body = {"brokerage": "Tradier", "credentials": {"ACCESS_TOKEN": token}} | more
        answer = self.api.client.put(f"/v1/groups/family/accounts/{account}", json=body)
        assert answer.status_code in (200, 201), answer.text

    def pinged(self, **more: object) -> OriginalWorker:
        self.workers.append(OriginalWorker(self.stage.folder, output=OUTPUT, **more))
        self.workers[-1].ping(self.main.ready.grpc)
        return self.workers[-1]

    def served(self, **tokens: str) -> OriginalWorker:
        self.api.put_group("family")
        for account, token in tokens.items():
            self.put(account, token)
        worker = self.pinged()
        self.wait_for(**dict.fromkeys(tokens, "active"))
        return worker

    def restarted(self, worker: OriginalWorker) -> OriginalWorker:
        """A new process at the same address, once main has seen that the old one died: it holds nothing yet."""
        worker.kill()
        wait_until(lambda: self.state() == "lost", what="main sees it")
        return self.pinged(host=worker.host, port=worker.port)

    def state(self) -> str:
        [worker] = self.api.items("/v1/workers")
        return worker["state"]

    def wait_for(self, **states: str) -> None:
        def read() -> dict[str, str]:
            items = self.api.items("/v1/groups/family/accounts")
            return {item["name"]: item["activation"] for item in items}

        wait_until(lambda: states.items() <= read().items(), what=f"{states}")

    def place(self, **more: object) -> dict:
        """The order when none of its child orders is under way any more."""
        order = self.api.place("family", **more)

        def read() -> dict | None:
            now = self.api.order(order["id"])
            return now if not {"pending", "executing"} & set(statuses(now).values()) else None

        return wait_until(read, what="the order is done")

    def denied(self, *accounts: str) -> None:
        """An order for the group denies these, and nothing is sent."""
        order = self.place()
        found = {name: (child["status"], child["reason"]) for name, child in children(order).items()}
        assert found == dict.fromkeys(accounts, ("denied", "legacy_accounts_differ"))
        assert {child["sent"] for child in order["child_orders"]} == {"no"}
        assert [worker.transactions for worker in self.workers] == [[]] * len(self.workers)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()


@pytest.fixture
def family(stage: Stage) -> Iterator[Family]:
    family = Family(stage)
    yield family
    family.close()


def test_a_disabled_account_denies_the_group_until_the_worker_starts_anew(family):
    worker = family.served(dad="token-of-dad", mom="token-of-mom")
    family.put("dad", "token-of-dad", enabled=False)
    family.wait_for(dad="disabled")
    family.denied("mom")
    again = family.restarted(worker)
    wait_until(lambda: again.accounts, what="the accounts are replayed")
    assert again.accounts == {"mom": {"ACCESS_TOKEN": "token-of-mom"}}
    family.wait_for(mom="active")
    assert statuses(family.place()) == {"mom": "submitted"}
    assert (worker.transactions, again.transactions) == ([], [BUY_ONE])


def test_an_account_that_is_enabled_again_fits_again(family):
    worker = family.served(mom="token-of-mom")
    family.put("mom", "token-of-mom", enabled=False)
    family.wait_for(mom="disabled")
    family.put("mom", "token-of-mom")
    family.wait_for(mom="active")
    assert statuses(family.place()) == {"mom": "submitted"}
    assert worker.transactions == [BUY_ONE]


def test_changed_credentials_deny_the_group_until_the_worker_starts_anew(family):
    worker = family.served(dad="token-of-dad", mom="old-token")
    family.put("mom", "new-token")
    family.wait_for(mom="failed")
    [mom] = [item for item in family.api.items("/v1/groups/family/accounts") if item["name"] == "mom"]
    assert "Restart that worker" in mom["activation_detail"]
    family.denied("dad", "mom")
    assert worker.accounts["mom"] == {"ACCESS_TOKEN": "old-token"}, "a second activation changes nothing there"
    family.put("dad", "token-of-dad", enabled=False)
    again = family.restarted(worker)
    family.wait_for(mom="active")
    assert again.accounts == {"mom": {"ACCESS_TOKEN": "new-token"}}
    assert statuses(family.place()) == {"mom": "submitted"}
    assert again.transactions == [BUY_ONE]


def test_a_deleted_account_denies_the_group_until_the_worker_starts_anew(family):
    worker = family.served(dad="token-of-dad", mom="token-of-mom")
    assert family.api.client.delete("/v1/groups/family/accounts/dad").status_code == 204
    family.denied("mom")
    family.restarted(worker)
    wait_until(lambda: family.workers[-1].accounts, what="the accounts are replayed")
    family.wait_for(mom="active")
    assert statuses(family.place()) == {"mom": "submitted"}


def test_a_new_account_is_traded_with_the_others(family):
    worker = family.served(dad="token-of-dad")
    family.put("mom", "token-of-mom")
    family.wait_for(mom="active")
    order = family.place()
    assert statuses(order).keys() == {"dad", "mom"}
    assert {child["sent"] for child in order["child_orders"]} != {"no"}
    assert worker.transactions == [BUY_ONE], "one run for both"


def test_over_ipv6(stage):
    family = Family(stage, "--grpc-host", "::1")
    try:
        assert family.main.ready.grpc.startswith("[::1]:")
        family.api.put_group("family")
        family.put("mom", "token-of-mom")
        worker = family.pinged(host="[::1]")
        family.wait_for(mom="active")
        [view] = family.api.items("/v1/workers")
        assert (view["link"], view["name"].endswith(f"-{worker.port}")) == ("legacy", True)
        assert statuses(family.place()) == {"mom": "submitted"}
        again = family.restarted(worker)
        wait_until(lambda: again.accounts, what="the accounts are replayed")
        assert again.accounts == {"mom": {"ACCESS_TOKEN": "token-of-mom"}}
    finally:
        family.close()
