"""The judgement against the simulators' ground truth, written from the rules, not from this code."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.board import Horizon, PersonDay, Reach, project
from attendance.ids import TerminalId
from attendance.people import ExcuseKind
from simulators.truth import DarkWindow, GroundTruth, TruthPerson, TruthPunch
from tests.support.days import FRESHNESS, MONDAY, PERSON, SCHEDULE, ZONE, at

SERIALS = ("A", "B", "C")
HOME = ("A", "B")
"""The terminals that the person may use."""
NIP = "198001012005011001"
DAYS = [MONDAY, MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)]

EDGES = ["06:00", "07:30", "07:31", "08:01", "12:00", "15:59", "16:00", "16:30", "23:00"]
clocks = st.one_of(
    st.integers(0, 24 * 3600 - 1).map(lambda seconds: timedelta(seconds=seconds)),
    st.tuples(st.sampled_from(EDGES), st.integers(-70, 70)).map(
        lambda edge: at(edge[0]) - at("00:00") + timedelta(seconds=edge[1])
    ),
).filter(lambda clock: timedelta() <= clock < timedelta(days=1))


@st.composite
def truths(draw: st.DrawFn) -> tuple[GroundTruth, datetime]:
    day = draw(st.sampled_from(DAYS))
    midnight = datetime.combine(day, datetime.min.time())
    dark = []
    for serial in SERIALS:
        if draw(st.booleans()):
            start = midnight + draw(clocks)
            length = draw(st.none() | st.timedeltas(timedelta(minutes=1), timedelta(hours=8)))
            dark.append(DarkWindow(serial, start, None if length is None else start + length))
    punches = []
    for _ in range(draw(st.integers(0, 4))):
        serial, pressed = draw(st.sampled_from(SERIALS)), midnight + draw(clocks)
        cut = next((window for window in dark if window.serial == serial and window.covers(pressed)), None)
        readable = pressed if cut is None else cut.end
        punches.append(TruthPunch(serial, "1", pressed, pressed, readable, NIP))
    excuse = draw(st.none() | st.sampled_from([kind.value for kind in ExcuseKind]))
    person = TruthPerson(NIP, HOME, draw(st.booleans()), excuse)
    return GroundTruth(day, [person], punches, dark), midnight + draw(clocks)


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


@settings(max_examples=500)
@given(truths())
def test_what_is_said_of_a_person_is_the_truth(example: tuple[GroundTruth, datetime]) -> None:
    truth, now = example
    (person,) = truth.people
    facts = PersonDay(
        PERSON,
        SCHEDULE.duty_on(truth.day, ZONE),
        [
            punch.at.replace(tzinfo=ZONE)
            for punch in truth.punches
            if punch.readable_from is not None and punch.readable_from <= now
        ],
        None if person.excuse is None else ExcuseKind(person.excuse),
        Reach(person.has_pin, tuple(horizon(truth, serial, now) for serial in HOME)),
    )
    row = project(facts, now.replace(tzinfo=ZONE), FRESHNESS)
    expected = truth.state_at(NIP, now)
    assert row.status.value == expected.status.value
    assert expected.minutes is None or row.minutes == expected.minutes
