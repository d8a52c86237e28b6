"""Days made at random for the whole path from facts to result: rosters, excuses, outages, punches, horizons.

They are worked examples that nobody wrote, so they pass through the same town and the same assembler.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from tests.support.worked_examples import (
    Broken,
    Corrected,
    Entry,
    Example,
    Excused,
    Expected,
    Known,
    Overlay,
    RollCall,
    SetApart,
)

MONDAY = date(2026, 11, 23)
EDGES = ("05:59", "06:00", "07:00", "07:30", "07:31", "08:00", "12:00", "14:00", "16:00", "16:30", "21:00")
TERMINALS = ("BKD-1", "BKD-2", "SDN-1", "RSUD-1", "RSUD-2", "DIK-1")


ROLL_CALL = RollCall(hari=["senin"], mulai="07:30", buka="06:30", tutup="07:45")
CEREMONY = RollCall(
    tanggal=[MONDAY + timedelta(days=number) for number in range(7)],
    mulai="07:00",
    buka="06:00",
    tutup="08:00",
    hari_libur=True,
)


@st.composite
def moments(draw: st.DrawFn, around: date = MONDAY, days: int = 1) -> str:
    """A moment near `around`; half of them close to where something begins or ends."""
    day = around + timedelta(days=draw(st.integers(-days, days)))
    if draw(st.booleans()):
        seconds = draw(st.integers(0, 24 * 3600 - 1))
        at = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)
    else:
        hour, minute = map(int, draw(st.sampled_from(EDGES)).split(":"))
        at = datetime(day.year, day.month, day.day, hour, minute)
        at += timedelta(seconds=draw(st.integers(-61, 61)))
    return f"{at:%Y-%m-%d %H:%M:%S}"


@st.composite
def _intervals(draw: st.DrawFn, day: date) -> tuple[str, str]:
    one, other = draw(moments(day)), draw(moments(day))
    return (one, other) if one <= other else (other, one)


@st.composite
def _excuses(draw: st.DrawFn, day: date) -> Excused:
    code = draw(st.sampled_from(["CT", "CS", "DL", "IZIN", "DIKLAT"]))
    place = draw(st.sampled_from([None, None, "SDN"])) if code == "DL" else None
    if draw(st.booleans()):
        start, end = draw(_intervals(day))
        return Excused(kode=code, dari=start[:16], sampai=end[:16], tempat=place)
    first = day + timedelta(days=draw(st.integers(-1, 1)))
    return Excused(
        kode=code, dari=first, sampai=first + timedelta(days=draw(st.integers(0, 1))), tempat=place
    )


@st.composite
def _faults(draw: st.DrawFn, day: date, office: str) -> Broken:
    start, end = draw(_intervals(day))
    open_end = draw(st.integers(0, 4)) == 0
    cause = draw(st.sampled_from(["listrik", "rusak", "catatan hilang"]))
    site = draw(st.booleans())
    return Broken(
        mesin=None if site else draw(st.sampled_from(TERMINALS)),
        kantor=office if site else None,
        sebab=cause,
        dari=start,
        sampai=None if open_end else end,
    )


@st.composite
def _states(draw: st.DrawFn, day: date, now: str) -> str:
    """How far a terminal was read by `now`."""
    kind = draw(st.integers(0, 9))
    if kind <= 6:
        return f"terbaca sampai {now}"
    read = min(draw(moments(day)), now)
    if kind == 7:
        return f"terbaca sampai {read}"
    if kind == 8:
        return f"luring sejak {read}, terbaca sampai {read}"
    return "belum pernah terbaca"


@st.composite
def _corrections(draw: st.DrawFn, day: date, punches: int) -> list[Corrected]:
    entered: list[Corrected] = []
    for number in range(draw(st.sampled_from([0, 0, 0, 1, 2, 3]))):
        kinds = ["datang", "pulang", "hadir"]
        kinds += ["coret absen"] if punches else []
        kinds += ["batalkan"] if entered else []
        kind = draw(st.sampled_from(kinds))
        entered.append(
            Corrected(
                jenis=kind,
                jam=draw(moments(day)) if kind in ("datang", "pulang") else None,
                absen=draw(st.integers(1, punches)) if kind == "coret absen" else None,
                nomor=draw(st.integers(1, number)) if kind == "batalkan" else None,
            )
        )
    return entered


@st.composite
def examples(draw: st.DrawFn, *, corrected: bool = True, now: str | None = None) -> Example:
    """One person's day with everything that can happen to it. Without `now` it is looked at at any moment."""
    day = MONDAY + timedelta(days=draw(st.sampled_from([0, 0, 1, 2, 4, 5, 6])))
    office = draw(st.sampled_from(["RSUD", "BKD", "RSUD", "BKD", "SDN", "TU", "KEC"]))
    now = now or draw(st.one_of(moments(day, days=2), st.just(f"{day + timedelta(days=2)} 00:00:00")))
    roster = []
    if office == "RSUD" and draw(st.integers(0, 5)):
        for number in (-1, 0, 1):
            cell = draw(st.sampled_from(["P+M", "M", "P", "S", "P+M", "M", "P+S", "S+M", "", "X"]))
            roster.append(Entry(hari=day + timedelta(days=number), kode=cell))
    punches = draw(
        st.lists(
            st.builds(lambda at, terminal: f"{at} @{terminal}", moments(day), st.sampled_from(TERMINALS)),
            max_size=4,
            unique=True,
        )
    )
    finger = draw(st.integers(0, 14))
    known = None
    if finger == 14:
        known = []
    elif finger == 13:
        at = draw(st.sampled_from(TERMINALS))
        known = [Known(mesin=at), Known(mesin=draw(st.sampled_from(TERMINALS)), dari=MONDAY)]
    elif finger == 12:
        known = [Known(dari=day, sejak=draw(moments(day, days=0)))]
    calendar = []
    if draw(st.integers(0, 7)) == 7:
        kind = draw(st.sampled_from(["libur", "cuti bersama", "hari kerja", "ramadan"]))
        calendar.append(
            SetApart(jenis=kind, dari=day, nama="Hari", kantor=draw(st.sampled_from([None, office])))
        )
    rules = Overlay(
        fleksi=draw(st.sampled_from([None, None, 30])),
        toleransi_terlambat=draw(st.sampled_from([None, None, 5])),
        apel=draw(st.sampled_from([None, [ROLL_CALL], [CEREMONY]])),
    )
    return Example(
        judul="hari yang acak",
        hari=day,
        kantor=office,
        absen=punches,
        dilihat=now,
        mesin={terminal: draw(_states(day, now)) for terminal in TERMINALS},
        pin=known,
        izin=draw(st.one_of(st.just([]), st.lists(_excuses(day), max_size=2))),
        gangguan=draw(st.one_of(st.just([]), st.lists(_faults(day, office), max_size=2))),
        koreksi=draw(_corrections(day, len(punches))) if corrected else [],
        dinas=roster,
        kalender=calendar,
        aturan=rules,
        hasil=Expected(status="hadir"),
    )
