"""What the command line shows while it happens: `event tail`, `order watch`, and the progress of an order."""

import json
import random
import re
import signal

from .cli import Cli
from .conftest import Running, Stage
from .cutting_proxy import CuttingProxy
from .event_stream import page_of_all
from .processes import Server
from .waiting import wait_until


def newest(up: Running) -> int:
    return page_of_all(up.api)[-1]["sequence"]


def events_of(tail: Server) -> list[dict]:
    return [json.loads(line) for line in tail.output.splitlines()]


def tail_until(tail: Server, sequence: int) -> list[dict]:
    """What it told by then; it ends as with Ctrl-C."""
    wait_until(lambda: any(event["sequence"] == sequence for event in events_of(tail)))
    events = events_of(tail)
    tail.process.send_signal(signal.SIGINT)
    assert tail.wait_exit() == 130
    assert f"tradeauto event tail --after {sequence}" in tail.output
    return events


def test_a_tail_that_is_cut_off_loses_and_doubles_nothing(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={}, dad={"SUB_ACCOUNTS": "2"})
    up.api.place_and_wait("family")
    chance = random.Random(8)
    with CuttingProxy(up.ready.http, [chance.randrange(1, 3000) for _ in range(10)]) as proxy:
        tail = Cli(stage, up, address=proxy.address).start("event", "tail", "--after", "0", "-o", "json", "-q")
        while proxy.cuts < 10:
            up.api.place_and_wait("family")
        last = newest(up)
        assert tail_until(tail, last) == page_of_all(up.api)


def test_a_tail_survives_a_kill_of_the_server(stage: Stage):
    up = stage.up()
    port = up.ready.http.rpartition(":")[2]
    up.api.paper_group("family", mom={})
    # It has told no event yet: it knows all the same where it began, and says so.
    tail = Cli(stage, up).start("event", "tail", "-o", "json")
    tail.wait_output(r"events as they happen")
    up.server.kill()
    again = stage.up("--http-port", port)
    again.api.place_and_wait("family")
    last = newest(again)
    tail.wait_output(rf'"sequence":{last},')
    tail.process.send_signal(signal.SIGINT)
    assert tail.wait_exit() == 130
    told = [json.loads(line) for line in tail.output.splitlines() if line.startswith("{")]
    assert told == page_of_all(again.api)[-len(told) :]
    assert [event["type"] for event in told].count("order_accepted") == 1


def test_a_tail_is_filtered(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    up.api.paper_group("club", ann={})
    tail = Cli(stage, up).start("event", "tail", "--after", "0", "--group", "club", "--type", "child_order_filled", "-q", "-o", "json")
    up.api.place_and_wait("family")
    order = up.api.place_and_wait("club")
    events = tail_until(tail, newest(up))
    assert [(event["type"], event["order_id"]) for event in events] == [("child_order_filled", order["id"])]


def test_progress_comes_as_it_happens_and_takes_few_requests(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", soon={"FILL_DELAY_MS": "100"}, late={"FILL_DELAY_MS": "2500"}, last={"FILL_DELAY_MS": "5000"})
    done = Cli(stage, up)("order", "buy", "1", "AAPL", "--group", "family", "--confirm", "family", "-v")
    assert done.returncode == 0, done.stderr
    for account in ("soon", "late", "last"):
        assert re.search(rf"^{account} AAPL: filled", done.stderr, re.M) or account == "last", done.stderr
        assert re.search(rf"^{account} +Paper +AAPL +filled", done.stdout, re.M), done.stdout
    calls = re.findall(r"^(?:GET|POST) \S+ \d+", done.stderr, re.M)
    # The order, its events, and the answer that is held: at first for 2 s, then for 30.
    assert len(calls) <= 4, calls


def test_a_quick_order_takes_no_stream(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={"FILL_DELAY_MS": "0"})
    done = Cli(stage, up)("order", "buy", "1", "AAPL", "--group", "family", "--confirm", "family", "-v")
    assert done.returncode == 0, done.stderr
    calls = re.findall(r"^(?:GET|POST) (/v1/\w+)", done.stderr, re.M)
    assert calls[:2] == ["/v1/orders", "/v1/orders"], done.stderr


def test_watching_one_order_ends_with_its_outcome(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", good={"FILL_DELAY_MS": "1500"}, poor={"CASH": "1"})
    order = up.api.place("family")
    watched = Cli(stage, up)("order", "watch", order["id"], "-o", "json", "-q")
    assert watched.returncode == 5, watched.stderr
    rows = [json.loads(line) for line in watched.stdout.splitlines()]
    last = {row["account"]: row["status"] for row in rows}
    assert last == {"good": "filled", "poor": "rejected"}
    assert {row["order_id"] for row in rows} == {order["id"]}
    assert len({(row["account"], row["status"]) for row in rows}) == len(rows), "a change was told twice"


def test_watching_all_orders_tells_each_change(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={}, dad={})
    up.api.paper_group("club", ann={})
    watch = Cli(stage, up).start("order", "watch", "--group", "family", "-o", "csv", "-v")
    watch.wait_output(r"GET /v1/events\S* 200")
    up.api.place_and_wait("club")
    order = up.api.place_and_wait("family")
    for account in ("mom", "dad"):
        for status in ("pending", "executing", "filled"):
            watch.wait_output(rf"family/{account},AAPL,{status},{order['id']}")
    watch.process.send_signal(signal.SIGINT)
    assert watch.wait_exit() == 130
    assert "club" not in watch.output
    assert watch.output.count(f"GET /v1/orders/{order['id']} 200") == 1
