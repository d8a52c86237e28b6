"""Two readings of one rule: the ground truth's, and the product's own roster, schedule and board.

The store and the network are left out: horizons are those of terminals read without delay.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from attendance.board import Horizon, PersonDay, Reach, project
from attendance.ids import Nip, PersonId, Pin, SerialNumber, TerminalId, UnitId
from attendance.people import Enrollment, ExcuseKind, Person, Placement, Unit, UnitKind
from attendance.roster import Roster, RosterIndex
from attendance.terminal import Follow, Terminal
from simulators.scenario import Scenario, build
from simulators.truth import TruthState, TruthStatus
from tests.support.days import FRESHNESS, SCHEDULE, ZONE

CLOCKS = (
    "05:00",
    "06:45",
    "07:20:30",
    "07:30:59",
    "07:31",
    "07:49:59",
    "07:50",
    "08:00",
    "12:00",
    "22:00",
    "23:30",
)


def index(scenario: Scenario) -> RosterIndex:
    city = scenario.city
    units = {unit.code: UnitId(number) for number, unit in enumerate(city.units, 1)}
    terminals = {terminal.serial: TerminalId(number) for number, terminal in enumerate(city.terminals, 1)}
    people = {person.nip: PersonId(number) for number, person in enumerate(city.people, 1)}
    return RosterIndex(
        Roster(
            scenario.day,
            tuple(
                Unit(
                    units[unit.code],
                    unit.code,
                    unit.name,
                    unit.short_name,
                    UnitKind(unit.kind),
                    units[unit.parent_code] if unit.parent_code else None,
                    unit.office,
                )
                for unit in city.units
            ),
            tuple(
                Person(people[p.nip], Nip(p.nip), p.name, p.title_before, p.title_after) for p in city.people
            ),
            tuple(Placement(people[p.nip], units[p.unit_code], p.since, None) for p in city.people),
            tuple(
                Enrollment(
                    people[entry.nip],
                    Pin(entry.pin),
                    terminals[entry.serial] if entry.serial else None,
                    entry.valid_from,
                    None,
                )
                for entry in scenario.enrollments
            ),
            tuple(
                Terminal(
                    terminals[plan.serial],
                    SerialNumber(plan.serial),
                    plan.name,
                    units[plan.unit_code],
                    "127.0.0.1",
                    4370,
                    "zk-tcp",
                    Follow.LIVE,
                    None,
                    True,
                )
                for plan in city.terminals
            ),
        )
    )


def utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


def judged(scenario: Scenario, roster: RosterIndex, moment: datetime) -> dict[str, TruthState]:
    """What the product's judgement makes of everything readable at `moment`."""
    known: dict[PersonId, list[datetime]] = {}
    by_serial = {terminal.serial: terminal.id for terminal in roster.roster.terminals}
    readable = scenario.truth.punch_keys(moment)
    for serial, pin, device_time in readable:
        owner = roster.person_by_pin(by_serial[SerialNumber(serial)], Pin(pin))
        if owner is not None:
            known.setdefault(owner, []).append(utc(device_time))
    dark = {by_serial[SerialNumber(w.serial)]: w for w in scenario.dark if w.covers(moment)}
    excuses = {
        entry.nip: ExcuseKind(entry.kind)
        for entry in scenario.excuses
        if entry.first_day <= scenario.day <= entry.last_day
    }

    def horizon(terminal: TerminalId) -> Horizon:
        if (window := dark.get(terminal)) is None:
            return Horizon(terminal, True, utc(moment), None)
        return Horizon(terminal, False, utc(window.start), utc(window.start))

    states = {}
    for person in roster.roster.people:
        facts = PersonDay(
            person.id,
            SCHEDULE.duty_on(scenario.day, ZONE),
            known.get(person.id, []),
            excuses.get(person.nip),
            Reach(
                roster.has_pin(person.id),
                tuple(horizon(terminal) for terminal in roster.terminals_of(person.id)),
            ),
        )
        row = project(facts, utc(moment), FRESHNESS)
        status = TruthStatus(row.status.value)
        states[str(person.nip)] = TruthState(status, row.minutes if status is TruthStatus.LATE else None)
    return states


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 28)])
def test_the_truth_and_the_board_say_the_same_of_everybody_all_day(day: date) -> None:
    scenario = build(21, day, people=900, terminals=40)
    roster = index(scenario)
    for clock in CLOCKS:
        moment = datetime.combine(day, time.fromisoformat(clock))
        assert judged(scenario, roster, moment) == scenario.truth.states_at(moment), clock


def test_usable_terminals_are_those_of_the_roster() -> None:
    scenario = build(21, date(2026, 11, 23))
    roster = index(scenario)
    serial_of = {terminal.id: terminal.serial for terminal in roster.roster.terminals}
    for person in roster.roster.people:
        expected = set(scenario.usable_terminals[person.nip])
        assert {serial_of[terminal] for terminal in roster.terminals_of(person.id)} == expected


def test_every_minute_of_the_rush_agrees() -> None:
    scenario = build(3, date(2026, 11, 23), people=300, terminals=12)
    roster = index(scenario)
    moment = datetime(2026, 11, 23, 7, 15)
    while moment < datetime(2026, 11, 23, 8, 0):
        assert judged(scenario, roster, moment) == scenario.truth.states_at(moment), moment
        moment += timedelta(minutes=1)
