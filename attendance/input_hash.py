"""A fingerprint of all facts that a result rests on, so that a judgement need not be made twice.

Equal fingerprints mean equal results. What can no longer matter is left out: how far a terminal was read past
the day's windows, whether it is online once it was, and the clock once every turning point has passed. So the
fingerprint of a final day stays what it is until a new fact comes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from attendance.duty import Duty, DutyDay, NoDuty, Spell
from attendance.facts import Horizon, Mark, PersonDay
from attendance.gathering_judgement import still_at_work
from attendance.people import Outage, SiteOutage
from attendance.required import required
from attendance.rules import Deviation
from attendance.turns import unseen

Plain = list[object]
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: `json.dumps` would make an encoder for every day."""


def input_hash(facts: PersonDay, now: datetime) -> str:
    """SHA-256 (hex) over the facts as they stand at `now` (aware), in a canonical form."""
    duty = facts.duty
    plain: Plain = [
        facts.person_id,
        [_moment(at) for at in facts.local or ()],
        [
            [excuse.code, _moment(excuse.start), _moment(excuse.end), excuse.reference]
            for excuse in facts.excuses
        ],
        [
            [correction.id, correction.kind, _moment(correction.at), correction.punch_id, correction.code]
            for correction in facts.corrections
            if correction.at is None or correction.at <= now
        ],
        _marks(facts, now),
    ]
    if isinstance(duty, NoDuty):
        plain += [duty.day.isoformat(), duty.reason, duty.pack, duty.name]
        plain.append([now >= at for at in facts.local or ()])
        if duty.gatherings:
            plain += [_gatherings(facts), _reach(facts, now), _passed(facts, now)]
    else:
        plain += [_duty(facts, duty), _reach(facts, now), _stage(facts, duty, now)]
    return sha256(_ENCODE(plain).encode()).hexdigest()


def _moment(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def _marks(facts: PersonDay, now: datetime) -> Plain:
    named = {correction.punch_id for correction in facts.corrections if correction.punch_id is not None}
    home = facts.reach.home
    return [
        [
            mark.at.timestamp(),
            mark.terminal_id,
            mark.punch_id,
            mark.terminal_id in home,
            _is_of_the_date(facts, mark.at),
        ]
        for mark in sorted(facts.marks)
        if mark.at <= now and (mark.punch_id in named or _matters(facts, mark))
    ]


def _matters(facts: PersonDay, mark: Mark) -> bool:
    at, duty = mark.at, facts.duty
    if isinstance(duty, DutyDay):
        for spell in duty.spells:
            if spell.opens <= at < spell.closes or (spell.bridged_before and spell.bridged_after):
                return True
    if any(gathering.opens <= at < gathering.closes for gathering in duty.gatherings):
        return True
    return _is_of_the_date(facts, at)


def _is_of_the_date(facts: PersonDay, at: datetime) -> bool:
    """Whether a punch outside the windows would be a stray of this work date."""
    return (facts.local is None or facts.local[0] <= at < facts.local[1]) and not any(
        opens <= at < closes for opens, closes in facts.claimed
    )


def _gatherings(facts: PersonDay) -> list[Plain]:
    return [
        [
            one.code,
            one.name,
            _moment(one.opens),
            _moment(one.closes),
            *["at work"] * still_at_work(facts, one),
        ]
        for one in facts.duty.gatherings
    ]


def _duty(facts: PersonDay, duty: DutyDay) -> Plain:
    figures = duty.figures
    return [
        duty.day.isoformat(),
        duty.pack,
        duty.hours,
        duty.ramadan,
        [
            [
                *map(_moment, (spell.start, spell.end, spell.opens, spell.closes)),
                spell.shift,
                spell.bridged_before,
                spell.bridged_after,
            ]
            for spell in duty.spells
        ],
        _gatherings(facts),
        [_deviation(figures.late), _deviation(figures.early), figures.flexi],
        [figures.apart.total_seconds(), figures.leaving_from.total_seconds()],
    ]


def _deviation(deviation: Deviation) -> Plain:
    return [deviation.tolerance, [[grade.code, grade.to] for grade in deviation.grades]]


def _reach(facts: PersonDay, now: datetime) -> Plain:
    reach, duty = facts.reach, facts.duty
    closes = duty.closes
    assert closes is not None
    opens = [spell.opens for spell in _spells(duty)] + [gathering.opens for gathering in duty.gatherings]
    bounds = min(opens), max(opens), min(now, closes)
    return [
        reach.has_pin,
        bool(reach.home),
        _moment(reach.pin_from),
        _outages(reach.outages, *bounds),
        _city_read(facts),
        [
            [*_horizon(horizon, closes), _outages(horizon.outages, *bounds)]
            for horizon in sorted(reach.horizons, key=lambda horizon: horizon.terminal_id)
        ],
    ]


def _spells(duty: Duty) -> tuple[Spell, ...]:
    return duty.spells if isinstance(duty, DutyDay) else ()


def _city_read(facts: PersonDay) -> list[bool]:
    """Which turning points the city was read past."""
    read = facts.reach.city_read
    return [read is None or read >= turn for turn in _turning_points(facts)]


def _horizon(horizon: Horizon, closes: datetime) -> Plain:
    read = horizon.read_through
    if read is not None and read >= closes:
        return [horizon.terminal_id]
    return [horizon.terminal_id, horizon.online, _moment(read), _moment(horizon.offline_since)]


def _outages(
    outages: Sequence[Outage] | Sequence[SiteOutage], first: datetime, last: datetime, until: datetime
) -> list[Plain]:
    """Those that touch the windows; an end after the last window opened is as good as none."""
    touching: list[Plain] = []
    for outage in outages:
        ends_at = outage.ends_at
        if outage.starts_at <= until and (ends_at is None or ends_at > first):
            ended = None if ends_at is None or ends_at > last else ends_at.timestamp()
            touching.append([outage.starts_at.timestamp(), outage.cause, ended])
    return sorted(touching, key=str)


def _stage(facts: PersonDay, duty: DutyDay, now: datetime) -> Plain:
    """Which turning points have passed; and the moment itself where the age of a reading may decide."""
    stage = _passed(facts, now)
    if any(
        now >= need.late_from and _ageing(facts.reach.horizons, need.late_from, spell.closes)
        for spell, need in unseen(facts, duty, now)
    ):
        stage.append(now.timestamp())
    return stage


def _passed(facts: PersonDay, now: datetime) -> Plain:
    return [now >= turn for turn in _turning_points(facts)]


def _turning_points(facts: PersonDay) -> list[datetime]:
    duty = facts.duty
    turns = [gathering.closes for gathering in duty.gatherings]
    if isinstance(duty, DutyDay):
        for spell in duty.spells:
            turns += [spell.opens, required(spell, facts.excuses, duty.figures).late_from, spell.closes]
    return turns


def _ageing(horizons: Sequence[Horizon], late_from: datetime, closes: datetime) -> bool:
    return any(
        horizon.online and horizon.read_through is not None and late_from <= horizon.read_through < closes
        for horizon in horizons
    )
