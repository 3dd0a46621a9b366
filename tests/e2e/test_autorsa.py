"""The real AutoRSA CLI against the stand-in of Tradier, through the whole product: our word against its ledger."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import psutil
import pytest

from standin import Account, Login, StandIn
from standin.broker import DEFAULT_TOKEN

from .api import children, execution_statuses, expect_problem, order_body
from .conftest import Running, Stage, gone_within, remove_leftovers
from .processes import descendants
from .waiting import PATIENCE, wait_until

pytestmark = [pytest.mark.one_store, pytest.mark.autorsa]

FIRST, SECOND = "VA17773001", "VA17773002"


@dataclass(frozen=True)
class Case:
    """A fault, and the only right answer: the child order's status, and each sub-account's (None: no such report)."""

    fault: str
    status: str
    reports: tuple[str, ...]

    def __str__(self):
        return self.fault or "no fault"


CASES = [
    Case("", "submitted", ("submitted", "submitted")),
    Case("order:slow_after:seconds=3:account=001", "submitted", ("submitted", "submitted")),
    Case("order:reject", "rejected", ("rejected", "rejected")),
    Case("order:reject:account=001", "mixed", ("rejected", "submitted")),
    Case("order:errors_200:account=002", "mixed", ("submitted", "rejected")),
    Case("order:401:account=002", "mixed", ("submitted", "rejected")),
    Case("order:429:account=001", "mixed", ("rejected", "submitted")),
    Case("order:500:account=001", "in_doubt", ("in_doubt", "submitted")),
    Case("order:500_after:account=001", "in_doubt", ("in_doubt", "submitted")),
    Case("order:garbage:account=001", "in_doubt", ("in_doubt", "submitted")),
    Case("order:garbage_after:account=002", "in_doubt", ("submitted", "in_doubt")),
    Case("order:empty_after:account=002", "in_doubt", ("submitted", "in_doubt")),
    Case("order:status:text=pending:account=001", "in_doubt", ("in_doubt", "submitted")),
    Case("order:no_route:account=001", "in_doubt", ("in_doubt", "submitted")),
    Case("order:hang:account=002", "in_doubt", ("submitted", "in_doubt")),
    Case("order:hang_after:account=001", "in_doubt", ("in_doubt", "not_sent")),
    Case("order:hang_after:account=002", "in_doubt", ("submitted", "in_doubt")),
    Case("order:drop:account=001", "in_doubt", ("in_doubt", "not_sent")),
    Case("order:drop_after:account=001", "in_doubt", ("in_doubt", "not_sent")),
    Case("order:drop_after:account=002", "in_doubt", ("submitted", "in_doubt")),
    Case("profile:401", "denied", ()),
    Case("profile:500", "denied", ()),
    Case("profile:hang", "denied", ()),
    Case("version:garbage", "denied", ()),
]


def start(stage: Stage, standin: StandIn, command: Path, *words: object, token: str = DEFAULT_TOKEN) -> Running:
    up = stage.up("--autorsa-command", command, *words, **standin.environment())
    stage.standins.append(standin)
    up.api.tradier_group("family", token)
    return up


def reports_by_mask(child: dict) -> dict[str, dict]:
    """Executions by the last four characters; for accounts whose masks differ."""
    found = {execution["sub_account"][-4:]: execution for execution in child["executions"]}
    assert len(found) == len(child["executions"]), child["executions"]
    return found


def agree(child: dict, standin: StandIn, accounts=(FIRST, SECOND)) -> None:
    """Never a wrong `rejected`, `denied` or `submitted`: every claim is held against the broker's ledger."""
    reports = reports_by_mask(child)
    for number in accounts:
        taken = [
            entry for entry in standin.accepted() if entry["account"] == number and entry["symbol"] == child["symbol"]
        ]
        assert len(taken) <= 1, "placed twice"
        report = reports.get(number[-4:])
        claim = report["status"] if report else child["status"]
        if claim in ("submitted", "filled"):
            assert len(taken) == 1, f"{number}: {claim}, but the broker took nothing"
            assert taken[0]["quantity"] == report["quantity"]
        elif claim in ("rejected", "not_sent", "denied", "dry_run"):
            assert not taken, f"{number}: {claim}, but the broker took {taken}"
        else:
            assert claim == "in_doubt", claim
    assert standin.violations.entries() == []


def running_clis(up: Running) -> list[psutil.Process]:
    """The CLI's own processes: an interpreter with the script as its first word."""

    def is_cli(process: psutil.Process) -> bool:
        try:
            words = [Path(word).name for word in process.cmdline()[:2]]
        except psutil.NoSuchProcess:
            return False
        return len(words) == 2 and words[0].startswith("python") and words[1] == "auto_rsa_bot"

    return [process for process in descendants(up.server.pid) if is_cli(process)]


