"""Many punches in few statements: the one place where the two engines write differently.

Both do the same: insert what is new; where the punch is there already, note the log generation in which it
was now found, if that was not noted yet. What came of it is told apart per terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from attendance.ids import Pin, TerminalId
from attendance.punch import Punch
from store.address import Dialect
from store.moments import naive_text, utc_text


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
    if not any(group.punches for group in groups):
        return {}
    return _into_postgres(connection, groups) if dialect == "postgresql" else _into_sqlite(connection, groups)


SQLITE_INSERT = """
    INSERT INTO punches
        (terminal_id, pin, device_time, at, received_at, verify, state, work_code, capture, log_generation)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (terminal_id, pin, device_time) DO UPDATE SET log_generation = excluded.log_generation
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
        generation = group.generation
        raw.executemany(
            SQLITE_INSERT,
            (
                (
                    punch.terminal_id,
                    punch.pin,
                    naive_text(punch.device_time),
                    utc_text(punch.at),
                    utc_text(punch.received_at),
                    punch.verify,
                    punch.state,
                    punch.work_code,
                    punch.capture.value,
                    generation,
                )
                for punch in group.punches
            ),
        )
        written = raw.total_changes - changes
        inserted, lo, hi, since, until = raw.execute(SQLITE_OUTCOME, (before,)).fetchone()
        outcomes[group.terminal_id] = Outcome(
            inserted=inserted,
            proved=written - inserted,
            lo=lo,
            hi=hi,
            since=datetime.fromisoformat(since) if since else None,
            until=datetime.fromisoformat(until) if until else None,
        )
    return outcomes


POSTGRES_INSERT = """
    WITH written AS (
        INSERT INTO punches (
            terminal_id, pin, device_time, at, received_at,
            verify, state, work_code, capture, log_generation
        )
        SELECT * FROM unnest(
            %b::bigint[], %b::text[], %b::timestamp[], %b::timestamptz[], %b::timestamptz[],
            %b::integer[], %b::integer[], %b::text[], %b::text[], %b::integer[]
        )
        ON CONFLICT (terminal_id, pin, device_time) DO UPDATE SET log_generation = excluded.log_generation
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


def _into_postgres(connection: Connection, groups: Sequence[Group]) -> dict[TerminalId, Outcome]:
    """One statement for all. `xmax = 0` tells an inserted row from one that ON CONFLICT updated. A statement
    may not touch a row twice, so of equal keys only the first is sent.
    """
    firsts: dict[tuple[TerminalId, Pin, datetime], tuple[object, ...]] = {}
    for group in groups:
        for punch in group.punches:
            firsts.setdefault(punch[:3], (*punch, group.generation))
    columns = [list(column) for column in zip(*firsts.values(), strict=True)]
    found = connection.exec_driver_sql(POSTGRES_INSERT, tuple(columns))
    return {TerminalId(row[0]): Outcome(*row[1:]) for row in found}
