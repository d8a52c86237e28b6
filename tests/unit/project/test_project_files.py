"""What a stranger relies on: pinned packages, links that lead somewhere, commands that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from presensi.cli import cli
from tests.support.command_line import command_of, unknown_options

ROOT = Path(__file__).parents[3]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock", "requirements-fuzz.lock")
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
MOST_LINES = 400


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would add, by pattern."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def canonical(requirement: str) -> str:
    """The package's name as locks write it."""
    name = re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> set[str]:
    """Names pinned in a lock file."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return {canonical(line) for line in lines if line and not line.startswith((" ", "#"))}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", "")
    for line in filter(None, text.splitlines()):
        assert re.match(r"[A-Za-z0-9._-]+==\S+ ", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_the_locks_hold_every_requirement_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = {canonical(each) for each in project["project"]["dependencies"]}
    for_tests = {canonical(each) for each in project["project"]["optional-dependencies"]["dev"]}
    for_build = {canonical(each) for each in project["build-system"]["requires"]}
    assert needed <= locked("requirements.lock")
    assert needed | for_tests <= locked("requirements-dev.lock")
    assert for_build | {"pip"} <= locked("requirements-build.lock")
    for_fuzzing = {canonical(each) for each in project["project"]["optional-dependencies"]["fuzz"]}
    assert for_fuzzing <= locked("requirements-fuzz.lock")


def test_the_development_lock_pins_the_same_versions_as_the_one_to_run() -> None:
    def pins(lock: str) -> set[str]:
        return set(
            re.findall(r"^([A-Za-z0-9._-]+==[^\s;\\]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
        )

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_in_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", ["README.md", "docs/technician.md", "docs/operator.md"])
def test_the_commands_that_a_guide_names_exist(document: str) -> None:
    lines = re.findall(
        rf"presensi ((?:{'|'.join(cli.list_commands(click.Context(cli)))})\b[^`#|>\n]*)",
        (ROOT / document).read_text("utf-8"),
    )
    assert len(lines) >= 12
    for line in lines:
        words = shlex.split(line)
        assert not isinstance(command_of(words), click.Group), line
        assert unknown_options(words) == [], line


def test_every_decision_is_listed_and_has_context_decision_and_consequence() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))
    for name in listed:
        text = (folder / name).read_text("utf-8")
        assert text.startswith(f"# {name[:4]} · ")
        for part in ("**Context.**", "**Decision.**", "**Consequence.**"):
            assert part in text, (name, part)


def test_make_help_shows_the_targets_that_the_readme_names() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    for target in ("demo", "test", "check", "bench", "setup", "clean", "help"):
        assert re.search(rf"^  make {target}\s+\S", shown, re.MULTILINE), target


def test_no_file_names_a_place_on_the_machine_it_was_written_on() -> None:
    places = [re.escape("/" + place) for place in ("root/", "work/", "home/")]
    pattern = re.compile("|".join(rf"(?<![\w.}}]){place}" for place in places))
    for path in tracked(
        "*.py", "*.sh", "*.toml", "*.md", "*.ts", "*.svelte", "*.json", "Makefile", ".ci/run"
    ):
        found = pattern.search(path.read_text("utf-8"))
        assert found is None, f"{path.relative_to(ROOT)}: {found and found.group()}"


def test_python_files_stay_short_enough_to_read() -> None:
    for path in tracked("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES, path.relative_to(ROOT)


def test_the_licence_fits_pyzk() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "GPL-2.0-or-later"
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text("utf-8")[:200]
