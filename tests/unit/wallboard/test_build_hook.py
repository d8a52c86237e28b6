"""The build of the front end: done when needed, not done when not, and clear when it fails."""

from __future__ import annotations

import importlib.util
import json
import threading
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
        "const pass = fs.readFileSync('../runs', 'utf-8').length;\n"
        "fs.mkdirSync('../dist.new/assets', { recursive: true });\n"
        "fs.writeFileSync('../dist.new/assets/font.woff2', 'font');\n"
        "fs.writeFileSync(`../dist.new/assets/index-${pass}.js`, `${pass}`);\n"
        "fs.writeFileSync('../dist.new/index.html', `built ${pass}`);\n",
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


def change(frontend: Path, text: str) -> None:
    (frontend / "style.css").write_text(text, "utf-8")


def assets(dist: Path) -> set[str]:
    return {file.name for file in (dist / "assets").iterdir()}


def test_while_a_page_is_built_the_one_before_is_served(hook: ModuleType, frontend: Path) -> None:
    dist = frontend.parent / "dist"
    hook.build(frontend, dist)
    script = (frontend / "build.cjs").read_text("utf-8")
    seen = "fs.readFileSync('../dist/index.html') + fs.readdirSync('../dist/assets')"
    (frontend / "build.cjs").write_text(f"{script}fs.writeFileSync('../seen', {seen});\n", "utf-8")
    hook.build(frontend, dist)
    assert (frontend.parent / "seen").read_text("utf-8") == "built 1font.woff2,index-1.js"
    assert (dist / "index.html").read_text("utf-8") == "built 2"


def test_the_files_of_the_page_before_stay_for_walls_that_have_not_reloaded_and_older_ones_go(
    hook: ModuleType, frontend: Path
) -> None:
    dist = frontend.parent / "dist"
    hook.build(frontend, dist)
    assert assets(dist) == {"font.woff2", "index-1.js"}
    change(frontend, "a {}")
    hook.build(frontend, dist)
    assert assets(dist) == {"font.woff2", "index-1.js", "index-2.js"}
    change(frontend, "b {}")
    hook.build(frontend, dist)
    assert assets(dist) == {"font.woff2", "index-2.js", "index-3.js"}
    assert not (frontend.parent / "dist.new").exists()


def test_every_page_that_is_found_while_builds_are_published_finds_its_files(
    hook: ModuleType, tmp_path: Path
) -> None:
    dist, fresh = tmp_path / "dist", tmp_path / "dist.new"
    ended = threading.Event()
    broken: list[str] = []

    def look() -> None:
        while not ended.is_set():
            asked = (dist / "index.html").read_text("utf-8")
            if not (dist / "assets" / asked).is_file() and asked == (dist / "index.html").read_text("utf-8"):
                broken.append(asked)

    def publish(number: int) -> None:
        (fresh / "assets").mkdir(parents=True)
        (fresh / "assets" / f"index-{number}.js").write_text("", "utf-8")
        (fresh / "index.html").write_text(f"index-{number}.js", "utf-8")
        hook.publish(fresh, dist)

    publish(0)
    wall = threading.Thread(target=look)
    wall.start()
    for number in range(1, 200):
        publish(number)
    ended.set()
    wall.join()
    assert broken == []


def test_a_wheel_holds_the_files_of_its_own_page_only(hook: ModuleType, frontend: Path) -> None:
    dist = frontend.parent / "dist"
    hook.build(frontend, dist)
    change(frontend, "a {}")
    hook.build(frontend, dist)
    hook.drop_former(dist)
    assert assets(dist) == {"font.woff2", "index-2.js"}


def test_a_failed_build_leaves_the_page_as_it_was(hook: ModuleType, frontend: Path) -> None:
    dist = frontend.parent / "dist"
    hook.build(frontend, dist)
    (frontend / "build.cjs").write_text("process.exit(3);", "utf-8")
    with pytest.raises(hook.FrontendBuildError):
        hook.build(frontend, dist)
    assert (dist / "index.html").read_text("utf-8") == "built 1"
    assert assets(dist) == {"font.woff2", "index-1.js"}


def test_the_lock_names_no_registry_and_pins_every_package_by_hash() -> None:
    lock = (FRONTEND / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') >= lock.count('"node_modules/')


def test_direct_dependencies_are_exact_versions() -> None:

    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(version[0].isdigit() for version in versions), versions
