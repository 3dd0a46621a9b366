"""The REST of the original main on the real binary: its words and statuses, and orders that really are placed."""

import base64
from collections.abc import Iterator

import httpx
import pytest

from .api import Api, expect_problem, order_body, placements, statuses
from .conftest import Running, Stage
from .waiting import wait_until


@pytest.fixture
def up(stage: Stage) -> Running:
    return stage.up()


def post(up: Running, path: str, *, body: dict | None = None, headers: dict | None = None, **query: str):
    return up.api.client.post(f"/{path}", params=query or None, json=body, headers=headers)


def expect(answer: httpx.Response, status: int, body: object) -> None:
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["content-type"] == "application/json"


def activation(group: str, account: str, brokerage: str = "Paper", **cred: str) -> dict:
    return {"group_name": group, "account_name": account, "brokerage": brokerage, "cred": cred}


def made_group(up: Running, group: str, **accounts: dict[str, str]) -> None:
    expect(post(up, "createGroup", group_name=group), 200, "Group created")
    for account, cred in accounts.items():
        expect(post(up, "activate", body=activation(group, account, **cred)), 200, "Account created")


def transaction(up: Running, group: str, *, key: str | None = None, **more: str) -> httpx.Response:
    order = {"method": "Buy", "amount": "1", "ticker": "AAPL"} | more
    return post(up, "transaction", group_name=group, headers={"Idempotency-Key": key} if key else None, **order)


def test_a_script_for_the_original_runs_through(up):
    made_group(up, "family", mom={}, dad={"SUB_ACCOUNTS": "2"})
    expect(post(up, "createGroup", group_name="family"), 400, "Group already exists")
    answer = transaction(up, "family", amount="2")
    assert (answer.status_code, answer.json()["status"]) == (200, True), answer.text
    lines = answer.json()["message"].splitlines()
    assert sorted(line.split(";")[0] for line in lines) == ["dad (Paper): filled", "mom (Paper): filled"]
    assert len(placements(up.data_dir)) == 3

    expect(
        post(up, "deactivate", group_name="family", account_name="mom"),
        200,
        {"status": True, "message": None},
    )
    answer = transaction(up, "family", method="Sell")
    assert answer.json()["status"] is True, answer.text
    assert answer.json()["message"].startswith("dad (Paper): filled")
    assert len(placements(up.data_dir)) == 5


def test_the_same_key_places_once(up):
    made_group(up, "family", mom={})
    first = transaction(up, "family", key="k-1")
    again = transaction(up, "family", key="k-1")
    assert first.json()["status"] is True, first.text
    assert again.json() == first.json()
    assert transaction(up, "family", key="k-1", amount="2").status_code == 422
    assert len(placements(up.data_dir)) == 1
    answer = post(up, "createGroup", group_name="friends", headers={"Idempotency-Key": "k-2"})
    expect(answer, 200, "Group created")
    answer = post(up, "createGroup", group_name="friends", headers={"Idempotency-Key": "k-2"})
    expect(answer, 200, "Group created")


def test_a_dry_run_places_nothing(up):
    made_group(up, "family", mom={})
    answer = transaction(up, "family", dry="true")
    assert answer.json()["status"] is True, answer.text
    assert answer.json()["message"].startswith("mom (Paper): dry_run")
    assert placements(up.data_dir) == []


def test_an_order_that_nobody_asked_for_is_refused(up):
    made_group(up, "family", mom={})
    answer = post(up, "transaction", group_name="family")
    assert answer.status_code == 422
    assert [fault["loc"] for fault in answer.json()["detail"]] == [
        ["query", name] for name in ("method", "amount", "ticker")
    ]
    assert transaction(up, "family", dry_run="true").status_code == 422
    assert up.api.orders() == []


def test_the_originals_order_where_it_is_switched_on(stage):
    up = stage.up("--legacy-default-order", "on")
    made_group(up, "family", mom={})
    answer = post(up, "transaction", group_name="family")
    assert answer.json()["status"] is True, answer.text
    (placed,) = placements(up.data_dir)
    assert placed["symbol"] == "AAPL"


