"""The value of one cell, or the reason why it has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from attendance.errors import RosterError
from attendance.ids import Nip
from attendance.nip import check_nip
from attendance.people import USUAL_CODE, ExcuseCode
from config.duration import parse_duration
from store.importing.problems import Findings
from store.importing.tables import Row

MOST_CHARACTERS = 200
FIRST_YEAR, LAST_YEAR = 1945, 2200
_YES = frozenset({"ya", "y", "yes", "true", "1"})
_NO = frozenset({"tidak", "t", "no", "n", "false", "0"})
_CODE = re.compile(r"[!-~]{1,64}")
_PIN = re.compile(r"[0-9A-Za-z]{1,24}")
_ADDRESS = re.compile(r"[0-9A-Za-z.:_-]{1,253}")

E = TypeVar("E", bound=StrEnum)


class Cells:
    """Reads one row's cells; each reader gives None after it has noted a problem."""

    def __init__(self, row: Row, findings: Findings) -> None:
        self._row = row
        self._findings = findings
        self.well = True
        """False once any cell was refused."""

    def refuse(self, column: str, reason: str, remedy: str, shown: str | None = None) -> None:
        """Note a problem with the cell."""
        self.well = False
        self._findings.problems.append(self._row.problem(column, reason, remedy, shown))

    def value(self, column: str) -> str:
        """What stands in the cell; "" where there is nothing or no such column."""
        return self._row.values[column]

    def text(self, column: str, *, required: bool = True) -> str:
        """Text of one line; "" where there is none or it was refused."""
        value = self._row.values[column]
        if not value and required:
            self.refuse(column, "is empty", "fill it in")
        elif len(value) > MOST_CHARACTERS:
            self.refuse(column, f"longer than {MOST_CHARACTERS} characters", "shorten it")
        elif not value.isprintable():
            self.refuse(column, "holds a line break or a character that cannot be printed", "type it again")
        else:
            return " ".join(value.split())
        return ""

    def code(self, column: str, *, required: bool = True) -> str:
        """A code or a serial number, without blanks."""
        return self._matching(column, _CODE, "letters, digits and signs without blanks, at most 64", required)

    def pin(self, column: str) -> str:
        """A PIN."""
        return self._matching(column, _PIN, "letters and digits, at most 24", True)

    def address(self, column: str, *, required: bool = True) -> str:
        """A host name or IP address."""
        return self._matching(column, _ADDRESS, "a host name or an IP address, without port", required)

    def line_address(self, column: str, fault: Callable[[str], str | None]) -> str:
        """The address of a line that is no host; `fault` tells what is wrong with it."""
        value = self.text(column)
        if value and (reason := fault(value)):
            self.refuse(column, "names no line", reason)
        return value

    def nip(self, column: str) -> Nip:
        """A NIP; a problem shows its last digits only."""
        value = self._row.values[column]
        if not value:
            self.refuse(column, "is empty", "fill it in")
            return Nip("")
        try:
            return check_nip(value)
        except RosterError as error:
            self.refuse(column, str(error), "correct it after the letter of appointment", masked(value))
            return Nip("")

    def day(self, column: str, *, required: bool = True) -> date | None:
        """A day as YYYY-MM-DD."""
        value = self._row.values[column]
        if not value:
            if required:
                self.refuse(column, "is empty", "write a day as YYYY-MM-DD")
            return None
        try:
            if len(value) != 10:
                raise ValueError
            day = date.fromisoformat(value)
        except ValueError:
            self.refuse(column, "is not a day", "write it as YYYY-MM-DD, as in 2026-01-31")
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.refuse(column, "is not in our time", f"write a year from {FIRST_YEAR} to {LAST_YEAR}")
            return None
        return day

    def days(self, first: str, last: str, *, open_end: bool) -> tuple[date, date | None] | None:
        """Two days in their order; the last may be empty if `open_end`."""
        begins = self.day(first)
        ends = self.day(last, required=not open_end)
        if begins is None or (ends is None and (not open_end or self._row.values[last])):
            return None
        if ends is not None and ends < begins:
            self.refuse(last, f"lies before {first}", "exchange the days or correct one")
            return None
        return begins, ends

    def choice(self, column: str, known: type[E], default: E | None = None) -> E | None:
        """One of the enum's values; letter case does not matter."""
        value = self._row.values[column].casefold()
        if not value and default is not None:
            return default
        if value in {member.value for member in known}:
            return known(value)
        self.refuse(column, "is not one of the known values", _nearest(value, [str(item) for item in known]))
        return None

    def excuse_code(self, column: str) -> ExcuseCode | None:
        """A code such as "CT" or "DL", or a kind such as "leave"; letter case does not matter."""
        value = self._row.values[column].casefold()
        known = {code.value.casefold(): code for code in ExcuseCode} | {
            kind.value: code for kind, code in USUAL_CODE.items()
        }
        if value in known:
            return known[value]
        self.refuse(column, "is not one of the known values", _nearest(value, [*ExcuseCode, *USUAL_CODE]))
        return None

    def known(self, column: str, known: Collection[str], default: str) -> str:
        """One of the words in `known`, or `default` when empty."""
        value = self._row.values[column] or default
        if value not in known:
            self.refuse(column, "is not known", _nearest(value, sorted(known)))
        return value

    def yes(self, column: str) -> bool:
        """ya or tidak."""
        value = self._row.values[column].casefold()
        if value not in _YES | _NO:
            self.refuse(column, "is neither ya nor tidak", 'write "ya" or "tidak"')
        return value in _YES

    def port(self, column: str, default: int) -> int:
        """A TCP port."""
        value = self._row.values[column]
        if not value:
            return default
        if value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= 65535:
            return int(value)
        self.refuse(column, "is not a port", "write a number from 1 to 65535, usually 4370")
        return default

    def no_port(self, column: str) -> None:
        """Nothing: the address says it all."""
        if self._row.values[column]:
            self.refuse(column, "has no meaning beside this address", "leave it empty")

    def interval(self, column: str) -> float | None:
        """Seconds of a duration such as "30s"; None when empty."""
        value = self._row.values[column]
        if not value:
            return None
        try:
            seconds = parse_duration(value).total_seconds()
        except ValueError as error:
            self.refuse(column, str(error), "correct it, or leave it empty for the collector's setting", "")
            return None
        if seconds < 1:
            self.refuse(column, "is shorter than one second", "write at least 1s")
            return None
        return seconds

    def _matching(self, column: str, pattern: re.Pattern[str], form: str, required: bool) -> str:
        value = self._row.values[column]
        if not value and not required:
            return ""
        if not value:
            self.refuse(column, "is empty", "fill it in")
        elif not pattern.fullmatch(value):
            self.refuse(column, "has another form than it may", f"write {form}")
        else:
            return value
        return ""


def masked(nip: str) -> str:
    """A NIP as it may be shown: its last four characters; the rest holds birth date and sex."""
    return f"…{nip[-4:]}"


def _nearest(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 1, 0.5)
    listed = f"the known ones are {', '.join(known)}"
    return f'did you mean "{near[0]}"? {listed}' if near else listed