def runs(up: Running) -> set[int]:
    """Each run of the CLI is a session. Its processes may be several: what it forks has its words until it is another
    program, and importing trio alone starts ldconfig."""
    sessions = set()
    for process in running_clis(up):
        with suppress(ProcessLookupError):
            sessions.add(os.getsid(process.pid))
    return sessions


def write_cli(command: Path, venv: Path, *first: str) -> Path:
    """The real CLI, behind these lines."""
    command.write_text("\n".join([f"#!{venv}/bin/python", *first, "from src.cli import app", "app()", ""]))
    command.chmod(0o755)
    return command


@dataclass(frozen=True)
class Outcome:
    child: dict
    standin: StandIn
    output: str
    left: int  # processes below the server after the order was done


@pytest.fixture(scope="module")
def outcomes(request, binary, autorsa_command, tmp_path_factory):
    """Each selected case on a server of its own: they mostly wait, so a few run at once."""

    def perform(case: Case, folder: Path) -> Outcome:
        stage = Stage(binary, folder)
        with StandIn(faults=[case.fault] if case.fault else []) as standin:
            try:
                up = start(stage, standin, autorsa_command)
                child = children(up.api.done(up.api.place("family")["id"]))["main"]
                return Outcome(child, standin, up.server.output, len(descendants(up.server.pid)))
            finally:
                faults = stage.stop()
                assert not faults, "\n".join(faults)

    items = [item for item in request.session.items if "outcomes" in getattr(item, "fixturenames", ())]
    cases = [item.callspec.params["case"] for item in items if item.path == request.path]
    with ThreadPoolExecutor(max_workers=3) as pool:
        yield {case: pool.submit(perform, case, tmp_path_factory.mktemp("case")) for case in cases}
    faults = remove_leftovers(own=set())
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_our_status_agrees_with_the_brokers_ledger(outcomes, case):
    outcome = outcomes[case].result()
    child = outcome.child
    agree(child, outcome.standin)
    assert (child["status"], tuple(execution_statuses(child))) == (case.status, case.reports), child
    for text in (str(child), outcome.output):
        assert DEFAULT_TOKEN not in text
        assert FIRST not in text and SECOND not in text, "a full account number is shown"
    assert outcome.left == 0


def test_a_bad_token_is_denied(stage, standin, autorsa_command):
    up = start(stage, standin, autorsa_command, token="wrong-token")
    child = children(up.api.done(up.api.place("family")["id"]))["main"]
    assert (child["status"], child["sent"]) == ("denied", "no")
    assert standin.decided() == []


def test_two_symbols_are_one_run(stage, standin, autorsa_command):
    up = start(stage, standin, autorsa_command)
    order = up.api.done(up.api.place("family", symbols=["MSFT", "AAPL"], quantity="2")["id"])
    for child in order["child_orders"]:
        agree(child, standin)
        assert child["status"] == "submitted", child
    assert sorted((row[0], row[2], row[3]) for row in standin.decided()) == sorted(
        (number, "2", symbol) for number in (FIRST, SECOND) for symbol in ("AAPL", "MSFT")
    )
    profiles = [entry for entry in standin.requests.entries() if entry["phase"] == "profile"]
    assert len(profiles) == 1


def test_a_sale_is_a_sale(stage, standin, autorsa_command):
    up = start(stage, standin, autorsa_command)
    child = children(up.api.done(up.api.place("family", side="sell")["id"]))["main"]
    # Only the first account holds the symbol.
    assert standin.decided()[0] == (FIRST, "sell", "1", "AAPL", "accepted")
    assert (child["status"], execution_statuses(child)) == ("mixed", ["submitted", "rejected"])
    agree(child, standin)


def test_a_dry_run_reaches_no_order_endpoint(stage, standin, autorsa_command):
    up = start(stage, standin, autorsa_command)
    child = children(up.api.done(up.api.place("family", dry_run=True)["id"]))["main"]
    assert child["status"] == "dry_run"
    assert not [entry for entry in standin.requests.entries() if entry["phase"] == "order"]


def test_two_sub_accounts_with_one_mask_are_never_confused(stage, autorsa_command):
    login = Login(DEFAULT_TOKEN, [Account("VA11111234"), Account("VA22221234")])
    with StandIn([login], ["order:reject:account=VA22221234"]) as standin:
        up = start(stage, standin, autorsa_command)
        child = children(up.api.done(up.api.place("family")["id"]))["main"]
        # The lines differ and the text does not tell whose they are: doubt, or told apart by their order.
        assert child["status"] in ("in_doubt", "mixed")
        assert execution_statuses(child) in (["in_doubt", "in_doubt"], ["submitted", "rejected"])


def test_a_fraction_is_refused_before_the_cli_is_started(stage, standin, autorsa_command):
    up = start(stage, standin, autorsa_command)
    expect_problem(up.api.post_order(order_body("family", quantity="0.5")), 422, "fraction_not_supported")
    assert standin.requests.entries() == []


