"""What every command prints, in each format and on a terminal of 80 columns, as it stands in golden/output."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .api import order_body
from .conftest import Running, Stage
from .golden import Normal, faults_of_folder
from .terminal import run_on_terminal
from .waiting import PATIENCE

pytestmark = pytest.mark.one_store

WIDTH = 80
FORMATS = ("json", "yaml", "csv", "name")
IDS = "an id is never cut"


@dataclass(frozen=True)
class Run:
    """One command line; `{name}` in a word stands for what the scene knows by that name."""

    words: str
    stdin: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    terminal: bool = False  # once more on one
    wide: str = ""  # why it may be wider than that


def shown(words: str, wide: str = "") -> Run:
    return Run(words, terminal=True, wide=wide)


def all_forms(words: str, wide: str = "") -> list[Run]:
    return [shown(words, wide), *(Run(f"{words} -o {form}") for form in FORMATS)]


def some_forms(words: str) -> list[Run]:
    """JSON and YAML are the server's answer as it is, and shown elsewhere."""
    return [shown(words), Run(f"{words} -o csv"), Run(f"{words} -o name")]


def done(words: str, *more: str) -> list[Run]:
    """A change, which is made once; then other forms of a change like it."""
    return [Run(words), *map(Run, more)]


REPEAT = "--group demo --confirm demo --client-order-id golden-1"
POOR = "--group poor --confirm poor --client-order-id golden-2"
ODD = "--group odd --confirm odd --client-order-id golden-3"
NO_COLOR = (("NO_COLOR", "1"),)
DUMB = (("TERM", "dumb"),)
CASES = {
    # Orders
    "order-buy": [
        *all_forms(f"order buy 1 AAPL {REPEAT}"),
        Run(f"order buy 1 AAPL {REPEAT} -q"),
        Run(f"order buy 1 AAPL {REPEAT} -q --no-headers"),
        shown(f"order buy 1 AAPL {POOR}"),
        shown(f"order buy 1 AAPL {ODD}"),
        Run("order buy 1 AAPL --group demo --no-input"),
        Run("order buy 1 AAPL --group demo --confirm dmo"),
    ],
    "order-buy-preview": some_forms("order buy 1 AAPL --group demo --preview"),
    "order-sell": done("order sell 0.5 AAPL,MSFT --group solo --dry-run --client-order-id golden-4"),
    "order-list": [
        shown("order list --until 2099-01-01T00:00:00Z", wide=IDS),
        *all_forms("order list --group demo", wide=IDS),
        Run("order list --no-headers"),
        Run("order list --limit 1"),
        Run("order list --group nobody"),
    ],
    "order-show": [
        *all_forms("order show {settled}"),
        shown("order show {doubt}"),
        shown("order show {settled} --no-color"),
        Run("order show {settled}", environment=NO_COLOR, terminal=True),
        Run("order show {settled}", environment=DUMB, terminal=True),
        Run("order show 00000000-0000-7000-8000-000000000000"),
    ],
    "order-wait": [shown("order wait {settled}"), Run("order wait {settled} -o name"), Run("order wait {doubt} -q")],
    "order-watch": some_forms("order watch {settled}"),
    "order-retry": done(
        "order retry {rejected} --include-rejected --confirm poor --client-order-id golden-5",
        "order retry {rejected} --include-rejected --confirm poor --client-order-id golden-6",
        "order retry {settled} --confirm demo",
    ),
    "order-resolve": done(
        "order resolve {doubtful} --outcome not_placed --note looked -y",
        "order resolve {doubtful} --outcome filled --note looked -y",
        "order resolve {doubtful} --outcome fild --note looked",
    ),
    # What became of them
    "execution-list": all_forms("execution list --group demo"),
    "event-list": [*all_forms("event list --order {single}"), Run("event list --limit 1")],
    "audit-list": all_forms("audit list --actor admin --until 2099-01-01T00:00:00Z --group demo"),
    "holdings-refresh": some_forms("holdings refresh --group solo"),
    "holdings-list": [*all_forms("holdings list --group solo"), Run("holdings --group demo")],
    # Who trades where
    "group-list": all_forms("group list"),
    "group-add": done("group add club", "group add club -o json"),
    "group-show": some_forms("group show demo"),
    "group-remove": done("group remove club -y", "group remove demo -y"),
    "account-list": all_forms("account list --group demo"),
    "account-add": [
        Run("account add demo/aunt --brokerage Paper --credentials -", stdin="{}"),
        Run("account add demo/aunt --brokerage Papr --credentials -", stdin="{}"),
        Run("account add nobody/aunt --brokerage Paper --credentials -", stdin="{}"),
    ],
    "account-show": some_forms("account show demo/mom"),
    "account-check": some_forms("account check demo/dad"),
    "account-disable": done("account disable demo/aunt"),
    "account-enable": done("account enable demo/aunt"),
    "account-remove": done("account remove demo/aunt -y", "account remove demo/aunt -y", "account remove demo/mom --no-input"),
    "brokerage-list": all_forms("brokerage list"),
    "brokerage-show": [*some_forms("brokerage show Fidelity"), Run("brokerage show Fidelty")],
    "worker-list": all_forms("worker list"),
    "import": [
        Run("import --autorsa-env - --group family --dry-run", stdin="TRADIER=t-1\nFIDELITY=me:secret\n"),
        Run("import --autorsa-env - --group family --dry-run -o json", stdin="TRADIER=t-1\n"),
    ],
    # Tokens
    "token-create": done("token create reader --scope orders:read --group demo --expires-in 90d", "token create reader --scope admin"),
    "token-list": all_forms("token list"),
    "token-show": some_forms("token show reader"),
    "token-me": some_forms("token me"),
    "token-revoke": done("token revoke reader -y", "token revoke reader -y"),
    # Of this program
    "version": some_forms("version"),
    "config-validate": [Run("config validate"), Run("config validate --http-port 70000")],
    # Without a worker
    "worker-drain": done("worker drain w1", "worker drain w1 -o csv", "worker drain w9"),
    "order-cancel": done("order cancel {waiting}", "order cancel {settled}"),
    # What goes wrong
    "errors": [
        Run("order list --server 127.0.0.1:1"),
        Run("token list --token-file {narrow}"),
        Run("order list --token-file {wrong}"),
        Run("ordr list"),
        Run("order shw x"),
        Run("order buy 1 AAPL --grop demo"),
        Run("order list -o jsn"),
        Run("order list --status setled"),
        Run("order buy 1"),
        Run("order"),
    ],
}  # fmt: skip
ELSEWHERE = {
    "up": "a server", "main": "a server", "worker": "a server",
    "event tail": "without an end: test_live.py",
    "completion bash": "a script: test_completion.py",
    "completion zsh": "a script: test_completion.py",
    "completion fish": "a script: test_completion.py",
    "config reference": "docs/reference/settings.md is it",
    "config show": "all settings there are: test_config.py",
    "autorsa install": "needs the network: test_autorsa.py",
    "autorsa status": "of this machine: test_autorsa.py",
    "doctor": "of this machine: test_howto_doctor.py",
}  # fmt: skip


