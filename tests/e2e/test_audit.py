"""The audit trail: who did what, in whichever store, after whatever end; and nothing secret in it."""

import json

import pytest

from .api import Api, expect_problem, new_client_order_id, order_body
from .cli import Cli
from .conftest import Running, Stage
from .event_stream import page_of_all
from .redis_server import durable_redis, store_words

SECRETS = ("planted-token-of-mom", "planted-token-of-dad")
SESSION = ("orders:read", "orders:write", "accounts:read", "accounts:write")
redis = pytest.fixture(durable_redis)


@pytest.fixture(params=["sqlite", "redis"])
def words(request, stage: Stage) -> tuple[str, ...]:
    return () if request.param == "sqlite" else store_words(stage, request.getfixturevalue("redis"))


def holder(stage: Stage, up: Running, name: str, *scopes: str, **more: object) -> Api:
    made = up.api.client.post("/v1/tokens", json={"name": name, "scopes": list(scopes)} | more)
    assert made.status_code == 201, made.text
    api = Api(up.ready.http, made.json()["token"])
    stage.apis.append(api)
    return api


def trail(api: Api, **filters: object) -> list[dict]:
    """All of it, over pages of three, oldest first."""
    found: list[dict] = []
    cursor = None
    while True:
        answer = api.get("/v1/audit", limit=3, **filters, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found[::-1]


def deeds(items: list[dict]) -> list[tuple]:
    return [(item["actor"]["kind"], item["actor"]["name"], item["type"], item["group"]) for item in items]


def session_of_two(stage: Stage, up: Running) -> list[tuple]:
    """What ann and bot did, with the administrator; no worker is there, so what is ordered stays pending."""
    ann, bot = holder(stage, up, "ann", *SESSION), holder(stage, up, "bot", *SESSION)
    ann.paper_group("family", mom={})
    for name, secret in zip(("safe", "spare"), SECRETS, strict=True):
        assert ann.put_account("family", name, "Tradier", ACCESS_TOKEN=secret).status_code == 201
    spare = "/v1/groups/family/accounts/spare"
    assert bot.client.patch(spare, json={"enabled": False}).status_code == 200
    assert bot.client.patch(spare, json={"enabled": True}).status_code == 200
    assert bot.put_account("family", "spare", "Tradier", ACCESS_TOKEN=f"{SECRETS[1]}-anew").status_code == 200
    assert bot.client.delete(spare).status_code == 204
    assert bot.client.post("/createGroup?group_name=club").status_code == 200
    assert ann.client.delete("/v1/groups/club").status_code == 204
    order = bot.place("family", group=None, accounts=["family/mom"])
    assert ann.client.post(f"/v1/orders/{order['id']}/cancel").status_code == 200
    retry = bot.client.post(f"/v1/orders/{order['id']}/retry", json={"client_order_id": new_client_order_id()})
    assert retry.status_code == 201, retry.text
    assert up.api.client.delete("/v1/tokens/ann").status_code == 204
    expect_problem(ann.get("/v1/orders"), 401)
    by_ann, by_bot = ("token", "ann"), ("token", "bot")
    return [
        ("token", "admin", "token_created", None),
        ("token", "admin", "token_created", None),
        (*by_ann, "group_created", "family"),
        (*by_ann, "account_added", "family"),
        (*by_ann, "account_added", "family"),
        (*by_ann, "account_added", "family"),
        (*by_bot, "account_disabled", "family"),
        (*by_bot, "account_enabled", "family"),
        (*by_bot, "account_changed", "family"),
        (*by_bot, "account_deleted", "family"),
        ("legacy", "bot", "group_created", "club"),
        (*by_ann, "group_deleted", "club"),
        (*by_bot, "order_accepted", "family"),
        (*by_ann, "order_canceled", "family"),
        (*by_bot, "order_retried", "family"),
        ("token", "admin", "token_revoked", None),
    ]


def test_the_trail_names_who_did_what_and_survives_a_kill(stage: Stage, words):
    up = stage.main(*words)
    done = session_of_two(stage, up)
    before = trail(up.api)
    assert deeds(before) == done
    assert [item["account"] for item in before if item["type"] == "account_added"] == ["mom", "safe", "spare"]
    assert [item["token"] for item in before if item["token"]] == ["ann", "bot", "ann"]
    assert "credentials: ACCESS_TOKEN" in before[4]["detail"]
    up.server.kill()

    up = stage.main(*words)
    assert trail(up.api) == before
    up.api.put_group("late")
    assert deeds(trail(up.api)) == [*done, ("token", "admin", "group_created", "late")]
    log = page_of_all(up.api)
    assert [event for event in log if event["sequence"] in {item["sequence"] for item in before}] == before
    assert [event["actor"]["name"] for event in log if event["type"] == "child_order_canceled"] == ["ann"]
    told = json.dumps([log, trail(up.api)])
    assert not [secret for secret in (*SECRETS, "ta_") if secret in told]


def test_it_is_filtered_and_shown_at_the_command_line(stage: Stage):
    up = stage.main()
    done = session_of_two(stage, up)
    items = trail(up.api)
    assert deeds(trail(up.api, actor="ann")) == [deed for deed in done if deed[1] == "ann"]
    assert deeds(trail(up.api, group="club", type="group_created")) == [("legacy", "bot", "group_created", "club")]
    middle = items[8]["at"]
    assert trail(up.api, since=middle) == [item for item in items if item["at"] >= middle]
    assert trail(up.api, until=middle) == [item for item in items if item["at"] < middle]
    cli = Cli(stage, up)
    shown = cli("audit", "list", "--actor", "bot", "--limit", "0", "-o", "json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["items"] == [item for item in items if item["actor"]["name"] == "bot"][::-1]
    table = cli("audit", "list", "--type", "group_created").stdout.splitlines()
    assert len(table) == 3, table
    assert "bot (legacy)" in table[1]
    for form in ("yaml", "csv", "name"):
        listed = cli("audit", "list", "--limit", "1", "-o", form)
        assert listed.returncode == 0, listed.stderr
        assert listed.stdout


def test_a_token_sees_what_lies_in_its_groups_alone(stage: Stage):
    up = stage.main()
    for group in ("family", "club"):
        up.api.paper_group(group, mom={})
        up.api.place(group)
    up.api.place("family", group=None, accounts=["family/mom", "club/mom"])
    narrow = holder(stage, up, "narrow", "audit:read", groups=["club"])
    seen = trail(narrow)
    assert [item["type"] for item in seen] == ["group_created", "account_added", "order_accepted", "token_created"]
    assert {item["group"] for item in seen} == {"club"}
    assert trail(narrow, group="family") == []
    reader = holder(stage, up, "reader", "orders:read")
    assert "audit:read" in expect_problem(reader.get("/v1/audit"), 403, "missing_scope")["detail"]
    expect_problem(narrow.get("/v1/audit", type="alarm"), 400, "bad_query")


def test_who_settled_a_doubt_and_how_they_knew(stage: Stage):
    up = stage.up("--execution-seconds", 5)
    up.api.paper_group("family", mom={"FAULT": "accept_then_hang"})
    child = up.api.place_and_wait("family")["child_orders"][0]
    assert child["status"] == "in_doubt"
    body = {"outcome": "filled", "note": "seen in the app"}
    resolved = up.api.client.post(f"/v1/child_orders/{child['id']}/resolve", json=body)
    assert resolved.status_code == 200, resolved.text
    entry = trail(up.api)[-1]
    assert (entry["type"], entry["actor"]["name"]) == ("child_order_resolved", "admin")
    assert (entry["child_order_id"], entry["group"], entry["account"]) == (child["id"], "family", "mom")
    assert entry["detail"] == "filled: seen in the app"


def test_where_no_token_is_asked_for_nobody_is_named(stage: Stage):
    up = stage.main("--auth", "off")
    client = Api(up.ready.http, "")
    stage.apis.append(client)
    client.put_group("family")
    answer = client.post_order(order_body("family"))
    expect_problem(answer, 422, "empty_group")
    assert deeds(trail(client)) == [("anonymous", "AUTH off", "group_created", "family")]
