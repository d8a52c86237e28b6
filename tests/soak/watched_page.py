"""A page in a real Chromium, and how much it holds after everything that can go was collected."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import Browser, CDPSession, Page, expect

from store.wall_pairings import Paired
from tests.support.paired_walls import hold

FULL_HD = {"width": 1920, "height": 1080}
WAIT_MS = 30_000
SETTLE_MS = 800
LIVE = "[data-live='true']"


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page holds."""

    heap: int
    """Bytes of live JavaScript objects."""
    nodes: int
    """DOM nodes, those kept by scripts alone too."""
    listeners: int


@dataclass
class WatchedPage:
    """One wall's page. `weights` has one entry for each weighing.

    Only locators look into it: an element handle would itself keep what the page has let go.
    """

    page: Page
    session: CDPSession
    loads: int = 0
    complaints: list[str] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)

    def wait_live(self) -> None:
        """Until the wall shows live data."""
        expect(self.page.locator(LIVE)).to_be_visible(timeout=WAIT_MS)

    def show(self, total: str, number: int) -> None:
        """Until the number of people in that state is on the screen; fails when it never is."""
        figure = re.compile(rf"^{number}(\s|\d+%|$)")
        expect(self.page.locator(f'[data-total="{total}"]').first).to_have_text(figure, timeout=WAIT_MS)

    def weigh(self) -> Weight:
        """Collect garbage twice, and weigh what is left. In the city's view: call it when that is shown, or
        comes by itself.
        """
        expect(self.page.locator(f"{LIVE} [data-view='city']")).to_be_visible(timeout=WAIT_MS)
        self.page.wait_for_timeout(SETTLE_MS)
        self.session.send("HeapProfiler.collectGarbage")
        self.session.send("HeapProfiler.collectGarbage")
        told = {
            found["name"]: found["value"] for found in self.session.send("Performance.getMetrics")["metrics"]
        }
        weight = Weight(int(told["JSHeapUsedSize"]), int(told["Nodes"]), int(told["JSEventListeners"]))
        self.weights.append(weight)
        return weight

    def text(self) -> str:
        """All that is shown but times of day."""
        return re.sub(r"\d\d[:.]\d\d[:.]?\d*", "", self.page.inner_text(LIVE))


def open_wall(browser: Browser, url: str, wall: Paired) -> WatchedPage:
    """A page of a profile of its own, the wall's credential held, live."""
    context = browser.new_context(viewport=FULL_HD)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT_MS)
    hold(context, url, wall)
    page = context.new_page()
    session = context.new_cdp_session(page)
    found = WatchedPage(page, session)
    page.on("load", lambda _: _loaded(found))
    page.on("pageerror", lambda error: found.complaints.append(f"uncaught: {error}"))
    session.send("Performance.enable")
    session.send("HeapProfiler.enable")
    page.goto(f"{url}/")
    found.wait_live()
    return found


def _loaded(found: WatchedPage) -> None:
    found.loads += 1
