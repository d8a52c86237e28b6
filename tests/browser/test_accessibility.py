"""Every view in every light against axe-core: contrast, names, roles, order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config.look import Hours, Look
from tests.support.browser import FULL_HD, STEP_SECONDS
from tests.support.days import MONDAY
from tests.support.paired_walls import hold, names_wall, paired
from tests.support.wall_city import BKD_TERMINAL, DARK, LIT, SOSIAL, City, MakeCity, with_bkd
from tests.support.wall_page import LIVE, view
from tests.support.walls import wait_until

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "wallboard" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
VIEWS = {
    "city": "#/",
    "filtered": "#/?state=waiting",
    "office": f"#/unit/{SOSIAL}",
    "names": "#/names/absent",
    "terminals": "#/terminals",
    "day": "#/day",
}
RUN = """
async () => {
  document.getAnimations().forEach((animation) => animation.finish());
  const found = await axe.run(document, { resultTypes: ['violations'] });
  return found.violations.flatMap(({ id, impact, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary }) => [impact, `${id}: ${html} ${failureSummary}`]),
  );
}
"""


@pytest.fixture(scope="module")
def everything(make_shared_city: MakeCity) -> City:
    """08:00, with something in every view: somebody late, absent, waited for, corrected after the freeze."""
    city = make_shared_city(with_bkd())
    city.press(1001, "07:12:33")
    for door in (LIT, BKD_TERMINAL):
        city.report(door, "07:30:05")
    city.until_read("07:30:05")
    city.set_clock("07:30:05")
    wait_until(lambda: city.store.freezes.of(MONDAY) is not None)
    city.judge()
    city.report(BKD_TERMINAL, "08:00")
    city.press(1005, "07:11:00", DARK)
    return city


@pytest.fixture(scope="module")
def seen(browser: Browser) -> Iterator[Page]:
    """A full-size page that has axe in it, whatever it loads."""
    context = browser.new_context(
        viewport={"width": FULL_HD[0], "height": FULL_HD[1]}, reduced_motion="reduce"
    )
    context.set_default_timeout(STEP_SECONDS * 1000)
    context.add_init_script(path=AXE)
    yield context.new_page()
    context.close()


def grave(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page."""
    return [told for impact, told in page.evaluate(RUN) if impact in GRAVE]


def grave_in_views(page: Page) -> str:
    """The same of each view of the wall that the page shows, a line each."""
    lines = []
    for name, route in VIEWS.items():
        page.evaluate("hash => { location.hash = hash }", route)
        expect(page.locator(view("city" if name == "filtered" else name))).to_be_visible()
        expect(page.locator(LIVE)).to_be_visible()
        lines += [f"{name}: {fault}" for fault in grave(page)]
    return "\n".join(lines)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_view_keeps_anybody_out(everything: City, seen: Page, theme: str) -> None:
    seen.goto(f"{everything.wall.url}/?theme={theme}")
    assert grave_in_views(seen) == ""


def test_no_english_view_keeps_anybody_out(everything: City, seen: Page) -> None:
    seen.goto(f"{everything.wall.url}/?theme=dark&lang=en")
    assert grave_in_views(seen) == ""


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_neither_the_help_nor_a_telephone_keeps_anybody_out(everything: City, seen: Page, theme: str) -> None:
    seen.goto(f"{everything.wall.url}/?theme={theme}")
    expect(seen.locator(LIVE)).to_be_visible()
    seen.keyboard.press("?")
    expect(seen.get_by_role("dialog")).to_be_visible()
    assert grave(seen) == []
    seen.keyboard.press("Escape")
    seen.set_viewport_size({"width": 390, "height": 844})
    try:
        expect(seen.locator(view("city"))).to_be_visible()
        assert grave(seen) == []
    finally:
        seen.set_viewport_size({"width": FULL_HD[0], "height": FULL_HD[1]})


def test_a_wall_that_is_dimmed_at_night_can_still_be_read(everything: City, browser: Browser) -> None:
    look = Look(dim=Hours(**{"from": "06:00", "to": "20:00"}))
    with browser.new_context(reduced_motion="reduce") as context:
        context.set_default_timeout(STEP_SECONDS * 1000)
        context.add_init_script(path=AXE)
        hold(context, everything.wall.url, paired(everything.store, names_wall(look)))
        page = context.new_page()
        page.goto(everything.wall.url)
        expect(page.locator("html[data-dim]")).to_be_visible()
        assert grave_in_views(page) == ""


def test_the_pairing_screen_keeps_nobody_out(make_city: MakeCity, seen: Page) -> None:
    city = make_city(unpaired="nothing")
    for theme in ("dark", "light"):
        seen.goto(f"{city.wall.url}/?theme={theme}")
        expect(seen.locator("[data-code]")).to_be_visible()
        assert grave(seen) == []
