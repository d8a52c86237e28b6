"""Planning what has one row for each key and no dates: units, terminals, people."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from attendance.ids import Nip, SerialNumber
from store.importing.addresses import UNCALLED
from store.importing.cells import masked
from store.importing.entries import PersonEntry, TerminalEntry, UnitEntry
from store.importing.facts import PersonFact, TerminalFact, UnitFact
from store.importing.problems import Findings
from store.importing.tables import Row

K = TypeVar("K", bound=Hashable)
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Register(Generic[K, F]):
    """What becomes of one kind."""

    pairs: Sequence[tuple[F | None, F]]
    """(before, after) of what is added or changed."""
    unchanged: int
    after: Mapping[K, F]
    """All of them as they will be."""


def plan_units(
    known: Mapping[str, UnitFact], entries: Iterable[UnitEntry], findings: Findings
) -> Register[str, UnitFact]:
    """Units by code; each parent must be known, and no unit may stand below itself."""
    rows = [(entry.unit.code, entry.unit, entry.row, "code") for entry in entries]
    register = register_all(known, once(rows, findings))
    for code, unit, row, _ in rows:
        if unit.parent_code is None:
            continue
        if unit.parent_code not in register.after:
            findings.problems.append(
                row.problem(
                    "parent_code", "is no known unit", "add that unit to the units sheet, or correct the code"
                )
            )
        elif _circular(code, register.after):
            findings.problems.append(
                row.problem(
                    "parent_code", "puts the unit below itself", "correct the parent of one of the units"
                )
            )
    return register


def plan_terminals(
    known: Mapping[SerialNumber, TerminalFact],
    entries: Iterable[TerminalEntry],
    units: Mapping[str, UnitFact],
    findings: Findings,
) -> Register[SerialNumber, TerminalFact]:
    """Terminals by serial number; no two that we call may share an address and port. A row that is silent
    about the district of a terminal that stays where it is changes nothing of it.
    """
    rows = [
        (entry.terminal.serial, _where_it_hung(entry.terminal, known), entry.row, "serial")
        for entry in entries
    ]
    register = register_all(known, once(rows, findings))
    at_address: dict[tuple[str, int], list[SerialNumber]] = {}
    for terminal in register.after.values():
        if terminal.driver in UNCALLED:
            continue
        at_address.setdefault((terminal.address.casefold(), terminal.port), []).append(terminal.serial)
    for serial, terminal, row, _ in rows:
        if terminal.unit_code not in units:
            findings.problems.append(
                row.problem(
                    "unit_code", "is no known unit", "add that unit to the units sheet, or correct the code"
                )
            )
        others = [
            other
            for other in at_address.get((terminal.address.casefold(), terminal.port), ())
            if other != serial
        ]
        if others:
            reason = f"port {terminal.port} there is also terminal {others[0]}'s"
            findings.problems.append(
                row.problem("address", reason, "correct the address or port of one of them")
            )
    return register


def plan_people(
    known: Mapping[Nip, PersonFact], entries: Iterable[PersonEntry], findings: Findings
) -> Register[Nip, PersonFact]:
    """People by NIP; a person may have several rows, one a placement, but only one name."""
    wanted: dict[Nip, PersonFact] = {}
    first: dict[Nip, Row] = {}
    for entry in entries:
        nip = entry.person.nip
        if nip not in wanted:
            wanted[nip], first[nip] = entry.person, entry.row
        elif wanted[nip] != entry.person:
            reason = f"is the NIP of another name or title in row {first[nip].number} of {first[nip].source}"
            remedy = "write the person alike in every row, or correct the NIP"
            findings.problems.append(entry.row.problem("nip", reason, remedy, masked(nip)))
    return register_all(known, wanted)


def once(rows: Iterable[tuple[K, F, Row, str]], findings: Findings) -> dict[K, F]:
    """The facts by key, each with its row and the column to blame; a key that stands twice is a problem."""
    wanted: dict[K, F] = {}
    first: dict[K, Row] = {}
    for key, fact, row, column in rows:
        if key in wanted:
            reason = f"stands already in row {first[key].number} of {first[key].source}"
            findings.problems.append(row.problem(column, reason, "remove one of the rows"))
        else:
            wanted[key], first[key] = fact, row
    return wanted


def register_all(known: Mapping[K, F], wanted: Mapping[K, F]) -> Register[K, F]:
    """What changes when `wanted` is laid over `known`."""
    pairs = [(known.get(key), fact) for key, fact in wanted.items() if known.get(key) != fact]
    return Register(pairs, len(wanted) - len(pairs), {**known, **wanted})


def _where_it_hung(terminal: TerminalFact, known: Mapping[SerialNumber, TerminalFact]) -> TerminalFact:
    before = known.get(terminal.serial)
    if terminal.district or before is None or before.unit_code != terminal.unit_code:
        return terminal
    return replace(terminal, district=before.district)


def _circular(code: str, units: Mapping[str, UnitFact]) -> bool:
    passed: set[str] = set()
    at: str | None = code
    while at is not None and at in units:
        if at in passed:
            return True
        passed.add(at)
        at = units[at].parent_code
    return False
