"""Broken input: a documented error, nothing stored, and the server goes on."""

import json
import socket
import time
from contextlib import closing

import pytest

from .api import expect_problem, order_body, pointers
from .conftest import Running, Stage

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def up(binary, tmp_path_factory):
    """One server for all: that it goes on after each case is part of the test."""
    stage = Stage(binary, tmp_path_factory.mktemp("bad-input"))
    up = stage.up()
    up.api.paper_group("family", mom={})
    yield up
    faults = stage.close()
    assert not faults, "\n".join(faults)


@pytest.fixture(autouse=True)
def _goes_on(up: Running):
    yield
    assert up.server.running, up.server.tail()
    health = up.api.get("/healthz")
    assert health.status_code == 200
    assert up.api.orders() == [], "something was stored"


def post(up: Running, content: bytes | str, content_type: str = "application/json"):
    return up.api.client.post("/v1/orders", content=content, headers={"Content-Type": content_type})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nope",
        b"null",
        b"[]",
        b'"x"',
        b"{} {}",
        b"{'group':'family'}",
        b'{"group":"family",}',
        b'{"group":\xff}',
        b'{"group":"\xc3\x28"}',
        b'{"group":"a\x00b"}',
        b"\xef\xbb\xbf{}",
        b'{"quantity":NaN}',
        b"{" + b'"a":[' * 40 + b"1" + b"]" * 40 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_is_not_a_json_object_is_400(up, content):
    expect_problem(post(up, content), 400)


def test_a_duplicate_key_is_400(up):
    text = json.dumps(order_body("family"))
    problem = expect_problem(post(up, text[:-1] + ', "quantity": "2"}'), 400)
    assert "quantity" in json.dumps(problem)


def test_an_unknown_field_is_named(up):
    problem = expect_problem(up.api.post_order(order_body("family", colour="red")), 400)
    assert pointers(problem) == {"/colour"}


def test_qty_is_refused_with_a_hint(up):
    problem = expect_problem(up.api.post_order(order_body("family", quantity=None, qty="1")), 400)
    assert "/qty" in pointers(problem)
    assert "quantity" in json.dumps(problem["errors"])


def test_all_faulty_fields_are_told_at_once(up):
    body = order_body("family", side="hold", quantity="-1", symbols=[], colour="red")
    problem = expect_problem(up.api.post_order(body), 400)
    assert {"/side", "/quantity", "/symbols", "/colour"} <= pointers(problem)


@pytest.mark.parametrize(
    ("field", "value"),
    [("side", value) for value in (1, None, "", "BUY ", "purchase", "hold", ["buy"], {}, True)]
    + [
        ("quantity", value)
        for value in (
            1,
            1.5,
            True,
            [],
            {},
            "",
            "0",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1e3",
            "nan",
            "inf",
            "0x1",
            "1,0",
            ".5",
            "1.",
        )
    ]
    + [("quantity", value) for value in ("0.0000000001", "1" * 19, "9" * 400, "１")]
    + [
        ("symbols", value)
        for value in ("AAPL", [], [1], [""], [None], ["A APL"], ["AAPL;rm"], ["-A"], ["A" * 17], ["AÄ"], [["AAPL"]])
    ]
    + [("symbols", ["AAPL", "aapl"]), ("symbols", [f"S{n}" for n in range(51)])]
    + [("group", value) for value in (1, "", " family", "fam/ily", "a" * 65, "a\nb", [], {})]
    + [("client_order_id", value) for value in (1, "", "a b", "a" * 65, "ä", "a\n", None, {})]
    + [("dry_run", value) for value in ("true", 1, None, [])]
    + [("deadline_seconds", value) for value in (0, -1, "10", 1.5, 10**12)]
    + [("deadline", value) for value in ("tomorrow", 1, "2020-01-01T00:00:00")]
    + [("type", value) for value in ("limit", "stop", 1)]
    + [("time_in_force", value) for value in ("gtc", 1)]
    + [("override", value) for value in ("dance", ["everything"], [1])],
    ids=lambda value: repr(value)[:40],
)
def test_a_wrong_value_is_refused_by_field(up, field, value):
    body = order_body("family") | {field: value}
    answer = up.api.post_order(body)
    assert answer.status_code in (400, 422), answer.text
    problem = expect_problem(answer, answer.status_code)
    assert any(pointer.startswith(f"/{field}") for pointer in pointers(problem)), problem