class Scene:
    """A server with a few orders behind it, and what the cases know of it."""

    def __init__(self, stage: Stage):
        self._stage = stage
        prices = self._file("prices.json", json.dumps({"AAPL": "250.00", "MSFT": "400.00"}))
        self._up = stage.up("--worker-name", "w1", "--execution-seconds", "5", "--paper-prices-file", prices)
        up = self._up
        up.api.paper_group("demo", mom={}, dad={"SUB_ACCOUNTS": "2"})
        up.api.paper_group("solo", ann={})
        up.api.paper_group("poor", joe={"CASH": "1"})
        up.api.paper_group("odd", sue={"FAULT": "accept_then_hang"})
        single = self._placed(up, "solo", "golden-0")
        settled = self._placed(up, "demo", "golden-1")
        rejected = self._placed(up, "poor", "golden-2")
        doubt = self._placed(up, "odd", "golden-3")
        ids = [order["id"] for order in (settled, rejected, doubt, single)]
        self._known = {
            "single": single["id"],  # of one account: nothing races in it
            "settled": settled["id"],
            "rejected": rejected["id"],
            "doubt": doubt["id"],
            "doubtful": doubt["child_orders"][0]["id"],
            "narrow": str(self._file("narrow.token", self._narrow_token(up))),
            "wrong": str(self._file("wrong.token", "ta_wrong")),
        }
        self._normal = Normal(ids, {"server": up.ready.http, "folder": str(stage.folder)})

    @staticmethod
    def _placed(up: Running, group: str, client_order_id: str) -> dict:
        answer = up.api.post_order(order_body(group, client_order_id=client_order_id))
        return up.api.done(answer.json()["id"])

    @staticmethod
    def _narrow_token(up: Running) -> str:
        answer = up.api.client.post("/v1/tokens", json={"name": "narrow", "scopes": ["accounts:read"]})
        assert answer.status_code == 201, answer.text
        return answer.json()["token"]

    def _file(self, name: str, text: str) -> Path:
        path = self._stage.folder / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def report(self, run: Run) -> tuple[str, list[str]]:
        """All that it printed, and the lines that were too wide for the terminal."""
        if "{waiting}" in run.words:
            self._known["waiting"] = self._up.api.place("solo", client_order_id="golden-7")["id"]
        words = [word.format(**self._known) for word in run.words.split()]
        command = [str(self._stage.binary), *words]
        if "--server" not in words:
            command += ["--server", f"http://{self._up.ready.http}"]
        if "--token-file" not in words:
            command += ["--token-file", str(self._up.data_dir / "admin.token")]
        environment = self._stage.environment(**{"TERM": "xterm"} | dict(run.environment))
        plain = subprocess.run(
            command, cwd=self._stage.folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, input=run.stdin
        )
        settings = "".join(f"{key}={value} " for key, value in run.environment)
        text = f"$ {settings}tradeauto {run.words}\n{plain.stdout}" + "".join(f"2> {line}\n" for line in plain.stderr.splitlines())
        text += f"[exit code {plain.returncode}]\n" if plain.returncode else ""
        too_wide = []
        if run.terminal:
            code, seen = run_on_terminal(command, environment, self._stage.folder, WIDTH)
            text += f"[on a terminal of {WIDTH} columns]\n{seen.replace(chr(27), '<esc>')}"
            text += f"[exit code {code}]\n" if code else ""
            notes = plain.stderr.splitlines()  # which a terminal wraps by itself
            lines = [] if run.wide else [line for line in seen.splitlines() if line not in notes]
            too_wide = [line for line in lines if width_of(line) > WIDTH]
        return self._normal(text), too_wide


def width_of(line: str) -> int:
    return len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line))


@pytest.mark.breaks_promise("a person says not_placed of what the broker took", fault="and (it )?reached the broker$")
def test_every_commands_output_is_the_one_in_its_file(stage: Stage):
    scene = Scene(stage)
    texts, faults = {}, []
    for name, runs in CASES.items():
        reports = [scene.report(run) for run in runs]
        texts[name] = "\n".join(text for text, _ in reports)
        faults += [f"{name}: wider than the terminal: {line}" for _, lines in reports for line in lines]
    faults += faults_of_folder("output", texts)
    assert not faults, "\n\n".join(faults)
