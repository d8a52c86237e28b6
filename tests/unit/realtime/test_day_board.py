from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.city_facts import PeopleFacts
from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.day_result import DayStatus
from attendance.ids import PersonId, PunchId, TerminalId, UnitId
from attendance.people import Excuse, ExcuseCode, Outage, OutageCause, SiteOutage
from attendance.terminal import TerminalHealth
from realtime.day_board import DayBoard
from store.punches import StoredPunch
from tests.support.boards import board, health, press
from tests.support.days import MONDAY, at

EVERYBODY = {PersonId(1), PersonId(2), PersonId(3)}


def states(found: DayBoard) -> dict[int, str]:
    return {int(person): row.status.value for person, row in found.rows.items()}


def test_time_alone_brings_lateness_and_touches_nobody_before() -> None:
    found = board("07:00", presses=[press(1, "1001", "06:50")], healths=[health(1), health(2)])
    assert found.next_turn == at("07:31")
    found.advance(at("07:30:59"))
    assert not found.take_dirt().people
    found.advance(at("07:31"))
    assert found.take_dirt().people == {PersonId(2), PersonId(3)}
    assert states(found) == {1: "present", 2: "waiting", 3: "waiting"}


def test_people_become_absent_when_both_terminals_vouch_and_wait_again_when_one_grows_stale() -> None:
    found = board("07:32", healths=[health(1, "07:31"), health(2, "07:30")])
    assert set(states(found).values()) == {"waiting"}
    found.set_health({TerminalId(2): health(2, "07:31:30")}, at("07:32"))
    assert set(states(found).values()) == {"absent"}
    assert found.next_turn == at("07:34"), "the first terminal vouches for three minutes"
    found.advance(at("07:34"))
    assert set(states(found).values()) == {"waiting"}


def test_news_of_terminals_judges_nobody_who_has_punched() -> None:
    found = board(
        "08:00", presses=[press(1, "1001", "06:50")], healths=[health(1, "07:59"), health(2, "07:59")]
    )
    found.take_dirt()
    found.set_health({TerminalId(1): health(1, "07:59", online=False, since="08:00")}, at("08:00"))
    dirt = found.take_dirt()
    assert dirt.people == {PersonId(2), PersonId(3)}
    assert dirt.terminals == {TerminalId(1)}


def test_the_same_punch_told_twice_counts_once() -> None:
    found = board("07:00")
    found.add_punches([press(1, "1001", "06:50"), press(2, "9999", "06:51")], at("07:00"))
    assert [arrival.punch.id for arrival in found.take_dirt().arrivals] == [1, 2]
    found.add_punches([press(1, "1001", "06:50")], at("07:00"))
    assert not found.take_dirt()


def test_who_is_planned_anew_is_told_though_the_result_of_this_date_stays_the_same() -> None:
    """What is expected of the date before may be another thing, and a wall may tell of it."""
    found = board("07:00")
    found.facts_changed({PersonId(2), PersonId(99)}, at("07:00"))
    dirt = found.take_dirt()
    assert dirt
    assert (dirt.people, dirt.planned) == (set(), {PersonId(2)})
    assert not found.take_dirt()


def test_a_punch_of_a_pin_that_nobody_has_is_told_without_an_owner() -> None:
    found = board("07:00")
    found.add_punches([press(1, "9999", "06:50")], at("07:00"))
    (arrival,) = found.take_dirt().arrivals
    assert arrival.person_id is None


def test_an_excuse_stands_on_the_board() -> None:
    excuse = Excuse(PersonId(1), ExcuseCode.DL, MONDAY, MONDAY, "surat 1")
    assert board("07:00", excuses=[excuse]).rows[PersonId(1)].status is DayStatus.EXCUSED


# --- the board that is kept current equals the board that is built anew ------------------------------------

