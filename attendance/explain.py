"""What a result rests on, in a sentence or two that the person concerned can check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from attendance.day_result import DayResult, DayStatus, Flag, Rule, SpellResult, WaitCode, WaitReason
from attendance.duty import MINUTE
from attendance.explain_words import Words
from attendance.explain_words_en import ENGLISH
from attendance.explain_words_id import INDONESIAN
from attendance.explanation import Explanation, rule_of
from attendance.ids import TerminalId
from attendance.rules import Clause, Rules
from attendance.sightings import TITIP_MINUTES

__all__ = ["Teller", "explain"]

TerminalName = Callable[[TerminalId], str]


def explain(
    result: DayResult,
    rules: Rules | None,
    zone: tzinfo,
    terminal_name: TerminalName,
    *,
    detail: bool = True,
) -> Explanation:
    """Why `result` is what it is, by which rule.

    `rules`: the pack that the result names; None when it is no longer at hand. `zone`: the city's.
    `detail` False, for walls: no kind of leave, no letter, no state of employment, no suspicion.
    """
    clause = _CLAUSES.get(result.rule)
    if clause is None:
        cited = Explanation("", "")
    elif rules is None:
        cited = Explanation(
            INDONESIAN.no_rule.format(pack=result.pack), ENGLISH.no_rule.format(pack=result.pack)
        )
    else:
        cited = rule_of(rules, clause)
    indonesian = Teller(INDONESIAN, zone, terminal_name, detail)
    english = Teller(ENGLISH, zone, terminal_name, detail)
    return Explanation(indonesian.whole(result, cited.id), english.whole(result, cited.en))


_CLAUSES = {
    Rule.OFF_WEEKLY: Clause.HOURS,
    Rule.OFF_HOLIDAY: Clause.HOLIDAYS,
    Rule.OFF_JOINT_LEAVE: Clause.HOLIDAYS,
    Rule.OFF_SHIFT: Clause.SHIFTS,
    Rule.ON_CALL: Clause.SHIFTS,
    Rule.NO_ROSTER: Clause.SHIFTS,
    Rule.BEFORE_WINDOW: Clause.WINDOW,
    Rule.BEFORE_START: Clause.HOURS,
    Rule.IN_TIME: Clause.HOURS,
    Rule.WITHIN_GRACE: Clause.LATE,
    Rule.LATE: Clause.LATE,
    Rule.ARRIVAL_UNSURE: Clause.DATA,
    Rule.FLEXI_OPEN: Clause.FLEXI,
    Rule.FLEXI_REPAID: Clause.FLEXI,
    Rule.FLEXI_OWED: Clause.FLEXI,
    Rule.LEFT_EARLY: Clause.EARLY,
    Rule.FORGOT_IN: Clause.FORGOT,
    Rule.FORGOT_OUT: Clause.FORGOT,
    Rule.BRIDGED: Clause.SHIFTS,
    Rule.EXCUSED: Clause.EXCUSES,
    Rule.EXCUSED_PART: Clause.EXCUSES,
    Rule.CAME_EXCUSED: Clause.EXCUSES,
    Rule.WAITS: Clause.DATA,
    Rule.NO_PUNCH: Clause.HOURS,
}
_SAYS_EXCUSE = (Rule.EXCUSED, Rule.EXCUSED_PART, Rule.CAME_EXCUSED)
_SAYS_NO_ARRIVAL = (
    Rule.BRIDGED,
    Rule.EXCUSED_PART,
    Rule.CAME_EXCUSED,
    Rule.CORRECTED,
)
_SAYS_LEAVING = (
    Rule.LEFT_EARLY,
    Rule.FLEXI_REPAID,
    Rule.FORGOT_IN,
    Rule.NO_PUNCH,
)
_COUNTED_LATE = (
    Rule.LATE,
    Rule.FLEXI_OPEN,
    Rule.FLEXI_REPAID,
    Rule.FLEXI_OWED,
)
_SUSPICIONS = (Flag.TWO_SITES,)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells results in one language."""

    words: Words
    zone: tzinfo
    terminal_name: TerminalName
    detail: bool

    def whole(self, result: DayResult, rule: str) -> str:
        """All sentences of one result. `rule`: the rule that it rests on; empty where none decides."""
        words = self.words
        if result.spells:
            sentences = [self._spell(result, spell) for spell in result.spells]
            sentences += [f"{rule[:1].upper()}{rule[1:]}."] if rule else []
        else:
            grounds = ", ".join(filter(None, (self._schedule(result), rule)))
            sentences = ["; ".join(filter(None, (self._decided(result, result), grounds))) + "."]
            sentences += self._beside(result.day, result)
        if result.excuse is not None and (result.spells or result.rule not in _SAYS_EXCUSE):
            sentences.append(words.beside.format(excuse=self._excuse(result)))
        if result.correction is not None and result.rule is not Rule.CORRECTED:
            sentences.append(words.corrected.format(correction=result.correction))
        sentences += [
            words.gathering[gathering.attended].format(name=gathering.name) for gathering in result.gatherings
        ]
        sentences += [
            words.flags[flag].format(titip=TITIP_MINUTES, span=self._span(result.day, result))
            for flag in result.flags
            if self.detail or flag not in _SUSPICIONS
        ]
        sentences.append(words.final if result.final else words.provisional)
        return " ".join(sentences)

    def outcome(self, result: DayResult) -> str:
        """The result in a few words: "hadir, masuk 07.41"."""
        words, status = self.words, result.status
        if status is DayStatus.EXCUSED and result.excuse is not None:
            return words.excuse_kinds[result.excuse.kind]
        said = words.statuses[status]
        minutes = {DayStatus.LATE: result.late, DayStatus.LEFT_EARLY: result.early}.get(status)
        if minutes is not None:
            return words.minutes.format(said=said, minutes=minutes)
        if status is DayStatus.PRESENT and result.arrival is not None:
            return f"{said} {self.clock(result.arrival.at, result.day)}"
        return said

    def clock(self, at: datetime | None, day: date) -> str:
        """A moment in city time; with its date when that is not `day`."""
        if at is None:
            return "–"
        local = at.astimezone(self.zone)
        clock = f"{local.hour:02}{self.words.clock}{local.minute:02}"
        if local.date() == day:
            return clock
        return f"{clock} ({local.day} {self.words.months[local.month - 1]})"

    def wait(self, reason: WaitReason, day: date) -> str:
        """Why data is awaited, as a clause."""
        words = self.words
        text = words.waits[reason.code]
        if reason.since is None:
            text = words.waits_without_since.get(reason.code, text)
        if reason.cause is not None and reason.terminal_id is None:
            text = words.site_outage
        if reason.code is WaitCode.BEHIND and reason.terminal_id is None:
            text = words.city_behind
        return text.format(
            terminal="–" if reason.terminal_id is None else self.terminal_name(reason.terminal_id),
            since=self.clock(reason.since, day),
            cause="–" if reason.cause is None else words.causes[reason.cause],
        )

    def _decided(self, result: DayResult, part: DayResult | SpellResult) -> str:
        """The rule that decided the day, or one spell of it."""
        words = self.words
        text = words.rules_of_status.get((part.rule, part.status), words.rules[part.rule])
        arrival, leaving = part.arrival, part.leaving
        if part.rule is Rule.ARRIVAL_UNSURE:
            arrival = arrival or leaving
        over = 0
        if arrival is not None and part.starts is not None:
            over = (arrival.at - part.starts) // MINUTE
        said = text.format(
            arrival=self.clock(None if arrival is None else arrival.at, result.day),
            leaving=self.clock(None if leaving is None else leaving.at, result.day),
            starts=self.clock(part.starts, result.day),
            ends=self.clock(part.ends, result.day),
            over=over,
            late=part.late,
            late_grade=part.late_grade,
            early=part.early,
            early_grade=part.early_grade,
            repaid=part.repaid,
            excuse=self._excuse(result),
            correction=result.correction,
            off=self._off(result),
            wait="" if part.reason is None else self.wait(part.reason, result.day),
        )
        if part.rule is Rule.LEFT_EARLY:
            said += self._uncounted(_excused_early(part))
        elif part.rule in _COUNTED_LATE:
            said += self._uncounted(_excused_late(part))
        if arrival is not None and part.rule in _SAYS_NO_ARRIVAL:
            said += words.came.format(arrival=self.clock(arrival.at, result.day))
        if (
            leaving is not None
            and not part.early
            and part.status is not DayStatus.OFF
            and part.rule not in _SAYS_LEAVING
        ):
            said += words.left.format(leaving=self.clock(leaving.at, result.day))
        return said

    def _beside(self, day: date, part: DayResult | SpellResult) -> list[str]:
        """What is held against the person beside what decided."""
        words, sentences = self.words, []
        if part.early and part.rule is not Rule.LEFT_EARLY and part.leaving is not None:
            leaving = self.clock(part.leaving.at, day)
            sentences.append(
                words.left_early.format(
                    leaving=leaving,
                    early=part.early,
                    early_grade=part.early_grade,
                    uncounted=self._uncounted(_excused_early(part)),
                )
            )
        if part.forgot is not None and part.rule not in (Rule.FORGOT_IN, Rule.FORGOT_OUT):
            sentences.append(words.forgot[part.forgot])
        return sentences

    def _uncounted(self, minutes: int) -> str:
        return self.words.uncounted.format(minutes=minutes) if minutes > 0 else ""

    def _spell(self, result: DayResult, spell: SpellResult) -> str:
        said = self.words.spell.format(
            code=spell.shift or "",
            starts=self.clock(spell.starts, result.day),
            ends=self.clock(spell.ends, result.day),
            said=_small(self._decided(result, spell)),
        )
        return " ".join((said, *self._beside(result.day, spell)))

    def _schedule(self, result: DayResult) -> str:
        if result.starts is None:
            return ""
        words = self.words
        said = words.schedule.format(
            starts=self.clock(result.starts, result.day), ends=self.clock(result.ends, result.day)
        )
        if result.shift is not None:
            said += words.shift.format(code=result.shift)
        return said + words.ramadan if result.ramadan else said

    def _excuse(self, result: DayResult) -> str:
        if result.excuse is None:
            return "–"
        if not self.detail:
            return self.words.excuse_kinds[result.excuse.kind]
        said = self.words.excuses[result.excuse]
        return f"{said} ({result.excuse_reference})" if result.excuse_reference else said

    def _off(self, result: DayResult) -> str:
        if result.rule is not Rule.NOT_SERVING:
            return result.off_name
        if not self.detail:
            return self.words.elsewhere
        return self.words.states.get(result.off_name, result.off_name)

    def _span(self, day: date, part: DayResult | SpellResult) -> str:
        """The first and the last punch: " (07.20–16.05)"."""
        moments = [used.at for used in (part.arrival, part.leaving) if used is not None]
        return f" ({'–'.join(self.clock(at, day) for at in moments)})" if moments else ""


def _excused_late(part: DayResult | SpellResult) -> int:
    """Minutes between the start and the coming that an excuse takes."""
    if part.arrival is None or part.starts is None or part.late is None:
        return 0
    return (part.arrival.at - part.starts) // MINUTE - part.late - part.repaid


def _excused_early(part: DayResult | SpellResult) -> int:
    """The same between the leaving and the end."""
    if part.leaving is None or part.ends is None or part.early is None:
        return 0
    return (part.ends - part.leaving.at) // MINUTE - part.early


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
