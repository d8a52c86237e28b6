"""Reading XLSX workbooks as text, warily: a workbook is a zip of XML, and may be anything."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import cast

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from store.importing.problems import Findings, Problem

MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes of XML that a workbook may hold in all."""

MOST_COLUMNS = 64
EXACT_DIGITS = 15
"""A spreadsheet keeps this many digits of a number; a NIP has 18."""

Grid = tuple[str, Sequence[tuple[int, Sequence[str]]]]


def read_workbook(path: Path, data: bytes, most_rows: int, findings: Findings) -> list[Grid]:
    """The sheets of the workbook in `data`, as (name, numbered lines of text)."""
    refusal = _refusal(data)
    if refusal is not None:
        findings.file(path.name, *refusal)
        return []
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return [(sheet.title, _lines(path, sheet, most_rows, findings)) for sheet in book.worksheets]
        finally:
            book.close()
    except Exception as error:
        # openpyxl lets out whatever a damaged part provokes: KeyError, ParseError, ValueError, zlib.error …
        reason = f"not a readable workbook ({type(error).__name__})"
        findings.file(path.name, reason, "open it in a spreadsheet and save it anew as .xlsx")
        return []


def _refusal(data: bytes) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return "not an .xlsx workbook", "open it in a spreadsheet and save it as .xlsx or as CSV (UTF-8)"
    if unpacked > MOST_UNPACKED:
        return (
            f"unpacks to {unpacked >> 20} MiB, no roster does",
            "copy the roster sheets into a new workbook",
        )
    return None


def _lines(
    path: Path, sheet: Worksheet, most_rows: int, findings: Findings
) -> list[tuple[int, Sequence[str]]]:
    source = f"{path.name} [{sheet.title}]"
    cast(
        ReadOnlyWorksheet, sheet
    ).reset_dimensions()  # a workbook's claim about its size is not to be trusted
    lines: list[tuple[int, Sequence[str]]] = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
        if number > most_rows:
            findings.problems.append(
                Problem(source, None, None, "", f"more than {most_rows} rows", "give it in parts")
            )
            break
        lines.append((number, [_text(source, number, at, cell, findings) for at, cell in enumerate(cells)]))
    return lines


def _text(source: str, row: int, at: int, cell: object, findings: Findings) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float):
        if abs(cell) >= 10**EXACT_DIGITS:
            reason = f"a number of more than {EXACT_DIGITS} digits, which the spreadsheet has rounded"
            column = _letter(at)
            findings.problems.append(
                Problem(source, row, column, "", reason, "format the column as text and enter it again")
            )
            return ""
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    return str(cell)


def _letter(at: int) -> str:
    """The spreadsheet's own name of a column: A … Z, AA …"""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name
