"""One of ours and one original, in both directions, with the same steps."""

from pathlib import Path

from legacy_peers.worker import OriginalWorker

from .api import order_body, statuses
from .conftest import Stage
from .original import Original, activated, refused, succeeded
from .waiting import wait_until

DATA = Path(__file__).resolve().parents[1] / "data/autorsa"
TASK_ID = "01234567-89ab-4def-8123-456789abcdef"
BUY = 1
NOT_SENT = ", never sent"


class OurWorker:
    """Our worker under the original main; `more` is for the main."""

    def __init__(self, original: Original, name: str = "w1", **more: object):
        self.original = original
        self.name = name
        self.main_side = original.main(**more)
        self.worker_side = original.worker(self.main_side, name)
        self.done: set[str] = set()

    def kill_main(self) -> None:
        self.main_side = self.original.restarted(self.main_side)
        self._settle()

    def kill_worker(self) -> None:
        link = self.main_side.serves("family")
        self.worker_side.server.kill()
        if link:
            wait_until(lambda: link.over, what="main has noticed")
        self.worker_side = self.original.worker(self.main_side, self.name)
        self._settle()

    def group(self) -> None:
        self.main_side.create_group("family")

    def ping(self) -> None:
        self.original.served(self.main_side)

    def activation(self) -> None:
        activated(self.main_side, "dad", "ok-dad")

    def transaction(self) -> None:
        succeeded(self.main_side.transaction("family", task_id=TASK_ID), "dad")

    def deactivation(self) -> None:
        succeeded(self.main_side.deactivate("family", "dad"))

    def proven(self) -> str:
        succeeded(self.main_side.transaction("family", task_id=TASK_ID), "dad")
        refused(self.main_side.transaction("family"))
        assert self.original.cli.runs() == [("ok-dad", "buy", "1", "AAPL")]
        return ""

    def _settle(self) -> None:
        if "ping" in self.done:
            self.original.served(self.main_side)


class OurMain:
    """The original worker under our main. It pings at its start only, so whoever restarts main restarts it too."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.main_side = stage.main("--lease-seconds", 2)
        self.worker_side = self._new_worker()
        self.workers = [self.worker_side]
        self.body = order_body("family")
        self.done: set[str] = set()

    def kill_main(self) -> None:
        self.main_side.server.kill()
        self.main_side = self.stage.main("--lease-seconds", 2)
        self._settle()

    def kill_worker(self) -> None:
        self.worker_side.kill()
        self.worker_side = self._new_worker(self.worker_side.port)
        self.workers.append(self.worker_side)
        self._settle()

    def group(self) -> None:
        self.main_side.api.put_group("family")

    def ping(self) -> None:
        self.worker_side.ping(self.main_side.ready.grpc)

    def activation(self) -> None:
        self._put()
        self._until_active()

    def transaction(self) -> None:
        order = self.main_side.api.post_order(self.body).json()
        assert statuses(self._settled(order["id"])) == {"dad": "submitted"}

    def deactivation(self) -> None:
        self._put(enabled=False)

    def proven(self) -> str:
        again = self.main_side.api.post_order(self.body)
        assert (again.status_code, again.json()["status"]) == (200, "settled"), again.text
        refusal = self.main_side.api.post_order(order_body("family"))
        assert refusal.status_code == 422, refusal.text
        assert [sent for worker in self.workers for sent in worker.transactions] == [(BUY, 1, "AAPL")]
        return NOT_SENT

    def active(self) -> bool:
        items = self.main_side.api.items("/v1/groups/family/accounts")
        return [item["activation"] for item in items] == ["active"] and bool(self.worker_side.accounts)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()

    def _new_worker(self, port: int = 0) -> OriginalWorker:
        return OriginalWorker(self.stage.folder, port, output=(DATA / "tradier-buy-ok.txt").read_text())

    def _put(self, **more: object) -> None:
        body = {"brokerage": "Tradier", "credentials": {"ACCESS_TOKEN": "ok-dad"}} | more
        answer = self.main_side.api.client.put("/v1/groups/family/accounts/dad", json=body)
        assert answer.status_code in (200, 201), answer.text

    def _settle(self) -> None:
        if "ping" in self.done:
            self.ping()
        if "activation" in self.done and "deactivation" not in self.done:
            self._until_active()

    def _until_active(self) -> None:
        wait_until(self.active, what="the account is active at the worker")

    def _settled(self, order_id: str) -> dict:
        def read() -> dict | None:
            order = self.main_side.api.order(order_id)
            return order if order["status"] != "working" else None

        return wait_until(read, what="the order is done")
