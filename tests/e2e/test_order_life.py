"""What people do to an order after it was accepted, by REST and by the command line; the paper brokerage's ledger says what traded."""

import json
import subprocess

import pytest

from .api import Api, expect_problem, placed_children, statuses
from .conftest import Running, Stage
from .waiting import wait_until


class Life:
    """A main server, and a worker that the test starts when it wants to."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.main = stage.main("--lease-seconds", 2, "--execution-seconds", 2)
        self.api: Api = self.main.api

    def worker(self) -> Running:
        worker = self.stage.worker(self.main, "w1", "--lease-seconds", 2, "--execution-seconds", 2)
        wait_until(lambda: self.api.items("/v1/workers"), within=10, what="the worker is connected")
        return worker

    def post(self, path: str, body: dict | None = None, **headers: str):
        return self.api.client.post(path, json=body, headers=headers)

    def cli(self, *words: object):
        where = ["--server", f"http://{self.main.ready.http}", "--token-file", self.main.data_dir / "admin.token"]
        return subprocess.run(
            [str(word) for word in (self.stage.binary, *words, *where)],
            cwd=self.stage.folder,
            env=self.stage.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=40,
        )

    def placed(self):
        return placed_children(self.stage.folder)


@pytest.fixture
def life(stage: Stage) -> Life:
    return Life(stage)


def test_what_is_canceled_never_starts(life):
    life.api.paper_group("family", mom={}, dad={})
    order = life.api.place("family")
    canceled = life.post(f"/v1/orders/{order['id']}/cancel")
    assert canceled.status_code == 200, canceled.text
    assert statuses(canceled.json()) == {"mom": "canceled", "dad": "canceled"}
    assert canceled.json()["status"] == "failed"
    assert {child["sent"] for child in canceled.json()["child_orders"]} == {"no"}
    expect_problem(life.post(f"/v1/orders/{order['id']}/cancel"), 409, "nothing_to_cancel")
    life.worker()
    after = life.api.place_and_wait("family")
    assert set(life.placed()) == {child["id"] for child in after["child_orders"]}
    assert life.api.order(order["id"]) == canceled.json()


def test_what_was_started_goes_on_and_what_waits_behind_it_is_withdrawn(life):
    life.api.paper_group("family", mom={"FAULT": "slow", "FAULT_SECONDS": "1"})
    life.worker()
    first = life.api.place("family", symbols=["AAPL"])
    wait_until(lambda: statuses(life.api.order(first["id"])) == {"mom": "executing"}, within=10)
    second = life.api.place("family", symbols=["MSFT"])
    canceled = life.post(f"/v1/orders/{second['id']}/cancel")
    assert statuses(canceled.json()) == {"mom": "canceled"}
    expect_problem(life.post(f"/v1/orders/{first['id']}/cancel"), 409, "nothing_to_cancel")
    assert statuses(life.api.done(first["id"])) == {"mom": "filled"}
    third = life.api.place_and_wait("family", symbols=["TSLA"])
    assert statuses(third) == {"mom": "filled"}
    assert set(life.placed()) == {order["child_orders"][0]["id"] for order in (first, third)}


def test_the_command_line_cancels(life):
    life.api.paper_group("family", mom={})
    order = life.api.place("family")
    done = life.cli("order", "cancel", order["id"], "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == life.api.order(order["id"])
    assert statuses(json.loads(done.stdout)) == {"mom": "canceled"}
    again = life.cli("order", "cancel", order["id"])
    assert (again.returncode, again.stdout) == (1, "")
    assert "nothing" in again.stderr
    assert life.cli("order", "cancel", "nobody").returncode == 3
