"""The standard rule packs, and what an example says the local rule has otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import time, timedelta
from functools import cache

from attendance.rules import DayHours, GatheringRule, Hours, PackId, RuleBook, Rules
from realtime.rulebook import load_rulebook
from tests.support.worked_examples import (
    WEEKDAYS,
    Overlay,
    RollCall,
)


def rulebook(overlay: Overlay) -> RuleBook:
    """The standard packs with what the local rule has otherwise."""
    book = _series(overlay.paket)
    if overlay == Overlay(paket=overlay.paket):
        return book
    if overlay.mulai is None:
        return RuleBook([_changed(pack, overlay) for pack in book.packs])
    changed = replace(_changed(book.on(overlay.mulai), overlay), valid_from=overlay.mulai)
    return RuleBook([*(pack for pack in book.packs if pack.valid_from != overlay.mulai), changed])


@cache
def _series(name: str) -> RuleBook:
    return load_rulebook(name)


def _changed(pack: Rules, overlay: Overlay) -> Rules:
    figures = pack.figures
    if overlay.toleransi_terlambat is not None:
        figures = replace(figures, late=replace(figures.late, tolerance=overlay.toleransi_terlambat))
    if overlay.toleransi_pulang is not None:
        figures = replace(figures, early=replace(figures.early, tolerance=overlay.toleransi_pulang))
    if overlay.fleksi is not None:
        figures = replace(figures, flexi=overlay.fleksi)
    if overlay.lupa_masuk_menit is not None:
        figures = replace(figures, leaving_from=timedelta(minutes=overlay.lupa_masuk_menit))
    hours = dict(pack.hours)
    if overlay.minggu_kerja is not None:
        hours["khusus"] = Hours("khusus", tuple(_day_hours(overlay.minggu_kerja)), None)
    gatherings = pack.gatherings
    if overlay.apel is not None:
        gatherings = tuple(_roll_call(rule) for rule in overlay.apel)
    return replace(pack, id=PackId(f"{pack.id} daerah"), figures=figures, hours=hours, gatherings=gatherings)


def _day_hours(week: Mapping[str, list[str]]) -> Iterator[DayHours | None]:
    for name in WEEKDAYS:
        hours = week.get(name)
        yield None if not hours else DayHours(*(time.fromisoformat(clock) for clock in hours))


def _roll_call(rule: RollCall) -> GatheringRule:
    return GatheringRule(
        code=rule.kode,
        name=rule.kode,
        weekdays=frozenset(WEEKDAYS.index(name) for name in rule.hari),
        dates=frozenset(rule.tanggal),
        starts=time.fromisoformat(rule.mulai),
        opens=time.fromisoformat(rule.buka),
        closes=time.fromisoformat(rule.tutup),
        unit_codes=frozenset(rule.unit),
        unit_kinds=frozenset(),
        on_days_off=rule.hari_libur,
    )
