"""The roster as the store holds it, read into the words of roster files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, time
from typing import TypeVar

from sqlalchemy import Connection, select

from attendance.ids import Nip, Pin, SerialNumber
from attendance.people import ExcuseCode, UnitKind
from attendance.terminal import Follow
from store import day_tables, schema
from store.importing.current_days import DayReader
from store.importing.facts import ExcuseFact, PersonFact, PinOwner, RosterState, TerminalFact, UnitFact
from store.importing.periods import Period

K = TypeVar("K")
V = TypeVar("V")


def read_state(connection: Connection, roster_days: tuple[date, date] | None = None) -> RosterState:
    """The whole roster, within the caller's transaction; shift entries of `roster_days` only."""
    codes: dict[int, str] = {row.id: row.code for row in connection.execute(select(schema.units))}
    units = {
        row.code: UnitFact(
            row.code, row.name, row.short_name, UnitKind(row.kind), codes.get(row.parent_id), row.office
        )
        for row in connection.execute(select(schema.units))
    }
    serials: dict[int, SerialNumber] = {}
    terminals: dict[SerialNumber, TerminalFact] = {}
    for row in connection.execute(select(schema.terminals)):
        serials[row.id] = SerialNumber(row.serial)
        terminals[serials[row.id]] = TerminalFact(
            serials[row.id],
            row.name,
            codes[row.unit_id],
            row.address,
            row.port,
            row.driver,
            Follow(row.follow),
            row.interval,
            row.district,
        )
    nips: dict[int, Nip] = {}
    people: dict[Nip, PersonFact] = {}
    for row in connection.execute(select(schema.people)):
        nips[row.id] = Nip(row.nip)
        people[nips[row.id]] = PersonFact(nips[row.id], row.name, row.title_before, row.title_after)
    enrolled = [
        (
            PinOwner(nips[row.person_id], Pin(row.pin), serials.get(row.terminal_id)),
            Period(None, row.valid_from, row.valid_to),
            row.effective_at,
        )
        for row in connection.execute(select(schema.enrollments).order_by(schema.enrollments.c.valid_from))
    ]
    return RosterState(
        units=units,
        terminals=terminals,
        people=people,
        placements=_grouped(
            (nips[row.person_id], Period(codes[row.unit_id], row.valid_from, row.valid_to))
            for row in connection.execute(select(schema.placements).order_by(schema.placements.c.valid_from))
        ),
        enrollments=_grouped((owner, period) for owner, period, _ in enrolled),
        effective={
            (owner, period.first): effective_at
            for owner, period, effective_at in enrolled
            if effective_at is not None
        },
        excuses=_grouped(
            (
                nips[row.person_id],
                ExcuseFact(
                    nips[row.person_id],
                    ExcuseCode(row.code),
                    row.first_day,
                    row.last_day,
                    row.reference,
                    None if row.first_time is None else time.fromisoformat(row.first_time),
                    None if row.last_time is None else time.fromisoformat(row.last_time),
                    codes.get(row.place_id),
                ),
            )
            for row in connection.execute(
                select(day_tables.excuses)
                .where(day_tables.excuses.c.withdrawn_at.is_(None))
                .order_by(day_tables.excuses.c.id)
            )
        ),
        days=DayReader(connection, codes, serials, nips).read(roster_days),
    )


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
