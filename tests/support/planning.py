"""A small city, its rules and its facts, for the tests of what is expected of whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attendance.assembly import Assembler
from attendance.calendar import CalendarEntry, CalendarKind, WorkPattern
from attendance.city_facts import CityFacts, RosterSpan
from attendance.duty import Duty, DutyDay, NoDuty
from attendance.facts import Horizon, PersonDay
from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId
from attendance.people import Enrollment, Excuse, ExcuseCode, Person, Placement, Unit, UnitKind
from attendance.roster import Roster
from attendance.rules import (
    DayHours,
    Deviation,
    Figures,
    Grade,
    Hours,
    Ladder,
    PackId,
    RuleBook,
    Rules,
)
from attendance.shifts import Shift, ShiftEntry
from attendance.terminal import Terminal
from tests.support.rosters import terminal

ZONE = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
SINCE = date(2020, 1, 1)
PERSON, COLLEAGUE = PersonId(1), PersonId(2)
CITY, OFFICE, SECTION, HOSPITAL, REGISTRY, NO_SITE = (UnitId(number) for number in range(1, 7))
UNITS = (
    Unit(CITY, "KOTA", "Kota", "Kota", UnitKind.CITY, None, office=False),
    Unit(OFFICE, "DINAS", "Dinas", "Dinas", UnitKind.AGENCY, CITY, office=True),
    Unit(SECTION, "BIDANG", "Bidang", "Bidang", UnitKind.SECTION, OFFICE, office=False),
    Unit(HOSPITAL, "RSUD", "RSUD", "RSUD", UnitKind.HOSPITAL, CITY, office=True),
    Unit(REGISTRY, "DUKCAPIL", "Dukcapil", "Dukcapil", UnitKind.AGENCY, CITY, office=True),
    Unit(NO_SITE, "BARU", "Kecamatan Baru", "Baru", UnitKind.DISTRICT, CITY, office=True),
)
OFFICE_TERMINAL, HOSPITAL_TERMINAL, REGISTRY_TERMINAL = (TerminalId(number) for number in (1, 2, 3))
TERMINALS: tuple[Terminal, ...] = (
    terminal(OFFICE_TERMINAL, unit_id=OFFICE),
    terminal(HOSPITAL_TERMINAL, unit_id=HOSPITAL),
    terminal(REGISTRY_TERMINAL, unit_id=REGISTRY),
)
SHIFTS = (
    Shift("P", "Pagi", time(7), time(14), SINCE),
    Shift("S", "Sore", time(14), time(21), SINCE),
    Shift("M", "Malam", time(21), time(7), SINCE),
    Shift("J", "Jaga", time(16), time(20), SINCE),
)


def hours(start: str, end: str) -> DayHours:
    """Work from "07:30" to "16:00"."""
    return DayHours(time.fromisoformat(start), time.fromisoformat(end))


_WORK, _FRIDAY, _FASTING = hours("07:30", "16:00"), hours("07:30", "16:30"), hours("08:00", "15:00")
_SIX = hours("07:30", "14:30")
FIGURES = Figures(
    late=Deviation(0, (Grade("TL1", 30), Grade("TL2", None))),
    early=Deviation(0, (Grade("PSW1", 30), Grade("PSW2", None))),
    apart=timedelta(minutes=30),
    flexi=0,
    leaving_from=timedelta(hours=2),
)
RULES = Rules(
    id=PackId("uji 2020-01-01 #0"),
    title="Uji",
    title_en="Test",
    valid_from=SINCE,
    hours={
        "five_day": Hours("five_day", (*(_WORK,) * 4, _FRIDAY, None, None), (*(_FASTING,) * 5, None, None)),
        "six_day": Hours(
            "six_day", (*(_SIX,) * 4, hours("07:30", "11:00"), hours("07:30", "13:00"), None), None
        ),
    },
    usual_hours="five_day",
    opens=time(6),
    closes=time(23),
    shift_before=timedelta(hours=1),
    shift_after=timedelta(hours=3),
    figures=FIGURES,
    gatherings=(),
    excuse_order=tuple(ExcuseCode),
    ladder=Ladder("uji", (), None, None),
    deductions=None,
    clauses={},
)
PLAIN = CityFacts(MONDAY, MONDAY, (), shifts=SHIFTS)
"""The city's facts without rosters; `city` adds them."""


