"""What goes over the wire: small JSON rows, made from the board. Pure.

No NIP and no PIN ever; who may not see names gets none, see `realtime.levels`. Times of day are the city's,
moments are ISO 8601 with the city's offset. Keys of the scope "city": "total", "day", "u:<unit>",
"t:<terminal>", "k:<ticker number>", "a:<HHMM>", "usual"; of an office: "unit", "day", "t:<terminal>",
"p:<person>"; of "names": "p:<person>"; of "recap": "freeze", "r:<unit>", "c:<person>". The client's side of
it is `lib/protocol.ts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NotRequired, TypedDict

from attendance.counts import Counts
from attendance.facts import Horizon


class ExcusedCounts(TypedDict):
    """People excused, by kind."""

    leave: int
    duty_travel: int
    study: int
    training: int
    permit: int


class TotalRow(TypedDict):
    """How many people are in which state. `required`: of whom presence is asked now."""

    required: int
    present: int
    late: int
    not_yet: int
    waiting: int
    absent: int
    left_early: int
    excused: ExcusedCounts
    not_due: int
    off: int
    people: int
    night: NotRequired[int]
    """Of those off or not due, how many are still on night duty by the plan of the date before; left out when
    nobody is.
    """


class UnitRow(TotalRow):
    """One office."""

    id: int
    code: str
    name: str
    short: str
    kind: str
    dark: int
    """Terminals of the office that are not online."""
    terminals: int


class DayRow(TypedDict):
    """What day the board shows."""

    date: str
    city_name: str
    place: str
    """The short name of the unit whose scope it is; empty: the city's."""
    start: str | None
    """"07:30", when the usual hours begin; None on a day off."""
    provisional: bool
    off: str | None
    """Why nothing is expected by the usual hours, or by those of the unit whose scope it is: "weekly",
    "holiday" or "joint_leave"; None: something is.
    """
    off_name: str
    """The holiday's name as the calendar has it; empty where there is none."""


class TerminalRow(TypedDict):
    """One terminal."""

    id: int
    name: str
    office: int | None
    district: str
    """The kecamatan; empty: not told."""
    online: bool
    read_through: str | None
    """Told only of a terminal that is offline or behind: of all others it moves with every reading."""
    offline_since: str | None
    clock_offset: int | None
    """Whole seconds ahead of city time."""
    log_fill: float | None
    """0..1."""
    error: str | None


class ArrivalRow(TypedDict):
    """One line of the ticker. It goes out with every punch, so whatever is as usual is left out."""

    n: int
    at: str
    """"07:12:33"."""
    office: str
    person: NotRequired[str]
    """Left out, like the status, when nobody is known by the PIN."""
    terminal: NotRequired[str]
    """Left out when it is named like the office."""
    status: NotRequired[str]
    minutes: NotRequired[int]
    """Late, or early of who is only that; left out when none."""
    other_site: NotRequired[bool]
    """Left out when the punch was made at home."""


class BinRow(TypedDict):
    """How many people came in for the first time within the five minutes from the key's "HHMM"."""

    n: int


class UsualRow(TypedDict):
    """When people usually come in."""

    days: int
    """How many past days it rests on."""
    first: str
    """"06:00", when the first bin begins."""
    step: int
    """Minutes."""
    median: list[int]
    """Per mille of who was due that day, who had come in by the end of each bin."""
    low: list[int]
    high: list[int]


class ReasonRow(TypedDict):
    """Why data is awaited."""

    code: str
    terminal: str | None
    since: str | None


class WhyRow(TypedDict):
    """Why the state is what it is, in a sentence of each language. No kind of leave and no letter."""

    id: str
    en: str


PersonRow = TypedDict(
    "PersonRow",
    {
        "id": int,
        "name": str,
        "status": str,
        "minutes": int | None,
        "class": str | None,
        "at": str | None,
        "reason": ReasonRow | None,
        "excuse": str | None,
        "section": str,
        "shift": str | None,
        "early": int | None,
        "early_class": str | None,
        "why": WhyRow,
        "night": NotRequired[str],
    },
)
"""One person of an office. `minutes` and `class`: late, or early of who is only that; `early` and
`early_class`: whenever somebody left early, also who was late. `excuse` is also told of somebody who
came in spite of it, or whom it frees for a part of the day. `night`: "07:00", until when somebody who is off
or not due is still on night duty by the plan of the date before; left out of all others.
"""

