"""What a wall must survive without a hand on it: a dead server, a dead network, sleep, a new release."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import Incidents
from tests.support.cable import cable
from tests.support.wall_city import (
    BKD,
    BKD_TERMINAL,
    FIRST_OF_BKD,
    City,
    MakeCity,
    with_bkd,
)
from tests.support.wall_page import (
    LIVE,
    NOT_LIVE,
    fragment,
    jump_from_now_on,
    remember,
    tile,
    view,
    was_reloaded,
)

pytestmark = pytest.mark.browser

FIVE_MINUTES = 300_000
OLDER = "000000000000"
SILENT = 6_000
"""Milliseconds after which a wall without a beat no longer passes for live."""
DIMMED = "getComputedStyle(document.querySelector('[data-live]')).filter"


@pytest.fixture(scope="module")
def town(make_shared_city: MakeCity) -> City:
    """07:20; every test lets it run again in the end."""
    return make_shared_city(with_bkd())


def test_a_wall_whose_server_was_killed_says_so_dims_and_goes_on_by_itself_in_the_same_view(
    town: City, page: Page, incidents: Incidents
) -> None:
    incidents.server_may_be_away = True
    page.goto(f"{town.wall.url}/#/unit/{BKD}")
    expect(page.locator('[data-group="not_yet"] [data-person]')).to_have_count(34)
    expect(page.locator(LIVE)).to_be_visible()
    remember(page)
    town.wall.kill()
    expect(page.get_by_role("alert")).to_contain_text("Sambungan ke server terputus sejak 07:20")
    expect(page.locator(NOT_LIVE)).to_be_visible()
    assert page.evaluate(DIMMED) != "none"
    town.press(FIRST_OF_BKD, "07:12:33", BKD_TERMINAL)
    town.wall.start()
    expect(page.locator('[data-group="present"] [data-person="10"]')).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(LIVE)).to_be_visible()
    assert fragment(page) == f"#/unit/{BKD}"
    assert not was_reloaded(page)


def test_a_wall_without_network_for_five_minutes_says_so_and_comes_back_with_what_it_missed(
    town: City, page: Page, incidents: Incidents
) -> None:
    with cable(town.wall.port) as line:
        jump_from_now_on(page, incidents)
        page.goto(line.url)
        expect(page.locator(tile(BKD))).to_contain_text("/34")
        remember(page)
        line.pull()
        town.press(FIRST_OF_BKD + 1, "07:13:33", BKD_TERMINAL)
        page.clock.fast_forward(SILENT)
        expect(page.get_by_role("alert")).to_contain_text("Sambungan ke server terputus")
        page.clock.fast_forward(FIVE_MINUTES)
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator(NOT_LIVE)).to_be_visible()
        expect(page.locator('[data-ticker] >> text="Pegawai 11, S.Sos."')).to_have_count(0)
        line.plug()
        page.clock.fast_forward(FIVE_MINUTES)
        expect(page.locator(LIVE)).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.locator("[data-ticker]").first).to_contain_text("Pegawai 11, S.Sos.")
        assert not was_reloaded(page)


def test_a_wall_that_is_told_it_is_offline_recovers_as_soon_as_it_is_not(
    town: City, page: Page, incidents: Incidents
) -> None:
    incidents.server_may_be_away = True
    page.goto(f"{town.wall.url}/#/terminals")
    expect(page.locator(view("terminals"))).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("Sambungan ke server terputus")
    page.context.set_offline(False)
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert fragment(page) == "#/terminals"


def loads_of(page: Page) -> list[str]:
    """Grows with every page that is loaded."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    return asked


def as_an_older_release(route: Route) -> None:
    """Let the page believe that it is another build than the server's."""
    answer = route.fetch()
    older = re.sub(r'(name="presensi-build" content=")[0-9a-f]+', rf"\g<1>{OLDER}", answer.text(), count=1)
    assert older != answer.text()
    route.fulfill(response=answer, body=older)


def test_a_new_release_loads_itself_into_the_same_view(town: City, page: Page) -> None:
    asked = loads_of(page)
    page.route(f"{town.wall.url}/", as_an_older_release, times=1)
    page.goto(f"{town.wall.url}/#/unit/{BKD}")
    expect(page.locator('meta[name="presensi-build"]')).not_to_have_attribute("content", OLDER)
    expect(page.locator(view("office"))).to_be_visible()
    expect(page.locator("[data-person]")).to_have_count(34)
    assert fragment(page) == f"#/unit/{BKD}"
    assert len(asked) == 2


def test_a_wall_with_a_release_that_it_cannot_get_goes_on_and_does_not_reload_in_a_circle(
    town: City, page: Page, incidents: Incidents
) -> None:
    asked = loads_of(page)
    page.route(f"{town.wall.url}/", as_an_older_release)
    jump_from_now_on(page, incidents)
    page.goto(town.wall.url)
    expect(page.locator(tile(BKD))).to_contain_text("/34")
    for _ in range(3):
        with page.expect_response(f"{town.wall.url}/"):
            page.clock.fast_forward(70_000)
    expect(page.locator(LIVE)).to_be_visible()
    assert len(asked) <= 2


def test_a_silent_collector_is_told_on_the_wall(city: City, page: Page) -> None:
    city.wall.stop()
    city.set_clock("07:19")
    city.wall.set_clock("07:20", rate=1.0)
    city.wall.start()
    page.goto(city.wall.url)
    expect(page.get_by_role("alert")).to_contain_text("Pembaca mesin tidak memberi kabar")
    expect(page.locator(NOT_LIVE)).to_be_visible()


def test_midnight_brings_the_new_day_without_a_reload(city: City, page: Page) -> None:
    city.judge()
    page.goto(city.wall.url)
    expect(page.get_by_text("23 November 2026")).to_be_visible()
    remember(page)
    city.wall.set_clock("23:59:59", rate=1.0)
    expect(page.get_by_text("24 November 2026")).to_be_visible()
    expect(page.locator("[data-ticker]")).to_have_count(0)
    assert not was_reloaded(page)
