"""The small city in which the worked examples happen, and the facts that an example makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from attendance.calendar import CalendarEntry, WorkPattern
from attendance.city_facts import CityFacts, RosterSpan
from attendance.corrections import Correction, CorrectionId
from attendance.ids import Nip, PersonId, Pin, PunchId, SerialNumber, TerminalId, UnitId
from attendance.nip import check_nip
from attendance.people import (
    Employment,
    Enrollment,
    Excuse,
    ExcuseCode,
    Outage,
    Person,
    Placement,
    SiteOutage,
    Unit,
    UnitKind,
)
from attendance.roster import Roster
from attendance.shifts import Rotation, RotationPeriod, Shift, ShiftEntry
from attendance.terminal import Follow, Terminal
from realtime.city_calendar import with_computed
from tests.support.worked_examples import (
    CALENDAR,
    CAUSE,
    CORRECTION,
    EMPLOYMENT,
    Example,
)

ZONE = ZoneInfo("Asia/Jakarta")
SINCE = date(2010, 1, 1)
PERSON, COLLEAGUE = PersonId(1), PersonId(2)
NIP, COLLEAGUES_NIP = Nip("198001012005011001"), Nip("198001012005012002")

_KOTA, _BKD, _DIK, _SDN, _RSUD, _TU, _PKM, _DUK, _KEC, _MUT = (UnitId(n) for n in range(1, 11))
UNITS = (
    Unit(_KOTA, "KOTA", "Pemerintah Kota Contoh", "Kota", UnitKind.CITY, None, office=False),
    Unit(_BKD, "BKD", "Badan Kepegawaian Daerah", "BKD", UnitKind.AGENCY, _KOTA, office=True),
    Unit(_DIK, "DIK", "Dinas Pendidikan", "Dikbud", UnitKind.AGENCY, _KOTA, office=True),
    Unit(_SDN, "SDN", "SDN Contoh 1", "SDN 1", UnitKind.SCHOOL, _DIK, office=True),
    Unit(_RSUD, "RSUD", "RSUD Kota Contoh", "RSUD", UnitKind.HOSPITAL, _KOTA, office=True),
    Unit(_TU, "TU", "Tata Usaha RSUD", "TU RSUD", UnitKind.SECTION, _RSUD, office=False),
    Unit(_PKM, "PKM", "Puskesmas Contoh", "Puskesmas", UnitKind.HEALTH_CENTRE, _KOTA, office=True),
    Unit(_DUK, "DUK", "Dinas Kependudukan dan Pencatatan Sipil", "Dukcapil", UnitKind.AGENCY, _KOTA, True),
    Unit(_KEC, "KEC", "Kecamatan Baru", "Kec. Baru", UnitKind.DISTRICT, _KOTA, office=True),
    Unit(_MUT, "MUT", "Bidang Mutasi BKD", "Mutasi", UnitKind.SECTION, _BKD, office=False),
)
UNIT_IDS = {unit.code: unit.id for unit in UNITS}
_SITES = {"BKD-1": _BKD, "BKD-2": _BKD, "DIK-1": _DIK, "SDN-1": _SDN, "RSUD-1": _RSUD, "RSUD-2": _RSUD}
_SITES |= {"PKM-1": _PKM, "DUK-1": _DUK}
TERMINALS = tuple(
    Terminal(TerminalId(n), SerialNumber(name), name, unit, "", 0, "zk-tcp", Follow.LIVE, None, active=True)
    for n, (name, unit) in enumerate(_SITES.items(), 1)
)
TERMINAL_IDS = {terminal.name: terminal.id for terminal in TERMINALS}
TERMINAL_NAMES = {terminal.id: terminal.name for terminal in TERMINALS}
"""Kecamatan Baru has none; Tata Usaha and Bidang Mutasi use those of their offices."""

SHIFTS = (
    Shift("P", "Pagi", time(7), time(14), SINCE),
    Shift("S", "Sore", time(14), time(21), SINCE),
    Shift("M", "Malam", time(21), time(7), SINCE),
)
_PATTERNS = {
    _SDN: ("six_day", False),
    _PKM: ("six_day", False),
    _RSUD: ("shift", True),
    _TU: ("five_day", False),
}
_HOURS = {"lima hari": "five_day", "enam hari": "six_day", "dinas": "shift", "khusus": "khusus"}

_MOMENT = re.compile(r"(?:(kemarin|besok|lusa|\d{4}-\d\d-\d\d) )?(\d\d:\d\d(?::\d\d)?)")
_DAYS_ON = {"kemarin": -1, "besok": 1, "lusa": 2}


def moment(text: str, day: date) -> datetime:
    """ "07:41", "besok 07:05", "2026-11-24 07:05:10": city time, the day being the example's; aware, UTC."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no moment: write "07:41", "besok 07:05" or "2026-11-24 07:05"')
    prefix, clock = found.groups()
    if prefix is not None:
        day = day + timedelta(days=_DAYS_ON[prefix]) if prefix in _DAYS_ON else date.fromisoformat(prefix)
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