def test_the_same_order_twice_runs_once(stage, standin, autorsa_command):
    up = start(stage, standin, autorsa_command)
    body = order_body("family")
    first = up.api.done(up.api.post_order(body).json()["id"])
    again = up.api.post_order(body)
    assert (again.status_code, again.json()) == (200, first)
    assert len(standin.decided()) == 2


class TestEndedFromOutside:
    """The run is ended after the log-in: what went out nobody knows."""

    def test_at_its_deadline(self, stage, standin, autorsa_command):
        standin.set_fault("balances:slow:seconds=600:account=002")
        up = start(stage, standin, autorsa_command, "--execution-seconds", 30)
        placed = up.api.place("family")
        standin.requests.wait(lambda entry: entry["phase"] == "balances", timeout=PATIENCE)
        child = children(up.api.done(placed["id"]))["main"]
        assert child["status"] in ("in_doubt", "denied")
        if child["status"] == "denied":  # only with proof: the text shows that no order section was reached
            assert standin.decided() == []
        gone_within(descendants(up.server.pid))

    def test_at_its_deadline_with_the_order_at_the_broker(self, stage, autorsa_command):
        # The CLI gives up on a silent broker after 10 s, so only four accounts together outlive these 30 s.
        numbers = [f"VA17773{n:03}" for n in range(1, 5)]
        login = Login(DEFAULT_TOKEN, [Account(number) for number in numbers])
        with StandIn([login], ["order:slow_after:seconds=9"]) as standin:
            up = start(stage, standin, autorsa_command, "--execution-seconds", 30)
            child = children(up.api.done(up.api.place("family")["id"]))["main"]
            assert child["status"] == "in_doubt", child
            agree(child, standin, numbers)
            assert standin.accepted(), "the order never came to the broker: the test proves nothing"
            gone_within(descendants(up.server.pid))

    def test_by_the_death_of_the_worker(self, stage, standin, autorsa_command):
        standin.set_fault("order:hang_after:account=001")
        up = start(stage, standin, autorsa_command)
        placed = up.api.place("family")
        standin.ledger.wait(lambda entry: entry["account"] == FIRST, timeout=PATIENCE)
        cli = running_clis(up)
        below = up.server.kill()
        assert cli and {p.pid for p in cli} <= {p.pid for p in below}
        gone_within(below)

        up = stage.up("--autorsa-command", autorsa_command, **standin.environment())
        child = children(up.api.done(placed["id"]))["main"]
        assert (child["status"], child["sent"]) == ("in_doubt", "maybe")
        assert [row[0] for row in standin.decided()] == [FIRST]

    def test_the_clis_own_death(self, stage, standin, autorsa_command):
        standin.set_fault("order:hang_after:account=001")
        up = start(stage, standin, autorsa_command)
        placed = up.api.place("family")
        standin.ledger.wait(lambda entry: entry["account"] == FIRST, timeout=PATIENCE)
        for process in running_clis(up):
            process.kill()
        child = children(up.api.done(placed["id"]))["main"]
        assert child["status"] == "in_doubt"
        agree(child, standin)


def test_a_cli_of_another_version_is_never_believed(stage, standin, autorsa_venv, tmp_path):
    command = write_cli(
        tmp_path / "auto_rsa_bot",
        autorsa_venv,
        "import importlib.metadata as metadata",
        "real = metadata.version",
        "metadata.version = lambda name: '2.1.9' if name == 'auto_rsa_bot' else real(name)",
    )
    up = start(stage, standin, command)
    child = children(up.api.done(up.api.place("family")["id"]))["main"]
    assert child["status"] == "in_doubt", child
    assert "2.1.9" in str(up.api.items("/v1/workers")[0]["executors"])


def test_accounts_at_autorsa_run_one_at_a_time(stage, autorsa_venv, tmp_path):
    # What a run leaves behind belongs to it: nothing else starts before that is gone too.
    fork = "if os.fork() == 0: signal.pause()"
    command = write_cli(tmp_path / "auto_rsa_bot", autorsa_venv, "import os, signal", fork)
    logins = [Login(f"token-{n}", [Account(f"VA0000{n}001")]) for n in range(3)]
    with StandIn(logins, ["order:slow_after:seconds=1"]) as standin:
        up = stage.up("--autorsa-command", command, **standin.environment())
        stage.standins.append(standin)
        up.api.put_group("family")
        for login in logins:
            answer = up.api.put_account("family", login.token, "Tradier", ACCESS_TOKEN=login.token)
            assert answer.status_code == 201, answer.text
        placed = up.api.place("family")
        most = 0

        def finished():
            nonlocal most
            most = max(most, len(runs(up)))
            return up.api.order(placed["id"])["status"] != "working"

        wait_until(finished, within=len(logins) * PATIENCE)
        assert up.api.order(placed["id"])["status"] == "settled"
        assert most == 1, "seen at once"
        assert len(standin.accepted()) == 3
        asked = [entry["account"] for entry in standin.requests.entries() if entry["account"]]
        assert [account for account, _ in groupby(asked)] == [row[0] for row in standin.decided()], "requests cross"
