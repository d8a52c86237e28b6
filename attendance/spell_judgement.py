"""The judgement of one spell of work: came, late, left early, forgot to press, or not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.corrections import Correction
from attendance.day_result import DayStatus, Forgot, Rule, Used, WaitCode, WaitReason
from attendance.doubt import doubt_of_absence, doubt_of_arrival, vouched
from attendance.duty import MINUTE, Spell
from attendance.facts import Mark, Reach
from attendance.required import Required
from attendance.rules import Figures

_KEPT = (Rule.IN_TIME, Rule.WITHIN_GRACE)


@dataclass(slots=True)
class Verdict:
    """What is known of one spell at one moment; the fields as in `attendance.day_result.SpellResult`."""

    status: DayStatus
    rule: Rule
    late: int | None = None
    late_grade: str | None = None
    early: int | None = None
    early_grade: str | None = None
    arrival: Used | None = None
    leaving: Used | None = None
    forgot: Forgot | None = None
    repaid: int = 0
    reason: WaitReason | None = None
    strayed: bool = False
    """A punch outside the hours in which they count kept something from being said."""

    @property
    def attended(self) -> bool:
        """Whether the person was there at all."""
        return self.status in (DayStatus.PRESENT, DayStatus.LATE, DayStatus.LEFT_EARLY)


@dataclass(slots=True)
class SpellFacts:
    """All that one spell is judged by, at one moment. Not frozen: one is made for every judgement."""

    spell: Spell
    required: Required
    figures: Figures
    reach: Reach
    marks: Sequence[Mark]
    """In order of time; only those that count for the spell at the moment."""
    arrival: Correction | None
    departure: Correction | None
    stray: datetime | None
    """A punch outside the hours that count, which may stand for one that is missing altogether."""
    stray_before: datetime | None
    """One before the spell's window, which may be the coming."""
    stray_after: datetime | None
    """One after it, which may be the leaving."""
    stayed: bool
    """Whether the person is known to have punched around a spell that is bridged on both sides."""


def judge_spell(facts: SpellFacts, now: datetime, freshness: timedelta) -> Verdict:
    """What is known of the spell at `now`. `freshness` as in `attendance.judgement.judge`."""
    seen = bool(facts.marks) or facts.arrival is not None or facts.departure is not None
    if facts.required.nothing:
        if not seen:
            return Verdict(DayStatus.EXCUSED, Rule.EXCUSED)
        verdict = Verdict(DayStatus.PRESENT, Rule.CAME_EXCUSED, late=0)
        verdict.arrival, verdict.leaving = came_and_left(facts)
        return verdict
    return _attended(facts, now) if seen else _unseen(facts, now, freshness)


def came_and_left(facts: SpellFacts) -> tuple[Used | None, Used | None]:
    """The coming and the leaving that are known; what a correction says of either wins."""
    marks, said = facts.marks, facts.departure
    if facts.arrival is None and said is None:
        first, last = marks[0], marks[-1]
        arrival = Used(first.at, first.punch_id, first.terminal_id)
        if last is first or last.at - first.at < facts.figures.apart:
            return arrival, None
        return arrival, Used(last.at, last.punch_id, last.terminal_id)
    leaving = None if said is None else _used(said)
    came: Used | None
    if facts.arrival is not None:
        came = _used(facts.arrival)
    else:
        came = next((_mark(mark) for mark in marks if leaving is None or mark.at < leaving.at), None)
    if leaving is None and came is not None and marks and marks[-1].at - came.at >= facts.figures.apart:
        leaving = _mark(marks[-1])
    return came, leaving


def _mark(mark: Mark) -> Used:
    return Used(mark.at, mark.punch_id, mark.terminal_id)


def _used(correction: Correction) -> Used:
    assert correction.at is not None
    return Used(correction.at, None, None)


