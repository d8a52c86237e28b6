"""What tests look for on the wall's page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.browser import Incidents

LIVE = '[data-live="true"]'
NOT_LIVE = '[data-live="false"]'


def total(page: Page, state: str, number: int | str) -> None:
    """Until so many people are in that state, as the first such number on the page says."""
    expect(page.locator(f'[data-total="{state}"]').first).to_have_text(re.compile(rf"^{number}(\s|\d+%|$)"))


def tile(office: int) -> str:
    """The tile of an office."""
    return f'[data-office="{office}"]'


def view(name: str) -> str:
    """The root of a view: city, office, names, terminals, day or pairing."""
    return f'[data-view="{name}"]'


def fragment(page: Page) -> str:
    """The view in the address, "#/unit/2"."""
    return str(page.evaluate("location.hash"))


def remember(page: Page) -> None:
    """Leave something in the page that a reload would wipe out."""
    page.evaluate("window.neverReloaded = true")


def was_reloaded(page: Page) -> bool:
    """Whether the page was loaded anew since `remember`."""
    return page.evaluate("window.neverReloaded") is not True


def jump_from_now_on(page: Page, incidents: Incidents) -> None:
    """Take the page's clock in hand. A wall whose time jumps takes its line for dead and makes it anew, even
    one that is just being made; that is no complaint.
    """
    incidents.server_may_be_away = True
    page.clock.install()