def test_a_doubt_is_told_and_its_repeat_is_refused(stage):
    up = stage.up("--execution-seconds", "2", "--browser-execution-seconds", "8")
    made_group(up, "family", mom={"FAULT": "accept_then_hang"})
    answer = transaction(up, "family")
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] is False
    assert answer.json()["message"].startswith("IN DOUBT, may have been placed, do not repeat: mom (Paper): in_doubt")
    repeat = transaction(up, "family")
    assert repeat.status_code == 422, repeat.text
    assert repeat.json()["detail"][0]["type"] == "in_doubt_open"
    assert len(placements(up.data_dir)) == 1


def test_nothing_stays_of_an_activation_that_fails(up):
    made_group(up, "family")
    wrong = activation("family", "mom", "Tradier", ACCESS_TOKEN="s3cret-token")
    answer = post(up, "activate", body=wrong)  # AutoRSA is not installed here: the worker says so
    assert answer.status_code == 500, answer.text
    assert answer.json().startswith("Stub error: ")
    assert "s3cret" not in answer.text
    assert up.api.items("/v1/groups/family/accounts") == []


def test_what_an_activation_lacks(stage):
    main = stage.main()
    expect(post(main, "activate", body=activation("family", "mom")), 400, "Group dose not exists")
    expect(post(main, "createGroup", group_name="family"), 200, "Group created")
    expect(post(main, "activate", body=activation("family", "mom")), 400, "Group dose not exists")
    stage.worker(main, "w1")
    wait_until(lambda: main.api.get("/v1/groups/family").json()["worker"])
    expect(
        post(main, "activate", body=activation("family", "mom", "Tradier")),
        500,
        "Stub error: Missing field 'ACCESS_TOKEN' for broker 'Tradier'.",
    )
    expect(post(main, "activate", body=activation("family", "mom")), 200, "Account created")


def test_unknown_groups(up):
    expect(transaction(up, "nobody"), 400, "Group dose not exists")
    expect(post(up, "deactivate", group_name="nobody", account_name="x"), 400, "Group dose not exists")


def test_all_faulty_fields_are_told_at_once(up):
    answer = post(up, "activate", body={"brokerage": "tradier", "cred": {"PASSWORD": 1234}})
    assert answer.status_code == 422
    faults = answer.json()["detail"]
    assert [fault["type"] for fault in faults] == ["missing", "missing", "enum", "string_type"]
    assert [fault["loc"][-1] for fault in faults] == ["group_name", "account_name", "brokerage", "PASSWORD"]
    assert "1234" not in answer.text
    expect(
        post(up, "createGroup"),
        422,
        {"detail": [{"type": "missing", "loc": ["query", "group_name"], "msg": "Field required", "input": None}]},
    )


def test_other_paths_and_methods(up):
    expect(up.api.get("/createGroup"), 405, {"detail": "Method Not Allowed"})
    expect(up.api.get("/nothing"), 404, {"detail": "Not Found"})
    redirect = post(up, "createGroup/", group_name="family")
    assert (redirect.status_code, redirect.headers["location"]) == (307, "/createGroup?group_name=family")
    followed = up.api.client.post("/createGroup/", params={"group_name": "family"}, follow_redirects=True)
    expect(followed, 200, "Group created")


def test_a_token_as_basic_password(up):
    token = (up.data_dir / "admin.token").read_text().strip()
    stranger = Api(up.ready.http, "")
    try:
        expect(
            stranger.client.post("/createGroup", params={"group_name": "g"}), 401, {"detail": "Not authenticated"}
        )
        wrong = base64.b64encode(b"me:ta_wrong").decode()
        answer = stranger.client.post("/createGroup?group_name=g", headers={"Authorization": f"Basic {wrong}"})
        expect(answer, 401, {"detail": "Not authenticated"})
        expect(stranger.client.post("/createGroup?group_name=g", auth=("me", token)), 200, "Group created")
    finally:
        stranger.close()


