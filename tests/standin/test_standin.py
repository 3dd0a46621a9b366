"""The real CLI against the stand-in: its output equals the captured sample, and the ledger holds the truth."""

import json
import signal
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from standin import Account, Fault, Login, StandIn
from standin.broker import DEFAULT_TOKEN
from standin.cli import run_cli, start_cli

SAMPLES = Path(__file__).parent.parent / "data/autorsa"
FIRST, SECOND = "VA17773001", "VA17773002"
BUY = ["buy", "1", "AAPL", "tradier", "false"]
HOLDINGS = ["holdings", "tradier"]

TOOK_FIRST = (FIRST, "buy", "1", "AAPL", "accepted")
TOOK_SECOND = (SECOND, "buy", "1", "AAPL", "accepted")
REFUSED_FIRST = (FIRST, "buy", "1", "AAPL", "rejected")

pytestmark = pytest.mark.autorsa

# sample, arguments, fault, truth
SAMPLED = [
    ("tradier-buy-ok", BUY, "", [TOOK_FIRST, TOOK_SECOND]),
    ("tradier-buy-dry", [*BUY[:-1], "dry"], "", []),
    ("tradier-buy-fractional", ["buy", "0.5", *BUY[2:]], "", []),
    ("tradier-buy-reject1", BUY, "order:reject:account=001", [REFUSED_FIRST, TOOK_SECOND]),
    ("tradier-buy-500-before", BUY, "order:500:account=001", [TOOK_SECOND]),
    ("tradier-buy-429", BUY, "order:429:account=001", [TOOK_SECOND]),
    ("tradier-buy-garbage-after", BUY, "order:garbage_after:account=002", [TOOK_FIRST, TOOK_SECOND]),
    ("tradier-buy-drop-before-first", BUY, "order:drop:account=001", []),
    ("tradier-buy-timeout-after-accept-first", BUY, "order:hang_after:account=001", [TOOK_FIRST]),
    ("tradier-buy-hang-before-second", BUY, "order:hang:account=002", [TOOK_FIRST]),
    ("tradier-buy-slow3", BUY, "order:slow_after:seconds=3:account=001", [TOOK_FIRST, TOOK_SECOND]),
    ("tradier-bad-action", ["purchase", *BUY[1:]], "", [(n, "", "1", "AAPL", "rejected") for n in (FIRST, SECOND)]),
    ("tradier-login-timeout", BUY, "profile:hang", []),
    ("tradier-holdings-ok", HOLDINGS, "", []),
    ("version-500", HOLDINGS, "version:500", []),
    ("version-garbage", HOLDINGS, "version:garbage", []),
]

# Faults that no sample shows: arguments, fault, what the CLI must print, truth.
NO_RESPONSE = "Error: cannot access local variable 'response'"
NO_JSON = "Error: JSON response is None"
NOT_ROUTED = "Error: This order did not route. JSON response: {"
BOTH = [TOOK_FIRST, TOOK_SECOND]
UNSAMPLED = [
    (BUY, "order:500_after:account=001", ["Response: <Response [500]>", f"{FIRST} {NO_JSON}"], BOTH),
    (BUY, "order:empty_after:account=002", ["Response: <Response [200]>", f"{SECOND} {NO_JSON}"], BOTH),
    (BUY, "order:drop_after:account=001", [f"{FIRST} {NO_RESPONSE}"], [TOOK_FIRST]),
    (BUY, "order:hang_after:account=002", [f"{SECOND} {NO_RESPONSE}"], BOTH),
    (BUY, "order:401:account=001", ["Response: <Response [401]>", f"{FIRST} {NO_JSON}"], [TOOK_SECOND]),
    (BUY, "order:status:text=pending:account=001", [f"{FIRST}: buy 1.0 of AAPL: pending"], BOTH),
    (BUY, "order:errors_200:account=001", [f"{FIRST} {NOT_ROUTED}", '"errors"'], [REFUSED_FIRST, TOOK_SECOND]),
    (BUY, "order:no_route:account=001", [f"{FIRST} {NOT_ROUTED}"], [REFUSED_FIRST, TOOK_SECOND]),
]


def facts(output: str) -> str:
    """The output without what differs from machine to machine: the interpreter, paths, and traceback frames."""
    lines = output.splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith("RSA Version")), 0)
    return "\n".join(line for line in lines[start:] if not line.startswith("  "))


def sample(case: str) -> str:
    return facts((SAMPLES / f"{case}.txt").read_text())


