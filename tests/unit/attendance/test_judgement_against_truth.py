"""The judgement against the simulators' ground truth, written from the rules, not from this code.

The truth knows nothing of forgotten punches and of strays: figures and punches leave both out, as far as they
can.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random

from attendance.day_result import DayStatus
from attendance.duty import Duty, DutyDay, OffReason, Spell
from attendance.facts import ExcuseSpan, Horizon, Mark, PersonDay, Reach
from attendance.ids import PunchId, TerminalId
from attendance.judgement import judge
from attendance.people import USUAL_CODE, ExcuseKind
from simulators.truth import (
    DarkWindow,
    GroundTruth,
    TruthPerson,
    TruthPunch,
    TruthStatus,
    TruthWork,
    usual_work,
)
from tests.support.judging import FRESHNESS, MONDAY, PACK, PERSON, ZONE, at, figures, off

SERIALS = ("A", "B", "C")
HOME = ("A", "B")
"""The terminals that the person may use."""
NIP = "198001012005011001"
DAYS = [MONDAY, MONDAY + timedelta(days=4)]
EDGES = ["06:00", "07:30", "07:31", "08:01", "12:00", "15:59", "16:00", "16:30", "23:00"]
NEVER_A_LEAVING = replace(figures(), leaving_from=timedelta(hours=-8))


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


def city(moment: datetime) -> datetime:
    """A naive moment of the truth, which is city time."""
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


def horizon(truth: GroundTruth, serial: str, now: datetime) -> Horizon:
    """What a collector that reads without delay would know of the terminal."""
    cut = next((window for window in truth.dark if window.serial == serial and window.covers(now)), None)
    return Horizon(
        TerminalId(SERIALS.index(serial) + 1),
        online=cut is None,
        read_through=city(now if cut is None else cut.start),
        offline_since=None if cut is None else city(cut.start),
    )


def duty_of(work: TruthWork | None) -> Duty:
    if work is None:
        return off(OffReason.WEEKLY)
    spell = Spell(city(work.starts), city(work.ends), city(work.opens), city(work.closes))
    return DutyDay(work.starts.date(), (spell,), NEVER_A_LEAVING, PACK, "five_day")


def facts_of(truth: GroundTruth, now: datetime) -> PersonDay:
    """What the product would know of that day at `now`."""
    (person,) = truth.people
    work = usual_work(truth.day)
    return PersonDay(
        PERSON,
        duty_of(work),
        Reach(
            person.has_pin,
            tuple(horizon(truth, serial, now) for serial in HOME),
            home=frozenset(TerminalId(SERIALS.index(serial) + 1) for serial in HOME),
        ),
        [
            Mark(city(punch.at), TerminalId(SERIALS.index(punch.serial) + 1), PunchId(number))
            for number, punch in enumerate(truth.punches)
            if punch.readable_from is not None
            and punch.readable_from <= now
            and work is not None
            and work.opens <= punch.at < work.closes
        ],
        ()
        if person.excuse is None
        else (ExcuseSpan(USUAL_CODE[ExcuseKind(person.excuse)], None, None, "800/1"),),
    )


def only_left(facts: PersonDay, now: datetime) -> bool:
    """Whether every punch was made after the end of work: for the truth somebody who came very late."""
    assert isinstance(facts.duty, DutyDay)
    seen = [mark.at for mark in facts.marks if mark.at <= now]
    return bool(seen) and min(seen) >= facts.duty.spells[0].end


def said_and_true(seed: int) -> TruthStatus:
    """Judge one example, compare with its truth, and tell which state it was."""
    truth, now = example(Random(seed))
    facts = facts_of(truth, now)
    result = judge(facts, city(now), FRESHNESS)
    expected = truth.state_at(NIP, now)
    if result.status is DayStatus.PRESENT and only_left(facts, city(now)):
        return expected.status
    assert result.status.value == expected.status.value, f"seed {seed}"
    assert expected.minutes is None or result.late == expected.minutes, f"seed {seed}"
    return expected.status


def test_what_is_said_of_a_person_is_the_truth() -> None:
    met = Counter(said_and_true(seed) for seed in range(4000))
    assert set(met) == set(TruthStatus) - {TruthStatus.OFF}, "every state was met"


def test_a_day_off_is_a_day_off_in_truth_too() -> None:
    truth = GroundTruth(MONDAY + timedelta(days=5), [TruthPerson(NIP, HOME, True, None)], [], [])
    noon = datetime.combine(truth.day, time(12))
    assert truth.state_at(NIP, noon).status is TruthStatus.OFF
    assert judge(facts_of(truth, noon), city(noon), FRESHNESS).status.value == TruthStatus.OFF.value
