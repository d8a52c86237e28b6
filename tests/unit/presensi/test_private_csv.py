"""Files with personal data: for their owner only, and nothing in them is a formula."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from presensi.exits import Failure
from presensi.private_csv import write_csv


def test_a_text_that_a_spreadsheet_would_run_is_written_as_text(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    write_csv(path, ["name"], [[text] for text in ("=1+1", "+62", "-x", "@a", "\tb", "Orang 1")])
    with path.open(newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == [
            "'=1+1",
            "'+62",
            "'-x",
            "'@a",
            "'\tb",
            "Orang 1",
        ]


def test_numbers_below_zero_stay_numbers(tmp_path: Path) -> None:
    write_csv(tmp_path / "list.csv", ["minutes"], [[-5]])
    assert (tmp_path / "list.csv").read_text() == "minutes\n-5\n"


def test_a_draft_that_lay_there_is_neither_followed_nor_kept_readable(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    (tmp_path / "list.csv.part").symlink_to(elsewhere)
    write_csv(tmp_path / "list.csv", ["name"], [["Orang 1"]])
    assert elsewhere.read_text() == "kept"
    assert stat.S_IMODE((tmp_path / "list.csv").stat().st_mode) == 0o600


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["Orang 1"]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write_csv(tmp_path / "list.csv", ["name"], rows())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "list.csv").mkdir()
    with pytest.raises(Failure, match="cannot be written"):
        write_csv(tmp_path / "list.csv", ["name"], [["Orang 1"]])
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]
