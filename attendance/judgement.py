"""The judgement of one person's work date at one moment. Pure: facts in, one result out.

Nobody is ever accused wrongly: LATE, ABSENT and LEFT_EARLY are said only when every terminal that the person
may use vouches for it (`attendance.doubt`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.corrections import CorrectionId
from attendance.day_result import DayResult, DayStatus, Flag, Rule, SpellResult
from attendance.doubt import read_past
from attendance.duty import MINUTE, Duty, DutyDay, NoDuty, Spell
from attendance.facts import Mark, PersonDay
from attendance.gathering_judgement import judge_gatherings
from attendance.off_day import judge_off
from attendance.required import Required, required
from attendance.sightings import site_flags, stray_marks, valid_marks
from attendance.spell_judgement import SpellFacts, Verdict, came_and_left, judge_spell
from attendance.turns import next_change_at
from attendance.word import SILENCE, Word, word_of

__all__ = ["hangs_on_terminals", "is_over", "judge", "next_change_at"]

_GRAVEST_FIRST = (
    DayStatus.WAITING,
    DayStatus.ABSENT,
    DayStatus.LATE,
    DayStatus.LEFT_EARLY,
    DayStatus.PRESENT,
    DayStatus.EXCUSED,
)


@dataclass(slots=True)
class _Case:
    """A work date under judgement, at one moment."""

    facts: PersonDay
    duty: DutyDay
    word: Word
    marks: Sequence[Mark]
    """The valid ones until `now`, in order of time."""
    now: datetime
    freshness: timedelta

    def counted(self) -> list[Mark]:
        """The marks that lie in any of the day's windows."""
        spells = self.duty.spells
        if len(spells) == 1:
            opens, closes = spells[0].opens, spells[0].closes
            return [mark for mark in self.marks if opens <= mark.at < closes]
        return [mark for mark in self.marks if any(one.opens <= mark.at < one.closes for one in spells)]


def judge(facts: PersonDay, now: datetime, freshness: timedelta) -> DayResult:
    """What is known of the person's work date at `now` (aware). Punches after `now` do not count yet.

    `freshness`: city time for which a terminal that was read still vouches.

    Of several spells the last one speaks whose window has opened, or whose predecessor's is over; once all
    are over, the gravest (a missed spell beside one that was kept makes no absent day). Minutes are sums.
    """
    duty = facts.duty
    if isinstance(duty, NoDuty):
        return judge_off(facts, duty, now)
    if not (facts.excuses or facts.corrections or duty.gatherings) and len(duty.spells) == 1:
        return _usual(facts, duty, now, freshness)
    word = word_of(facts.corrections, duty.spells, now) if facts.corrections else SILENCE
    case = _Case(facts, duty, word, valid_marks(facts, word, now), now, freshness)
    needs = [required(spell, facts.excuses, duty.figures) for spell in duty.spells]
    verdicts = [_verdict(case, place, need) for place, need in enumerate(needs)]
    if len(verdicts) == 1:
        return _result(case, verdicts[0], needs, ())
    spells = tuple(
        _spell_result(duty.spells[place], verdict, needs[place]) for place, verdict in enumerate(verdicts)
    )
    return _result(case, _day_of(duty, verdicts, now), needs, spells)


def _usual(facts: PersonDay, duty: DutyDay, now: datetime, freshness: timedelta) -> DayResult:
    """One spell, no excuse, no correction, no roll-call: what nearly every day is, by the same rules in fewer
    steps, because a month of a city is a hundred thousand of them.
    """
    spell = duty.spells[0]
    start, end, opens, closes = spell.start, spell.end, spell.opens, spell.closes
    reach = facts.reach
    marks = valid_marks(facts, SILENCE, now) if facts.marks else []
    counted, strays = marks, list[Mark]()
    if marks and not opens <= marks[0].at <= marks[-1].at < closes:
        counted = [mark for mark in marks if opens <= mark.at < closes]
        strays = stray_marks(facts, duty.spells, SILENCE, now)
    figures = duty.figures
    need = Required(start, end, start + (figures.late.tolerance + 1) * MINUTE, False, False)
    verdict = judge_spell(
        SpellFacts(
            spell,
            need,
            figures,
            reach,
            counted,
            None,
            None,
            strays[0].at if strays else None,
            _last_before(strays, opens) if strays else None,
            _first_after(strays, closes) if strays else None,
            bool(marks),
        ),
        now,
        freshness,
    )
    flags = site_flags(counted, reach.home) if counted else []
    if verdict.strayed:
        flags.append(Flag.OUTSIDE_WINDOW)
    return DayResult(
        facts.person_id,
        duty.day,
        verdict.status,
        verdict.rule,
        duty.pack,
        now >= closes and read_past(reach, closes),
        verdict.late,
        verdict.late_grade,
        verdict.early,
        verdict.early_grade,
        verdict.arrival,
        verdict.leaving,
        verdict.forgot,
        verdict.repaid,
        verdict.reason,
        starts=start,
        ends=end,
        shift=spell.shift,
        hours=duty.hours,
        ramadan=duty.ramadan,
        flags=tuple(flags),
    )


