"""From files to rows of text: which sheet is which, and which column is which.

A row's values are text, stripped; nothing is interpreted here. Every limit protects this machine from a file
that is not a roster.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from store.importing.problems import Findings, Problem
from store.importing.sheets import FORMS, REQUIRED, SheetKind, columns, kind_named
from store.importing.workbook import read_workbook

MOST_BYTES = 32 * 1024 * 1024
"""A roster of a million people is smaller."""

MOST_ROWS = 200_000
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet."""

    source: str
    number: int
    """As a spreadsheet numbers it; the header is 1."""
    values: Mapping[str, str]
    """Column → text; every column of the kind is there, empty when the file lacks it."""

    def problem(self, column: str, reason: str, remedy: str, shown: str | None = None) -> Problem:
        """A problem in this row, with the value that stands in `column`, or `shown` in its place."""
        value = self.values.get(column, "") if shown is None else shown
        return Problem(self.source, self.number, column, value[:60], reason, remedy)


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows of one kind from one file."""

    kind: SheetKind
    source: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Files:
    """What was read from the files."""

    sheets: Sequence[Sheet]
    findings: Findings
    names: Sequence[str]
    digest: str
    """SHA-256 over the files' bytes, in their order."""


def read_files(paths: Iterable[Path], kind: SheetKind | None = None) -> Files:
    """Read roster files, CSV or XLSX. `kind` says what a CSV or a one-sheet workbook holds.

    Never raises on what a file holds: the result lists every problem.
    """
    sheets: list[Sheet] = []
    findings = Findings()
    names: list[str] = []
    digest = hashlib.sha256()
    for path in paths:
        names.append(path.name)
        try:
            if path.stat().st_size > MOST_BYTES:
                findings.file(
                    path.name, f"larger than {MOST_BYTES >> 20} MiB", "give the roster sheets alone"
                )
                continue
            data = path.read_bytes()
        except OSError as error:
            reason = f"cannot be read ({error.strerror or error})"
            findings.file(path.name, reason, "check the file's name and permissions")
            continue
        digest.update(data)
        for name, lines in _grids(path, data, findings):
            source = path.name if name is None else f"{path.name} [{name}]"
            found = kind or kind_named(path.stem if name is None else name)
            if found is None:
                _pass_over(path, name, source, findings)
                continue
            sheet = _sheet(found, source, lines, findings)
            if sheet is not None:
                sheets.append(sheet)
    return Files(sheets, findings, names, digest.hexdigest())


def _grids(
    path: Path, data: bytes, findings: Findings
) -> Sequence[tuple[str | None, Sequence[tuple[int, Sequence[str]]]]]:
    """Sheets as (name, numbered lines); the name is None where the file is the sheet."""
    if path.suffix.casefold() in (".xlsx", ".xlsm"):
        book = read_workbook(path, data, MOST_ROWS, findings)
        if len(book) == 1 and kind_named(book[0][0]) is None:
            return [(None, book[0][1])]
        return book
    lines = _csv(path, data, findings)
    return [] if lines is None else [(None, lines)]


def _csv(path: Path, data: bytes, findings: Findings) -> list[tuple[int, Sequence[str]]] | None:
    if data.startswith(_BINARY) or b"\0" in data:
        findings.file(path.name, "not a CSV text file", "save it as CSV (UTF-8) or as .xlsx")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.problems.append(
            Problem(path.name, line, None, "", "not UTF-8 text", "save it as “CSV UTF-8” or as .xlsx")
        )
        return None
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return list(_limited(path, reader, findings))
    except csv.Error as error:
        findings.file(path.name, f"not readable as CSV ({error})", "save it anew as CSV (UTF-8) or as .xlsx")
        return None


def _limited(
    path: Path, reader: Iterable[Sequence[str]], findings: Findings
) -> Iterator[tuple[int, Sequence[str]]]:
    for number, line in enumerate(reader, 1):
        if number > MOST_ROWS:
            findings.file(path.name, f"more than {MOST_ROWS} rows", "give it in parts")
            return
        yield number, line


def _pass_over(path: Path, name: str | None, source: str, findings: Findings) -> None:
    kinds = ", ".join(SheetKind)
    if name is not None:
        findings.notes.append(f"{source}: not a roster sheet ({kinds}), passed over")
        return
    findings.file(
        path.name, "its name does not say what it holds", f"name it after one of {kinds}, or give --sheet"
    )


def _sheet(
    kind: SheetKind,
    source: str,
    lines: Sequence[tuple[int, Sequence[str]]],
    findings: Findings,
) -> Sheet | None:
    filled = [(number, line) for number, line in lines if any(cell.strip() for cell in line)]
    if not filled:
        findings.problems.append(
            Problem(source, None, None, "", "is empty", "put the column names into its first row")
        )
        return None
    (head, names), *body = filled
    places = _places(kind, source, head, names, findings)
    if places is None:
        return None
    rows: list[Row] = []
    for number, line in body:
        if any(cell.strip() for cell in line[len(names) :]):
            reason = f"more cells than the {len(names)} column names"
            remedy = "put text that holds the separator into double quotes"
            findings.problems.append(
                Problem(source, number, None, line[len(names)].strip()[:60], reason, remedy)
            )
            continue
        values = {
            column: line[at].strip() if at is not None and at < len(line) else ""
            for column, at in places.items()
        }
        rows.append(Row(source, number, values))
    return Sheet(kind, source, rows)


def _places(
    kind: SheetKind,
    source: str,
    number: int,
    names: Sequence[str],
    findings: Findings,
) -> dict[str, int | None] | None:
    """Column → its position; None when the header cannot be used."""
    known = columns(kind)
    found: dict[str, int] = {}
    unknown: list[str] = []
    wrong = len(findings.problems)
    for at, name in enumerate(names):
        column = _column(name)
        if not column:
            continue
        if column not in known:
            unknown.append(name.strip())
        elif column in found:
            findings.problems.append(
                Problem(source, number, column, "", "stands twice in the header", "remove one of them")
            )
        else:
            found[column] = at
    missing = [column for column in known if column not in found]
    for name in unknown:
        near = get_close_matches(name.casefold(), missing, 1, 0.7)
        if near:
            findings.problems.append(
                Problem(source, number, name, "", "unknown column", f'rename it to "{near[0]}", or remove it')
            )
        else:
            findings.notes.append(f'{source}: column "{name}" is not known, passed over')
    for column in REQUIRED[kind]:
        if column in missing:
            remedy = f"a sheet of {kind} has the columns {', '.join(known)}"
            findings.problems.append(Problem(source, number, column, "", "this column is missing", remedy))
    if len(findings.problems) > wrong:
        return None
    forms = FORMS.get(kind, ())
    if forms and not any(set(form) <= found.keys() for form in forms):
        told = ", or ".join(" and ".join(form) for form in forms)
        findings.problems.append(
            Problem(source, number, None, "", "columns are missing", f"give it the columns {told}")
        )
        return None
    return {column: found.get(column) for column in known}


def _column(name: str) -> str:
    """A header's cell as the columns are written: "Parent Code" → "parent_code", "01" → "1"."""
    column = re.sub(r"[\s_-]+", "_", name.strip().casefold())
    return column.lstrip("0") if column.isascii() and column.isdigit() else column
