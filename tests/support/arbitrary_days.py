"""Hypothesis strategies for a person's work date with everything that may touch it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from attendance.corrections import Correction, CorrectionKind
from attendance.duty import Duty, OffReason, Spell
from attendance.facts import ExcuseSpan, Horizon, Mark, PersonDay, Reach
from attendance.ids import PunchId, TerminalId, UnitId
from attendance.people import ExcuseCode, Outage, OutageCause, SiteOutage
from tests.support.judging import (
    EVENING,
    HOME,
    MORNING,
    NIGHT,
    OFFICE,
    PERSON,
    ROLL_CALL,
    at,
    correction,
    duty,
    figures,
    off,
    spell,
)

EDGES = (
    "06:00",
    "07:00",
    "07:30",
    "07:31",
    "07:45",
    "14:00",
    "16:00",
    "21:00",
    "23:00",
    "+1 00:00",
    "+1 01:00",
)

_anywhere = st.integers(0, 36 * 3600).map(lambda seconds: at("00:00") + timedelta(seconds=seconds))
# Moments around the boundaries are where mistakes live.
_edges = st.sampled_from(EDGES).flatmap(
    lambda clock: st.integers(-2, 2).map(lambda seconds: at(clock) + timedelta(seconds=seconds))
)
moments = st.one_of(_anywhere, _edges)

_BRIDGED = (
    replace(MORNING, bridged_after=True),
    replace(spell("12:00", "16:00", "11:00", "17:00", "S"), bridged_before=True, bridged_after=True),
    replace(EVENING, opens=at("16:30"), bridged_before=True),
)
DUTIES: tuple[Duty, ...] = (
    duty(),
    duty(OFFICE, of=figures(tolerance=5, flexi=30), gatherings=(ROLL_CALL,)),
    duty(OFFICE, of=figures(flexi=30)),
    duty(MORNING, EVENING),
    duty(*_BRIDGED),
    duty(NIGHT),
    duty(replace(NIGHT, bridged_before=True, bridged_after=True)),
    off(),
    off(OffReason.UNPLANNED),
    replace(off(OffReason.HOLIDAY, "HUT RI"), gatherings=(ROLL_CALL,)),
)
duties = st.sampled_from(DUTIES)
CUT_SHORT = (duty(), duty(OFFICE, of=figures(tolerance=5, flexi=30)), duty(NIGHT))
LONG_AFTER = at("+1 23:00")
ALL_READ = Reach(True, (Horizon(TerminalId(1), True, LONG_AFTER, None),), home=HOME)


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    """An outage of some terminal; ended or not."""
    start = draw(moments)
    end = draw(st.none() | st.timedeltas(timedelta(0), timedelta(hours=5)).map(lambda length: start + length))
    return Outage(TerminalId(1), draw(st.sampled_from(OutageCause)), start, end, "")


@st.composite
def horizons(draw: st.DrawFn) -> Horizon:
    """A terminal at home or of a former office, read, dark, or never read."""
    return Horizon(
        TerminalId(draw(st.integers(1, 4))),
        draw(st.booleans()),
        draw(st.none() | moments),
        draw(st.none() | moments),
        tuple(draw(st.lists(outages(), max_size=2))),
    )


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    """Mostly somebody who can press, at up to three terminals."""
    seen = draw(st.lists(horizons(), max_size=3, unique_by=lambda horizon: horizon.terminal_id))
    cuts = draw(st.lists(outages(), max_size=1))
    return Reach(
        has_pin=draw(st.sampled_from([True, True, True, False])),
        horizons=tuple(seen),
        pin_from=draw(st.sampled_from([None, None, None, at("07:20"), at("12:00")])),
        outages=tuple(SiteOutage(UnitId(1), cut.cause, cut.starts_at, cut.ends_at, "") for cut in cuts),
        home=HOME if seen else frozenset(),
    )


marks = st.builds(Mark, moments, st.integers(1, 5).map(TerminalId), st.integers(1, 2**31).map(PunchId))


@st.composite
def excuses(draw: st.DrawFn) -> ExcuseSpan:
    """For the whole day or a part of it."""
    start, end = sorted(draw(st.tuples(moments, moments)))
    shape = draw(st.sampled_from(["whole", "from", "until", "between"]))
    return ExcuseSpan(
        draw(st.sampled_from(ExcuseCode)),
        start if shape in ("from", "between") else None,
        end if shape in ("until", "between") else None,
        "800/1",
    )


@st.composite
def hours_off(draw: st.DrawFn, span: Spell) -> ExcuseSpan:
    """An excuse for whole minutes within or around a spell of work."""
    length = (span.end - span.start) // timedelta(minutes=1)
    first, last = sorted(draw(st.tuples(st.integers(-30, length), st.integers(0, length + 30))))
    start, end = (span.start + timedelta(minutes=minutes) for minutes in (first, last))
    return ExcuseSpan(draw(st.sampled_from(ExcuseCode)), start, end, "800/1")


@st.composite
def days_cut_short(draw: st.DrawFn) -> PersonDay:
    """Somebody came late and left early, was excused for some hours, and every terminal vouches for it."""
    expected = draw(st.sampled_from(CUT_SHORT))
    (span,) = expected.spells
    seconds = st.integers(0, int((span.end - span.start).total_seconds()))
    pressed = sorted(draw(st.tuples(seconds, seconds)))
    return PersonDay(
        PERSON,
        expected,
        ALL_READ,
        tuple(
            Mark(span.start + timedelta(seconds=after), TerminalId(1), PunchId(number))
            for number, after in enumerate(pressed, 1)
        ),
        tuple(draw(st.lists(hours_off(span), max_size=3))),
    )


@st.composite
def corrections(draw: st.DrawFn) -> Correction:
    """Any that is in force."""
    kind = draw(st.sampled_from([kind for kind in CorrectionKind if kind is not CorrectionKind.UNDO]))
    number = draw(st.integers(1, 99))
    made = correction(kind, number=number, punch=draw(st.integers(1, 3)), code="APEL")
    if kind in (CorrectionKind.ARRIVAL, CorrectionKind.DEPARTURE):
        return replace(made, at=draw(moments), punch_id=None)
    return made


@st.composite
def person_days(draw: st.DrawFn, *, corrected: bool = True) -> PersonDay:
    """All facts about somebody's Monday, plain ones often."""
    seen = draw(st.lists(marks, max_size=4, unique_by=lambda mark: mark.punch_id))
    said = draw(st.lists(corrections(), max_size=2, unique_by=lambda one: one.id)) if corrected else []
    if said and seen:
        seen[0] = seen[0]._replace(punch_id=PunchId(1))
    return PersonDay(
        person_id=PERSON,
        duty=draw(duties),
        reach=draw(reaches()),
        marks=tuple(seen),
        excuses=tuple(draw(st.one_of(st.just([]), st.lists(excuses(), max_size=2)))),
        corrections=tuple(said),
        claimed=draw(st.sampled_from([(), ((at("00:00"), at("06:30")),), ((at("00:00"), at("07:00")),)])),
        local=draw(st.sampled_from([(at("00:00"), at("+1 00:00")), None])),
    )
