"""Fixtures that every Python test may use."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [ROOT / "src/executors/autorsa" / name for name in ("build-requirements.lock", "requirements.lock")]
INSTALL_SECONDS = 900


@pytest.fixture(scope="session")
def autorsa_venv() -> Path:
    """A virtual environment with the locked AutoRSA CLI: TRADEAUTO_AUTORSA_VENV, else one of our own in `.cache`."""
    given = os.environ.get("TRADEAUTO_AUTORSA_VENV")
    venv = Path(given) if given else ROOT / ".cache/autorsa-venv"
    if not given:
        venv.parent.mkdir(exist_ok=True)
        with venv.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs may start at once
            _make(venv)
    command = venv / "bin/auto_rsa_bot"
    if not os.access(command, os.X_OK):
        pytest.fail(f"TRADEAUTO_AUTORSA_VENV={venv}: there is no bin/auto_rsa_bot in it")
    return venv


@pytest.fixture(scope="session")
def autorsa_command(autorsa_venv: Path) -> Path:
    return autorsa_venv / "bin/auto_rsa_bot"


@pytest.fixture
def standin(request: pytest.FixtureRequest):
    """A stand-in of Tradier without a fault. The test fails if the child asked for a host or a path that is not its."""
    from standin import StandIn

    with StandIn(**getattr(request, "param", {})) as running:
        yield running
        violations = running.violations.entries()
    assert violations == [], "the child left the stand-in"


def _make(venv: Path) -> None:
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in LOCKS)).hexdigest()
    stamp = venv / "locks.sha256"
    if stamp.is_file() and stamp.read_text() == digest and _runs(venv / "bin/python"):
        return
    python = _find_python()
    shutil.rmtree(venv, ignore_errors=True)
    pip = [venv / "bin/pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    steps = [
        [python, "-m", "venv", venv],
        [*pip, "--requirement", LOCKS[0]],
        [*pip, "--no-build-isolation", "--requirement", LOCKS[1]],
    ]
    for step in steps:
        done = subprocess.run(step, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode != 0:
            shutil.rmtree(venv, ignore_errors=True)
            pytest.fail(f"the AutoRSA environment cannot be made: {' '.join(map(str, step))}\n{done.stderr[-2000:]}")
    stamp.write_text(digest)


def _find_python() -> str:
    """A Python that AutoRSA can run on; skips the test, with the finder's reason, where there is none."""
    finder = ROOT / "scripts/find_python.sh"
    found = subprocess.run([finder], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if found.returncode != 0:
        pytest.skip(f"the real AutoRSA cannot run here: {found.stderr.strip()}")
    return found.stdout.strip()


def _runs(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, timeout=20).returncode == 0
    except OSError:
        return False
