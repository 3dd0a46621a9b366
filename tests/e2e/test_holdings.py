"""What accounts hold, over REST and by the command line; a log-in that is checked. Truth is the broker's own ledger."""

import json
from collections import defaultdict
from decimal import Decimal

import pytest

from standin import StandIn
from standin.broker import DEFAULT_TOKEN

from .api import Api, expect_problem, placements, pointers
from .cli import Cli
from .conftest import Running, Stage
from .pages import Page
from .waiting import wait_until

ANSWER_SECONDS = 60  # as long as the server holds an answer back at most


def refresh(api: Api, wait: int = ANSWER_SECONDS, **target: object) -> dict[str, dict]:
    """Each account as it stands when all have answered, by its name."""
    answer = api.client.post("/v1/holdings/refresh", json=target, headers={"Prefer": f"wait={wait}"})
    assert answer.status_code == 200, answer.text
    return {account["account"]: account for account in answer.json()["accounts"]}


def accounts_of(api: Api, wait: int = 0, **filters: object) -> dict[str, dict]:
    headers = {"Prefer": f"wait={wait}"} if wait else {}
    answer = api.client.get("/v1/holdings", params=filters, headers=headers)
    assert answer.status_code == 200, answer.text
    return {account["account"]: account for account in answer.json()["accounts"]}


def held(api: Api, limit: int = 500, **filters: object) -> dict[tuple, Decimal]:
    """Quantities by account, sub-account and symbol; page by page."""
    found, cursor = {}, None
    while True:
        page = api.get("/v1/holdings", limit=limit, **filters, **({"cursor": cursor} if cursor else {})).json()
        for item in page["items"]:
            place = (item["account"], item["sub_account"], item["symbol"])
            assert place not in found
            found[place] = Decimal(item["quantity"])
        cursor = page["next_cursor"]
        if not cursor:
            return found


def in_the_ledger(stage: Stage) -> dict[tuple, Decimal]:
    sums = defaultdict(Decimal)
    for entry in placements(stage.folder):
        if entry["decision"] == "accepted":
            signed = Decimal(entry["quantity"]) * (1 if entry["side"] == "buy" else -1)
            sums[entry["account"], entry["sub_account"], entry["symbol"]] += signed
    return {place: quantity for place, quantity in sums.items() if quantity}


def set_faults(up: Running, **faults: object) -> None:
    """The paper brokerage's own faults, by account of the group family."""
    path = up.data_dir / "paper/faults.json"
    new = path.with_suffix(".new")
    new.write_text(json.dumps({f"family/{account}": {"fault": fault} for account, fault in faults.items()}))
    new.rename(path)


def check(api: Api, account: str):
    return api.client.post(f"/v1/groups/family/accounts/{account}/check", json={})


def test_what_was_bought_is_held(stage):
    main = stage.main()
    api = main.api
    api.paper_group("family", mom={"SUB_ACCOUNTS": "3"}, dad={})
    stage.worker(main, "w1")
    wait_until(lambda: api.get("/v1/groups/family").json()["worker"])
    empty = api.get("/v1/holdings").json()
    assert empty["items"] == [] and {account["state"] for account in empty["accounts"]} == {"never_asked"}

    assert api.place_and_wait("family", quantity="3", symbols=["AAPL", "MSFT"])["status"] == "settled"
    assert held(api) == {}, "nobody was asked"
    asked = refresh(api, group="family")
    assert {account["state"] for account in asked.values()} == {"ok"}
    assert asked["mom"]["sub_accounts"] == ["xxxx0001", "xxxx0002", "xxxx0003"]
    assert [len(asked[account]["cash"]) for account in ("mom", "dad")] == [3, 1]
    assert len(in_the_ledger(stage)) == 8
    for limit in (1, 3, 500):
        assert held(api, limit) == in_the_ledger(stage), limit

    assert api.place_and_wait("family", side="sell", quantity="3", symbols=["MSFT"])["status"] == "settled"
    refresh(api, accounts=["family/mom", "family/dad"])
    assert held(api) == in_the_ledger(stage) and len(held(api)) == 4
    only = held(api, account="family/mom", symbol="aapl", brokerage="Paper")
    assert only == {place: quantity for place, quantity in in_the_ledger(stage).items() if place[0] == "mom"}
    item = api.items("/v1/holdings?account=family/dad")[0]
    assert Decimal(item["value"]) == Decimal(item["price"]) * 3
    assert not item["stale"]


