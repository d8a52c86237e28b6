"""Two boards that are kept current, as the keeper has them, against boards built anew, whatever happens:
punches, news of terminals, leave given and taken back, corrections, rosters, outages, and time.

Beside it, of all that was ever judged: equal fingerprints mean equal results; and what `realtime.judging`
makes of the same facts is what stands on the boards.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from attendance.assembly import Assembler
from attendance.calendar import SHIFT_HOURS, WorkPattern
from attendance.city_facts import CityFacts, PeopleFacts, RosterSpan
from attendance.city_read import city_read
from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.day_result import DayResult
from attendance.ids import PersonId, Pin, PunchId, TerminalId, UnitId
from attendance.input_hash import input_hash
from attendance.judgement import judge
from attendance.people import (
    Enrollment,
    Excuse,
    ExcuseCode,
    Outage,
    OutageCause,
    SiteOutage,
    Unit,
    UnitKind,
)
from attendance.result_body import from_body, to_body
from attendance.shifts import Shift, ShiftEntry
from attendance.terminal import TerminalHealth
from realtime.day_board import DayBoard
from realtime.judging import LoadedDays
from store.punches import StoredPunch
from tests.support.boards import health, press, with_ceremony
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.rosters import small_roster, terminal

DAY = timedelta(days=1)
SINCE = date(2020, 1, 1)
SUNDAY, TUESDAY = MONDAY - DAY, MONDAY + DAY
DAYS = (SUNDAY, MONDAY)
WARD = Unit(UnitId(3), "3", "Bangsal", "Bangsal", UnitKind.SECTION, UnitId(2), office=False)
SHIFTS = tuple(
    Shift(code, code, time(start), time(end), SINCE)
    for code, start, end in (("P", 7, 14), ("S", 14, 21), ("M", 21, 7), ("J", 16, 20), ("D", 0, 8))
)
LAST_DAY_OF_FOUR = Enrollment(PersonId(4), Pin("1004"), None, SINCE, SUNDAY)
ENROLLED_AT_ELEVEN = Enrollment(PersonId(5), Pin("1005"), TerminalId(2), MONDAY, None, at("11:00"))


def rosters() -> tuple[RosterSpan, ...]:
    """Two work by shifts in the ward, one by hours; the fourth's finger ends on Sunday, the fifth's begins on
    Monday at eleven.
    """
    plain = small_roster(people_count=5, terminal_count=2)
    places = [
        replace(place, unit_id=WARD.id) if place.person_id in (1, 2, 4) else place
        for place in plain.placements
    ]
    fingers = [*plain.enrollments[:3], LAST_DAY_OF_FOUR, ENROLLED_AT_ELEVEN]
    spans = []
    for day in (SUNDAY - DAY, SUNDAY, MONDAY, TUESDAY):
        known = tuple(one for one in fingers if one.valid_from <= day and (one.valid_to or day) >= day)
        roster = replace(
            plain,
            day=day,
            units=(*plain.units, WARD),
            placements=tuple(places),
            enrollments=known,
            terminals=(*plain.terminals, terminal(3, unit_id=WARD.id)),
        )
        spans.append(RosterSpan(day, day, roster))
    return tuple(spans)


RULES = with_ceremony(SUNDAY)
ROSTERS = rosters()
people = st.integers(1, 5).map(PersonId)
days = st.sampled_from([SUNDAY - DAY, SUNDAY, MONDAY, TUESDAY])
hours = st.sampled_from(
    [
        "00:00",
        "05:59",
        "06:00",
        "07:00",
        "07:01",
        "07:31",
        "10:00",
        "14:00",
        "16:00",
        "20:00",
        "21:01",
        "23:00",
    ]
)
moments = st.builds(
    lambda clock, day, minutes: at(clock, day) + timedelta(minutes=minutes),
    hours,
    st.sampled_from([SUNDAY, MONDAY, TUESDAY]),
    st.sampled_from([0, 0, -1, 4, 31]),
)
codes = st.sampled_from(["", "P", "S", "M", "D", "P+S", "P+J", "M+P", "?"])
clocks = st.sampled_from([None, time(3), time(9), time(13), time(22)])


class Boards(RuleBasedStateMachine):
    """What the store would hold, and the boards that were told of it bit by bit."""

    @initialize(start=st.sampled_from(["05:00", "07:29", "20:00", "23:30"]))
    def open(self, start: str) -> None:
        self.now = at(start, SUNDAY)
        self.health: dict[TerminalId, TerminalHealth] = {}
        self.punches: dict[int, StoredPunch] = {}
        self.excuses: list[Excuse] = []
        self.corrections: list[Correction] = []
        self.entries: dict[tuple[PersonId, date], ShiftEntry] = {}
        self.outages: list[Outage] = []
        self.site_outages: list[SiteOutage] = []
        self.judged: dict[str, DayResult] = {}
        self.assembler = self.anew()
        self.boards = [self.board(self.assembler, day) for day in DAYS]

    def anew(self) -> Assembler:
        facts = CityFacts(
            DAYS[0],
            DAYS[-1],
            ROSTERS,
            patterns=(WorkPattern(WARD.id, SHIFT_HOURS, True, SINCE, None),),
            shifts=SHIFTS,
            shift_entries=tuple(self.entries.values()),
            excuses=tuple(self.excuses),
            corrections=tuple(self.corrections),
            outages=tuple(self.outages),
            site_outages=tuple(self.site_outages),
        )
        return Assembler(facts, RULES, ZONE)

    def board(self, assembler: Assembler, day: date, read: datetime | None = None) -> DayBoard:
        return DayBoard(
            assembler,
            day,
            health=self.health,
            punches=self.punches.values(),
            now=self.now,
            freshness=FRESHNESS,
            city_read=read,
        )

    @rule(pause=st.sampled_from([1, 3, 29, 60, 300, 700]))
    def time_passes(self, pause: int) -> None:
        self.now += timedelta(minutes=pause)
        for board in self.boards:
            board.advance(self.now)

    @rule(to=moments)
    def time_passes_until(self, to: datetime) -> None:
        self.now = max(self.now, to)
        for board in self.boards:
            board.advance(self.now)

    @rule(pin=st.integers(1001, 1006), at=moments, terminal=st.integers(1, 3))
    def somebody_presses(self, pin: int, at: datetime, terminal: int) -> None:
        number = len(self.punches) + 1
        self.punches[number] = press(number, str(pin), at, terminal)
        for board in self.boards:
            board.add_punches([self.punches[number]], self.now)

    @rule(terminal=st.integers(1, 3), read=st.none() | moments, online=st.booleans())
    def a_terminal_is_read(self, terminal: int, read: datetime | None, online: bool) -> None:
        self.health[TerminalId(terminal)] = health(
            terminal, read, online=online, since=None if online else "05:00"
        )
        self.tell_health()

    @rule(behind=st.sampled_from([0, 1, 5]))
    def all_terminals_are_read(self, behind: int) -> None:
        for number in (1, 2, 3):
            self.health[TerminalId(number)] = health(number, self.now - timedelta(minutes=behind))
        self.tell_health()

    def tell_health(self) -> None:
        for board in self.boards:
            board.vouched_anew(self.health)
            board.set_health(self.health, self.now)

    @rule(
        who=people,
        code=st.sampled_from([ExcuseCode.DL, ExcuseCode.CT]),
        first=days,
        more=st.integers(0, 1),
        since=clocks,
        until=clocks,
        place=st.none() | st.just(WARD.id),
    )
    def leave_is_given(
        self,
        who: PersonId,
        code: ExcuseCode,
        first: date,
        more: int,
        since: time | None,
        until: time | None,
        place: UnitId | None,
    ) -> None:
        number = len(self.excuses) + 1
        excuse = Excuse(who, code, first, first + more * DAY, "", since, until, place, id=number)
        self.excuses.append(excuse)
        self.tell(who)

    @rule()
    def leave_is_taken_back(self) -> None:
        if self.excuses:
            self.tell(self.excuses.pop(0).person_id)

    @rule(who=people, day=days, kind=st.sampled_from(CorrectionKind), at=moments, punch=st.integers(1, 6))
    def somebody_corrects(
        self, who: PersonId, day: date, kind: CorrectionKind, at: datetime, punch: int
    ) -> None:
        said = [one for one in self.corrections if (one.person_id, one.day) == (who, day)]
        if kind is CorrectionKind.UNDO and not said:
            return
        correction = Correction(
            id=CorrectionId(len(self.corrections) + 1),
            person_id=who,
            day=day,
            kind=kind,
            at=at if kind in (CorrectionKind.ARRIVAL, CorrectionKind.DEPARTURE) else None,
            punch_id=PunchId(punch) if kind is CorrectionKind.VOID else None,
            code="APEL" if kind is CorrectionKind.GATHERING else "",
            undoes=said[-1].id if kind is CorrectionKind.UNDO else None,
            reason="",
            reference="",
            entered_at=self.now,
            entered_by="",
        )
        self.corrections.append(correction)
        self.tell(who)

    @rule(who=people, day=days, text=codes, on_call=st.booleans())
    def the_roster_is_entered(self, who: PersonId, day: date, text: str, on_call: bool) -> None:
        self.entries[who, day] = ShiftEntry(who, day, tuple(filter(None, text.split("+"))), on_call, "")
        self.tell(who)

    @rule(who=people, day=days)
    def the_roster_is_cleared(self, who: PersonId, day: date) -> None:
        if self.entries.pop((who, day), None):
            self.tell(who)

    def tell(self, who: PersonId) -> None:
        mine = PeopleFacts(
            frozenset({who}),
            tuple(one for one in self.excuses if one.person_id == who),
            tuple(one for one in self.corrections if one.person_id == who),
            tuple(one for one in self.entries.values() if one.person_id == who),
        )
        self.assembler.take_people(mine)
        for board in self.boards:
            board.facts_changed({who}, self.now)

    @rule(terminal=st.integers(1, 3), since=moments, minutes=st.none() | st.integers(1, 600))
    def a_terminal_fails(self, terminal: int, since: datetime, minutes: int | None) -> None:
        ends = None if minutes is None else since + timedelta(minutes=minutes)
        self.outages.append(Outage(TerminalId(terminal), OutageCause.POWER, since, ends, ""))
        self.tell_outages({TerminalId(terminal)})

    @rule(unit=st.integers(1, 3), since=moments, minutes=st.none() | st.integers(1, 600))
    def a_site_fails(self, unit: int, since: datetime, minutes: int | None) -> None:
        ends = None if minutes is None else since + timedelta(minutes=minutes)
        self.site_outages.append(SiteOutage(UnitId(unit), OutageCause.POWER, since, ends, ""))
        self.tell_outages(None)

    @rule()
    def outages_end(self) -> None:
        struck = {one.terminal_id for one in self.outages}
        sites = bool(self.site_outages)
        self.outages.clear()
        self.site_outages.clear()
        self.tell_outages(None if sites else struck)

    def tell_outages(self, terminals: set[TerminalId] | None) -> None:
        self.assembler.take_outages(self.outages, self.site_outages)
        for board in self.boards:
            board.outages_changed(terminals, self.now)

    @invariant()
    def boards_kept_current_equal_boards_built_anew(self) -> None:
        assembler = self.anew()
        loaded = LoadedDays(assembler, self.health, self.punches.values())
        for board in self.boards:
            fresh = self.board(assembler, board.day, board.city_read)
            assert board.rows == fresh.rows
            assert board.final == fresh.final
            if board.city_read != city_read(board.horizons):
                continue  # a terminal away from home came back behind: only the board remembers
            for one in loaded.verdicts(board.day, board.rows, self.now, FRESHNESS):
                result, fingerprint = one.judged
                assert result == board.rows[result.person_id]
                assert input_hash(board.person_day(result.person_id), self.now) == fingerprint
                assert self.judged.setdefault(fingerprint, result) == result
                assert from_body(to_body(result)) == result
                assert judge(one.facts, self.now, FRESHNESS) == result


def test_a_night_entered_after_its_end_takes_the_leaving_of_whose_finger_ended_with_it() -> None:
    """On Monday nobody has the PIN any more, so whose punch it is hangs on what Sunday's roster says."""
    town = Boards()
    town.open("20:00")
    town.time_passes_until(at("10:00"))
    town.somebody_presses(1004, at("20:50", SUNDAY), 3)
    town.somebody_presses(1004, at("07:02"), 3)
    town.the_roster_is_entered(PersonId(4), SUNDAY, "M", False)
    left = town.boards[0].rows[PersonId(4)].leaving
    assert left is not None
    assert left.at == at("07:02")
    town.boards_kept_current_equal_boards_built_anew()
    town.the_roster_is_cleared(PersonId(4), SUNDAY)
    town.boards_kept_current_equal_boards_built_anew()


