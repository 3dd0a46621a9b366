"""Nothing that opens an account, and no full account number, is in a log line, an answer, an event or a figure; and a
log line says which request, order, child order, task, group and worker it is about."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from standin import Account, Login, StandIn

from .api import children, expect_problem, new_client_order_id, order_body
from .conftest import Stage
from .processes import Server
from .waiting import wait_until

pytestmark = [pytest.mark.autorsa]

RIGHT, WRONG = "planted-right-7c1f", "planted-wrong-7c1f"
NUMBERS = ("VA90417201", "VA90417202")
SECRETS = {
    RIGHT,
    WRONG,
    "planted-user-7c1f",
    "planted-password-7c1f",
    "planted-misspelt-7c1f",
    "planted-torn-7c1f",
    "planted-replaced-7c1f",
    "planted-legacy-7c1f",
    "ta_planted-bearer-7c1f",
    "ta_planted-worker-7c1f",
}
OF_A_CHILD_ORDER = {"order", "child_order", "task", "group", "account", "worker"}


@dataclass
class Story:
    """What was said while orders ran and log-ins failed."""

    logs: dict[str, str]
    answers: list[str]
    lines: dict[str, list[dict]] = field(default_factory=dict)
    orders: list[dict] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)

    def about(self, process: str, message: str) -> list[dict]:
        return [line for line in self.lines[process] if line["msg"] == message]


def register(api, answers) -> None:
    api.put_group("family")
    for name, token in (("right", RIGHT), ("wrong", WRONG)):
        assert api.put_account("family", name, "Tradier", ACCESS_TOKEN=token).status_code == 201
    api.paper_group("paper", mom={"SUB_ACCOUNTS": "2"}, poor={"CASH": "1"})
    login = {"USERNAME": "planted-user-7c1f", "PASSWORD": "planted-password-7c1f"}
    expect_problem(api.put_account("family", "odd", "Fidelity", **login, PASWORD="planted-misspelt-7c1f"), 422)
    expect_problem(api.put_account("family", "odd", "Nobody", **login), 422)
    torn = '{"brokerage":"Tradier","credentials":{"ACCESS_TOKEN":"planted-torn-7c1f"'
    path = "/v1/groups/family/accounts/odd"
    expect_problem(api.client.put(path, content=torn, headers={"Content-Type": "application/json"}), 400)
    assert api.put_account("paper", "spare", "Tradier", ACCESS_TOKEN="planted-replaced-7c1f").status_code == 201
    assert api.client.delete("/v1/groups/paper/accounts/spare").status_code in (200, 204)
    for bearer in ("ta_planted-bearer-7c1f", "planted-user-7c1f"):
        expect_problem(api.client.get("/v1/orders", headers={"Authorization": f"Bearer {bearer}"}), 401)
    basic = httpx.BasicAuth("planted-user-7c1f", "planted-password-7c1f")
    expect_problem(api.client.get("/v1/orders", auth=basic), 401)
    legacy = {"group_name": "family", "account_name": "old", "brokerage": "Tradier", "creds": "planted-legacy-7c1f"}
    assert api.client.post("/activate", json=legacy).status_code >= 400


def ended(order: dict) -> bool:
    """No run is under way; that one child order is in doubt says nothing of the others."""
    return not {child["status"] for child in order["child_orders"]} & {"pending", "executing", "submitted"}


def trade(api, story: Story) -> None:
    for group in ("paper", "family"):
        request_id = f"request-of-{group}"
        answer = api.post_order(order_body(group), **{"X-Request-Id": request_id})
        assert answer.status_code == 201, answer.text
        assert answer.headers["x-request-id"] == request_id
        story.request_ids.append(request_id)
        order_id = answer.json()["id"]
        wait_until(lambda order_id=order_id: ended(api.order(order_id)), what="every run ended")
        story.orders.append(api.order(order_id))
    for path in ("/v1/events?limit=500", "/v1/audit?limit=500", "/metrics", "/v1/workers", "/v1/groups/family/accounts", "/v1/orders"):
        assert api.client.get(path).status_code == 200
    expect_problem(api.client.get(f"/v1/orders/{new_client_order_id()}"), 404)


def foreign_token(stage: Stage) -> str:
    """A token of another main server: well formed, and known to nobody here."""
    other = stage.main(data_dir=stage.folder / "other")
    assert other.server.stop() == 0
    return other.api.token


def stranger(stage: Stage, main, name: str, text: str) -> Server:
    """A worker with a token that opens nothing: it is refused, and goes on trying."""
    token = stage.folder / f"{name}.token"
    token.write_text(text + "\n")
    token.chmod(0o600)
    host, _, port = main.ready.grpc.rpartition(":")
    server = stage.run(
        *("worker", "--data-dir", stage.folder / name, "--worker-name", name),
        *("--main-server-host", host, "--main-server-port", port, "--token-file", token),
        *("--log-level", "debug", "--log-format", "json", "--worker-protocol", "session"),
    )
    server.wait_output("no session with the main server")
    return server


def tell(stage: Stage, command: Path) -> Story:
    words = ("--log-level", "debug", "--log-format", "json")
    login = Login(RIGHT, [Account(number) for number in NUMBERS])
    with StandIn([login], ["order:500:account=202"]) as standin:
        main = stage.main(*words)
        story = Story(logs={}, answers=[])
        main.api.client.event_hooks["response"].append(lambda answer: story.answers.append(answer.read().decode()))
        worker = stage.worker(main, "w1", *words, "--autorsa-command", command, **standin.environment())
        foreign = foreign_token(stage)
        SECRETS.update((main.api.token, foreign))
        servers = {
            "main": main.server,
            "worker": worker.server,
            "stranger": stranger(stage, main, "stranger", foreign),
            "torn": stranger(stage, main, "torn", "ta_planted-worker-7c1f"),
        }
        register(main.api, story.answers)
        trade(main.api, story)
        faults = stage.stop()
        assert not faults, "\n".join(faults)
    story.logs = {name: server.output for name, server in servers.items()}
    for name, text in story.logs.items():
        story.lines[name] = [json.loads(line) for line in text.splitlines()]
    return story


@pytest.fixture(scope="module")
def story(binary, autorsa_command, tmp_path_factory) -> Story:
    stage = Stage(binary, tmp_path_factory.mktemp("story"))
    try:
        yield tell(stage, autorsa_command)
    finally:
        faults = stage.close()
        assert not faults, "\n".join(faults)


def test_the_story_is_what_it_should_be(story):
    paper, family = story.orders
    assert {name: child["status"] for name, child in children(paper).items()} == {"mom": "filled", "poor": "rejected"}
    assert {name: child["status"] for name, child in children(family).items()} == {
        "right": "in_doubt",  # one of its sub-accounts: the broker answered 500
        "wrong": "denied",
    }
    assert story.about("main", "a worker without a good token was refused")


def test_no_secret_and_no_account_number_is_told(story):
    told = story.logs | {f"answer {number}": text for number, text in enumerate(story.answers)}
    assert len(story.answers) > 20
    for name, text in told.items():
        assert [word for word in SECRETS if word in text] == [], name
        assert [number for number in NUMBERS if number in text] == [], name


def test_lines_of_an_order_name_the_request_that_caused_it(story):
    accepted = story.about("main", "order accepted")
    assert [line["order"] for line in accepted] == [order["id"] for order in story.orders]
    for line, order, request_id in zip(accepted, story.orders, story.request_ids, strict=True):
        assert (line["request_id"], line["client_order_id"]) == (request_id, order["client_order_id"])
        assert line["group"] == order["group"]
        answered = [entry for entry in story.about("main", "request") if entry["request_id"] == request_id]
        assert [(entry["method"], entry["target"], entry["status"]) for entry in answered] == [
            ("POST", "/v1/orders", "201")
        ]


@pytest.mark.parametrize(
    "process, message",
    [("main", "offered"), ("main", "permitted"), ("worker", "started"), ("main", "report taken")],
    ids=lambda word: word.replace(" ", "_"),
)
def test_lines_of_a_child_order_name_all_that_it_belongs_to(story, process, message):
    lines = story.about(process, message)
    for order in story.orders:
        for child in order["child_orders"]:
            of_child = [line for line in lines if line["child_order"] == child["id"]]
            assert of_child, f"{message}: nothing of {child}"
            for line in of_child:
                assert line.keys() >= OF_A_CHILD_ORDER, line
                assert line["order"] == order["id"]
                assert (line["group"], line["account"], line["worker"]) == (order["group"], child["account"], "w1")


def test_what_a_worker_reports_names_its_task(story):
    for order in story.orders:
        for child in order["child_orders"]:
            lines = [line for line in story.about("worker", "reported") if line["child_order"] == child["id"]]
            assert (lines[-1]["worker"], lines[-1]["status"]) == ("w1", child["status"])
            started = [line["task"] for line in story.about("worker", "started") if line["child_order"] == child["id"]]
            assert len(started) == 1
            # A fill may come after its task has ended: then it belongs to none.
            of_task = {(line["task"], line["order"]) for line in lines if "task" in line}
            assert of_task == {(started[0], order["id"])}
