"""Access tokens: what each opens, what lies in a foreign group, and that a value is told once and kept nowhere."""

import json
import subprocess
from pathlib import Path

import pytest

from .api import Api, expect_problem, order_body, placed_children
from .cli import Cli
from .conftest import Running, Stage
from .waiting import wait_until


class Access:
    def __init__(self, stage: Stage, *words: object):
        self.stage = stage
        self.words = words
        self.up: Running = stage.up(*words)

    @property
    def admin(self) -> Api:
        return self.up.api

    def create(self, name: str, *scopes: str, **more: object) -> dict:
        answer = self.admin.client.post("/v1/tokens", json={"name": name, "scopes": list(scopes)} | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def holder(self, name: str, *scopes: str, **more: object) -> Api:
        api = Api(self.up.ready.http, self.create(name, *scopes, **more)["token"])
        self.stage.apis.append(api)
        return api

    def restart(self) -> None:
        assert self.up.server.stop() == 0
        self.up = self.stage.up(*self.words)

    def cli(self, *words: object, token: Path | None = None) -> subprocess.CompletedProcess:
        return Cli(self.stage, self.up, token)(*words)

    def found_on_disk(self, value: str) -> list[Path]:
        wanted = value.encode()
        files = [path for path in self.stage.folder.rglob("*") if path.is_file() and not path.is_symlink()]
        return [path for path in files if wanted in path.read_bytes()]


@pytest.fixture
def access(stage: Stage) -> Access:
    access = Access(stage)
    access.admin.paper_group("family", mom={}, dad={})
    access.admin.paper_group("club", kim={})
    return access


def test_a_token_opens_its_scopes_after_a_restart_too(access):
    value = access.create("reader", "orders:read")["token"]
    access.restart()
    reader = Api(access.up.ready.http, value)
    access.stage.apis.append(reader)
    assert reader.get("/v1/me").json() == {"name": "reader", "scopes": ["orders:read"], "groups": None, "expires_at": None}
    assert reader.get("/v1/orders").status_code == 200
    refused = reader.post_order(order_body("family"))
    assert "orders:write" in expect_problem(refused, 403, "missing_scope")["detail"]
    assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
    expect_problem(reader.get("/v1/tokens"), 403, "missing_scope")
    assert reader.client.post("/createGroup?group_name=x").status_code == 403
    assert placed_children(access.up.data_dir) == {}


def test_a_value_is_told_once_and_kept_nowhere(access):
    made = access.create("bot", "admin")
    assert made["token"].startswith("ta_")
    assert "token" not in access.admin.get("/v1/tokens/bot").json()
    assert "token" not in access.admin.items("/v1/tokens")[0]
    api = Api(access.up.ready.http, made["token"])
    access.stage.apis.append(api)
    assert api.get("/v1/me").status_code == 200
    wait_until(lambda: access.admin.get("/v1/tokens/bot").json()["last_used_at"])
    wrong = Api(access.up.ready.http, made["token"][:-1] + ("A" if made["token"][-1] != "A" else "B"))
    access.stage.apis.append(wrong)
    expect_problem(wrong.get("/v1/me"), 401, "wrong_token")
    assert access.up.server.stop() == 0
    assert access.found_on_disk(made["token"]) == []


def test_a_token_that_was_taken_back_opens_nothing(access):
    reader = access.holder("reader", "orders:read")
    assert reader.get("/v1/orders").status_code == 200
    gone = access.admin.client.delete("/v1/tokens/reader")
    assert (gone.status_code, gone.content) == (204, b"")
    expect_problem(reader.get("/v1/orders"), 401, "wrong_token")
    expect_problem(access.admin.get("/v1/tokens/reader"), 404, "unknown_token")
    expect_problem(access.admin.client.delete("/v1/tokens/reader"), 404, "unknown_token")


def test_what_lies_in_a_foreign_group_is_not_there(access):
    every = ("orders:read", "orders:write", "orders:approve", "accounts:read", "accounts:write")
    club = access.holder("club-bot", *every, groups=["club"])
    theirs = access.admin.place_and_wait("family")
    both = access.admin.place_and_wait("family", group=None, accounts=["family/mom", "club/kim"])
    mine = [club.place_and_wait("club", symbols=[symbol])["id"] for symbol in ("AAPL", "MSFT", "TSLA")]
    nobody = "00000000-0000-7000-8000-000000000000"

    def told(api: Api, path: str, wanted: str) -> tuple:
        problem = expect_problem(api.get(path), 404)
        return problem["code"], problem["detail"].replace(wanted, "?")

    for order in (theirs, both):
        assert told(club, f"/v1/orders/{order['id']}", order["id"]) == told(club, f"/v1/orders/{nobody}", nobody)
    child = theirs["child_orders"][0]["id"]
    assert told(club, f"/v1/child_orders/{child}", child) == told(club, f"/v1/child_orders/{nobody}", nobody)
    assert told(club, "/v1/groups/family", "family") == told(club, "/v1/groups/nobody", "nobody")
    assert told(club, "/v1/groups/family/accounts/mom", "family") == told(club, "/v1/groups/nobody/accounts/mom", "nobody")
    expect_problem(club.client.post(f"/v1/orders/{theirs['id']}/cancel"), 404, "unknown_order")
    for group in ("family", "nobody"):
        expect_problem(club.post_order(order_body(group)), 404, "unknown_group")
    expect_problem(club.post_order(order_body("x", group=None, accounts=["club/kim", "family/mom"])), 404, "unknown_account")

    page = club.get("/v1/orders", limit=2).json()
    rest = club.get("/v1/orders", limit=2, cursor=page["next_cursor"]).json()
    assert [order["id"] for order in page["items"] + rest["items"]] == mine[::-1]
    assert [group["name"] for group in club.items("/v1/groups")] == ["club"]
    assert {order["id"] for order in access.admin.orders()} == {theirs["id"], both["id"], *mine}


def test_another_tokens_key_is_that_of_another_order(access):
    one = access.holder("one", "orders:write")
    two = access.holder("two", "orders:write")
    body = order_body("family")
    first = one.post_order(body)
    assert (first.status_code, one.post_order(body).status_code) == (201, 200)
    refused = expect_problem(two.post_order(body), 422, "client_order_id_reused")
    assert first.json()["id"] not in json.dumps(refused)


def test_an_override_needs_the_scope_to_approve(access):
    writer = access.holder("writer", "orders:write")
    body = order_body("family", override=["same_order_again"])
    assert "orders:approve" in expect_problem(writer.post_order(body), 403, "missing_scope")["detail"]
    approver = access.holder("approver", "orders:write", "orders:approve")
    assert approver.post_order(body).status_code == 201


def test_no_token_makes_a_wider_one(access):
    narrow = access.holder("narrow", "admin", groups=["club"])
    wider = narrow.client.post("/v1/tokens", json={"name": "x", "scopes": ["orders:read"]})
    expect_problem(wider, 403, "wider_than_own")
    assert narrow.client.post("/v1/tokens", json={"name": "x", "scopes": ["orders:read"], "groups": ["club"]}).status_code == 201
    expect_problem(access.admin.client.delete("/v1/tokens/admin"), 409, "administrator_token")


def test_a_worker_joins_with_a_token_for_it(stage):
    main = stage.main()
    for name, scopes in (("joiner", ["workers:join"]), ("reader", ["orders:read"])):
        answer = main.api.client.post("/v1/tokens", json={"name": name, "scopes": scopes})
        file = stage.folder / f"{name}.token"
        file.touch(mode=0o600)
        file.write_text(answer.json()["token"])
    host, _, port = main.ready.grpc.rpartition(":")
    for worker, token in (("w2", "reader"), ("w1", "joiner")):
        stage.run(
            *("worker", "--data-dir", stage.folder / worker, "--worker-name", worker),
            *("--main-server-host", host, "--main-server-port", port, "--token-file", stage.folder / f"{token}.token"),
        )
    wait_until(lambda: [worker["name"] for worker in main.api.items("/v1/workers")] == ["w1"])


def test_the_command_line_has_tokens(access):
    made = access.cli("token", "create", "bot", "--scope", "orders:read,orders:write", "--group", "club", "--expires-in", "90d")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("ta_") and made.stdout.count("\n") == 1
    assert "not shown again" in made.stderr and "ta_" not in made.stderr
    file = access.stage.folder / "bot.token"
    file.touch(mode=0o600)
    file.write_text(made.stdout)
    me = access.cli("token", "me", "-o", "json", token=file)
    assert json.loads(me.stdout)["groups"] == ["club"], me.stderr
    assert access.cli("token", "list", "-o", "name").stdout == "bot\n"
    assert access.cli("token", "list", token=file).returncode == 4
    assert access.cli("token", "show", "bot", "-o", "yaml").returncode == 0
    assert access.cli("token", "revoke", "bot", "-y").returncode == 0
    assert access.cli("token", "me", token=file).returncode == 4
    assert access.cli("token", "revoke", "bot", "-y").returncode == 3
