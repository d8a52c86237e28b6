"""Text fields of the ZK records: padded with NUL, with garbage after the first one, cut anywhere."""

from __future__ import annotations


def until_nul(raw: bytes) -> bytes:
    """What stands before the first NUL; the rest is garbage."""
    return raw.partition(b"\0")[0]


def read_pin(raw: bytes) -> str | None:
    """A PIN: printable ASCII without spaces, at least one character; None when it is not that."""
    text = until_nul(raw)
    if not text or not text.isascii():
        return None
    pin = text.decode("ascii")
    return pin if pin.isprintable() and " " not in pin else None


def read_name(raw: bytes) -> str:
    """A name: UTF-8 as far as it goes, since encodings differ by market and names are cut mid-character."""
    return until_nul(raw).decode("utf-8", "replace").rstrip("\ufffd").strip()
