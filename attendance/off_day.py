"""The result of a day on which nothing can be expected of a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attendance.day_result import (
    DayResult,
    DayStatus,
    Flag,
    GatheringResult,
    Rule,
    Used,
    WaitCode,
    WaitReason,
)
from attendance.doubt import read_past
from attendance.duty import NoDuty, OffReason
from attendance.facts import PersonDay
from attendance.gathering_judgement import judge_gatherings
from attendance.sightings import stray_marks, valid_marks
from attendance.word import SILENCE, word_of

_RULES = {
    OffReason.WEEKLY: Rule.OFF_WEEKLY,
    OffReason.HOLIDAY: Rule.OFF_HOLIDAY,
    OffReason.JOINT_LEAVE: Rule.OFF_JOINT_LEAVE,
    OffReason.SHIFT_OFF: Rule.OFF_SHIFT,
    OffReason.ON_CALL: Rule.ON_CALL,
    OffReason.NOT_SERVING: Rule.NOT_SERVING,
    OffReason.UNPLANNED: Rule.NO_ROSTER,
}


def judge_off(facts: PersonDay, duty: NoDuty, now: datetime) -> DayResult:
    """No work is missed; who punched all the same is told. Without a roster the person waits.

    Of a ceremony that is held on the day off it is said whether the person came.
    """
    untouched = not (facts.marks or facts.excuses or facts.corrections or duty.gatherings)
    if untouched and duty.reason is not OffReason.UNPLANNED:
        # What nearly every day off is, and every third day of a city's year is one.
        rule = _RULES[duty.reason]
        return DayResult(
            facts.person_id, duty.day, DayStatus.OFF, rule, duty.pack, final=True, off_name=duty.name
        )
    word = word_of(facts.corrections, (), now) if facts.corrections else SILENCE
    marks = stray_marks(facts, (), word, now)
    came = [Used(mark.at, mark.punch_id, mark.terminal_id) for mark in marks]
    arrival = came[0] if came else None
    leaving = came[-1] if came and came[-1].at > came[0].at else None
    said = [*word.arrivals.values(), *word.departures.values()]
    for correction in word.arrivals.values():
        arrival = Used(correction.at, None, None) if correction.at else arrival
    for correction in word.departures.values():
        leaving = Used(correction.at, None, None) if correction.at else leaving
    here = arrival is not None or leaving is not None
    flags = []
    if (
        here
        and duty.reason is not OffReason.UNPLANNED
        and not _only_gathered(duty, (*came, arrival, leaving))
    ):
        flags.append(Flag.WORKED_OFF)
    gatherings: tuple[GatheringResult, ...] = ()
    closes = duty.closes
    if closes is not None:
        gatherings = judge_gatherings(facts, duty.gatherings, word, valid_marks(facts, word, now), now)
    voided = [
        word.voids[mark.punch_id] for mark in facts.marks if mark.at <= now and mark.punch_id in word.voids
    ]
    if voided:
        flags.append(Flag.VOIDED)
    status, rule, reason = DayStatus.OFF, _RULES[duty.reason], None
    final = closes is None or (now >= closes and read_past(facts.reach, closes))
    taken = [correction.id for correction in said] or voided or [*word.gatherings.values()]
    if duty.reason is OffReason.UNPLANNED:
        status, rule, reason = _unplanned(facts, word.present is not None, bool(said), here, now)
        final = facts.local is not None and now >= facts.local[1]
        if word.present is not None:
            taken = [word.present]
    excuse = facts.excuses[0] if facts.excuses else None
    return DayResult(
        person_id=facts.person_id,
        day=duty.day,
        status=status,
        rule=rule,
        pack=duty.pack,
        final=final,
        arrival=arrival,
        leaving=leaving,
        reason=reason,
        excuse=None if excuse is None else excuse.code,
        excuse_reference="" if excuse is None else excuse.reference,
        correction=max(taken, default=None),
        off_name=duty.name,
        gatherings=gatherings,
        flags=tuple(flags),
    )


def _only_gathered(duty: NoDuty, seen: Iterable[Used | None]) -> bool:
    """Whether the person was seen at the day's ceremonies and at no other time."""
    return all(
        used is None or any(one.opens <= used.at < one.closes for one in duty.gatherings) for used in seen
    )


def _unplanned(
    facts: PersonDay, confirmed: bool, said: bool, here: bool, now: datetime
) -> tuple[DayStatus, Rule, WaitReason | None]:
    """A shift worker for whom no roster was entered: nobody knows whether work was due."""
    if confirmed:
        return DayStatus.PRESENT, Rule.CORRECTED, None
    excused = any(excuse.whole for excuse in facts.excuses)
    if here and excused:
        return DayStatus.PRESENT, Rule.CAME_EXCUSED, None
    if here:
        return DayStatus.PRESENT, Rule.CORRECTED if said else Rule.NO_ROSTER, None
    if excused:
        return DayStatus.EXCUSED, Rule.EXCUSED, None
    if facts.local is not None and now < facts.local[0]:
        return DayStatus.NOT_DUE, Rule.NO_ROSTER, None
    return DayStatus.WAITING, Rule.NO_ROSTER, WaitReason(WaitCode.NO_ROSTER)
