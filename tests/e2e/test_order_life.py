"""What people do to an order after it was accepted, by REST and by the command line; the paper brokerage's ledger says what traded."""

import json

import pytest

from .api import Api, children, expect_problem, new_client_order_id, order_body, placed_children, placements, pointers, statuses
from .cli import Cli
from .conftest import Running, Stage
from .waiting import wait_until


class Life:
    """A main server, and a worker that the test starts when it wants to."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.main = stage.main("--lease-seconds", 3, "--execution-seconds", 8)
        self.api: Api = self.main.api

    def worker(self) -> Running:
        worker = self.stage.worker(self.main, "w1", "--lease-seconds", 3, "--execution-seconds", 8)
        wait_until(lambda: self.api.items("/v1/workers"), what="the worker is connected")
        return worker

    def post(self, path: str, body: dict | None = None, **headers: str):
        return self.api.client.post(path, json=body, headers=headers)

    def cli(self, *words: object):
        return Cli(self.stage, self.main)(*words)

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
    life.api.paper_group("family", mom={"FAULT": "slow", "FAULT_SECONDS": "4"})
    life.worker()
    first = life.api.place("family", symbols=["AAPL"])
    wait_until(lambda: statuses(life.api.order(first["id"])) == {"mom": "executing"})
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


def doubtful(life: Life, **more: object) -> dict:
    """An order whose one child order was placed and is in doubt, by the worker's own word."""
    life.api.paper_group("family", mom={"FAULT": "accept_then_hang"})
    life.worker()
    order = life.api.place_and_wait("family", **more)
    assert statuses(order) == {"mom": "in_doubt"}
    return order["child_orders"][0]


def test_a_person_settles_a_doubt(life):
    child = doubtful(life)
    resolve = f"/v1/child_orders/{child['id']}/resolve"
    again = order_body("family")
    expect_problem(life.api.post_order(again), 422, "in_doubt_open")
    shown = life.api.get(f"/v1/child_orders/{child['id']}")
    body = {"outcome": "filled", "note": "seen in the app"}
    expect_problem(life.post(resolve, body, **{"If-Match": '"1"'}), 412)
    resolved = life.post(resolve, body, **{"If-Match": shown.headers["etag"]})
    assert resolved.status_code == 200, resolved.text
    assert (resolved.json()["status"], resolved.json()["reason"]) == ("filled", "resolved")
    assert "admin" in resolved.json()["detail"] and "seen in the app" in resolved.json()["detail"]
    assert life.api.order(child["order_id"])["status"] == "settled"
    expect_problem(life.post(resolve, body), 409, "not_in_doubt")
    assert life.api.post_order(again).status_code == 201, "the doubt forbids nothing any more"


def test_nothing_is_settled_while_its_run_may_be_alive(life):
    life.api.paper_group("family", mom={"FAULT": "accept_then_hang"})
    worker = life.worker()
    order = life.api.place("family")
    wait_until(lambda: placements(life.stage.folder), what="it is placed")
    worker.server.kill()
    done = life.api.done(order["id"])
    assert statuses(done) == {"mom": "in_doubt"}
    resolve = f"/v1/child_orders/{done['child_orders'][0]['id']}/resolve"
    problem = expect_problem(life.post(resolve, {"outcome": "not_placed", "note": "no"}), 409, "run_may_be_alive")
    assert "decide after 20" in problem["detail"]
    assert statuses(life.api.order(order["id"])) == {"mom": "in_doubt"}


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"outcome": "filled"}, 400, "/note"),
        ({"note": "seen"}, 400, "/outcome"),
        ({"outcome": "in_doubt", "note": "seen"}, 422, "/outcome"),
        ({"outcome": "filled", "note": " "}, 422, "/note"),
        ({"outcome": "filled", "note": "seen", "sure": True}, 400, "/sure"),
    ],
    ids=str,
)
def test_a_decision_that_is_wrong_is_none(life, body, status, pointer):
    problem = expect_problem(life.post("/v1/child_orders/00000000-0000-7000-8000-000000000001/resolve", body), status)
    assert pointers(problem) == {pointer}


