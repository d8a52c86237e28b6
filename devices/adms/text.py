"""Text in the push protocol: UTF-8, from Chinese-language units GB2312, from some neither."""

from __future__ import annotations

import re
from typing import Final

from devices.zk.text import read_name

LONGEST: Final = 256
"""Characters kept of any value: far above what a terminal has to say of itself."""

PIN: Final = r"[!-~]{1,24}"
"""A regular expression: printable ASCII without blanks."""
TIME: Final = r"20[0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
"""A regular expression: a moment by the terminal's own clock, as digits go; it may still be no date."""

_PIN = re.compile(PIN)
_SECRET = re.compile(rb"(pass(?:wd|word)?|pwd|tmp|template\w*|content|photo)=[^\t\n]+", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def read_text(raw: bytes) -> str:
    """What `raw` says, in whatever encoding, without control characters and cut at `LONGEST`; never fails."""
    return read_name(raw[: 4 * LONGEST])[:LONGEST]


def is_pin(text: str) -> bool:
    """Whether `text` can be a PIN: 1 to 24 printable ASCII characters without blanks."""
    return _PIN.fullmatch(text) is not None


def without_secrets(raw: bytes) -> bytes:
    """A line that came where it does not belong, for keeping: what may be a password, template or photo is
    left out.
    """
    return _SECRET.sub(rb"\1=", raw)


def read_number(text: str) -> int | None:
    """A decimal number of up to nine digits; None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None


def read_pairs(raw: bytes, separator: bytes) -> dict[str, str]:
    """`key=value` pieces between separators: keys in lower case without a leading `~`, the first of each
    counts. Pieces without `=` are left out.
    """
    pairs: dict[str, str] = {}
    for piece in raw.split(separator):
        key, equals, value = piece.partition(b"=")
        if equals:
            pairs.setdefault(read_text(key).lstrip("~").lower(), read_text(value))
    return pairs
