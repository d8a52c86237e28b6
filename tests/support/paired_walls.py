"""Walls that are paired without a screen: what a test needs to look at one as its device does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext

from config.look import Look
from store import Store
from store.wall_pairings import Paired
from store.walls import WallFacts
from tests.support.days import at

CREDENTIAL = "presensi_wall"
CODE_LIFE = timedelta(minutes=15)


def paired(store: Store, facts: WallFacts, *, now: datetime | None = None) -> Paired:
    """A new wall, its credential fetched; `now` is city time, 07:20 of the example Monday unless given."""
    real = datetime.now(UTC)
    pairing = store.pairings.begin("127.0.0.1", now=real, life=CODE_LIFE, secret=None)
    assert pairing is not None
    store.pairings.confirm(pairing.code, facts, by="test", at=now or at("07:20"), now=real)
    found = store.pairings.claim(pairing.secret, now=real)
    assert isinstance(found, Paired)
    return found


def names_wall(look: Look | None = None, name: str = "Ruang Wali Kota") -> WallFacts:
    """A wall of the whole city that shows names."""
    return WallFacts(name, None, "names", look or Look())


def hold(context: BrowserContext, url: str, wall: Paired) -> None:
    """Let the browser hold the wall's credential, as after a pairing on its screen."""
    context.add_cookies([{"name": CREDENTIAL, "value": wall.credential, "url": url, "httpOnly": True}])