def test_neither_group_nor_accounts(up):
    problem = expect_problem(up.api.post_order(order_body("family", group=None)), 400)
    assert pointers(problem) & {"/group", "/accounts"}


def test_both_group_and_accounts(up):
    problem = expect_problem(up.api.post_order(order_body("family", accounts=["family/mom"])), 400)
    assert pointers(problem) & {"/group", "/accounts"}


def test_a_deadline_that_is_over_is_422(up):
    expect_problem(up.api.post_order(order_body("family", deadline="2020-01-01T00:00:00Z")), 422, "deadline_over")


def test_duplicate_accounts_are_422(up):
    body = order_body("family", group=None, accounts=["family/mom", "family/mom"])
    expect_problem(up.api.post_order(body), 422)


def test_a_body_of_one_mebibyte_is_read_and_a_larger_one_is_413(up):
    padded = json.dumps(order_body("nobody"))
    full = padded + " " * (MIB - len(padded))
    expect_problem(post(up, full), 404)
    expect_problem(post(up, full + " "), 413)


def test_another_content_type_is_415(up):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        expect_problem(post(up, json.dumps(order_body("family")), content_type), 415)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/orders/not-an-id", 404),
        ("GET", "/v1/orders/00000000-0000-7000-8000-000000000000", 404),
        ("GET", "/v1/groups/nobody", 404),
        ("GET", "/v1/groups/family/accounts/nobody", 404),
        ("PATCH", "/v1/orders", 405),
        ("DELETE", "/v1/orders", 405),
        ("POST", "/healthz", 405),
        ("GET", "/v1/../v1/orders", 404),
        ("GET", "/v1/orders%00", 404),
        ("GET", "/v1/groups/%zz", 400),
    ],
)
def test_a_wrong_path_or_method(up, method, path, status):
    host = up.ready.http
    token = up.api.client.headers["authorization"]
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Authorization: {token}"]
    lines += ["Content-Length: 0", "Connection: close"]
    head, _, body = exchange(up, "\r\n".join([*lines, "", ""]).encode()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), head
    problem = json.loads(body)
    assert (problem["status"], problem["sent"]) == (status, "no")
    if status == 405:
        assert b"\r\nallow:" in head.lower()


@pytest.mark.parametrize(
    "params",
    ["limit=0", "limit=501", "limit=x", "cursor=x", "colour=red", "status=odd", "since=x", "limit=1&limit=2"],
)
def test_a_wrong_filter_is_400(up, params):
    expect_problem(up.api.get(f"/v1/orders?{params}"), 400)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer ta_" + "0" * 64, "Bearer \x7f"])
def test_nobody_without_the_token(up, header):
    lines = [f"GET /v1/orders HTTP/1.1\r\nHost: {up.ready.http}\r\nConnection: close"]
    if header:
        lines.append(f"Authorization: {header}")
    answer = exchange(up, "\r\n".join([*lines, "", ""]).encode())
    assert answer.startswith((b"HTTP/1.1 401 ", b"HTTP/1.1 400 ")), answer
    if header != "Bearer \x7f":
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b"\r\nwww-authenticate: bearer" in answer.lower()


# --- HTTP itself ------------------------------------------------------------------------------------------------------


def connect(up: Running) -> socket.socket:
    host, _, port = up.ready.http.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def exchange(up: Running, request: bytes) -> bytes:
    """Sends the bytes and reads until the server closes; a reset is an end like any other."""
    with closing(connect(up)) as connection:
        answer = b""
        try:
            connection.sendall(request)
            while chunk := connection.recv(65536):
                answer += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
        return answer


