"""Days on the command line: --date, --from and --to, dates in the city's time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DAY = click.DateTime(["%Y-%m-%d"])


def day_options(command: F) -> F:
    """--from and --to: arguments for `days_from`."""
    first = click.option("--from", "first", type=DAY, required=True, help="First day.")
    last = click.option("--to", "last", type=DAY, help="Last day; else the first.")
    return first(last(command))


def days_from(first: datetime, last: datetime | None, today: date) -> tuple[date, date]:
    """First and last day. Raises `click.UsageError` for days in the wrong order, or after `today`."""
    begins, ends = first.date(), (last or first).date()
    if ends < begins:
        raise click.UsageError(f"--to {ends} lies before --from {begins}.")
    if ends > today:
        raise click.UsageError(f"--to {ends} lies in the future: today is {today}.")
    return begins, ends
