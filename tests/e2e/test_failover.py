"""A main server and two workers: kill one, and the other serves its groups, without starting anything twice."""

import signal

import pytest

from .api import children, placed_children, placements, statuses
from .conftest import Running, Stage, gone_within
from .waiting import wait_until

GROUPS = ("red", "green", "blue")
LEASE_SECONDS = 5  # no worker loses it because the machine is busy


class Crew:
    def __init__(self, stage: Stage):
        self.stage = stage
        self.main = stage.main("--lease-seconds", LEASE_SECONDS)
        self.api = self.main.api
        self.workers = {name: self.start(name) for name in ("w1", "w2")}
        # A worker is ready before its session is.
        wait_until(lambda: len(self.api.items("/v1/workers")) == 2, what="both workers are connected")

    def start(self, name: str) -> Running:
        return self.stage.worker(self.main, name, "--lease-seconds", LEASE_SECONDS, "--execution-seconds", 60)

    def served_by(self) -> dict[str, str]:
        return {group["name"]: group["worker"] for group in self.api.items("/v1/groups") if group["worker"]}

    def kill(self, name: str) -> None:
        gone_within(self.workers[name].server.kill())

    def placed(self):
        return placed_children(self.stage.folder)


@pytest.fixture
def crew(stage: Stage) -> Crew:
    return Crew(stage)


def worker_states(crew: Crew) -> dict[str, str]:
    return {worker["name"]: worker["state"] for worker in crew.api.items("/v1/workers")}


def register(crew: Crew, **credentials: str) -> dict[str, str]:
    for group in GROUPS:
        crew.api.paper_group(group, one=credentials, two=credentials)
    wait_until(lambda: len(crew.served_by()) == len(GROUPS), what="all groups are served")
    return crew.served_by()


def test_three_groups_are_spread_over_two_workers(crew):
    served = register(crew)
    assert set(served.values()) == {"w1", "w2"}
    for group in GROUPS:
        order = crew.api.place_and_wait(group)
        assert statuses(order) == {"one": "filled", "two": "filled"}
        assert {child["worker"] for child in order["child_orders"]} == {served[group]}


def test_a_killed_workers_groups_are_served_by_the_other_one(crew):
    served = register(crew)
    victim = served["red"]
    other = "w2" if victim == "w1" else "w1"
    untouched = [group for group, name in served.items() if name == other]
    crew.kill(victim)
    wait_until(
        lambda: crew.served_by() == dict.fromkeys(GROUPS, other),
        what="the other worker serves all groups",
    )
    # Accounts were replayed: an order runs there without any new registration.
    for group in GROUPS:
        order = crew.api.place_and_wait(group)
        assert statuses(order) == {"one": "filled", "two": "filled"}, group
        assert {child["worker"] for child in order["child_orders"]} == {other}
    assert all(crew.served_by()[group] == other for group in untouched)


def test_what_was_pending_runs_at_the_other_worker(crew):
    served = register(crew)
    victim = served["red"]
    other = "w2" if victim == "w1" else "w1"
    crew.workers[victim].server.process.send_signal(signal.SIGSTOP)  # takes no order any more, and dies with it unread
    placed = crew.api.place("red", deadline_seconds=60)
    assert statuses(crew.api.order(placed["id"])) == {"one": "pending", "two": "pending"}
    crew.kill(victim)
    order = crew.api.done(placed["id"])
    assert statuses(order) == {"one": "filled", "two": "filled"}
    assert {child["worker"] for child in order["child_orders"]} == {other}
    assert set(crew.placed().values()) == {1}


def test_a_worker_that_slept_through_its_lease_starts_nothing_when_it_wakes(crew):
    served = register(crew)
    victim = served["red"]
    other = "w2" if victim == "w1" else "w1"
    sleeper = crew.workers[victim].server.process
    sleeper.send_signal(signal.SIGSTOP)
    placed = crew.api.place("red", deadline_seconds=60)
    order = crew.api.done(placed["id"])
    assert {child["worker"] for child in order["child_orders"]} == {other}
    sleeper.send_signal(signal.SIGCONT)
    wait_until(lambda: worker_states(crew).get(victim) in ("idle", "serving"), what="the sleeper is back")
    after = crew.api.place_and_wait("red")
    assert statuses(after) == {"one": "filled", "two": "filled"}
    assert crew.placed() == {child["id"]: 1 for run in (order, after) for child in run["child_orders"]}


def test_what_was_permitted_is_in_doubt_until_its_worker_comes_back_and_says(crew):
    served = register(crew, FAULT="accept_then_hang")
    victim = served["red"]
    placed = crew.api.place("red")
    ids = [child["id"] for child in placed["child_orders"]]
    wait_until(lambda: all(crew.placed()[i] == 1 for i in ids), what="the broker took both")
    crew.kill(victim)

    order = crew.api.done(placed["id"])
    assert statuses(order) == {"one": "in_doubt", "two": "in_doubt"}
    assert {child["sent"] for child in order["child_orders"]} == {"maybe"}
    wait_until(
        lambda: crew.served_by().get("red", victim) != victim,
        what="another worker serves the group",
    )
    assert all(crew.placed()[i] == 1 for i in ids), "the other worker started it again"

    crew.workers[victim] = crew.start(victim)
    # The paper brokerage knows what it took; its worker's word settles the doubt, or it stays: never a second start.
    wait_until(lambda: worker_states(crew).get(victim) in ("idle", "serving"), what="it is back")
    final = crew.api.done(placed["id"])
    assert set(statuses(final).values()) <= {"in_doubt", "submitted", "filled"}
    assert all(crew.placed()[i] == 1 for i in ids)


def test_a_finished_run_whose_report_was_not_confirmed_settles_the_doubt(stage):
    main = stage.main("--lease-seconds", LEASE_SECONDS)
    worker = stage.worker(main, "w1", "--lease-seconds", LEASE_SECONDS)
    main.api.paper_group("family", mom={"FAULT": "slow"})
    placed = main.api.place("family")
    worker.wait_started("mom")
    grpc_port = main.ready.grpc.rpartition(":")[2]
    main.server.kill()
    wait_until(lambda: len(placements(worker.data_dir)) == 1)
    gone_within(worker.server.kill())

    main = stage.main("--lease-seconds", LEASE_SECONDS, "--grpc-port", grpc_port)
    order = main.api.done(placed["id"])
    assert statuses(order)["mom"] in ("in_doubt", "submitted", "filled")
    stage.worker(main, "w1", "--lease-seconds", LEASE_SECONDS)
    wait_until(
        lambda: statuses(main.api.order(placed["id"]))["mom"] in ("submitted", "filled"),
        what="the worker's journal and the broker's records settle it",
    )
    child = children(main.api.order(placed["id"]))["mom"]
    assert placed_children(worker.data_dir) == {child["id"]: 1}


def test_a_worker_that_nobody_needs_is_idle_and_kept(crew):
    crew.api.paper_group("only", mom={})
    wait_until(lambda: crew.served_by())
    assert sorted(worker_states(crew).values()) == ["idle", "serving"]
    assert crew.workers["w1"].server.running and crew.workers["w2"].server.running


def test_a_killed_worker_is_lost_and_comes_back(crew):
    register(crew)
    crew.kill("w1")
    wait_until(lambda: worker_states(crew).get("w1") == "lost", what="w1 is lost")
    crew.workers["w1"] = crew.start("w1")
    wait_until(lambda: worker_states(crew).get("w1") in ("idle", "serving"), what="w1 is back")
