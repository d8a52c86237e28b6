"""The mornings on which pictures are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from tests.gallery.town import Town
from tests.support.days import MONDAY, ZONE

CHRISTMAS = date(2026, 12, 25)
WASTE, LIBRARY, HOSPITAL = "1.10", "1.14", "1.21"


def moment(clock: str, day: date = MONDAY) -> datetime:
    """City time, aware."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


FROZEN = moment("07:30:02")
"""Just after the cut-off."""


@dataclass(frozen=True)
class Situation:
    """`play` moves the city through its moments; the wall runs from the first on. None: nobody is planted."""

    name: str
    play: Callable[[Town], Iterator[datetime]] | None
    start: datetime
    """Where the clock stands when the wall starts."""
    freezes_at: datetime | None = None
    """The first of its moments at which the day was frozen."""


def _ordinary(clock: str) -> Callable[[Town], Iterator[datetime]]:
    def play(town: Town) -> Iterator[datetime]:
        town.cut(town.at_unit(LIBRARY), moment("05:02"))
        town.cut(town.at_unit(WASTE), moment("07:20"))
        yield moment("06:30")
        if clock > "07:30":
            yield moment("07:29:55")
            yield FROZEN
        yield moment(clock)

    return play


def _corrected(town: Town) -> Iterator[datetime]:
    yield from _ordinary("07:31:20")(town)
    town.excuse(town.who_never_comes(9), MONDAY, "SPT/0911")
    town.lights(town.at_unit(WASTE))
    yield moment("08:05")


def _bad_network(town: Town) -> Iterator[datetime]:
    town.cut(town.at_unit("1.33", "1.63", "1.45"), moment("06:12"))
    town.cut(town.at_unit("1.52", "1.54", "1.57", "1.46"), moment("06:47"))
    town.cut(town.at_unit("1.21")[2:6], moment("07:05"))
    town.cut(town.at_unit("1.7.", "1.9", "1.12", LIBRARY), moment("07:14"))
    yield moment("06:00")
    yield moment("07:29:55")
    yield FROZEN
    yield moment("07:38")


def _holiday(town: Town) -> Iterator[datetime]:
    town.works_on(HOSPITAL, CHRISTMAS)
    town.cut(town.at_unit("1.62.3", "1.62.4", "1.51"), moment("04:40", CHRISTMAS))
    yield moment("07:50", CHRISTMAS)


def _dark(town: Town) -> Iterator[datetime]:
    town.cut(tuple(town.known.values()), moment("05:41"))
    yield moment("05:30")
    yield moment("07:29:55")
    yield FROZEN
    yield moment("07:44")


SITUATIONS = {
    one.name: one
    for one in (
        Situation("early", _ordinary("06:42"), moment("06:30")),
        Situation("morning", _ordinary("07:10"), moment("06:30")),
        Situation("rush", _ordinary("07:24:30"), moment("06:30")),
        Situation("half-past", _ordinary("07:31:20"), moment("06:30"), FROZEN),
        Situation("corrected", _corrected, moment("06:30"), FROZEN),
        Situation("network", _bad_network, moment("06:00"), FROZEN),
        Situation("holiday", _holiday, moment("07:50", CHRISTMAS)),
        Situation("dark", _dark, moment("05:30"), FROZEN),
        Situation("empty", None, moment("07:10")),
    )
}
"""By name. Everything in them is invented, and the same in every run."""
