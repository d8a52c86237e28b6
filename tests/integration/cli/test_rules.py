"""`presensi rules`: which figures hold on a day in words, and a pack checked before it is put in force."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from importlib import resources
from pathlib import Path

import click
import pytest

from presensi.exits import ExitCode
from tests.integration.cli.conftest import REPOSITORY, Run
from tests.support.command_line import command_of, unknown_options

SERIES = resources.files("config") / "rules"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    with resources.as_file(SERIES / "standard") as folder:
        return Path(shutil.copytree(folder, tmp_path / "kami"))


def test_the_pack_of_a_day_is_shown_in_words(presensi: Run) -> None:
    shown = presensi("rules", "show", "--date", "2017-01-03").stdout
    for part in (
        "Standar 2010, berlaku sejak 2010-06-06 sampai sebelum 2021-08-31 (standard 2010-06-06 #",
        "Keppres 68/1995; PP 53/2010",
        "Senin–Kamis 07.30–16.00, Jumat 07.30–16.30, Sabtu–Minggu libur",
        "TL1 1–30, TL2 31–60, TL3 61–90, TL4 > 90",
        "450 menit = 1 hari",
        "  6–10 hari: teguran tertulis",
        "belum ada tabel yang dipilih",
    ):
        assert part in shown


def test_the_same_in_english_and_of_another_series(presensi: Run) -> None:
    shown = presensi("rules", "show", "--date", "2026-11-23", "--series", "flexi", "--language", "en").stdout
    for part in (
        "Flexi example, in force from 2023-04-13 (flexi",
        "Hours in Ramadan, six working days: Monday–Thursday 08:00–14:00, Friday 08:00–14:30",
        "up to 30 minutes late may be made up the same day",
        "Apel Senin (APEL): Monday at 07:30, punches 06:30–07:45; for agency",
        "10 days in a row reach the last step",
        "table Lazim: absent 3 %, TL1 0.5 %",
    ):
        assert part in shown


def test_a_ceremony_that_is_held_on_days_off_is_told_as_such(presensi: Run, tmp_path: Path) -> None:
    flexi = (SERIES / "flexi" / "2023-04-13.toml").read_text("utf-8")
    dated = "dates = [2026-08-17]\non_days_off = true"
    (tmp_path / "own.toml").write_text(flexi.replace('weekdays = ["monday"]', dated, 1), "utf-8")
    shown = presensi("rules", "show", "--series", tmp_path).stdout
    assert "(APEL): 17 Agustus 2026, juga bila libur, pukul 07.30" in shown


def test_a_script_gets_both_languages_and_where_each_figure_stands(presensi: Run) -> None:
    told = json.loads(presensi("rules", "show", "--date", "2022-01-03", "--json").stdout)
    assert (told["title"], told["valid_from"], told["until_before"]) == (
        "Standar 2021",
        "2021-08-31",
        "2023-04-13",
    )
    late = next(line for line in told["lines"] if line["clause"] == "late")
    assert late["paragraph"] == "butir 2"
    assert (late["id"][:9], late["en"][:4]) == ("Terlambat", "Late")


def test_every_series_can_be_shown_and_checked(presensi: Run) -> None:
    assert presensi("rules", "check").stdout.splitlines()[-1] == "standard: 3 packs, valid."
    checked = json.loads(presensi("rules", "check", "flexi", "--json").stdout)
    assert [pack["valid_from"] for pack in checked] == ["2023-04-13"]


def test_an_own_folder_is_checked_and_used(
    presensi: Run, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ours / "2023-04-13.toml"
    text = path.read_text("utf-8").replace('title = "Standar 2023"', 'title = "Perwali kami"')
    path.write_text(text.replace('late = ["butir 2", "item 2"]', 'late = "pasal 5"'), "utf-8")
    assert "kami: 3 packs, valid." in presensi("rules", "check", "kami").stdout
    monkeypatch.setenv("PRESENSI_BOARD_RULES", "kami")
    assert "Perwali kami" in presensi("rules", "show", "--date", "2026-11-23").stdout
    assert presensi("config", "check").exit_code == ExitCode.OK


def test_a_mistake_is_named_with_its_file_line_and_key(presensi: Run, ours: Path) -> None:
    path = ours / "2021-08-31.toml"
    path.write_text(path.read_text("utf-8").replace("tolerance = 0", "tolerence = 0", 1), "utf-8")
    line = path.read_text("utf-8").split("tolerence = 0")[0].count("\n") + 1
    result = presensi("rules", "check", "kami")
    assert result.exit_code == ExitCode.CONFIG
    assert (
        f'2021-08-31.toml:{line}: [late] tolerence: unknown setting; did you mean "tolerance"?'
        in result.stderr
    )


def test_an_unknown_series_names_the_nearest_one(presensi: Run) -> None:
    result = presensi("rules", "check", "standart")
    assert result.exit_code == ExitCode.CONFIG
    assert 'did you mean "standard"?' in result.stderr


def test_the_commands_that_the_guide_to_rules_names_exist() -> None:
    text = (REPOSITORY / "docs" / "rules.md").read_text("utf-8")
    lines = re.findall(r"presensi ((?:rules|consequences|deductions)\b[^`#|>\n]*)", text)
    assert len(lines) >= 7
    for line in lines:
        words = shlex.split(line)
        assert not isinstance(command_of(words), click.Group), line
        assert unknown_options(words) == [], line
