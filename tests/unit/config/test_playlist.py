"""A wall's playlist as an operator writes it: what it means, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from attendance.ids import UnitId
from config.errors import ConfigError
from config.look import MOST_STOPS, Hours, Look, Stop, look_from
from config.playlist import read_playlist, write_playlist

EXAMPLE = """
[[stop]]
view = "city"
seconds = 60

[[stop]]
view = "names"
state = "late"
hours = "07:00-09:00"

[[stop]]
view = "office"
unit = "BKPSDM"
seconds = 20
hours = "22:00-05:00"
"""

STOPS = (
    Stop(view="city", seconds=60),
    Stop(view="names", seconds=30, state="late", begins="07:00", ends="09:00"),
    Stop(view="office", seconds=20, unit=UnitId(7), begins="22:00", ends="05:00"),
)


def written(folder: Path, text: str) -> Path:
    path = folder / "kota.toml"
    path.write_text(text, "utf-8")
    return path


def units(codes: tuple[str | None, ...]) -> list[UnitId | None]:
    return [None if code is None else UnitId(7) for code in codes]


def test_a_playlist_is_read_in_its_order(tmp_path: Path) -> None:
    read = read_playlist(written(tmp_path, EXAMPLE))
    numbers = units(tuple(stop.unit for stop in read))
    assert tuple(stop.stop(number) for stop, number in zip(read, numbers, strict=True)) == STOPS


def test_a_playlist_that_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    text = write_playlist(STOPS, {UnitId(7): "BKPSDM"})
    read = read_playlist(written(tmp_path, text))
    assert [stop.unit for stop in read] == [None, None, "BKPSDM"]
    assert tuple(stop.stop(UnitId(7) if stop.unit else None) for stop in read) == STOPS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[stop]]\nview = "kota"', "kota.toml:2: [[stop]] view: should be 'city', 'office'"),
        (
            '[[stop]]\nview = "city"\nsecond = 9',
            ':3: [[stop]] second: unknown setting; did you mean "seconds"?',
        ),
        (
            '[[stop]]\nview = "city"\nseconds = 3',
            ":3: [[stop]] seconds: should be greater than or equal to 5",
        ),
        ('[[stop]]\nview = "office"', ':1: [[stop]]: the view "office" needs a unit'),
        ('[[stop]]\nview = "day"\nunit = "X"', 'a unit belongs to the view "office", not to "day"'),
        ('[[stop]]\nview = "city"\nstate = "late"', 'a state belongs to the view "names", not to "city"'),
        ('[[stop]]\nview = "city"\nhours = "7-9"', '"7-9" is not a span of the day'),
        ('[stop]\nview = "city"', "write [[stop]], in double brackets"),
        ('[[stops]]\nview = "city"', 'unknown table; did you mean "stop"?'),
        ("", "it has 0 stops"),
        ('[[stop]]\nview = "city"\n' * (MOST_STOPS + 1), f"it has {MOST_STOPS + 1} stops"),
        ("view = city", "not valid TOML"),
    ],
)
def test_a_wrong_playlist_is_refused_with_the_line_and_what_to_write(
    text: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as refused:
        read_playlist(written(tmp_path, text))
    assert told in str(refused.value)


def test_every_wrong_line_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read_playlist(written(tmp_path, '[[stop]]\nview = "x"\n[[stop]]\nview = "y"\nseconds = 1'))
    assert len(str(refused.value).splitlines()) == 3


def test_a_playlist_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such playlist"):
        read_playlist(tmp_path / "kota.toml")


def test_a_look_travels_as_the_page_knows_it_and_is_read_back() -> None:
    look = Look(playlist=STOPS[1:2], theme="dark", dim=Hours(begins="18:00", ends="05:30"))
    assert look.wire() == {
        "playlist": [
            {
                "view": "names",
                "seconds": 30,
                "unit": None,
                "state": "late",
                "from": "07:00",
                "to": "09:00",
            }
        ],
        "theme": "dark",
        "dim": {"from": "18:00", "to": "05:30"},
    }
    assert look_from(look.text()) == look


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"theme": "pink"}',
        '{"playlist": [{"view": "city", "seconds": 1}]}',
        '{"playlist": [{"view": "office", "seconds": 9}]}',
        '{"playlist": [{"view": "city", "seconds": 9, "unit": 3}]}',
        '{"playlist": [{"view": "city", "seconds": 9, "from": "07:00"}]}',
        '{"playlist": [{"view": "city", "seconds": 9, "from": "7:00", "to": "24:00"}]}',
        '{"dim": {"from": "07:00", "to": "07:00"}}',
    ],
)
def test_a_look_that_no_wall_can_have_is_the_plain_one(text: str) -> None:
    assert look_from(text) == Look()
