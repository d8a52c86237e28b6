"""From TOML text and environment to a validated model, with an error that says where and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.errors import ConfigError

ENVIRONMENT_PREFIX = "PRESENSI_"
_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([\w"'.\- ]+?)\s*=""")
_RELATIVE_SQLITE = re.compile(r"sqlite:///(?!/|:memory:)(?=[^?])")

M = TypeVar("M", bound=BaseModel)
Place = tuple[str, ...]
"""Where a value stands: (table,) or (table, key)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Values as they were found, not validated, each with the words that tell a reader where."""

    tables: Mapping[str, object]
    """Table name → its keys and values; anything else than a table where one belongs, as it came."""
    origins: Mapping[Place, str]
    """Place → "FILE:LINE" or the environment variable's name."""
    fallback: str
    """Where a value came from whose place is not known."""
    folder: Path
    """What relative file names count from."""

    def overlaid_by(self, other: Found) -> Found:
        """These values, with `other`'s over them. Relative file names are made absolute on both sides."""
        below, above = self.anchored(), other.anchored()
        tables = dict(below.tables)
        for name, table in above.tables.items():
            under = tables.get(name)
            both = isinstance(under, Mapping) and isinstance(table, Mapping)
            tables[name] = {**under, **table} if both else table  # type: ignore[dict-item]
        return Found(tables, {**below.origins, **above.origins}, above.fallback, below.folder)

    def anchored(self) -> Found:
        """The same, with relative file names made absolute."""
        tables = {
            name: {key: _anchor(key, value, self.folder) for key, value in table.items()}
            if isinstance(table, Mapping)
            else table
            for name, table in self.tables.items()
        }
        return Found(tables, self.origins, self.fallback, self.folder)


def read_file(path: Path) -> Found:
    """The values in the TOML file at `path`. Raises `ConfigError` when it cannot be read as TOML."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such settings file; write one with `presensi config sample > {path}`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the settings file cannot be read: {error}") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}; text values stand in double quotes") from error
    origins = {place: f"{path}:{line}" for place, line in _lines(text)}
    return Found(tables, origins, str(path), path.absolute().parent)


def defaults(model: type[BaseModel], folder: Path) -> Found:
    """The defaults of `model`, whose relative file names count from `folder`."""
    tables = {name: table().model_dump(mode="json") for name, table in tables_of(model).items()}
    return Found(tables, {}, "built-in default", folder)


def read_environment(model: type[BaseModel], environment: Mapping[str, str]) -> Found:
    """The values of the variables PRESENSI_TABLE_KEY whose TABLE is one of `model`'s tables."""
    tables: dict[str, dict[str, str]] = {}
    origins: dict[Place, str] = {}
    for variable, value in environment.items():
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        table, _, key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        if table in model.model_fields and key:
            tables.setdefault(table, {})[key] = value
            origins[table, key] = variable
    return Found(tables, origins, "environment", Path.cwd())


def validate(model: type[M], found: Found) -> M:
    """`model` made of what was found. Raises `ConfigError` with one line for each thing that is wrong."""
    found = found.anchored()
    try:
        return model.model_validate(dict(found.tables))
    except ValidationError as error:
        lines = [_sentence(model, found, detail) for detail in error.errors()]
        raise ConfigError("\n".join(lines)) from error


def tables_of(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The tables of a settings model, in their order."""
    return {
        name: field.annotation
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def _anchor(key: str, value: object, folder: Path) -> object:
    if not isinstance(value, str) or not value:
        return value
    if key == "file" or key.endswith("_file"):
        return str(folder / value)
    if key == "url":
        return _RELATIVE_SQLITE.sub(lambda match: f"{match[0]}{folder}/", value)
    return value


def _lines(text: str) -> Iterator[tuple[Place, int]]:
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _parts(header[1])
            yield table, number
        elif entry := _KEY.match(line):
            yield table + _parts(entry[1]), number


def _parts(dotted: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _sentence(model: type[BaseModel], found: Found, detail: ErrorDetails) -> str:
    place = tuple(str(part) for part in detail["loc"])
    origin = found.origins.get(place[:2]) or found.origins.get(place[:1]) or found.fallback
    name = f"[{place[0]}] {place[1]}" if len(place) > 1 else f"[{place[0]}]"
    if detail["type"] == "extra_forbidden":
        return f"{origin}: {name}: {_unknown(model, place)}"
    if detail["type"] == "model_type":
        return f"{origin}: {name}: this is a table; write [{place[0]}] on its own line and its settings below"
    reason = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    given = "" if detail["type"] == "value_error" else f", not {detail['input']!r}"
    return f"{origin}: {name}: {reason}{given}"


def _unknown(model: type[BaseModel], place: Place) -> str:
    tables = tables_of(model)
    if len(place) == 1:
        homes = [name for name, table in tables.items() if place[0] in table.model_fields]
        if homes:
            return f'unknown table; the setting "{place[0]}" belongs below [{homes[0]}]'
        return "unknown table" + _nearest(place[0], list(tables))
    keys = list(tables[place[0]].model_fields)
    near = _nearest(place[1], keys)
    homes = [name for name, table in tables.items() if place[1] in table.model_fields]
    if homes:
        near = f"; it belongs below [{homes[0]}]"
    return "unknown setting" + near


def _nearest(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 1, 0.5)
    return f'; did you mean "{near[0]}"?' if near else f"; known are: {', '.join(known)}"
