"""The Tab key in a real bash, zsh and fish."""

import shlex
import subprocess
from pathlib import Path

import pytest

from .conftest import Stage
from .terminal import Terminal
from .waiting import PATIENCE

# compadd is what zsh is offered matches with; each is written down.
ZSH_SETUP = """
autoload -Uz compinit && compinit -u -D
source <(tradeauto completion zsh)
PS1="the line editor is ready "
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a offered
  builtin compadd -A offered "$@"
  print -rl -- $offered >>$OFFERED
  builtin compadd "$@"
}
"""

pytestmark = pytest.mark.one_store


def environment(stage: Stage, **more: str) -> dict[str, str]:
    return stage.environment(PATH=f"{stage.binary.parent}:/usr/bin:/bin", **more)


def empty_folder(stage: Stage) -> Path:
    """Where nothing is offered as a file."""
    folder = stage.folder / "empty"
    folder.mkdir(exist_ok=True)
    return folder


def run(stage: Stage, shell: list[str]) -> str:
    done = subprocess.run(
        shell, env=environment(stage), cwd=empty_folder(stage), capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def bash_offers(stage: Stage, line: str) -> list[str]:
    script = f"""
source <(tradeauto completion bash)
COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_WORDBREAKS=$' \\t\\n=:'
_tradeauto tradeauto
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    return run(stage, ["bash", "-euc", script]).split()


def fish_offers(stage: Stage, line: str) -> list[str]:
    script = f"tradeauto completion fish | source; complete --do-complete={shlex.quote(line)}"
    return [offer.split("\t")[0] for offer in run(stage, ["fish", "--no-config", "-c", script]).splitlines()]


def zsh_offers(stage: Stage, line: str) -> list[str]:
    """Only a zsh on a terminal completes."""
    setup = stage.folder / "setup.zsh"
    setup.write_text(ZSH_SETUP)
    offered = stage.folder / "offered"
    offered.touch()
    terminal = Terminal(
        ["zsh", "-f", "-i"], environment(stage, TERM="dumb", OFFERED=str(offered)), empty_folder(stage)
    )
    terminal.type(f"source {setup}\n")
    terminal.read_until("the line editor is ready")
    terminal.type(f"{line}\t\x15exit\n")
    terminal.read_all()
    return offered.read_text().split()


OFFERS = {"bash": bash_offers, "zsh": zsh_offers, "fish": fish_offers}


@pytest.mark.parametrize("shell", OFFERS)
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("tradeauto ord", ["order"]),
        ("tradeauto order re", ["resolve", "retry"]),
        ("tradeauto order list --outp", ["--output"]),
        ("tradeauto order list -o j", ["json"]),
        ("tradeauto order list --output=ya", ["yaml"]),
        ("tradeauto up --http-p", ["--http-port"]),
        ("tradeauto nonsense ", []),
    ],
)
def test_a_shell_offers_what_may_follow(stage, shell, line, offered):
    # bash takes --output=yaml apart; the others complete the whole word.
    assert sorted(offer.removeprefix("--output=") for offer in OFFERS[shell](stage, line)) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(stage, shell):
    done = subprocess.run([stage.binary, "completion", shell], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0
    assert "completion reply" in done.stdout
