"""The judge of answers knows an answer that the document does not."""

import httpx
import pytest
from e2e.contract import Contract, contract

JSON = {"content-type": "application/json"}
PROBLEM_JSON = {"content-type": "application/problem+json; charset=utf-8"}
PROBLEM = {
    **{"type": "/problems/bad_query", "title": "t", "status": 400, "detail": "d", "instance": "/v1/me", "code": "bad_query"},
    **{"request_id": "r", "sent": "no", "errors": []},
}
ME = {"name": "bot", "scopes": ["orders:read"], "groups": None, "expires_at": None}
NOBODY = "/v1/orders/00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def judge() -> Contract:
    return contract()


@pytest.mark.parametrize(
    ("method", "target", "answer"),
    [
        ("GET", "/v1/me", httpx.Response(200, json=ME)),
        ("GET", "/v1/me?x=1", httpx.Response(400, json=PROBLEM, headers=PROBLEM_JSON)),
        ("GET", "/v1/me", httpx.Response(429, json=PROBLEM, headers=PROBLEM_JSON)),
        ("DELETE", "/v1/me", httpx.Response(405, json=PROBLEM, headers=PROBLEM_JSON)),
        ("POST", "/v1/orders/preview", httpx.Response(413, json=PROBLEM, headers=PROBLEM_JSON)),
        ("GET", NOBODY, httpx.Response(304)),
        ("GET", "/docs", httpx.Response(200, text="<html>", headers={"content-type": "text/html; charset=utf-8"})),
        ("POST", "/createGroup", httpx.Response(200, json="Group created")),
        ("OPTIONS", "/v1/me", httpx.Response(204)),
    ],
    ids=str,
)
def test_what_the_document_says_passes(judge, method, target, answer):
    assert judge.faults(method, target, answer) == []


@pytest.mark.parametrize(
    ("method", "target", "answer", "fault"),
    [
        ("GET", "/v1/me", httpx.Response(202, json=ME), "status 202 is not documented"),
        ("GET", "/v1/me", httpx.Response(405, json=PROBLEM, headers=PROBLEM_JSON), "status 405 is not documented"),
        ("DELETE", "/v1/me", httpx.Response(200, json=ME), "status 200 is not documented"),
        ("GET", "/v1/me", httpx.Response(200, text="x", headers={"content-type": "text/plain"}), "content type text/plain"),
        ("GET", "/v1/me", httpx.Response(200, content=b"x"), "content type none"),
        ("GET", "/v1/me", httpx.Response(200, json=ME | {"more": 1}), "more"),
        ("GET", "/v1/me", httpx.Response(200, json=ME | {"scopes": ["all"]}), "/scopes/0: "),
        ("GET", "/v1/me", httpx.Response(200, json={"name": "bot"}), "scopes"),
        ("GET", "/v1/me", httpx.Response(200, json=ME | {"expires_at": "soon"}), "/expires_at: "),
        ("GET", "/v1/me", httpx.Response(400, json=PROBLEM, headers=JSON), "content type application/json"),
        ("GET", "/v1/me", httpx.Response(400, json=PROBLEM | {"sent": "perhaps"}, headers=PROBLEM_JSON), "/sent: "),
        ("GET", NOBODY, httpx.Response(304, json={}), "a body is not documented"),
        ("POST", "/v1/orders/preview", httpx.Response(201, json={}), "status 201"),
    ],
    ids=str,
)
def test_what_it_does_not_say_is_a_fault(judge, method, target, answer, fault):
    found = judge.faults(method, target, answer)
    assert any(fault in one for one in found), found
