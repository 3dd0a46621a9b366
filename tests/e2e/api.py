"""REST v1 as the tests speak it, and the placement ledger that they judge by."""

import itertools
import json
import os
import re
from collections import Counter
from pathlib import Path

import httpx

from .contract import hold
from .waiting import PATIENCE

_numbers = itertools.count(1)
WAIT_SECONDS = 30
DONE = ("settled", "failed", "attention")
_ORDERING = re.compile(r"/v1/orders(/[^/]+/retry)?")


def new_client_order_id() -> str:
    return f"e2e-{os.getpid()}-{next(_numbers)}"


def order_body(group: str, /, **more: object) -> dict:
    """A complete order; a value of None leaves the field out."""
    body = {
        "client_order_id": new_client_order_id(),
        "group": group,
        "side": "buy",
        "quantity": "1",
        "symbols": ["AAPL"],
    } | more
    return {key: value for key, value in body.items() if value is not None}


class Api:
    """A client with the administrator's token. Methods without `expect` in their name return the raw response.

    Every answer is held to the API document. `answered` is for the judges: each order as a 2xx answer to its request had it,
    beside that request.
    """

    def __init__(self, address: str, token: str):
        self.address = address
        self.token = token
        self.answered: list[tuple[dict, dict]] = []
        self.client = httpx.Client(
            base_url=f"http://{address}",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=WAIT_SECONDS + PATIENCE,
            trust_env=False,
            event_hooks={"response": [hold, self._remember]},
        )

    def close(self) -> None:
        self.client.close()

    def get(self, path: str, **params: object) -> httpx.Response:
        return self.client.get(path, params=params or None)  # {} would cut the query off the path

    def put_group(self, group: str) -> None:
        answer = self.client.put(f"/v1/groups/{group}", json={})
        assert answer.status_code in (200, 201), answer.text

    def put_account(self, group: str, account: str, brokerage: str, **credentials: str) -> httpx.Response:
        body = {"brokerage": brokerage, "credentials": credentials}
        return self.client.put(f"/v1/groups/{group}/accounts/{account}", json=body)

    def paper_group(self, group: str, **accounts: dict[str, str]) -> None:
        """Registers a group with a paper account for each name, with these credentials."""
        self.put_group(group)
        for account, credentials in accounts.items():
            answer = self.put_account(group, account, "Paper", **credentials)
            assert answer.status_code in (200, 201), answer.text

    def tradier_group(self, group: str, token: str) -> None:
        self.put_group(group)
        answer = self.put_account(group, "main", "Tradier", ACCESS_TOKEN=token)
        assert answer.status_code in (200, 201), answer.text

    def post_order(self, body: dict, **headers: str) -> httpx.Response:
        return self.client.post("/v1/orders", json=body, headers=headers)

    def place(self, group: str, /, **more: object) -> dict:
        """A new order, accepted: the order as first answered."""
        answer = self.post_order(order_body(group, **more))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def order(self, order_id: str) -> dict:
        answer = self.get(f"/v1/orders/{order_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def done(self, order_id: str) -> dict:
        """The order when its status is not `working` any more, by waiting requests; mostly the first one tells."""
        for _ in range(PATIENCE // WAIT_SECONDS):
            answer = self.client.get(f"/v1/orders/{order_id}", headers={"Prefer": f"wait={WAIT_SECONDS}"})
            assert answer.status_code == 200, answer.text
            order = answer.json()
            if order["status"] in DONE:
                break
        assert order["status"] in DONE, order
        return order

    def place_and_wait(self, group: str, /, **more: object) -> dict:
        return self.done(self.place(group, **more)["id"])

    def orders(self, **filters: object) -> list[dict]:
        answer = self.get("/v1/orders", **filters)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def items(self, path: str) -> list[dict]:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def _remember(self, answer: httpx.Response) -> None:
        request = answer.request
        if request.method == "POST" and answer.is_success and _ORDERING.fullmatch(request.url.path):
            self.answered.append((answer.json(), json.loads(request.content)))


def children(order: dict) -> dict[str, dict]:
    """Child orders by account; for orders of one symbol."""
    found = {child["account"]: child for child in order["child_orders"]}
    assert len(found) == len(order["child_orders"]), "more than one symbol: use child_orders"
    return found


def statuses(order: dict) -> dict[str, str]:
    return {account: child["status"] for account, child in children(order).items()}


def execution_statuses(child: dict) -> list[str]:
    return [execution["status"] for execution in child["executions"]]


def expect_problem(answer: httpx.Response, status: int, code: str | None = None, *, sent: str = "no") -> dict:
    """The answer is a problem document with every member that a client may rely on."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json", answer.headers
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["title"] and problem["detail"] and problem["request_id"]
    assert problem["sent"] == sent
    if code is not None:
        assert problem["code"] == code, problem
    return problem


def pointers(problem: dict) -> set[str]:
    return {error["pointer"] for error in problem.get("errors", [])}


def placements(data_dir: Path) -> list[dict]:
    """What the paper brokerage really placed: its append-only ledgers below `data_dir`. A torn last line is none."""
    entries = []
    for path in sorted(data_dir.rglob("placements.jsonl")):
        text = path.read_text()
        entries += [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
    return entries


def placed_children(data_dir: Path) -> Counter:
    """How many sub-accounts each child order was placed in."""
    return Counter(entry["child_order_id"] for entry in placements(data_dir))
