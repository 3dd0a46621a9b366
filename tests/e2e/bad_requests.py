"""Requests that no server may take, each with the answer that it gets: a table, and how one is sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

MIB = 1024 * 1024
JSON = "application/json"
NOBODY = "00000000-0000-7000-8000-000000000000"
ACCOUNT = "/v1/groups/family/accounts/new"


@dataclass(frozen=True)
class BadRequest:
    """`code` is empty where any will do; `pointers` are the fields that the answer must name.

    `{order}` and `{child}` in the target are those of an order that is over.
    """

    name: str
    method: str
    target: str
    status: int
    code: str
    pointers: frozenset[str] = frozenset()
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.method} {self.target[:60]}: {self.name}"


def bad(method: str, target: str, name: object, status: int, code: str, *pointers: str, body: object = None, **more: str):
    """`body`: bytes as they are, anything else as JSON. `more`: headers, with _ for -."""
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": JSON} if content is not None else {}
    headers |= {key.replace("_", "-"): value for key, value in more.items()}
    return BadRequest(repr(name)[:50], method, target, status, code, frozenset(pointers), content, headers)


def order(**more: object) -> dict:
    body = {"client_order_id": "never", "group": "family", "side": "buy", "quantity": "1", "symbols": ["AAPL"]} | more
    return {key: value for key, value in body.items() if value is not ...}


# What is no JSON object, and what it is called.
NOT_JSON = [
    (b"", "bad_json"),
    (b"{", "bad_json"),
    (b"nope", "bad_json"),
    (b"{} {}", "bad_json"),
    (b"{'side':'buy'}", "bad_json"),
    (b'{"side":"buy",}', "bad_json"),
    (b'{"side":"buy" /* sure */}', "bad_json"),
    (b'{side:"buy"}', "bad_json"),
    (b'{"side":\xff}', "bad_json"),
    (b'{"side":"\xc3\x28"}', "bad_json"),
    (b'{"side":"\xed\xa0\x80"}', "bad_json"),
    (b'{"side":"\xc0\xaf"}', "bad_json"),
    (b'{"side":"a\x00b"}', "bad_json"),
    (b'{"side":"a\nb"}', "bad_json"),
    (b'{"side":"\\ud800"}', "bad_json"),
    (b'{"side":"\\udc00\\ud800"}', "bad_json"),
    (b'{"side":"\\u12"}', "bad_json"),
    (b'{"side":"\\x41"}', "bad_json"),
    (b"\xef\xbb\xbf{}", "bad_json"),
    ('{"side":"buy"}'.encode("utf-16"), "bad_json"),
    (b'{"quantity":NaN}', "bad_json"),
    (b'{"quantity":Infinity}', "bad_json"),
    (b'{"quantity":-}', "bad_json"),
    (b'{"quantity":01}', "bad_json"),
    (b'{"quantity":0x1}', "bad_json"),
    (b'{"quantity":1.}', "bad_json"),
    (b'{"a":' * 33 + b"1" + b"}" * 33, "bad_json"),
    (b"[" * 100_000, "bad_json"),
    (b'{"a":' * 50_000, "bad_json"),
    (b"null", "not_an_object"),
    (b"[]", "not_an_object"),
    (b'"x"', "not_an_object"),
    (b"12", "not_an_object"),
    (b'{"side":"buy","side":"buy"}', "duplicate_key"),
    (b'{"side":"buy","s\\u0069de":"sell"}', "duplicate_key"),
    (b'{"limits":{"a":1,"a":2}}', "duplicate_key"),
]

# Field of an order, values that it cannot have, status, code of the field.
ORDER_VALUES = [
    ("side", (1, None, ["buy"], {}, True), 400),
    ("side", ("", "BUY ", "purchase", "hold"), 422),
    ("quantity", (1, 1.5, True, [], {}, None), 400),
    ("quantity", ("", "0", "-1", "+1", " 1", "1 ", "1e3", "nan", "inf", "0x1", "1,0", ".5", "1."), 422),
    ("quantity", ("0.0000000001", "1" * 19, "9" * 40, "9" * 400, "１", "1\u0000", "١"), 422),
    ("symbols", ("AAPL", [1], [None], [["AAPL"]], None, {}), 400),
    ("symbols", ([], [""], ["A APL"], ["AAPL;rm"], ["-A"], ["A" * 17], ["AÄ"], ["$(id)"], ["../A"], ["AA\u202ePL"]), 422),
    ("symbols", (["AAPL", "aapl"], [f"S{n}" for n in range(51)]), 422),
    ("group", (1, [], {}), 400),
    ("group", ("", " family", "fam/ily", "a" * 65, "a\nb", "fämily", "family\u0000"), 422),
    ("client_order_id", (1, None, {}), 400),
    ("client_order_id", ("", "a b", "a" * 65, "ä", "a\n", "a\u007f"), 422),
    ("dry_run", ("true", 1, None, []), 400),
    ("deadline_seconds", ("10", 1.5, None), 400),
    ("deadline_seconds", (0, -1, 10**12), 422),
    ("deadline", (1, None), 400),
    ("deadline", ("tomorrow", "2020-01-01T00:00:00", "2020-13-01T00:00:00Z", "9" * 40, ""), 422),
    ("type", (1,), 400),
    ("type", ("limit", "stop"), 422),
    ("limit_price", (1,), 400),
    ("time_in_force", (1,), 400),
    ("time_in_force", ("gtc",), 422),
    ("override", ("dance", [1]), 400),
    ("override", (["everything"],), 422),
    ("accounts", ("family/mom", [1]), 400),
]


def bad_json() -> Iterator[BadRequest]:
    for body, code in NOT_JSON:
        yield bad("POST", "/v1/orders", body[:40], 400, code, body=body)
    for method, target in OTHER_BODIES:
        for body, code in NOT_JSON[1:3] + [NOT_JSON[9], NOT_JSON[14]] + NOT_JSON[-7:-2:3]:
            yield bad(method, target, body[:40], 400, code, body=body)


OTHER_BODIES = [
    ("POST", "/v1/orders/preview"),
    ("POST", "/v1/orders/{order}/retry"),
    ("POST", "/v1/child_orders/{child}/resolve"),
    ("PUT", "/v1/groups/new"),
    ("PUT", ACCOUNT),
    ("PATCH", "/v1/groups/family/accounts/mom"),
    ("POST", "/v1/groups/family/accounts/mom/check"),
    ("POST", "/v1/holdings/refresh"),
    ("POST", "/v1/workers/nobody/drain"),
    ("POST", "/v1/tokens"),
]


def bad_orders() -> Iterator[BadRequest]:
    for name, values, status in ORDER_VALUES:
        for value in values:
            more = {"accounts": ...} if name == "group" else {"group": ...} if name == "accounts" else {}
            body = order(**more, **{name: value})
            yield bad("POST", "/v1/orders", {name: value}, status, "", f"/{name}", body=body)
    for path in ("/v1/orders", "/v1/orders/preview"):
        yield bad("POST", path, "qty", 400, "bad_request", "/quantity", "/qty", body=order(quantity=..., qty="1"))
        yield bad("POST", path, "unknown field", 400, "unknown_field", "/colour", body=order(colour="red"))
        yield bad("POST", path, "no group", 400, "required", "/group", body=order(group=...))
        yield bad("POST", path, "two", 400, "group_and_accounts", "/accounts", body=order(accounts=["family/mom"]))
        yield bad("POST", path, "all at once", 400, "bad_request", "/side", "/symbols", "/x", body=order(side="", symbols=1, x=1))
        yield bad("POST", path, "unknown group", 404, "unknown_group", body=order(group="nobody"))
        twice = order(group=..., accounts=["family/mom", "family/mom"])
        yield bad("POST", path, "an account twice", 422, "duplicate", "/accounts/1", body=twice)
        over = order(deadline="2020-01-01T00:00:00Z")
        yield bad("POST", path, "deadline over", 422, "deadline_over", body=over)
        both = order(deadline="2099-01-01T00:00:00Z", deadline_seconds=5)
        yield bad("POST", path, "two deadlines", 422, "two_deadlines", "/deadline_seconds", body=both)
    yield bad("POST", "/v1/orders", "a field of 81 bytes", 400, "unknown_field", body=order(**{"a" + "ü" * 40: 1}))
    yield bad("POST", "/v1/orders", "no key", 400, "required", "/client_order_id", body=order(client_order_id=...))
    yield bad("POST", "/v1/orders", "two keys", 400, "conflicting_client_order_id", body=order(), Idempotency_Key="another")
    yield bad("POST", "/v1/orders", "bad key", 422, "", body=order(client_order_id=...), Idempotency_Key="a b")
    yield bad("POST", "/v1/orders", "2 MiB", 413, "body_too_large", body=b" " * (2 * MIB))
    yield bad("POST", "/v1/orders", "text", 415, "unsupported_media_type", body=order(), Content_Type="text/plain")
    yield bad("POST", "/v1/orders", "form", 415, "unsupported_media_type", body=b"a=1", Content_Type="application/x-www-form-urlencoded")
    yield bad("POST", "/v1/orders", "json-ish", 415, "unsupported_media_type", body=order(), Content_Type="application/jsonp")
    yield bad("POST", "/v1/orders", "gzip", 415, "unsupported_content_coding", body=order(), Content_Encoding="gzip")
    yield bad("POST", "/v1/orders", "expect", 417, "bad_expectation", body=order(), Expect="200-ok")


def bad_changes() -> Iterator[BadRequest]:
    resolve = "/v1/child_orders/{child}/resolve"
    decision = {"outcome": "filled", "note": "seen"}
    for name, value, status in (
        ("outcome", ..., 400),
        ("outcome", 1, 400),
        ("outcome", "in_doubt", 422),
        ("note", ..., 400),
        ("note", " ", 422),
        ("note", "a\nb", 422),
        ("note", "x" * 501, 422),
        ("sure", True, 400),
    ):
        body = {key: item for key, item in (decision | {name: value}).items() if item is not ...}
        yield bad("POST", resolve, {name: value}, status, "", f"/{name}", body=body)
    yield bad("POST", resolve, "not in doubt", 409, "not_in_doubt", body=decision)
    yield bad("POST", resolve, "If-Match", 400, "bad_precondition", body=decision, If_Match="x")
    yield bad("POST", f"/v1/child_orders/{NOBODY}/resolve", "nobody", 404, "unknown_child_order", body=decision)
    yield bad("POST", "/v1/child_orders/x/resolve", "no id", 404, "", body=decision)
    yield bad("POST", "/v1/orders/{order}/cancel", "over", 409, "nothing_to_cancel", body={})
    yield bad("POST", "/v1/orders/{order}/cancel", "fields", 400, "", "/why", body={"why": 1})
    yield bad("POST", f"/v1/orders/{NOBODY}/cancel", "nobody", 404, "unknown_order")
    retry = {"client_order_id": "never"}
    yield bad("POST", "/v1/orders/{order}/retry", "nothing", 409, "nothing_to_retry", body=retry)
    yield bad("POST", "/v1/orders/{order}/retry", "no key", 400, "", "/client_order_id", body={})
    yield bad("POST", "/v1/orders/{order}/retry", "type", 400, "", "/include_rejected", body=retry | {"include_rejected": 1})
    yield bad("POST", "/v1/orders/{order}/retry", "unknown", 400, "", "/symbols", body=retry | {"symbols": ["AAPL"]})
    yield bad("POST", f"/v1/orders/{NOBODY}/retry", "nobody", 404, "unknown_order", body=retry)


def bad_registry() -> Iterator[BadRequest]:
    for name in ("%20a", "a%20", "%00", "%0a", "%C3%A4", "%FF", "a" * 65, "a%2Fb", "..%2F", "a%5Cb", "%7F", "%E2%80%AE"):
        yield bad("PUT", f"/v1/groups/{name}", name, 422, "bad_name")
        yield bad("PUT", f"/v1/groups/family/accounts/{name}", name, 422, "bad_name", body={"brokerage": "Paper"})
    yield bad("PUT", "/v1/groups/", "empty", 422, "bad_name")
    yield bad("PUT", "/v1/groups/new", "fields", 400, "", "/accounts", body={"accounts": []})
    yield bad("DELETE", "/v1/groups/family", "not empty", 409, "group_not_empty")
    yield bad("DELETE", "/v1/groups/family", "body", 400, "unexpected_body", body={})
    yield bad("PUT", "/v1/groups/nobody/accounts/a", "no group", 404, "unknown_group", body={"brokerage": "Paper"})
    for body, status, pointer in (
        ({}, 400, "/brokerage"),
        ({"brokerage": 1}, 400, "/brokerage"),
        ({"brokerage": "Nobody"}, 422, "/brokerage"),
        ({"brokerage": "paper"}, 422, "/brokerage"),
        ({"brokerage": "Paper", "enabled": "yes"}, 400, "/enabled"),
        ({"brokerage": "Paper", "credentials": []}, 400, "/credentials"),
        ({"brokerage": "Paper", "credentials": {"CASH": 1}}, 400, "/credentials/CASH"),
        ({"brokerage": "Paper", "credentials": {"FAULT": "sometimes"}}, 422, "/credentials/FAULT"),
        ({"brokerage": "Paper", "colour": "red"}, 400, "/colour"),
        ({"brokerage": "Tradier"}, 422, "/credentials/ACCESS_TOKEN"),
        ({"brokerage": "Tradier", "credentials": {"ACCESS_TOKEN": "a,b"}}, 422, "/credentials/ACCESS_TOKEN"),
        ({"brokerage": "Tradier", "credentials": {"ACCESS_TOKEN": "a", "PIN": "1"}}, 422, "/credentials/PIN"),
        ({"brokerage": "Tradier", "credentials": {"ACCESS_TOKEN": "x" * 100_000}}, 422, "/credentials/ACCESS_TOKEN"),
    ):
        yield bad("PUT", ACCOUNT, body, status, "", pointer, body=body)
    yield bad("PUT", ACCOUNT, "2 MiB", 413, "body_too_large", body=b"x" * (2 * MIB))
    mom = "/v1/groups/family/accounts/mom"
    yield bad("PUT", mom, "If-None-Match", 412, "", body={"brokerage": "Paper"}, If_None_Match="*")
    yield bad("PUT", mom, "If-Match", 412, "", body={"brokerage": "Paper"}, If_Match='"999"')
    for body, pointer in (({}, "/enabled"), ({"enabled": None}, "/enabled"), ({"enabled": True, "limits": {}}, "/limits")):
        yield bad("PATCH", mom, body, 400, "", pointer, body=body)
    yield bad("PATCH", mom, "If-Match", 412, "", body={"enabled": False}, If_Match='"999"')
    yield bad("DELETE", mom, "If-Match", 412, "", If_Match='"999"')
    yield bad("DELETE", ACCOUNT, "nobody", 404, "unknown_account")


def bad_work() -> Iterator[BadRequest]:
    """What workers are asked to do: say what is held, log in, be drained."""
    refresh = "/v1/holdings/refresh"
    for body, status, pointer in (
        ({}, 400, "/group"),
        ({"group": 1}, 400, "/group"),
        ({"group": "a/b"}, 422, "/group"),
        ({"group": "nobody"}, 404, "/group"),
        ({"group": "family", "accounts": ["family/mom"]}, 400, "/accounts"),
        ({"account": "family/mom"}, 400, "/account"),
        ({"accounts": "family/mom"}, 400, "/accounts"),
        ({"accounts": []}, 422, "/accounts"),
        ({"accounts": ["mom"]}, 422, "/accounts/0"),
        ({"accounts": [1]}, 400, "/accounts"),
        ({"accounts": ["family/mom", "family/mom"]}, 422, "/accounts/1"),
        ({"accounts": ["family/nobody"]}, 404, "/accounts/0"),
        ({"accounts": ["family/mom"] * 501}, 422, "/accounts"),
    ):
        yield bad("POST", refresh, body, status, "", pointer, body=body)
    check = "/v1/groups/family/accounts/mom/check"
    yield bad("POST", check, "fields", 400, "", "/now", body={"now": True})
    yield bad("POST", f"{check}?now=1", "query", 400, "bad_query", "?now")
    yield bad("POST", "/v1/groups/family/accounts/nobody/check", "nobody", 404, "unknown_account")
    yield bad("POST", "/v1/groups/nobody/accounts/mom/check", "no group", 404, "")
    yield bad("POST", "/v1/workers/nobody/drain", "nobody", 404, "unknown_worker")
    yield bad("POST", "/v1/workers/a%2Fb/drain", "no name", 404, "unknown_worker")
    yield bad("POST", "/v1/workers/nobody/drain", "fields", 400, "", "/now", body={"now": True})
    yield bad("POST", "/v1/workers/nobody/drain?now=1", "query", 400, "bad_query", "?now")


def bad_tokens() -> Iterator[BadRequest]:
    good = {"name": "new", "scopes": ["orders:read"]}
    for change, status, pointer in (
        ({"name": ...}, 400, "/name"),
        ({"name": ""}, 422, "/name"),
        ({"name": "a/b"}, 422, "/name"),
        ({"name": "a" * 65}, 422, "/name"),
        ({"scopes": ...}, 400, "/scopes"),
        ({"scopes": "admin"}, 400, "/scopes"),
        ({"scopes": []}, 422, "/scopes"),
        ({"scopes": ["everything"]}, 422, "/scopes/0"),
        ({"scopes": [1]}, 400, "/scopes"),
        ({"groups": []}, 422, "/groups"),
        ({"groups": ["a/b"]}, 422, "/groups/0"),
        ({"expires_at": "soon"}, 422, "/expires_at"),
        ({"expires_in_seconds": 0}, 422, "/expires_in_seconds"),
        ({"expires_in_seconds": 10**12}, 422, "/expires_in_seconds"),
        ({"expires_in_seconds": "1"}, 400, "/expires_in_seconds"),
        ({"token": "ta_mine"}, 400, "/token"),
    ):
        body = {key: value for key, value in (good | change).items() if value is not ...}
        yield bad("POST", "/v1/tokens", change, status, "", pointer, body=body)
    yield bad("DELETE", "/v1/tokens/admin", "administrator", 409, "administrator_token")
    yield bad("DELETE", "/v1/tokens/nobody", "nobody", 404, "unknown_token")
    yield bad("GET", "/v1/tokens/a%2Fb", "no name", 404, "")


def bad_questions() -> Iterator[BadRequest]:
    for query in ("limit=0", "limit=501", "limit=x", "limit=1&limit=2", "limit=9" + "9" * 40, "cursor=x", "colour=red"):
        for path in ("/v1/orders", "/v1/executions", "/v1/groups", "/v1/tokens", "/v1/events", "/v1/workers", "/v1/brokerages", "/v1/audit", "/v1/holdings"):
            yield bad("GET", f"{path}?{query}", query, 400, "bad_query", f"?{query.partition('=')[0]}")
    # Quoted, and cut in the middle of a character: the answer is UTF-8 all the same.
    for query in ("a" + "%C3%BC" * 40, "%FF=1", "since=" + "a" + "%C3%BC" * 40, "since=%FF", "status=%C3", "cursor=%F0%9F"):
        yield bad("GET", f"/v1/orders?{query}", query, 400, "bad_query")
    for query in ("status=odd", "since=x", "until=2020", "symbol=%24", "account=mom", "group=a%2Fb", "client_order_id=%C3%A4"):
        for path in ("/v1/orders", "/v1/executions"):
            yield bad("GET", f"{path}?{query}", query, 400, "bad_query", f"?{query.partition('=')[0]}")
    for query in ("after=-1", "after=x", "after=1e9", "order=x", "type=A%20B", "type=" + "a" * 65):
        yield bad("GET", f"/v1/events?{query}", query, 400, "bad_query", f"?{query.partition('=')[0]}")
    for query in ("actor=a%2Fb", "type=odd", "type=worker_connected", "group=%00", "since=x", "until=2020-13-01T00:00:00Z"):
        yield bad("GET", f"/v1/audit?{query}", query, 400, "bad_query", f"?{query.partition('=')[0]}")
    for query, status in (("group=a%2Fb", 400), ("account=mom", 400), ("brokerage=Nobody", 400), ("symbol=A%20A", 400), ("group=nobody", 404)):
        yield bad("GET", f"/v1/holdings?{query}", query, status, "", f"?{query.partition('=')[0]}")
    for target, status, code in (
        ("/v1/orders/not-an-id", 404, ""),
        (f"/v1/orders/{NOBODY}", 404, "unknown_order"),
        (f"/v1/child_orders/{NOBODY}", 404, "unknown_child_order"),
        ("/v1/groups/nobody", 404, "unknown_group"),
        ("/v1/groups/family/accounts/nobody", 404, "unknown_account"),
        ("/v1/nothing", 404, "unknown_path"),
        ("/v1/orders/", 404, ""),
        ("/v1/../v1/orders", 404, "unknown_path"),
        ("/v1/orders%00", 404, "unknown_path"),
        ("/v1/orders%2f" + NOBODY, 404, "unknown_path"),
        ("/v1/groups/%zz", 400, "bad_target"),
        ("/v1/groups/%", 400, "bad_target"),
        ("/v1/groups/%4", 400, "bad_target"),
        ("/v1/orders?group=%zz", 400, "bad_target"),
        ("/v1/orders#x", 400, "bad_target"),
        ("/v1/groups/" + "a" * 8000, 404, ""),
    ):
        yield bad("GET", target, "", status, code)
    for method, target in (("PATCH", "/v1/orders"), ("DELETE", "/v1/orders"), ("PUT", "/v1/me"), ("TRACE", "/v1/me"), ("SPY", "/v1/me")):
        yield bad(method, target, "method", 405, "method_not_allowed")
    for authorization in ("Bearer", "Bearer x", "Basic eDp5", "Bearer ta_" + "0" * 64, "bearer", "Digest a=b", "Bearer a b"):
        yield bad("GET", "/v1/orders", authorization, 401, "", Authorization=authorization)


def bad_requests() -> list[BadRequest]:
    parts = (bad_json, bad_orders, bad_changes, bad_registry, bad_work, bad_tokens, bad_questions)
    return [request for part in parts for request in part()]
