"""The judge of placements refuses what a broker must never have seen, says why, and lets pass what is right."""

import pytest
from judges.broker import paper_faults, standin_faults

AT, LATER = "2026-01-02T03:04:05.000000Z", "2026-01-02T03:04:06.000000Z"


def execution(status: str = "filled", **more: object) -> dict:
    number, price = ("P1", "190") if status in ("filled", "submitted") else (None, None)
    said = {"sub_account": "xxxx0001", "status": status, "quantity": "2", "at": LATER}
    return said | {"broker_order_id": number, "price": price} | more


def order(status: str = "filled", executions: list[dict] | None = None, brokerage: str = "Paper", **more: object) -> dict:
    child = {
        **{"id": "c1", "group": "family", "account": "mom", "brokerage": brokerage, "symbol": "AAPL", "status": status},
        "executions": [execution(status)] if executions is None else executions,
    }
    return {"side": "buy", "quantity": "2", "dry_run": False, "child_orders": [child]} | more


def line(**more: object) -> dict:
    return {
        **{"at": AT, "group": "family", "account": "mom", "sub_account": "xxxx0001", "child_order_id": "c1"},
        **{"side": "buy", "symbol": "AAPL", "quantity": "2", "decision": "accepted", "reason": ""},
        **{"broker_order_id": "P1", "price": "190.00", "fills_at": LATER},
    } | more


REFUSED = {"decision": "rejected", "reason": "unknown_symbol", "broker_order_id": None, "fills_at": None}
MIXED = [execution(), execution("rejected", sub_account="xxxx0002")]
TWO = [execution(), execution(sub_account="xxxx0002", broker_order_id="P2")]
BOTH = [line(), line(sub_account="xxxx0002", broker_order_id="P2")]


@pytest.mark.parametrize(
    ("ordered", "placements"),
    [
        (order(), [line()]),
        (order(quantity="2.0"), [line()]),
        (order("submitted"), [line()]),
        (order("filled", TWO), BOTH),
        (order("filled", []), [line()]),  # a person's word on a run that was killed
        (order("rejected"), [line(**REFUSED)]),
        (order("mixed", MIXED), [line(), line(sub_account="xxxx0002", **REFUSED)]),
        (order("pending", []), []),
        (order("denied", []), []),
        (order("executing", []), []),
        (order("executing", []), [line()]),
        (order("in_doubt", []), BOTH),
        (order("in_doubt"), []),
        (order("dry_run", dry_run=True), []),
        (order("submitted", brokerage="Tradier"), []),
    ],
    ids=lambda value: value["child_orders"][0]["status"] if isinstance(value, dict) else str(len(value)),
)
def test_what_is_right_passes(ordered, placements):
    assert paper_faults([ordered], placements) == []


