"""Importing a roster: prepare shows what would change, perform does it, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from store import schema
from store.changes import Notice, Topic
from store.errors import StoreError
from store.importing.apply import Progress, Writer
from store.importing.current import read_state
from store.importing.entries import Entries
from store.importing.parse import Locality, parse
from store.importing.plan import Plan, make_plan
from store.importing.problems import Findings, RosterRejected
from store.importing.sheets import SheetKind
from store.importing.tables import read_files
from store.store import Store


class RosterMoved(StoreError):
    """The roster was changed by somebody else after the preview. Nothing was written: run it again."""

    retry = "operator"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Files that may be imported, and what that would do."""

    entries: Entries
    plan: Plan
    notes: Sequence[str]
    """What was passed over, for the operator to know."""
    names: Sequence[str]
    digest: str


def prepare(
    store: Store, paths: Iterable[Path], locality: Locality, *, kind: SheetKind | None = None
) -> Prepared:
    """Read and check roster files against themselves and the store; writes nothing.

    `kind` tells what a file holds whose name does not.
    Raises `RosterRejected` with every problem at once, and `StoreError`.
    """
    files = read_files(paths, kind)
    findings = files.findings
    entries = parse(files.sheets, locality, findings)
    if findings.problems:
        raise RosterRejected(findings.problems)
    plan = _plan(store, entries)
    return Prepared(entries, plan, findings.notes, files.names, files.digest)


def perform(store: Store, prepared: Prepared, *, actor: str, at: datetime, progress: Progress) -> None:
    """Write what was prepared, with its notice, its line in the audit log and its row among the imports, in
    one transaction. A plan without changes writes nothing. `at` is city time, aware.

    Raises `RosterMoved` when the roster is no longer the one the preview showed, and `StoreError`.
    """
    if not prepared.plan.changes:
        return
    source, summary = ", ".join(prepared.names), prepared.plan.summary()
    with store.database.write() as connection:
        now = make_plan(read_state(connection, prepared.entries.roster_days), prepared.entries, Findings())
        if list(now.changes) != list(prepared.plan.changes):
            raise RosterMoved(
                "Somebody else changed the roster after the preview, nothing was imported: run it again."
            )
        Writer(connection, prepared.plan, progress, actor=actor, at=at).write()
        connection.execute(
            insert(schema.roster_imports).values(
                imported_at=at, actor=actor, source=source, digest=prepared.digest, summary=summary
            )
        )
        connection.execute(
            insert(schema.audit).values(
                at=at, actor=actor, action="roster.imported", subject=source, detail=summary
            )
        )
        store.changes.post(connection, [Notice(Topic.ROSTER)])


def _plan(store: Store, entries: Entries) -> Plan:
    findings = Findings()
    with store.database.read() as connection:
        state = read_state(connection, entries.roster_days)
    plan = make_plan(state, entries, findings)
    if findings.problems:
        raise RosterRejected(findings.problems)
    return plan
