"""What a worked example expects against what came out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attendance.day_result import DayResult, SpellResult, Used
from tests.support.worked_city import TERMINAL_NAMES, ZONE, moment
from tests.support.worked_examples import FLAG, FORGOT, STATUS, WAIT, Example, Expected, PartResult

UNKNOWN = "belum diketahui"
_MINUTES = {"menit": "late", "menit_pulang": "early"}
_PLAIN = {
    "kelas": "late_grade",
    "kelas_pulang": "early_grade",
    "dibayar": "repaid",
    "keterangan": "excuse",
}
"""Checked even where the example says nothing: then nothing may be there."""
_WHERE_WRITTEN = {
    "aturan": "rule",
    "dinas": "shift",
    "ramadan": "ramadan",
    "hari_libur": "off_name",
    "koreksi": "correction",
}
_MOMENTS = {"masuk": "starts", "selesai": "ends"}
_PRESSES = {"datang": "arrival", "pulang": "leaving"}


def differences(example: Example, result: DayResult, said: str) -> list[str]:
    """One line for each thing that came out otherwise than the officer wrote; `said`: the explanation."""
    return [
        f"  {key}: seharusnya {_text(wanted)}, ternyata {_text(found)}"
        for key, wanted, found in _compared(example, result, said)
        if wanted != found
    ]


def _compared(example: Example, result: DayResult, said: str) -> Iterator[tuple[str, object, object]]:
    hasil = example.hasil
    yield "status", STATUS[hasil.status], result.status
    for key, attribute in _PLAIN.items():
        yield key, getattr(hasil, key), getattr(result, attribute)
    yield "lupa", None if hasil.lupa is None else FORGOT[hasil.lupa], result.forgot
    yield "penanda", {FLAG[word] for word in hasil.penanda}, set(result.flags)
    yield from _reason(example, result)
    for key, attribute in _WHERE_WRITTEN.items():
        if (wanted := getattr(hasil, key)) is not None:
            yield key, wanted, getattr(result, attribute)
    for key, attribute in _MINUTES.items():
        if (wanted := getattr(hasil, key)) is not None:
            yield key, None if wanted == UNKNOWN else wanted, getattr(result, attribute)
    for key, attribute in _PRESSES.items():
        if (wanted := getattr(hasil, key)) is not None:
            yield key, moment(wanted, example.hari), _at(getattr(result, attribute))
    for key, attribute in _MOMENTS.items():
        if (wanted := getattr(hasil, key)) is not None:
            yield key, moment(wanted, example.hari), getattr(result, attribute)
    yield from _final(example, result)
    yield from _gatherings(hasil, result)
    if hasil.bagian is not None:
        yield "bagian", len(hasil.bagian), len(result.spells)
        for number, (part, spell) in enumerate(zip(hasil.bagian, result.spells, strict=False), 1):
            for key, wanted, found in _part(example, part, spell):
                yield f"bagian {number} {key}", wanted, found
    for fragment in hasil.kalimat:
        yield "kalimat", fragment, fragment if fragment in said else said


def _reason(example: Example, result: DayResult) -> Iterator[tuple[str, object, object]]:
    hasil, reason = example.hasil, result.reason
    yield "alasan", None if hasil.alasan is None else WAIT[hasil.alasan], reason and reason.code
    if hasil.mesin_ditunggu is not None:
        terminal_id = reason and reason.terminal_id
        yield "mesin_ditunggu", hasil.mesin_ditunggu, terminal_id and TERMINAL_NAMES[terminal_id]
    if hasil.sejak is not None:
        yield "sejak", moment(hasil.sejak, example.hari), reason and reason.since


def _final(example: Example, result: DayResult) -> Iterator[tuple[str, object, object]]:
    """Whoever says nothing of when it is looked at looks when all is over and read: then it is final."""
    wanted = example.hasil.final
    if wanted is None and example.dilihat is None and not example.mesin:
        wanted = True
    if wanted is not None:
        yield "final", wanted, result.final


def _gatherings(hasil: Expected, result: DayResult) -> Iterator[tuple[str, object, object]]:
    if hasil.apel is not None:
        wanted = {code: None if it == UNKNOWN else it for code, it in hasil.apel.items()}
        yield "apel", wanted, {gathering.code: gathering.attended for gathering in result.gatherings}


def _part(example: Example, part: PartResult, spell: SpellResult) -> Iterator[tuple[str, object, object]]:
    yield "status", STATUS[part.status], spell.status
    yield "kelas", part.kelas, spell.late_grade
    yield "kelas_pulang", part.kelas_pulang, spell.early_grade
    if part.dinas is not None:
        yield "dinas", part.dinas, spell.shift
    if part.menit is not None:
        yield "menit", part.menit, spell.late
    if part.menit_pulang is not None:
        yield "menit_pulang", part.menit_pulang, spell.early
    if part.datang is not None:
        yield "datang", moment(part.datang, example.hari), _at(spell.arrival)
    if part.pulang is not None:
        yield "pulang", moment(part.pulang, example.hari), _at(spell.leaving)


def _at(used: Used | None) -> datetime | None:
    return None if used is None else used.at


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, set):
        return ", ".join(sorted(str(one) for one in value)) or "tidak ada"
    return "tidak ada" if value is None else str(value)
