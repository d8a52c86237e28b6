"""Finds and reads rule packs: a series of TOML files, each in force from its own day on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from pathlib import Path

from config.errors import ConfigError
from config.reading import nearest, read_file, validate
from config.rule_consequences import DeductionFile, Deductions
from config.rule_pack import RulePack

SUFFIX = ".toml"
_SERIES = resources.files("config") / "rules"
_TABLES = resources.files("config") / "deductions"


def load_series(name: str) -> tuple[RulePack, ...]:
    """The packs of the series `name`, the oldest first: one that comes with Presensi ("standard"), a folder
    of TOML files, or a single TOML file.

    Raises `ConfigError` naming file, line, key and reason.
    """
    with _files_of(name) as files:
        packs = sorted(((_load(file), file) for file in files), key=lambda it: it[0].pack.valid_from)
    for (one, first), (two, second) in pairwise(packs):
        if one.pack.valid_from == two.pack.valid_from:
            raise ConfigError(
                f"{second}: [pack] valid_from: {two.pack.valid_from:%Y-%m-%d} is also the first day of "
                f"{first.name}; two packs cannot begin on the same day"
            )
    return tuple(pack for pack, _ in packs)


def known_series() -> list[str]:
    """The names of the series that come with Presensi."""
    return sorted(entry.name for entry in _SERIES.iterdir() if entry.is_dir())


def load_deductions(name: str, folder: Path = Path()) -> Deductions:
    """The deduction table `name`: one that comes with Presensi ("common"), or a TOML file, whose name counts
    from `folder`. Raises `ConfigError` naming file, line, key and reason.
    """
    if name.endswith(SUFFIX):
        return _table(folder / name)
    with resources.as_file(_TABLES) as tables:
        known = sorted(entry.stem for entry in tables.glob(f"*{SUFFIX}"))
        if name not in known:
            raise ConfigError(f'there is no deduction table "{name}"{nearest(name, known)}')
        return _table(tables / f"{name}{SUFFIX}")


@contextmanager
def _files_of(name: str) -> Iterator[list[Path]]:
    if name.endswith(SUFFIX):
        path = Path(name)
        if not path.is_file():
            raise ConfigError(f"[board] rules: there is no rule pack file {path}")
        yield [path]
    elif Path(name).name != name or name not in known_series():
        yield _packs_in(Path(name), name)
    else:
        with resources.as_file(_SERIES / name) as folder:
            yield _packs_in(folder, name)


def _packs_in(folder: Path, name: str) -> list[Path]:
    if not folder.is_dir():
        raise ConfigError(
            f'[board] rules: there is no rule pack "{name}", nor a folder of that name'
            f"{nearest(name, known_series())}"
        )
    files = sorted(folder.glob(f"*{SUFFIX}"))
    if not files:
        raise ConfigError(f"[board] rules: there is no {SUFFIX} file in the folder {folder}")
    return files


def _load(path: Path) -> RulePack:
    found = read_file(path)
    chosen = found.tables.get("deductions")
    if isinstance(chosen, dict) and set(chosen) == {"table"}:
        try:
            table = load_deductions(str(chosen["table"]), path.parent)
        except ConfigError as error:
            where = found.origins.get(("deductions", "table"), found.fallback)
            raise ConfigError(f"{where}: [deductions] table: {error}") from error
        found = replace(found, tables={**found.tables, "deductions": table.model_dump()})
    return validate(RulePack, found)


def _table(path: Path) -> Deductions:
    if not path.is_file():
        raise ConfigError(f"there is no deduction table file {path}")
    return validate(DeductionFile, read_file(path)).deductions
