"""docs/how-to/redis.md: its commands do what it says, and print what it quotes (pages.py)."""

import re

import pytest

from .conftest import Stage
from .pages import ROOT, Page
from .redis_server import PASSWORD, durable_redis

pytestmark = pytest.mark.one_store

PAGE = "docs/how-to/redis.md"
redis = pytest.fixture(durable_redis)


def test_a_store_in_redis(stage: Stage, redis):
    page = Page(PAGE, stage)
    password = stage.folder / "password"
    password.write_text(f"{PASSWORD}\n")
    page.here = {"/etc/redis/password": str(password), "127.0.0.1:6379": f"127.0.0.1:{redis.port}"}
    page.run("password")
    words = page.blocks["up"][0].replace("127.0.0.1:6379", f"127.0.0.1:{redis.port}").split()[1:]
    up = stage.run(*words, environment={"TRADEAUTO_HTTP_PORT": "0", "TRADEAUTO_GRPC_PORT": "0"})
    ready = up.wait_ready()
    page.settings = {
        "TRADEAUTO_HTTP_PORT": ready.http.rpartition(":")[2],
        "TRADEAUTO_STORE": words[words.index("--store") + 1],
        "TRADEAUTO_REDIS_PASSWORD_FILE": str(stage.folder / "redis-password"),
    }
    page.run("look")


def test_the_settings_that_it_names_are_those_that_count(stage: Stage, redis):
    conf = re.search(r"^```conf\n(.*?)^```", (ROOT / PAGE).read_text(), re.MULTILINE | re.DOTALL)[1]
    wrong = {"appendonly": "no", "appendfsync": "everysec", "no-appendfsync-on-rewrite": "yes"}
    wrong |= {"maxmemory-policy": "allkeys-lru"}
    words = ("--store", redis.url, "--redis-password-file", stage.folder / "password")
    words[-1].write_text(PASSWORD)
    words[-1].chmod(0o600)
    for line in conf.splitlines():
        name, value = line.split()
        redis.command("CONFIG", "SET", name, wrong.pop(name))
        server = stage.run("up", "--data-dir", stage.folder / "d", "--http-port", 0, "--grpc-port", 0, *words)
        assert server.wait_exit() == 1
        assert f'{name} is "' in server.output and f'must be "{value}"' in server.output
        redis.command("CONFIG", "SET", name, value)
    assert not wrong, "the page leaves out what counts"
    assert stage.up(*words, data_dir=stage.folder / "d").api.get("/healthz").status_code == 200


def test_what_it_lets_a_user_do_is_enough_and_no_more(stage: Stage, redis):
    rights = re.search(r"`(\+@read [^`]*)`", (ROOT / PAGE).read_text())[1].split()
    redis.command("ACL", "SETUSER", "orders", "on", f">{PASSWORD}", "~*", *rights)
    file = stage.folder / "password"
    file.write_text(PASSWORD)
    file.chmod(0o600)
    url = redis.url.replace("redis://", "redis://orders@")
    words = ("--redis-password-file", file, "--store")
    up = stage.up(*words, f"{url}/0")
    up.api.paper_group("family", mom={})
    up.api.place_and_wait("family")
    for right in rights:
        redis.command("ACL", "SETUSER", "orders", f"-{right[1:]}")
        ports = ("--http-port", 0, "--grpc-port", 0)
        server = stage.run("up", "--data-dir", stage.folder / "d", *ports, *words, f"{url}/1")
        assert server.wait_exit() == 1, f"{right} is not needed"
        redis.command("ACL", "SETUSER", "orders", right)
