"""How a city's wall judged on 3 January 2017: one roster, one hour, no question about the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

LATE_FROM = time(7, 31)


@dataclass(frozen=True)
class Verdict:
    """Whom it accuses, by NIP."""

    absent: frozenset[str]
    late: frozenset[str]


def judge_naively(
    roster: Iterable[str],
    owner: Mapping[tuple[str, str], str],
    punches: Iterable[tuple[str, str, datetime]],
    moment: datetime,
) -> Verdict:
    """`roster`: everybody's NIP as it stood; `owner`: NIP by serial number and PIN; `punches`: serial number,
    PIN and city time (naive). Absent is who has no known punch on the day until `moment`, late whose first
    known punch is of 07:31 or later.
    """
    people = frozenset(roster)
    first: dict[str, datetime] = {}
    for serial, pin, at in punches:
        nip = owner.get((serial, pin))
        if nip is not None and at.date() == moment.date() and at <= moment:
            first[nip] = min(at, first.get(nip, at))
    late = {nip for nip, at in first.items() if at.time() >= LATE_FROM}
    return Verdict(people - first.keys(), people & late)
