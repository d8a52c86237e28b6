"""Hands on the wall: remote control, keyboard, touch; and what it does when they are gone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from config.look import Look, Stop
from tests.support.browser import Incidents
from tests.support.paired_walls import hold, names_wall, paired
from tests.support.wall_city import BKD, BKD_TERMINAL, SOSIAL, City, MakeCity, with_bkd
from tests.support.wall_page import LIVE, fragment, jump_from_now_on, tile, total, view

pytestmark = pytest.mark.browser

FOCUSED_PERSON = "document.activeElement.closest('[data-person]')?.dataset.person"
AWAY_FROM = """
(office) => {
  const centre = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x, y] = centre(document.querySelector(`[data-office="${office}"]`));
  const [hereX, hereY] = centre(document.activeElement);
  return [x - hereX, y - hereY];
}
"""
"""How far right and how far down the tile of an office lies from what has the focus, in pixels."""


@pytest.fixture(scope="module")
def town(make_shared_city: MakeCity) -> City:
    """08:00, and nothing happens any more."""
    city = make_shared_city(with_bkd())
    city.report(BKD_TERMINAL, "08:00")
    city.judge()
    return city


def walk_to(page: Page, office: int) -> None:
    """Press arrows, and nothing else, until the tile of the office has the focus."""
    page.keyboard.press("ArrowDown")
    for _ in range(30):
        across, down = page.evaluate(AWAY_FROM, office)
        if abs(across) < 1 and abs(down) < 1:
            return
        sideways = "ArrowRight" if across > 0 else "ArrowLeft"
        upright = "ArrowDown" if down > 0 else "ArrowUp"
        first, second = (sideways, upright) if abs(across) > abs(down) else (upright, sideways)
        page.keyboard.press(first)
        if page.evaluate(AWAY_FROM, office) == [across, down]:
            page.keyboard.press(second)
    raise AssertionError(f"no arrows lead to office {office}")


def test_a_remote_control_with_arrows_ok_and_back_is_enough(town: City, page: Page) -> None:
    page.goto(town.wall.url)
    total(page, "absent", 36)
    walk_to(page, SOSIAL)
    page.keyboard.press("Enter")
    expect(page.locator(view("office"))).to_be_visible()
    assert fragment(page) == f"#/unit/{SOSIAL}"
    expect(page.locator("[data-person]")).to_have_count(4)
    page.keyboard.press("ArrowDown")
    person = page.evaluate(FOCUSED_PERSON)
    assert person is not None
    page.keyboard.press("Enter")
    expect(page.locator(f"#why-{person}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(view("city"))).to_be_visible()
    expect(page.locator(tile(SOSIAL))).to_be_focused()


@pytest.mark.parametrize("back", ["Escape", "Backspace", "BrowserBack", "GoBack"])
def test_every_back_key_of_every_remote_control_leads_back(town: City, page: Page, back: str) -> None:
    page.goto(town.wall.url)
    page.locator(tile(BKD)).press("Enter")
    expect(page.locator(view("office"))).to_be_visible()
    if back in ("BrowserBack", "GoBack"):
        page.evaluate("key => dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))", back)
    else:
        page.keyboard.press(back)
    expect(page.locator(view("city"))).to_be_visible()


def test_the_number_keys_open_the_views_and_page_keys_turn_them(town: City, page: Page) -> None:
    page.goto(town.wall.url)
    expect(page.locator(view("city"))).to_be_visible()
    for key, name in (("3", "names"), ("4", "terminals"), ("5", "day"), ("2", "office"), ("1", "city")):
        page.keyboard.press(key)
        expect(page.locator(view(name))).to_be_visible()
        expect(page.locator("[data-view]")).to_have_count(1)
    page.keyboard.press("PageUp")
    expect(page.locator(view("day"))).to_be_visible()
    page.keyboard.press("PageDown")
    expect(page.locator(view("city"))).to_be_visible()


def test_help_tells_the_keys_and_goes_with_back(town: City, page: Page) -> None:
    page.goto(town.wall.url)
    expect(page.locator(LIVE)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(view("city"))).to_be_visible()


@pytest.mark.parametrize("route", ["#/", f"#/unit/{SOSIAL}", "#/names", "#/terminals", "#/day"])
def test_arrows_reach_something_in_every_view_and_the_focus_is_seen(
    town: City, page: Page, route: str
) -> None:
    page.goto(f"{town.wall.url}/{route}")
    expect(page.locator(LIVE)).to_be_visible()
    page.keyboard.press("ArrowDown")
    seen = page.evaluate(
        """() => {
            const style = getComputedStyle(document.activeElement);
            return document.activeElement !== document.body
                && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
        }"""
    )
    assert seen


@pytest.mark.parametrize("route", ["#/names/late", "#/names/absent", "#/terminals", "#/day"])
def test_a_link_into_the_wall_leads_where_it_says(town: City, page: Page, route: str) -> None:
    page.goto(f"{town.wall.url}/{route}")
    expect(page.locator(view(route.split("/")[1]))).to_be_visible()
    assert fragment(page) == route


def test_a_view_goes_back_by_itself_a_minute_after_the_last_touch_and_says_so_before(
    town: City, page: Page, incidents: Incidents
) -> None:
    jump_from_now_on(page, incidents)
    page.goto(town.wall.url)
    page.locator(tile(SOSIAL)).press("Enter")
    expect(page.locator(view("office"))).to_be_visible()
    page.clock.fast_forward(45_000)
    page.keyboard.press("ArrowDown")
    page.clock.fast_forward(45_000)
    expect(page.locator(view("office"))).to_be_visible()
    page.clock.fast_forward(8_000)
    expect(page.get_by_text("Kembali dalam")).to_be_visible()
    page.clock.fast_forward(8_000)
    expect(page.locator(view("city"))).to_be_visible()


def stops(*views: str) -> Look:
    return Look(playlist=tuple(Stop(view=view, seconds=10) for view in views))  # type: ignore[arg-type]


def test_a_playlist_turns_stops_when_touched_and_goes_on_after_a_minute(
    town: City, page: Page, incidents: Incidents
) -> None:
    hold(page.context, town.wall.url, paired(town.store, names_wall(stops("city", "terminals", "day"))))
    jump_from_now_on(page, incidents)
    page.goto(town.wall.url)
    expect(page.locator(view("city"))).to_be_visible()
    for name in ("terminals", "day", "city", "terminals"):
        page.clock.fast_forward(10_500)
        expect(page.locator(view(name))).to_be_visible()
    page.mouse.move(200, 200)
    page.mouse.move(300, 300)
    page.keyboard.press("3")
    expect(page.locator(view("names"))).to_be_visible()
    for _ in range(4):
        page.clock.fast_forward(11_000)
        expect(page.locator(view("names"))).to_be_visible()
    page.clock.fast_forward(20_000)
    expect(page.locator(view("names"))).to_have_count(0)
    before = page.locator("[data-view]").get_attribute("data-view")
    page.clock.fast_forward(10_500)
    expect(page.locator(view(str(before)))).to_have_count(0)


def test_a_playlist_that_is_paused_stays_until_it_is_let_go(
    town: City, page: Page, incidents: Incidents
) -> None:
    hold(page.context, town.wall.url, paired(town.store, names_wall(stops("city", "terminals"))))
    jump_from_now_on(page, incidents)
    page.goto(town.wall.url)
    expect(page.locator(view("city"))).to_be_visible()
    page.keyboard.press("p")
    for _ in range(3):
        page.clock.fast_forward(61_000)
        expect(page.locator(view("city"))).to_be_visible()
    page.keyboard.press("p")
    page.clock.fast_forward(61_000)
    page.clock.fast_forward(11_000)
    expect(page.locator("[data-view]")).to_be_visible()


def test_a_view_that_a_playlist_shows_at_certain_hours_is_not_shown_at_others(
    town: City, page: Page, incidents: Incidents
) -> None:
    look = Look.model_validate(
        {
            "playlist": [
                {"view": "city", "seconds": 10},
                {"view": "names", "seconds": 10, "from": "13:00", "to": "14:00"},
                {"view": "day", "seconds": 10, "from": "07:30", "to": "12:00"},
            ]
        }
    )
    hold(page.context, town.wall.url, paired(town.store, names_wall(look)))
    jump_from_now_on(page, incidents)
    page.goto(town.wall.url)
    expect(page.locator(view("city"))).to_be_visible()
    for name in ("day", "city", "day"):
        page.clock.fast_forward(10_500)
        expect(page.locator(view(name))).to_be_visible()
