"""`tradeauto import`: accounts of the original pair's Redis and of an AutoRSA .env, once, and no secret told."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cli import Cli
from .conftest import Running, Stage
from .redis_server import Redis

pytestmark = pytest.mark.one_store

SECRET = "hidden-"  # what every secret here begins with


@pytest.fixture
def main(stage: Stage) -> Running:
    return stage.main()


@pytest.fixture
def cli(stage: Stage, main: Running) -> Iterator[Cli]:
    """The command line; whatever it and the server said is searched for secrets at the end."""
    called = RecordingCli(stage, main)
    yield called
    assert called.said
    assert SECRET not in "\n".join([*called.said, main.server.output])


class RecordingCli(Cli):
    def __init__(self, stage: Stage, main: Running):
        super().__init__(stage, main)
        self.said: list[str] = []

    def __call__(self, *words: object, **more):
        done = super().__call__(*words, **more)
        self.said.append(done.stdout + done.stderr)
        return done


@pytest.fixture
def redis(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Redis]:
    server = Redis(tmp_path, getattr(request, "param", ""))
    yield server
    server.stop()


def fill(redis: Redis) -> None:
    redis.put_account("family", "mom", "Tradier", ACCESS_TOKEN=f"{SECRET}1")
    redis.put_account("family", "dad", "Tastytrade", status=0, USERNAME=f"{SECRET}2", PASSWORD=f"{SECRET}3")
    redis.put_account("club", "bob@home", "Public", USERNAME="bob", PASSWORD=f"{SECRET}4", OTP="left by the original")


def report(done) -> dict[str, dict]:
    """The rows by their origin."""
    items = json.loads(done.stdout)["items"]
    assert len({item["origin"] for item in items}) == len(items)
    return {item["origin"]: item for item in items}


def accounts(main: Running, group: str) -> dict[str, dict]:
    return {item["name"]: item for item in main.api.items(f"/v1/groups/{group}/accounts")}


def groups(main: Running) -> set[str]:
    return {item["name"] for item in main.api.items("/v1/groups")}


def secret_file(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return path


def test_the_accounts_of_a_redis_are_taken_with_brokerage_status_and_log_in(cli, main, redis):
    fill(redis)
    before = redis.contents()
    done = cli("import", "--legacy-redis", redis.url, "-o", "json")
    assert done.returncode == 0, done.stderr
    assert {item["status"] for item in report(done).values()} == {"taken"}
    family = accounts(main, "family")
    assert (family["mom"]["brokerage"], family["mom"]["enabled"]) == ("Tradier", True)
    assert (family["dad"]["brokerage"], family["dad"]["enabled"]) == ("Tastytrade", False)
    assert family["dad"]["credential_fields"] == ["CLIENT_SECRET", "REFRESH_TOKEN"]
    assert accounts(main, "club")["bob@home"]["credential_fields"] == ["ACCESS_TOKEN"]
    assert redis.contents() == before


def test_a_dry_run_tells_the_same_and_changes_nothing(cli, main, redis):
    fill(redis)
    dry = cli("import", "--legacy-redis", redis.url, "--dry-run", "-o", "json")
    assert dry.returncode == 0, dry.stderr
    assert groups(main) == set()
    assert {item["status"] for item in report(dry).values()} == {"would_take"}
    assert sorted(json.loads(dry.stdout)["groups_added"]) == ["club", "family"]
    real = cli("import", "--legacy-redis", redis.url, "-o", "json")
    assert report(real).keys() == report(dry).keys()


def test_a_repeated_import_changes_nothing(cli, main, redis):
    fill(redis)
    assert cli("import", "--legacy-redis", redis.url).returncode == 0
    before = accounts(main, "family") | accounts(main, "club")
    redis.command("HSET", "Account:Details:mom", "ACCESS_TOKEN", f"{SECRET}new")
    again = cli("import", "--legacy-redis", redis.url, "-o", "json")
    assert again.returncode == 0, again.stderr
    assert {item["status"] for item in report(again).values()} == {"there_already"}
    assert accounts(main, "family") | accounts(main, "club") == before


def test_what_cannot_be_taken_is_left_with_its_reason_and_stops_no_other(cli, main, redis):
    fill(redis)
    main.api.put_group("own")
    assert main.api.put_account("own", "same", "Fennel", ACCESS_TOKEN=f"{SECRET}fennel").status_code == 201
    main.api.put_group("family")
    assert main.api.put_account("family", "mom", "Tradier", ACCESS_TOKEN=f"{SECRET}1").status_code == 201
    redis.put_account("family", "twin", "Fennel", ACCESS_TOKEN=f"{SECRET}fennel")
    redis.put_account("family", "zoe", "Public", USERNAME="x", PASSWORD=f"{SECRET}4")
    redis.put_account("family", "half", "BBAE", USERNAME="x")
    redis.put_account("family", "colon", "BBAE", USERNAME="x", PASSWORD=f"{SECRET}a:b")
    redis.put_account("family", "sl/ash", "Tradier", ACCESS_TOKEN=f"{SECRET}5")
    redis.command("SADD", "Group:family", b"bytes\xff", "nothing")
    redis.command("SET", "Account:text", f"{SECRET}6")
    redis.command("SADD", "Group:family", "text")
    redis.command("SET", "Group:text", f"{SECRET}7")
    redis.command("HSET", "Account:alone", "brokerage", "11", "status", "1")
    done = cli("import", "--legacy-redis", redis.url, "-o", "json")
    assert done.returncode == 1, done.stderr
    rows = report(done)
    assert {origin: row["reason"] for origin, row in rows.items() if row["status"] == "left"} == {
        "Account:twin": "login_registered",
        "Account:zoe": "same_login",
        "Account:half": "missing_field",
        "Account:colon": "bad_credentials",
        "Account:sl/ash": "bad_name",
        "Account:bytes\\xFF": "no_account",
        "Account:nothing": "no_account",
        "Account:text": "unreadable_key",
        "Group:text": "unreadable_key",
        "Account:alone": "no_group",
    }
    assert rows["Account:mom"]["status"] == "there_already"
    assert "own/same" in rows["Account:twin"]["detail"]
    assert "PASSWORD" in rows["Account:half"]["detail"] and "PASSWORD" in rows["Account:colon"]["detail"]
    assert accounts(main, "family").keys() == {"mom", "dad"}
    table = cli("import", "--legacy-redis", redis.url)
    assert table.returncode == 1
    assert "3 there already, 10 left" in table.stderr


@pytest.mark.parametrize("redis", [f"{SECRET}redis"], indirect=True)
def test_the_password_of_a_redis_comes_from_a_file(cli, main, redis, tmp_path):
    fill(redis)
    right = secret_file(tmp_path / "right", f"{SECRET}redis\n")
    wrong = secret_file(tmp_path / "wrong", f"{SECRET}wrong\n")
    none = cli("import", "--legacy-redis", redis.url)
    assert none.returncode == 4 and "--redis-password-file" in none.stderr
    refused = cli("import", "--legacy-redis", redis.url, "--redis-password-file", wrong)
    assert refused.returncode == 4 and "password" in refused.stderr
    in_url = cli("import", "--legacy-redis", f"redis://:{SECRET}redis@127.0.0.1:{redis.port}")
    assert in_url.returncode == 2 and "--redis-password-file" in in_url.stderr
    assert groups(main) == set()
    done = cli("import", "--legacy-redis", redis.url, "--redis-password-file", right)
    assert done.returncode == 0, done.stderr
    piped = cli("import", "--legacy-redis", redis.url, "--redis-password-file", "-", stdin=f"{SECRET}redis\n")
    assert piped.returncode == 0, piped.stderr


def test_a_source_that_is_not_there_or_empty_is_told_clearly(cli, main, redis, tmp_path):
    nobody = cli("import", "--legacy-redis", "redis://127.0.0.1:1")
    assert nobody.returncode == 8 and "127.0.0.1 port 1" in nobody.stderr
    web = cli("import", "--legacy-redis", f"redis://{main.ready.http}")
    assert web.returncode == 8 and "does not speak as Redis" in web.stderr
    empty = cli("import", "--legacy-redis", redis.url)
    assert empty.returncode == 3 and "database 0" in empty.stderr
    assert cli("import", "--legacy-redis", f"{redis.url}/99").returncode == 2
    missing = cli("import", "--autorsa-env", tmp_path / "nowhere.env", "--group", "g")
    assert missing.returncode == 2 and "nowhere.env" in missing.stderr
    blank = secret_file(tmp_path / "blank.env", "# nothing\nDISCORD_TOKEN=hidden-discord\n")
    assert cli("import", "--autorsa-env", blank, "--group", "g").returncode == 3
    fill(redis)
    where = ["--server", "127.0.0.1:1", "--token-file", main.data_dir / "admin.token"]
    assert cli("import", "--legacy-redis", redis.url, where=where).returncode == 8


ENV = f"""\ufeff# AutoRSA
export TRADIER="{SECRET}one,{SECRET}two"
FIDELITY='user:{SECRET}pass:NA' # the first
DANGER_MODE=true\r
CHASE=
WEBULL=+1-5551234567:{SECRET}pass:{SECRET}did:123456
"""


def test_the_log_ins_of_an_env_file_are_taken_and_named_in_order(cli, main, tmp_path):
    env = secret_file(tmp_path / ".env", ENV)
    words = ["import", "--autorsa-env", env, "--group", "family", "-o", "json"]
    dry = cli(*words, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert groups(main) == set()
    done = cli(*words)
    assert done.returncode == 0, done.stderr
    assert {origin: row["account"] for origin, row in report(done).items()} == {
        "TRADIER 1": "tradier-1",
        "TRADIER 2": "tradier-2",
        "FIDELITY 1": "fidelity-1",
        "WEBULL 1": "webull-1",
    }
    taken = accounts(main, "family")
    assert taken["webull-1"]["credential_fields"] == ["DID", "PASSWORD", "TRADING_PIN", "USERNAME"]
    assert taken["fidelity-1"]["credential_fields"] == ["PASSWORD", "TOTP_SECRET_OR_NA", "USERNAME"]
    again = cli(*words)
    assert again.returncode == 0, again.stderr
    assert {row["status"] for row in report(again).values()} == {"there_already"}
    assert accounts(main, "family") == taken
    elsewhere = cli("import", "--autorsa-env", "-", "--group", "other", "-o", "json", stdin=ENV)
    assert elsewhere.returncode == 1
    assert {row["reason"] for row in report(elsewhere).values()} == {"login_registered"}


def test_a_damaged_env_file_loses_its_bad_lines_only(cli, main, tmp_path):
    env = tmp_path / "damaged.env"
    env.write_bytes(
        f"{SECRET}stray\nTRADEIR={SECRET}1\nBBAE='{SECRET}open\nFENNEL={SECRET}2\n".encode()
        + b"SOFI=user:\xff\nSCHWAB=user:pw:NA\nSCHWAB_ACCOUNT_NUMBERS=hidden-3\n"
    )
    env.chmod(0o644)
    done = cli("import", "--autorsa-env", env, "--group", "family", "-o", "json")
    assert done.returncode == 1, done.stderr
    assert f"chmod 600 {env}" in done.stderr
    assert {origin: row["reason"] for origin, row in report(done).items()} == {
        "line 2": "unknown_variable",
        "line 3": "unreadable_line",
        "FENNEL 1": None,
        "SOFI 1": "bad_credentials",
        "SCHWAB 1": None,
        "SCHWAB_ACCOUNT_NUMBERS": "cannot_limit",
    }
    taken = accounts(main, "family")
    assert taken["fennel-1"]["enabled"] and not taken["schwab-1"]["enabled"]


def test_a_file_that_is_no_text_is_no_crash(cli, main, tmp_path):
    noise = tmp_path / "noise.env"
    noise.write_bytes(bytes(range(256)) * 200)
    noise.chmod(0o600)
    assert cli("import", "--autorsa-env", noise, "--group", "family").returncode in (1, 3)
    assert groups(main) == set()
