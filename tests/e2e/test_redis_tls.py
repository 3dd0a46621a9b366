"""`STORE=rediss://`: the same store in TLS, and whom it does not speak with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .api import placed_children, statuses
from .certificates import Authority, Identity, self_signed
from .conftest import Stage
from .redis_server import Redis

pytestmark = pytest.mark.one_store

FAULTS = {
    "expired": "expired",
    "not yet valid": "not yet valid",
    "another name": "mismatch",
    "another authority": "issuer",
    "self-signed": "self",
}


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "ours")


@contextmanager
def redis_showing(stage: Stage, shown: Identity | None, authority: Authority, asks: bool = False) -> Iterator[Redis]:
    folder = stage.folder / "redis"
    folder.mkdir()
    redis = Redis(folder, durable=True, shown=shown, authority=authority.certificate, asks=asks)
    try:
        yield redis
    finally:
        faults = stage.stop()  # before the Redis that it would otherwise miss
        redis.stop()
        assert not faults, "\n".join(faults)


def refused(stage: Stage, *words: object) -> str:
    server = stage.run("up", "--data-dir", stage.folder / "refused", "--http-port", 0, "--grpc-port", 0, *words)
    assert server.wait_exit(30) == 1, server.tail()
    return server.output


def test_the_store_in_tls_survives_both_kills(stage, ours):
    with redis_showing(stage, ours.issue("redis"), ours) as redis:
        words = ("--store", redis.url, "--redis-ca-file", ours.certificate)
        up = stage.up(*words)
        up.api.paper_group("family", mom={})
        before = up.api.place_and_wait("family")
        redis.kill()
        assert redis.start()
        assert statuses(up.api.place_and_wait("family")) == {"mom": "filled"}, "it dials again"
        redis.kill()
        up.server.kill()
        assert redis.start()
        up = stage.up(*words)
        assert up.api.order(before["id"]) == before
        assert len(up.api.orders()) == 2
        assert max(placed_children(up.data_dir).values()) == 1


def test_a_redis_that_asks_is_shown_a_certificate(stage, ours):
    other = Authority(stage.folder, "other").issue("stranger")
    with redis_showing(stage, ours.issue("redis"), ours, asks=True) as redis:
        words = ("--store", redis.url, "--redis-ca-file", ours.certificate)
        own = ours.issue("main", ("main.example",))
        up = stage.up(*words, "--redis-cert-file", own.certificate, "--redis-key-file", own.key)
        up.api.paper_group("family", mom={})
        assert statuses(up.api.place_and_wait("family")) == {"mom": "filled"}
        assert "STORE" in refused(stage, *words)
        assert "STORE" in refused(stage, *words, "--redis-cert-file", other.certificate, "--redis-key-file", other.key)
        assert "REDIS_KEY_FILE" in refused(stage, *words, "--redis-cert-file", own.certificate)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_redis_that_is_not_the_right_one_is_refused(stage, ours, fault):
    identities = {
        "expired": lambda: ours.issue("old", begin=-9, end=-1),
        "not yet valid": lambda: ours.issue("young", begin=1),
        "another name": lambda: ours.issue("elsewhere", ("elsewhere.example", "127.0.0.2")),
        "another authority": lambda: Authority(stage.folder, "other").issue("redis"),
        "self-signed": lambda: self_signed(stage.folder),
    }
    with redis_showing(stage, identities[fault](), ours) as redis:
        output = refused(stage, "--store", redis.url, "--redis-ca-file", ours.certificate)
        assert FAULTS[fault] in output and "REDIS_CA_FILE" in output, output


def test_tls_is_not_mistaken_for_what_it_is_not(stage, ours):
    with redis_showing(stage, None, ours) as redis:
        url = redis.url.replace("redis://", "rediss://")
        assert "no TLS with it" in refused(stage, "--store", url, "--redis-ca-file", ours.certificate)


def test_a_redis_in_tls_does_not_answer_in_clear(stage, ours):
    with redis_showing(stage, ours.issue("redis"), ours) as redis:
        assert "STORE" in refused(stage, "--store", redis.url.replace("rediss://", "redis://"))
