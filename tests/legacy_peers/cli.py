"""A CLI in AutoRSA's place: prints what the real one printed at Tradier, and notes each run."""

import json
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data/autorsa"
OUTPUTS = {
    "ok": "tradier-buy-ok.txt",
    "refuse": "tradier-buy-reject1.txt",  # one of two sub-accounts
    "doubt": "tradier-buy-drop-before-first.txt",
    "badlogin": "tradier-login-bad.txt",
}

_SCRIPT = r'''#!@PYTHON@ -IS
import json, os, pathlib, sys, time
here = pathlib.Path(__file__).parent
outputs = json.loads((here / "outputs.json").read_text())
words, token = sys.argv[1:], os.environ.get("TRADIER", "")

def note(event):
    line = json.dumps(dict(event=event, token=token, words=words, pid=os.getpid(), webull=os.environ.get("WEBULL"))) + "\n"
    with open(here / "runs.jsonl", "a") as file:
        file.write(line)  # one write of a short line: runs do not mix

kind = token.partition("-")[0]
text = outputs.get(kind, outputs["ok"]).replace("<cwd>", os.getcwd())
if not words:
    print(text.partition("Running main")[0] + "Running main with args: []\nNo arguments given, see README for usage")
    sys.exit(1)
side, amount, symbol = words[:3]
number = str(float(amount))
for old, new in (
    ("'buy', '1', 'AAPL'", str(words[:3])[1:-1]),
    ("AAPL", symbol),
    ("Action: buy", "Action: " + side),
    ("Amount: 1.0", "Amount: " + number),
    ("buying 1.0 of", side + "ing " + number + " of"),
    ("buy 1.0 of", side + " " + number + " of"),
):
    text = text.replace(old, new)
note("start")
while kind == "hold" and not (here / "release").exists():
    time.sleep(0.02)
sys.stdout.write(text)
sys.stdout.flush()
note("end")
'''


class FakeCli:
    """A log-in's token says how the broker behaves: `ok-…`, `hold-…` (until `release()`), or as in OUTPUTS."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir()
        self.command = folder / "auto_rsa_bot"
        outputs = {kind: (DATA / name).read_text() for kind, name in OUTPUTS.items()}
        (folder / "outputs.json").write_text(json.dumps(outputs))
        self.command.write_text(_SCRIPT.replace("@PYTHON@", sys.executable))
        self.command.chmod(0o755)

    def release(self) -> None:
        (self.folder / "release").touch()

    def events(self) -> list[dict]:
        file = self.folder / "runs.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def runs(self) -> list[tuple[str, ...]]:
        """Each run that was started: the token and the first three words."""
        return [(event["token"], *event["words"][:3]) for event in self.events() if event["event"] == "start"]

    def running(self) -> int:
        kinds = [event["event"] for event in self.events()]
        return kinds.count("start") - kinds.count("end")
