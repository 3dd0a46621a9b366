"""One REST order reaches every paper account of a group, at most once, with an answer for each."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from .api import (
    Api,
    children,
    execution_statuses,
    expect_problem,
    new_client_order_id,
    order_body,
    placed_children,
    placements,
    pointers,
    statuses,
)
from .conftest import Running, Stage
from .waiting import wait_until


@pytest.fixture
def up(stage: Stage) -> Running:
    return stage.up()


def test_an_order_is_filled_in_every_sub_account(up):
    up.api.paper_group("family", mom={}, dad={"SUB_ACCOUNTS": "3"}, kid={"CASH": "5000"})
    answer = up.api.post_order(order_body("family", quantity="2"))
    assert answer.status_code == 201, answer.text
    accepted = answer.json()
    assert answer.headers["location"] == f"/v1/orders/{accepted['id']}"
    order = up.api.done(accepted["id"])

    assert order["status"] == "settled"
    assert statuses(order) == {"mom": "filled", "dad": "filled", "kid": "filled"}
    assert {name: len(child["executions"]) for name, child in children(order).items()} == {"mom": 1, "dad": 3, "kid": 1}
    for child in order["child_orders"]:
        assert (child["brokerage"], child["symbol"], child["sent"]) == ("Paper", "AAPL", "yes")
        for execution in child["executions"]:
            assert execution["status"] == "filled"
            assert execution["quantity"] == "2"
            assert float(execution["price"]) > 0
            assert execution["broker_order_id"]
    assert placed_children(up.data_dir) == {child["id"]: len(child["executions"]) for child in order["child_orders"]}


def test_every_symbol_is_a_child_order_of_its_own(up):
    up.api.paper_group("family", mom={}, dad={})
    order = up.api.place_and_wait("family", symbols=["AAPL", "MSFT", "brk.b"])
    seen = {(child["account"], child["symbol"], child["status"]) for child in order["child_orders"]}
    assert seen == {(name, symbol, "filled") for name in ("mom", "dad") for symbol in ("AAPL", "MSFT", "BRK.B")}


def test_only_the_named_accounts_trade(up):
    up.api.paper_group("family", mom={}, dad={}, kid={})
    order = up.api.place_and_wait("family", group=None, accounts=["family/mom", "family/kid"])
    assert statuses(order) == {"mom": "filled", "kid": "filled"}
    assert order["group"] is None
    assert order["accounts"] == ["family/mom", "family/kid"]


def test_the_answer_to_a_new_order_is_what_get_and_list_show(up):
    up.api.paper_group("family", mom={})
    order = up.api.place_and_wait("family")
    assert up.api.order(order["id"]) == order
    listed = up.api.orders(client_order_id=order["client_order_id"])
    assert [entry["id"] for entry in listed] == [order["id"]]


def test_the_same_client_order_id_is_the_same_order(up):
    up.api.paper_group("family", mom={}, dad={})
    body = order_body("family")
    first = up.api.post_order(body)
    done = up.api.done(first.json()["id"])
    again = up.api.post_order(body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == done
    assert again.headers["location"] == first.headers["location"]
    assert placed_children(up.data_dir) == {child["id"]: 1 for child in done["child_orders"]}


def test_the_same_body_written_differently_is_the_same_order(up):
    up.api.paper_group("family", mom={})
    body = order_body("family", quantity="1", symbols=["AAPL"])
    first = up.api.post_order(body)
    again = up.api.post_order(dict(reversed(body.items())) | {"quantity": "1.0", "symbols": ["aapl"]})
    assert (first.status_code, again.status_code) == (201, 200), again.text
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    "change",
    [{"quantity": "2"}, {"side": "sell"}, {"symbols": ["MSFT"]}, {"dry_run": True}, {"group": "other"}],
    ids=str,
)
def test_the_same_client_order_id_with_another_body_is_refused(up, change):
    up.api.paper_group("family", mom={})
    up.api.paper_group("other", mom={})
    body = order_body("family")
    first = up.api.done(up.api.post_order(body).json()["id"])
    expect_problem(up.api.post_order(body | change), 422, "client_order_id_reused")
    assert up.api.order(first["id"]) == first
    assert len(placements(up.data_dir)) == 1


def test_many_at_once_with_one_client_order_id_make_one_order(up):
    up.api.paper_group("family", mom={}, dad={})
    body = order_body("family")
    with ThreadPoolExecutor(max_workers=12) as pool:
        answers = list(pool.map(lambda _: up.api.post_order(body), range(24)))
    assert sorted(answer.status_code for answer in answers) == [200] * 23 + [201]
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == 1
    order = up.api.done(ids.pop())
    assert placed_children(up.data_dir) == {child["id"]: 1 for child in order["child_orders"]}


def test_the_idempotency_key_is_another_name_of_client_order_id(up):
    up.api.paper_group("family", mom={})
    key = new_client_order_id()
    body = order_body("family", client_order_id=None)
    first = up.api.post_order(body, **{"Idempotency-Key": key})
    assert first.status_code == 201, first.text
    assert first.json()["client_order_id"] == key
    again = up.api.post_order(body | {"client_order_id": key})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


def test_an_order_without_client_order_id_is_refused(up):
    up.api.paper_group("family", mom={})
    problem = expect_problem(up.api.post_order(order_body("family", client_order_id=None)), 400)
    assert pointers(problem) == {"/client_order_id"}
    assert up.api.orders() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"group": "nobody"}, "unknown_group"),
        ({"group": None, "accounts": ["family/nobody"]}, "unknown_account"),
        ({"group": None, "accounts": ["family/mom", "nobody/mom"]}, None),
    ],
    ids=["group", "account", "one of two"],
)
def test_an_unknown_group_or_account_is_not_found_and_nothing_is_stored(up, change, code):
    up.api.paper_group("family", mom={})
    expect_problem(up.api.post_order(order_body("family", **change)), 404, code)
    assert up.api.orders() == []
    assert placements(up.data_dir) == []


def test_a_group_without_accounts_is_refused(up):
    up.api.put_group("empty")
    expect_problem(up.api.post_order(order_body("empty")), 422, "empty_group")
    assert up.api.orders() == []


def test_a_fraction_trades_where_the_brokerage_can(up):
    up.api.paper_group("family", mom={})
    order = up.api.place_and_wait("family", quantity="0.125")
    assert children(order)["mom"]["executions"][0]["quantity"] == "0.125"


def test_a_fraction_is_refused_for_all_where_one_brokerage_cannot(up):
    up.api.paper_group("family", mom={})
    answer = up.api.put_account("family", "broker", "Tradier", ACCESS_TOKEN="standin-token")
    assert answer.status_code == 201, answer.text
    expect_problem(up.api.post_order(order_body("family", quantity="0.5")), 422, "fraction_not_supported")
    assert placements(up.data_dir) == []


def test_what_the_broker_refuses_is_rejected_there_and_filled_elsewhere(up):
    up.api.paper_group("family", rich={}, poor={"CASH": "1"})
    order = up.api.place_and_wait("family")
    assert statuses(order) == {"rich": "filled", "poor": "rejected"}
    assert order["status"] == "failed"
    assert children(order)["poor"]["executions"][0]["message"]


def test_selling_what_is_not_held_is_rejected(up):
    up.api.paper_group("family", mom={})
    assert statuses(up.api.place_and_wait("family", side="sell")) == {"mom": "rejected"}


def test_holdings_follow_the_orders(up):
    up.api.paper_group("family", mom={})
    assert statuses(up.api.place_and_wait("family", quantity="3")) == {"mom": "filled"}
    assert statuses(up.api.place_and_wait("family", side="sell", quantity="3")) == {"mom": "filled"}
    assert statuses(up.api.place_and_wait("family", side="sell", quantity="1")) == {"mom": "rejected"}


def test_a_dry_run_places_nothing(up):
    up.api.paper_group("family", mom={}, dad={})
    order = up.api.place_and_wait("family", dry_run=True)
    assert statuses(order) == {"mom": "dry_run", "dad": "dry_run"}
    assert order["status"] == "settled"
    assert {child["sent"] for child in order["child_orders"]} == {"no"}
    assert [entry for entry in placements(up.data_dir) if entry.get("decision") == "accepted"] == []


class TestFaults:
    """One account has a fault; the others never notice."""

    def test_reject(self, stage):
        up = stage.up()
        up.api.paper_group("family", good={}, bad={"FAULT": "reject"})
        order = up.api.place_and_wait("family")
        assert statuses(order) == {"good": "filled", "bad": "rejected"}

    def test_slow_is_late_and_right(self, stage):
        up = stage.up()
        up.api.paper_group("family", good={}, bad={"FAULT": "slow"})
        assert statuses(up.api.place_and_wait("family")) == {"good": "filled", "bad": "filled"}

    @pytest.mark.parametrize("fault", ["hang", "crash", "accept_then_hang"])
    def test_what_nobody_can_know_is_in_doubt(self, stage, fault):
        up = stage.up("--execution-seconds", 5)
        up.api.paper_group("family", good={}, bad={"FAULT": fault})
        placed = up.api.place("family")
        # The good account is done although the bad one still runs.
        wait_until(
            lambda: children(up.api.order(placed["id"]))["good"]["status"] == "filled",
            what="the good account is filled",
        )
        order = up.api.done(placed["id"])
        assert statuses(order) == {"good": "filled", "bad": "in_doubt"}
        assert order["status"] == "attention"
        bad = children(order)["bad"]
        assert (bad["sent"], bool(bad["reason"])) == ("maybe", True)
        placed_in_bad = placed_children(up.data_dir)[bad["id"]]
        assert placed_in_bad <= 1
        if fault == "accept_then_hang":
            assert placed_in_bad == 1

    def test_a_doubt_in_one_sub_account_leaves_the_other_reports_as_they_are(self, stage):
        up = stage.up("--execution-seconds", 5)
        fault = {"SUB_ACCOUNTS": "2", "FAULT": "accept_then_hang", "FAULT_SUB_ACCOUNT": "2"}
        up.api.paper_group("family", bad=fault)
        child = children(up.api.place_and_wait("family"))["bad"]
        assert child["status"] == "in_doubt"
        assert execution_statuses(child) in (["filled", "in_doubt"], ["submitted", "in_doubt"])

    def test_the_same_order_again_waits_for_a_person_while_one_is_in_doubt(self, stage):
        up = stage.up("--execution-seconds", 5)
        up.api.paper_group("family", bad={"FAULT": "accept_then_hang"})
        assert statuses(up.api.place_and_wait("family")) == {"bad": "in_doubt"}
        expect_problem(up.api.post_order(order_body("family")), 422, "in_doubt_open")
        other = up.api.post_order(order_body("family", symbols=["MSFT"]))
        assert other.status_code == 201, other.text
        up.api.done(other.json()["id"])
        overridden = up.api.post_order(order_body("family", override=["in_doubt_open"]))
        assert overridden.status_code == 201, overridden.text
        up.api.done(overridden.json()["id"])


class TestNobodyToRunIt:
    def test_an_order_waits_for_a_worker_and_then_expires(self, stage):
        main = stage.main()
        main.api.paper_group("family", mom={})
        placed = main.api.place("family", deadline_seconds=2)
        assert statuses(placed) == {"mom": "pending"}
        assert placed["status"] == "working"
        order = main.api.done(placed["id"])
        assert statuses(order) == {"mom": "expired"}
        assert (order["status"], children(order)["mom"]["sent"]) == ("failed", "no")

    def test_an_order_that_waited_runs_when_a_worker_comes(self, stage):
        main = stage.main()
        main.api.paper_group("family", mom={})
        placed = main.api.place("family", deadline_seconds=60)
        worker = stage.worker(main, "w1")
        order = main.api.done(placed["id"])
        assert statuses(order) == {"mom": "filled"}
        assert children(order)["mom"]["worker"] == "w1"
        assert len(placements(worker.data_dir)) == 1

    def test_waiting_ends_when_the_time_is_over_and_the_order_lives_on(self, stage):
        main = stage.main()
        main.api.paper_group("family", mom={})
        placed = main.api.place("family", deadline_seconds=60)
        answer = main.api.client.get(f"/v1/orders/{placed['id']}", headers={"Prefer": "wait=1"})
        assert (answer.status_code, answer.json()["status"]) == (200, "working")


class TestAccounts:
    def test_credentials_are_never_read_back(self, up):
        up.api.put_group("family")
        secret = "s3cret-token-value"
        put = up.api.put_account("family", "broker", "Tradier", ACCESS_TOKEN=secret)
        assert put.status_code == 201, put.text
        shown = up.api.get("/v1/groups/family/accounts/broker")
        assert "ACCESS_TOKEN" in shown.text
        for text in (put.text, shown.text, up.api.get("/v1/groups/family").text, up.server.output):
            assert secret not in text
        for path in up.data_dir.rglob("*"):
            if path.is_file():
                assert secret.encode() not in path.read_bytes(), path

    def test_the_same_login_twice_is_refused_save_for_paper(self, up):
        up.api.paper_group("family", mom={}, dad={})
        assert up.api.put_account("family", "one", "Tradier", ACCESS_TOKEN="token-1").status_code == 201
        expect_problem(up.api.put_account("family", "two", "Tradier", ACCESS_TOKEN="token-1"), 409, "login_registered")
        assert up.api.put_account("family", "two", "Tradier", ACCESS_TOKEN="token-2").status_code == 201
        again = up.api.put_account("family", "one", "Tradier", ACCESS_TOKEN="token-1")
        assert again.status_code == 200, again.text

    @pytest.mark.parametrize(
        ("brokerage", "credentials", "field"),
        [
            ("Tradier", {"ACCESS_TOKEN": "a,b"}, "ACCESS_TOKEN"),
            ("Tradier", {"ACCESS_TOKEN": " ab"}, "ACCESS_TOKEN"),
            ("Tradier", {"ACCESS_TOKEN": ""}, "ACCESS_TOKEN"),
            ("Tradier", {}, "ACCESS_TOKEN"),
            ("Tradier", {"ACCESS_TOKEN": "ab", "PIN": "1"}, "PIN"),
            ("Robinhood", {"USERNAME": "me", "PASSWORD": "a:b"}, "PASSWORD"),
            ("Fennel", {"ACCESS_TOKEN": "me@example.com"}, "ACCESS_TOKEN"),
            ("Chase", {"USERNAME": "me", "PASSWORD": "pw", "PHONE_LAST_FOUR": "12a4"}, "PHONE_LAST_FOUR"),
            ("Paper", {"SUB_ACCOUNTS": "0"}, "SUB_ACCOUNTS"),
            ("Paper", {"FAULT": "sometimes"}, "FAULT"),
        ],
        ids=str,
    )
    def test_what_cannot_be_a_login_is_refused_by_field(self, up, brokerage, credentials, field):
        up.api.put_group("family")
        problem = expect_problem(up.api.put_account("family", "bad", brokerage, **credentials), 422)
        assert pointers(problem) == {f"/credentials/{field}"}
        assert up.api.get("/v1/groups/family/accounts/bad").status_code == 404
        for value in credentials.values():
            assert len(value) < 2 or value not in str(problem["errors"])


def test_a_wait_on_a_kept_connection_never_ends_while_the_order_works(up):
    groups = [f"g{number}" for number in range(4)]
    for group in groups:
        up.api.paper_group(group, mom={"FILL_DELAY_MS": "20"})

    def early(group: str) -> list[dict]:
        client = Api(up.api.address, up.api.token)
        try:
            waited = [client.done(client.place(group)["id"]) for _ in range(60)]
        finally:
            client.close()
        return [order for order in waited if order["status"] != "settled"]

    with ThreadPoolExecutor(len(groups)) as pool:
        assert [order for orders in pool.map(early, groups) for order in orders] == []
