"""Groups, accounts and brokerages from the first call to the last, by REST and by the command line."""

import json
import re
from pathlib import Path

import pytest

from .api import expect_problem, order_body, placed_children, statuses
from .cli import Cli
from .conftest import Running, Stage

PAGES = Path(__file__).resolve().parents[2] / "docs/brokerages"


@pytest.fixture
def up(stage: Stage) -> Running:
    return stage.up()


def test_a_group_comes_once_and_goes_when_it_is_empty(up):
    client = up.api.client
    made = client.put("/v1/groups/family", json={})
    assert (made.status_code, made.headers["location"]) == (201, "/v1/groups/family")
    again = client.put("/v1/groups/family")
    assert (again.status_code, again.json()["created_at"]) == (200, made.json()["created_at"])
    assert up.api.put_account("family", "mom", "Paper").status_code == 201
    assert up.api.get("/v1/groups/family").json()["accounts"] == 1
    expect_problem(client.delete("/v1/groups/family"), 409)
    assert client.delete("/v1/groups/family/accounts/mom").status_code == 204
    gone = client.delete("/v1/groups/family")
    assert (gone.status_code, gone.content) == (204, b"")
    expect_problem(client.delete("/v1/groups/family"), 404, "unknown_group")
    assert up.api.items("/v1/groups") == []


def test_an_account_that_is_disabled_gets_no_order_until_it_is_enabled(up):
    up.api.paper_group("family", mom={}, dad={})
    shown = up.api.get("/v1/groups/family/accounts/dad")
    path = "/v1/groups/family/accounts/dad"
    disabled = up.api.client.patch(path, json={"enabled": False}, headers={"If-Match": shown.headers["etag"]})
    assert (disabled.status_code, disabled.json()["enabled"]) == (200, False)
    stale = up.api.client.patch(path, json={"enabled": True}, headers={"If-Match": shown.headers["etag"]})
    expect_problem(stale, 412)
    assert statuses(up.api.place_and_wait("family")) == {"mom": "filled"}
    expect_problem(up.api.post_order(order_body("family", group=None, accounts=["family/dad"])), 422)
    assert up.api.client.patch(path, json={"enabled": True}).json()["enabled"] is True
    assert statuses(up.api.place_and_wait("family", override=["same_order_again"])) == {"mom": "filled", "dad": "filled"}
    assert len(placed_children(up.data_dir)) == 3


def test_the_command_line_keeps_the_registry(up, stage):
    cli = Cli(stage, up)
    for words in (
        ("group", "add", "family"),
        ("account", "add", "family/mom", "--brokerage", "Paper", "--no-input"),
        ("account", "disable", "family/mom"),
    ):
        done = cli(*words)
        assert done.returncode == 0, done.stderr
    shown = json.loads(cli("account", "show", "family/mom", "-o", "json").stdout)
    assert shown == up.api.get("/v1/groups/family/accounts/mom").json()
    assert shown["enabled"] is False
    assert cli("account", "enable", "family/mom").returncode == 0
    assert json.loads(cli("group", "show", "family", "-o", "json").stdout) == up.api.get("/v1/groups/family").json()
    assert cli("group", "remove", "family", "-y").returncode == 1, "it has an account"
    for words in (("account", "remove", "family/mom", "-y"), ("group", "remove", "family", "-y")):
        done = cli(*words)
        assert done.returncode == 0, done.stderr
    assert up.api.items("/v1/groups") == []


def test_every_brokerage_tells_what_a_log_in_needs(up, stage):
    listed = up.api.items("/v1/brokerages")
    names = [brokerage["name"] for brokerage in listed]
    assert len(names) == len(set(names)) == 17 and "Paper" in names
    pages = "\n".join(path.read_text() for path in sorted(PAGES.glob("*.md")))
    for brokerage in listed:
        assert up.api.get(f"/v1/brokerages/{brokerage['name']}").json() == brokerage
        assert re.search(rf"\b{brokerage['name']}\b", pages, re.IGNORECASE), brokerage["name"]
        # What is not marked as optional is asked for, and named.
        up.api.put_group("family")
        needed = {field["name"] for field in brokerage["credential_fields"] if not field["optional"]}
        answer = up.api.put_account("family", "bare", brokerage["name"])
        if needed:
            problem = expect_problem(answer, 422)
            assert {error["pointer"] for error in problem["errors"]} >= {f"/credentials/{name}" for name in needed}
        else:
            assert answer.status_code == 201, answer.text
    expect_problem(up.api.get("/v1/brokerages/Nobody"), 404, "unknown_brokerage")
    first = up.api.get("/v1/brokerages", limit=10).json()
    rest = up.api.get("/v1/brokerages", limit=10, cursor=first["next_cursor"]).json()
    assert (first["items"] + rest["items"], rest["next_cursor"]) == (listed, None)

    cli = Cli(stage, up)
    assert cli("brokerage", "list", "-o", "name").stdout.split() == names
    shown = json.loads(cli("brokerage", "show", "Tradier", "-o", "json").stdout)
    assert shown == up.api.get("/v1/brokerages/Tradier").json()
    assert cli("brokerage", "show", "Nobody").returncode == 3
