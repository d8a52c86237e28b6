"""The keys (pushcommkey) that terminals have to give, from a file only we may read."""

from __future__ import annotations

import hmac
import re
from pathlib import Path

from attendance.ids import SerialNumber
from collector.key_file import KeyFile
from config.errors import ConfigError

_KEY = re.compile(r"[!-~]{1,64}")


class PushKeys(KeyFile[str | None]):
    """The key of each terminal; None: it need not give one."""

    what = "push-key file"
    example = 'default = "KEY"'

    def __init__(self, path: Path | None) -> None:
        """Raises `ConfigError` when the file at `path` is missing or cannot be used; None means no keys."""
        super().__init__(path, None)

    def right(self, serial: SerialNumber, given: str | None) -> bool:
        """Whether the terminal gave its key, or need not. Raises `ConfigError`, see `of`."""
        wanted = self.of(serial)
        if wanted is None:
            return True
        return hmac.compare_digest(wanted.encode(), (given or "").encode("utf-8", "replace"))

    def _checked(self, place: str, value: object) -> str | None:
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            raise ConfigError(f"{place} must be a text of 1 to 64 printable characters without blanks")
        return value
