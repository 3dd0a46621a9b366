"""The Tab key in a real bash."""

import shlex
import subprocess

import pytest

from .conftest import Stage


def complete(stage: Stage, line: str) -> list[str]:
    """What bash would offer behind `line`."""
    script = f"""
source <(tradeauto completion bash)
COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_WORDBREAKS=$' \\t\\n=:'
_tradeauto tradeauto
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        ["bash", "-euc", script],
        env=stage.environment(PATH=f"{stage.binary.parent}:/usr/bin:/bin"),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


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
def test_bash_offers_what_may_follow(stage, line, offered):
    assert sorted(complete(stage, line)) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(stage, shell):
    done = subprocess.run([stage.binary, "completion", shell], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0
    assert "completion reply" in done.stdout
