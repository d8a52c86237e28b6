"""From rows of text to entries: every cell read, every bad one named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from attendance.ids import Pin, SerialNumber
from attendance.people import ExcuseKind, UnitKind
from attendance.terminal import Follow
from store.importing import day_cells
from store.importing.addresses import HOST, UNCALLED, Addressing
from store.importing.cells import Cells
from store.importing.entries import (
    EnrollmentEntry,
    Entries,
    ExcuseEntry,
    PersonEntry,
    TerminalEntry,
    UnitEntry,
)
from store.importing.facts import (
    EnrollmentFact,
    ExcuseFact,
    PersonFact,
    PinOwner,
    PlacementFact,
    TerminalFact,
    UnitFact,
)
from store.importing.parse_days import DayEntries
from store.importing.periods import Period
from store.importing.problems import Findings
from store.importing.sheets import SheetKind
from store.importing.tables import Row, Sheet

USUAL_PORT = 4370
NO_PORT = 0
USUAL_DRIVER = "zk-tcp"


@dataclass(frozen=True, slots=True)
class Locality:
    """What a file does not say of itself."""

    drivers: Mapping[str, Addressing]
    """The terminal drivers this program knows, beside push and usb, and how each is addressed."""
    zone: tzinfo
    """The city's: moments in files are city time."""
    today: date
    """The city's."""
    hours: Collection[str] | None = None
    """The names of working hours in the rule packs; None: not checked."""


def parse(sheets: Iterable[Sheet], locality: Locality, findings: Findings) -> Entries:
    """The valid rows of all sheets; the others go to `findings`."""
    drivers = {**locality.drivers, **UNCALLED}
    units: list[UnitEntry] = []
    terminals: list[TerminalEntry] = []
    people: list[PersonEntry] = []
    enrollments: list[EnrollmentEntry] = []
    excuses: list[ExcuseEntry] = []
    days = DayEntries(locality.hours)
    for sheet in sheets:
        for row in sheet.rows:
            cells = Cells(row, findings)
            match sheet.kind:
                case SheetKind.UNITS:
                    units += _unit(row, cells)
                case SheetKind.TERMINALS:
                    terminals += _terminal(row, cells, drivers, locality.today)
                case SheetKind.PEOPLE:
                    people += _person(row, cells)
                case SheetKind.ENROLLMENTS:
                    enrollments += _enrollment(row, cells, locality.zone)
                case SheetKind.EXCUSES:
                    excuses += _excuse(row, cells)
                case _:
                    days.take(sheet.kind, row, cells)
    return days.joined(Entries(units, terminals, people, enrollments, excuses))


def _unit(row: Row, cells: Cells) -> list[UnitEntry]:
    code, name = cells.code("code"), cells.text("name")
    short_name = cells.text("short_name", required=False) or name
    kind = cells.choice("kind", UnitKind)
    parent = cells.code("parent_code", required=False) or None
    office = cells.yes("office")
    if not cells.well or kind is None:
        return []
    return [UnitEntry(row, UnitFact(code, name, short_name, kind, parent, office))]


def _terminal(row: Row, cells: Cells, drivers: Mapping[str, Addressing], today: date) -> list[TerminalEntry]:
    serial, name, unit = cells.code("serial"), cells.text("name"), cells.code("unit_code")
    driver = cells.known("driver", drivers, USUAL_DRIVER)
    address, port = _place(cells, drivers.get(driver, HOST))
    follow = cells.choice("follow", Follow, Follow.LIVE)
    interval = cells.interval("interval")
    district = cells.text("district", required=False)
    posted_from = cells.day("posted_from", required=False) or today
    if not cells.well or follow is None:
        return []
    fact = TerminalFact(SerialNumber(serial), name, unit, address, port, driver, follow, interval, district)
    return [TerminalEntry(row, fact, posted_from)]


def _place(cells: Cells, addressing: Addressing) -> tuple[str, int]:
    if addressing.fault is not None:
        cells.no_port("port")
        return cells.line_address("address", addressing.fault), NO_PORT
    if not addressing.called:
        return cells.address("address", required=False), cells.port("port", NO_PORT)
    return cells.address("address"), cells.port("port", USUAL_PORT)


def _person(row: Row, cells: Cells) -> list[PersonEntry]:
    nip, name = cells.nip("nip"), cells.text("name")
    before = cells.text("title_before", required=False)
    after = cells.text("title_after", required=False)
    unit = cells.code("unit_code")
    days = cells.days("valid_from", "valid_to", open_end=True)
    if not cells.well or days is None:
        return []
    placement = PlacementFact(nip, Period(unit, *days))
    return [PersonEntry(row, PersonFact(nip, name, before, after), placement)]


def _enrollment(row: Row, cells: Cells, zone: tzinfo) -> list[EnrollmentEntry]:
    nip, pin = cells.nip("nip"), cells.pin("pin")
    serial = cells.code("terminal_serial", required=False)
    days = cells.days("valid_from", "valid_to", open_end=True)
    effective_at = day_cells.moment(cells, "effective_at", zone)
    if not cells.well or days is None:
        return []
    first, last = days
    if effective_at is not None and not _within(effective_at, first, last, zone):
        cells.refuse(
            "effective_at", "lies outside valid_from and valid_to", "correct the moment, or one of the days"
        )
        return []
    owner = PinOwner(nip, Pin(pin), SerialNumber(serial) if serial else None)
    return [EnrollmentEntry(row, EnrollmentFact(owner, Period(None, first, last), effective_at))]


def _within(moment: datetime, first: date, last: date | None, zone: tzinfo) -> bool:
    day = moment.astimezone(zone).date()
    return first <= day and (last is None or day <= last)


def _excuse(row: Row, cells: Cells) -> list[ExcuseEntry]:
    nip, code = cells.nip("nip"), cells.excuse_code("kind")
    days = cells.days("first_day", "last_day", open_end=False)
    reference = cells.text("reference", required=False)
    first_time = day_cells.clock_time(cells, "first_time", required=False)
    last_time = day_cells.clock_time(cells, "last_time", required=False)
    place = cells.code("place_code", required=False) or None
    if place and code is not None and code.kind is ExcuseKind.LEAVE:
        cells.refuse("place_code", "has no meaning beside leave", "leave it empty, or correct the kind")
    if not cells.well or code is None or days is None or days[1] is None:
        return []
    first, last = days[0], days[1]
    if first == last and last_time is not None and last_time <= (first_time or time.min):
        cells.refuse("last_time", "is not after the beginning", "exchange the times or correct one")
        return []
    return [ExcuseEntry(row, ExcuseFact(nip, code, first, last, reference, first_time, last_time, place))]
