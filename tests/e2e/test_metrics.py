"""`/metrics`: every figure that docs/how-to/metrics.md names, right after a restart too, and nothing by name."""

import re

from .api import Api, children, placements, statuses
from .conftest import ROOT, Stage, gone_within
from .waiting import wait_until

_SAMPLE = re.compile(r"^([a-z_:]+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="([^"]*)"')
KNOWN_LABELS = {"method", "route", "status", "executor", "version", "le"}


def scrape(api: Api) -> str:
    answer = api.client.get("/metrics", headers={"Authorization": ""})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.text


def samples(text: str) -> dict[tuple[str, frozenset], float]:
    """Values by name and labels; fails if a line is no sample, or stands there twice."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = _SAMPLE.match(line)
        assert match, line
        key = (match[1], frozenset(_LABEL.findall(match[2] or "")))
        assert key not in found, line
        found[key] = float(match[3])
    return found


def value(api: Api, name: str, **labels: str) -> float:
    return samples(scrape(api)).get((name, frozenset(labels.items())), 0)


def documented_families(of: str = "main") -> set[str]:
    """What the page says of a main server, or of a `worker`."""
    main, _, worker = (ROOT / "docs/how-to/metrics.md").read_text().partition("\n## A worker\n")
    text = main if of == "main" else worker
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {re.sub(r"\{.*", "", name) for row in rows for name in re.findall(r"`([^`]+)`", row)}


def families(text: str) -> set[str]:
    return set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))


def test_the_page_names_every_family_and_the_server_has_each(stage: Stage):
    up = stage.up()
    text = scrape(up.api)
    assert families(text) == documented_families()
    assert {name for name, _ in samples(text)} >= {"tradeauto_build_info", "process_open_fds"}


def test_an_order_moves_the_counters(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    placed = {"method": "POST", "route": "/v1/orders", "status": "2xx"}
    refused = placed | {"status": "4xx"}
    before = [value(up.api, "tradeauto_http_requests_total", **labels) for labels in (placed, refused)]
    accepted = value(up.api, "tradeauto_order_accept_duration_seconds_count")

    up.api.place_and_wait("family")
    assert up.api.post_order({}).status_code == 400
    assert value(up.api, "tradeauto_http_requests_total", **placed) == before[0] + 1
    assert value(up.api, "tradeauto_http_requests_total", **refused) == before[1] + 1
    assert value(up.api, "tradeauto_order_accept_duration_seconds_count") == accepted + 1
    for status, count in {"pending": 1, "executing": 1, "filled": 1, "rejected": 0, "in_doubt": 0}.items():
        got = value(up.api, "tradeauto_child_orders_total", status=status, executor="paper")
        assert got == count, status
    assert value(up.api, "tradeauto_ledger_commit_duration_seconds_count") >= 3
    assert value(up.api, "tradeauto_worker_sessions") == 1
    assert value(up.api, "tradeauto_in_doubt_child_orders") == 0
    assert value(up.api, "process_resident_memory_bytes") > 1_000_000


def test_doubts_are_counted_right_after_a_restart(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={"FAULT": "hang"}, dad={})
    placed = up.api.place("family")
    wait_until(
        lambda: statuses(up.api.order(placed["id"])) == {"mom": "executing", "dad": "filled"},
        what="one account runs, the other one is filled",
    )
    up.wait_started("mom")
    gone_within(up.server.kill())

    up = stage.up()
    assert statuses(up.api.done(placed["id"])) == {"mom": "in_doubt", "dad": "filled"}
    assert value(up.api, "tradeauto_in_doubt_child_orders") == 1
    assert up.server.stop() == 0
    # The first scrape after the start, before anything else was asked.
    up = stage.up()
    assert value(up.api, "tradeauto_in_doubt_child_orders") == 1


def test_nothing_is_told_by_name(stage: Stage):
    up = stage.up("--worker-name", "ivory-worker")
    up.api.paper_group("crimson-group", **{"violet-account": {"SUB_ACCOUNTS": "2"}})
    order = up.api.place_and_wait("crimson-group", symbols=["ZQXW"], client_order_id="amber-order")
    child = children(order)["violet-account"]
    up.api.get("/v1/orders/amber-path?symbol=ZQXW")
    up.api.get("/no/such/amber-path")
    up.api.client.request("AMBER", "/v1/orders")

    text = scrape(up.api)
    names = ["ivory-worker", "crimson", "violet", "ZQXW", "amber", "AMBER", up.api.token, "admin", "127.0.0.1"]
    names += [order["id"], child["id"], *(execution["broker_order_id"] for execution in child["executions"])]
    names += [str(entry["sub_account"]) for entry in placements(up.data_dir) if len(str(entry["sub_account"])) > 3]
    assert [name for name in names if name in text] == []
    assert {label for _, labels in samples(text) for label, _ in labels} <= KNOWN_LABELS


def test_a_wrong_token_closes_no_page_that_is_open(stage: Stage):
    up = stage.up()
    answer = up.api.client.get("/metrics", headers={"Authorization": "Bearer ta_wrong"})
    assert answer.status_code == 200
    assert up.api.client.post("/metrics", json={}).status_code == 405
