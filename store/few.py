"""Reading the rows of some people only: in pieces, because a database takes only so many values at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select

from attendance.ids import PersonId

AT_ONCE = 500


def among(
    connection: Connection,
    query: Select[Any],
    column: Column[int],
    person_ids: Collection[PersonId] | None,
) -> Iterator[RowMapping]:
    """The rows of `query` whose `column` is one of `person_ids`; None: all rows."""
    if person_ids is None:
        yield from connection.execute(query).mappings()
        return
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), AT_ONCE):
        some = query.where(column.in_(wanted[start : start + AT_ONCE]))
        yield from connection.execute(some).mappings()
