"""A wall that asks in a loop fills no log and makes nobody wait; one that was refused is served later."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from config.clock import SimClock
from store import Store
from tests.support.mornings import OFFICE, append, punch
from tests.support.paired_walls import names_wall, paired
from tests.support.walls import Wall, serving, wait_until, wall

AT_ONCE = 20
NEVER = 1e-6
"""Asks a second: none comes back while a test lasts."""


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr("realtime.hub.ASKS_AT_ONCE", AT_ONCE)
    monkeypatch.setattr("realtime.hub.ASKS_A_SECOND", NEVER)
    return monkeypatch


def refused(monitor: Wall) -> list[str]:
    return [error["scope"] for error in monitor.errors if error["code"] == "too_many"]


def views(store: Store) -> int:
    return sum(entry.action == "names.viewed" for entry in store.audit.latest(1_000))


def test_a_names_wall_that_joins_by_hand_in_a_loop_fills_no_log_and_gets_no_snapshots(
    city: Store, clock: SimClock, limited: pytest.MonkeyPatch
) -> None:
    device = paired(city, names_wall())
    with serving(city, clock, unpaired="nothing") as (_, url), ExitStack() as stack:
        looping = stack.enter_context(wall(url, credential=device.credential))
        looping.join(OFFICE)
        for _ in range(3 * AT_ONCE):
            looping.emit("join", {"scope": OFFICE})
        looping.until(lambda: len(refused(looping)) == 2 * AT_ONCE + 1)
        assert set(refused(looping)) == {OFFICE}
        assert "again" in looping.errors[0]["text"]
        assert (looping.snapshots, views(city)) == (AT_ONCE, AT_ONCE)

        again = stack.enter_context(wall(url, credential=device.credential))
        again.emit("join", {"scope": OFFICE})
        again.until(lambda: refused(again) == [OFFICE])
        assert views(city) == AT_ONCE

        # What it looked at before goes on, and nobody else notices.
        append(city, punch("1001", "06:58"))
        looping.until(lambda: looping.row(OFFICE, "p:1")["status"] == "present")
        other = stack.enter_context(wall(url, credential=paired(city, names_wall()).credential))
        assert other.join(OFFICE)["p:1"]["status"] == "present"


def test_screens_that_nobody_paired_do_not_take_anything_from_each_other(
    city: Store, clock: SimClock, limited: pytest.MonkeyPatch
) -> None:
    with serving(city, clock, unpaired="counts") as (_, url), wall(url) as looping, wall(url) as other:
        for _ in range(AT_ONCE + 1):
            looping.emit("join", {"scope": "city"})
        looping.until(lambda: refused(looping) == ["city"])
        assert other.join("city")["total"]["people"] == 3


def test_a_resync_that_was_refused_is_served_when_it_is_asked_for_later(
    city: Store, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.hub.ASKS_AT_ONCE", AT_ONCE)
    monkeypatch.setattr("realtime.hub.ASKS_A_SECOND", 5.0)
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        while not refused(monitor):
            for _ in range(AT_ONCE):
                monitor.emit("resync", {"scope": "city"})
            monitor.until(lambda: monitor.snapshots >= AT_ONCE)
        monitor.seen.clear()

        def joined() -> bool:
            monitor.emit("join", {"scope": "city"})
            return "city" in monitor.seen

        wait_until(joined)
        append(city, punch("1001", "06:58"))
        monitor.until(lambda: monitor.row("city", "total")["present"] == 1)
