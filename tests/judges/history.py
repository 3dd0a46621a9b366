"""Our side: what a main server answered, shows and tells in its event log, held against itself and against design.md.

Orders are as `GET /v1/orders` shows them, events as `GET /v1/events` does, oldest first.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

# design.md, "The life of an order": what each kind of actor may make of a child order. A worker gives its word (a report)
# and asks for permits; the main server refuses, expires, doubts and takes back; a person cancels and resolves.
_OUTCOMES = ("submitted", "filled", "rejected", "closed", "mixed", "dry_run", "denied", "in_doubt")
_RESOLVED = ("submitted", "filled", "rejected", "mixed", "denied")
_ALLOWED = {
    "worker": {
        "pending": ("executing",),
        "executing": _OUTCOMES,
        "submitted": ("filled", "rejected", "closed", "mixed"),
        "in_doubt": tuple(to for to in _OUTCOMES if to != "in_doubt"),
    },
    "system": {
        "pending": ("denied", "expired"),
        "executing": ("in_doubt", "pending"),
        "in_doubt": _RESOLVED,
    },
    "person": {"pending": ("canceled",), "in_doubt": _RESOLVED},
}
_FINAL = ("filled", "rejected", "closed", "mixed", "dry_run", "denied", "canceled", "expired")
# A broker's late word corrects what was final, and a report tells of what was never permitted: both raise an alarm.
_WITH_ALARM = {"pending": _OUTCOMES} | dict.fromkeys(_FINAL, ("submitted", "filled", "rejected", "closed", "mixed"))
_STATUSES = {"pending", "executing", *_OUTCOMES, *_FINAL}

# What an order is, from its first answer on.
ASKED = ("client_order_id", "group", "accounts", "side", "quantity", "symbols", "dry_run")
KEPT = ("id", *ASKED, "created_at", "deadline", "retry_of")
KEPT_OF_CHILD = ("id", "order_id", "group", "account", "brokerage", "symbol")
# What main may be late by on a machine that has much to do.
SLACK = timedelta(seconds=30)


@dataclass
class Answered:
    """An order as a 2xx answer had it, and what was asked."""

    order: dict
    asked: dict


@dataclass
class History:
    """What one ledger went through, up to `read_at`. Of the events, `known` were read before the orders were."""

    orders: list[dict]
    events: list[dict]
    read_at: datetime
    answered: list[Answered] = field(default_factory=list)
    run_bound: timedelta = timedelta(seconds=300)
    known: int | None = None


def history_faults(history: History) -> list[str]:
    orders = {order["id"]: order for order in history.orders}
    found = _sequence_faults(history.events) + _listing_faults(history.orders)
    for answered in history.answered:
        found += _answer_faults(answered, orders.get(answered.order["id"]))
    return found + _life_faults(history, orders)


def _sequence_faults(events: list[dict]) -> list[str]:
    found = []
    expected = 1
    for event in events:
        number = event["sequence"]
        if number < expected:
            found.append(f"event {number} is told again")
        elif number > expected:
            found.append(f"events {expected} to {number - 1} are missing")
        expected = max(expected, number + 1)
    return found


def _listing_faults(orders: list[dict]) -> list[str]:
    found = []
    for what, ids in {
        "order": [order["id"] for order in orders],
        "client_order_id": [order["client_order_id"] for order in orders],
        "child order": [child["id"] for order in orders for child in order["child_orders"]],
    }.items():
        found += [f"{what} {name} is listed {times} times" for name, times in Counter(ids).items() if times > 1]
    return found


def _answer_faults(answered: Answered, kept: dict | None) -> list[str]:
    first = answered.order
    who = f"order {first['id']} ({first['client_order_id']})"
    found = [f"{who}: asked was {name} {asked}, the answer has {has}" for name, asked, has in _unlike_asked(answered)]
    if kept is None:
        return [*found, f"{who}: it was answered and is lost"]
    found += [f"{who}: {name} was {first[name]} and is {kept[name]}" for name in KEPT if first[name] != kept[name]]
    was, now = ([[child[name] for name in KEPT_OF_CHILD] for child in order["child_orders"]] for order in (first, kept))
    if was != now:
        found.append(f"{who}: its child orders were {was} and are {now}")
    return found


def _unlike_asked(answered: Answered) -> list[tuple[str, object, object]]:
    found = []
    for name in ASKED:
        asked, has = answered.asked.get(name), answered.order[name]
        if asked is not None and _plain(name, asked) != _plain(name, has):
            found.append((name, asked, has))
    return found


def _plain(name: str, value: object) -> object:
    """The same value always in the same words."""
    if name == "quantity":
        return Decimal(value)
    return [symbol.upper() for symbol in value] if name == "symbols" else value


def _life_faults(history: History, orders: dict[str, dict]) -> list[str]:
    children = {child["id"]: (order, child) for order in history.orders for child in order["child_orders"]}
    begun = Counter(event["order_id"] for event in history.events if event["type"] in ("order_accepted", "order_retried"))
    found = [f"order {name}: the log tells {begun[name]} times that it was accepted" for name in orders if begun[name] != 1]
    told = defaultdict(list)
    for position, event in enumerate(history.events):
        if event["child_order_id"] is not None:
            told[event["child_order_id"]].append((position, event))
    found += [f"child order {name}: the log tells of it, and no order has it" for name in told if name not in children]
    for name, (order, child) in children.items():
        faults = _child_faults(history, order, child, told[name])
        found += [f"child order {name} ({child['status']}): {fault}" for fault in faults]
    return found


def _child_faults(history: History, order: dict, child: dict, told: list[tuple[int, dict]]) -> list[str]:
    found = []
    known = len(history.events) if history.known is None else history.known
    status, since = "pending", _time(order["created_at"])
    shown = {status}  # what it may have been when the orders were read
    alarms = {position for position, event in told if event["type"] == "alarm"}
    for position, event in told:
        to = event["type"].removeprefix("child_order_")
        if to == event["type"] or to not in _STATUSES:
            continue
        at = _time(event["at"])
        found += _step_faults(status, to, event, position + 1 in alarms)
        found += _time_faults(history, order, status, since, to, at)
        status, since = to, at
        shown = {status} if position < known else shown | {status}
    if child["status"] not in shown:
        found.append(f"the log leads to {status}")
    return found + _overdue(history, order, child["status"], since)


def _step_faults(before: str, to: str, event: dict, alarmed: bool) -> list[str]:
    where = f"event {event['sequence']}"
    kind = event["actor"]["kind"]
    actor = kind if kind in _ALLOWED else "person"
    if to in _ALLOWED[actor].get(before, ()):
        return [f"{where}: {before} to {to} is no alarm"] if alarmed else []
    if actor == "worker" and to in _WITH_ALARM.get(before, ()) and to != before:
        return [] if alarmed else [f"{where}: {before} to {to} without an alarm"]
    return [f"{where}: {before} to {to} by {kind} is in no table"]


def _time_faults(history: History, order: dict, before: str, since: datetime, to: str, at: datetime) -> list[str]:
    deadline = _time(order["deadline"])
    if to == "executing" and at > deadline:
        return [f"permitted at {at}, after its deadline {deadline}"]
    if to == "expired" and at < deadline:
        return [f"expired at {at}, before its deadline {deadline}"]
    if before == "executing" and at - since > history.run_bound + SLACK:
        return [f"its run took {at - since}, its bound is {history.run_bound}"]
    return []


def _overdue(history: History, order: dict, status: str, since: datetime) -> list[str]:
    if status == "pending" and history.read_at > _time(order["deadline"]) + SLACK:
        return [f"it waits since {since}, its deadline was {order['deadline']}"]
    if status == "executing" and history.read_at > since + history.run_bound + SLACK:
        return [f"it runs since {since}, its bound is {history.run_bound}"]
    return []


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
