"""Keys of terminals, from a TOML file only we may read: `default`, and a table `[terminals]` of serials."""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from attendance.ids import SerialNumber
from config.errors import ConfigError

Key = TypeVar("Key")


class KeyFile(ABC, Generic[Key]):
    """The key of each terminal; terminals without one of their own share the default.

    The file is read again when it changed, so that a corrected key works without a restart.
    """

    what: ClassVar[str]
    """What the file is called in messages."""
    example: ClassVar[str]
    """How a default is written."""

    def __init__(self, path: Path | None, default: Key) -> None:
        """Raises `ConfigError` when the file at `path` is missing or cannot be used; None means no file."""
        self._path = path
        self._stamp = (0, 0, 0)
        self._without = default
        self._default = default
        self._keys: dict[str, Key] = {}
        if path is not None:
            self._reload(path)

    def of(self, serial: SerialNumber) -> Key:
        """The key of one terminal. Raises `ConfigError` when the file changed and cannot be used now."""
        if self._path is not None:
            self._reload(self._path)
        return self._keys.get(serial, self._default)

    @abstractmethod
    def _checked(self, place: str, value: object) -> Key:
        """The key that `value` is. Raises `ConfigError` naming `place` when it is none."""

    def _reload(self, path: Path) -> None:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return
            content = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: the {self.what} cannot be read ({error})") from error
        unknown = sorted(set(content) - {"default", "terminals"})
        if unknown:
            raise ConfigError(
                f"{path}: unknown key {unknown[0]!r}; the file has `{self.example}` and a table [terminals]"
            )
        table = content.get("terminals", {})
        if not isinstance(table, dict):
            raise ConfigError(f'{path}: [terminals] must be a table of "SERIAL" = KEY')
        default = self._without
        if "default" in content:
            default = self._checked(f"{path}: default", content["default"])
        self._keys = {
            serial: self._checked(f'{path}: terminals."{serial}"', value) for serial, value in table.items()
        }
        self._default = default
        self._stamp = stamp
