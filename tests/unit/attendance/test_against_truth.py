"""The judgement against the simulators' ground truth, written from the rules, not from this code."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random

from attendance.assembly import Assembler
from attendance.duty import Duty, DutyDay
from attendance.facts import ExcuseSpan, Horizon, Mark, PersonDay, Reach
from attendance.ids import PersonId, PunchId, TerminalId
from attendance.judgement import judge
from attendance.people import USUAL_CODE, ExcuseKind
from simulators.truth import DarkWindow, GroundTruth, TruthPerson, TruthPunch, TruthState, TruthStatus
from tests.support.boards import BOOK, city_facts
from tests.support.days import FRESHNESS, MONDAY, ZONE, at

SERIALS = ("A", "B", "C")
HOME = ("A", "B")
"""The terminals that the person may use."""
NIP = "198001012005011001"
FRIDAY = 4
DAYS = [MONDAY, MONDAY + timedelta(days=4)]

EDGES = ["06:00", "07:30", "07:31", "08:01", "12:00", "15:59", "16:00", "16:30", "23:00"]


def clock(rng: Random) -> timedelta:
    """A time of day; half of them close to where something begins or ends."""
    if rng.random() < 0.5:
        return timedelta(seconds=rng.randrange(5 * 3600, 24 * 3600))
    return at(rng.choice(EDGES)) - at("00:00") + timedelta(seconds=rng.randint(-70, 70))


def example(rng: Random) -> tuple[GroundTruth, datetime]:
    """A day of one person, and the moment at which it is judged."""
    day = rng.choice(DAYS)
    midnight = datetime.combine(day, datetime.min.time())
    dark = []
    for serial in SERIALS:
        if rng.random() < 0.3:
            start = midnight + clock(rng)
            ends = rng.choice([None, start + timedelta(minutes=rng.randint(1, 480))])
            dark.append(DarkWindow(serial, start, ends))
    punches = []
    for _ in range(rng.choice([0, 1, 2, 2, 3])):
        serial, pressed = rng.choice(SERIALS), midnight + clock(rng)
        cut = next((window for window in dark if window.serial == serial and window.covers(pressed)), None)
        readable = pressed if cut is None else cut.end
        punches.append(TruthPunch(serial, "1", pressed, pressed, readable, NIP))
    excuse = rng.choice([None, None, None, None, *(kind.value for kind in ExcuseKind)])
    person = TruthPerson(NIP, HOME, rng.random() < 0.9, excuse)
    return GroundTruth(day, [person], punches, dark), midnight + clock(rng)


def horizon(truth: GroundTruth, serial: str, now: datetime) -> Horizon:
    """What a collector that reads without delay would know of the terminal."""
    cut = next((window for window in truth.dark if window.serial == serial and window.covers(now)), None)
    read = now if cut is None else cut.start
    return Horizon(
        TerminalId(SERIALS.index(serial) + 1),
        online=cut is None,
        read_through=read.replace(tzinfo=ZONE),
        offline_since=None if cut is None else cut.start.replace(tzinfo=ZONE),
    )


def test_what_is_said_of_a_person_is_the_truth() -> None:
    met = Counter(said_and_true(seed) for seed in range(4000))
    assert set(met) == set(TruthStatus) - {TruthStatus.OFF}, "every state was met"


def test_a_day_off_is_a_day_off_in_truth_too() -> None:
    truth = GroundTruth(MONDAY + timedelta(days=5), [TruthPerson(NIP, HOME, True, None)], [], [])
    assert truth.state_at(NIP, datetime.combine(truth.day, time(8))).status is TruthStatus.OFF
    assert not isinstance(usual_duty(truth.day), DutyDay)


def usual_duty(day: date) -> Duty:
    return Assembler(city_facts(day=day), BOOK, ZONE).usual_duty(day)


DUTIES = {day: usual_duty(day) for day in DAYS}


def mildly(truth: GroundTruth, now: datetime) -> TruthState:
    """The truth as it may be said. Where presses outside the hours in which they count may be the coming or
    the leaving, or where somebody was first seen shortly before the end of work, a person has to say what
    they mean.
    """
    state = truth.state_at(NIP, now)
    known = [p.at for p in truth.punches if p.at <= now and p.readable_from and p.readable_from <= now]
    counted = [pressed for pressed in known if time(6) <= pressed.time() < time(23)]
    if state.status is TruthStatus.ABSENT and known:
        return TruthState(TruthStatus.WAITING)
    end = time(16, 30) if truth.day.weekday() == FRIDAY else time(16)
    leaving_from = datetime.combine(truth.day, end) - timedelta(hours=2)
    before, after = any(one.time() < time(6) for one in known), any(one.time() >= time(23) for one in known)
    together = bool(counted) and max(counted) - min(counted) < timedelta(minutes=30)
    left_only = together and max(counted) >= leaving_from
    past_work = bool(counted) and min(counted) >= datetime.combine(truth.day, end)
    if state.status is TruthStatus.LATE and (left_only or past_work):
        return TruthState(TruthStatus.PRESENT)
    if state.status is TruthStatus.LATE and before:
        # What remains to be said of such a day is its end.
        seven = datetime.combine(truth.day, time(7))
        in_time = TruthPunch(HOME[0], "1", seven, seven, seven, NIP)
        return mildly(GroundTruth(truth.day, truth.people, [*truth.punches, in_time], truth.dark), now)
    if state.status is TruthStatus.LEFT_EARLY and after:
        return TruthState(TruthStatus.PRESENT)
    return state


def said_and_true(seed: int) -> TruthStatus:
    """Judge one example, compare with its truth, and tell which state it was."""
    truth, now = example(Random(seed))
    (person,) = truth.people
    horizons = tuple(horizon(truth, serial, now) for serial in HOME)
    facts = PersonDay(
        PersonId(1),
        DUTIES[truth.day],
        Reach(person.has_pin, horizons, home=frozenset(one.terminal_id for one in horizons)),
        marks=[
            Mark(punch.at.replace(tzinfo=ZONE), TerminalId(SERIALS.index(punch.serial) + 1), PunchId(number))
            for number, punch in enumerate(truth.punches, 1)
            if punch.readable_from is not None and punch.readable_from <= now
        ],
        excuses=()
        if person.excuse is None
        else (ExcuseSpan(USUAL_CODE[ExcuseKind(person.excuse)], None, None),),
    )
    result = judge(facts, now.replace(tzinfo=ZONE), FRESHNESS)
    expected = mildly(truth, now)
    assert result.status.value == expected.status.value, f"seed {seed}"
    assert expected.minutes is None or result.late == expected.minutes, f"seed {seed}"
    return expected.status
