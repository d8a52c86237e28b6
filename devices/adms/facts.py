"""What a terminal says of itself: in a heartbeat's INFO, in its options, in its answer to INFO.

Only what is named here is taken over: option lists also hold passwords and keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from devices.adms.text import read_number


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """None where it did not say, which is not zero."""

    firmware: str | None = None
    device_name: str | None = None
    platform: str | None = None
    push_version: str | None = None
    address: str | None = None
    users: int | None = None
    records: int | None = None
    """Punches in its log."""
    records_capacity: int | None = None


def facts_from_info(info: str) -> TerminalFacts | None:
    """Reads `firmware,users,fingers,records,address,…` of a heartbeat; None when it says nothing."""
    columns = [column.strip() for column in info.split(",")]
    if len(columns) < 4:
        return None
    return TerminalFacts(
        firmware=columns[0] or None,
        users=_count(columns[1]),
        records=_count(columns[3]),
        address=columns[4] or None if len(columns) > 4 else None,
    )


def facts_from_options(options: Mapping[str, str]) -> TerminalFacts:
    """Reads an option list, keys in lower case without `~`."""

    def text(*keys: str) -> str | None:
        return next((options[key] for key in keys if options.get(key)), None)

    def count(*keys: str) -> int | None:
        return _count(text(*keys) or "")

    capacity = count("maxattlogcount")
    return TerminalFacts(
        firmware=text("fwversion", "firmver"),
        device_name=text("devicename"),
        platform=text("platform"),
        push_version=text("pushversion", "pushver"),
        address=text("ipaddress"),
        users=count("usercount"),
        records=count("transactioncount"),
        # In ten thousands: 10 on a unit that holds 100,000.
        records_capacity=capacity * 10_000 if capacity is not None and capacity < 1_000 else capacity,
    )


def _count(text: str) -> int | None:
    number = read_number(text)
    return number if number is not None and number >= 0 else None
