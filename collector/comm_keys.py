"""The comm keys (communication passwords) that terminals ask for, from a file only we may read."""

from __future__ import annotations

from pathlib import Path

from collector.key_file import KeyFile
from config.errors import ConfigError

LARGEST_KEY = 999_999
"""A terminal's menu takes six digits."""


class CommKeys(KeyFile[int]):
    """The key of each terminal; terminals without one of their own share the default, 0 if not given."""

    what = "comm-key file"
    example = "default = 0"

    def __init__(self, path: Path | None) -> None:
        """Raises `ConfigError` when the file at `path` is missing or cannot be used; None means no keys."""
        super().__init__(path, 0)

    def _checked(self, place: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_KEY:
            raise ConfigError(f"{place} must be a whole number from 0 to {LARGEST_KEY}")
        return value
