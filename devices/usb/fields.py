"""The columns that every text file has: a PIN, and codes."""

from __future__ import annotations

import re
from typing import Final

from devices.zk.text import read_pin

LONGEST_PIN: Final = 24
"""Characters, as in the terminals' own records."""
_HIGHEST_CODE: Final = 255
_CODE: Final = re.compile(r"\d{1,3}", re.ASCII)


def pin_of(field: str) -> str | None:
    """A PIN, without the blanks that pad it; None when it is none."""
    text = field.strip(" ")
    if len(text) > LONGEST_PIN or "\0" in text:
        return None
    return read_pin(text.encode("utf-8", "replace"))


def code_of(field: str) -> int | None:
    """A code as terminals have them, 0 to 255; None when it is none."""
    text = field.strip(" \r")
    number = int(text) if _CODE.fullmatch(text) else _HIGHEST_CODE + 1
    return number if number <= _HIGHEST_CODE else None