@cache
def _with_computed(entries: tuple[CalendarEntry, ...], first: date, last: date) -> tuple[CalendarEntry, ...]:
    return with_computed(entries, first, last)


def city_facts(example: Example) -> CityFacts:
    """Everything but punches and horizons, for the example's day and one more on either side."""
    day = example.hari
    first, last = day - timedelta(days=1), day + timedelta(days=1)
    calendar = tuple(
        CalendarEntry(
            entry.dari,
            entry.sampai or entry.dari,
            CALENDAR[entry.jenis],
            entry.nama or entry.jenis,
            None if entry.kantor is None else UNIT_IDS[entry.kantor],
            "SK",
        )
        for entry in example.kalender
    )
    return CityFacts(
        first=day,
        last=day,
        rosters=tuple(_rosters(example, [first, day, last])),
        calendar=_with_computed(calendar, first, last),
        patterns=tuple(_patterns(example)),
        shifts=SHIFTS,
        rotations=() if example.pola is None else (_rotation(example.pola.siklus),),
        rotation_periods=(
            ()
            if example.pola is None
            else (
                RotationPeriod(
                    PERSON, "POLA", example.pola.mulai, example.pola.berlaku or example.pola.mulai, None
                ),
            )
        ),
        shift_entries=tuple(
            ShiftEntry(PERSON, cell.hari or day, _codes(cell.kode), cell.siaga, "jadwal")
            for cell in example.dinas
            if first <= (cell.hari or day) <= last
        ),
        employments=tuple(
            Employment(PERSON, EMPLOYMENT[state.status], state.dari, state.sampai, "SK")
            for state in example.kepegawaian
        ),
        excuses=tuple(_excuses(example)),
        corrections=tuple(_corrections(example)),
        outages=tuple(_outages(example)),
        site_outages=tuple(
            SiteOutage(
                UNIT_IDS[fault.kantor],
                CAUSE[fault.sebab],
                moment(fault.dari, day),
                None if fault.sampai is None else moment(fault.sampai, day),
                "surat",
            )
            for fault in example.gangguan
            if fault.kantor is not None
        ),
    )


