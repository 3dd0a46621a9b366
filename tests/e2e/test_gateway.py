"""What stands around every answer: other origins' pages, rates, and the pages that explain."""

import re

import httpx
import pytest

from .api import Api, expect_problem, order_body
from .cli import Cli
from .conftest import Running, Stage
from .waiting import wait_until

PAGE = "https://page.example"
STRANGER = "https://stranger.example"
NOBODY = {"Authorization": ""}  # instead of the client's token


def preflight(api: Api, origin: str, path: str = "/v1/orders") -> httpx.Response:
    headers = {
        "Authorization": "",  # a browser sends none with it
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return api.client.request("OPTIONS", path, headers=headers)


class TestOtherOrigins:
    @pytest.fixture
    def up(self, stage: Stage) -> Running:
        return stage.up("--cors-origins", f"{PAGE},https://other.example:8443")

    def test_a_named_one_may_ask_first(self, up):
        answer = preflight(up.api, PAGE)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert "Origin" in answer.headers["vary"]
        assert {"POST", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
        allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
        assert {"authorization", "content-type", "idempotency-key", "prefer", "if-match"} <= set(allowed)
        assert "access-control-allow-credentials" not in answer.headers

    def test_a_named_one_reads_answers_and_places_orders_with_a_token(self, up):
        up.api.paper_group("family", mom={})
        answer = up.api.post_order(order_body("family"), Origin=PAGE)
        assert answer.status_code == 201, answer.text
        assert answer.headers["access-control-allow-origin"] == PAGE
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"Location", "ETag", "Retry-After", "RateLimit", "X-Request-Id"} <= set(exposed)
        refused = up.api.client.get("/v1/orders", headers={"Authorization": "", "Origin": PAGE})
        expect_problem(refused, 401)
        assert refused.headers["access-control-allow-origin"] == PAGE

    @pytest.mark.parametrize("origin", [STRANGER, "null", PAGE + ".evil.example", PAGE.upper(), PAGE + ":8443"])
    def test_no_other_one_does(self, up, origin):
        asked = preflight(up.api, origin)
        read = up.api.client.get("/v1/version", headers={"Origin": origin})
        assert asked.status_code != 204
        for answer in (asked, read):
            assert not [name for name in answer.headers if name.startswith("access-control-")], answer.headers
        assert "Origin" in read.headers["vary"]

    def test_without_the_setting_nobody_does(self, stage):
        up = stage.up()
        expect_problem(preflight(up.api, PAGE), 401)
        answer = up.api.client.get("/v1/version", headers={"Origin": PAGE})
        assert not [name for name in answer.headers if name.startswith("access-control-")]

    @pytest.mark.parametrize("origins", ["*", "page.example", "https://page.example/", "https://Page.example"])
    def test_what_is_no_origin_is_refused_at_the_start(self, stage, origins):
        words = ["--cors-origins", origins]
        server = stage.run("main", "--data-dir", stage.folder / "data", "--http-port", 0, "--grpc-port", 0, *words)
        assert server.wait_exit() != 0
        assert "CORS_ORIGINS" in server.output


class TestRates:
    LIMIT = 30

    @pytest.fixture
    def up(self, stage: Stage) -> Running:
        return stage.up(TRADEAUTO_RATE_LIMIT_PER_MINUTE=str(self.LIMIT))

    def test_each_answer_says_what_is_left(self, up):
        first = up.api.get("/v1/version")
        assert first.headers["ratelimit-policy"] == f'"caller";q={self.LIMIT};w=60'
        assert first.headers["ratelimit"] == f'"caller";r={self.LIMIT - 1}'
        left = re.fullmatch(r'"caller";r=(\d+)', up.api.get("/v1/version").headers["ratelimit"])
        assert left and int(left[1]) <= self.LIMIT - 1

    def test_more_is_refused_until_retry_after_and_then_taken(self, up):
        up.api.paper_group("family", mom={})

        def ask() -> httpx.Response | None:
            answer = up.api.get("/v1/version")
            return answer if answer.status_code == 429 else None

        refused = wait_until(ask, what="a 429")
        expect_problem(refused, 429, "rate_limited")
        seconds = int(refused.headers["retry-after"])
        assert 1 <= seconds <= 60 / self.LIMIT + 1
        assert re.fullmatch(rf'"caller";r=0;t={seconds}', refused.headers["ratelimit"])

        body = order_body("family")
        while (answer := up.api.post_order(body)).status_code != 429:
            body = order_body("family")
        expect_problem(answer, 429, "rate_limited", sent="no")
        # What needs no token goes on, and the order that was refused is taken as new once there is room again.
        for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"):
            assert up.api.client.get(path).status_code == 200, path

        def taken() -> bool:
            again = up.api.post_order(body)
            assert again.status_code in (201, 429), again.text
            return again.status_code == 201

        wait_until(taken, what="the order that was refused is taken")

    def test_without_a_limit_no_header_tells_of_one(self, stage):
        up = stage.up(TRADEAUTO_RATE_LIMIT_PER_MINUTE="0")
        assert not [name for name in up.api.get("/v1/version").headers if name.startswith("ratelimit")]


class TestUnchanged:
    def test_what_the_client_has_is_not_sent_again(self, stage):
        up = stage.up()
        up.api.paper_group("family", mom={})
        order = up.api.place_and_wait("family")
        child = order["child_orders"][0]["id"]
        for path in (f"/v1/orders/{order['id']}", f"/v1/child_orders/{child}", "/v1/groups/family"):
            first = up.api.client.get(path)
            tag = first.headers["etag"]
            again = up.api.client.get(path, headers={"If-None-Match": f'"other", {tag}'})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
            assert "content-length" not in again.headers
            other = up.api.client.get(path, headers={"If-None-Match": '"other"'})
            assert (other.status_code, other.json()) == (200, first.json()), path

    def test_what_changed_is(self, stage):
        up = stage.up()
        up.api.paper_group("family", mom={"FAULT": "slow", "FAULT_SECONDS": "2"})
        placed = up.api.place("family")
        path = f"/v1/orders/{placed['id']}"
        tag = up.api.client.get(path).headers["etag"]
        group = up.api.client.get("/v1/groups/family").headers["etag"]
        up.api.done(placed["id"])
        changed = up.api.client.get(path, headers={"If-None-Match": tag})
        assert changed.status_code == 200 and changed.headers["etag"] != tag
        assert changed.json()["status"] == "settled"
        up.api.put_account("family", "dad", "Paper")
        assert up.api.client.get("/v1/groups/family", headers={"If-None-Match": group}).status_code == 200


class TestProbes:
    def test_everybody_may_ask_whether_it_lives_and_takes_orders(self, stage):
        up = stage.up()
        for answer in (up.api.client.get("/healthz", headers=NOBODY), up.api.client.get("/readyz", headers=NOBODY)):
            assert answer.status_code == 200, answer.text
            assert answer.json()["status"] in ("ok", "ready")

    def test_the_version_is_that_of_the_program(self, stage):
        up = stage.up()
        version = up.api.get("/v1/version").json()
        told = Cli(stage, up)("version")
        assert told.stdout.splitlines() == [f"tradeauto {version['version']}", f"server {version['version']}"]
        assert version["api"] == "v1"


def expect_page(answer: httpx.Response) -> str:
    """A page for people, asked for without a token: nothing in it runs, loads or sends."""
    assert answer.status_code == 200, (answer.url, answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert re.search(r"<html lang=\"en\">.*<title>[^<]+</title>.*<main", answer.text, re.DOTALL)
    assert not re.search(r"<script|<link|<img|<form|\son\w+=|https?://", answer.text)
    return answer.text


class TestPages:
    def test_docs_names_every_operation(self, stage):
        up = stage.up()
        page = expect_page(up.api.client.get("/docs", headers=NOBODY))
        document = up.api.get("/openapi.json").json()
        operations = [
            operation["operationId"]
            for path in document["paths"].values()
            for operation in path.values()
            if isinstance(operation, dict) and "operationId" in operation
        ]
        assert len(operations) > 20
        assert [name for name in operations if f'id="{name}"' not in page] == []

    def test_what_a_problem_names_is_a_page(self, stage):
        up = stage.up()
        up.api.paper_group("family", mom={})
        client = up.api.client
        order = up.api.place_and_wait("family")
        child = order["child_orders"][0]
        answers = [
            client.get("/v1/orders", headers=NOBODY),
            client.get("/v1/orders", headers={"Authorization": "Bearer ta_wrong"}),
            client.get("/v1/orders/none"),
            client.get("/v1/nothing"),
            client.get("/v1/groups/none"),
            client.get("/v1/orders?limit=none"),
            client.get("/v1/orders?unknown=1"),
            client.get("/v1/orders?cursor=none"),
            client.delete("/v1/orders"),
            client.post("/v1/orders", content="{", headers={"Content-Type": "application/json"}),
            client.post("/v1/orders", content="{}", headers={"Content-Type": "text/plain"}),
            client.post("/v1/orders", content=b" " * 2_000_000, headers={"Content-Type": "application/json"}),
            client.post("/v1/orders", json={}),
            client.post("/v1/orders", json=order_body("none")),
            client.post("/v1/orders", json=order_body("family", client_order_id=order["client_order_id"], side="sell")),
            client.post("/v1/orders", json=order_body("family", symbols=["AAPL", "AAPL"])),
            client.post("/v1/orders", json=order_body("family", deadline="yesterday")),
            client.post(f"/v1/orders/{order['id']}/cancel"),
            client.post(f"/v1/child_orders/{child['id']}/resolve", json={"outcome": "filled", "note": "seen"}),
            client.put("/v1/groups/family/accounts/mom", json={"brokerage": "Nobody", "credentials": {}}),
            client.get("/problems/none"),
        ]
        problems = [expect_problem(answer, answer.status_code) for answer in answers]
        assert len({problem["code"] for problem in problems}) >= 15
        for problem in problems:
            page = expect_page(client.get(f"/problems/{problem['code']}", headers=NOBODY))
            assert problem["code"] in page and problem["title"] in page.replace("&#39;", "'"), problem
