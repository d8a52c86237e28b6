"""Dated rows of which one follows the other."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, or_, update


def follow_on(connection: Connection, table: Table, mine: ColumnElement[bool], first: date) -> None:
    """End what began before `first` and lasts into it, among the rows of `mine`, on the day before."""
    runs_on = or_(table.c.valid_to.is_(None), table.c.valid_to >= first)
    connection.execute(
        update(table)
        .where(mine, table.c.valid_from < first, runs_on)
        .values(valid_to=first - timedelta(days=1))
    )


def touches(begins: Column[date], ends: Column[date | None], first: date, last: date) -> ColumnElement[bool]:
    """Whether a dated row holds on any day from `first` through `last`."""
    return and_(begins <= last, or_(ends.is_(None), ends >= first))
