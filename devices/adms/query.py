"""The part of an address after the question mark."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from devices.adms.errors import MalformedRequest
from devices.adms.text import read_text

LONGEST_QUERY: Final = 4096
_SERIAL = re.compile(r"[A-Za-z0-9._-]{1,32}")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_STAMP = re.compile(r"[!-~]{1,64}")


class Query(dict[str, str]):
    """Keys in lower case → values; an absent key is empty text."""

    def __missing__(self, key: str) -> str:
        return ""

    @property
    def serial(self) -> str:
        """Whose request this is. Raises `MalformedRequest` when it does not say, or not in a usable way."""
        serial = self["sn"]
        if not _SERIAL.fullmatch(serial):
            raise MalformedRequest(f"no usable serial number: {serial[:40]!r}")
        return serial

    @property
    def stamp(self) -> str | None:
        """The terminal's own mark of how far it has sent; never interpreted. None without a usable one."""
        stamp = self["stamp"] or self["opstamp"] or self["photostamp"]
        return stamp if _STAMP.fullmatch(stamp) else None


def parse_query(raw: str | bytes) -> Query:
    """Raises `MalformedRequest` when it is too long, or names two terminals.

    A value with a control character counts as empty: with the character left out it would be another value.
    """
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "replace")
    if len(raw) > LONGEST_QUERY:
        raise MalformedRequest(f"a query of {len(raw)} bytes")
    query = Query()
    for piece in raw.split(b"&"):
        key, _, value = piece.replace(b"+", b" ").partition(b"=")
        name, text = _read_value(key).lower(), _read_value(value)
        if query.setdefault(name, text) != text and name == "sn":
            raise MalformedRequest("two serial numbers")
    return query


def _read_value(encoded: bytes) -> str:
    raw = unquote_to_bytes(encoded)
    return "" if _CONTROL.search(raw) else read_text(raw)