def raw_post(up: Running, *headers: str, body: bytes, host: bool = True) -> bytes:
    lines = ["POST /v1/orders HTTP/1.1"]
    if host:
        lines.append(f"Host: {up.ready.http}")
    lines += [f"Authorization: {up.api.client.headers['authorization']}", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


ORDER = json.dumps(order_body("family", client_order_id="smuggled")).encode()
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ORDER), ORDER)
AMBIGUOUS = {
    "length and chunked": (["Content-Length: 5", "Transfer-Encoding: chunked"], CHUNKED),
    "chunked and length": (["Transfer-Encoding: chunked", f"Content-Length: {len(CHUNKED)}"], CHUNKED),
    "two lengths": ([f"Content-Length: {len(ORDER)}", "Content-Length: 5"], ORDER),
    "two equal lengths": ([f"Content-Length: {len(ORDER)}"] * 2, ORDER),
    "a list of lengths": ([f"Content-Length: {len(ORDER)}, {len(ORDER)}"], ORDER),
    "a signed length": ([f"Content-Length: +{len(ORDER)}"], ORDER),
    "a hexadecimal length": ([f"Content-Length: 0x{len(ORDER):x}"], ORDER),
    "a huge length": (["Content-Length: 99999999999999999999"], ORDER),
    "folded header": ([f"Content-Length: {len(ORDER)}", "X-Folded: a\r\n b"], ORDER),
    "folded encoding": (["Transfer-Encoding:\r\n chunked"], CHUNKED),
    "blank before the colon": ([f"Content-Length : {len(ORDER)}"], ORDER),
    "unknown encoding": (["Transfer-Encoding: xchunked"], CHUNKED),
    "encoding twice": (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], CHUNKED),
    "a bare line feed": ([f"Content-Length: {len(ORDER)}\nX-Bare: a"], ORDER),
    "a zero byte": ([f"Content-Length: {len(ORDER)}", "X-Zero: a\x00b"], ORDER),
    "two hosts": ([f"Content-Length: {len(ORDER)}", "Host: example.com"], ORDER),
    "a broken chunk": (["Transfer-Encoding: chunked"], b"zz\r\n" + ORDER + b"\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_framing_is_refused_and_the_connection_closed(up, name):
    headers, body = AMBIGUOUS[name]
    # A second request behind the first: it must never be read as one of its own.
    behind = raw_post(up, f"Content-Length: {len(ORDER)}", body=ORDER)
    answer = exchange(up, raw_post(up, *headers, body=body) + behind)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 ", b"HTTP/1.1 501 ")), answer[:300]
    assert answer.count(b"HTTP/1.1 ") == 1, answer


def test_a_request_without_host_is_refused(up):
    answer = exchange(up, raw_post(up, f"Content-Length: {len(ORDER)}", "Connection: close", body=ORDER, host=False))
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:300]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        bytes(range(256)),
    ],
    ids=["empty lines", "TLS", "no path", "HTTP/9.9", "HTTP/2", "all bytes"],
)
def test_what_is_not_http_1_is_closed(up, request_bytes):
    with closing(connect(up)) as connection:
        connection.sendall(request_bytes)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionResetError:
            pass
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 505 "), answer


def test_too_much_header_is_431_or_400(up):
    big = "X-Big: " + "a" * 100_000
    answer = exchange(up, raw_post(up, big, f"Content-Length: {len(ORDER)}", body=ORDER))
    assert answer == b"" or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 ")), answer[:200]


def test_a_client_that_leaves_in_the_middle_stores_nothing(up):
    for part in (1, len(ORDER) // 2, len(ORDER) - 1):
        with closing(connect(up)) as connection:
            connection.sendall(raw_post(up, f"Content-Length: {len(ORDER)}", body=ORDER[:part]))
    assert up.api.get("/healthz").status_code == 200


@pytest.mark.timeout(150)
def test_slow_clients_are_cut_off_and_delay_nobody(up):
    slow = [connect(up) for _ in range(20)]
    try:
        for connection in slow[:10]:
            connection.sendall(b"POST /v1/orders HTTP/1.1\r\nHost: x\r\n")
        for connection in slow[10:]:
            connection.sendall(raw_post(up, f"Content-Length: {len(ORDER)}", body=ORDER[:5]))
        begin = time.monotonic()
        assert up.api.get("/v1/orders").status_code == 200
        assert time.monotonic() - begin < 1
        for connection in slow:
            connection.settimeout(90)
            answer = b""
            try:
                while chunk := connection.recv(65536):
                    answer += chunk
            except ConnectionResetError:
                pass
            assert answer == b"" or answer.startswith(b"HTTP/1.1 408 "), answer
    finally:
        for connection in slow:
            connection.close()


def test_pipelined_and_kept_alive_requests_are_answered_in_order(up):
    token = up.api.client.headers["authorization"]
    one = f"GET /v1/version HTTP/1.1\r\nHost: {up.ready.http}\r\nAuthorization: {token}\r\nX-Request-Id: n%d\r\n"
    last = one % 3 + "Connection: close\r\n"
    request = "".join(head + "\r\n" for head in (one % 1, one % 2, last))
    answer = exchange(up, request.encode())
    assert answer.count(b"HTTP/1.1 200 ") == 3, answer
    places = [answer.lower().index(b"x-request-id: n%d" % n) for n in (1, 2, 3)]
    assert places == sorted(places)
