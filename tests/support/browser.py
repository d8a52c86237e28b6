"""A real Chromium for tests, and pages that tell whatever went wrong in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Playwright, WebSocket, expect, sync_playwright

from tests.support.waiting import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-features=LocalNetworkAccessChecks",  # of a page whose answer a test has changed
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LAUNCH_SECONDS = 120
"""A first start on a cold, busy machine is slow."""
STEP_SECONDS = PATIENCE

AWAY = ("ERR_CONNECTION", "ERR_INTERNET_DISCONNECTED", "ERR_EMPTY_RESPONSE", "WebSocket connection")
"""What Chromium says of a server or a network that is not there."""

FULL_HD = (1920, 1080)
NOTEBOOK = (1366, 768)
PROJECTOR = (1024, 768)
UHD = (3840, 2160)
PHONE = (390, 844)
MONITORS = [pytest.param(FULL_HD, id="full-hd"), pytest.param(NOTEBOOK, id="notebook")]
"""The two that every page has to suit."""


@dataclass
class Incidents:
    """What a page complained about and whom it asked. The `wall_page` fixture wants none of either."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    """Text frames that the server sent over WebSocket."""
    server_may_be_away: bool = False
    """Set by a test that ends the server: a refused connection is then no complaint."""

    def watch(self, page: Page) -> None:
        """Write down everything that happens in `page` from now on."""
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", self._listen)

    def _said(self, kind: str, text: str) -> None:
        if kind not in ("error", "warning"):
            return
        if self.server_may_be_away and any(sign in text for sign in AWAY):
            return
        self.complaints.append(f"{kind}: {text}")

    def _listen(self, line: WebSocket) -> None:
        self.requests.append(line.url)
        line.on("framereceived", lambda frame: self.received.append(str(frame)))

    def asked_outside(self, base: str) -> list[str]:
        """Every request that did not go to the server at `base` ("http://127.0.0.1:8080")."""
        own = (base, base.replace("http:", "ws:"))
        return [url for url in self.requests if not url.startswith((*own, "data:", "blob:", "about:"))]


def chromium() -> str:
    """The path of an installed Chromium; fails the test, with what to do, when there is none."""
    named = os.environ.get("PRESENSI_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(
            "the browser tests need Chromium: run `make setup`, or `apt-get install chromium`, "
            "or name one in PRESENSI_CHROMIUM",
            pytrace=False,
        )
    return found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver. No longer than a module: its event loop would be in the way of async tests."""
    expect.set_options(timeout=STEP_SECONDS * 1000)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium with a fresh profile."""
    launched = playwright.chromium.launch(
        executable_path=chromium(), args=[*ARGUMENTS], timeout=LAUNCH_SECONDS * 1000
    )
    yield launched
    launched.close()


@pytest.fixture
def incidents() -> Incidents:
    """What went wrong in this test's page."""
    return Incidents()


@pytest.fixture
def page(browser: Browser, incidents: Incidents) -> Iterator[Page]:
    """An empty page of a new profile, 1366 × 768; at its end it must have had nothing to complain about."""
    context = browser.new_context(
        viewport={"width": NOTEBOOK[0], "height": NOTEBOOK[1]},
        timezone_id="America/New_York",  # far from the city's: the wall shows the city's time all the same
        reduced_motion="reduce",
    )
    context.set_default_timeout(STEP_SECONDS * 1000)
    opened = context.new_page()
    incidents.watch(opened)
    yield opened
    context.close()
    assert incidents.complaints == []