def _rosters(example: Example, days: Sequence[date]) -> Iterator[RosterSpan]:
    """One span a day; a day's roster holds what is valid on it, as the store would say."""
    person = Person(PERSON, check_nip(example.nip or NIP), "Pegawai Contoh", "", "")
    colleague = Person(COLLEAGUE, COLLEAGUES_NIP, "Rekan Contoh", "", "")
    placements = (
        [Placement(PERSON, UNIT_IDS[place.kantor], place.dari, place.sampai) for place in example.penempatan]
        if example.penempatan is not None
        else [Placement(PERSON, UNIT_IDS[example.kantor], SINCE, None)]
    )
    placements.append(Placement(COLLEAGUE, _BKD, SINCE, None))
    enrollments = (
        [Enrollment(PERSON, Pin("1001"), None, SINCE, None)]
        if example.pin is None
        else [
            Enrollment(
                PERSON if known.pemilik == "pegawai" else COLLEAGUE,
                Pin(known.pin),
                None if known.mesin is None else TERMINAL_IDS[known.mesin],
                known.dari,
                known.sampai,
                None if known.sejak is None else moment(known.sejak, example.hari),
            )
            for known in example.pin
        ]
    )
    for day in days:
        placed = tuple(p for p in placements if _holds(day, p.valid_from, p.valid_to))
        serving = {placement.person_id for placement in placed}
        roster = Roster(
            day=day,
            units=UNITS,
            people=tuple(one for one in (person, colleague) if one.id in serving),
            placements=placed,
            enrollments=tuple(e for e in enrollments if _holds(day, e.valid_from, e.valid_to)),
            terminals=TERMINALS,
        )
        yield RosterSpan(day, day, roster)


def _holds(day: date, first: date, last: date | None) -> bool:
    return first <= day and (last is None or day <= last)


def _patterns(example: Example) -> Iterator[WorkPattern]:
    own = UNIT_IDS[example.kantor] if example.jadwal is not None else None
    for unit_id, (hours, works_holidays) in _PATTERNS.items():
        if unit_id != own:
            yield WorkPattern(unit_id, hours, works_holidays, SINCE, None)
    if own is not None and example.jadwal is not None:
        yield WorkPattern(own, _HOURS[example.jadwal], False, SINCE, None)


def _codes(cell: str) -> tuple[str, ...]:
    return tuple(code for code in cell.split("+") if code)


def _rotation(cycle: Iterable[str]) -> Rotation:
    return Rotation("POLA", "Pola contoh", tuple(() if cell == "-" else _codes(cell) for cell in cycle))


def _excuses(example: Example) -> Iterator[Excuse]:
    for number, excuse in enumerate(example.izin, 1):
        first_day, first_time = _day_and_time(excuse.dari or example.hari, example.hari)
        last_day, last_time = _day_and_time(excuse.sampai or excuse.dari or example.hari, example.hari)
        if excuse.sampai is None:
            last_time = None
        yield Excuse(
            person_id=PERSON,
            code=ExcuseCode(excuse.kode),
            first_day=first_day,
            last_day=last_day,
            reference=excuse.surat,
            first_time=first_time,
            last_time=last_time,
            place=None if excuse.tempat is None else UNIT_IDS[excuse.tempat],
            entered_at=None if excuse.dimasukkan is None else moment(excuse.dimasukkan, example.hari),
            entered_by="" if excuse.dimasukkan is None else "bkd",
            id=number,
        )


def _day_and_time(text: str | date, day: date) -> tuple[date, time | None]:
    if isinstance(text, date):
        return text, None
    local = moment(text, day).astimezone(ZONE)
    return local.date(), local.time()


def _corrections(example: Example) -> Iterator[Correction]:
    for number, entry in enumerate(example.koreksi, 1):
        yield Correction(
            id=CorrectionId(number),
            person_id=PERSON,
            day=entry.hari or example.hari,
            kind=CORRECTION[entry.jenis],
            at=None if entry.jam is None else moment(entry.jam, example.hari),
            punch_id=None if entry.absen is None else PunchId(entry.absen),
            code=entry.kode,
            undoes=None if entry.nomor is None else CorrectionId(entry.nomor),
            reason="contoh",
            reference="surat",
            entered_at=moment("lusa 00:00", example.hari),
            entered_by="bkd",
        )


def _outages(example: Example) -> Iterator[Outage]:
    for fault in example.gangguan:
        if fault.mesin is not None:
            yield Outage(
                TERMINAL_IDS[fault.mesin],
                CAUSE[fault.sebab],
                moment(fault.dari, example.hari),
                None if fault.sampai is None else moment(fault.sampai, example.hari),
                "surat",
            )
