"""kill -9 at any moment: nothing accepted is lost, nothing is placed twice."""

import pytest

from .api import children, order_body, placed_children, placements, statuses
from .conftest import Running, Stage, gone_within
from .waiting import wait_until


def test_orders_reports_and_holdings_are_as_before(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={"SUB_ACCOUNTS": "2"}, poor={"CASH": "1"})
    body = order_body("family", quantity="2")
    before = up.api.done(up.api.post_order(body).json()["id"])
    gone_within(up.server.kill())

    up = stage.up()
    assert up.api.order(before["id"]) == before
    again = up.api.post_order(body)
    assert (again.status_code, again.json()) == (200, before)
    assert statuses(before) == {"mom": "filled", "poor": "rejected"}
    # Holdings: exactly what was bought can be sold.
    sold = up.api.place_and_wait("family", group=None, accounts=["family/mom"], side="sell", quantity="2")
    assert statuses(sold) == {"mom": "filled"}
    more = up.api.place_and_wait("family", group=None, accounts=["family/mom"], side="sell", quantity="1")
    assert statuses(more) == {"mom": "rejected"}


def test_groups_accounts_and_the_token_stay(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={}, dad={})
    token = (up.data_dir / "admin.token").read_text()
    groups = up.api.items("/v1/groups")
    accounts = up.api.items("/v1/groups/family/accounts")
    up.server.kill()
    up = stage.up()
    assert (up.data_dir / "admin.token").read_text() == token
    assert [group["name"] for group in up.api.items("/v1/groups")] == [group["name"] for group in groups]
    assert [account["name"] for account in up.api.items("/v1/groups/family/accounts")] == [
        account["name"] for account in accounts
    ]
    assert statuses(up.api.place_and_wait("family")) == {"mom": "filled", "dad": "filled"}


@pytest.mark.parametrize("fault", ["hang", "accept_then_hang"])
def test_what_ran_when_the_process_died_is_in_doubt_and_never_started_again(stage: Stage, fault):
    up = stage.up()
    up.api.paper_group("family", good={}, bad={"FAULT": fault})
    body = order_body("family")
    placed = up.api.post_order(body).json()

    def good_done_bad_runs():
        now = statuses(up.api.order(placed["id"]))
        return now == {"good": "filled", "bad": "executing"}

    wait_until(good_done_bad_runs, what="one account is filled, the other one runs")
    up.wait_started("bad")
    if fault == "accept_then_hang":
        wait_until(lambda: len(placements(up.data_dir)) == 2, what="the broker took both")
    before = placed_children(up.data_dir)
    gone_within(up.server.kill())

    up = stage.up()
    order = up.api.done(placed["id"])
    assert statuses(order)["good"] == "filled"
    # The paper brokerage remembers what it took, so this doubt may be settled by its own records, never by a new start.
    assert statuses(order)["bad"] in (("in_doubt",) if fault == "hang" else ("in_doubt", "filled"))
    assert up.api.post_order(body).json()["id"] == placed["id"]
    assert placed_children(up.data_dir) == before


def test_a_pending_order_survives_and_runs_later(stage: Stage):
    main = stage.main()
    main.api.paper_group("family", mom={})
    placed = main.api.place("family", deadline_seconds=120)
    main.server.kill()
    main = stage.main()
    assert main.api.order(placed["id"]) == placed
    stage.worker(main, "w1")
    assert statuses(main.api.done(placed["id"])) == {"mom": "filled"}


def wait_for_placements(up: Running, count: int) -> None:
    wait_until(lambda: len(placements(up.data_dir)) >= count, what=f"{count} placements")


def test_killed_again_and_again_each_order_is_placed_once_or_in_doubt(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", **{f"a{n}": {"FILL_DELAY_MS": "50"} for n in range(4)})
    bodies = []
    for kill in range(6):
        before = len(placements(up.data_dir))
        for _ in range(5):
            body = order_body("family", symbols=[f"S{len(bodies)}"])
            bodies.append(body)
            answer = up.api.post_order(body)
            assert answer.status_code == 201, answer.text
        # Each round dies a little later in the life of its orders.
        wait_for_placements(up, before + 3 * kill)
        gone_within(up.server.kill())
        up = stage.up()

    orders = []
    for body in bodies:
        answer = up.api.post_order(body)
        assert answer.status_code == 200, f"an accepted order is lost: {answer.text}"
        orders.append(up.api.done(answer.json()["id"]))
    placed = placed_children(up.data_dir)
    assert max(placed.values()) == 1, "placed twice"
    for order in orders:
        for account, child in children(order).items():
            times = placed[child["id"]]
            allowed = {"filled": {1}, "in_doubt": {0, 1}, "denied": {0}}
            assert times in allowed[child["status"]], (account, child, times)


def test_sigterm_ends_it_cleanly_and_a_new_start_goes_on(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", mom={})
    order = up.api.place_and_wait("family")
    assert up.server.stop() == 0
    up = stage.up()
    assert up.api.order(order["id"]) == order


def test_main_dies_and_the_workers_report_reaches_the_next_main(stage: Stage):
    main = stage.main()
    worker = stage.worker(main, "w1")
    main.api.paper_group("family", mom={"FAULT": "slow"})
    placed = main.api.place("family")
    worker.wait_started("mom")
    grpc_port = main.ready.grpc.rpartition(":")[2]
    main.server.kill()
    wait_until(lambda: len(placements(worker.data_dir)) == 1, what="the worker runs on alone")

    main = stage.main("--grpc-port", grpc_port)
    wait_until(
        lambda: statuses(main.api.order(placed["id"])) == {"mom": "filled"}, what="the report arrives"
    )
    order = main.api.order(placed["id"])
    assert order["status"] == "settled"
    assert placed_children(worker.data_dir) == {children(order)["mom"]["id"]: 1}


def test_what_runs_at_sigterm_ends_even_when_the_signal_comes_twice(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", slow={"FAULT": "slow", "FAULT_SECONDS": "2"})
    placed = up.api.place("family")
    up.wait_started("slow")
    up.server.process.terminate()
    up.server.wait_output("stopping")
    up.server.process.terminate()  # `timeout`, for one, signals the process and then its group
    assert up.server.wait_exit() == 0
    assert len(placements(up.data_dir)) == 1

    up = stage.up()
    assert statuses(up.api.done(placed["id"])) == {"slow": "filled"}


def test_sigterm_does_not_wait_for_a_run_that_is_stuck(stage: Stage):
    up = stage.up()
    up.api.paper_group("family", stuck={"FAULT": "hang"})
    up.api.place("family")
    up.wait_started("stuck")
    assert up.server.stop() == 0


def test_a_normal_life_warns_of_nothing(stage: Stage):
    main = stage.main()
    worker = stage.worker(main, "w1")
    main.api.paper_group("family", mom={})
    main.api.place_and_wait("family")
    assert worker.server.stop() == 0
    assert main.server.stop() == 0
    log = main.server.output + worker.server.output
    assert '"worker left"' in log and '"session over"' in log
    assert '"warn"' not in log and '"error"' not in log
