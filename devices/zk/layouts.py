"""The attendance log's record layouts, one row each. A new size is a new row.

The body of a prepared log (what follows its u32 size header) is records of one size, without separators.
Multi-byte numbers are little-endian, times are packed as `times` says.

    "8a"  0         2        3          7         8
          +---------+--------+----------+---------+
          | user    | verify | time     | state   |      the user's number, not the PIN
          | u16     | u8     | u32      | u8      |
          +---------+--------+----------+---------+

    "8b"  0         2        3          4         8      ZEM500, MA300
          +---------+--------+----------+---------+
          | user    | state, |    ?     | time    |      state in the high four bits of byte 2,
          | u16     | verify | u8       | u32     |      verify in the low four
          +---------+--------+----------+---------+

    "16"  0         4        8       9        10         12          16
          +---------+--------+-------+--------+----------+-----------+
          | PIN     | time   | state | verify | reserved | work code |
          | u32     | u32    | u8    | u8     | 2 bytes  | u32       |
          +---------+--------+-------+--------+----------+-----------+

    "22"  0       2            8          12       13     17      18         22      AK3750, WL10
          +-------+------------+----------+--------+------+-------+----------+
          | user  | PIN, text, | reserved | verify | time | state | reserved |
          | u16   | 6 bytes    | 4 bytes  | u8     | u32  | u8    | 4 bytes  |
          +-------+------------+----------+--------+------+-------+----------+

    "40"  0       2            26       27     31      32         40      most models
          +-------+------------+--------+------+-------+----------+
          | user  | PIN, text, | verify | time | state | reserved |
          | u16   | 24 bytes   | u8     | u32  | u8    | 8 bytes  |
          +-------+------------+--------+------+-------+----------+

    "49"  like "40" with 9 bytes more, probably mask and temperature      MB560-VL, MB40-VL, SpeedFace-V5L

The user number in front is not always one (iClock680 counts up), and 0 for a deleted user's record.
Source: 8a, 40 fananimi/pyzk; 8b its issues 56, 92, 99; 16 the vendor's manual of 2006; 22 MrFaviod/pyzk-wl10;
49 pyzk's issues 174, 187, 222. A captured record of 8b and one of 40 were published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class PinKind(StrEnum):
    """How a record says whose it is."""

    TEXT = "text"
    """The PIN, as NUL-padded text."""
    NUMBER = "number"
    """The PIN, as u32."""
    USER = "user"
    """The user's number (u16) only: the list of users tells the PIN."""


@dataclass(frozen=True, slots=True)
class LogLayout:
    """Where the fields of one record lie: offsets in bytes from its start."""

    name: str
    size: int
    pin_kind: PinKind
    pin: int
    verify: int
    """u8"""
    time: int
    """u32"""
    state: int
    """u8; where it is also verify's, state is its high four bits and verify its low four."""
    pin_width: int = 0
    """Bytes of a PIN that is text."""
    user_index: int | None = 0
    """u16"""
    work_code: int | None = None
    """u32"""

    @property
    def nibbles(self) -> bool:
        """Whether one byte holds both state and verify."""
        return self.state == self.verify


LAYOUT_8A: Final = LogLayout("8a", 8, PinKind.USER, pin=0, verify=2, time=3, state=7)
LAYOUT_8B: Final = LogLayout("8b", 8, PinKind.USER, pin=0, verify=2, time=4, state=2)
LAYOUT_16: Final = LogLayout(
    "16", 16, PinKind.NUMBER, pin=0, time=4, state=8, verify=9, user_index=None, work_code=12
)
LAYOUT_22: Final = LogLayout("22", 22, PinKind.TEXT, pin=2, pin_width=6, verify=12, time=13, state=17)
LAYOUT_40: Final = LogLayout("40", 40, PinKind.TEXT, pin=2, pin_width=24, verify=26, time=27, state=31)
LAYOUT_49: Final = LogLayout("49", 49, PinKind.TEXT, pin=2, pin_width=24, verify=26, time=27, state=31)

LAYOUTS: Final[Mapping[str, LogLayout]] = MappingProxyType(
    {layout.name: layout for layout in (LAYOUT_40, LAYOUT_49, LAYOUT_22, LAYOUT_16, LAYOUT_8B, LAYOUT_8A)}
)
"""By name; of two that fit equally well, the first is the likelier."""


LONGEST_RECORD: Final = max(layout.size for layout in LAYOUTS.values())


def layouts_of(size: int) -> list[LogLayout]:
    """The layouts whose records have `size` bytes."""
    return [layout for layout in LAYOUTS.values() if layout.size == size]