def is_over(duty: Duty, now: datetime) -> bool:
    """Whether no punch can count for the duty any more."""
    return duty.closes is None or now >= duty.closes


def hangs_on_terminals(duty: Duty, result: DayResult, now: datetime) -> bool:
    """Whether news of the terminals alone can change `result`, which is what `judge` said at `now`."""
    if any(now >= gathering.closes for gathering in duty.gatherings):
        return True
    if isinstance(duty, NoDuty):
        return False
    if result.reason is not None or now >= duty.spells[0].closes:
        return True
    if len(duty.spells) > 1:
        # Only one of them speaks, and its word says nothing of what the others wait for.
        return True
    if result.status is DayStatus.EXCUSED:
        return False
    if result.arrival is not None and result.late == 0:
        return False
    start = duty.spells[0].start if result.starts is None else result.starts
    return now >= start + (duty.figures.late.tolerance + 1) * MINUTE


def _verdict(case: _Case, place: int, need: Required) -> Verdict:
    spell, word = case.duty.spells[place], case.word
    opens, closes = spell.opens, spell.closes
    counted = [mark for mark in case.marks if opens <= mark.at < closes]
    strays = _strays_around(case, place)
    facts = SpellFacts(
        spell=spell,
        required=need,
        figures=case.duty.figures,
        reach=case.facts.reach,
        marks=counted,
        arrival=word.arrivals.get(place),
        departure=word.departures.get(place),
        stray=strays[0].at if strays else None,
        stray_before=_last_before(strays, opens),
        stray_after=_first_after(strays, closes),
        stayed=bool(case.marks),
    )
    if word.present is None:
        return judge_spell(facts, case.now, case.freshness)
    verdict = Verdict(DayStatus.PRESENT, Rule.CORRECTED, late=0, early=0)
    if counted or facts.arrival is not None or facts.departure is not None:
        verdict.arrival, verdict.leaving = came_and_left(facts)
    return verdict


def _strays_around(case: _Case, place: int) -> list[Mark]:
    """The day's strays between this spell and its neighbours; all of them when no punch counts at all."""
    counted = case.counted()
    if len(case.marks) == len(counted):
        return []
    spells = case.duty.spells
    strays = stray_marks(case.facts, spells, case.word, case.now)
    if not counted:
        return strays
    return [
        mark
        for mark in strays
        if (place == 0 or mark.at >= spells[place - 1].closes)
        and (place + 1 == len(spells) or mark.at < spells[place + 1].opens)
    ]


def _last_before(strays: Sequence[Mark], opens: datetime) -> datetime | None:
    return max((mark.at for mark in strays if mark.at < opens), default=None)


def _first_after(strays: Sequence[Mark], closes: datetime) -> datetime | None:
    return min((mark.at for mark in strays if mark.at >= closes), default=None)


def _day_of(duty: DutyDay, verdicts: Sequence[Verdict], now: datetime) -> Verdict:
    """The verdict that speaks for a day of several spells, with the minutes of all of them."""
    if now >= duty.spells[-1].closes:
        speaker = _gravest(verdicts)
    else:
        place = 0
        for later in range(1, len(verdicts)):
            if now >= duty.spells[later].opens or now >= duty.spells[later - 1].closes:
                place = later
        speaker = verdicts[place]
    late, early = _total(verdict.late for verdict in verdicts), _total(v.early for v in verdicts)
    figures = duty.figures
    return Verdict(
        speaker.status,
        speaker.rule,
        late,
        figures.late.grade(late) if late and any(verdict.late_grade for verdict in verdicts) else None,
        early,
        figures.early.grade(early) if early and any(verdict.early_grade for verdict in verdicts) else None,
        next((verdict.arrival for verdict in verdicts if verdict.arrival is not None), None),
        next((verdict.leaving for verdict in reversed(verdicts) if verdict.leaving is not None), None),
        next((verdict.forgot for verdict in verdicts if verdict.forgot is not None), None),
        sum(verdict.repaid for verdict in verdicts),
        speaker.reason,
        any(verdict.strayed for verdict in verdicts),
    )


