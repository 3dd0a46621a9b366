"""The command line: what it prints, and the exit code by which a script decides."""

import json
import re
from pathlib import Path

import pytest

from .api import children, placements
from .cli import Cli
from .conftest import Running, Stage
from .processes import Server
from .waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def up(stage: Stage) -> Running:
    up = stage.up("--execution-seconds", 5)
    up.api.paper_group("demo", mom={}, dad={"SUB_ACCOUNTS": "2"})
    return up


@pytest.fixture
def cli(stage: Stage, up: Running) -> Cli:
    return Cli(stage, up)


def test_an_order_prints_a_line_per_account_and_exits_0(cli, up):
    done = cli("order", "buy", "1", "AAPL", "--group", "demo", "--confirm", "demo")
    assert done.returncode == 0, done.stderr
    for account in ("mom", "dad"):
        assert any(account in line and "filled" in line for line in done.stdout.splitlines()), done.stdout
    assert "\x1b[" not in done.stdout + done.stderr, "colour without a terminal"
    assert len(placements(up.data_dir)) == 3


def test_the_json_output_is_the_order_as_rest_shows_it(cli, up):
    done = cli("order", "buy", "1", "AAPL", "--group", "demo", "--confirm", "demo", "-o", "json")
    assert done.returncode == 0, done.stderr
    order = json.loads(done.stdout)
    assert order == up.api.order(order["id"])
    shown = cli("order", "show", order["id"], "-o", "json")
    assert json.loads(shown.stdout) == order
    listed = cli("order", "list", "-o", "json")
    assert order["id"] in listed.stdout
    waited = cli("order", "wait", order["id"], "-o", "json")
    assert (waited.returncode, json.loads(waited.stdout)) == (0, order)


def test_several_symbols_and_a_dry_run(cli, up):
    done = cli("order", "sell", "2", "AAPL,msft", "--group", "demo", "--confirm", "demo", "--dry-run", "-o", "json")
    assert done.returncode == 0, done.stderr
    order = json.loads(done.stdout)
    assert (order["side"], order["quantity"], order["dry_run"]) == ("sell", "2", True)
    assert sorted(order["symbols"]) == ["AAPL", "MSFT"]