def test_news_of_a_terminal_reaches_the_spell_that_does_not_speak() -> None:
    """The second spell is excused and speaks; whether the first one's coming was late hangs on terminals."""
    town = Boards()
    town.open("20:00")
    town.time_passes_until(at("06:30"))
    town.the_roster_is_entered(PersonId(1), MONDAY, "P+J", False)
    town.leave_is_given(PersonId(1), ExcuseCode.CT, MONDAY, 0, time(15, 30), time(20), None)
    town.somebody_presses(1001, at("07:41"), 3)
    town.time_passes_until(at("15:10"))
    assert town.boards[1].rows[PersonId(1)].late is None
    town.all_terminals_are_read(1)
    assert town.boards[1].rows[PersonId(1)].late == 41
    town.boards_kept_current_equal_boards_built_anew()


def test_a_terminal_elsewhere_that_comes_back_behind_takes_a_lateness_back_that_nobody_had_asked_it_for() -> (
    None
):
    """While all were away there was nobody to ask."""
    town = Boards()
    town.open("20:00")
    town.time_passes_until(at("07:50"))
    town.the_roster_is_entered(PersonId(1), MONDAY, "P", False)
    town.somebody_presses(1001, at("07:41"), 3)
    town.a_terminal_is_read(3, at("07:45"), False)
    town.boards_kept_current_equal_boards_built_anew()
    town.a_terminal_is_read(1, at("07:00"), True)
    town.boards_kept_current_equal_boards_built_anew()


Boards.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestBoards = Boards.TestCase
