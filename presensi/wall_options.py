"""The options of `presensi wall pair` and `change`: how a wall looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from config.day_span import parse_day_span
from config.look import Hours

F = TypeVar("F", bound=Callable[..., Any])

THEMES = ("auto", "dark", "light")


class DimHours(click.ParamType[Hours]):
    """When a screen is dimmed."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Hours:
        """The hours."""
        if isinstance(value, Hours):
            return value
        try:
            span = parse_day_span(value)
        except ValueError as error:
            self.fail(str(error))
        return Hours(begins=f"{span.begins:%H:%M}", ends=f"{span.ends:%H:%M}")


unit_option = click.option(
    "--unit", "unit_code", metavar="CODE", help="Show this unit and all below it only."
)


def look_options(command: F) -> F:
    """--playlist, --theme and --dim: arguments `playlist`, `theme`, `dim`; None where not given."""
    playlist = click.option(
        "--playlist",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="TOML file of what is shown one after the other; see docs/walls.md.",
    )
    theme = click.option("--theme", type=click.Choice(THEMES), help="auto: dark, on a phone as that is set.")
    dim = click.option("--dim", type=DimHours(), help="City time when the screen is dim, as in 18:00-05:30.")
    return playlist(theme(dim(command)))
