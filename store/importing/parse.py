"""From rows of text to entries: every cell read, every bad one named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attendance.ids import Pin, SerialNumber
from attendance.people import UnitKind
from attendance.terminal import Follow
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
from store.importing.periods import Period
from store.importing.problems import Findings
from store.importing.sheets import SheetKind
from store.importing.tables import Row, Sheet

USUAL_PORT = 4370
NO_PORT = 0
USUAL_DRIVER = "zk-tcp"


def parse(sheets: Iterable[Sheet], drivers: Mapping[str, Addressing], findings: Findings) -> Entries:
    """The valid rows of all sheets; the others go to `findings`. `drivers`: the known terminal drivers, and
    how each is addressed.
    """
    drivers = {**drivers, **UNCALLED}
    units: list[UnitEntry] = []
    terminals: list[TerminalEntry] = []
    people: list[PersonEntry] = []
    enrollments: list[EnrollmentEntry] = []
    excuses: list[ExcuseEntry] = []
    for sheet in sheets:
        for row in sheet.rows:
            cells = Cells(row, findings)
            match sheet.kind:
                case SheetKind.UNITS:
                    units += _unit(row, cells)
                case SheetKind.TERMINALS:
                    terminals += _terminal(row, cells, drivers)
                case SheetKind.PEOPLE:
                    people += _person(row, cells)
                case SheetKind.ENROLLMENTS:
                    enrollments += _enrollment(row, cells)
                case SheetKind.EXCUSES:
                    excuses += _excuse(row, cells)
    return Entries(units, terminals, people, enrollments, excuses)


def _unit(row: Row, cells: Cells) -> list[UnitEntry]:
    code, name = cells.code("code"), cells.text("name")
    short_name = cells.text("short_name", required=False) or name
    kind = cells.choice("kind", UnitKind)
    parent = cells.code("parent_code", required=False) or None
    office = cells.yes("office")
    if not cells.well or kind is None:
        return []
    return [UnitEntry(row, UnitFact(code, name, short_name, kind, parent, office))]


def _terminal(row: Row, cells: Cells, drivers: Mapping[str, Addressing]) -> list[TerminalEntry]:
    serial, name, unit = cells.code("serial"), cells.text("name"), cells.code("unit_code")
    driver = cells.known("driver", drivers, USUAL_DRIVER)
    address, port = _place(cells, drivers.get(driver, HOST))
    follow = cells.choice("follow", Follow, Follow.LIVE)
    interval = cells.interval("interval")
    if not cells.well or follow is None:
        return []
    fact = TerminalFact(SerialNumber(serial), name, unit, address, port, driver, follow, interval)
    return [TerminalEntry(row, fact)]


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


def _enrollment(row: Row, cells: Cells) -> list[EnrollmentEntry]:
    nip, pin = cells.nip("nip"), cells.pin("pin")
    serial = cells.code("terminal_serial", required=False)
    days = cells.days("valid_from", "valid_to", open_end=True)
    if not cells.well or days is None:
        return []
    owner = PinOwner(nip, Pin(pin), SerialNumber(serial) if serial else None)
    return [EnrollmentEntry(row, EnrollmentFact(owner, Period(None, *days)))]


def _excuse(row: Row, cells: Cells) -> list[ExcuseEntry]:
    nip, code = cells.nip("nip"), cells.excuse_code("kind")
    days = cells.days("first_day", "last_day", open_end=False)
    reference = cells.text("reference", required=False)
    if not cells.well or code is None or days is None or days[1] is None:
        return []
    return [ExcuseEntry(row, ExcuseFact(nip, code, days[0], days[1], reference))]
