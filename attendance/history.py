"""Why a stored result became another one, read off the two results alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from attendance.change_cause import Cause, Change
from attendance.day_result import DayResult, DayStatus, Rule, SpellResult, Used, WaitCode, WaitReason
from attendance.explain import Teller
from attendance.explain_words_en import ENGLISH
from attendance.explain_words_id import INDONESIAN
from attendance.explanation import Explanation
from attendance.ids import TerminalId
from attendance.moment_text import moment_text
from attendance.people import ExcuseCode, OutageCause

__all__ = ["Cause", "Change", "cause_of", "change_body", "change_from", "tell"]

_UNREAD = (WaitCode.DARK, WaitCode.NEVER_READ, WaitCode.BEHIND)


def cause_of(before: DayResult | None, after: DayResult) -> Change:
    """What made `before` into `after`: first what people entered, then punches, then terminals."""
    if before is None:
        return Change(Cause.FIRST)
    entered = _entered(before, after)
    if entered is not None:
        return entered
    found = _other_punch(before, after)
    if found is not None:
        return found
    waited = _other_reason(before, after)
    if waited is not None:
        return waited
    if before.final != after.final:
        return Change(Cause.COMPLETE if after.final else Cause.TERMINAL_LOST)
    if before.flags != after.flags or _came_to(after) - _came_to(before):
        return Change(Cause.PUNCH)
    return Change(Cause.CLOCK)


def _entered(before: DayResult, after: DayResult) -> Change | None:
    if before.pack != after.pack:
        return Change(Cause.RULES, code=after.pack)
    if before.correction != after.correction:
        return Change(Cause.CORRECTION, code=str(after.correction or before.correction))
    if (before.excuse, before.excuse_reference) != (after.excuse, after.excuse_reference):
        return Change(Cause.EXCUSE, code=after.excuse or before.excuse or "")
    if _expected(before) != _expected(after):
        # An excuse with other hours moves start and end, too, and keeps its letter.
        excused = before.excuse is not None and (before.hours, before.shift) == (after.hours, after.shift)
        return Change(Cause.EXCUSE, code=after.excuse or "") if excused else Change(Cause.DUTY)
    if after.excuse is not None and any(map(_counts_otherwise, _parts(before), _parts(after))):
        return Change(Cause.EXCUSE, code=after.excuse)
    return None


def _parts(result: DayResult) -> Sequence[DayResult | SpellResult]:
    return result.spells or (result,)


def _counts_otherwise(before: DayResult | SpellResult, after: DayResult | SpellResult) -> bool:
    """Whether the same coming or leaving makes other minutes: excuses in between have other hours."""
    if Rule.BRIDGED in (before.rule, after.rule):
        return False
    coming = before.arrival == after.arrival and _differ(_over(before), _over(after))
    return coming or (before.leaving == after.leaving and _differ(before.early, after.early))


def _over(part: DayResult | SpellResult) -> int | None:
    """Minutes after the start; flexible ones are late until they are made up."""
    return None if part.late is None else part.late + part.repaid


def _differ(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and before != after


def _expected(result: DayResult) -> tuple[object, ...]:
    off = result.starts is None
    spells = tuple((spell.shift, spell.starts, spell.ends) for spell in result.spells)
    return (
        off,
        result.off_name,
        result.starts,
        result.ends,
        result.shift,
        result.hours,
        result.ramadan,
        spells,
    )


def _came_to(result: DayResult) -> set[str]:
    return {gathering.code for gathering in result.gatherings if gathering.attended}


def _used(result: DayResult) -> list[Used]:
    found = [result.arrival, result.leaving]
    for spell in result.spells:
        found += [spell.arrival, spell.leaving]
    return [used for used in found if used is not None]


def _other_punch(before: DayResult, after: DayResult) -> Change | None:
    was, now = _used(before), _used(after)
    reason = before.reason
    come = [used for used in now if used not in was and used.punch_id is not None]
    if come and reason == WaitReason(WaitCode.NO_PIN):
        return Change(Cause.ENROLLMENT, come[0].terminal_id, come[0].at)
    for used in come:
        if reason is not None and reason.code in _UNREAD and reason.terminal_id == used.terminal_id:
            return Change(Cause.TERMINAL_READ, used.terminal_id, used.at)
    if come:
        return Change(Cause.PUNCH, come[0].terminal_id, come[0].at)
    known = {used.at for used in now}
    gone = [used for used in was if used.at not in known and used.punch_id is not None]
    if gone:
        return Change(Cause.PUNCH, gone[0].terminal_id, gone[0].at)
    if after.reason is not None and after.reason != reason and after.reason.code is WaitCode.OUTSIDE_WINDOW:
        return Change(Cause.PUNCH, None, after.reason.since)
    return None


def _other_reason(before: DayResult, after: DayResult) -> Change | None:
    was, now = before.reason, after.reason
    if was == now:
        return None
    codes = [reason.code for reason in (was, now) if reason is not None]
    if WaitCode.OUTAGE in codes:
        outage = now if now is not None and now.code is WaitCode.OUTAGE else was
        assert outage is not None
        return Change(Cause.OUTAGE, outage.terminal_id, outage.since, outage.cause or "")
    if was is not None and was.code is WaitCode.NO_PIN:
        return Change(Cause.ENROLLMENT)
    if was is not None and was.code is WaitCode.NO_TERMINAL:
        return Change(Cause.SITE)
    if was is not None and was.code in _UNREAD:
        return Change(Cause.TERMINAL_READ, was.terminal_id)
    # Nobody waited before: time alone may have begun the waiting, unless somebody was called absent or late.
    accused = before.status in (DayStatus.ABSENT, DayStatus.LATE, DayStatus.LEFT_EARLY)
    if not accused or now is None:
        return Change(Cause.CLOCK)
    if now.code is WaitCode.NO_PIN:
        return Change(Cause.ENROLLMENT)
    if now.code is WaitCode.NO_TERMINAL:
        return Change(Cause.SITE)
    return Change(Cause.TERMINAL_LOST, now.terminal_id)


def change_body(change: Change) -> str:
    """A change as canonical JSON."""
    plain: dict[str, object] = {"cause": change.cause.value}
    if change.terminal_id is not None:
        plain["terminal_id"] = change.terminal_id
    if change.at is not None:
        plain["at"] = moment_text(change.at)
    if change.code:
        plain["code"] = change.code
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def change_from(text: str) -> Change:
    """What `change_body` wrote. Raises `ValueError` for anything else."""
    try:
        data = json.loads(text)
        terminal_id, at = data.get("terminal_id"), data.get("at")
        return Change(
            Cause(data["cause"]),
            None if terminal_id is None else TerminalId(terminal_id),
            None if at is None else datetime.fromisoformat(at),
            data.get("code", ""),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a change: {error}") from error


def tell(
    change: Change,
    before: DayResult | None,
    after: DayResult,
    zone: tzinfo,
    terminal_name: Callable[[TerminalId], str],
) -> Explanation:
    """The change in a sentence: "Menunggu data menjadi hadir, masuk 07.21: Mesin DLH terbaca." Says nothing
    of the kind of a leave.
    """
    return Explanation(
        *(
            _told(change, before, after, Teller(words, zone, terminal_name, detail=False))
            for words in (INDONESIAN, ENGLISH)
        )
    )


def _told(change: Change, before: DayResult | None, after: DayResult, teller: Teller) -> str:
    words, now = teller.words, teller.outcome(after)
    text = words.changes[change.cause]
    if change.terminal_id is not None:
        text = words.changes_at_terminal.get(change.cause, text)
    code = change.code
    if change.cause is Cause.EXCUSE and code:
        code = words.excuse_kinds[ExcuseCode(code).kind]
    why = text.format(
        code=code,
        cause=words.causes[OutageCause(code)] if change.cause is Cause.OUTAGE and code else "–",
        since=teller.clock(change.at, after.day),
        terminal="–" if change.terminal_id is None else teller.terminal_name(change.terminal_id),
    )
    if before is None:
        said = words.first.format(after=now, why=why)
    elif teller.outcome(before) == now:
        said = words.stayed.format(after=now, why=why)
    else:
        said = words.changed.format(before=teller.outcome(before), after=now, why=why)
    return said[:1].upper() + said[1:]