class TestWithoutAuth:
    """AUTH off: the original's clients have no token, and a web page must not pass for one of them."""

    @pytest.fixture
    def open_up(self, stage: Stage) -> Iterator[Running]:
        up = stage.up("--auth", "off")
        stranger = Api(up.ready.http, "")
        yield Running(up.server, up.data_dir, up.ready, stranger)
        stranger.close()

    def test_a_client_of_the_original_runs_through(self, open_up):
        made_group(open_up, "family", mom={}, dad={})
        assert transaction(open_up, "family").json()["status"] is True
        assert len(placements(open_up.data_dir)) == 2
        expect(
            post(open_up, "deactivate", group_name="family", account_name="mom"),
            200,
            {"status": True, "message": None},
        )

    def test_v1_asks_for_no_token_either(self, open_up):
        open_up.api.paper_group("friends", ann={})
        assert statuses(open_up.api.place_and_wait("friends")) == {"ann": "filled"}

    def test_it_says_so_at_the_start(self, open_up):
        open_up.server.wait_output("AUTH is off")
        assert '"auth":"off"' in open_up.server.output

    def test_the_demos_banner_says_so(self, stage):
        words = ["--demo", "--auth", "off", "--http-port", 0, "--grpc-port", 0, "--data-dir", stage.folder / "d"]
        stage.run("up", *words).wait_output("^ +AUTH is off")

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ({"Host": "evil.example:8000"}, "foreign_host"),
            ({"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}, "foreign_host"),
            ({"Host": "0.0.0.0:8000"}, "foreign_host"),
            ({"Origin": "https://evil.example"}, "foreign_origin"),
            ({"Origin": "http://127.0.0.1:1"}, "foreign_origin"),
            ({"Origin": "null"}, "foreign_origin"),
            ({"Sec-Fetch-Site": "cross-site"}, "foreign_origin"),
            ({"Sec-Fetch-Site": "same-site"}, "foreign_origin"),
        ],
        ids=str,
    )
    def test_a_web_page_of_somebody_else_does_nothing(self, open_up, headers, code):
        made_group(open_up, "family", mom={})
        order = {"group_name": "family", "method": "Buy", "amount": "1", "ticker": "AAPL"}
        # What a form can send: no body, or one of text.
        form = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        for sent in (headers, form):
            answer = open_up.api.client.post("/transaction", params=order, headers=sent)
            assert answer.status_code == 403 and "AUTH" in answer.json()["detail"], answer.text
        problem = expect_problem(open_up.api.post_order(order_body("family"), **headers), 403, code)
        assert "AUTH" in problem["detail"]
        assert open_up.api.orders() == [] and placements(open_up.data_dir) == []
        allowed = open_up.api.client.options("/v1/orders", headers={"Origin": "https://evil.example"})
        assert not [name for name in allowed.headers if name.startswith("access-control-")]

    def test_a_page_of_its_own_may(self, open_up):
        own = {"Origin": f"http://{open_up.ready.http}", "Sec-Fetch-Site": "same-origin"}
        expect(post(open_up, "createGroup", group_name="family", headers=own), 200, "Group created")

    def test_a_worker_shows_its_token_in_any_case(self, stage):
        main = stage.main("--auth", "off")
        wrong = stage.folder / "wrong.token"
        wrong.write_text("ta_" + "0" * 52 + "\n")
        words = ["--main-server-port", main.ready.grpc.rpartition(":")[2], "--token-file", wrong]
        stage.run("worker", "--data-dir", stage.folder / "w", *words).wait_output("(?i)token")
        assert main.api.items("/v1/workers") == []

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
    @pytest.mark.parametrize("plaintext", ["on", "off"])
    def test_beyond_loopback_it_does_not_start(self, stage, host, plaintext):
        data_dir = stage.folder / "d"
        words = ["--data-dir", data_dir, "--http-host", host, "--http-port", 0, "--grpc-port", 0]
        server = stage.run("main", *words, "--auth", "off", "--allow-plaintext-beyond-loopback", plaintext)
        assert server.wait_exit(10) == 1, server.tail()
        assert "AUTH=off" in server.output and f"HTTP_HOST={host}" in server.output, server.tail()
        assert not (data_dir / "admin.token").exists(), "it was refused before anything was made"


def test_it_can_be_switched_off(stage):
    up = stage.up("--legacy-api", "off")
    answer = post(up, "createGroup", group_name="family")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")