def at(clock: str, day: date = MONDAY) -> datetime:
    """City time "07:31" of the day, in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def entry(codes: str, day: date = MONDAY, *, on_call: bool = False, person: PersonId = PERSON) -> ShiftEntry:
    """A roster's cell: "P", "P+S", "" for free."""
    return ShiftEntry(person, day, tuple(filter(None, codes.split("+"))), on_call, "jadwal")


def marked(
    kind: CalendarKind, unit_id: UnitId | None = None, day: date = MONDAY, last: date | None = None
) -> CalendarEntry:
    """A calendar entry of one day, or through `last`."""
    return CalendarEntry(day, last or day, kind, kind.value, unit_id, "SK")


def works(unit_id: UnitId, name: str, *, holidays: bool = False, since: date = SINCE) -> WorkPattern:
    """A unit's work pattern."""
    return WorkPattern(unit_id, name, holidays, since, None)


@dataclass(frozen=True)
class Life:
    """Where the people are placed and which PINs they have, over time."""

    placements: Sequence[Placement] = (
        Placement(PERSON, OFFICE, SINCE, None),
        Placement(COLLEAGUE, OFFICE, SINCE, None),
    )
    enrollments: Sequence[Enrollment] = (
        Enrollment(PERSON, Pin("1"), None, SINCE, None),
        Enrollment(COLLEAGUE, Pin("2"), None, SINCE, None),
    )
    terminals: tuple[Terminal, ...] = TERMINALS

    def at(self, unit_id: UnitId) -> Life:
        """The person placed at `unit_id` all the time."""
        return replace(self, placements=(Placement(PERSON, unit_id, SINCE, None), *self.placements[1:]))

    def roster(self, day: date) -> Roster:
        """What holds on `day`, as the store would say."""
        placed = tuple(place for place in self.placements if _holds(place, day))
        serving = {place.person_id for place in placed}
        return Roster(
            day=day,
            units=UNITS,
            people=tuple(
                Person(person, Nip(f"19800101200501{person:04d}"), f"Orang {person}", "", "")
                for person in (PERSON, COLLEAGUE)
                if person in serving
            ),
            placements=placed,
            enrollments=tuple(known for known in self.enrollments if _holds(known, day)),
            terminals=self.terminals,
        )


def _holds(dated: Placement | Enrollment, day: date) -> bool:
    return dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)


def city(
    facts: CityFacts = PLAIN,
    life: Life | None = None,
    rules: Iterable[Rules] = (RULES,),
    *,
    first: date = MONDAY,
    last: date | None = None,
) -> Assembler:
    """The assembler of `facts` for `first` through `last`, with a roster of its own for each day."""
    life = life or Life()
    last = last or first
    days = [first + number * DAY for number in range(-1, (last - first).days + 2)]
    rosters = tuple(RosterSpan(day, day, life.roster(day)) for day in days)
    dated = replace(facts, first=first, last=last, rosters=rosters)
    return Assembler(dated, RuleBook(tuple(rules)), ZONE)


def worked(duty: Duty) -> DutyDay:
    """The duty, of which the test says that there is one."""
    assert isinstance(duty, DutyDay), duty
    return duty


def free(duty: Duty) -> NoDuty:
    """The duty, of which the test says that there is none."""
    assert isinstance(duty, NoDuty), duty
    return duty


def read_all(until: datetime, *ids: TerminalId) -> dict[TerminalId, Horizon]:
    """Terminals read through `until`; all of the city when none are named."""
    names = ids or tuple(each.id for each in TERMINALS)
    return {terminal_id: Horizon(terminal_id, True, until, None) for terminal_id in names}


READ = read_all(at("23:59"))


def day_of(facts: CityFacts = PLAIN, life: Life | None = None, day: date = MONDAY) -> PersonDay:
    """The facts of the person's date, without punches and with everything read."""
    return city(facts, life, first=day).person_day(PERSON, day, (), READ)


def travel(*, place: UnitId | None = HOSPITAL, first: date = MONDAY) -> Excuse:
    """The person is sent elsewhere for a day."""
    return Excuse(PERSON, ExcuseCode.DL, first, first, "ST", place=place)
