"""Our worker under the original main: who dials whom, when it pings, and what survives a lost connection."""

import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import grpc
import psutil
import pytest

from legacy_peers.main import SUCCESS, TRADIER, Account, Ledger

from .original import DOUBT, activated, original_on, refused, succeeded
from .waiting import PATIENCE, wait_until

pytestmark = pytest.mark.one_store

QUIET_SECONDS = 3


@pytest.fixture
def original(stage):
    with original_on(stage) as original:
        yield original


def holds_for(seconds: float, fact) -> None:
    """`fact` is true all the time that it is looked at."""
    with pytest.raises(AssertionError, match="not within"):
        wait_until(lambda: not fact(), within=seconds)


class TestPings:
    def test_a_worker_waits_for_a_main_that_is_not_up(self, original):
        with socket.socket() as reserved:  # bound and not listening: refused, and nobody else's
            reserved.bind(("127.0.0.1", 0))
            port = reserved.getsockname()[1]
            worker = original.worker(port)
            worker.server.wait_output("no session with the main server")
        main = original.main(port=port)
        main.create_group("family")
        link = original.served(main)
        assert link.target == worker.ready.task_fetcher

    def test_a_worker_without_a_group_asks_until_there_is_one(self, original):
        main = original.main()
        worker = original.worker(main)
        wait_until(lambda: len(main.pings) > 1, what="it asks again")
        assert worker.server.running
        main.create_group("family")
        original.served(main)

    def test_a_second_ping_comes_only_when_the_connection_is_gone(self, original):
        main, _ = original.pair(dad="ok-dad")
        before = len(main.pings)
        main.create_group("another")  # what a needless ping would take

        def busy_and_quiet() -> bool:
            succeeded(main.transaction("family"), "dad")
            refused(main.transaction("family", amount=0))
            return len(main.pings) == before

        holds_for(QUIET_SECONDS, busy_and_quiet)
        assert main.serves("another") is None
        main.drop("family")
        original.served(main)
        assert len(main.pings) == before + 1

    def test_what_the_next_replay_does_not_bring_is_gone(self, original):
        main, _ = original.pair(dad="ok-dad", mom="ok-mom")
        del main.ledger.groups["family"]["dad"]
        main.drop("family")
        original.served(main)
        succeeded(main.transaction("family"), "mom")
        assert [run[0] for run in original.cli.runs()] == ["ok-mom"]

    def test_a_main_that_restarts_is_pinged_and_replays(self, original):
        main, _ = original.pair(dad="ok-dad")
        main = original.restarted(main)
        original.served(main)
        assert len(main.pings) == 1
        succeeded(main.transaction("family"), "dad")

    def test_a_thousand_accounts_come_inside_one_ping(self, original):
        accounts = {f"a{n}": Account(TRADIER, {"ACCESS_TOKEN": f"ok-{n}"}) for n in range(1000)}
        main = original.main(ledger=Ledger({"family": accounts}))
        original.worker(main)
        link = original.served(main)
        assert len(main.pings) == 1
        assert [answer.status for _, answer in link.answers] == [SUCCESS] * 1000
        assert main.deactivate("family", "a999").status == SUCCESS


def test_workers_that_take_each_others_groups_trade_only_what_they_were_given(original):
    main = original.main()
    workers = {}
    for group in ("one", "two"):
        main.create_group(group)
        workers[group] = original.worker(main, group)
        original.served(main, group)
        activated(main, "dad", f"ok-{group}", group)
    for worker in workers.values():
        worker.server.kill()
    wait_until(lambda: not main.links, what="both are lost")
    back = [original.worker(main, "two"), original.worker(main, "one")]
    for group in workers:
        original.served(main, group)
        succeeded(main.transaction(group), "dad")
    assert sorted(run[0] for run in original.cli.runs()) == ["ok-one", "ok-two"]
    assert {main.serves(group).target for group in workers} == {worker.ready.task_fetcher for worker in back}


