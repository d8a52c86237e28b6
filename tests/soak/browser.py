"""`make wallsoak`: a month of two walls in a real Chromium, each day compressed into some seconds.

    python -m tests.soak.browser [--days 30] [--seconds 5] [--people 600]

Every day has its midnight, punches, terminals that go dark and return, the freeze of its cut-off, a
correction and its withdrawal, and a server that is killed and started again. One wall hangs there with its
playlist and nobody touches it; through the other somebody goes by remote control every day. Both are weighed
at each day's end.

Ends with 1 when one grew, told something wrong, or shows in the end something else than a wall just switched
on.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

from config.look import Hours, Look, Stop
from tests.soak.wall_town import Step, WallTown, planted
from tests.soak.watched_page import WatchedPage, Weight, open_wall
from tests.support.browser import ARGUMENTS, chromium
from tests.support.days import MONDAY
from tests.support.paired_walls import names_wall, paired
from tests.support.wall_process import WallProcess

HEAP_RATIO = 1.2
NODE_RATIO = 1.1
"""Also of listeners. What stands on the tiles differs from day to day."""
STEPS_A_DAY = 38
TOUCH_EVERY = 6
VIEW_KEYS = "2345"
WARM_TURNS = 240
"""Views that are turned on the first day besides. A real one turns a playlist some thousand times, and the
browser compiles meanwhile what is run often: that is part of what a wall weighs on its first day.
"""
WARM_MS = 100
WARM_VIEWS = ("names", "terminals", "day", "")
SETTLE_MS = 1_000
PLAYLIST = Look(
    playlist=(
        Stop(view="city", seconds=5),
        Stop(view="names", seconds=5),
        Stop(view="terminals", seconds=5),
        Stop(view="day", seconds=5),
    ),
    dim=Hours(**{"from": "18:00", "to": "05:30"}),
)


@dataclass
class Month:
    """What came of it."""

    walls: dict[str, WatchedPage]
    faults: list[str] = field(default_factory=list)


def main() -> int:
    """Run it, print a table of the weights."""
    parser = argparse.ArgumentParser(prog="make wallsoak", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=5.0, help="real seconds of a day, restarts apart")
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--seed", type=int, default=2017)
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    with _running(options.people, options.seed) as (town, wall, walls):
        month = Month(walls)
        for number in range(options.days):
            _live(town, wall, month, number, options.seconds, random.Random(f"{options.seed} {number}"))
            weights = {name: page.weights[-1] for name, page in walls.items()}
            console.print(f"day {number + 1:>2}  {_told(weights)}", style="dim")
        _compare_with_a_new_wall(month, wall, town)
    _judge(month)
    _show(console, month)
    return 1 if month.faults else 0


@contextmanager
def _running(people: int, seed: int) -> Iterator[tuple[WallTown, WallProcess, dict[str, WatchedPage]]]:
    with tempfile.TemporaryDirectory(prefix="presensi-wallsoak-") as temporary, sync_playwright() as driver:
        folder = Path(temporary)
        town = planted(folder, MONDAY, people, seed)
        wall = WallProcess(folder, town.url, unpaired="nothing")
        browser = driver.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS])
        wall.set_clock(town.evening)
        try:
            wall.start()
            left_alone = paired(town.store, names_wall(PLAYLIST, "Ruang Wali Kota"))
            handled = paired(town.store, names_wall(name="Ruang Sekda"))
            walls = {
                "left alone": open_wall(browser, wall.url, left_alone),
                "handled": open_wall(browser, wall.url, handled),
            }
            yield town, wall, walls
        finally:
            browser.close()
            wall.stop()
            town.store.close()


def _live(
    town: WallTown, wall: WallProcess, month: Month, number: int, seconds: float, chance: random.Random
) -> None:
    """One day of both walls."""
    killed_at = chance.randrange(3, STEPS_A_DAY - 3)
    handled = month.walls["handled"]
    for count, step in enumerate(town.day(MONDAY + timedelta(days=number))):
        wall.set_clock(step.at)
        if count == killed_at:
            wall.kill()
            wall.start()
            for page in month.walls.values():
                page.wait_live()
        if count % TOUCH_EVERY == 0:
            _touch(handled, chance)
        _hold_against(month, step)
        handled.page.wait_for_timeout(1000 * seconds / STEPS_A_DAY)
    if number == 0:
        _warm(month, chance)
    handled.page.evaluate("location.hash = '#/'")
    for page in month.walls.values():
        page.weigh()


def _warm(month: Month, chance: random.Random) -> None:
    """Let the first day turn as many views, and see as many hands, as make no difference any more."""
    handled = month.walls["handled"]
    for turn in range(WARM_TURNS):
        for page in month.walls.values():
            page.page.evaluate("view => { location.hash = `#/${view}` }", WARM_VIEWS[turn % len(WARM_VIEWS)])
        handled.page.wait_for_timeout(WARM_MS)
        if turn % len(WARM_VIEWS) == 0:
            _touch(handled, chance)


def _touch(handled: WatchedPage, chance: random.Random) -> None:
    """Somebody with a remote control: a view, into something and out again, and home."""
    keys = handled.page.keyboard
    for key in (chance.choice(VIEW_KEYS), "ArrowDown", "ArrowRight", "Enter", "ArrowDown", "Escape", "1"):
        keys.press(key)
    keys.press(chance.choice(("t", "l", "ArrowDown", "PageDown")))
    keys.press("1")


def _hold_against(month: Month, step: Step) -> None:
    if step.present is None:
        return
    handled = month.walls["handled"]
    handled.page.evaluate("location.hash = '#/'")
    try:
        handled.show("present", step.present)
    except AssertionError as error:
        shown = str(error).partition("Call log")[0]
        month.faults.append(f"at {step.at} {step.present} people are present: {shown}")


def _compare_with_a_new_wall(month: Month, wall: WallProcess, town: WallTown) -> None:
    """After a month, a wall shows what one shows that was switched on a moment ago."""
    browser = month.walls["handled"].page.context.browser
    assert browser is not None
    old = month.walls["handled"]
    fresh = open_wall(browser, wall.url, paired(town.store, names_wall(name="Ruang Sekda")))
    if old.page.evaluate("document.documentElement.lang") != "id":
        old.page.keyboard.press("l")
    for page in (old, fresh):
        page.page.evaluate("location.hash = '#/'")
        page.page.wait_for_timeout(SETTLE_MS)
    then, now = old.text().splitlines(), fresh.text().splitlines()
    if then != now:
        differing = [f"{one!r} for {other!r}" for one, other in zip(then, now, strict=False) if one != other]
        month.faults.append(f"after the month the wall shows otherwise than a new one: {differing[:5]}")


def _judge(month: Month) -> None:
    for name, page in month.walls.items():
        first, last = page.weights[0], page.weights[-1]
        for what, most in (("heap", HEAP_RATIO), ("nodes", NODE_RATIO), ("listeners", NODE_RATIO)):
            ratio = getattr(last, what) / getattr(first, what)
            if ratio > most:
                month.faults.append(f"{name}: {what} grew to {ratio:.2f} of day one (at most {most})")
        month.faults += [f"{name}: {complaint}" for complaint in page.complaints[:5]]
        if page.loads > 1:
            month.faults.append(f"{name}: loaded itself {page.loads} times")


def _told(weights: dict[str, Weight]) -> str:
    return "   ".join(
        f"{name}: {weight.heap / 1e6:5.2f} MB {weight.nodes} nodes {weight.listeners} listeners"
        for name, weight in weights.items()
    )


def _show(console: Console, month: Month) -> None:
    table = Table("wall", "day", "heap MB", "DOM nodes", "listeners")
    for name, page in month.walls.items():
        for day in sorted({1, len(page.weights) // 2, len(page.weights)} - {0}):
            weight = page.weights[day - 1]
            table.add_row(
                name, str(day), f"{weight.heap / 1e6:.2f}", str(weight.nodes), str(weight.listeners)
            )
    console.print(table)
    for fault in month.faults:
        console.print(fault, style="red")
    console.print("the walls held" if not month.faults else f"{len(month.faults)} faults")


if __name__ == "__main__":
    sys.exit(main())
