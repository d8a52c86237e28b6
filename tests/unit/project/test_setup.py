"""What a stranger's machine is told when it lacks something."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "setup.sh"
TOOLS = ("bash", "cat", "dirname", "id", "sha256sum", "cut")
OLD_PYTHON = "#!/bin/sh\nexit 1\n"
"""Fails every question, as a Python before 3.11 fails the one about its version."""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A project of only the script, and a machine of only the tools that every machine has."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    machine = tmp_path / "bin"
    machine.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (machine / tool).symlink_to(found)
    return tmp_path


def setup(bare: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script there."""
    return subprocess.run(
        [str(bare / "scripts" / "setup.sh"), *arguments],
        env={"PATH": str(bare / "bin"), "HOME": os.fspath(bare), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("old", [False, True])
def test_without_a_python_new_enough_it_says_what_to_type(bare: Path, old: bool) -> None:
    if old:
        python = bare / "bin" / "python3"
        python.write_text(OLD_PYTHON)
        python.chmod(0o755)
    done = setup(bare, "run")
    assert done.returncode == 1
    assert "no Python 3.11 or newer found" in done.stderr
    assert "sudo apt-get install python3 python3-venv" in done.stderr
    assert not (bare / ".venv").exists()


def test_a_python_that_was_named_and_is_too_old_is_named_again(bare: Path) -> None:
    python = bare / "bin" / "my-python"
    python.write_text(OLD_PYTHON)
    python.chmod(0o755)
    done = setup(bare, "run", PYTHON=str(python))
    assert done.returncode == 1
    assert str(python) in done.stderr


def test_it_is_not_run_for_an_unknown_purpose(bare: Path) -> None:
    done = setup(bare, "production")
    assert done.returncode == 2
    assert "usage: scripts/setup.sh run|dev" in done.stderr
