"""Many punches in few statements: the one place where the two engines write differently.

Both do the same: insert what is new; where the punch is there already, note the log generation in which it
was now found, if that was not noted yet. What came of it is told apart per terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from operator import attrgetter

from sqlalchemy import Connection

from attendance.ids import Pin, TerminalId
from attendance.punch import Punch
from store.address import Dialect
from store.moments import utc_moment, utc_number

CAPTURE_VALUE = attrgetter("_value_")
"""The text of a `Capture`, without the cost of its property."""


@dataclass(frozen=True, slots=True)
class Group:
    """One terminal's punches; `generation` is that of the log they were read from, None for any other way."""

    terminal_id: TerminalId
    punches: Sequence[Punch]
    generation: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one group. The rest of its punches were known, or repeat another of the group."""

    inserted: int = 0
    proved: int = 0
    """Rows that were there, and are now marked with the group's generation for the first time."""
    lo: int | None = None
    """Of the inserted rows: lowest and highest id, earliest and latest moment."""
    hi: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def write(connection: Connection, dialect: Dialect, groups: Sequence[Group]) -> dict[TerminalId, Outcome]:
    """Write the groups, at most one a terminal. A terminal to which nothing happened may be left out."""
    some = [group for group in groups if group.punches]
    if not some:
        return {}
    return _into_postgres(connection, some) if dialect == "postgresql" else _into_sqlite(connection, some)


SQLITE_INSERT = """
    INSERT INTO punches
        (terminal_id, pin, device_time, at, received_at, verify, state, work_code, capture, log_generation)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (terminal_id, device_time, pin) DO UPDATE SET log_generation = excluded.log_generation
    WHERE excluded.log_generation IS NOT NULL AND punches.log_generation IS NOT excluded.log_generation
"""

SQLITE_OUTCOME = "SELECT count(*), min(id), max(id), min(at), max(at) FROM punches WHERE id > ?"


def _into_sqlite(connection: Connection, groups: Sequence[Group]) -> dict[TerminalId, Outcome]:
    """One writer at a time, and no row ever deleted: what was inserted lies above the highest id before."""
    raw = connection.connection.driver_connection
    assert raw is not None
    outcomes = {}
    for group in groups:
        (before,) = raw.execute("SELECT coalesce(max(id), 0) FROM punches").fetchone()
        changes = raw.total_changes
        terminals, pins, device_times, at, received, verify, state, work_codes, captures = zip(
            *group.punches, strict=True
        )
        received_numbers = {moment: utc_number(moment) for moment in set(received)}
        raw.executemany(
            SQLITE_INSERT,
            zip(
                terminals,
                pins,
                map(datetime.isoformat, device_times),
                map(utc_number, at),
                map(received_numbers.__getitem__, received),
                verify,
                state,
                work_codes,
                map(CAPTURE_VALUE, captures),
                repeat(group.generation),
            ),
        )
        written = raw.total_changes - changes
        inserted, lo, hi, since, until = raw.execute(SQLITE_OUTCOME, (before,)).fetchone()
        outcomes[group.terminal_id] = Outcome(
            inserted=inserted,
            proved=written - inserted,
            lo=lo,
            hi=hi,
            since=None if since is None else utc_moment(since),
            until=None if until is None else utc_moment(until),
        )
    return outcomes


POSTGRES_INSERT = """
    WITH written AS (
        INSERT INTO punches (
            terminal_id, pin, device_time, at, received_at,
            verify, state, work_code, capture, log_generation
        )
        SELECT
            kind.terminal_id, given.pin, given.device_time, given.at, kind.received_at,
            kind.verify, kind.state, kind.work_code, kind.capture, kind.log_generation
        FROM unnest(%b::text[], %b::timestamp[], %b::timestamptz[], %b::integer[])
            AS given (pin, device_time, at, kind)
        JOIN unnest(
            %b::bigint[], %b::integer[], %b::timestamptz[],
            %b::integer[], %b::integer[], %b::text[], %b::text[]
        ) WITH ORDINALITY
            AS kind (terminal_id, log_generation, received_at, verify, state, work_code, capture, number)
            ON kind.number = given.kind
        ON CONFLICT (terminal_id, device_time, pin) DO UPDATE SET log_generation = excluded.log_generation
        WHERE excluded.log_generation IS NOT NULL
            AND punches.log_generation IS DISTINCT FROM excluded.log_generation
        RETURNING id, terminal_id, at, xmax = 0 AS fresh
    )
    SELECT
        terminal_id, count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh),
        min(id) FILTER (WHERE fresh), max(id) FILTER (WHERE fresh),
        min(at) FILTER (WHERE fresh), max(at) FILTER (WHERE fresh)
    FROM written GROUP BY terminal_id
"""
"""`given` is one row a punch; `kind` holds what the punches of one reading mostly have in common, once.
`xmax = 0` tells an inserted row from one that ON CONFLICT updated.
"""

