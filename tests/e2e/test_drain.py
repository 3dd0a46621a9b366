"""A worker that is drained before it is stopped: what it runs it ends, all else goes to the other one, nothing twice."""

import json

import pytest

from .api import Api, children, expect_problem, placements, statuses
from .cli import Cli
from .conftest import Running, Stage
from .waiting import wait_until

LEASE_SECONDS = 5  # no worker loses it because the machine is busy


class Pair:
    def __init__(self, stage: Stage):
        self.stage = stage
        self.main = stage.main("--lease-seconds", LEASE_SECONDS)
        self.api: Api = self.main.api
        self.workers = {name: self.start(name) for name in ("w1", "w2")}
        wait_until(lambda: len(self.states()) == 2, what="both workers are connected")

    def start(self, name: str) -> Running:
        return self.stage.worker(self.main, name, "--lease-seconds", LEASE_SECONDS, "--execution-seconds", 60)

    def register(self, group: str, **accounts: dict[str, str]) -> tuple[str, str]:
        """The worker that serves the group, and the other one."""
        self.api.paper_group(group, **accounts)
        wait_until(lambda: self.serves(group), what="the group is served")
        first = self.serves(group)
        return first, "w2" if first == "w1" else "w1"

    def serves(self, group: str) -> str | None:
        return self.api.get(f"/v1/groups/{group}").json()["worker"]

    def worker(self, name: str) -> dict:
        return next(worker for worker in self.api.items("/v1/workers") if worker["name"] == name)

    def states(self) -> dict[str, str]:
        return {worker["name"]: worker["state"] for worker in self.api.items("/v1/workers")}

    def drain(self, name: str):
        return self.api.client.post(f"/v1/workers/{name}/drain")

    def accepted(self) -> list[str]:
        """The child orders that the paper brokerages took, one entry each time."""
        return [entry["child_order_id"] for entry in placements(self.stage.folder) if entry["decision"] == "accepted"]


@pytest.fixture
def pair(stage: Stage) -> Pair:
    return Pair(stage)


def test_what_runs_is_ended_and_what_waits_goes_to_the_other_worker(pair):
    slow = {"FAULT": "slow", "FAULT_SECONDS": "8"}
    first, other = pair.register("family", mom=slow, dad={})
    running = pair.api.place("family", group=None, accounts=["family/mom"])
    wait_until(lambda: statuses(pair.api.order(running["id"])) == {"mom": "executing"}, what="it runs")
    waiting = pair.api.place("family", symbols=["MSFT"])  # mom's waits for the one that runs

    drained = pair.drain(first)
    assert drained.status_code == 200, drained.text
    assert (drained.json()["state"], drained.json()["groups"]) == ("draining", [])
    assert drained.json()["executing"] >= 1
    wait_until(lambda: pair.serves("family") == other, what="the other worker serves the group")
    again = pair.drain(first)
    assert (again.status_code, again.json()["state"], again.json()["groups"]) == (200, "draining", [])

    ended = pair.api.done(running["id"])
    assert statuses(ended) == {"mom": "filled"}
    assert children(ended)["mom"]["worker"] == first
    later = pair.api.done(waiting["id"])
    assert statuses(later) == {"mom": "filled", "dad": "filled"}
    assert children(later)["mom"]["worker"] == other
    wait_until(lambda: pair.worker(first)["executing"] == 0, what="it runs nothing any more")
    expected = [child["id"] for order in (ended, later) for child in order["child_orders"]]
    assert sorted(pair.accepted()) == sorted(expected), "each once"
    assert pair.states() == {first: "draining", other: "serving"}


def test_a_drained_worker_can_be_stopped_and_comes_back_as_any_other(pair):
    first, other = pair.register("family", mom={})
    assert pair.drain(first).status_code == 200
    wait_until(lambda: pair.serves("family") == other)
    assert pair.workers[first].server.stop() == 0
    assert statuses(pair.api.place_and_wait("family")) == {"mom": "filled"}
    expect_problem(pair.drain(first), 409, "worker_not_connected")
    pair.workers[first] = pair.start(first)
    wait_until(lambda: pair.states()[first] == "idle", what="it is back")
    assert pair.drain(other).status_code == 200
    wait_until(lambda: pair.serves("family") == first)
    assert statuses(pair.api.place_and_wait("family")) == {"mom": "filled"}
    assert len(pair.accepted()) == 2


def test_with_no_other_worker_the_group_waits_for_one(stage: Stage):
    main = stage.main("--lease-seconds", LEASE_SECONDS)
    stage.worker(main, "w1", "--lease-seconds", LEASE_SECONDS)
    main.api.paper_group("family", mom={})
    wait_until(lambda: main.api.get("/v1/groups/family").json()["worker"])
    cli = Cli(stage, main)
    done = cli("worker", "drain", "w1", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "draining"
    assert "draining" in cli("worker", "list").stdout
    assert main.api.get("/v1/groups/family").json()["state"] == "waiting"
    order = main.api.place("family")
    assert statuses(main.api.order(order["id"])) == {"mom": "pending"}
    stage.worker(main, "w2", "--lease-seconds", LEASE_SECONDS)
    done = main.api.done(order["id"])
    assert (statuses(done), children(done)["mom"]["worker"]) == ({"mom": "filled"}, "w2")
    nobody = cli("worker", "drain", "nobody")
    assert (nobody.returncode, nobody.stdout) == (3, "")


def test_who_may_drain(pair):
    expect_problem(pair.drain("nobody"), 404, "unknown_worker")
    scopes = {"reader": ["accounts:write"], "narrow": ["admin"]}
    for name, code in (("reader", "missing_scope"), ("narrow", "all_groups_needed")):
        groups = {"groups": ["family"]} if name == "narrow" else {}
        made = pair.api.client.post("/v1/tokens", json={"name": name, "scopes": scopes[name]} | groups)
        api = Api(pair.main.ready.http, made.json()["token"])
        pair.stage.apis.append(api)
        expect_problem(api.client.post("/v1/workers/w1/drain"), 403, code)
    assert set(pair.states().values()) == {"idle"}
    assert pair.drain("w1").status_code == 200
    entry = pair.api.items("/v1/audit?limit=1")[0]
    assert (entry["type"], entry["actor"]["name"], entry["worker"]) == ("worker_drained", "admin", "w1")