@pytest.mark.breaks_promise("a person says not_placed of what the broker took", fault="and (it )?reached the broker$")
def test_the_command_line_settles_a_doubt(life):
    child = doubtful(life)
    words = ("order", "resolve", child["id"], "--outcome", "not_placed", "--note", "asked the broker")
    unasked = life.cli(*words)
    assert unasked.returncode == 2, unasked.stderr
    done = life.cli(*words, "-y", "-o", "json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    # One sub-account did take it, says the paper brokerage; a person's word stands until the brokerage speaks.
    assert shown == life.api.get(f"/v1/child_orders/{child['id']}").json()
    assert shown["status"] == "denied"
    assert life.cli(*words, "-y").returncode == 1


def test_what_was_never_sent_is_ordered_again_once(life):
    life.api.paper_group("family", mom={}, dad={"FAULT": "reject"})
    life.worker()
    first = life.api.place_and_wait("family", group=None, accounts=["family/mom", "family/dad"])
    assert statuses(first) == {"mom": "filled", "dad": "rejected"}
    retry = f"/v1/orders/{first['id']}/retry"
    expect_problem(life.post(retry, {"client_order_id": new_client_order_id()}), 409, "nothing_to_retry")
    body = {"client_order_id": new_client_order_id(), "include_rejected": True}
    made = life.post(retry, body)
    assert made.status_code == 201, made.text
    again = life.api.done(made.json()["id"])
    assert (again["retry_of"], statuses(again)) == (first["id"], {"dad": "rejected"})
    repeated = life.post(retry, body)
    assert (repeated.status_code, repeated.json()["id"]) == (200, again["id"])
    expect_problem(life.post(retry, body | {"include_rejected": False}), 422, "client_order_id_reused")
    other = {"client_order_id": new_client_order_id(), "include_rejected": True}
    expect_problem(life.post(retry, other), 409, "nothing_to_retry")
    accepted = [entry for entry in placements(life.stage.folder) if entry["decision"] == "accepted"]
    assert [entry["child_order_id"] for entry in accepted] == [children(first)["mom"]["id"]]


def test_what_is_in_doubt_is_never_retried(life):
    child = doubtful(life)
    body = {"client_order_id": new_client_order_id(), "include_rejected": True}
    expect_problem(life.post(f"/v1/orders/{child['order_id']}/retry", body), 409, "nothing_to_retry")


def test_the_command_line_retries(life):
    life.api.paper_group("family", mom={}, dad={})
    order = life.api.place("family")
    assert life.cli("order", "cancel", order["id"]).returncode == 0
    life.worker()
    done = life.cli("order", "retry", order["id"], "--confirm", "family", "-o", "json")
    assert done.returncode == 0, done.stderr
    again = json.loads(done.stdout)
    assert (again["retry_of"], statuses(again)) == (order["id"], {"mom": "filled", "dad": "filled"})
    assert life.placed() == {child["id"]: 1 for child in again["child_orders"]}
    assert life.cli("order", "retry", order["id"], "--confirm", "family").returncode == 1


def test_a_preview_says_who_would_trade_and_stores_nothing(life):
    life.api.paper_group("family", mom={}, dad={})
    body = order_body("family", client_order_id=None, symbols=["AAPL", "MSFT"])
    preview = life.post("/v1/orders/preview", body)
    assert preview.status_code == 200, preview.text
    seen = {(child["account"], child["symbol"]) for child in preview.json()["child_orders"]}
    assert seen == {(name, symbol) for name in ("mom", "dad") for symbol in ("AAPL", "MSFT")}
    assert {account["guarantee"] for account in preview.json()["accounts"]} == {"dedupes"}
    assert {warning["code"] for warning in preview.json()["warnings"]} == {"not_active"}
    life.worker()

    def shown() -> list:
        return life.post("/v1/orders/preview", body).json()["warnings"]

    wait_until(lambda: not shown(), what="the worker has the accounts")
    assert life.api.orders() == []
    expect_problem(life.post("/v1/orders/preview", body | {"group": "nobody"}), 404, "unknown_group")


def test_the_command_line_previews(life):
    life.api.paper_group("family", mom={})
    done = life.cli("order", "buy", "1", "AAPL", "--group", "family", "--preview")
    assert done.returncode == 0, done.stderr
    assert "mom" in done.stdout and "dedupes" in done.stdout and "no worker" in done.stdout
    assert life.api.orders() == []
