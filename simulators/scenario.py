"""A whole simulated day: who comes when and where, who is away, which lines fail, and the truth about it all.

Everything follows from a seed. Moments are city time, naive and local.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from simulators.city import places
from simulators.city.build import PEOPLE, TERMINALS, build_city
from simulators.city.plan import City
from simulators.day_plan import DayPlan, EnrollmentPlan, ExcusePlan, Press, plan_day
from simulators.truth import DarkWindow, GroundTruth, TruthPerson, TruthPunch

DROPS_AT = time(7, 20)
RETURNS_AT = time(7, 50)


@dataclass(frozen=True)
class Scenario:
    """One seeded day in one synthetic city."""

    seed: int
    day: date
    city: City
    enrollments: tuple[EnrollmentPlan, ...]
    excuses: tuple[ExcusePlan, ...]
    presses: tuple[Press, ...]
    """Every finger pressed, in order: those of the working days before `day` too."""
    dark: tuple[DarkWindow, ...]
    clock_offsets: Mapping[str, int]
    """Seconds by which a terminal's clock is ahead of city time, by serial number; 0 where none is given."""

    @cached_property
    def truth(self) -> GroundTruth:
        """What really happened, and what must be said of everybody."""
        return GroundTruth(self.day, self._truth_people(), self._truth_punches(), self.dark)

    def fingers_at(self, serial: str) -> list[tuple[str, str]]:
        """PIN and NIP of everybody whose finger a terminal knows: its own people, those enrolled at it apart,
        and those who come by on this day.
        """
        return list(self._fingers.get(serial, {}).items())

    @cached_property
    def usable_terminals(self) -> dict[str, tuple[str, ...]]:
        """The terminals each person may use, by NIP."""
        extra: dict[str, list[str]] = {}
        for enrollment in self.enrollments:
            if enrollment.serial is not None:
                extra.setdefault(enrollment.nip, []).append(enrollment.serial)
        return {
            person.nip: tuple(
                dict.fromkeys((*self.city.home_terminals(person.unit_code), *extra.get(person.nip, ())))
            )
            for person in self.city.people
        }

    @cached_property
    def _fingers(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        unit_of = {person.nip: person.unit_code for person in self.city.people}
        for enrollment in self.enrollments:
            at = (
                (enrollment.serial,)
                if enrollment.serial
                else self.city.home_terminals(unit_of[enrollment.nip])
            )
            for serial in at:
                found.setdefault(serial, {})[enrollment.pin] = enrollment.nip
        for press in self.presses:
            if press.nip is not None:
                found.setdefault(press.serial, {})[press.pin] = press.nip
        return found

    def _truth_people(self) -> list[TruthPerson]:
        with_pin = {enrollment.nip for enrollment in self.enrollments}
        excused = {
            excuse.nip: excuse.kind
            for excuse in self.excuses
            if excuse.first_day <= self.day <= excuse.last_day
        }
        return [
            TruthPerson(
                person.nip,
                self.usable_terminals[person.nip],
                person.nip in with_pin,
                excused.get(person.nip),
            )
            for person in self.city.people
        ]

    def _truth_punches(self) -> list[TruthPunch]:
        return [
            TruthPunch(
                press.serial,
                press.pin,
                press.device_time(self.clock_offsets.get(press.serial, 0)),
                press.at,
                self._readable_from(press),
                press.nip,
            )
            for press in self.presses
        ]

    def _readable_from(self, press: Press) -> datetime | None:
        """Records made while the line stood are read at once; those made in the dark wait for its return."""
        for window in self.dark:
            if window.serial == press.serial and window.covers(press.at):
                return window.end
        return press.at


def build(
    seed: int,
    day: date,
    *,
    people: int = PEOPLE,
    terminals: int = TERMINALS,
    history_days: int = 2,
    dark: Sequence[DarkWindow] | None = None,
    clock_offsets: Mapping[str, int] | None = None,
) -> Scenario:
    """An ordinary `day` in a city of this size, after `history_days` earlier working days.

    `dark` None: the library's terminal is dark from the start, and the environment agency's drops at
    07:20 and returns at 07:50, where the city has them. Raises `ValueError` when the sizes do not fit.
    """
    city = build_city(seed, day, people, terminals)
    offsets = dict(clock_offsets or {})
    windows = tuple(_ordinary_failures(city, day) if dark is None else dark)
    plan: DayPlan = plan_day(city, seed, day, history_days, windows)
    return Scenario(
        seed=seed,
        day=day,
        city=city,
        enrollments=plan.enrollments,
        excuses=plan.excuses,
        presses=plan.presses,
        dark=windows,
        clock_offsets=offsets,
    )


def _ordinary_failures(city: City, day: date) -> list[DarkWindow]:
    found: list[DarkWindow] = []
    if library := city.terminals_at.get(places.LIBRARY_CODE):
        # Since long before the earliest punch: nobody ever read this terminal.
        found.append(DarkWindow(library[0], datetime.combine(day - timedelta(days=60), time()), None))
    if waste := city.terminals_at.get(places.WASTE_CODE):
        found.append(DarkWindow(waste[0], datetime.combine(day, DROPS_AT), datetime.combine(day, RETURNS_AT)))
    return found
