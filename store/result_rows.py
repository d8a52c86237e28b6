"""Many results in few statements: where the two engines read and write them differently."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, text

from attendance.ids import PersonId
from store.address import Dialect
from store.moments import utc_number

Key = tuple[date, PersonId]
Proof = tuple[str, str]
"""Input hash and body of a stored result: the same proof, the same result from the same facts."""
ResultRow = tuple[date, PersonId, str, bool, str, str, str]
"""Day, person, status, final, pack, input hash, body."""
ChangeRow = tuple[PersonId, date, datetime, str | None, str, str]
"""Person, day, city time (aware), the body before, the body after, cause."""

SAVERS = 0x7072_6573_656E_7369
"""Names the lock under which PostgreSQL lets one saver at a time compare and write: "presensi" in ASCII."""


def one_at_a_time(connection: Connection, dialect: Dialect) -> None:
    """Wait until no other transaction saves results, and keep others out until this one ends."""
    if dialect == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:savers)"), {"savers": SAVERS})


SQLITE_KNOWN = """
    SELECT stored.day, stored.person_id, stored.input_hash, stored.body
    FROM json_each(?) AS asked
    CROSS JOIN day_results AS stored
        ON stored.day = json_extract(asked.value, '$[0]')
        AND stored.person_id = json_extract(asked.value, '$[1]')
"""

POSTGRES_KNOWN = """
    SELECT stored.day, stored.person_id, stored.input_hash, stored.body
    FROM unnest(%b::date[], %b::bigint[]) AS asked (day, person_id)
    JOIN day_results AS stored USING (day, person_id)
"""


def known(connection: Connection, dialect: Dialect, keys: Sequence[Key]) -> dict[Key, Proof]:
    """What is stored under `keys`."""
    if not keys:
        return {}
    if dialect == "postgresql":
        rows = connection.exec_driver_sql(
            POSTGRES_KNOWN, ([day for day, _ in keys], [person for _, person in keys])
        )
        return {(row[0], PersonId(row[1])): (row[2], row[3]) for row in rows}
    asked = json.dumps([(day.isoformat(), person) for day, person in keys])
    rows = connection.exec_driver_sql(SQLITE_KNOWN, (asked,))
    days = {day.isoformat(): day for day, _ in keys}
    return {(days[row[0]], PersonId(row[1])): (row[2], row[3]) for row in rows}


SQLITE_RESULTS = """
    INSERT INTO day_results (day, person_id, status, final, pack, input_hash, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (day, person_id) DO UPDATE SET
        status = excluded.status, final = excluded.final, pack = excluded.pack,
        input_hash = excluded.input_hash, body = excluded.body
"""

SQLITE_CHANGES = """
    INSERT INTO day_changes (person_id, day, at, before, after, cause) VALUES (?, ?, ?, ?, ?, ?)
"""

POSTGRES_RESULTS = """
    INSERT INTO day_results (day, person_id, status, final, pack, input_hash, body)
    SELECT * FROM unnest(
        %b::date[], %b::bigint[], %b::text[], %b::boolean[], %b::text[], %b::text[], %b::text[]
    )
    ON CONFLICT (day, person_id) DO UPDATE SET
        status = excluded.status, final = excluded.final, pack = excluded.pack,
        input_hash = excluded.input_hash, body = excluded.body
"""

POSTGRES_CHANGES = """
    INSERT INTO day_changes (person_id, day, at, before, after, cause)
    SELECT person_id, day, at, before, after, cause
    FROM unnest(%b::bigint[], %b::date[], %b::timestamptz[], %b::text[], %b::text[], %b::text[])
        WITH ORDINALITY AS noted (person_id, day, at, before, after, cause, number)
    ORDER BY number
"""


def write(
    connection: Connection, dialect: Dialect, results: Sequence[ResultRow], changes: Sequence[ChangeRow]
) -> None:
    """Store `results` over what is there, and append `changes` in their order. No key may come twice."""
    if dialect == "postgresql":
        _into_postgres(connection, POSTGRES_RESULTS, results)
        _into_postgres(connection, POSTGRES_CHANGES, changes)
        return
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.executemany(SQLITE_RESULTS, ((day.isoformat(), *rest) for day, *rest in results))
    raw.executemany(
        SQLITE_CHANGES,
        ((person, day.isoformat(), utc_number(at), *rest) for person, day, at, *rest in changes),
    )


def _into_postgres(connection: Connection, statement: str, rows: Sequence[Iterable[object]]) -> None:
    if rows:
        connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))