@pytest.mark.parametrize(
    "confirm", [[], ["--confirm", "other"], ["--confirm", ""]], ids=["missing", "another", "empty"]
)
def test_a_live_order_that_is_not_confirmed_is_not_sent(cli, up, confirm):
    done = cli("order", "buy", "1", "AAPL", "--group", "demo", *confirm)
    assert done.returncode in (2, 9), done.stderr
    assert done.stderr
    assert up.api.orders() == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["order", "hold", "1", "AAPL", "--group", "demo"], "hold"),
        (["order", "buy", "1", "--group", "demo"], ""),
        (["order", "buy", "1", "AAPL", "--grop", "demo"], "--grop"),
        (["order", "buy", "0", "AAPL", "--group", "demo", "--confirm", "demo"], "quantity"),
        (["order", "buy", "1e3", "AAPL", "--group", "demo", "--confirm", "demo"], "quantity"),
        (["order", "buy", "-1", "AAPL", "--group", "demo", "--confirm", "demo"], ""),
        (["order", "buy", "1", "A APL", "--group", "demo", "--confirm", "demo"], "symbol"),
        (["order", "buy", "1", "AAPL"], "group"),
        (["ordr", "list"], "order"),
        (["order", "list", "-o", "xml"], "json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_exits_2_and_says_what_is_wrong(cli, up, words, names):
    done = cli(*words)
    assert done.returncode == 2, done.stderr
    assert names in done.stderr.lower()
    assert done.stdout == ""
    assert up.api.orders() == []


def test_an_unknown_group_exits_3(cli, up):
    done = cli("order", "buy", "1", "AAPL", "--group", "nobody", "--confirm", "nobody")
    assert done.returncode == 3, done.stderr
    assert "nobody" in done.stderr
    assert cli("order", "show", "00000000-0000-7000-8000-000000000000").returncode == 3


def test_a_wrong_token_exits_4(cli, up, tmp_path):
    wrong = tmp_path / "wrong.token"
    wrong.write_text("ta_wrong\n")
    done = cli("order", "list", where=["--server", f"http://{up.ready.http}", "--token-file", wrong])
    assert done.returncode == 4, done.stderr
    assert "ta_wrong" not in done.stderr


def test_a_missing_token_file_is_named(cli, up, tmp_path):
    missing = tmp_path / "missing.token"
    done = cli("order", "list", where=["--server", f"http://{up.ready.http}", "--token-file", missing])
    assert done.returncode in (2, 4, 74), done.stderr
    assert str(missing) in done.stderr


def test_a_refusal_by_the_broker_exits_5(cli, up):
    up.api.paper_group("mixed", good={}, poor={"CASH": "1"})
    done = cli("order", "buy", "1", "AAPL", "--group", "mixed", "--confirm", "mixed")
    assert done.returncode == 5, done.stderr
    assert "rejected" in done.stdout


def test_doubt_exits_6_and_warns_against_repeating(cli, up):
    up.api.paper_group("odd", good={}, bad={"FAULT": "accept_then_hang"})
    done = cli("order", "buy", "1", "AAPL", "--group", "odd", "--confirm", "odd")
    assert done.returncode == 6, done.stderr
    assert "in_doubt" in done.stdout or "in doubt" in done.stdout
    assert "repeat" in done.stderr.lower()


def test_what_failed_and_was_never_sent_exits_1(stage):
    main = stage.main()
    main.api.paper_group("demo", mom={})
    placed = main.api.place("demo", deadline_seconds=1)
    done = Cli(stage, main)("order", "wait", placed["id"])
    assert done.returncode == 1, done.stderr
    assert "expired" in done.stdout


def test_no_server_exits_8_and_says_that_nothing_was_sent(stage):
    done = Cli(stage, None)(
        "order", "buy", "1", "AAPL", "--group", "demo", "--confirm", "demo", "--server", "http://127.0.0.1:1"
    )
    assert done.returncode == 8, done.stderr
    assert "127.0.0.1:1" in done.stderr
    assert "nothing was sent" in done.stderr.lower()


def test_interrupted_it_prints_the_orders_id_and_exits_130(stage, up):
    up.api.paper_group("odd", bad={"FAULT": "slow"})
    command = ["order", "buy", "1", "AAPL", "--group", "odd", "--confirm", "odd"]
    where = ["--server", f"http://{up.ready.http}", "--token-file", str(up.data_dir / "admin.token")]
    cli = Server([str(stage.binary), *command, *where], stage.environment(), stage.folder, stage.folder / "cli.log")
    order = wait_until(lambda: up.api.orders(group="odd"))[0]
    wait_until(lambda: cli.output)
    cli.process.send_signal(2)
    assert cli.wait_exit() == 130
    assert order["id"] in cli.output


def test_on_the_servers_own_machine_neither_server_nor_token_is_needed(stage):
    up = stage.run("up", "--http-port", "0", "--grpc-port", "0")
    up.wait_ready()
    done = Cli(stage, None)("worker", "list", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_groups_accounts_and_workers_are_listed(cli, up):
    groups = cli("group", "list", "-o", "json")
    accounts = cli("account", "list", "--group", "demo", "-o", "json")
    workers = cli("workers", "list")
    assert (groups.returncode, accounts.returncode, workers.returncode) == (0, 0, 0), accounts.stderr
    assert "demo" in groups.stdout
    assert "mom" in accounts.stdout and "dad" in accounts.stdout
    assert len(workers.stdout.splitlines()) >= 2


def test_an_account_is_added_with_its_secret_from_standard_input(cli, up):
    words = ["account", "add", "demo/broker", "--brokerage", "Tradier", "--credentials", "-"]
    done = cli(*words, stdin='{"ACCESS_TOKEN":"t-1"}')
    assert done.returncode == 0, done.stderr
    assert "t-1" not in done.stdout + done.stderr
    assert up.api.get("/v1/groups/demo/accounts/broker").status_code == 200


def test_version_and_help_need_no_server(stage):
    cli = Cli(stage, None)
    version = cli("version")
    assert (version.returncode, version.stdout.startswith("tradeauto ")) == (0, True), version.stderr
    for words in ([], ["order"], ["order", "buy"], ["up"], ["worker"], ["account", "add"], ["autorsa"]):
        shown = cli(*words, "--help")
        assert shown.returncode == 0, words
        lines = shown.stdout.splitlines()
        assert 3 <= len(lines) <= 60, words
        assert "tradeauto" in shown.stdout


def test_the_demo_order_shows_its_children(stage):
    up = stage.up("--demo")
    demo = wait_until(lambda: up.api.orders(group="demo"), what="the demo placed its order")
    order = up.api.done(demo[-1]["id"])
    assert len(children(order)) >= 2
    assert "PAPER" in up.server.output
    done = Cli(stage, up)("order", "buy", "1", "AAPL", "--group", "demo", "--confirm", "demo")
    assert done.returncode == 0, done.stderr


def commands_of_the_readme() -> list[str]:
    """Noun and verb of each command that the README shows, once."""
    lines = (ROOT / "README.md").read_text().splitlines()
    shown = [re.match(r" {4}(?:\S*/)?tradeauto((?: [a-z]+){1,2})", line) for line in lines]
    return sorted({match.group(1).strip() for match in shown if match})


def commands_of_the_api_document() -> list[str]:
    paths = json.loads((ROOT / "api/openapi.yaml").read_text())["paths"]
    named = {operation["x-command"] for operations in paths.values() for operation in operations.values()}
    return sorted(command for command in named if not command.startswith("-"))


@pytest.mark.parametrize("words", sorted({*commands_of_the_readme(), *commands_of_the_api_document()}))
def test_the_commands_of_readme_and_api_document_exist(stage: Stage, words):
    shown = Cli(stage, None)(*words.split(), "--help", where=[])
    assert shown.returncode == 0, shown.stderr
