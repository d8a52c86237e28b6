"""Whether every terminal concerned vouches that no punch is missing, and if not, why.

The rule that everything here serves: no data is never "absent", and never "late". Nobody is accused unless
each terminal that the person may use was read far enough and served all the while.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from attendance.day_result import WaitCode, WaitReason
from attendance.duty import Spell
from attendance.facts import Horizon, Reach
from attendance.people import Outage, SiteOutage

_Cut = TypeVar("_Cut", Outage, SiteOutage)

_GRAVITY = {
    code: place
    for place, code in enumerate((WaitCode.OUTAGE, WaitCode.DARK, WaitCode.NEVER_READ, WaitCode.BEHIND))
}


def doubt_of_absence(
    reach: Reach, spell: Spell, late_from: datetime, now: datetime, freshness: timedelta
) -> WaitReason | None:
    """The gravest reason why nobody can vouch that the person did not punch until `now`; None: all vouch.

    Asked only from `late_from` on.
    """
    opens, closes = spell.opens, spell.closes
    reason = _cannot_press(reach, opens)
    if reason is not None:
        return reason
    until = min(now, closes)
    site = _outage(reach.outages, opens, until)
    if site is not None:
        return WaitReason(WaitCode.OUTAGE, None, site.starts_at, site.cause)
    gravest: WaitReason | None = None
    for horizon in reach.horizons:
        outage = _outage(horizon.outages, opens, until) if horizon.outages else None
        if outage is not None:
            doubt = WaitReason(WaitCode.OUTAGE, horizon.terminal_id, outage.starts_at, outage.cause)
        else:
            read = horizon.read_through
            if read is not None and (
                read >= closes or (horizon.online and read + freshness > now and read >= late_from)
            ):
                continue
            doubt = _unread(horizon)
        gravest = _graver(gravest, doubt)
    return gravest or _city_behind(reach, late_from)


def doubt_of_arrival(
    reach: Reach, opens: datetime, late_from: datetime, arrived: datetime
) -> WaitReason | None:
    """The gravest reason why nobody can vouch that the person, of whom `arrived` is the first punch known,
    did not punch in time; None: all vouch.

    What an outage before `arrived` kept from being recorded is never found, so the minutes would stay too
    many for good. A terminal that is only unread since `late_from` may still lessen them.
    """
    reason = _cannot_press(reach, opens)
    if reason is not None:
        return reason
    until = max(late_from, arrived)
    site = _outage(reach.outages, opens, until)
    if site is not None and site.starts_at < until:
        return WaitReason(WaitCode.OUTAGE, None, site.starts_at, site.cause)
    gravest: WaitReason | None = None
    for horizon in reach.horizons:
        outage = _outage(horizon.outages, opens, until) if horizon.outages else None
        if outage is not None and outage.starts_at < until:
            doubt = WaitReason(WaitCode.OUTAGE, horizon.terminal_id, outage.starts_at, outage.cause)
        elif horizon.read_through is not None and horizon.read_through >= late_from:
            continue
        else:
            doubt = _unread(horizon)
        gravest = _graver(gravest, doubt)
    return gravest or _city_behind(reach, late_from)


def vouched(reach: Reach, opens: datetime, closes: datetime) -> bool:
    """Whether all punches that the person made in [opens, closes) are known, and every terminal served."""
    if _cannot_press(reach, opens) is not None:
        return False
    if reach.outages and _outage(reach.outages, opens, closes) is not None:
        return False
    if _city_behind(reach, closes) is not None:
        return False
    for horizon in reach.horizons:
        read = horizon.read_through
        if read is None or read < closes:
            return False
        if horizon.outages and _outage(horizon.outages, opens, closes) is not None:
            return False
    return True


def read_past(reach: Reach, moment: datetime) -> bool:
    """Whether every terminal was read past `moment`; also where there is none."""
    if _city_behind(reach, moment) is not None:
        return False
    for horizon in reach.horizons:
        if horizon.read_through is None or horizon.read_through < moment:
            return False
    return True


def _cannot_press(reach: Reach, opens: datetime) -> WaitReason | None:
    """Why the person could not punch at home from `opens` on."""
    if not reach.home or not reach.horizons:
        return WaitReason(WaitCode.NO_TERMINAL)
    if not reach.has_pin:
        return WaitReason(WaitCode.NO_PIN)
    if reach.pin_from is not None and reach.pin_from > opens:
        return WaitReason(WaitCode.NO_PIN, None, reach.pin_from)
    return None


def _city_behind(reach: Reach, moment: datetime) -> WaitReason | None:
    """A punch before `moment` may wait at a terminal away from home that is just being read."""
    if reach.city_read is None or reach.city_read >= moment:
        return None
    return WaitReason(WaitCode.BEHIND)


def _graver(one: WaitReason | None, other: WaitReason) -> WaitReason:
    return other if one is None or _weight(other) < _weight(one) else one


def _weight(reason: WaitReason) -> tuple[int, int]:
    return _GRAVITY[reason.code], reason.terminal_id or 0


def _unread(horizon: Horizon) -> WaitReason:
    read = horizon.read_through
    if not horizon.online and (horizon.offline_since or read):
        return WaitReason(WaitCode.DARK, horizon.terminal_id, horizon.offline_since or read)
    if read is None:
        return WaitReason(WaitCode.NEVER_READ, horizon.terminal_id)
    return WaitReason(WaitCode.BEHIND, horizon.terminal_id, read)


def _outage(outages: Sequence[_Cut], start: datetime, end: datetime) -> _Cut | None:
    """The first declared outage that touched `start` to `end`, both included."""
    first: _Cut | None = None
    for outage in outages:
        if (
            outage.starts_at <= end
            and (outage.ends_at is None or outage.ends_at > start)
            and (first is None or (outage.starts_at, outage.cause) < (first.starts_at, first.cause))
        ):
            first = outage
    return first