def test_a_broker_that_hangs_delays_nobody_else(stage):
    up = stage.up("--execution-seconds", 15)
    api = up.api
    api.paper_group("family", mom={"FAULT": "hang"}, dad={}, aunt={})
    wait_until(lambda: api.get("/v1/groups/family").json()["worker"])
    answer = api.client.post("/v1/holdings/refresh", json={"group": "family"})
    assert answer.status_code == 202, answer.text
    for account in ("dad", "aunt"):
        assert accounts_of(api, wait=ANSWER_SECONDS, account=f"family/{account}")[account]["state"] == "ok"
    assert accounts_of(api)["mom"]["refreshing"]
    # Whoever asks meanwhile shares the question, and is answered when they want it.
    assert check(api, "dad").json()["ok"] is True
    answer = api.client.post("/v1/groups/family/accounts/mom/check", headers={"Prefer": "wait=1"})
    assert (answer.status_code, answer.json()["ok"]) == (202, None), answer.text
    mom = accounts_of(api, wait=ANSWER_SECONDS, account="family/mom")["mom"]
    assert (mom["state"], mom["reason"], mom["refreshing"], mom["as_of"]) == ("failed", "no_answer", False, None)


def test_a_failure_keeps_what_was_known_and_says_so(stage):
    up = stage.up("--execution-seconds", 5)
    api = up.api
    api.paper_group("family", mom={"SUB_ACCOUNTS": "2"}, dad={})
    assert api.place_and_wait("family")["status"] == "settled"
    before = refresh(api, group="family")["mom"]
    set_faults(up, mom="hang")
    after = refresh(api, group="family")
    assert (after["mom"]["state"], after["mom"]["stale"], after["mom"]["as_of"]) == ("failed", True, before["as_of"])
    assert (after["dad"]["state"], after["dad"]["stale"]) == ("ok", False)
    assert held(api) == in_the_ledger(stage)
    stale = {item["account"]: item["stale"] for item in api.items("/v1/holdings")}
    assert stale == {"mom": True, "dad": False}
    done = Cli(stage, up)("holdings", "list", "--account", "family/mom")
    assert done.returncode == 0 and done.stdout.count(" stale") == 2
    assert f"family/mom failed, shown is what it held at {before['as_of']}: no_answer" in done.stderr

    set_faults(up)
    assert refresh(api, group="family")["mom"]["state"] == "ok"
    path = up.data_dir / "paper/faults.json"
    path.with_suffix(".new").write_text(json.dumps({"family/mom": {"fault": "hang", "sub_account": 2}}))
    path.with_suffix(".new").rename(path)
    partly = refresh(api, accounts=["family/mom"])["mom"]
    assert (partly["state"], partly["reason"]) == ("incomplete", "incomplete") and "xxxx0002" in partly["message"]
    checked = check(api, "mom").json()
    assert (checked["ok"], checked["reason"]) == (False, "incomplete")


def test_without_a_worker_it_says_so_at_once(stage):
    main = stage.main()
    api = main.api
    api.paper_group("family", mom={})
    worker = stage.worker(main, "w1")
    assert api.place_and_wait("family")["status"] == "settled"
    known = refresh(api, group="family")["mom"]
    worker.server.kill()
    wait_until(lambda: not api.get("/v1/groups/family").json()["worker"])

    cli = Cli(stage, main)
    for answer in (api.client.post("/v1/holdings/refresh", json={"group": "family"}), check(api, "mom")):
        problem = expect_problem(answer, 503, "no_worker")
        assert "family" in problem["detail"] and answer.headers["retry-after"]
    assert cli("account", "check", "family/mom").returncode == 8
    assert cli("holdings", "refresh", "--group", "family").returncode == 8
    mom = accounts_of(api)["mom"]
    assert (mom["state"], mom["reason"], mom["stale"], mom["as_of"]) == ("failed", "no_worker", True, known["as_of"])
    assert held(api) == in_the_ledger(stage)

    stage.worker(main, "w1")
    wait_until(lambda: api.get("/v1/groups/family").json()["worker"])
    assert refresh(api, group="family")["mom"]["state"] == "ok"


def test_what_an_account_held_goes_with_it(stage):
    api = stage.up().api
    api.paper_group("family", mom={}, dad={})
    api.place_and_wait("family")
    refresh(api, group="family")
    assert api.client.delete("/v1/groups/family/accounts/mom").status_code == 204
    assert {place[0] for place in held(api)} == {"dad"}
    expect_problem(api.get("/v1/holdings", account="family/mom"), 404, "unknown_account")
    api.paper_group("family", mom={})
    assert accounts_of(api)["mom"]["state"] == "never_asked"


