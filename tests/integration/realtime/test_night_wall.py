"""Night duty on a live wall: what is entered in the night, and the hour at which it ends."""

from __future__ import annotations

from datetime import date, time, timedelta

from attendance.ids import PersonId
from attendance.people import Excuse, ExcuseCode
from attendance.shifts import Shift, ShiftEntry
from config.clock import SimClock
from store import Store
from tests.support.days import MONDAY, at
from tests.support.mornings import OFFICE, SetClock
from tests.support.walls import Wall, serving, wall

SUNDAY = MONDAY - timedelta(days=1)
NIGHT = Shift("M", "Malam", time(21), time(7), date(2020, 1, 1))


def works(city: Store, person: int, day: date, *codes: str) -> None:
    entry = ShiftEntry(PersonId(person), day, codes, False, "surat 1")
    city.shifts.set_entries([entry], by="bkd", at=at("01:00"))


def shows(monitor: Wall, person: int, until: str | None, people: int) -> None:
    """Wait until the wall tells it, by name and in the counts."""
    monitor.until(lambda: monitor.row(OFFICE, f"p:{person}").get("night") == until)
    monitor.until(lambda: monitor.row("city", "total").get("night", 0) == people)
    monitor.until(lambda: monitor.row("city", "u:2").get("night", 0) == people)


def test_rosters_swaps_and_leave_of_the_evening_before_reach_the_wall_in_the_night_and_it_ends_by_itself(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("02:00")
    city.shifts.define(NIGHT, by="bkd", at=at("01:00"))
    for person in (1, 2):
        works(city, person, SUNDAY)
        works(city, person, MONDAY)
    works(city, 1, SUNDAY, "M")
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        monitor.join(OFFICE)
        shows(monitor, 1, "07:00", 1)
        works(city, 2, SUNDAY, "M")
        shows(monitor, 2, "07:00", 2)
        works(city, 1, SUNDAY)
        shows(monitor, 1, None, 1)
        city.facts.add_excuse(Excuse(PersonId(2), ExcuseCode.CT, SUNDAY, SUNDAY, "surat 2"))
        shows(monitor, 2, None, 0)
        works(city, 1, SUNDAY, "M")
        shows(monitor, 1, "07:00", 1)
        set_clock("07:00")
        shows(monitor, 1, None, 0)
        assert monitor.row(OFFICE, "p:1")["status"] == "off"
        assert monitor.resyncs == 0
