"""Cutting a text file into lines without losing a byte, whatever encoding its names are in."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final, NamedTuple

_MARKS: Final = (
    (codecs.BOM_UTF8, "latin-1"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLANK: Final = " \t\r\x1a"
"""A line of only these says nothing; 1A is the end mark of old file systems."""


class Line(NamedTuple):
    """One line that is not blank."""

    number: int
    """From 1."""
    text: str
    """Without its end. What is read of it is ASCII; names may come out as nonsense."""
    encoding: str

    @property
    def raw(self) -> bytes:
        """Its bytes as the file has them."""
        return self.text.encode(self.encoding, "replace")


def lines(data: bytes) -> Iterator[Line]:
    """The lines of `data`, ended by LF or CRLF, the last one perhaps not. Never raises.

    A byte becomes the character of the same number: every byte sequence is text then, and can be had back.
    """
    encoding = "latin-1"
    for mark, named in _MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], named
    for number, text in enumerate(data.decode(encoding, "replace").split("\n"), 1):
        if text.strip(_BLANK):
            yield Line(number, text.removesuffix("\r"), encoding)
