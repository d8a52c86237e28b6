"""Prints, at the end of a run, which way of reading terminals survived which fault.

A test takes part through `record_property("matrix", [way, fault])`; with several workers the properties come
to the process that prints.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

PROPERTY = "matrix"


@dataclass
class Cell:
    """How often one way met one fault, and how often all was well afterwards."""

    tried: int = 0
    passed: int = 0

    def __str__(self) -> str:
        if not self.tried:
            return "·"
        return str(self.passed) if self.passed == self.tried else f"{self.passed}/{self.tried} FAILED"


@dataclass
class Matrix:
    """All cells, by fault and way."""

    cells: dict[tuple[str, str], Cell] = field(default_factory=lambda: defaultdict(Cell))

    def lines(self) -> list[str]:
        """The table, a fault a line."""
        ways = list(dict.fromkeys(way for way, _ in self.cells))
        faults = list(dict.fromkeys(fault for _, fault in self.cells))
        first = max(len(fault) for fault in faults)
        widths = [max(len(way), 3) for way in ways]

        def line(head: str, values: list[str]) -> str:
            columns = [value.rjust(width) for value, width in zip(values, widths, strict=True)]
            return "  ".join([head.ljust(first), *columns])

        table = [line("", ways)]
        table += [line(fault, [str(self.cells[way, fault]) for way in ways]) for fault in sorted(faults)]
        tried = sum(cell.tried for cell in self.cells.values())
        passed = sum(cell.passed for cell in self.cells.values())
        return [*table, f"{passed} of {tried} cases"]


_MATRIX = Matrix()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a case once: by its call, or by the phase that failed before it."""
    if report.when != "call" and not (report.when == "setup" and report.failed):
        return
    for name, value in report.user_properties:
        if name == PROPERTY:
            assert isinstance(value, list | tuple)
            cell = _MATRIX.cells[str(value[0]), str(value[1])]
            cell.tried += 1
            cell.passed += report.passed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was gathered, if anything was."""
    if _MATRIX.cells:
        terminalreporter.section("ways of reading × faults")
        for line in _MATRIX.lines():
            terminalreporter.write_line(line)
