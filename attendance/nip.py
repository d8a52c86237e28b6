"""Reading a NIP: 18 digits, birth YYYYMMDD · appointment YYYYMM · sex 1/2 · sequence 3. No check digit.

Source: BKN's layout of the NIP since 2007. For PPPK (staff on contract) a code such as 21 stands where the
month of appointment would be.
"""

from __future__ import annotations

import re
from datetime import date

from attendance.errors import RosterError
from attendance.ids import Nip

LENGTH = 18
ADULT_YEARS = 18
FIRST_CONTRACT_CODE = 21
"""Codes from here up, in place of the month, mark contracts; 13–20 can only be typing errors."""

_SPOILED = re.compile(r"[\d.,]+E\+?\d+", re.IGNORECASE)


def check_nip(text: str) -> Nip:
    """The NIP in `text`, without the blanks that people print between its groups.

    Raises `RosterError` with the reason; the reason never repeats the number, which holds a birth date.
    Uniqueness is for the caller to check.
    """
    digits = "".join(text.split())
    if _SPOILED.fullmatch(digits):
        raise RosterError("the spreadsheet turned the NIP into a number; format the column as text")
    if not (digits.isascii() and digits.isdigit()):
        raise RosterError("a NIP has digits only")
    if len(digits) != LENGTH:
        raise RosterError(f"a NIP has {LENGTH} digits, this one has {len(digits)}")
    born = _birth(digits[:8])
    _check_appointment(born, int(digits[8:12]), int(digits[12:14]))
    if digits[14] not in "12":
        raise RosterError(f"digit 15 is the sex, 1 or 2, not {digits[14]}")
    if digits[15:] == "000":
        raise RosterError(
            "the last three digits are 000, no sequence number; "
            "a spreadsheet that rounds long numbers leaves them so: format the column as text"
        )
    return Nip(digits)


def _birth(digits: str) -> date:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        return date(year, month, day)
    except ValueError:
        raise RosterError("digits 1–8 are the birth date YYYYMMDD, and there is no such day") from None


def _check_appointment(born: date, year: int, month: int) -> None:
    contract = month >= FIRST_CONTRACT_CODE
    if not contract and not 1 <= month <= 12:
        raise RosterError(
            f"digits 13–14 are the month of appointment, 01–12, or a contract code from "
            f"{FIRST_CONTRACT_CODE}, not {month:02d}"
        )
    # A contract's month is unknown: it gets the benefit of December.
    appointed = year * 12 + (12 if contract else month)
    if appointed < (born.year + ADULT_YEARS) * 12 + born.month:
        raise RosterError(f"digits 9–14 are the appointment, and it lies before the {ADULT_YEARS}th birthday")
