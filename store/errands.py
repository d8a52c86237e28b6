"""Errands: administration that somebody asked for, and that a terminal's own task carries out.

    queued ── take ──► running ── finish ──► done | failed
      │                  │
      └─ finish: failed  └─ recover: queued once more, the second time failed

Moments here are the machine's own, not city time: they decide only how long somebody waits. What an errand
asks for and what came of it are JSON texts that whoever runs errands understands; neither ever holds a
password or a template.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, delete, func, insert, select, update

from attendance.ids import TerminalId
from store.audit import AuditLine, note
from store.database import Database
from store.schema import errands

INTERRUPTED_ONCE = '{"interrupted": true}'
"""Outcome of an errand that waits to be run again."""


class ErrandState(StrEnum):
    """Where an errand stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Errand:
    """One errand as it stands. Moments aware, UTC, the machine's own."""

    id: int
    terminal_id: TerminalId
    kind: str
    arguments: str
    """JSON."""
    dry_run: bool
    """Only say what would be done."""
    actor: str
    """Who asked."""
    state: ErrandState
    created_at: datetime
    taken_at: datetime | None
    finished_at: datetime | None
    steps_done: int
    steps: int | None
    """Of how many; None: not known yet."""
    outcome: str
    """JSON, empty until there is one."""

    @property
    def again(self) -> bool:
        """Whether it was interrupted before: what it asks for may be done already, wholly or in part."""
        return self.outcome == INTERRUPTED_ONCE


class ErrandTable:
    """Raises `StoreUnavailable`; `StoreError` for an unknown terminal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self, terminal_id: TerminalId, kind: str, arguments: str, *, dry_run: bool, actor: str, at: datetime
    ) -> int:
        """Queue an errand; its number."""
        with self._database.write() as connection:
            row = connection.execute(
                insert(errands).values(
                    terminal_id=terminal_id,
                    kind=kind,
                    arguments=arguments,
                    dry_run=dry_run,
                    actor=actor,
                    state=ErrandState.QUEUED.value,
                    created_at=at,
                    steps_done=0,
                    outcome="",
                )
            ).inserted_primary_key
        assert row is not None
        return int(row[0])

    def get(self, errand_id: int) -> Errand | None:
        """One errand as it stands now."""
        with self._database.read() as connection:
            row = connection.execute(select(errands).where(errands.c.id == errand_id)).first()
        return None if row is None else _errand(row)

    def take(self, terminal_ids: Collection[TerminalId], at: datetime) -> list[Errand]:
        """Claim the oldest queued errand of each of these terminals; nobody else can claim it then."""
        oldest = (
            select(func.min(errands.c.id))
            .where(errands.c.state == ErrandState.QUEUED.value, errands.c.terminal_id.in_(terminal_ids))
            .group_by(errands.c.terminal_id)
        )
        with self._database.read() as connection:
            waiting = list(connection.scalars(oldest))
        if not waiting:
            return []
        with self._database.write() as connection:
            rows = connection.execute(
                update(errands)
                .where(errands.c.id.in_(waiting), errands.c.state == ErrandState.QUEUED.value)
                .values(state=ErrandState.RUNNING.value, taken_at=at)
                .returning(*errands.c)
            ).all()
        return sorted((_errand(row) for row in rows), key=lambda errand: errand.id)

    def progress(self, errand_id: int, done: int, total: int) -> None:
        """So many steps of a running errand are done."""
        with self._database.write() as connection:
            connection.execute(
                update(errands)
                .where(errands.c.id == errand_id, errands.c.state == ErrandState.RUNNING.value)
                .values(steps_done=done, steps=total)
            )

    def finish(
        self, errand: Errand, after: ErrandState, outcome: str, *, at: datetime, audit: AuditLine
    ) -> bool:
        """End an errand that stands as `errand` says, queued or running, with its line in the audit log.
        False, and nothing is written, when it has gone on meanwhile.
        """
        with self._database.write() as connection:
            ended = connection.execute(
                update(errands)
                .where(errands.c.id == errand.id, errands.c.state == errand.state.value)
                .values(state=after.value, outcome=outcome, finished_at=at)
            ).rowcount
            if ended:
                note(connection, audit)
        return bool(ended)

    def recover(self, terminal_ids: Collection[TerminalId]) -> list[Errand]:
        """Errands of these terminals that a collector left running when it died.

        Each is queued once more; one that was interrupted before is left running, for the caller to finish.
        """
        running = (errands.c.state == ErrandState.RUNNING.value) & errands.c.terminal_id.in_(terminal_ids)
        with self._database.read() as connection:
            found = [_errand(row) for row in connection.execute(select(errands).where(running))]
        first = [errand.id for errand in found if not errand.again]
        if first:
            with self._database.write() as connection:
                connection.execute(
                    update(errands)
                    .where(errands.c.id.in_(first), running)
                    .values(state=ErrandState.QUEUED.value, outcome=INTERRUPTED_ONCE, steps_done=0)
                )
        return found

    def forget_outcome(self, errand_id: int) -> None:
        """Keep no longer what a finished errand brought: a list of users need not stay here."""
        with self._database.write() as connection:
            connection.execute(
                update(errands)
                .where(errands.c.id == errand_id, errands.c.finished_at.is_not(None))
                .values(outcome="{}")
            )

    def prune(self, before: datetime) -> None:
        """Forget errands that were asked for before that moment (aware, the machine's own), even those of
        terminals that nobody follows any more. The audit log keeps its lines.
        """
        with self._database.write() as connection:
            connection.execute(delete(errands).where(errands.c.created_at < before))


def _errand(row: Row[tuple[object, ...]]) -> Errand:
    values = row._mapping
    return Errand(
        id=values["id"],
        terminal_id=TerminalId(values["terminal_id"]),
        kind=values["kind"],
        arguments=values["arguments"],
        dry_run=values["dry_run"],
        actor=values["actor"],
        state=ErrandState(values["state"]),
        created_at=values["created_at"],
        taken_at=values["taken_at"],
        finished_at=values["finished_at"],
        steps_done=values["steps_done"],
        steps=values["steps"],
        outcome=values["outcome"],
    )
