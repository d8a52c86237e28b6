"""A CSV file with personal data: readable by its owner only, complete or not there."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from presensi.exits import ExitCode, Failure


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write `rows` below `heading` to `path`, over what was there. Raises `Failure` when that cannot be."""
    draft = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(heading)
            writer.writerows(rows)
        draft.replace(path)
    except OSError as error:
        raise Failure(f"{path}: cannot be written ({error.strerror})", ExitCode.FILES) from error