Kind = tuple[TerminalId, int | None, datetime, int, int, str, str]


def _into_postgres(connection: Connection, groups: Sequence[Group]) -> dict[TerminalId, Outcome]:
    """COPY for the many punches of a span of time that is new altogether; one statement for all others."""
    copied = {group.terminal_id: outcome for group in groups if (outcome := _copied(connection, group))}
    rest = [group for group in groups if group.terminal_id not in copied]
    return copied | _merged(connection, rest) if rest else copied


COPY_PUNCHES = 1_000
"""From so many on, the three questions of a COPY cost less than what it saves."""

POSTGRES_KNOWN = """
    SELECT EXISTS (SELECT FROM punches WHERE terminal_id = %b AND device_time BETWEEN %b AND %b)
"""

POSTGRES_COPY = """
    COPY punches (
        terminal_id, pin, device_time, at, received_at, verify, state, work_code, capture, log_generation
    ) FROM STDIN (FORMAT BINARY)
"""
COPY_TYPES = (
    "int8",
    "text",
    "timestamp",
    "timestamptz",
    "timestamptz",
    "int4",
    "int4",
    "text",
    "text",
    "int4",
)

POSTGRES_OUTCOME = """
    SELECT count(*), min(id), max(id), min(at), max(at) FROM punches
    WHERE terminal_id = %b AND device_time BETWEEN %b AND %b
"""


def _copied(connection: Connection, group: Group) -> Outcome | None:
    """Copy the group in, at half the cost of ON CONFLICT; None, and nothing done, where one might arise.

    None can: the caller has locked the terminal's row (`store.cursors.lock`), so that nobody else adds to
    its punches before we commit; none of them lies in the group's span of time; and no two of the group are
    the same. What lies in that span afterwards is the group.
    """
    if len(group.punches) < COPY_PUNCHES:
        return None
    terminals, pins, device_times, at, received, verify, state, work_codes, captures = zip(
        *group.punches, strict=True
    )
    if len(set(zip(device_times, pins, strict=True))) < len(pins):
        return None
    span = (group.terminal_id, min(device_times), max(device_times))
    if connection.exec_driver_sql(POSTGRES_KNOWN, span).scalar_one():
        return None
    raw = connection.connection.driver_connection
    assert raw is not None
    rows = zip(
        terminals,
        pins,
        device_times,
        at,
        received,
        verify,
        state,
        work_codes,
        map(CAPTURE_VALUE, captures),
        repeat(group.generation),
        strict=False,
    )
    with raw.cursor() as cursor, cursor.copy(POSTGRES_COPY) as copy:
        copy.set_types(COPY_TYPES)
        for row in rows:
            copy.write_row(row)
    inserted, lo, hi, since, until = connection.exec_driver_sql(POSTGRES_OUTCOME, span).one()
    return Outcome(inserted=inserted, lo=lo, hi=hi, since=since, until=until)


def _merged(connection: Connection, groups: Sequence[Group]) -> dict[TerminalId, Outcome]:
    """One statement for all groups; each has punches."""
    pins: list[Pin] = []
    device_times: list[datetime] = []
    at: list[datetime] = []
    kinds: dict[Kind, int] = {}
    numbers: list[int] = []
    for group in groups:
        columns = list(zip(*_firsts(group.punches), strict=True))
        pins += columns[1]
        device_times += columns[2]
        at += columns[3]
        common = zip(
            columns[0], repeat(group.generation), *columns[4:8], map(CAPTURE_VALUE, columns[8]), strict=False
        )
        numbers += [kinds.setdefault(kind, len(kinds) + 1) for kind in common]
    found = connection.exec_driver_sql(
        POSTGRES_INSERT, (pins, device_times, at, numbers, *map(list, zip(*kinds, strict=True)))
    )
    return {TerminalId(row[0]): Outcome(*row[1:]) for row in found}


def _firsts(punches: Sequence[Punch]) -> Sequence[Punch]:
    """The first of each key: PostgreSQL's statement may not touch a row twice."""
    if len({punch[1:3] for punch in punches}) == len(punches):
        return punches
    firsts: dict[tuple[Pin, datetime], Punch] = {}
    for punch in punches:
        firsts.setdefault((punch.pin, punch.device_time), punch)
    return list(firsts.values())
