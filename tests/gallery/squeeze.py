"""Small PNG files: a screenshot of flat areas and text loses nothing that anybody sees with 256 colours."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("squeeze.js")
INDEXED, BITS = 3, 8


def squeezed(png: bytes, blank: Page) -> bytes:
    """The picture with at most 256 colours. `blank` is any page that runs scripts; it does the counting."""
    found = blank.evaluate(SCRIPT.read_text("utf-8"), base64.b64encode(png).decode())
    width, height = found["width"], found["height"]
    indices = base64.b64decode(found["indices"])
    lines = b"".join(b"\0" + indices[row * width : (row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, BITS, INDEXED, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", base64.b64decode(found["palette"])),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
