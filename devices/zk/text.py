"""Text fields of the ZK records: padded with NUL, with garbage after the first one, cut anywhere."""

from __future__ import annotations

import re
from typing import Final

_CHINESE: Final = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])+")
"""GB 2312, as terminals for the Chinese market write it: every character beyond ASCII has two high bytes.
Western text in one of the Windows code pages hardly ever has its high bytes in pairs.
"""


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
    """A name in whatever encoding it is: UTF-8, else GB 2312, else Windows-1252. The terminal does not say.

    A character cut in two at the field's end is left out.
    """
    text = until_nul(raw)
    may_be_cut = text == raw
    try:
        name = text.decode("utf-8")
    except UnicodeDecodeError as error:
        if may_be_cut and error.reason == "unexpected end of data":
            name = text[: error.start].decode("utf-8")
        elif _CHINESE.fullmatch(text) or (may_be_cut and _CHINESE.fullmatch(text[:-1])):
            name = text.decode("gb18030", "replace").rstrip("\ufffd")
        else:
            name = text.decode("cp1252", "replace")
    return "".join(character for character in name if character.isprintable()).strip()
