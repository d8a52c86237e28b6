"""A wall that asked too often, in real Chromium: it keeps what it shows, and gets the rest later."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.support.paired_walls import hold, names_wall, paired
from tests.support.wall_city import City, MakeCity, with_bkd
from tests.support.wall_page import total, view
from tests.support.wall_process import WallProcess

pytestmark = pytest.mark.browser

LIMITED = "import realtime.hub; realtime.hub.ASKS_AT_ONCE = 3; realtime.hub.ASKS_A_SECOND = 0.3"
TURNS = 100
"""Far more than the wall may."""


@pytest.fixture
def town(make_city: MakeCity, monkeypatch: pytest.MonkeyPatch) -> City:
    """08:00, on a wall that may ask for little."""
    monkeypatch.setattr(WallProcess, "prelude", LIMITED)
    city = make_city(with_bkd(), show_names=False)
    city.judge()
    return city


def refusals(page: Page) -> list[str]:
    """Every word of the server that it was too often; it grows."""
    said: list[str] = []

    def listen(line: WebSocket) -> None:
        line.on("framereceived", lambda frame: said.append(str(frame)) if "too_many" in str(frame) else None)

    page.on("websocket", listen)
    return said


def test_it_keeps_what_it_shows_says_nothing_wrong_and_is_served_later(town: City, page: Page) -> None:
    refused = refusals(page)
    hold(page.context, town.wall.url, paired(town.store, names_wall()))
    page.goto(town.wall.url)
    total(page, "present", 1)
    for _ in range(TURNS):
        page.keyboard.press("3")
        expect(page.locator(view("names"))).to_be_visible()
        page.keyboard.press("1")
        expect(page.locator(view("city"))).to_be_visible()
        if refused:
            break
    assert refused
    page.keyboard.press("3")
    expect(page.locator(f"{view('names')} [data-person]").first).to_be_visible()
    expect(page.locator('[role="alert"]')).to_have_count(0)
    town.press(1003, "07:29:00")
    page.keyboard.press("1")
    total(page, "present", 2)
    # Nothing that it may ask for is left, and it begins anew.
    page.reload()
    total(page, "present", 2)
