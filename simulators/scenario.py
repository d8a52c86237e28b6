"""A whole simulated day: who comes when and where, who is away, which lines fail, and the truth about it all.

Everything follows from a seed. Moments are city time, naive and local.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from simulators.city import places
from simulators.city.build import PEOPLE, TERMINALS, build_city
from simulators.city.plan import City, PersonPlan
from simulators.dated_facts import DatedFacts
from simulators.day_plan import DayPlan, EnrollmentPlan, ExcusePlan, Press, plan_day
from simulators.duties import Duties
from simulators.truth import DarkWindow, GroundTruth, TruthOutage, TruthPerson, TruthPunch

HISTORY_DAYS = 2
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
    facts: DatedFacts = field(default_factory=DatedFacts)

    @cached_property
    def truth(self) -> GroundTruth:
        """What really happened, and what must be said of everybody."""
        outages = [TruthOutage(it.serial, it.cause, it.start, it.end) for it in self.facts.outages]
        return GroundTruth(self.day, self._truth_people(), self._truth_punches(), self.dark, outages)

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

    @cached_property
    def gone(self) -> frozenset[str]:
        """Who is no longer in the city's service on the day, by NIP."""
        return frozenset(it.nip for it in self.facts.employments if it.valid_from <= self.day)

    def _truth_people(self) -> list[TruthPerson]:
        excused = {
            excuse.nip: excuse.kind
            for excuse in self.excuses
            if excuse.first_day <= self.day <= excuse.last_day
        }
        enrolled: dict[str, list[EnrollmentPlan]] = {}
        for enrollment in self.enrollments:
            enrolled.setdefault(enrollment.nip, []).append(enrollment)
        duties = Duties(self.city, self.facts, self.day)
        return [
            self._truth_person(person, enrolled.get(person.nip, []), excused.get(person.nip), duties)
            for person in self.city.people
            if person.nip not in self.gone
        ]

    def _truth_person(
        self, person: PersonPlan, enrolled: Sequence[EnrollmentPlan], excuse: str | None, duties: Duties
    ) -> TruthPerson:
        site = self.city.home_terminals(person.unit_code)
        # What a former office's terminal still knows is of no use where the person serves now.
        here = [
            it
            for it in enrolled
            if (it.serial is None and site)
            or (it.serial is not None and (it.serial in site or it.valid_from >= person.since))
        ]
        knows_from = [it.effective_at for it in here]
        since_before = not here or None in knows_from
        work = duties.of(person)
        return TruthPerson(
            person.nip,
            self.usable_terminals[person.nip],
            bool(here),
            excuse,
            work=work,
            free=work is None,
            site_has_terminal=bool(site or here),
            pin_from=None if since_before else min(at for at in knows_from if at is not None),
        )

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
    history_days: int = HISTORY_DAYS,
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