class TestCalls:
    def test_bytes_that_are_no_message_end_nothing(self, original):
        main, worker = original.pair(dad="ok-dad")
        link = main.links["family"]
        for method in ("Activation", "Deactivation", "Transaction"):
            for message in (b"\xff\xff\xff\xff", b"\x0a\x7f", b"\x0a"):
                with pytest.raises(grpc.RpcError):
                    link.raw(method, message)
        with pytest.raises(grpc.RpcError):
            link.raw("Activation", b"\x12\x03\xff\xfe\xfd")  # a name that is no UTF-8
        with pytest.raises(grpc.RpcError) as unknown:
            link.raw("Holdings", b"")
        assert unknown.value.code() is grpc.StatusCode.UNIMPLEMENTED
        succeeded(main.transaction("family"), "dad")
        assert len(original.cli.runs()) == 1
        assert worker.server.running and len(main.pings) == 1

    def test_one_account_runs_one_at_a_time(self, original):
        main, _ = original.pair(dad="ok-dad")
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: main.transaction("family"), range(6)))
        for answer in answers:
            succeeded(answer, "dad")
        events = original.cli.events()
        assert [event["event"] for event in events] == ["start", "end"] * 6
        assert all(a["pid"] == b["pid"] for a, b in pairwise(events) if a["event"] == "start")

    def test_one_task_that_comes_many_times_at_once_runs_once(self, original):
        main, _ = original.pair(dad="hold-dad")
        task_id = "01234567-89ab-4def-8123-456789abcdef"
        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(main.transaction, "family", task_id=task_id) for _ in range(4)]
            wait_until(original.cli.running, what="the CLI runs")
            original.cli.release()
            answers = [call.result(timeout=PATIENCE) for call in calls]
        succeeded(answers[0], "dad")
        assert all(answer == answers[0] for answer in answers)
        assert len(original.cli.runs()) == 1

    def test_groups_trade_side_by_side(self, original):
        main = original.main()
        for group in ("one", "two"):
            main.create_group(group)
            original.worker(main, group)
            original.served(main, group)
            activated(main, "dad", f"hold-{group}", group)
        with ThreadPoolExecutor(2) as pool:
            calls = [pool.submit(main.transaction, group) for group in ("one", "two")]
            wait_until(lambda: original.cli.running() == 2, what="both run at once")
            original.cli.release()
            for call in calls:
                succeeded(call.result(timeout=PATIENCE), "dad")

    def test_the_answer_of_a_run_outlives_sigterm(self, original):
        main, worker = original.pair(dad="hold-dad")
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(main.transaction, "family")
            wait_until(original.cli.running, what="the CLI runs")
            worker.server.process.terminate()
            worker.server.wait_output("(?i)drain|stopping|sigterm|ending")
            original.cli.release()
            succeeded(call.result(timeout=PATIENCE), "dad")
        assert worker.server.wait_exit() == 0

    def test_a_run_that_outlasts_sigterm_is_told_as_a_doubt(self, original):
        main, worker = original.pair(dad="hold-dad", mom="hold-mom")
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(main.transaction, "family")
            wait_until(original.cli.running, what="the CLI runs")
            worker.server.process.terminate()
            assert refused(call.result(timeout=PATIENCE), "dad", "mom").startswith(DOUBT)
        assert worker.server.wait_exit() == 0
        assert len(original.cli.runs()) == 1


class TestAddresses:
    @pytest.mark.parametrize("host", ["::1", "[::1]"])
    def test_ipv6_bare_and_in_brackets(self, original, host):
        main = original.main(host="::1")
        main.create_group("family")
        worker = original.worker(main, "w1", "--main-server-host", host, "--task-fetcher-host", host)
        assert original.served(main).target == worker.ready.task_fetcher
        activated(main, "dad", "ok-dad")
        succeeded(main.transaction("family"), "dad")

    def test_a_port_that_is_taken_is_named(self, original):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            server = original.stage.run(
                *("worker", "--data-dir", original.stage.folder / "w", "--worker-protocol", "legacy"),
                *("--task-fetcher-port", port, "--autorsa-command", original.cli.command),
            )
            assert server.wait_exit() != 0
        assert str(port) in server.output
        assert "TASK_FETCHER_PORT" in server.output


class TestProtocols:
    def test_auto_finds_an_original_main(self, original):
        main = original.main()
        main.create_group("family")
        original.worker(main, "w1", "--worker-protocol", "auto")
        original.served(main)
        activated(main, "dad", "ok-dad")
        succeeded(main.transaction("family"), "dad")

    def test_auto_holds_a_session_with_our_main(self, original):
        main = original.stage.main()
        original.stage.worker(main, "w1", "--worker-protocol", "auto", "--task-fetcher-port", 0)
        main.api.paper_group("family", mom={})
        assert main.api.place_and_wait("family")["status"] == "settled"
        [view] = main.api.items("/v1/workers")
        assert (view["name"], view["link"]) == ("w1", "session")

    def test_session_alone_never_pings_and_says_what_is_wrong(self, original):
        main = original.main()
        main.create_group("family")
        token = original.stage.main().data_dir / "admin.token"
        worker = original.worker(main, "w1", "--worker-protocol", "session", "--token-file", token)
        worker.server.wait_output(f"the server at .*{main.port}.* .*WORKER_PROTOCOL=auto or legacy")
        holds_for(QUIET_SECONDS, lambda: worker.server.running and not main.pings)


def test_a_killed_worker_leaves_no_run_behind(original):
    main, worker = original.pair(dad="hold-dad")
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(main.transaction, "family")
        wait_until(original.cli.running, what="the CLI runs")
        below = worker.server.kill()
        psutil.wait_procs(below, timeout=PATIENCE)
        assert not [process for process in below if process.is_running()]
        assert call.exception(timeout=PATIENCE) is not None
