"""Groups, accounts and orders in a real Redis: nothing acknowledged is lost, whichever side is killed."""

import httpx
import pytest

from .api import expect_problem, order_body, placed_children, statuses
from .conftest import Stage
from .redis_server import PASSWORD, durable_redis, store_words

pytestmark = pytest.mark.one_store


redis = pytest.fixture(durable_redis)
words = pytest.fixture(store_words)


def test_nothing_acknowledged_is_lost_when_both_are_killed(stage, redis, words):
    up = stage.up(*words)
    up.api.paper_group("family", mom={}, poor={"CASH": "1"})
    body = order_body("family", quantity="2")
    before = up.api.done(up.api.post_order(body).json()["id"])
    assert statuses(before) == {"mom": "filled", "poor": "rejected"}
    redis.kill()
    up.server.kill()
    assert redis.start()

    up = stage.up(*words)
    assert up.api.order(before["id"]) == before
    again = up.api.post_order(body)
    assert (again.status_code, again.json()) == (200, before)
    assert statuses(up.api.place_and_wait("family")) == {"mom": "filled", "poor": "rejected"}
    assert max(placed_children(up.data_dir).values()) == 1
    assert not (up.data_dir / "tradeauto.db").exists()


def test_a_redis_that_comes_back_in_time_is_waited_for(stage, redis, words):
    up = stage.up(*words)
    up.api.paper_group("family", mom={})
    redis.kill()
    assert redis.start()
    assert statuses(up.api.place_and_wait("family")) == {"mom": "filled"}
    assert len(up.api.orders()) == 1


def test_while_redis_is_away_nothing_is_taken_and_then_all_goes_on(stage, redis, words):
    up = stage.up(*words)
    up.api.paper_group("family", mom={})
    redis.kill()
    body = order_body("family")
    expect_problem(up.api.post_order(body), 503)
    assert up.api.client.put("/v1/groups/club", json={}).status_code == 503
    assert redis.start()
    assert statuses(up.api.done(up.api.post_order(body).json()["id"])) == {"mom": "filled"}
    assert len(up.api.orders()) == 1


def test_another_main_server_takes_the_database_over(stage, redis, words):
    first = stage.up(*words)
    first.api.paper_group("family", mom={})
    second = stage.up(*words, data_dir=stage.folder / "other")
    assert [group["name"] for group in second.api.items("/v1/groups")] == ["family"]
    with pytest.raises(httpx.HTTPError):  # no answer, since none would be true
        first.api.put_group("club")
    assert first.server.wait_exit() == 74
    assert [group["name"] for group in second.api.items("/v1/groups")] == ["family"]


def refused(stage: Stage, words: tuple[str, ...], *facts: str) -> str:
    server = stage.run("up", "--data-dir", stage.folder / "refused", "--http-port", 0, "--grpc-port", 0, *words)
    assert server.wait_exit() not in (0, -6, -11), server.tail()
    for fact in facts:
        assert fact in server.output, f"{fact!r} is missing:\n{server.tail()}"
    assert PASSWORD not in server.output
    return server.output


def test_an_unsafe_redis_is_refused_unless_loss_is_allowed(stage, redis, words):
    redis.command("CONFIG", "SET", "appendfsync", "everysec")
    refused(stage, words, "STORE", "appendfsync", "everysec", "STORE_ALLOW_LOSS")
    assert stage.up(*words, "--store-allow-loss", "on").api.get("/healthz").status_code == 200


def test_a_redis_that_is_not_there_is_named(stage, redis, words):
    redis.kill()
    refused(stage, words, "STORE", redis.url, "refused")
    assert redis.start()


def test_a_missing_password_is_named(stage, redis):
    refused(stage, ("--store", redis.url), "STORE", "REDIS_PASSWORD_FILE")


def test_a_database_of_somebody_else_is_left_alone(stage, redis, words):
    redis.put_account("family", "mom", "Tradier", ACCESS_TOKEN="not-a-real-one")
    before = redis.contents()
    refused(stage, words, "STORE", "empty")
    assert redis.contents() == before
    own = (words[0], f"{redis.url}/1", *words[2:])
    assert stage.up(*own).api.get("/healthz").status_code == 200
    assert redis.contents() == before


@pytest.mark.parametrize(
    ("url", "fact"),
    [
        ("rediss://127.0.0.1:1", "no connection"),
        ("redis://user:geheim@127.0.0.1", "REDIS_PASSWORD_FILE"),
        ("redis://192.0.2.1", "ALLOW_PLAINTEXT_BEYOND_LOOPBACK"),
    ],
)
def test_a_url_that_cannot_be_is_refused(stage, url, fact):
    output = refused(stage, ("--store", url), "STORE", fact)
    assert "geheim" not in output


def test_a_full_redis_ends_the_server_and_loses_nothing(stage, redis, words):
    up = stage.up(*words)
    up.api.paper_group("family", mom={})
    before = up.api.place_and_wait("family")
    redis.command("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(httpx.HTTPError):  # no answer, since none would be true
        up.api.post_order(order_body("family"))
    assert up.server.wait_exit() == 74
    assert "Redis is full" in up.server.output
    refused(stage, words, "STORE", "Redis is full")
    redis.command("CONFIG", "SET", "maxmemory", "0")

    up = stage.up(*words)
    assert up.api.orders() == [before]
    assert statuses(up.api.place_and_wait("family")) == {"mom": "filled"}
