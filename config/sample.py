"""The commented settings file that `presensi config sample` prints, made from the models' descriptions."""

from __future__ import annotations

import inspect
import json
import textwrap

from pydantic import BaseModel

from config.reading import ENVIRONMENT_PREFIX, tables_of

_INTRODUCTION = f"""\
Settings of Presensi. Every setting is here with its default; take the "#" away to change one.
Durations are text with a unit: "100ms", "30s", "3m", "1h30m".
The environment wins over this file: {ENVIRONMENT_PREFIX}WALL_PORT=8081 sets port of [wall].
Secrets never stand here: a setting names the file that holds the secret.
Terminals, people and working hours are not settings: import them with `presensi import roster`."""


def sample(model: type[BaseModel]) -> str:
    """A TOML text that holds every setting of `model`, described and commented out at its default."""
    blocks = [_comment(_INTRODUCTION)]
    for name, table in tables_of(model).items():
        summary = inspect.getdoc(table) or ""
        blocks.append(f"[{name}]\n{_comment(summary)}")
        defaults = table().model_dump(mode="json")
        for key, field in table.model_fields.items():
            value = defaults[key] if defaults[key] is not None else ""
            blocks.append(f"{_comment(field.description or '')}\n#{key} = {json.dumps(value)}")
    return "\n\n".join(blocks) + "\n"


def _comment(text: str) -> str:
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, 96) or [""]]
    return "\n".join(f"# {line}".rstrip() for line in lines)