def _unseen(facts: SpellFacts, now: datetime, freshness: timedelta) -> Verdict:
    spell, required = facts.spell, facts.required
    if now < spell.opens:
        return Verdict(DayStatus.NOT_DUE, Rule.BEFORE_WINDOW)
    if now < required.late_from:
        if required.start_moved:
            return Verdict(DayStatus.EXCUSED, Rule.EXCUSED_PART)
        return Verdict(DayStatus.NOT_YET, Rule.BEFORE_START)
    if spell.bridged_before and spell.bridged_after and facts.stayed:
        return Verdict(DayStatus.PRESENT, Rule.BRIDGED, late=0)
    if spell.bridged_before and now < spell.closes:
        # Who stayed on from the spell before presses only at the end of this one.
        return Verdict(DayStatus.NOT_YET, Rule.BRIDGED)
    reason = doubt_of_absence(facts.reach, spell, required.late_from, now, freshness)
    strayed = facts.stray is not None
    if reason is None and strayed:
        reason = WaitReason(WaitCode.OUTSIDE_WINDOW, None, facts.stray)
    if reason is not None:
        return Verdict(DayStatus.WAITING, Rule.WAITS, reason=reason, strayed=strayed)
    return Verdict(DayStatus.ABSENT, Rule.NO_PUNCH)


def _attended(facts: SpellFacts, now: datetime) -> Verdict:
    spell = facts.spell
    sure = now >= spell.closes and vouched(facts.reach, spell.opens, spell.closes)
    verdict = _seen(facts, now, sure)
    if facts.stray_after is not None and facts.departure is None and _rests_on_leaving(verdict):
        verdict = _seen(facts, now, sure=False)
        verdict.strayed = True
    return verdict


def _rests_on_leaving(verdict: Verdict) -> bool:
    """Whether something is held against the person because no later punch is known."""
    return verdict.early_grade is not None or verdict.forgot is Forgot.OUT or verdict.rule is Rule.FLEXI_OWED


def _seen(facts: SpellFacts, now: datetime, sure: bool) -> Verdict:
    """`sure`: all punches of the spell are known."""
    spell = facts.spell
    arrival, leaving = came_and_left(facts)
    if arrival is None or _only_left(facts, leaving):
        verdict = _without_coming(facts, arrival, leaving, sure)
    else:
        verdict = Verdict(DayStatus.PRESENT, Rule.IN_TIME, arrival=arrival, leaving=leaving)
        known = sure or (facts.departure is not None and now >= spell.closes)
        _judge_coming(verdict, arrival, facts, known, now)
        _judge_leaving(verdict, facts, sure, known)
    corrected = facts.arrival is not None or facts.departure is not None
    if corrected and verdict.status is DayStatus.PRESENT and verdict.rule in (*_KEPT, Rule.EXCUSED_PART):
        verdict.rule = Rule.CORRECTED
    return verdict


def _only_left(facts: SpellFacts, leaving: Used | None) -> bool:
    """Whether all punches were made so late that they are a leaving, and the coming was forgotten.

    Nobody comes after the end of work; a single punch shortly before it is a leaving, too.
    """
    if facts.arrival is not None or not facts.marks:
        return False
    first, required = facts.marks[0].at, facts.required
    if first < required.late_from:
        return False
    return first >= required.end or (
        leaving is None and facts.marks[-1].at >= required.end - facts.figures.leaving_from
    )


def _without_coming(facts: SpellFacts, arrival: Used | None, leaving: Used | None, sure: bool) -> Verdict:
    spell, required = facts.spell, facts.required
    late_from = required.late_from
    doubt = None if spell.bridged_before else doubt_of_arrival(facts.reach, spell.opens, late_from, late_from)
    if doubt is not None:
        return Verdict(DayStatus.PRESENT, Rule.ARRIVAL_UNSURE, arrival=arrival, leaving=leaving, reason=doubt)
    last = leaving or _mark(facts.marks[-1])
    verdict = Verdict(DayStatus.PRESENT, Rule.FORGOT_IN, leaving=last)
    if facts.stray_before is not None and not spell.bridged_before and not required.start_moved:
        _leave_unsure(verdict, facts.stray_before)
    elif spell.bridged_before:
        verdict.rule, verdict.late = Rule.BRIDGED, 0
    elif required.start_moved:
        verdict.rule = Rule.EXCUSED_PART
    elif sure:
        verdict.forgot = Forgot.IN
    if sure and last.at >= required.end:
        verdict.early = 0
    return verdict