def _gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """A missed spell beside one that was kept is told, and makes no absent day."""
    attended = any(verdict.attended for verdict in verdicts)
    grave = min(
        (verdict for verdict in verdicts if not (attended and verdict.status is DayStatus.ABSENT)),
        key=lambda verdict: _GRAVEST_FIRST.index(verdict.status),
    )
    missed = any(verdict.status is DayStatus.ABSENT for verdict in verdicts)
    if missed and grave.status is DayStatus.PRESENT:
        return Verdict(DayStatus.PRESENT, Rule.NO_PUNCH)
    return grave


def _total(minutes: Iterable[int | None]) -> int | None:
    known = [number for number in minutes if number is not None]
    return sum(known) if known else None


def _spell_result(spell: Spell, verdict: Verdict, need: Required) -> SpellResult:
    return SpellResult(
        shift=spell.shift,
        starts=spell.start if need.nothing else need.start,
        ends=spell.end if need.nothing else need.end,
        status=verdict.status,
        rule=verdict.rule,
        late=verdict.late,
        late_grade=verdict.late_grade,
        early=verdict.early,
        early_grade=verdict.early_grade,
        arrival=verdict.arrival,
        leaving=verdict.leaving,
        forgot=verdict.forgot,
        repaid=verdict.repaid,
        reason=verdict.reason,
    )


def _result(
    case: _Case, verdict: Verdict, needs: Sequence[Required], spells: tuple[SpellResult, ...]
) -> DayResult:
    facts, duty = case.facts, case.duty
    closes = duty.closes
    excuse = facts.excuses[0] if facts.excuses else None
    first, last = needs[0], needs[-1]
    shift = duty.spells[0].shift
    if spells:
        shift = "+".join(spell.shift for spell in duty.spells if spell.shift) or None
    return DayResult(
        person_id=facts.person_id,
        day=duty.day,
        status=verdict.status,
        rule=verdict.rule,
        pack=duty.pack,
        final=case.now >= closes and read_past(facts.reach, closes),
        late=verdict.late,
        late_grade=verdict.late_grade,
        early=verdict.early,
        early_grade=verdict.early_grade,
        arrival=verdict.arrival,
        leaving=verdict.leaving,
        forgot=verdict.forgot,
        repaid=verdict.repaid,
        reason=verdict.reason,
        excuse=None if excuse is None else excuse.code,
        excuse_reference="" if excuse is None else excuse.reference,
        correction=None if case.word is SILENCE else _correction(case),
        starts=duty.spells[0].start if first.nothing else first.start,
        ends=duty.spells[-1].end if last.nothing else last.end,
        shift=shift,
        hours=duty.hours,
        ramadan=duty.ramadan,
        gatherings=judge_gatherings(facts, duty.gatherings, case.word, case.marks, case.now)
        if duty.gatherings
        else (),
        flags=_flags(case, verdict) if case.marks or case.word is not SILENCE else (),
        spells=spells,
    )


def _correction(case: _Case) -> CorrectionId | None:
    """The correction that decided, else the last one that took part."""
    word = case.word
    if word.present is not None:
        return word.present
    said = [correction.id for correction in (*word.arrivals.values(), *word.departures.values())]
    return max(said or _voided(case) or word.gatherings.values(), default=None)


def _voided(case: _Case) -> list[CorrectionId]:
    voids = case.word.voids
    return [
        voids[mark.punch_id] for mark in case.facts.marks if mark.at <= case.now and mark.punch_id in voids
    ]


def _flags(case: _Case, verdict: Verdict) -> tuple[Flag, ...]:
    counted = case.counted()
    flags = site_flags(counted, case.facts.reach.home)
    if verdict.strayed:
        flags.append(Flag.OUTSIDE_WINDOW)
    if case.word.voids and _voided(case):
        flags.append(Flag.VOIDED)
    return tuple(flags)
