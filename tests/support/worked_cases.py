"""A worked example made ready to be judged: the assembler, the punches, the horizons, the moment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from attendance.assembly import Assembler
from attendance.city_facts import CityFacts
from attendance.day_result import DayResult
from attendance.facts import Horizon, Mark, PersonDay
from attendance.ids import PunchId, TerminalId
from attendance.judgement import judge
from attendance.punch import Punch
from attendance.rules import RuleBook
from collector.normalize import Normalizer
from devices.driver import AttLogRecord, LiveEvents
from tests.support.worked_city import PERSON, TERMINAL_IDS, ZONE, city_facts, moment
from tests.support.worked_examples import (
    Example,
)
from tests.support.worked_rules import rulebook

FRESHNESS = timedelta(minutes=3)
_PRESS = re.compile(
    r"(?P<moment>(?:\S+ )?\d\d:\d\d(?::\d\d)?)"
    r"(?: @(?P<terminal>\S+))?"
    r"(?: pin (?P<pin>\S+))?"
    r"(?: tombol (?P<key>\d+))?"
    r"(?: jam mesin (?P<clock>cepat|lambat) (?P<minutes>\d+) menit)?"
)


@dataclass(frozen=True, slots=True)
class Case:
    """An example made ready: whose day is judged, by which facts, at which moment."""

    assembler: Assembler
    book: RuleBook
    day: date
    marks: tuple[Mark, ...]
    """The person's, as the terminals' PINs tell, within the span that the assembler asks for."""
    horizons: Mapping[TerminalId, Horizon]
    now: datetime

    def person_day(self) -> PersonDay:
        """What `judge` is given."""
        return self.assembler.person_day(PERSON, self.day, self.marks, self.horizons)

    def judged(self) -> DayResult:
        """What comes out."""
        return judge(self.person_day(), self.now, FRESHNESS)


def make(example: Example) -> Case:
    """The facts of `example`, by the same path as the wall and the stored results take."""
    book = rulebook(example.aturan)
    facts = city_facts(example)
    assembler = Assembler(facts, book, ZONE)
    now = _seen_at(example)
    return Case(
        assembler, book, example.hari, _marks(example, assembler), _horizons(example, facts, now), now
    )


def _seen_at(example: Example) -> datetime:
    """When nothing is said: at the end of the next day, when everything has been read."""
    return moment(example.dilihat or "lusa 00:00", example.hari)


def _marks(example: Example, assembler: Assembler) -> tuple[Mark, ...]:
    since, until = assembler.span(PERSON, example.hari)
    return tuple(
        Mark(punch.at, punch.terminal_id, PunchId(number))
        for number, punch in enumerate(_punches(example), 1)
        if since <= punch.at < until and assembler.owner(punch.terminal_id, punch.pin, punch.at) == PERSON
    )


def _punches(example: Example) -> Iterator[Punch]:
    """What the terminals recorded, as the collector makes punches of it: the clock measured, the key kept."""
    for text in example.absen:
        found = _PRESS.fullmatch(text)
        if found is None:
            raise ValueError(
                f'{example.judul}: absen "{text}": write "07:41:20 @BKD-1 pin 1001 tombol 255 '
                'jam mesin cepat 20 menit", all but the time at will'
            )
        shown = moment(found["moment"], example.hari)
        ahead = timedelta(minutes=int(found["minutes"] or 0)) * (-1 if found["clock"] == "lambat" else 1)
        terminal_id = TERMINAL_IDS[found["terminal"] or _first_terminal(example)]
        normalizer = Normalizer(terminal_id, ZONE)
        normalizer.offset = ahead
        local = shown.astimezone(ZONE).replace(tzinfo=None)
        record = AttLogRecord(found["pin"] or "1001", local, 1, int(found["key"] or 255), "", 0)
        (punch,) = normalizer.live(LiveEvents((record,)), shown - ahead).punches
        yield punch


def _first_terminal(example: Example) -> str:
    """A terminal at hand: the first one of the office, or of the office above it."""
    code = example.penempatan[-1].kantor if example.penempatan else example.kantor
    near = {"TU": "RSUD", "MUT": "BKD", "KEC": "BKD"}.get(code, code)
    return f"{near}-1"


def _horizons(example: Example, facts: CityFacts, now: datetime) -> dict[TerminalId, Horizon]:
    said = dict.fromkeys(TERMINAL_IDS, example.mesin) if isinstance(example.mesin, str) else example.mesin
    horizons = {}
    for name, terminal_id in TERMINAL_IDS.items():
        online, read, offline = _state(said.get(name, ""), example.hari, now)
        outages = tuple(outage for outage in facts.outages if outage.terminal_id == terminal_id)
        horizons[terminal_id] = Horizon(terminal_id, online, read, offline, outages)
    unknown = set(said) - set(TERMINAL_IDS)
    if unknown:
        raise ValueError(f"{example.judul}: mesin: no terminal is called {', '.join(sorted(unknown))}")
    return horizons


def _state(text: str, day: date, now: datetime) -> tuple[bool, datetime | None, datetime | None]:
    """Online, read through, offline since. Nothing said: online, and read to this moment."""
    online, read, offline = True, now, None
    for part in filter(None, text.split(", ")):
        if part == "belum pernah terbaca":
            read = None  # type: ignore[assignment]
        elif part.startswith("terbaca sampai "):
            read = moment(part.removeprefix("terbaca sampai "), day)
        elif part.startswith("luring sejak "):
            online, offline = False, moment(part.removeprefix("luring sejak "), day)
        else:
            raise ValueError(f'mesin: "{part}" is not known')
    return online, read, offline
