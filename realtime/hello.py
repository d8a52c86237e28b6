"""The server's first word to a screen: which build it serves, what this screen is and may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from realtime.access import Access
from realtime.scope import Scope


class HelloRow(TypedDict):
    """`Hello` of `lib/protocol.ts`."""

    build: str
    level: str
    wall: Mapping[str, object] | None
    """Number, name and look of a paired wall."""
    root: str
    """The scope of its first view."""
    real: int
    """Unix milliseconds by the server's own clock, not the city's."""


def hello_row(access: Access, root: Scope, build: str, real: float) -> HelloRow:
    """What is said to a screen with this access; `real` in Unix seconds."""
    wall = access.wall
    return {
        "build": build,
        "level": access.level.value,
        "wall": None if wall is None else {"id": wall.id, "name": wall.name, **wall.look.wire()},
        "root": root.name,
        "real": round(real * 1000),
    }


def same_hello(one: HelloRow | None, other: HelloRow) -> bool:
    """Whether both say the same, whenever they were said."""
    return one is not None and {**one, "real": 0} == {**other, "real": 0}