NameRow = TypedDict(
    "NameRow",
    {
        "id": int,
        "name": str,
        "unit": int,
        "office": str,
        "status": str,
        "minutes": int | None,
        "class": str | None,
        "at": str | None,
    },
)
"""Somebody who is late, absent or not yet there; `unit` and `office`: the number and the short name of the
office.
"""


class FrozenCounts(TypedDict):
    """People by state at the cut-off."""

    required: int
    present: int
    late: int
    not_yet: int
    waiting: int
    absent: int
    excused: int


class FreezeRow(TypedDict):
    """The day as it stood at the cut-off, and what is said of that moment by now."""

    at: str
    """"07:30", the cut-off."""
    made: str
    """"07:30:00"; later than `at` where nobody was there to write it down in time."""
    start: str | None
    """"08:00", when the day's usual hours begin by now: other than `at` where they were changed since. None:
    it is a day off by now.
    """
    then: FrozenCounts
    now: FrozenCounts
    corrected: int
    """How many people stood in another state than was said."""


class CorrectedOffice(TypedDict):
    """An office of which something was corrected."""

    id: int
    short: str
    then: FrozenCounts
    now: FrozenCounts
    corrected: int


class CorrectedPerson(TypedDict):
    """Somebody of whom something else is said by now; `why` explains `after`, as of the cut-off."""

    id: int
    name: str
    unit: int
    office: str
    before: str
    after: str
    why: WhyRow


Row = (
    TotalRow
    | UnitRow
    | DayRow
    | TerminalRow
    | ArrivalRow
    | BinRow
    | UsualRow
    | PersonRow
    | NameRow
    | FreezeRow
    | CorrectedOffice
    | CorrectedPerson
)


class BeatRow(TypedDict):
    """Once a second: what time it is, how far the data goes, and whether to trust it."""

    city: str
    rate: float
    as_of: str | None
    read: int
    terminals: int
    stale: bool
    reason: str | None
    """Why it is stale: "loading", "store", "follower" or "collector"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the terminals together have been read."""

    as_of: datetime | None
    """Every terminal that counts as read was read through here; None: none does."""
    read: int
    terminals: int


def reading_of(horizons: Sequence[Horizon], now: datetime, freshness: timedelta) -> Reading:
    """A terminal counts as read while it is online and was read within `freshness` of city time."""
    through = [
        horizon.read_through
        for horizon in horizons
        if horizon.online and horizon.read_through is not None and horizon.read_through + freshness > now
    ]
    return Reading(min(through, default=None), len(through), len(horizons))


def beat_row(now: datetime, rate: float, zone: tzinfo, reading: Reading, reason: str | None) -> BeatRow:
    """The beat at city time `now`; `reason` None means that the data can be trusted."""
    return {
        "city": moment_iso(now, zone),
        "rate": rate,
        "as_of": None if reading.as_of is None else moment_iso(reading.as_of, zone),
        "read": reading.read,
        "terminals": reading.terminals,
        "stale": reason is not None,
        "reason": reason,
    }


def total_row(counts: Counts, night: int = 0) -> TotalRow:
    """The counts of the city; `night`: how many are still on night duty."""
    row: TotalRow = {
        "required": counts.required,
        "present": counts.present,
        "late": counts.late,
        "not_yet": counts.not_yet,
        "waiting": counts.waiting,
        "absent": counts.absent,
        "left_early": counts.left_early,
        "excused": {
            "leave": counts.leave,
            "duty_travel": counts.duty_travel,
            "study": counts.study,
            "training": counts.training,
            "permit": counts.permit,
        },
        "not_due": counts.not_due,
        "off": counts.off,
        "people": counts.people,
    }
    if night:
        row["night"] = night
    return row


def moment_iso(moment: datetime, zone: tzinfo) -> str:
    """As moments go over the wire."""
    return moment.astimezone(zone).isoformat(timespec="seconds")
