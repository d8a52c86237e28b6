"""From TOML text and environment to a validated model, with an error that says where and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.errors import ConfigError

ENVIRONMENT_PREFIX = "PRESENSI_"
_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_LISTED = re.compile(r"\s*\[\[\s*([^\[\]]+?)\s*\]\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([\w"'.\- ]+?)\s*=""")
_RELATIVE_SQLITE = re.compile(r"sqlite:///(?!/|:memory:)(?=[^?])")

_KEY_ITSELF = "[key]"
"""What Pydantic adds to a place when the name itself is wrong."""

M = TypeVar("M", bound=BaseModel)
Place = tuple[str, ...]
"""Where a value stands: (table,), (table, key), (table, table below it, key), (listed table, "0", key)."""


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
    if key == "rules" and "/" in value:
        return str(folder / value)
    if key == "url":
        return _RELATIVE_SQLITE.sub(lambda match: f"{match[0]}{folder}/", value)
    return value


def _lines(text: str) -> Iterator[tuple[Place, int]]:
    table: Place = ()
    listed: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _parts(header[1])
            yield table, number
        elif header := _LISTED.match(line):
            table = _parts(header[1])
            listed[table] = listed.get(table, -1) + 1
            table = (*table, str(listed[table]))
            yield table, number
        elif entry := _KEY.match(line):
            yield table + _parts(entry[1]), number


def _parts(dotted: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _sentence(model: type[BaseModel], found: Found, detail: ErrorDetails) -> str:
    place = tuple(str(part) for part in detail["loc"] if part != _KEY_ITSELF)
    origin = next(
        (found.origins[place[:end]] for end in range(len(place), 0, -1) if place[:end] in found.origins),
        found.fallback,
    )
    depth = max(1, len(_tables_on_the_way(model, place, found.origins)))
    name = f"[{'.'.join(place[:depth])}]"
    if depth == 2 and place[1].isdigit():
        name = f"[[{place[0]}]]"
    if len(place) > depth:
        name += f" {place[depth]}"
    if detail["type"] == "extra_forbidden":
        return f"{origin}: {name}: {_unknown(model, place)}"
    if detail["type"] == "model_type":
        return f"{origin}: {name}: this is a table; write {name} on its own line and its settings below"
    reason = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    given = "" if detail["type"] in ("value_error", "missing") else f", not {detail['input']!r}"
    return f"{origin}: {name}: {reason}{given}"


def _tables_on_the_way(
    model: type[BaseModel], place: Place, headers: Mapping[Place, str] | None = None
) -> list[type[BaseModel]]:
    """For each leading part of `place` that names a table, its model; a table of a list or family has two
    parts. With `headers`, a list's tables count only where each has its own header.
    """
    way: list[type[BaseModel]] = []
    inner = model
    while len(way) < len(place) and place[len(way)] in inner.model_fields:
        single, several = _table_of(inner.model_fields[place[len(way)]].annotation)
        member = place[: len(way) + 2]
        if single is not None:
            way.append(single)
        elif several is None or len(member) < len(way) + 2:
            break
        elif headers is not None and member[-1].isdigit() and member not in headers:
            return way
        else:
            way += [several, several]
        inner = way[-1]
    return way


def _table_of(annotation: object) -> tuple[type[BaseModel] | None, type[BaseModel] | None]:
    """The model of a table, or that of each table of a list or family."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, None
    inner = [_table_of(part)[0] for part in get_args(annotation)]
    model = next((part for part in inner if part is not None), None)
    return (None, model) if get_origin(annotation) in (tuple, dict) else (model, None)


def _unknown(model: type[BaseModel], place: Place) -> str:
    tables = tables_of(model)
    if len(place) == 1:
        homes = [name for name, table in tables.items() if place[0] in table.model_fields]
        if homes:
            return f'unknown table; the setting "{place[0]}" belongs below [{homes[0]}]'
        return "unknown table" + nearest(place[0], list(model.model_fields))
    keys = list(_tables_on_the_way(model, place[:-1])[-1].model_fields)
    homes = [name for name, table in tables.items() if place[-1] in table.model_fields]
    if homes:
        return f"unknown setting; it belongs below [{homes[0]}]"
    return "unknown setting" + nearest(place[-1], keys)


def nearest(word: str, known: list[str]) -> str:
    """What a message about an unknown `word` ends with: the nearest one known, else all of them."""
    near = get_close_matches(word, known, 1, 0.5)
    return f'; did you mean "{near[0]}"?' if near else f"; known are: {', '.join(known)}"
