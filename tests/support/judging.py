"""Duties, horizons and facts for the tests of the judgement, around the standard Monday."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.day_result import DayResult
from attendance.duty import Duty, DutyDay, Gathering, NoDuty, OffReason, Spell
from attendance.facts import ExcuseSpan, Horizon, Mark, PersonDay, Reach
from attendance.ids import PersonId, PunchId, TerminalId, UnitId
from attendance.judgement import judge
from attendance.people import ExcuseCode, Outage, OutageCause, SiteOutage
from attendance.rules import Deviation, Figures, Grade, PackId

ZONE = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
FRESHNESS = timedelta(minutes=3)
PERSON = PersonId(1)
PACK = PackId("standard 2023-04-13 #1a2b3c4d")
HOME = frozenset((TerminalId(1), TerminalId(2), TerminalId(3)))
AWAY = TerminalId(9)

LATE = Deviation(0, (Grade("TL1", 30), Grade("TL2", 60), Grade("TL3", 90), Grade("TL4", None)))
EARLY = Deviation(0, (Grade("PSW1", 30), Grade("PSW2", 60), Grade("PSW3", 90), Grade("PSW4", None)))


def at(clock: str, day: date = MONDAY) -> datetime:
    """City time "07:31" or "07:31:05" of the day, in UTC; "+1 07:31" is on the day after."""
    if clock.startswith("+1 "):
        clock, day = clock[3:], day + timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def figures(*, tolerance: int = 0, flexi: int = 0) -> Figures:
    """The standard figures, with minutes forgiven or to be made up."""
    late = Deviation(tolerance, LATE.grades)
    return Figures(late, EARLY, timedelta(minutes=30), flexi, timedelta(hours=2))


def spell(start: str, end: str, opens: str, closes: str, shift: str | None = None) -> Spell:
    """A spell of work; times as `at` takes them."""
    return Spell(at(start), at(end), at(opens), at(closes), shift)


OFFICE = spell("07:30", "16:00", "06:00", "23:00")
MORNING = spell("07:00", "11:00", "06:00", "14:00", "P")
EVENING = spell("18:00", "22:00", "17:00", "+1 01:00", "M")
NIGHT = spell("21:00", "+1 07:00", "20:00", "+1 10:00", "M")


def duty(*spells: Spell, of: Figures | None = None, gatherings: tuple[Gathering, ...] = ()) -> DutyDay:
    """The standard Monday, or the given spells."""
    hours = "shift" if spells and spells[0].shift else "five_day"
    return DutyDay(MONDAY, spells or (OFFICE,), of or figures(), PACK, hours, gatherings=gatherings)


def off(reason: OffReason = OffReason.WEEKLY, name: str = "") -> NoDuty:
    """A Monday without duty."""
    return NoDuty(MONDAY, reason, PACK, name)


ROLL_CALL = Gathering("APEL", "Apel Senin", at("07:30"), at("06:30"), at("07:45"))


def outage(start: str, end: str | None = None, cause: OutageCause = OutageCause.POWER) -> Outage:
    """An outage of terminal 1."""
    return Outage(TerminalId(1), cause, at(start), at(end) if end else None, "surat 1")


def site_outage(start: str, end: str | None = None) -> SiteOutage:
    """A power cut of the whole site."""
    return SiteOutage(UnitId(1), OutageCause.POWER, at(start), at(end) if end else None, "surat 2")


def horizon(
    read: str | None = None,
    *,
    terminal: int = 1,
    online: bool = True,
    since: str | None = None,
    outages: tuple[Outage, ...] = (),
) -> Horizon:
    """A terminal read through `read`; offline since `since`."""
    return Horizon(
        TerminalId(terminal), online, at(read) if read else None, at(since) if since else None, outages
    )


def reach(
    *horizons: Horizon,
    has_pin: bool = True,
    pin_from: str | None = None,
    outages: tuple[SiteOutage, ...] = (),
) -> Reach:
    """Terminals 1 to 3 at home; none without horizons."""
    home = HOME if horizons else frozenset[TerminalId]()
    return Reach(has_pin, horizons, at(pin_from) if pin_from else None, outages, home)


def marks(*punches: str, terminal: int = 1) -> tuple[Mark, ...]:
    """Punches at one terminal, numbered from 1."""
    return tuple(Mark(at(clock), TerminalId(terminal), PunchId(n)) for n, clock in enumerate(punches, 1))


def excuse(
    code: ExcuseCode = ExcuseCode.CT, start: str | None = None, end: str | None = None, letter: str = "800/1"
) -> ExcuseSpan:
    """An excuse for the day, or a part of it."""
    return ExcuseSpan(code, at(start) if start else None, at(end) if end else None, letter)


def correction(
    kind: CorrectionKind,
    clock: str | None = None,
    *,
    number: int = 7,
    punch: int | None = None,
    code: str = "",
) -> Correction:
    """A correction entered the next morning."""
    return Correction(
        id=CorrectionId(number),
        person_id=PERSON,
        day=MONDAY,
        kind=kind,
        at=at(clock) if clock else None,
        punch_id=None if punch is None else PunchId(punch),
        code=code,
        undoes=None,
        reason="lupa",
        reference="surat 3",
        entered_at=at("+1 09:00"),
        entered_by="bkd",
    )


def facts(
    *horizons: Horizon,
    punches: Sequence[str] = (),
    on: Duty | None = None,
    excuses: Iterable[ExcuseSpan] = (),
    corrections: Iterable[Correction] = (),
    reached: Reach | None = None,
) -> PersonDay:
    """A person with the standard Monday's duty."""
    return PersonDay(
        person_id=PERSON,
        duty=on or duty(),
        reach=reached or reach(*horizons),
        marks=marks(*punches),
        excuses=tuple(excuses),
        corrections=tuple(corrections),
        local=(at("00:00"), at("+1 00:00")),
    )


def judged(day: PersonDay, clock: str = "+1 12:00") -> DayResult:
    """The result at that time; when nothing is said, at noon of the day after."""
    return judge(day, at(clock), FRESHNESS)