@pytest.mark.parametrize(
    ("ordered", "placements", "why"),
    [
        (order(), [line(), line(broker_order_id="P2")], "placed twice"),
        (order("in_doubt", []), [line(), line(broker_order_id="P2")], "placed twice"),
        (order(), [line(), line(decision="duplicate", fills_at=None)], "asked for a second time"),
        (order("rejected"), [line(**REFUSED), line()], "placed twice"),
        (order("denied", []), [line()], "never sent, and reached"),
        (order("pending", []), [line()], "never sent, and reached"),
        (order("canceled", []), [line()], "never sent, and reached"),
        (order("expired", []), [line()], "never sent, and reached"),
        (order("denied", []), [line(**REFUSED)], "never sent, and reached"),
        (order("dry_run", dry_run=True), [line()], "a dry run reached the broker"),
        (order(), [line(account="dad")], "the account is dad, ordered was mom"),
        (order(), [line(group="club")], "the group is club, ordered was family"),
        (order(), [line(symbol="MSFT")], "the symbol is MSFT, ordered was AAPL"),
        (order(), [line(side="sell")], "the side is sell, ordered was buy"),
        (order(), [line(quantity="20")], "the quantity is 20, ordered was 2"),
        (order("filled"), [], "the broker has no such placement"),
        (order("submitted"), [line(**REFUSED)], "the broker has no such placement"),
        (order("filled", []), [], "the broker has no such placement"),
        (order("filled", TWO), [line()], "xxxx0002 is filled, and the broker has no such placement"),
        (order("filled"), BOTH, "placed in xxxx0002, and no execution report says so"),
        (order("mixed", [execution("rejected")]), [line()], "xxxx0001 is rejected, and the broker took it"),
        (order("rejected"), [line()], "the broker took it"),
        (order("rejected"), [], "the broker never saw it"),
        (order("in_doubt", [execution("not_sent")]), [line()], "xxxx0001 is not_sent, and it reached the broker"),
        (order("filled"), [line(broker_order_id="P9")], "the broker_order_id is P1, at the broker P9"),
        (order("filled"), [line(price="191")], "the price is 190, at the broker 191"),
        (order("filled", [execution(quantity="1")]), [line()], "the quantity is 1, at the broker 2"),
        (order("filled", [execution(at=AT)]), [line()], "was told filled at"),
        (order(), [line(), line(child_order_id="c2")], "no order has this child order"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_broken_is_refused_with_its_reason(ordered, placements, why):
    found = paper_faults([ordered], placements)
    assert any(why in fault for fault in found), found


def test_what_was_placed_while_the_orders_were_read_is_no_fault():
    assert paper_faults([order("pending", [])], [line()], earlier=[]) == []
    assert paper_faults([order("filled")], [line()], earlier=[]) == []


def test_a_ledger_that_is_gone_may_have_known_what_no_order_has():
    assert paper_faults([], [line()], whole=False) == []
    assert paper_faults([], [line(), line()], whole=False) != []


def entry(**more: object) -> dict:
    return {
        **{"account": "VA17773001", "side": "buy", "quantity": "2", "symbol": "AAPL"},
        **{"decision": "accepted", "reason": "", "order_id": "228175"},
    } | more


def taken(status: str = "submitted", order_id: str | None = "228175") -> dict:
    return order(status, [execution(status, sub_account="xxxx3001", broker_order_id=order_id)], brokerage="Tradier")


@pytest.mark.parametrize(
    ("ordered", "entries"),
    [
        (taken(), [entry()]),
        (taken(), [entry(), entry(account="VA17773002", order_id="228176")]),
        (taken(order_id=None), [entry()]),
        (taken("in_doubt", None), []),
        (order("denied", [], brokerage="Tradier"), [entry(decision="rejected")]),
        (order("filled"), []),
    ],
)
def test_a_stand_in_that_agrees_passes(ordered, entries):
    assert standin_faults([ordered], entries) == []


@pytest.mark.parametrize(
    ("ordered", "entries", "why"),
    [
        (taken(), [entry(), entry(order_id="228176")], "placed 2 times, 1 child orders may have been sent"),
        (order("denied", [], brokerage="Tradier"), [entry()], "placed 1 times, 0 child orders"),
        (order("submitted", [], brokerage="Tradier", dry_run=True), [entry()], "placed 1 times, 0 child orders"),
        (taken(), [], "the broker has no such order"),
        (taken(), [entry(decision="rejected")], "the broker has no such order"),
        (taken(), [entry(order_id="1")], "the broker has no such order"),
        (taken(order_id=None), [], "the broker has no such order"),
        (taken(), [entry(symbol="MSFT")], "the broker has no such order"),
        (taken(), [entry(quantity="3")], "the broker has no such order"),
        (taken(), [entry(account="VA17773002")], "the broker has no such order"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_stand_in_that_does_not_agree_is_told(ordered, entries, why):
    found = standin_faults([ordered], entries)
    assert any(why in fault for fault in found), found


def test_what_a_stand_in_took_while_the_orders_were_read_is_no_fault():
    pending = order("pending", [], brokerage="Tradier")
    assert standin_faults([pending], [entry()], earlier=[]) == []
    assert standin_faults([taken()], [entry()], earlier=[]) == []
