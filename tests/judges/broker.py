"""The broker's side: what a main server says of its orders, held against the ledgers of the brokerages.

Orders are as `GET /v1/orders` shows them, placements are lines of `placements.jsonl`
(src/executors/paper/README.md), entries are lines of a stand-in's `ledger.jsonl` (tests/standin/README.md).
"""

from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal

# Nothing of these reached a broker, not even to be refused there.
NEVER_SENT = ("pending", "denied", "canceled", "expired", "dry_run")
# The broker has these.
TAKEN = ("submitted", "filled", "closed")
# Every sub-account has answered: what the broker took besides is a second start.
ANSWERED = ("submitted", "filled", "rejected", "closed", "mixed")


def paper_faults(
    orders: list[dict], placements: list[dict], *, earlier: list[dict] | None = None, whole: bool = True
) -> list[str]:
    """`placements` were read after the orders, `earlier` before them (none given: nothing ran in between). `whole`: these
    are the orders of every main server that used these brokerages."""
    now, before = _by_child(placements), _by_child(placements if earlier is None else earlier)
    found = _repeated(placements)
    known = set()
    for order in orders:
        for child in order["child_orders"]:
            known.add(child["id"])
            if child["brokerage"] == "Paper":
                found += _child_faults(order, child, now[child["id"]], before[child["id"]])
    if whole:
        found += [f"{_told(line)}: no order has this child order" for line in placements if line["child_order_id"] not in known]
    return found


def standin_faults(
    orders: list[dict], entries: list[dict], *, earlier: list[dict] | None = None, brokerage: str = "Tradier"
) -> list[str]:
    """A stand-in knows none of our ids: what it took is counted, and found again by what it is and by its own id."""
    found = []
    may_place = Counter()
    for order in orders:
        for child in order["child_orders"]:
            if child["brokerage"] != brokerage:
                continue
            if child["status"] not in NEVER_SENT and not order["dry_run"]:
                may_place[_what(child["symbol"], order["side"], order["quantity"])] += 1
            found += _claim_faults(order, child, _accepted(entries))
    placed = Counter((entry["account"], _of_entry(entry)) for entry in _accepted(entries if earlier is None else earlier))
    for (account, what), times in placed.items():
        if times > may_place[what]:
            shown = f"{what[1]} {what[2]} {what[0]} in {account[-4:]}"
            found.append(f"{shown}: placed {times} times, {may_place[what]} child orders may have been sent")
    return found


def _by_child(placements: list[dict]) -> dict[str, list[dict]]:
    lines = defaultdict(list)
    for line in placements:
        lines[line["child_order_id"]].append(line)
    return lines


def _repeated(placements: list[dict]) -> list[str]:
    """More than one decision; and a second start that a brokerage which dedupes did not let through."""
    found = []
    decided = Counter()
    for line in placements:
        key = line["child_order_id"], line["group"], line["account"], line["sub_account"]
        decided[key] += 1
        if line["decision"] == "duplicate":
            found.append(f"{_told(line)}: asked for a second time")
        elif decided[key] > 1:
            found.append(f"{_told(line)}: placed twice")
    return found


def _child_faults(order: dict, child: dict, lines: list[dict], before: list[dict]) -> list[str]:
    who = f"child order {child['id']} ({child['group']}/{child['account']}, {child['status']})"
    found = [fault for line in lines for fault in _line_faults(order, child, line)]
    if order["dry_run"] and lines:
        found.append(f"{who}: a dry run reached the broker")
    if child["status"] in NEVER_SENT and before:
        found.append(f"{who}: it was never sent, and reached the broker")
    accepted = {line["sub_account"]: line for line in lines if line["decision"] == "accepted"}
    rejected = {line["sub_account"]: line for line in lines if line["decision"] == "rejected"}
    if child["status"] in TAKEN and not accepted:
        found.append(f"{who}: the broker has no such placement")
    if child["status"] == "rejected" and (accepted or not rejected):
        found.append(f"{who}: the broker {'took' if accepted else 'never saw'} it")
    for execution in child["executions"]:
        found += [f"{who}: {fault}" for fault in _execution_faults(execution, accepted, rejected)]
    if child["status"] in ANSWERED and child["executions"]:
        silent = sorted(accepted.keys() - {execution["sub_account"] for execution in child["executions"]})
        found += [f"{who}: placed in {name}, and no execution report says so" for name in silent]
    return found


def _line_faults(order: dict, child: dict, line: dict) -> list[str]:
    wanted = {
        "group": child["group"],
        "account": child["account"],
        "symbol": child["symbol"],
        "side": order["side"],
        "quantity": Decimal(order["quantity"]),
    }
    placed = {name: line[name] for name in wanted} | {"quantity": Decimal(line["quantity"])}
    wrong = [name for name in wanted if placed[name] != wanted[name]]
    return [f"{_told(line)}: the {name} is {placed[name]}, ordered was {wanted[name]}" for name in wrong]


def _execution_faults(execution: dict, accepted: dict[str, dict], rejected: dict[str, dict]) -> list[str]:
    name, status = execution["sub_account"], execution["status"]
    line = accepted.get(name)
    if status in TAKEN:
        if line is None:
            return [f"{name} is {status}, and the broker has no such placement"]
        found = _difference(execution, line)
        if status == "filled" and _time(line["fills_at"]) > _time(execution["at"]):
            found.append(f"{name} was told filled at {execution['at']}, and the broker fills it at {line['fills_at']}")
        return found
    if status == "rejected" and (line or name not in rejected):
        return [f"{name} is rejected, and the broker {'took' if line else 'never saw'} it"]
    if status in ("not_sent", "dry_run") and (line or name in rejected):
        return [f"{name} is {status}, and it reached the broker"]
    return []


def _difference(execution: dict, line: dict) -> list[str]:
    found = []
    for field in ("broker_order_id", "quantity", "price"):
        told, placed = execution[field], line[field]
        if told is None:
            continue
        same = told == placed if field == "broker_order_id" else Decimal(told) == Decimal(placed)
        if not same:
            found.append(f"{execution['sub_account']}: the {field} is {told}, at the broker {placed}")
    return found


def _claim_faults(order: dict, child: dict, accepted: list[dict]) -> list[str]:
    what = _what(child["symbol"], order["side"], order["quantity"])
    found = []
    for execution in child["executions"]:
        same = [
            entry
            for entry in accepted
            if _of_entry(entry) == what
            and entry["account"][-4:] == execution["sub_account"][-4:]
            and execution["broker_order_id"] in (None, entry["order_id"])
        ]
        if execution["status"] in TAKEN and not same:
            name = f"child order {child['id']} ({child['group']}/{child['account']}, {child['status']})"
            found.append(f"{name}: {execution['sub_account']} is {execution['status']}, and the broker has no such order")
    return found


def _accepted(entries: list[dict]) -> list[dict]:
    return [entry for entry in entries if entry["decision"] == "accepted"]


def _of_entry(entry: dict) -> tuple[str, str, Decimal]:
    return _what(entry["symbol"], entry["side"], entry["quantity"])


def _what(symbol: str, side: str, quantity: str) -> tuple[str, str, Decimal]:
    return symbol, side, Decimal(quantity)


def _told(line: dict) -> str:
    return f"placement of {line['child_order_id']} in {line['group']}/{line['account']} {line['sub_account']}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
