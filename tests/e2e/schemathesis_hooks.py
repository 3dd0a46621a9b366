"""What the API document cannot say of a request, and what a run needs so that its orders are placed.

Only requests that are meant to be right are mended; those that are meant to be wrong are sent as they are.
"""

import re

import schemathesis
from requests.structures import CaseInsensitiveDict

NAMES = {"group": "family", "accounts": ["family/mom", "club/kid"]}
KEY, KEY_HEADER = "client_order_id", "Idempotency-Key"


@schemathesis.hook
def filter_case(_context, case):
    """An empty value counts as none, so it is no wrong one."""
    return is_right(case) or not any(is_empty(value) for part in (case.query, case.headers) for value in (part or {}).values())


@schemathesis.hook
def map_case(_context, case):
    if not is_right(case):
        return case
    # Copies: in the phase `coverage` wrong cases are made of parts of right ones.
    case.query, case.headers = dict(case.query or {}), CaseInsensitiveDict(case.headers or {})
    case.query.pop("cursor", None)  # only what a list gave is one
    if case.headers.get("If-Match") == "0" or "If-None-Match" in case.headers:
        case.headers.pop("If-Match", None)  # 0: how a pattern with quotes comes out in the phase `coverage`
    if case.path.endswith("/drain"):
        case.path_parameters = {"worker": "nobody"}  # a drained worker takes no more orders
    if isinstance(case.body, dict):
        case.body = dict(case.body)
        mend(case.body, case)
    return case


def is_empty(value) -> bool:
    return value in ("", None) or (isinstance(value, list | dict) and all(map(is_empty, value)))


def is_right(case) -> bool:
    return case.meta is None or case.meta.generation.mode.is_positive


def mend(body: dict, case) -> None:
    for name in NAMES.keys() & body.keys():
        if body[name]:
            body[name] = NAMES[name]
    if case.path in ("/v1/orders", "/v1/orders/{id}/retry"):  # in the body or in the header, and the same if in both
        key = case.headers.pop(KEY_HEADER, None)
        if body.get(KEY) in (None, "0"):  # 0: what the phase `coverage` always takes
            body[KEY] = key or case.id
    if "quantity" in body:
        if not body["quantity"].strip("0."):
            body["quantity"] = "1"
        body.pop("limit_price", None)  # there are no limit orders yet
        if "deadline" in body:
            body.pop("deadline_seconds", None)
            body["deadline"] = re.sub(r"^\d{4}-\d\d-\d\d", "2099-12-31", body["deadline"])
