"""Walls from the command line: paired by the code on their screen, listed, changed, revoked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from attendance.ids import UnitId
from attendance.people import Unit, UnitKind
from config.look import Hours, Stop
from presensi.exits import ExitCode
from store import Store, open_store
from store.wall_pairings import Paired, Pairing
from store.wall_secrets import shown
from store.walls import WallDevice
from tests.integration.cli.conftest import Run
from tests.support.rosters import plant, small_roster

GROUP = Unit(UnitId(3), "KEC", "Kecamatan Contoh", "Kecamatan", UnitKind.DISTRICT, UnitId(1), office=False)
OFFICES = tuple(
    Unit(UnitId(n), f"KEL{n}", f"Kelurahan {n}", f"Kel. {n}", UnitKind.SUBDISTRICT, UnitId(3), office=True)
    for n in (4, 5)
)
SECTION = Unit(UnitId(6), "2.1", "Bagian Satu", "Bagian", UnitKind.SECTION, UnitId(2), office=False)
EMPTY = Unit(UnitId(7), "NONE", "Rumpun Kosong", "Kosong", UnitKind.DISTRICT, UnitId(1), office=False)

PLAYLIST = """[[stop]]
view = "city"
seconds = 60

[[stop]]
view = "office"
seconds = 30
unit = "KEL4"
hours = "07:00-09:00"
"""


@pytest.fixture
def city(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, presensi: Run) -> Store:
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    store = open_store(sqlite_url)
    roster = small_roster()
    plant(store, replace(roster, units=(*roster.units, GROUP, *OFFICES, SECTION, EMPTY)))
    return store


def screen(store: Store) -> Pairing:
    """A screen that shows its code."""
    begun = store.pairings.begin("10.1.1.7", now=datetime.now(UTC), life=timedelta(minutes=15), secret=None)
    assert begun is not None
    return begun


def paired(presensi: Run, store: Store, *options: object) -> WallDevice:
    """The wall that `presensi wall pair` made."""
    done = presensi("wall", "pair", shown(screen(store).code), "--name", "Ruang", *options)
    assert done.exit_code == 0, done.output
    return store.walls.devices()[-1]


def test_the_code_on_the_screen_makes_it_a_wall(presensi: Run, city: Store) -> None:
    begun = screen(city)
    written = shown(begun.code).lower()
    done = presensi(
        "wall", "pair", written, "--name", " Ruang  Wali Kota ", "--names", "--dim", "18:00-05:30"
    )
    assert done.exit_code == 0, done.output
    assert "The screen at 10.1.1.7 is now wall 1, Ruang Wali Kota: city, names." in done.output
    [device] = city.walls.devices()
    assert (device.name, device.unit_id, device.level) == ("Ruang Wali Kota", None, "names")
    assert device.look.dim == Hours(begins="18:00", ends="05:30")
    claimed = city.pairings.claim(begun.secret, now=datetime.now(UTC))
    assert isinstance(claimed, Paired)
    assert [line.action for line in city.audit.latest()] == ["wall.paired"]


@pytest.mark.parametrize(
    ("code", "told"),
    [("7K3-9QF", "No screen shows the code 7K3-9QF now"), ("7K3", "is no code"), ("O0I-1LU", "is no code")],
)
def test_a_code_that_no_screen_shows_pairs_nothing(code: str, told: str, presensi: Run, city: Store) -> None:
    screen(city)
    done = presensi("wall", "pair", code, "--name", "Ruang")
    assert done.exit_code == ExitCode.FAILED
    assert told in done.output
    assert city.walls.devices() == []


def test_a_code_pairs_once(presensi: Run, city: Store) -> None:
    code = screen(city).code
    assert presensi("wall", "pair", code, "--name", "Ruang").exit_code == 0
    assert presensi("wall", "pair", code, "--name", "Ruang").exit_code == ExitCode.FAILED


def test_a_wall_needs_a_name_that_can_be_shown(presensi: Run, city: Store) -> None:
    code = screen(city).code
    for name in ("", "  ", "x" * 61, "a\x07b"):
        assert presensi("wall", "pair", code, "--name", name).exit_code == ExitCode.FAILED
    assert presensi("wall", "pair", code).exit_code == ExitCode.USAGE


@pytest.mark.parametrize(("code", "unit"), [("1", None), ("2", 2), ("KEC", 3), ("KEL4", 4)])
def test_a_wall_shows_the_city_a_group_of_offices_or_an_office(
    code: str, unit: int | None, presensi: Run, city: Store
) -> None:
    assert paired(presensi, city, "--unit", code).unit_id == unit


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("2.1", "Bagian Satu is a part of Dinas Contoh: give --unit 2."),
        ("NONE", "has no office below it"),
        ("KEL", "No unit has the code KEL."),
    ],
)
def test_a_unit_that_would_leave_the_wall_empty_is_refused(
    code: str, told: str, presensi: Run, city: Store
) -> None:
    done = presensi("wall", "pair", screen(city).code, "--name", "Ruang", "--unit", code)
    assert done.exit_code == ExitCode.FAILED
    assert told in done.output


def test_a_playlist_is_read_kept_and_printed_again(presensi: Run, city: Store, tmp_path: Path) -> None:
    (tmp_path / "kota.toml").write_text(PLAYLIST, "utf-8")
    device = paired(presensi, city, "--playlist", "kota.toml", "--theme", "dark")
    assert device.look.playlist == (
        Stop(view="city", seconds=60),
        Stop(view="office", seconds=30, unit=UnitId(4), begins="07:00", ends="09:00"),
    )
    assert device.look.theme == "dark"
    assert presensi("wall", "show", device.id, "--playlist").output == PLAYLIST


@pytest.mark.parametrize(
    ("stop", "options", "told"),
    [
        ('view = "names"', (), "Stop 1 of the playlist shows names, which this wall may not"),
        ('view = "office"\nunit = "2"', ("--unit", "KEC"), "shows Dinas, which does not belong to Kecamatan"),
        ('view = "city"', ("--unit", "2"), 'is the view "city", which a wall of one office does not have'),
        ('view = "office"\nunit = "KEC"', (), "Kecamatan Contoh is no office of the wall"),
        ('view = "office"\nunit = "KEL9"', (), "No unit has the code KEL9."),
        ('view = "kota"', (), "kota.toml:2: [[stop]] view"),
    ],
)
def test_a_playlist_that_the_wall_may_not_show_is_refused(
    stop: str, options: tuple[str, ...], told: str, presensi: Run, city: Store, tmp_path: Path
) -> None:
    (tmp_path / "kota.toml").write_text(f"[[stop]]\n{stop}\n", "utf-8")
    code = screen(city).code
    done = presensi("wall", "pair", code, "--name", "Ruang", "--playlist", "kota.toml", *options)
    assert done.exit_code in (ExitCode.FAILED, ExitCode.CONFIG)
    assert told in done.output
    assert city.walls.devices() == []


def test_walls_are_listed_with_the_screens_that_wait_but_never_a_code_or_a_credential(
    presensi: Run, city: Store
) -> None:
    assert "No wall is paired" in presensi("wall", "list").output
    begun = screen(city)
    device = paired(presensi, city)
    told = presensi("wall", "list").output
    assert "Ruang" in told
    assert "never" in told
    assert "A screen at 10.1.1.7 waits to be paired since 0 min." in told
    assert shown(begun.code) not in told
    [listed] = json.loads(presensi("wall", "list", "--json").output)
    assert (listed["id"], listed["name"], listed["unit"], listed["fetched"]) == (
        device.id,
        "Ruang",
        None,
        False,
    )
    assert "credential" not in listed
    assert json.loads(presensi("wall", "show", device.id, "--json").output) == listed


def test_a_change_keeps_what_is_not_given(presensi: Run, city: Store, tmp_path: Path) -> None:
    (tmp_path / "kota.toml").write_text(PLAYLIST, "utf-8")
    before = paired(presensi, city, "--playlist", "kota.toml", "--dim", "18:00-05:30")
    done = presensi("wall", "change", before.id, "--name", "Lobi", "--theme", "light", "--names")
    assert (done.exit_code, done.output) == (0, "Wall 1, Lobi: city, names.\n")
    [after] = city.walls.devices()
    assert (after.name, after.level, after.look.theme) == ("Lobi", "names", "light")
    assert (after.look.playlist, after.look.dim) == (before.look.playlist, before.look.dim)
    done = presensi("wall", "change", before.id, "--no-playlist", "--no-dim", "--counts", "--unit", "KEC")
    assert done.output == "Wall 1, Lobi: Kecamatan, counts.\n"
    [after] = city.walls.devices()
    assert (after.look.playlist, after.look.dim, after.unit_id) == ((), None, UnitId(3))
    assert presensi("wall", "change", before.id, "--city").exit_code == 0
    assert city.walls.devices()[0].unit_id is None
    assert [line.action for line in city.audit.latest()] == ["wall.changed"] * 3 + ["wall.paired"]


def test_a_change_that_makes_the_playlist_impossible_is_refused(
    presensi: Run, city: Store, tmp_path: Path
) -> None:
    (tmp_path / "kota.toml").write_text(PLAYLIST, "utf-8")
    wall = paired(presensi, city, "--playlist", "kota.toml").id
    done = presensi("wall", "change", wall, "--unit", "2")
    assert done.exit_code == ExitCode.FAILED
    assert "Stop 1 of the playlist" in done.output


def test_a_change_that_contradicts_itself_or_changes_nothing_is_refused(presensi: Run, city: Store) -> None:
    wall = paired(presensi, city).id
    assert presensi("wall", "change", wall, "--unit", "2", "--city").exit_code == ExitCode.USAGE
    assert presensi("wall", "change", wall, "--dim", "18:00-05:30", "--no-dim").exit_code == ExitCode.USAGE
    assert "Nothing would change" in presensi("wall", "change", wall).output
    assert "Nothing would change" in presensi("wall", "change", wall, "--counts", "--city").output
    assert presensi("wall", "change", wall, "--dim", "18-5").exit_code == ExitCode.USAGE


def test_a_revoked_wall_leaves_the_list_and_stays_in_the_books(presensi: Run, city: Store) -> None:
    wall = paired(presensi, city).id
    assert presensi("wall", "revoke", wall).exit_code == ExitCode.USAGE
    assert presensi("wall", "revoke", wall, "--reason", " ").exit_code == ExitCode.USAGE
    done = presensi("wall", "revoke", wall, "--reason", "dicuri")
    assert (done.exit_code, done.output) == (0, f"Wall {wall}, Ruang, is revoked.\n")
    assert "No wall is paired" in presensi("wall", "list").output
    assert "revoked" in presensi("wall", "list", "--all").output
    assert "dicuri" in presensi("wall", "show", wall).output
    for again in (("revoke", wall, "--reason", "lagi"), ("change", wall, "--name", "Baru")):
        done = presensi("wall", *again)
        assert done.exit_code == ExitCode.FAILED
        assert "was revoked: pair the screen anew" in done.output
    assert city.audit.latest()[0].detail == "dicuri"


def test_an_unknown_wall_is_told_of(presensi: Run, city: Store) -> None:
    for command in (("show", 9), ("change", 9, "--name", "x"), ("revoke", 9, "--reason", "x")):
        done = presensi("wall", *command)
        assert done.exit_code == ExitCode.FAILED
        assert "There is no wall 9" in done.output
    assert presensi("wall", "show", 2**70).exit_code == ExitCode.USAGE