clocks = st.sampled_from(
    ["05:59", "06:00", "07:30", "07:31", "07:34", "12:00", "16:00", "22:59", "23:00"]
).flatmap(lambda clock: st.integers(-90, 90).map(lambda seconds: at(clock) + timedelta(seconds=seconds)))
people = st.sampled_from(sorted(EVERYBODY))
news = st.builds(
    lambda terminal, read, online, since: health(
        terminal, read, online=online, since=None if online else since
    ),
    st.integers(1, 2),
    st.none() | clocks,
    st.booleans(),
    st.sampled_from(["05:00", "07:20"]),
)
presses = st.builds(
    press, st.integers(1, 8), st.sampled_from(["1001", "1002", "1003", "7"]), clocks, st.integers(1, 2)
)
excuses = st.builds(
    lambda person, code, first, last: Excuse(person, code, MONDAY, MONDAY, "", first, last),
    people,
    st.sampled_from([ExcuseCode.DL, ExcuseCode.CT]),
    st.sampled_from([None, time(9), time(13)]),
    st.sampled_from([None, time(14), time(17)]),
)
corrections = st.builds(
    lambda person, kind, moment, punch: Correction(
        id=CorrectionId(0),
        person_id=person,
        day=MONDAY,
        kind=kind,
        at=moment if kind in (CorrectionKind.ARRIVAL, CorrectionKind.DEPARTURE) else None,
        punch_id=PunchId(punch) if kind is CorrectionKind.VOID else None,
        code="",
        undoes=None,
        reason="",
        reference="",
        entered_at=at("05:00"),
        entered_by="",
    ),
    people,
    st.sampled_from(
        [CorrectionKind.ARRIVAL, CorrectionKind.DEPARTURE, CorrectionKind.PRESENT, CorrectionKind.VOID]
    ),
    clocks,
    st.integers(1, 8),
)
outages = st.builds(
    lambda terminal, start, minutes: Outage(
        TerminalId(terminal), OutageCause.POWER, start, start + timedelta(minutes=minutes), ""
    ),
    st.integers(1, 2),
    clocks,
    st.integers(1, 300),
)
site_outages = st.builds(
    lambda start, minutes: SiteOutage(
        UnitId(2), OutageCause.NO_TERMINAL, start, start + timedelta(minutes=minutes), ""
    ),
    clocks,
    st.integers(1, 300),
)


@dataclass
class Known:
    """Everything that was told so far, as the store would hold it."""

    healths: dict[TerminalId, TerminalHealth] = field(default_factory=dict)
    punches: dict[int, StoredPunch] = field(default_factory=dict)
    excuses: list[Excuse] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    site_outages: list[SiteOutage] = field(default_factory=list)

    def tell(self, live: DayBoard, fact: object, now: datetime) -> None:
        """Take one fact in, and tell it to the live board the way the follower does."""
        match fact:
            case TerminalHealth():
                self.healths[fact.terminal_id] = fact
                live.set_health(self.healths, now)
            case StoredPunch():
                live.add_punches([self.punches.setdefault(fact.id, fact)], now)
            case Excuse():
                self.excuses.append(fact)
                self._renew(live, fact.person_id, now)
            case Correction():
                self.corrections.append(replace(fact, id=CorrectionId(len(self.corrections) + 1)))
                self._renew(live, fact.person_id, now)
            case Outage():
                self.outages.append(fact)
                live.assembler.take_outages(self.outages, self.site_outages)
                live.outages_changed({fact.terminal_id}, now)
            case SiteOutage():
                self.site_outages.append(fact)
                live.assembler.take_outages(self.outages, self.site_outages)
                live.outages_changed(None, now)

    def anew(self, now: datetime) -> DayBoard:
        """A board built from all that is known."""
        return board(
            now,
            presses=list(self.punches.values()),
            healths=list(self.healths.values()),
            excuses=tuple(self.excuses),
            corrections=tuple(self.corrections),
            outages=tuple(self.outages),
            site_outages=tuple(self.site_outages),
        )

    def _renew(self, live: DayBoard, person: PersonId, now: datetime) -> None:
        live.assembler.take_people(
            PeopleFacts(
                frozenset({person}),
                tuple(excuse for excuse in self.excuses if excuse.person_id == person),
                tuple(correction for correction in self.corrections if correction.person_id == person),
            )
        )
        live.facts_changed({person}, now)


facts = st.one_of(news, presses, excuses, corrections, outages, site_outages)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(hours=2)), facts), max_size=14))
def test_a_board_kept_current_equals_one_built_anew(steps: list[tuple[timedelta, object]]) -> None:
    now = at("05:30")
    live = board(now)
    before = dict(live.rows)
    known = Known()
    for pause, fact in steps:
        now += pause
        live.advance(now)
        known.tell(live, fact, now)
        anew = known.anew(now)
        assert live.rows == anew.rows
        assert live.final == anew.final
        told = live.take_dirt().people
        assert {person for person in EVERYBODY if before[person] != live.rows[person]} <= told
        before = dict(live.rows)
