"""Execution reports as a list of their own, by REST and by the command line."""

import json

import pytest

from .api import expect_problem
from .cli import Cli
from .conftest import Stage


@pytest.fixture
def pair(stage: Stage):
    main = stage.main()
    main.api.paper_group("family", mom={"SUB_ACCOUNTS": "2"}, dad={"FAULT": "reject"})
    main.api.paper_group("other", aunt={})
    stage.worker(main, "w1")
    return main


def reports_of(order: dict) -> list[tuple]:
    return [
        (child["id"], child["account"], child["symbol"], report["sub_account"], report["status"], report["broker_order_id"])
        for child in order["child_orders"]
        for report in child["executions"]
    ]


def seen(items: list[dict]) -> list[tuple]:
    fields = ("child_order_id", "account", "symbol", "sub_account", "status", "broker_order_id")
    return [tuple(item[field] for field in fields) for item in items]


def all_pages(api, limit: int, **filters) -> list[dict]:
    items, cursor = [], None
    while True:
        page = api.get("/v1/executions", limit=limit, **filters, **({"cursor": cursor} if cursor else {})).json()
        assert len(page["items"]) <= limit
        items += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return items


def test_every_report_is_listed_once_newest_order_first(pair):
    api = pair.api
    first = api.place_and_wait("family", symbols=["AAPL", "MSFT"])
    second = api.place_and_wait("other")
    third = api.place_and_wait("family", symbols=["TSLA"])
    expected = reports_of(third) + reports_of(second) + reports_of(first)
    assert len(expected) == 3 * 3 + 1
    for limit in (1, 4, 500):
        assert seen(all_pages(api, limit)) == expected, limit
    assert {item["order_id"] for item in api.items("/v1/executions")} == {order["id"] for order in (first, second, third)}

    assert seen(all_pages(api, 2, symbol="MSFT", account="family/mom")) == [
        report for report in reports_of(first) if report[1:3] == ("mom", "MSFT")
    ]
    assert seen(all_pages(api, 2, group="other")) == reports_of(second)
    assert {item["account"] for item in all_pages(api, 2, status="rejected")} == {"dad"}
    assert seen(all_pages(api, 50, client_order_id=third["client_order_id"])) == reports_of(third)
    assert seen(all_pages(api, 50, until=second["created_at"])) == reports_of(first)
    expect_problem(api.get("/v1/executions", status="settled"), 400, "bad_query")
    expect_problem(api.get("/v1/executions", cursor="o00"), 400, "bad_query")


def test_the_command_line_lists_them(pair, stage):
    order = pair.api.place_and_wait("family")
    cli = Cli(stage, pair)

    def listed(*words: str) -> str:
        done = cli("execution", "list", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert seen(json.loads(listed("-o", "json"))["items"]) == reports_of(order)
    assert listed("-o", "name").split() == [report[0] for report in reports_of(order)]
    table = listed("--status", "rejected").splitlines()
    assert table[0].startswith("AT") and len(table) == 2 and "family/dad" in table[1]
    assert listed("-o", "csv", "--group", "other").splitlines()[1:] == []
    assert "child_order_id" in listed("-o", "yaml")
