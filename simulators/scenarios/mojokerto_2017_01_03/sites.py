"""The sites that failed on 3 January 2017: lines without network, and two without power."""

from __future__ import annotations

from datetime import datetime, time

from simulators.city.plan import City
from simulators.dated_facts import OutagePlan
from simulators.scenarios.mojokerto_2017_01_03.population import DAY
from simulators.truth import DarkWindow

DARK_FROM = time(7)
DARK_SITES: dict[str, time | None] = {
    "1.33.4": time(13),
    "1.33.5": time(13),
    "1.63.11": time(13),
    "1.63.12": time(13),
    "1.63.13": None,
}
"""Two kelurahan and three schools, by unit code, and when their network came back: one not on this day."""
HIDDEN_ABSENT = "1.63.11"
"""Somebody of this dark site did not come, which nobody could know before 13:00."""
SEEN_ELSEWHERE = {"1.33.4": 4, "1.33.5": 2}
"""How many of a dark site's people pressed at the Setda later."""

BACK_BEFORE_NOON = {"1.32": (time(6, 50), time(8, 40)), "1.54": (time(7, 5), time(10, 20))}
POWERLESS = {"1.32.6": "1.32", "1.62.15": "1.62"}
"""Sites without power, and the office whose letter says so."""
POWER_FAILS, POWER_BACK = time(6, 20), time(9, 10)


def on_day(clock: time) -> datetime:
    """That time on 3 January 2017."""
    return datetime.combine(DAY, clock)


def dark_windows(city: City) -> tuple[DarkWindow, ...]:
    """Every line that was cut, for want of network or of power."""
    spans: dict[str, tuple[time, time | None]] = {
        **{code: (DARK_FROM, until) for code, until in DARK_SITES.items()},
        **BACK_BEFORE_NOON,
        **dict.fromkeys(POWERLESS, (POWER_FAILS, POWER_BACK)),
    }
    return tuple(
        DarkWindow(serial, on_day(start), None if end is None else on_day(end))
        for code, (start, end) in spans.items()
        for serial in city.terminals_at[code]
    )


def outages(city: City) -> tuple[OutagePlan, ...]:
    """What the offices' letters say of the power."""
    return tuple(
        OutagePlan(
            serial,
            "power",
            on_day(POWER_FAILS),
            on_day(POWER_BACK),
            f"Surat {city.unit_by_code[office].short_name} tanggal 3 Januari 2017",
        )
        for code, office in POWERLESS.items()
        for serial in city.terminals_at[code]
    )
