"""The event log: nothing is lost or doubled, however often a stream is cut."""

import json
import random

import pytest

from .cli import Cli
from .conftest import Running, Stage
from .event_stream import EventStream, page_of_all
from .redis_server import Redis, durable_redis, store_words


def follow_with_cuts(up: Running, cuts: int, seed: int) -> list[dict]:
    """Follows the log over so many connections, each cut at a random byte, while orders run; then to its end."""
    chance = random.Random(seed)
    events: list[dict] = []
    for cut in range(cuts):
        if cut % 4 == 0:
            last = up.api.place("family")["id"]
        limit = chance.randrange(1, 2500)
        with EventStream(up.api, last_id(events)) as stream:
            newest = page_of_all(up.api)[-1]["sequence"]
            while last_id(events + stream.events()) < newest and stream.read(limit):
                pass
            events += stream.events()
    up.api.done(last)
    newest = page_of_all(up.api)[-1]["sequence"]
    with EventStream(up.api, last_id(events)) as stream:
        return events + (stream.read_until(newest) if last_id(events) < newest else [])


def last_id(events: list[dict]) -> int:
    return events[-1]["id"] if events else 0


def expect_all(up: Running, events: list[dict]) -> None:
    told = [event["data"] for event in events]
    assert told == page_of_all(up.api)[: len(told)]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["type"] == event["data"]["type"] for event in events)


def test_200_cuts_lose_and_double_nothing(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={}, dad={"SUB_ACCOUNTS": "2"})
    events = follow_with_cuts(up, cuts=200, seed=6)
    expect_all(up, events)
    for order in up.api.orders(limit=500):
        mine = [event["type"] for event in events if event["data"]["order_id"] == order["id"]]
        assert mine.count("order_accepted") == 1
        if order["status"] == "settled":
            assert mine.count("child_order_executing") == mine.count("child_order_filled") == 2, mine


redis = pytest.fixture(durable_redis)


def test_cuts_lose_and_double_nothing_on_redis(stage: Stage, redis: Redis):
    up = stage.up(*store_words(stage, redis))
    up.api.paper_group("family", mom={})
    expect_all(up, follow_with_cuts(up, cuts=30, seed=7))


def test_a_stream_goes_on_where_it_was_after_main_was_killed(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    up.api.place_and_wait("family")
    newest = page_of_all(up.api)[-1]["sequence"]
    with EventStream(up.api, 0) as stream:
        events = stream.read_until(newest)
        up.server.kill()
        assert not stream.read(1 << 20)
    up = stage.up()
    up.api.place_and_wait("family")
    with EventStream(up.api, newest) as stream:
        events += stream.read_until(page_of_all(up.api)[-1]["sequence"])
    expect_all(up, events)


def test_what_the_log_does_not_know_is_told_to_start_anew(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    up.api.place_and_wait("family")
    newest = page_of_all(up.api)[-1]["sequence"]
    for seen in (newest + 1, 10**18, "of-another-server"):
        with EventStream(up.api, seen) as stream:
            first = stream.read_until(newest)[0]
            assert (first["type"], first["data"]) == ("reset", {"newest": newest})


def test_a_stop_ends_streams_at_once(stage: Stage):
    up = stage.up()
    with EventStream(up.api, 0) as stream:
        assert stream.read(1)
        assert up.server.stop() == 0
        while stream.read(1 << 20):
            pass


def test_filters_and_the_command_line(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    up.api.paper_group("club", ann={})
    order = up.api.place_and_wait("family")
    up.api.place_and_wait("club")
    cli = Cli(stage, up)
    listed = cli("event", "list", "--order", order["id"], "-o", "json")
    assert listed.returncode == 0, listed.stderr
    items = json.loads(listed.stdout)["items"]
    assert items == [event for event in page_of_all(up.api) if event["order_id"] == order["id"]]
    assert items[0]["type"] == "order_accepted"
    assert items[-1]["type"] == "child_order_filled"
    table = cli("event", "list", "--group", "club", "--type", "child_order_filled")
    assert len(table.stdout.splitlines()) == 2, table.stdout
    assert "child_order_filled" in table.stdout
