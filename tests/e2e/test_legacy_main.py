"""Our worker under the original main: what each task is answered, and what it makes the CLI do."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from legacy_peers.main import FAILURE
from standin.broker import DEFAULT_TOKEN

from .original import DOUBT, activated, original_on, refused, succeeded
from .waiting import PATIENCE, wait_until

pytestmark = pytest.mark.one_store

SELL, BUY = 0, 1
BAD_ID = "badly formed hexadecimal UUID string"
BEHIND = "Internal Error: "
TRADIER, WEBULL = 11, 13
LOG_IN = {"USERNAME": "me", "PASSWORD": "word", "DID": "d1", "TRADING_PIN": "1234"}  # Webull's


@pytest.fixture
def original(stage):
    with original_on(stage) as original:
        yield original


def test_from_the_group_to_the_deactivation(original):
    main, worker = original.pair(dad="ok-dad", mom="ok-mom")
    message = succeeded(main.transaction("family", amount=3, ticker="MSFT"), "dad", "mom")
    assert DOUBT not in message
    assert sorted(original.cli.runs()) == [("ok-dad", "buy", "3", "MSFT"), ("ok-mom", "buy", "3", "MSFT")]
    succeeded(main.deactivate("family", "dad"))
    succeeded(main.transaction("family", method=SELL), "mom")
    assert original.cli.runs()[2:] == [("ok-mom", "sell", "1", "AAPL")]
    succeeded(main.deactivate("family", "mom"))
    refused(main.transaction("family"))
    assert len(original.cli.runs()) == 3
    assert "ok-dad" not in worker.server.output, "a credential is in the log"


@pytest.mark.autorsa
def test_the_real_cli_reaches_the_broker(original, standin, autorsa_command):
    main = original.main()
    main.create_group("family")
    original.worker(main, command=autorsa_command, **standin.environment())
    original.served(main)
    activated(main, "dad", DEFAULT_TOKEN)
    succeeded(main.transaction("family"), "dad")
    assert [row[1:] for row in standin.decided()] == [("buy", "1", "AAPL", "accepted")] * 2


@pytest.mark.parametrize(
    ("tokens", "doubt"),
    [
        ({"dad": "refuse-dad"}, False),
        ({"dad": "badlogin-dad"}, False),
        ({"dad": "doubt-dad"}, True),
        ({"dad": "ok-dad", "mom": "refuse-mom"}, False),
        ({"dad": "ok-dad", "mom": "doubt-mom"}, True),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_a_success_is_a_success_of_every_account(original, tokens, doubt):
    main, _ = original.pair(**tokens)
    message = refused(main.transaction("family"), *tokens)
    assert message.startswith(DOUBT) == doubt, message
    for token in tokens.values():
        assert token not in message


def test_until_pong_nothing_is_traded(original):
    main = original.main()
    main.create_group("family")
    answers = []
    main.on_replay = lambda link: answers.append(link.call("Transaction", method=BUY, amount=1, ticker="AAPL"))
    original.worker(main)
    original.served(main)
    activated(main, "dad", "ok-dad")
    main.drop("family")
    original.served(main)
    assert [answer.status for answer in answers] == [FAILURE, FAILURE], answers
    assert original.cli.runs() == []
    succeeded(main.transaction("family"))
    assert len(original.cli.runs()) == 1


class TestTaskIds:
    def test_a_task_that_comes_again_is_answered_from_the_record(self, original):
        main, worker = original.pair(dad="ok-dad")
        task_id = str(uuid.uuid4())
        first = main.transaction("family", task_id=task_id)
        succeeded(first)
        assert main.transaction("family", task_id=task_id) == first
        assert main.transaction("family", task_id=task_id.upper()) == first
        worker.server.kill()
        original.worker(main)
        original.served(main)
        assert main.transaction("family", task_id=task_id.upper()) == first
        assert len(original.cli.runs()) == 1

    def test_an_id_with_other_content_runs_nothing(self, original):
        main, worker = original.pair(dad="ok-dad")
        task_id = str(uuid.uuid4())
        succeeded(main.transaction("family", task_id=task_id))
        others = ({"amount": 2}, {"ticker": "MSFT"}, {"method": SELL})
        for other in others:
            refused(main.transaction("family", task_id=task_id, **other))
        worker.server.kill()
        original.worker(main)
        original.served(main)
        for other in others:
            refused(main.transaction("family", task_id=task_id, **other))
        assert len(original.cli.runs()) == 1

    def test_a_killed_run_is_a_doubt_that_is_never_run_again(self, original):
        main, worker = original.pair(dad="hold-dad")
        task_id = str(uuid.uuid4())
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(main.transaction, "family", task_id=task_id)
            wait_until(original.cli.running, what="the CLI runs")
            worker.server.kill()
            assert isinstance(call.exception(timeout=PATIENCE), grpc.RpcError)
        original.cli.release()
        original.worker(main)
        original.served(main)
        assert refused(main.transaction("family", task_id=task_id), "dad").startswith(DOUBT)
        assert len(original.cli.runs()) == 1

    def test_one_that_is_missing_or_no_uuid_is_refused_in_the_originals_words(self, original):
        main, _ = original.pair(dad="ok-dad")
        for task_id in (None, "", "nonsense", "1234"):
            bare = main.activate("family", "mom", {"ACCESS_TOKEN": "ok-mom"}, task_id=task_id)
            assert (bare.status, bare.message) == (FAILURE, BAD_ID)
            for answer in (
                main.links["family"].call("Deactivation", account_name="dad", task_id=task_id),
                main.transaction("family", task_id=task_id),
            ):
                assert (answer.status, answer.message) == (FAILURE, BEHIND + BAD_ID)
        assert original.cli.runs() == []
        succeeded(main.transaction("family"), "dad")
        assert [run[0] for run in original.cli.runs()] == ["ok-dad"], "mom was never activated"


def test_an_empty_transaction_never_sells(original):
    main, _ = original.pair(dad="ok-dad")
    response = original.contract["Task.Transaction.Response"]
    refused(response.FromString(main.links["family"].raw("Transaction", b"")))
    assert original.cli.runs() == []


def test_unknown_numbers_are_refused_in_the_originals_words(original):
    main, _ = original.pair(dad="ok-dad")
    refused(main.activate("family", "mom", {"ACCESS_TOKEN": "ok-mom"}, brokerage=99), "99 is not a valid Brokerage")
    refused(main.transaction("family", method=7), "7 is not a valid TransactionMethod")
    assert original.cli.runs() == []


def test_what_is_no_order_is_refused_by_its_field(original):
    main, _ = original.pair(dad="ok-dad")
    for amount in (0, -1, -(2**31)):
        refused(main.transaction("family", amount=amount), "amount")
    for ticker in ("", " ", ";", "AAPL; reboot", "AAPL,MSFT", "--help", "$(id)", "A" * 100, "A\nB"):
        refused(main.transaction("family", ticker=ticker), "ticker")
    assert original.cli.runs() == []


class TestAccounts:
    def test_a_second_activation_replaces_the_credentials(self, original):
        main, _ = original.pair(dad="ok-old")
        activated(main, "dad", "ok-new")
        succeeded(main.transaction("family"))
        assert [run[0] for run in original.cli.runs()] == ["ok-new"]

    def test_one_without_a_credential_poisons_nothing(self, original):
        main, _ = original.pair()
        link = main.links["family"]
        for details in ({}, {"ACCESS_TOKEN": ""}, {"PASSWORD": "word"}):
            answer = link.call("Activation", account_name="mom", brokerage=TRADIER, account_details=details)
            refused(answer, "ACCESS_TOKEN")
        activated(main, "dad", "ok-dad")
        # The original main holds mom for active: each answer says that she does not trade, and dad does.
        assert DOUBT not in refused(main.transaction("family"), "dad (Tradier): submitted", "mom", "ACCESS_TOKEN")
        assert original.cli.runs() == [("ok-dad", "buy", "1", "AAPL")]
        activated(main, "mom", "ok-mom")
        succeeded(main.transaction("family"), "dad", "mom")

    def test_a_second_activation_that_is_refused_trades_with_nothing_old(self, original):
        main, _ = original.pair(dad="ok-dad")
        refused(main.activate("family", "dad", {"ACCESS_TOKEN": ""}), "ACCESS_TOKEN")
        refused(main.transaction("family"), "dad", "ACCESS_TOKEN")
        assert original.cli.runs() == []

    @pytest.mark.parametrize("character", [":", ","])
    def test_a_password_that_the_cli_would_misread_is_refused_by_name(self, original, character):
        main, worker = original.pair()
        secret = f"one{character}two"
        answer = main.activate("family", "mom", LOG_IN | {"PASSWORD": secret}, brokerage=WEBULL)
        assert secret not in refused(answer, "PASSWORD")
        assert secret not in worker.server.output
        refused(main.transaction("family"), "mom", "PASSWORD")
        assert original.cli.runs() == []

    def test_a_password_with_a_quote_reaches_the_cli_as_it_is(self, original):
        main, _ = original.pair()
        succeeded(main.activate("family", "mom", LOG_IN | {"PASSWORD": 'one"two'}, brokerage=WEBULL))
        main.transaction("family")
        assert original.cli.events()[0]["webull"] == 'me:one"two:d1:1234'

    def test_a_deactivation_of_nobody_hurts_nobody(self, original):
        main, _ = original.pair(dad="ok-dad")
        main.links["family"].call("Deactivation", account_name="nobody")
        succeeded(main.transaction("family"), "dad")