def _leave_unsure(verdict: Verdict, stray: datetime) -> None:
    """The person was there before the hours in which punches count: no coming is judged."""
    verdict.rule, verdict.strayed = Rule.ARRIVAL_UNSURE, True
    verdict.reason = WaitReason(WaitCode.OUTSIDE_WINDOW, None, stray)


def _judge_coming(verdict: Verdict, arrival: Used, facts: SpellFacts, known: bool, now: datetime) -> None:
    """Late or not. `known`: the leaving, too, is what it is."""
    spell, required, figures = facts.spell, facts.required, facts.figures
    minutes = required.minutes(spell.start, arrival.at)
    if minutes <= figures.late.tolerance:
        verdict.late = 0
        if (arrival.at - spell.start) // MINUTE > figures.late.tolerance:
            verdict.rule = Rule.EXCUSED_PART
        elif minutes > 0:
            verdict.rule = Rule.WITHIN_GRACE
        return
    if spell.bridged_before:
        verdict.late, verdict.rule = 0, Rule.BRIDGED
        return
    if facts.arrival is None:
        doubt = doubt_of_arrival(facts.reach, spell.opens, required.late_from, arrival.at)
        if doubt is not None:
            verdict.rule, verdict.reason = Rule.ARRIVAL_UNSURE, doubt
            return
        if facts.stray_before is not None:
            _leave_unsure(verdict, facts.stray_before)
            return
    verdict.late = minutes
    if minutes <= figures.flexi:
        leaving = verdict.leaving
        if now >= spell.closes and leaving is not None and leaving.at >= required.end + minutes * MINUTE:
            verdict.rule, verdict.late, verdict.repaid = Rule.FLEXI_REPAID, 0, minutes
            return
        if not known or spell.bridged_after:
            verdict.rule = Rule.FLEXI_OPEN
            return
        verdict.rule = Rule.FLEXI_OWED
    else:
        verdict.rule = Rule.LATE
    verdict.status, verdict.late_grade = DayStatus.LATE, figures.late.grade(minutes)


def _judge_leaving(verdict: Verdict, facts: SpellFacts, sure: bool, known: bool) -> None:
    """Early, forgotten or neither. `sure`: all punches of the spell are known; `known`: the leaving is."""
    spell, required, figures = facts.spell, facts.required, facts.figures
    leaving = verdict.leaving
    present = verdict.status is DayStatus.PRESENT
    if spell.bridged_after:
        if sure and present and verdict.rule in _KEPT and (leaving is None or leaving.at < required.end):
            verdict.rule = Rule.BRIDGED
        return
    if leaving is None:
        if sure and required.end_moved:
            if verdict.rule in _KEPT:
                verdict.rule = Rule.EXCUSED_PART
        elif sure:
            verdict.forgot = Forgot.OUT
            if present:
                verdict.rule = Rule.FORGOT_OUT
        return
    if not known:
        return
    minutes = required.minutes(leaving.at, spell.end)
    if minutes > figures.early.tolerance:
        verdict.early, verdict.early_grade = minutes, figures.early.grade(minutes)
        if present:
            verdict.status, verdict.rule = DayStatus.LEFT_EARLY, Rule.LEFT_EARLY
        return
    verdict.early = 0
    if verdict.rule in _KEPT and (spell.end - leaving.at) // MINUTE > figures.early.tolerance:
        verdict.rule = Rule.EXCUSED_PART
