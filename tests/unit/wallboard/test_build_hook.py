"""The build of the front end: done when needed, not done when not, and clear when it fails."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
FRONTEND = ROOT / "wallboard" / "frontend"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_hook", FRONTEND / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    """A front end without dependencies whose build counts how often it ran (outside its sources)."""
    folder = tmp_path / "frontend"
    folder.mkdir()
    (folder / "build.cjs").write_text(
        "const fs = require('fs');\n"
        "fs.appendFileSync('../runs', 'x');\n"
        "fs.mkdirSync('../dist', { recursive: true });\n"
        "fs.writeFileSync('../dist/index.html', 'built');\n",
        "utf-8",
    )
    (folder / "package.json").write_text(
        '{"name": "tiny", "version": "1.0.0", "scripts": {"build": "node build.cjs"}}', "utf-8"
    )
    (folder / "package-lock.json").write_text(
        '{"name": "tiny", "version": "1.0.0", "lockfileVersion": 3, "requires": true, '
        '"packages": {"": {"name": "tiny", "version": "1.0.0"}}}',
        "utf-8",
    )
    (folder / "node_modules").mkdir()
    return folder


def runs(frontend: Path) -> int:
    return len((frontend.parent / "runs").read_text("utf-8"))


def test_an_unchanged_front_end_is_built_once_and_a_changed_one_again(
    hook: ModuleType, frontend: Path
) -> None:
    dist = frontend.parent / "dist"
    hook.build(frontend, dist)
    hook.build(frontend, dist)
    assert runs(frontend) == 1
    (frontend / "style.css").write_text("a {}", "utf-8")
    hook.build(frontend, dist)
    assert runs(frontend) == 2


def test_a_page_that_was_deleted_is_built_again(hook: ModuleType, frontend: Path) -> None:
    dist = frontend.parent / "dist"
    hook.build(frontend, dist)
    (dist / "index.html").unlink()
    hook.build(frontend, dist)
    assert runs(frontend) == 2


def test_a_failing_build_tells_the_command_and_what_it_said(hook: ModuleType, frontend: Path) -> None:
    (frontend / "build.cjs").write_text("console.error('no such colour: beige'); process.exit(3);", "utf-8")
    with pytest.raises(hook.FrontendBuildError, match=r"npm run build.*(\n.*)*no such colour: beige"):
        hook.build(frontend, frontend.parent / "dist")
    assert not (frontend.parent / "dist").exists()


def test_the_lock_names_no_registry_and_pins_every_package_by_hash() -> None:
    lock = (FRONTEND / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') >= lock.count('"node_modules/')


def test_direct_dependencies_are_exact_versions() -> None:

    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(version[0].isdigit() for version in versions), versions
