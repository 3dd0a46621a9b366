"""The judge of histories refuses what a main server must never have made of an order, says why, and lets pass what is right."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from judges.history import Answered, History, history_faults

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEADLINE = 900
BOUND = 300


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def order(status: str = "filled", **more: object) -> dict:
    child = {
        **{"id": "c1", "order_id": "o1", "group": "family", "account": "mom", "brokerage": "Paper", "symbol": "AAPL"},
        **{"status": status, "reason": None, "executions": []},
    }
    return {
        **{"id": "o1", "client_order_id": "k1", "group": "family", "accounts": None, "side": "buy", "quantity": "2"},
        **{"symbols": ["AAPL"], "dry_run": False, "status": "settled", "created_at": at(0), "deadline": at(DEADLINE)},
        **{"retry_of": None, "counts": {status: 1}, "child_orders": [child]},
    } | more


ASKED = {"client_order_id": "k1", "group": "family", "side": "buy", "quantity": "2.0", "symbols": ["aapl"]}
ACCEPTED = ("order_accepted", "token", 0)


def events(*told: tuple) -> list[dict]:
    """Each (type, kind of its actor, seconds after the start[, what else is different])."""
    made = []
    for number, (what, kind, seconds, *more) in enumerate(told, start=1):
        child = None if what.startswith("order_") else "c1"
        known = {"sequence": number, "at": at(seconds), "type": what, "actor": {"kind": kind, "name": "x"}}
        made.append(known | {"order_id": "o1", "child_order_id": child} | (more[0] if more else {}))
    return made


def steps(*told: tuple) -> list[dict]:
    """What the log tells of the one order: (status, kind of the actor[, seconds])."""
    types = [name if name == "alarm" else f"child_order_{name}" for name, *_ in told]
    return events(ACCEPTED, *((name, kind, *(more or (1,))) for name, (_, kind, *more) in zip(types, told, strict=True)))


PERMIT = ("executing", "worker")
WELL = steps(("offered", "system"), PERMIT, ("submitted", "worker"), ("report", "worker"), ("filled", "worker"))


def judged(orders: list, told: list, answered: tuple = (), seconds: float = 5, known: int | None = None) -> list[str]:
    read_at = START + timedelta(seconds=seconds)
    return history_faults(History(orders, told, read_at, list(answered), timedelta(seconds=BOUND), known))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("filled", WELL),
        ("pending", steps(("offered", "system"))),
        ("executing", steps(PERMIT)),
        ("filled", steps(PERMIT, ("filled", "worker"))),
        ("denied", steps(PERMIT, ("denied", "worker"))),
        ("dry_run", steps(PERMIT, ("dry_run", "worker"))),
        ("denied", steps(("denied", "system"))),
        ("canceled", steps(("canceled", "token"))),
        ("canceled", steps(("canceled", "legacy"))),
        ("expired", steps(("expired", "system", DEADLINE))),
        ("executing", steps(PERMIT, ("pending", "system"), PERMIT)),
        ("filled", steps(PERMIT, ("in_doubt", "system"), ("filled", "worker"))),
        ("denied", steps(PERMIT, ("in_doubt", "worker"), ("resolved", "token"), ("denied", "token"))),
        ("filled", steps(PERMIT, ("in_doubt", "system"), ("filled", "system"))),  # holdings
        ("filled", steps(PERMIT, ("denied", "worker"), ("filled", "worker"), ("alarm", "worker"))),
        ("in_doubt", steps(("in_doubt", "worker"), ("alarm", "worker"))),
    ],
    ids=str,
)
def test_what_is_in_the_table_passes(status, told):
    first = Answered(order("pending"), ASKED)
    assert judged([order(status)], told, [first], seconds=DEADLINE if status == "expired" else 5) == []


@pytest.mark.parametrize(
    ("status", "told", "why"),
    [
        ("filled", steps(("filled", "worker")), "pending to filled without an alarm"),
        ("in_doubt", steps(("in_doubt", "system")), "pending to in_doubt by system is in no table"),
        ("executing", steps(("executing", "system")), "pending to executing by system"),
        ("pending", steps(PERMIT, ("pending", "worker")), "executing to pending by worker"),
        ("canceled", steps(PERMIT, ("canceled", "token")), "executing to canceled by token"),
        ("denied", steps(PERMIT, ("denied", "system")), "executing to denied by system"),
        ("pending", steps(PERMIT, ("in_doubt", "system"), ("pending", "system")), "in_doubt to pending by system"),
        ("executing", steps(PERMIT, ("in_doubt", "system"), PERMIT), "in_doubt to executing by worker"),
        ("closed", steps(PERMIT, ("in_doubt", "system"), ("closed", "token")), "in_doubt to closed by token"),
        ("executing", steps(PERMIT, PERMIT), "executing to executing by worker"),
        ("filled", steps(PERMIT, ("filled", "worker"), ("filled", "worker")), "filled to filled by worker"),
        ("submitted", steps(PERMIT, ("filled", "worker"), ("submitted", "worker")), "filled to submitted without an alarm"),
        ("denied", steps(PERMIT, ("filled", "worker"), ("denied", "worker")), "filled to denied by worker"),
        ("denied", steps(PERMIT, ("filled", "worker"), ("denied", "token")), "filled to denied by token"),
        ("executing", steps(("expired", "system", DEADLINE), ("executing", "worker", DEADLINE)), "expired to executing"),
        ("filled", steps(PERMIT, ("filled", "worker"), ("alarm", "worker")), "executing to filled is no alarm"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_forbidden_transition_is_refused(status, told, why):
    found = judged([order(status)], told, seconds=DEADLINE if "expired" in why else 5)
    assert any(why in fault for fault in found), found


def changed(of: list[dict], change) -> list[dict]:
    made = copy.deepcopy(of)
    change(made)
    return made


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda told: told.pop(2), "events 3 to 3 are missing"),
        (lambda told: told.pop(0), "events 1 to 1 are missing"),
        (lambda told: told.insert(3, told[2]), "event 3 is told again"),
        (lambda told: told.append(told[0] | {"sequence": 7}), "the log tells 2 times that it was accepted"),
        (lambda told: told[0].update(type="order_canceled"), "the log tells 0 times that it was accepted"),
        (lambda told: told[2].update(child_order_id="c9"), "child order c9: the log tells of it, and no order has it"),
        (lambda told: told.pop(), "the log leads to submitted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_log_with_a_hole_or_a_double_is_refused(change, why):
    found = judged([order()], changed(WELL, change))
    assert any(why in fault for fault in found), found


OTHER_CHILD = [order()["child_orders"][0] | {"id": "c2"}]


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ([], "it was answered and is lost"),
        ([order(quantity="3")], "quantity was 2 and is 3"),
        ([order(side="sell")], "side was buy and is sell"),
        ([order(symbols=["MSFT"])], "symbols was ['AAPL'] and is ['MSFT']"),
        ([order(client_order_id="k2")], "client_order_id was k1 and is k2"),
        ([order(deadline=at(1))], "deadline was"),
        ([order(child_orders=[])], "its child orders were"),
        ([order(child_orders=OTHER_CHILD)], "its child orders were"),
        ([order(), order()], "order o1 is listed 2 times"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_order_that_is_lost_or_changed_is_told(kept, why):
    found = judged(kept, WELL, [Answered(order("pending"), ASKED)])
    assert any(why in fault for fault in found), found


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (ASKED | {"quantity": "3"}, "asked was quantity 3, the answer has 2"),
        (ASKED | {"side": "sell"}, "asked was side sell"),
        (ASKED | {"group": "club"}, "asked was group club"),
        (ASKED | {"dry_run": True}, "asked was dry_run True"),
    ],
)
def test_an_answer_to_something_else_is_told(asked, why):
    found = judged([order()], WELL, [Answered(order("pending"), asked)])
    assert any(why in fault for fault in found), found


@pytest.mark.parametrize(
    ("status", "told", "seconds", "why"),
    [
        ("executing", steps(("executing", "worker", DEADLINE + 1)), DEADLINE + 2, "after its deadline"),
        ("expired", steps(("expired", "system", DEADLINE - 1)), DEADLINE, "before its deadline"),
        ("pending", steps(), DEADLINE + 31, "it waits since"),
        ("executing", steps(PERMIT), BOUND + 32, "it runs since"),
        ("in_doubt", steps(PERMIT, ("in_doubt", "system", BOUND + 32)), BOUND + 33, "its run took"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_too_late_or_too_early_is_told(status, told, seconds, why):
    found = judged([order(status)], told, seconds=seconds)
    assert len(found) == 1 and why in found[0], found


def test_what_is_on_time_passes():
    assert judged([order("pending")], steps(), seconds=DEADLINE + 29) == []
    assert judged([order("executing")], steps(PERMIT), seconds=BOUND + 30) == []
    assert judged([order("submitted")], steps(PERMIT, ("submitted", "worker")), seconds=10 * DEADLINE) == []


def test_what_goes_on_while_the_orders_are_read_is_no_fault():
    for status in ("executing", "submitted", "filled"):
        assert judged([order(status)], WELL, known=3) == []
    assert judged([order("pending")], WELL, known=3) != []
