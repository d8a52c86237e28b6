"""Reads systemd unit files, in which a key may stand many times."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UNITS = Path(__file__).parents[3] / "systemd"


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A unit: (section, key, value) in the file's order."""

    name: str
    settings: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, path: Path) -> UnitFile:
        """Parse `path`; anything that is not a section, a comment or `key=value` is an error."""
        return cls(path.name, tuple(_settings(path)))

    def all(self, key: str, section: str = "Service") -> list[str]:
        """Every value of `key`, in order."""
        return [value for where, name, value in self.settings if (where, name) == (section, key)]

    def one(self, key: str, section: str = "Service") -> str:
        """The only value of `key`."""
        (value,) = self.all(key, section)
        return value

    def commands(self) -> list[list[str]]:
        """Every command line that the unit starts, in words."""
        return [
            shlex.split(value.lstrip("@-:+!|"))
            for section, key, value in self.settings
            if section == "Service" and key.startswith("Exec")
        ]

    def environment(self) -> dict[str, str]:
        """What the unit puts into the environment."""
        words = [word for value in self.all("Environment") for word in shlex.split(value)]
        return dict(word.split("=", 1) for word in words)


def services() -> list[UnitFile]:
    """All service units of the project."""
    return [UnitFile.read(path) for path in sorted(UNITS.glob("*.service"))]


def _settings(path: Path) -> Iterator[tuple[str, str, str]]:
    section = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        key, equals, value = line.partition("=")
        if not (section and equals and key.strip() == key):
            raise ValueError(f"{path.name}:{number}: neither section, comment nor key=value: {line}")
        yield section, key, value
