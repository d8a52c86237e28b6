"""The comm keys (communication passwords) that terminals ask for, from a file only we may read."""

from __future__ import annotations

import tomllib
from pathlib import Path

from attendance.ids import SerialNumber
from config.errors import ConfigError

LARGEST_KEY = 999_999
"""A terminal's menu takes six digits."""


class CommKeys:
    """The key of each terminal; terminals without one of their own share the default, 0 if not given.

    The file is TOML: `default = 0` and a table `[terminals]` of `"SERIAL" = KEY`. It is read again when it
    changed, so that a corrected key works without a restart.
    """

    def __init__(self, path: Path | None) -> None:
        """Raises `ConfigError` when the file at `path` is missing or cannot be used; None means no keys."""
        self._path = path
        self._stamp = (0, 0, 0)
        self._default = 0
        self._keys: dict[str, int] = {}
        if path is not None:
            self._reload(path)

    def of(self, serial: SerialNumber) -> int:
        """The key of one terminal. Raises `ConfigError` when the file changed and cannot be used now."""
        if self._path is not None:
            self._reload(self._path)
        return self._keys.get(serial, self._default)

    def _reload(self, path: Path) -> None:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return
            content = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: the comm-key file cannot be read ({error})") from error
        unknown = sorted(set(content) - {"default", "terminals"})
        if unknown:
            raise ConfigError(
                f"{path}: unknown key {unknown[0]!r}; the file has `default = 0` and a table [terminals]"
            )
        table = content.get("terminals", {})
        if not isinstance(table, dict):
            raise ConfigError(f'{path}: [terminals] must be a table of "SERIAL" = KEY')
        default = _key(path, "default", content.get("default", 0))
        self._keys = {serial: _key(path, f'terminals."{serial}"', value) for serial, value in table.items()}
        self._default = default
        self._stamp = stamp


def _key(path: Path, name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_KEY:
        raise ConfigError(f"{path}: {name} must be a whole number from 0 to {LARGEST_KEY}")
    return value