@pytest.fixture(scope="module")
def outcomes(request, autorsa_command, tmp_path_factory):
    """Each selected row's run and stand-in, by the row's fault and words: they mostly wait, so a few run at once."""

    def perform(words, fault, folder):
        with StandIn(faults=[fault] if fault else []) as standin:
            run = run_cli(autorsa_command, words, standin, folder)
            assert standin.violations.entries() == [], "the child left the stand-in"
            return run, standin.decided()

    items = [item for item in request.session.items if "outcomes" in getattr(item, "fixturenames", ())]
    rows = [item.callspec.params for item in items if item.path == request.path]
    with ThreadPoolExecutor(max_workers=3) as pool:
        yield {
            (row["fault"], *row["words"]): pool.submit(
                perform, row["words"], row["fault"], tmp_path_factory.mktemp("cli")
            )
            for row in rows
        }


@pytest.mark.parametrize(("case", "words", "fault", "truth"), SAMPLED, ids=[row[0] for row in SAMPLED])
def test_output_equals_the_sample(outcomes, case, words, fault, truth):
    run, decided = outcomes[fault, *words].result()
    assert facts(run.stdout) == sample(case)
    assert run.exit_code == (1 if case == "version-garbage" else 0)
    assert decided == truth


@pytest.mark.parametrize(("words", "fault", "expected", "truth"), UNSAMPLED, ids=[row[1] for row in UNSAMPLED])
def test_fault_without_a_sample(outcomes, words, fault, expected, truth):
    run, decided = outcomes[fault, *words].result()
    assert run.exit_code == 0
    for text in expected:
        assert text.replace("VA1777", "xxxxxx") in run.stdout, facts(run.stdout)
    assert decided == truth


def shared_logins() -> list[Login]:
    """The n-th has `token-n`; each first sub-account holds a share."""
    return [
        Login(f"token-{n}", [Account(f"VA1777{n}00{k}", positions={"AAPL": Decimal(2 - k)}) for k in range(1, last + 1)])
        for n, last in ((1, 2), (2, 2), (3, 1))
    ]


@pytest.mark.parametrize(
    ("case", "words", "fault", "tokens"),
    [
        ("shared-two-sell", ["sell", *BUY[1:]], "", "token-1,token-2"),
        ("shared-three-middle-login-bad-last-rejected", BUY, "order:reject:account=3001", "token-1,bad-2,token-3"),
        ("shared-two-drop-after-third", BUY, "order:drop_after:account=2001", "token-1,token-2"),
    ],
)
def test_a_run_of_several_logins_equals_the_sample(autorsa_command, tmp_path, case, words, fault, tokens):
    words = [*words[:3], "all", "false"]
    with StandIn(shared_logins(), [fault] if fault else []) as standin:
        run = run_cli(autorsa_command, words, standin, tmp_path, TRADIER=tokens)
        assert standin.violations.entries() == []
    assert facts(run.stdout) == sample(case)


def test_bad_token_is_refused_at_the_profile(standin, autorsa_command, tmp_path):
    run = run_cli(autorsa_command, BUY, standin, tmp_path, TRADIER="bad")
    assert facts(run.stdout) == sample("tradier-login-bad")
    assert standin.decided() == []


def test_holdings_tell_what_was_bought_and_sold(standin, autorsa_command, tmp_path):
    for words in (["buy", "3", *BUY[2:]], ["sell", "1", *BUY[2:]]):
        run_cli(autorsa_command, words, standin, tmp_path)
    run = run_cli(autorsa_command, HOLDINGS, standin, tmp_path)
    assert "AAPL: 3.0 @ $190.00 = $570.00" in run.stdout
    assert "AAPL: 2.0 @ $190.00 = $380.00" in run.stdout
    assert run.stdout.count("Total: $11010.00") == 1  # what an account is worth does not change by trading
    assert run.stdout.count("Total: $10000.00") == 1


def test_one_account_with_one_position_has_tradiers_other_shape(autorsa_command, tmp_path):
    login = Login(DEFAULT_TOKEN, [Account("6YA11111234", positions={"AAPL": Decimal(3)})])
    with StandIn([login]) as standin:
        run = run_cli(autorsa_command, HOLDINGS, standin, tmp_path)
        assert facts(run.stdout) == sample("tradier-holdings-one-position")
        assert standin.violations.entries() == []


def test_two_accounts_may_have_one_mask(autorsa_command, tmp_path):
    login = Login(DEFAULT_TOKEN, [Account("VA11111234"), Account("VA22221234")])
    with StandIn([login]) as standin:
        run = run_cli(autorsa_command, BUY, standin, tmp_path)
        assert run.stdout.count("Tradier account xxxxxx1234: buy 1.0 of AAPL: ok") == 2
        assert [row[0] for row in standin.decided()] == ["VA11111234", "VA22221234"]


