"""Punches whose time a person should look at: marked when they are stored, and settled by somebody.

A mark says only that the terminal's clock could not be trusted then. The punch itself stays as it was
recorded and counts as the rules say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from attendance.ids import Pin, TerminalId
from store.address import Dialect
from store.audit import AuditLine, note
from store.database import Database
from store.schema import punch_reviews, punches
from store.upsert import insert_missing


class ReviewReason(StrEnum):
    """Why a punch's time is doubted."""

    CLOCK_DEAD = "clock_dead"
    """The clock had lost its battery's power: it showed a time before it was made."""
    CLOCK_JUMPED = "clock_jumped"
    """The clock jumped between two measurements, and the punch was recorded in between, or since."""
    CLOCK_SET = "clock_set"
    """The clock was being set while the punch was recorded."""
    IMPOSSIBLE = "impossible"
    """The terminal dated it later than it was received."""


@dataclass(frozen=True, slots=True)
class PunchReview:
    """One mark. The same punch may have several, each for another reason."""

    terminal_id: TerminalId
    pin: Pin
    device_time: datetime
    """Naive, as recorded: with terminal and PIN the key of the punch."""
    reason: ReviewReason
    detail: str
    """What was found, for a person; holds no PIN and no name."""
    noted_at: datetime
    """Aware, UTC; city time."""


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A mark that nobody has settled yet."""

    id: int
    review: PunchReview
    at: datetime | None
    """The moment (aware, UTC) under which the punch counts now; None when it is not in the store."""


class ReviewTable:
    """Raises `StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, terminal_id: TerminalId | None = None, limit: int = 1000) -> list[OpenReview]:
        """Unsettled marks, oldest first, at most `limit`; where given, only those of one terminal."""
        same_punch = and_(
            punches.c.terminal_id == punch_reviews.c.terminal_id,
            punches.c.pin == punch_reviews.c.pin,
            punches.c.device_time == punch_reviews.c.device_time,
        )
        query = (
            select(punch_reviews, punches.c.at)
            .outerjoin_from(punch_reviews, punches, same_punch)
            .where(_unsettled(terminal_id))
            .order_by(punch_reviews.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [
                OpenReview(
                    row.id,
                    PunchReview(
                        TerminalId(row.terminal_id),
                        Pin(row.pin),
                        row.device_time,
                        ReviewReason(row.reason),
                        row.detail,
                        row.noted_at,
                    ),
                    row.at,
                )
                for row in connection.execute(query)
            ]

    def count_open(self) -> int:
        """How many marks nobody has settled."""
        query = select(func.count()).select_from(punch_reviews).where(_unsettled(None))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def settle(self, ids: Sequence[int], *, actor: str, at: datetime, remark: str = "") -> int:
        """Settle these marks at city time `at` (aware), with a line in the audit log; how many were open."""
        with self._database.write() as connection:
            settled = connection.execute(
                update(punch_reviews)
                .where(punch_reviews.c.id.in_(ids), punch_reviews.c.settled_at.is_(None))
                .values(settled_at=at, settled_by=actor)
            ).rowcount
            if settled:
                subject = f"reviews:{min(ids)}-{max(ids)}"
                detail = f"{settled} settled{f': {remark}' if remark else ''}"
                note(connection, AuditLine(actor, "review.settled", subject, detail, at))
        return settled


def write_reviews(connection: Connection, dialect: Dialect, reviews: Sequence[PunchReview]) -> None:
    """Note the marks within a transaction. One that is there already stays as it is, settled or not."""
    if reviews:
        connection.execute(
            insert_missing(dialect, punch_reviews),
            [
                {
                    "terminal_id": review.terminal_id,
                    "pin": review.pin,
                    "device_time": review.device_time,
                    "reason": review.reason.value,
                    "detail": review.detail,
                    "noted_at": review.noted_at,
                }
                for review in reviews
            ],
        )


def _unsettled(terminal_id: TerminalId | None) -> ColumnElement[bool]:
    unsettled = punch_reviews.c.settled_at.is_(None)
    return unsettled if terminal_id is None else unsettled & (punch_reviews.c.terminal_id == terminal_id)
