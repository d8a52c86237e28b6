"""A CSV file with personal data: readable by its owner only, complete or not there."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from presensi.exits import ExitCode, Failure

_FORMULA = frozenset("=+-@\t")


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write `rows` below `heading` to `path`, over what was there. A text that a spreadsheet would take for a
    formula gets an apostrophe before it. Raises `Failure` when that cannot be.
    """
    draft = path.with_name(path.name + ".part")
    try:
        draft.unlink(missing_ok=True)  # what lies there may be readable by others, or lead elsewhere
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(heading)
                writer.writerows([_cell(value) for value in row] for row in rows)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Failure(f"{path}: cannot be written ({error.strerror})", ExitCode.FILES) from error


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value
