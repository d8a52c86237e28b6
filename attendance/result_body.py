"""A day's result as canonical JSON: the same bytes for the same result, in any store and on any day."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from attendance.corrections import CorrectionId
from attendance.day_result import (
    DayResult,
    DayStatus,
    Flag,
    Forgot,
    GatheringResult,
    Rule,
    SpellResult,
    Used,
    WaitCode,
    WaitReason,
)
from attendance.ids import PersonId, PunchId, TerminalId
from attendance.moment_text import moment_text
from attendance.people import ExcuseCode, OutageCause
from attendance.rules import PackId

_Made = TypeVar("_Made", DayResult, GatheringResult, SpellResult, Used, WaitReason)
_Decoders = Mapping[str, Callable[[Any], object]]


def to_body(result: DayResult) -> str:
    """Sorted keys, no blanks, what is usual left out; moments in UTC: "2026-11-23T00:41:00Z"."""
    return _ENCODE(_plain(result))


def from_body(text: str) -> DayResult:
    """What `to_body` wrote. Raises `ValueError` for anything else."""
    try:
        data = json.loads(text)
        return _made(DayResult, _RESULT, data)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a day's result: {error}") from error


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_UNSAID = object()
"""In place of the default of a field that has none."""
_FIELDS = {
    kind: tuple((name, kind._field_defaults.get(name, _UNSAID)) for name in kind._fields)
    for kind in (DayResult, GatheringResult, SpellResult, Used, WaitReason)
}
"""A city's month is a hundred thousand results: what is the same for all is looked up once."""


def _plain(value: Any) -> dict[str, object]:
    plain = {}
    for name, default in _FIELDS[type(value)]:
        item = getattr(value, name)
        if item is not default and item != default:
            write = _WRITERS.get(type(item))
            plain[name] = item if write is None else write(item)
    return plain


def _items(values: tuple[Any, ...]) -> list[object]:
    return [value if isinstance(value, str) else _plain(value) for value in values]


_WRITERS: dict[type, Callable[[Any], object]] = {
    datetime: moment_text,
    date: date.isoformat,
    tuple: _items,
    Used: _plain,
    WaitReason: _plain,
}


def _made(kind: type[_Made], decoders: _Decoders, data: Mapping[str, object]) -> _Made:
    made = {name: None if item is None else decoders[name](item) for name, item in data.items()}
    return kind(**made)  # type: ignore[arg-type]


def _used(data: Any) -> Used:
    return _made(Used, _USED, data)


def _reason(data: Any) -> WaitReason:
    return _made(WaitReason, _REASON, data)


def _gatherings(data: Any) -> tuple[GatheringResult, ...]:
    return tuple(_made(GatheringResult, _GATHERING, item) for item in data)


def _spells(data: Any) -> tuple[SpellResult, ...]:
    return tuple(_made(SpellResult, _SPELL, item) for item in data)


def _flags(data: Any) -> tuple[Flag, ...]:
    return tuple(Flag(item) for item in data)


_USED: _Decoders = {"at": datetime.fromisoformat, "punch_id": PunchId, "terminal_id": TerminalId}
_REASON: _Decoders = {
    "code": WaitCode,
    "terminal_id": TerminalId,
    "since": datetime.fromisoformat,
    "cause": OutageCause,
}
_GATHERING: _Decoders = {"code": str, "name": str, "attended": bool}
_OUTCOME: _Decoders = {
    "status": DayStatus,
    "rule": Rule,
    "late": int,
    "late_grade": str,
    "early": int,
    "early_grade": str,
    "arrival": _used,
    "leaving": _used,
    "forgot": Forgot,
    "repaid": int,
    "reason": _reason,
    "starts": datetime.fromisoformat,
    "ends": datetime.fromisoformat,
    "shift": str,
}
_SPELL: _Decoders = _OUTCOME
_RESULT: _Decoders = {
    **_OUTCOME,
    "person_id": PersonId,
    "day": date.fromisoformat,
    "pack": PackId,
    "final": bool,
    "excuse": ExcuseCode,
    "excuse_reference": str,
    "correction": CorrectionId,
    "hours": str,
    "ramadan": bool,
    "off_name": str,
    "gatherings": _gatherings,
    "flags": _flags,
    "spells": _spells,
}
