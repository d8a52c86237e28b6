"""Names for identifiers, so that a PIN is never taken for a NIP."""

from __future__ import annotations

from typing import NewType

Pin = NewType("Pin", str)
"""What a terminal knows a person by. A string: leading zeros and letters occur; up to 24 characters."""

Nip = NewType("Nip", str)
"""Nomor Induk Pegawai, 18 digits; holds birth date and sex, so it never appears on a wall or in a log."""

SerialNumber = NewType("SerialNumber", str)
"""A terminal's identity; its address is not."""

PersonId = NewType("PersonId", int)
UnitId = NewType("UnitId", int)
TerminalId = NewType("TerminalId", int)
PunchId = NewType("PunchId", int)