def test_a_token_with_groups_sees_only_these(stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    up.api.paper_group("club", kim={})
    made = up.api.client.post(
        "/v1/tokens", json={"name": "bot", "scopes": ["accounts:read", "accounts:write"], "groups": ["club"]}
    )
    api = Api(up.ready.http, made.json()["token"])
    stage.apis.append(api)
    wait_until(lambda: up.api.get("/v1/groups/club").json()["worker"])
    assert set(accounts_of(api)) == {"kim"}
    assert set(refresh(api, group="club")) == {"kim"}
    refused = api.client.post("/v1/holdings/refresh", json={"accounts": ["club/kim", "family/mom"]})
    assert pointers(expect_problem(refused, 404, "unknown_account")) == {"/accounts/1"}
    expect_problem(check(api, "mom"), 404, "unknown_account")
    assert pointers(expect_problem(api.get("/v1/holdings", group="family"), 404, "unknown_group")) == {"?group"}
    assert accounts_of(up.api)["mom"]["state"] == "never_asked"


def test_a_filter_that_cannot_be_is_named(stage):
    api = stage.up().api
    api.paper_group("family", mom={})
    for name, value in {"group": "a/b", "account": "mom", "brokerage": "Nobody", "symbol": "A A", "limit": "0"}.items():
        assert pointers(expect_problem(api.get("/v1/holdings", **{name: value}), 400, "bad_query")) == {f"?{name}"}
    for body, where in (({}, "/group"), ({"group": "nobody"}, "/group"), ({"accounts": ["mom"]}, "/accounts/0")):
        answer = api.client.post("/v1/holdings/refresh", json=body)
        assert 400 <= answer.status_code < 500 and pointers(answer.json()) == {where}, answer.text


def test_the_command_line(stage):
    up = stage.up()
    cli = Cli(stage, up)
    up.api.paper_group("family", mom={"SUB_ACCOUNTS": "2"}, dad={})
    up.api.place_and_wait("family")
    fresh = cli("holdings")
    assert fresh.returncode == 0 and "not asked yet, so not known: family/dad, family/mom" in fresh.stderr

    asked = cli("holdings", "refresh", "--group", "family")
    assert asked.returncode == 0, asked.stderr
    assert [line.split()[:3] for line in asked.stdout.splitlines()[1:]] == [
        ["family/dad", "Paper", "ok"],
        ["family/mom", "Paper", "ok"],
    ]

    def listed(*words: str) -> str:
        done = cli("holdings", "list", *words)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        return done.stdout

    names = [f"family/{account}/{sub}/{symbol}" for account, sub, symbol in in_the_ledger(stage)]
    assert listed("-o", "name").split() == sorted(names)
    assert json.loads(listed("-o", "json"))["items"] == up.api.items("/v1/holdings")
    assert listed("-o", "csv", "--account", "family/dad").splitlines()[1].startswith("family/dad,xxxx0001,AAPL,1,")
    assert "sub_account: xxxx0001" in listed("-o", "yaml")
    assert len(listed("--symbol", "AAPL").splitlines()) == 4

    good = cli("account", "check", "family/mom")
    assert good.returncode == 0, good.stderr
    assert "family/mom  Paper      ok      xxxx0001, xxxx0002  dedupes" in good.stdout
    assert cli("account", "check", "family/nobody").returncode == 3
    assert cli("holdings", "refresh").returncode == 2
    cli("account", "disable", "family/mom")
    assert cli("account", "check", "family/mom").returncode == 1


def test_the_page_about_it(stage):
    page = Page("docs/how-to/holdings.md", stage)
    up = stage.up(data_dir=stage.folder / "home/.local/share/tradeauto")
    up.api.paper_group("family", mom={"SUB_ACCOUNTS": "2"}, dad={})
    up.api.place_and_wait("family")
    page.run("check")
    page.run("refresh")


@pytest.mark.autorsa
def test_a_log_in_is_checked_at_the_brokerage(stage, standin, autorsa_command):
    up = stage.up("--autorsa-command", autorsa_command, **standin.environment())
    up.api.tradier_group("family", DEFAULT_TOKEN)
    cli = Cli(stage, up)
    good = cli("account", "check", "family/main", "-o", "json", timeout=90)
    assert good.returncode == 0, good.stderr + good.stdout
    answer = json.loads(good.stdout)
    assert (answer["ok"], answer["guarantee"]) == (True, "none")
    assert [sub_account[-4:] for sub_account in answer["sub_accounts"]] == ["3001", "3002"]
    assert held(up.api) == {
        ("main", answer["sub_accounts"][0], "AAPL"): 1,
        ("main", answer["sub_accounts"][0], "MSFT"): 2,
    }
    shown = good.stdout + up.api.get("/v1/holdings").text + up.server.output
    assert "VA17773001" not in shown and "VA17773002" not in shown and DEFAULT_TOKEN not in shown
    assert standin.decided() == []


@pytest.mark.autorsa
def test_a_log_in_that_is_refused_is_the_brokerages_word(stage, autorsa_command):
    with StandIn(faults=["profile:401"]) as standin:
        up = stage.up("--autorsa-command", autorsa_command, **standin.environment())
        up.api.tradier_group("family", "wrong-token-of-mom")
        done = Cli(stage, up)("account", "check", "family/main", timeout=90)
        assert done.returncode == 5, done.stderr + done.stdout
        assert "login_failed" in done.stdout
        account = accounts_of(up.api)["main"]
        assert (account["state"], account["reason"], account["sub_accounts"]) == ("failed", "login_failed", [])
        for text in (done.stdout, done.stderr, up.api.get("/v1/holdings").text, up.server.output):
            assert "wrong-token-of-mom" not in text
