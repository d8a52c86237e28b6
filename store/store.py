"""The store as a whole: one database, and the tables through which the other packages use it."""

from __future__ import annotations

from pathlib import Path

from store.address import Dialect, parse
from store.audit import AuditLog
from store.calendars import CalendarTable
from store.changes import ChangeLog
from store.corrections import CorrectionTable
from store.database import Database
from store.day_facts import DayFactsTable
from store.employments import EmploymentTable
from store.errands import ErrandTable
from store.facts import FactTable
from store.file_imports import FileImportTable
from store.freezes import FreezeTable
from store.people import PeopleTable
from store.punches import PunchTable
from store.push import PushTable
from store.results import ResultTable
from store.reviews import ReviewTable
from store.revision import check
from store.roster import RosterTable
from store.shifts import ShiftTable
from store.terminals import TerminalTable
from store.wall_pairings import PairingTable
from store.walls import WallTable


class Store:
    """Thread-safe; not to be carried over a fork. Every method of its tables may raise `StoreUnavailable` and
    may be repeated then; the next call connects anew.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.changes = ChangeLog(database)
        self.audit = AuditLog(database)
        self.calendars = CalendarTable(database, self.changes)
        self.corrections = CorrectionTable(database, self.changes)
        self.employments = EmploymentTable(database, self.changes)
        self.errands = ErrandTable(database)
        self.facts = FactTable(database, self.changes)
        self.file_imports = FileImportTable(database)
        self.freezes = FreezeTable(database)
        self.people = PeopleTable(database)
        self.punches = PunchTable(database, self.changes)
        self.push = PushTable(database, self.changes)
        self.results = ResultTable(database)
        self.reviews = ReviewTable(database)
        self.roster = RosterTable(database)
        self.shifts = ShiftTable(database, self.changes)
        self.day_facts = DayFactsTable(
            database,
            facts=self.facts,
            calendars=self.calendars,
            shifts=self.shifts,
            corrections=self.corrections,
        )
        self.terminals = TerminalTable(database, self.changes)
        self.walls = WallTable(database)
        self.pairings = PairingTable(database)

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self.database.address.url.render_as_string(hide_password=True)

    @property
    def dialect(self) -> Dialect:
        """Which engine holds it."""
        return self.database.dialect

    def close(self) -> None:
        """Close all connections of this store. Feeds are closed by those who follow them."""
        self.database.close()


def open_store(url: str, *, password_file: Path | None = None, durable: bool = False) -> Store:
    """Open the store at `url`, `sqlite:///var/presensi.db` or `postgresql://user@host:port/database`.

    `durable` is for who acknowledges what it commits, see `Database`.

    Raises `AddressInvalid`, `StoreUnavailable`, and `MigrationNeeded` when the database is missing, empty,
    older or newer than this program.
    """
    database = Database(parse(url, password_file), durable=durable)
    try:
        check(database)
    except BaseException:
        database.close()
        raise
    return Store(database)
