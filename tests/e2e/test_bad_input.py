"""Broken input over REST: each is answered as documented, and all of it together leaves nothing behind."""

import json
import select
import socket
from contextlib import closing

import pytest

from .api import expect_problem, order_body, pointers
from .bad_bytes import CONNECTIONS, HEADERS, LENGTH, ORDER, framed, posted
from .bad_requests import BadRequest, bad_requests
from .conftest import Running, Stage
from .contract import contract
from .corpus import GROWTH, answer_of, memory, stored, tell
from .waiting import PATIENCE

MIB = 1024 * 1024
CORPUS = bad_requests()


@pytest.fixture(scope="module")
def up(binary, tmp_path_factory):
    """One server for all: that it goes on after each case is part of the test."""
    stage = Stage(binary, tmp_path_factory.mktemp("bad-input"))
    up = stage.up(TRADEAUTO_RATE_LIMIT_PER_MINUTE="0")
    up.api.paper_group("family", mom={})
    up.order = up.api.place_and_wait("family")
    up.before = stored(up.api)
    yield up
    faults = stage.close()
    assert not faults, "\n".join(faults)


def sent(up: Running, bad: BadRequest) -> bytes:
    """The request's bytes: a client's library would mend what is wrong with it."""
    names = {"order": up.order["id"], "child": up.order["child_orders"][0]["id"]}
    target = bad.target.replace("{order}", names["order"]).replace("{child}", names["child"])
    headers = {"Host": up.ready.http, "Authorization": f"Bearer {up.api.token}", "Connection": "close"} | bad.headers
    if bad.body is not None or bad.method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(bad.body or b""))
    lines = [f"{bad.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + (bad.body or b"")


def within(pointer: str, told: set[str]) -> bool:
    """Whether a fault is told of this field, or of what is in it."""
    return any(one == pointer or one.startswith(f"{pointer}/") for one in told)


@pytest.mark.parametrize("bad", CORPUS, ids=lambda bad: bad.id)
def test_a_bad_request_gets_its_answer(up, bad):
    answer = answer_of(exchange(up, sent(up, bad)))
    problem = expect_problem(answer, bad.status, bad.code or None)
    assert all(error["code"] and error["detail"] for error in problem["errors"])
    assert all(within(pointer, pointers(problem)) for pointer in bad.pointers), problem
    assert contract().faults(bad.method, bad.target, answer) == []
    if bad.status == 405:
        assert answer.headers["allow"]
    if bad.status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_body_of_one_mebibyte_is_read_and_a_larger_one_is_413(up):
    padded = json.dumps(order_body("nobody"))
    full = padded + " " * (MIB - len(padded))
    headers = {"Content-Type": "application/json"}
    expect_problem(up.api.client.post("/v1/orders", content=full, headers=headers), 404, "unknown_group")
    expect_problem(up.api.client.post("/v1/orders", content=full + " ", headers=headers), 413, "body_too_large")


# --- HTTP itself ------------------------------------------------------------------------------------------------------


def connect(up: Running) -> socket.socket:
    host, _, port = up.ready.http.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def exchange(up: Running, request: bytes, *, half_close: bool = False) -> bytes:
    """Sends the bytes and reads until the server closes; a reset is an end like any other."""
    with closing(connect(up)) as connection:
        answer = b""
        try:
            connection.sendall(request)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                answer += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
        return answer


@pytest.mark.parametrize("name", HEADERS)
def test_unclear_framing_is_refused_and_the_connection_closed(up, name):
    lines, body, status, code = HEADERS[name]
    answer = exchange(up, framed(up.ready.http, up.api.token, lines, body))
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    expect_problem(answer_of(answer), status, code or None)


@pytest.mark.parametrize("name", CONNECTIONS)
def test_what_is_no_request_is_refused_and_the_connection_closed(up, name):
    request, status, code = CONNECTIONS[name]
    answer = exchange(up, request, half_close=True)
    if status == 0:
        assert answer == b""
    else:
        assert answer.count(b"HTTP/1.1 ") == 1, answer
        expect_problem(answer_of(answer), status, code or None)


def test_a_client_that_leaves_in_the_middle_stores_nothing(up):
    for part in (1, len(ORDER) // 2, len(ORDER) - 1):
        with closing(connect(up)) as connection:
            connection.sendall(posted(up.ready.http, up.api.token, [LENGTH], ORDER[:part]))
    assert up.api.get("/healthz").status_code == 200


def test_slow_clients_are_cut_off_and_delay_nobody(up):
    slow = [connect(up) for _ in range(20)]
    try:
        for connection in slow[:10]:
            connection.sendall(b"POST /v1/orders HTTP/1.1\r\nHost: x\r\n")
        for connection in slow[10:]:
            connection.sendall(posted(up.ready.http, up.api.token, [LENGTH], ORDER[:5]))
        assert up.api.get("/v1/orders").status_code == 200
        assert select.select(slow, [], [], 0)[0] == [], "the answer came only after the slow ones were cut off"
        for connection in slow:
            connection.settimeout(PATIENCE)
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


def test_all_of_it_leaves_nothing_behind(up, record_property):
    every = [sent(up, bad) for bad in CORPUS]
    every += [framed(up.ready.http, up.api.token, lines, body) for lines, body, _, _ in HEADERS.values()]
    every += [request for request, _, _ in CONNECTIONS.values()]
    tell(record_property, "REST, broken", len(every))
    sizes = []
    for _ in range(3):
        for request in every:
            exchange(up, request, half_close=True)
        sizes.append(memory(up.server.pid))
    assert sizes[-1] < sizes[0] + GROWTH, f"resident memory grows: {sizes} KiB"
    assert stored(up.api) == up.before
    assert up.api.place_and_wait("family", override=["same_order_again"])["status"] == "settled"
