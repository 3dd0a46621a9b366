"""`tradeauto doctor`: what it finds in a set-up, and what it says to do."""

import json

import pytest

from .cli import Cli
from .conftest import Stage
from .redis_server import Redis, durable_redis, store_words

redis = pytest.fixture(durable_redis)


def look(cli: Cli, *words: object, where: list | None = None) -> tuple[int, dict[str, dict]]:
    """The exit code, and each check by its name."""
    done = cli("doctor", "-o", "json", *words, where=where)
    assert done.stdout, done.stderr
    return done.returncode, {item["check"]: item for item in json.loads(done.stdout)["items"]}


def statuses(checks: dict[str, dict], *names: str) -> list[str]:
    return [checks[name]["status"] for name in names]


def test_a_set_up_that_is_well_passes(stage: Stage):
    up = stage.up()
    code, checks = look(Cli(stage, None), "--data-dir", up.data_dir, where=[])
    assert code == 0, checks
    assert "fail" not in {check["status"] for check in checks.values()}
    assert statuses(checks, "settings", "data directory", "token", "server", "ready", "workers") == ["ok"] * 6
    assert checks["data directory"]["detail"].endswith(f"in use by process {up.server.pid}")
    token = (up.data_dir / "admin.token").read_text().strip()
    shown = Cli(stage, None)("doctor", "--data-dir", up.data_dir, where=[])
    assert (shown.returncode, token in shown.stdout + shown.stderr) == (0, False)
    assert "0 failed" in shown.stderr


def test_where_nothing_has_run_it_says_what_to_do(stage: Stage):
    code, checks = look(Cli(stage, None), where=["--server", "127.0.0.1:1"])
    assert code == 1
    assert statuses(checks, "data directory", "token", "server") == ["warn", "fail", "fail"]
    assert "tradeauto up" in checks["server"]["remedy"]


def test_a_main_server_without_a_worker_fails(stage: Stage):
    main = stage.main()
    code, checks = look(Cli(stage, main))
    assert (code, checks["workers"]["status"]) == (1, "fail")
    assert "tradeauto worker" in checks["workers"]["remedy"]


def test_a_token_that_others_can_read_fails(stage: Stage):
    up = stage.up()
    token = up.data_dir / "admin.token"
    token.chmod(0o644)
    code, checks = look(Cli(stage, up), "--data-dir", up.data_dir)
    assert (code, checks["token"]["status"]) == (1, "fail")
    assert checks["token"]["remedy"] == f"chmod 600 {token}"


def test_settings_that_are_wrong_fail(stage: Stage):
    code, checks = look(Cli(stage, None), "--http-port", 70000, where=[])
    assert (code, checks["settings"]["status"]) == (1, "fail")
    assert "70000" in checks["settings"]["detail"]


def test_redis_is_asked_what_a_start_would_demand_of_it(stage: Stage, redis: Redis):
    cli = Cli(stage, None)
    store = store_words(stage, redis)
    assert look(cli, *store, where=[])[1]["store"]["status"] == "ok"
    redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    unsafe = look(cli, *store, where=[])[1]["store"]
    assert unsafe["status"] == "fail"
    assert "maxmemory-policy" in unsafe["detail"]


@pytest.mark.one_store
def test_a_damaged_journal_stops_the_worker_and_is_repaired(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    before = up.api.place_and_wait("family")
    cli = Cli(stage, None)
    taken = cli("doctor", "--repair-journal", "--data-dir", up.data_dir, where=[])
    assert taken.returncode != 0 and str(up.server.pid) in taken.stderr
    assert up.server.stop() == 0
    journal = up.data_dir / "worker/journal"
    whole = journal.read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    journal.write_bytes(damaged)

    refused = stage.run("up", "--data-dir", up.data_dir, "--http-port", 0, "--grpc-port", 0)
    assert refused.wait_exit() != 0
    assert "--repair-journal" in refused.output
    code, checks = look(cli, "--data-dir", up.data_dir, where=[])
    assert (code, checks["journal"]["status"]) == (1, "fail")
    done = cli("doctor", "--repair-journal", "--data-dir", up.data_dir, where=[])
    assert done.returncode == 0, done.stderr
    (copy,) = journal.parent.glob("journal.damaged-*")
    assert copy.read_bytes() == damaged and str(copy) in done.stdout
    again = cli("doctor", "--repair-journal", "--data-dir", up.data_dir, where=[])
    assert (again.returncode, "not damaged" in again.stdout) == (0, True)

    up = stage.up()
    assert up.api.order(before["id"]) == before
    assert set(one["status"] for one in up.api.place_and_wait("family")["child_orders"]) == {"filled"}