def test_a_killed_child_leaves_the_truth_in_the_ledger(standin, autorsa_command, tmp_path):
    standin.set_fault("order:hang_after:account=001")
    with start_cli(autorsa_command, BUY, standin, tmp_path) as child:
        standin.ledger.wait(lambda entry: entry["account"] == FIRST, timeout=120)
        child.send_signal(signal.SIGKILL)
        stdout, _ = child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL
    assert "Tradier 1: buying 1.0 of AAPL" in stdout
    assert "Tradier account " not in stdout.replace("Tradier accounts found", "")
    assert standin.decided() == [TOOK_FIRST]


class TestWithoutTheCli:
    """What the stand-in promises by itself."""

    def fetch(self, standin: StandIn, url: str) -> tuple[int, bytes]:
        context = ssl.create_default_context(cafile=str(standin.ca_file))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({"https": standin.proxy_url, "http": standin.proxy_url}),
            urllib.request.HTTPSHandler(context=context),
        )
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {DEFAULT_TOKEN}"})
        with opener.open(request, timeout=120) as answer:
            return answer.status, answer.read()

    @pytest.mark.parametrize("url", ["https://example.com/", "http://example.com/", "https://api.tradier.com:8443/"])
    def test_another_host_is_refused_and_recorded(self, url):
        with StandIn() as standin:
            with pytest.raises(OSError, match="403"):
                self.fetch(standin, url)
            assert [entry["kind"] for entry in standin.violations.entries()] == ["host"]

    def test_an_unknown_path_is_refused_and_recorded(self):
        with StandIn() as standin:
            with pytest.raises(urllib.error.HTTPError, match="404"):
                self.fetch(standin, "https://api.tradier.com/v1/accounts/VA17773001/gainloss")
            assert [entry["kind"] for entry in standin.violations.entries()] == ["path"]

    def test_its_certificate_is_trusted_by_its_own_authority_only(self):
        with StandIn() as one, StandIn() as other:
            one.ca_file.write_bytes(other.ca_file.read_bytes())
            with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
                self.fetch(one, "https://api.tradier.com/v1/user/profile")

    def test_a_fault_counts_down(self):
        with StandIn(faults=["profile:500:times=1"]) as standin:
            with pytest.raises(urllib.error.HTTPError, match="500"):
                self.fetch(standin, "https://api.tradier.com/v1/user/profile")
            status, body = self.fetch(standin, "https://api.tradier.com/v1/user/profile")
            assert status == 200
            assert json.loads(body)["profile"]["account"][1]["account_number"] == SECOND

    def test_it_stops_while_an_answer_hangs(self):
        standin = StandIn(faults=["profile:hang"]).start()
        opened = []

        def call():
            with pytest.raises(OSError):
                self.fetch(standin, "https://api.tradier.com/v1/user/profile")
            opened.append("ended")

        thread = threading.Thread(target=call)
        thread.start()
        standin.requests.wait(lambda entry: entry["phase"] == "profile")
        standin.stop()
        thread.join(timeout=30)
        assert opened == ["ended"]

    @pytest.mark.parametrize(
        "text",
        [
            "order",
            "order:what",
            "nowhere:500",
            "profile:reject",
            "order:429_after",
            "order:500:times=0",
            "order:500:x=1",
        ],
    )
    def test_a_fault_that_does_not_exist_is_refused(self, text):
        with pytest.raises(ValueError, match="allowed are|for phase 'order' only"):
            Fault.parse(text)

    def test_as_a_process_it_says_where_it_is_and_obeys_its_control_door(self, tmp_path):
        command = [sys.executable, "-m", "standin", "--folder", tmp_path, "--fault", "version:500"]
        with subprocess.Popen(command, cwd=Path(__file__).parent.parent, stdout=subprocess.PIPE, text=True) as child:
            try:
                ready = json.loads(child.stdout.readline())
                assert ready["msg"] == "ready"
                assert Path(ready["ca"]).read_text().startswith("-----BEGIN CERTIFICATE-----")

                def control(method: str, path: str, body: object = None):
                    data = json.dumps(body).encode() if body is not None else None
                    request = urllib.request.Request(ready["control"] + path, data, method=method)
                    with urllib.request.urlopen(request, timeout=120) as answer:
                        return json.loads(answer.read())

                assert control("POST", "/faults", ["order:reject:times=2"]) == {"added": 1}
                with pytest.raises(urllib.error.HTTPError, match="400"):
                    control("POST", "/faults", ["order:what"])
                assert control("DELETE", "/faults") == {}
                assert control("GET", "/ledger") == control("GET", "/violations") == []
            finally:
                child.terminate()
            assert child.wait(timeout=120) == 0
