"""At two in the night, in a real browser: who is on night duty is not said to be free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from playwright.sync_api import Page, expect

from simulators.scenarios.mojokerto_2017_01_03 import build
from tests.support.browser import MONITORS
from tests.support.databases import FreshDatabase
from tests.support.days import at
from tests.support.scenario_wall import scenario_wall
from tests.support.wall_page import tile, total
from tests.support.wall_process import WallProcess

pytestmark = pytest.mark.browser

SEED = 2017
DAY = date(2017, 1, 4)
NIGHT_WORKERS = 130
"""From 21.00 of the third of January to 07.00 of the fourth, on which they are free."""


@dataclass(frozen=True)
class Words:
    """What the wall says in one language."""

    language: str
    total: str
    tile: str
    heading: str
    count: str
    free: str
    why: str


WORDS = [
    Words(
        "id",
        "130 masih dinas malam",
        "130 dinas malam",
        "Dinas malam s.d. 07.00",
        "130 Dinas malam",
        "130 Libur",
        "Menurut jadwal kemarin: dinas malam s.d. 07.00. Hari ini: Libur menurut jadwal dinas",
    ),
    Words(
        "en",
        "130 still on night duty",
        "130 on night duty",
        "On night duty until 07:00",
        "130 On night duty",
        "130 Day off",
        "By yesterday's plan: on night duty until 07:00. Today: Off by the shift roster",
    ),
]


@dataclass(frozen=True)
class Night:
    """The wall at 02:00, and the hospital's number."""

    wall: WallProcess
    hospital: int


@pytest.fixture
def night(shared_night: Night) -> Night:
    """As `shared_night`, whatever another test made of its clock."""
    shared_night.wall.set_clock(at("02:00", DAY))
    return shared_night


@pytest.fixture(scope="module")
def shared_night(module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    two = datetime(2017, 1, 4, 2, 0)
    with scenario_wall(build(SEED), module_database("sqlite"), folder, two) as (store, wall):
        units = store.roster.load(DAY).units
        yield Night(wall, next(unit.id for unit in units if unit.short_name == "RSUD"))


@pytest.mark.parametrize("size", MONITORS)
@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.language)
def test_the_city_says_how_many_are_still_on_night_duty_beside_nobody_required(
    night: Night, page: Page, words: Words, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{night.wall.url}/?lang={words.language}")
    total(page, "required", 0)
    expect(page.locator('[data-total="night"]')).to_have_text(words.total)
    hospital = page.locator(tile(night.hospital))
    expect(hospital.locator(".rest")).to_have_text(words.tile)
    for part in (page.locator('[data-total="night"]'), hospital.locator(".rest")):
        assert part.evaluate("it => it.scrollWidth <= it.parentElement.clientWidth")


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.language)
def test_the_hospital_lists_them_by_name_until_when_and_nobody_as_free(
    night: Night, page: Page, words: Words
) -> None:
    page.goto(f"{night.wall.url}/?lang={words.language}#/unit/{night.hospital}")
    group = page.locator('[data-group="night"]')
    expect(group.locator("h3")).to_contain_text(words.heading)
    expect(group.locator("[data-person]")).to_have_count(NIGHT_WORKERS)
    expect(page.locator('[data-group="off"]')).to_have_count(0)
    somebody = group.locator("[data-person]").first
    somebody.get_by_role("button").click()
    expect(somebody.locator("p")).to_be_visible()
    expect(somebody.locator("p")).to_contain_text(words.why)
    counts = page.locator("header nav")
    expect(counts.get_by_text(words.count)).to_be_visible()
    expect(counts.get_by_text(words.free)).to_have_count(0)


def test_at_seven_the_night_is_over_and_they_are_free(night: Night, page: Page) -> None:
    page.goto(f"{night.wall.url}/?lang=id#/unit/{night.hospital}")
    expect(page.locator('[data-group="night"]')).to_be_visible()
    night.wall.set_clock(at("07:00", DAY))
    expect(page.locator('[data-group="night"]')).to_have_count(0)
    expect(page.locator('[data-group="off"] [data-person]')).to_have_count(NIGHT_WORKERS)
