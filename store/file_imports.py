"""Files that USB sticks brought: which were imported, and what of a file is in the store already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select

from attendance.ids import Pin, TerminalId
from store.audit import AuditLine, note
from store.database import Database
from store.schema import file_imports, punches, terminals

Key = tuple[Pin, datetime]
"""PIN and naive device time: what makes a terminal's punch the same punch."""


@dataclass(frozen=True, slots=True)
class FileImport:
    """One imported file."""

    imported_at: datetime
    """Aware, UTC; city time."""
    actor: str
    terminal_id: TerminalId
    source: str
    """The file's name, without its folders."""
    digest: str
    """SHA-256 of its bytes."""
    summary: str


class FileImportTable:
    """Raises `StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, terminal_id: TerminalId) -> list[FileImport]:
        """The files imported for a terminal, oldest first."""
        columns = [file_imports.c[name] for name in FileImport.__dataclass_fields__]
        query = select(*columns).where(file_imports.c.terminal_id == terminal_id).order_by(file_imports.c.id)
        with self._database.read() as connection:
            return [FileImport(*row) for row in connection.execute(query)]

    def record(self, files: Sequence[FileImport], subject: str) -> None:
        """Note the files as imported, with one audit line each about `subject`, all or nothing."""
        if not files:
            return
        with self._database.write() as connection:
            connection.execute(insert(file_imports), [asdict(file) for file in files])
            for file in files:
                detail = f"{file.source} (SHA-256 {file.digest[:16]}…): {file.summary}"
                note(connection, AuditLine(file.actor, "stick.imported", subject, detail, file.imported_at))

    def held(self, terminal_id: TerminalId, first: datetime, last: datetime) -> set[Key]:
        """The terminal's punches with a device time from `first` through `last`, both naive."""
        query = select(punches.c.pin, punches.c.device_time).where(
            punches.c.terminal_id == terminal_id, punches.c.device_time.between(first, last)
        )
        with self._database.read() as connection:
            return {(Pin(pin), device_time) for pin, device_time in connection.execute(query)}

    def holders(self, keys: Collection[Key]) -> Counter[TerminalId]:
        """How many of these punches each terminal has; meant for a sample, not for a whole file."""
        wanted = set(keys)
        query = select(punches.c.terminal_id, punches.c.pin, punches.c.device_time).where(
            punches.c.terminal_id.in_(select(terminals.c.id)),
            punches.c.device_time.in_({device_time for _, device_time in wanted}),
        )
        with self._database.read() as connection:
            return Counter(
                TerminalId(terminal_id)
                for terminal_id, pin, device_time in connection.execute(query)
                if (Pin(pin), device_time) in wanted
            )
