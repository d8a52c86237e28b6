"""Days on the command line: --date, --from and --to, dates in the city's time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

from store.importing.cells import FIRST_YEAR, LAST_YEAR

F = TypeVar("F", bound=Callable[..., Any])


class InOurTime(click.DateTime):
    """A date or moment of years for which days can be computed."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As `click.DateTime`; other years fail."""
        found = super().convert(value, param, ctx)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fail(f"{value!r} is not in our time: write a year from {FIRST_YEAR} to {LAST_YEAR}.")
        return found


DAY = InOurTime(["%Y-%m-%d"])


def day_options(command: F) -> F:
    """--from and --to: arguments for `days_from`."""
    first = click.option("--from", "first", type=DAY, required=True, help="First day.")
    last = click.option("--to", "last", type=DAY, help="Last day; else the first.")
    return first(last(command))


def days_from(first: datetime, last: datetime | None, today: date) -> tuple[date, date]:
    """First and last day. Raises `click.UsageError` for days in the wrong order, or after `today`."""
    begins, ends = first.date(), (last or first).date()
    in_order(begins, ends)
    if ends > today:
        raise click.UsageError(f"--to {ends} lies in the future: today is {today}.")
    return begins, ends


def in_order(begins: date, ends: date) -> None:
    """Raises `click.UsageError` for days in the wrong order."""
    if ends < begins:
        raise click.UsageError(f"--to {ends} lies before --from {begins}.")
