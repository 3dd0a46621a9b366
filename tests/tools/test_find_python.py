"""scripts/find_python.sh takes only a Python that really runs."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "find_python.sh"


def fake_python(path: Path, answer: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def find(home: Path, first_on_path: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{first_on_path}:/usr/bin:/bin" if first_on_path else "/usr/bin:/bin"
    return subprocess.run(
        [SCRIPT], env={"PATH": path, "HOME": str(home), **environment}, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_named_python_is_taken(tmp_path: Path) -> None:
    named = fake_python(tmp_path / "py", "3.13 /real/python")
    assert find(tmp_path, AUTORSA_PYTHON=str(named)).stdout == "/real/python\n"


@pytest.mark.parametrize("version", ["3.11", "3.14", "2.7"])
def test_a_named_python_of_another_version_is_refused_by_name(tmp_path: Path, version: str) -> None:
    named = fake_python(tmp_path / "py", f"{version} /real/python")
    answer = find(tmp_path, AUTORSA_PYTHON=str(named))
    assert answer.returncode == 1
    assert f"AUTORSA_PYTHON={named} is Python {version}" in answer.stderr


def test_a_named_python_that_does_not_run_is_refused_by_name(tmp_path: Path) -> None:
    answer = find(tmp_path, AUTORSA_PYTHON=str(tmp_path / "none"))
    assert answer.returncode == 1
    assert "AUTORSA_PYTHON=" in answer.stderr and "does not run" in answer.stderr


def test_a_shim_that_fails_is_passed_over(tmp_path: Path) -> None:
    fake_python(tmp_path / "shims" / "python3.12", "3.12 /shim", code=127)
    fake_python(tmp_path / ".pyenv/versions/3.12.4/bin/python3", "3.12 /pyenv/python3.12")
    assert find(tmp_path, tmp_path / "shims").stdout == "/pyenv/python3.12\n"


def test_3_12_goes_before_3_13(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.13", "3.13 /path/python3.13")
    fake_python(tmp_path / ".pyenv/versions/3.12.4/bin/python3", "3.12 /pyenv/python3.12")
    assert find(tmp_path, tmp_path / "bin").stdout == "/pyenv/python3.12\n"


def test_3_13_serves_where_there_is_no_3_12(tmp_path: Path) -> None:
    fake_python(tmp_path / ".pyenv/versions/3.13.1/bin/python3", "3.13 /pyenv/python3.13")
    answer = find(tmp_path)
    if os.path.exists("/usr/bin/python3.12"):
        assert answer.returncode == 0
    else:
        assert answer.stdout in ("/pyenv/python3.13\n",) or ".cache/python" in answer.stdout
