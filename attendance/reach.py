"""Where each person can press, by one roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from attendance.duty import Duty, DutyDay
from attendance.facts import Horizon, Reach
from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import SiteOutage
from attendance.roster import RosterIndex


class Reaches:
    """The reach of everybody by one roster. People who share it share one object."""

    def __init__(self, index: RosterIndex, before: RosterIndex, site_outages: Iterable[SiteOutage]) -> None:
        """`before`: the roster of the day before. A terminal that hangs elsewhere since then may hold what
        was pressed at the old place until it was carried away: for that day it is asked there, too.
        """
        self._index = index
        self._before = before
        self._carried: dict[UnitId, frozenset[TerminalId]] = {}
        self._site_outages: dict[UnitId, list[SiteOutage]] = defaultdict(list)
        for outage in site_outages:
            self._site_outages[outage.unit_id].append(outage)
        self._standings: dict[PersonId, _Standing] = {}
        self._sites: dict[tuple[frozenset[TerminalId], frozenset[TerminalId], bool], _Site] = {}

    def of(
        self,
        person_id: PersonId,
        duty: Duty,
        begins: datetime,
        acting: Iterable[UnitId],
        horizons: Mapping[TerminalId, Horizon],
        *,
        city_read: datetime | None = None,
    ) -> Reach:
        """Where the person can press on the duty's work date, which begins at `begins` (aware, UTC).

        `acting`: units at which the person serves on that day in place of the own one. They add terminals
        where a punch is at home, but no reason to expect one. A terminal that is not in `horizons` was never
        read.
        """
        standing = self._standings.get(person_id)
        if standing is None:
            standing = self._standings[person_id] = self._stand(person_id)
        site, pin_from = standing.site, standing.pin_from
        outages = _touching(standing.outages, duty) if standing.outages else ()
        for unit_id in acting:
            site = self._site(
                site.home | self._index.terminals_at(unit_id), site.elsewhere, has_pin=site.has_pin
            )
        reach = site.reach(horizons, city_read)
        if pin_from is not None and pin_from <= begins:
            pin_from = None
        if pin_from is None and not outages:
            return reach
        return Reach(reach.has_pin, reach.horizons, pin_from, outages, reach.home, city_read)

    def _stand(self, person_id: PersonId) -> _Standing:
        index = self._index
        home, everywhere = index.home_of(person_id), index.terminals_of(person_id)
        elsewhere = frozenset() if home is everywhere else everywhere - home
        unit_ids = index.units_of(person_id)
        if self._before is not index:
            for unit_id in unit_ids:
                elsewhere |= self._carried_away(unit_id) - home
        has_pin, pin_from = index.finger_at_home(person_id)
        outages: tuple[SiteOutage, ...] = ()
        if self._site_outages:
            units = dict.fromkeys(unit.id for unit_id in unit_ids for unit in index.path(unit_id))
            outages = tuple(outage for unit in units for outage in self._site_outages.get(unit, ()))
        return _Standing(self._site(home, elsewhere, has_pin=has_pin), pin_from, outages)

    def _carried_away(self, unit_id: UnitId) -> frozenset[TerminalId]:
        """The terminals where people of the unit pressed the day before that hang at another unit now."""
        found = self._carried.get(unit_id)
        if found is None:
            now, before = self._index.terminals, self._before.terminals
            found = self._carried[unit_id] = frozenset(
                terminal_id
                for terminal_id in self._before.terminals_at(unit_id)
                if terminal_id in now and now[terminal_id].unit_id != before[terminal_id].unit_id
            )
        return found

    def _site(self, home: frozenset[TerminalId], elsewhere: frozenset[TerminalId], *, has_pin: bool) -> _Site:
        key = (home, elsewhere, has_pin)
        found = self._sites.get(key)
        return self._sites.setdefault(key, _Site(home, elsewhere, has_pin)) if found is None else found


@dataclass(frozen=True, slots=True)
class _Standing:
    """What one person's reach rests on for as long as the roster holds."""

    site: _Site
    pin_from: datetime | None
    outages: tuple[SiteOutage, ...]


class _Site:
    """Terminals that the same people use."""

    __slots__ = ("_ids", "_last", "elsewhere", "has_pin", "home")

    def __init__(self, home: frozenset[TerminalId], elsewhere: frozenset[TerminalId], has_pin: bool) -> None:
        self.home = home
        self.elsewhere = elsewhere
        self.has_pin = has_pin
        # Without any terminal at home nobody vouches, whatever a former office's still knows.
        self._ids = tuple(sorted(home | elsewhere)) if home else ()
        self._last: Reach | None = None

    def reach(self, horizons: Mapping[TerminalId, Horizon], city_read: datetime | None) -> Reach:
        """The reach with these horizons; the same object as long as they are the same."""
        last = self._last
        if last is not None and last.city_read == city_read:
            for known in last.horizons:
                if horizons.get(known.terminal_id) is not known:
                    break
            else:
                return last
        found = tuple(
            horizons.get(terminal_id) or Horizon(terminal_id, False, None, None) for terminal_id in self._ids
        )
        self._last = Reach(self.has_pin, found, home=self.home, city_read=city_read)
        return self._last


def _touching(outages: Iterable[SiteOutage], duty: Duty) -> tuple[SiteOutage, ...]:
    closes = duty.closes
    if closes is None:
        return ()
    opens = duty.opens if isinstance(duty, DutyDay) else min(one.opens for one in duty.gatherings)
    return tuple(
        outage
        for outage in outages
        if outage.starts_at <= closes and (outage.ends_at is None or outage.ends_at > opens)
    )
