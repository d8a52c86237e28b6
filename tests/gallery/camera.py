"""Photographs the wall of one situation: the real server, the real page, a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import requests
from playwright.sync_api import Browser, BrowserContext

from store import Store, open_store
from store.migrate import migrate
from tests.gallery.shots import DARK, PAIRING, SIZES, VIEWS, Shot
from tests.gallery.situations import Situation
from tests.gallery.town import Template, Town
from tests.support.days import MONDAY
from tests.support.wall_process import WallProcess
from tests.support.walls import wait_until

BKPSDM = "1.25"
WAIT_MS = 30_000
QUIET = """
async () => {
  await document.fonts.ready;
  for (let left = 12; left > 0; left -= 1) {
    const before = document.body.innerText;
    await new Promise((done) => setTimeout(done, 50));
    if (document.body.innerText !== before) left = 12;
  }
}
"""
"""Returns once the text has stood still for more than half a second."""


@dataclass
class Scene:
    """A wall that runs, with the city at a situation's last moment."""

    wall: WallProcess
    store: Store

    def photograph(self, browser: Browser, shot: Shot) -> bytes:
        """A PNG of it."""
        width, height = SIZES[shot.size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            color_scheme="light" if shot.theme == "light" else "dark",
        )
        try:
            return self._photograph(context, shot)
        finally:
            context.close()

    def _photograph(self, context: BrowserContext, shot: Shot) -> bytes:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        path = VIEWS[shot.view].format(bkpsdm=self._number_of(BKPSDM))
        theme = shot.theme if shot.theme != "night" else DARK
        page.goto(f"{self.wall.url}/?lang={shot.language}&theme={theme}{path}")
        page.wait_for_selector("[data-view]" if shot.view == PAIRING else "[data-live='true']")
        if shot.theme == "night":
            page.evaluate("document.documentElement.dataset.dim = 'true'")
        page.evaluate(QUIET)
        return page.screenshot()

    def _number_of(self, code: str) -> int | None:
        units = self.store.roster.load(MONDAY).units
        return next((int(unit.id) for unit in units if unit.code == code), None)


@contextmanager
def scene(situation: Situation, template: Template, folder: Path, *, unpaired: str) -> Iterator[Scene]:
    """The wall with the city at the situation's last moment; `unpaired` says what it shows to a screen."""
    folder.mkdir()
    town = None if situation.play is None else template.copy(folder)
    url = town.url if town else f"sqlite:///{folder / 'empty.db'}"
    if town is None:
        migrate(url)
    store = town.store if town else open_store(url)
    wall = WallProcess(folder, url, unpaired=unpaired)
    try:
        _play(situation, town, wall, store)
        yield Scene(wall, store)
    finally:
        wall.stop()
        store.close()


def _play(situation: Situation, town: Town | None, wall: WallProcess, store: Store) -> None:
    wall.set_clock(situation.start)
    store.terminals.note_collector_alive(situation.start)
    if town is None or situation.play is None:
        wall.start()
        return
    for number, moment in enumerate(situation.play(town)):
        town.live(moment)
        wall.set_clock(moment)
        if number == 0:
            wall.start()
        wait_until(partial(_stands_at, wall, town.as_of))
        if situation.freezes_at is not None and moment >= situation.freezes_at:
            wait_until(lambda: store.freezes.of(MONDAY) is not None)


def _stands_at(wall: WallProcess, moment: datetime | None) -> bool:
    """Whether the board knows everything through that moment, and no more."""
    told = requests.get(f"{wall.url}/healthz", timeout=10).json()["as_of"]
    return (None if told is None else datetime.fromisoformat(told)) == moment
