"""Is what the store holds what the terminals took? Said in the end, of every terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attendance.people import Outage, OutageCause
from devices.zk.commands import Command
from simulators.faults.log import STRANGER
from store import Store
from store.punches import Quarantined
from tests.contract.faulty import Key
from tests.soak.city import City, Door
from tests.soak.weather import Weather
from tests.support.days import ZONE

NUMBERS_ONLY: Final = frozenset({"8a", "8b"})
"""Records that hold a user's number in place of the PIN."""
DELETED_USER: Final = "of a deleted user, from a terminal whose records hold numbers only (in quarantine)"
ERASED: Final = "erased from the terminal before they could be read (under a LOG_LOST outage)"
FORBIDDEN: Final = (Command.DISABLE, Command.CLEAR_LOG, Command.CLEAR_DATA)
READS: Final = (Command.PREPARE_BUFFER, Command.ATTENDANCE_LOG)
EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; `faults` is empty when all is well."""

    taken: int
    stored: int
    quarantined: int
    reads: int
    outages: Counter[str]
    excepted: Counter[str]
    """Fingers that a documented rule keeps out of the store, by the rule."""
    faults: tuple[str, ...]

    @property
    def true(self) -> bool:
        """Whether the store is the truth, and nobody harmed a terminal."""
        return not self.faults


def missing_of(city: City, store: Store) -> set[Key]:
    """What was taken and is not stored, but for what numbers-only terminals keep of deleted users."""
    return {key for key in city.truth - _stored(store)[0] if not _of_deleted_user(city, key)}


def pronounce(city: City, weather: Weather, store: Store) -> Verdict:
    """Compare everything. Call it when nothing is on its way any more."""
    stored, rows = _stored(store)
    truth = city.truth
    outages = store.facts.outages_between(
        datetime.min.replace(tzinfo=ZONE), datetime.max.replace(year=9000, tzinfo=ZONE)
    )
    excepted: Counter[str] = Counter()
    lost: list[str] = []
    for key in sorted(truth - stored):
        if _of_deleted_user(city, key):
            excepted[DELETED_USER] += 1
        elif _was_erased(city, weather, outages, key):
            excepted[ERASED] += 1
        else:
            lost.append(f"not in the store: {key}, pressed at {city.witness.moments.get(key)}")
    quarantine = store.punches.quarantined()
    faults = [
        *_some(lost),
        *_some([f"in the store and never pressed: {key}" for key in sorted(stored - truth)]),
        *([f"{rows - len(stored)} punches are stored twice"] if rows != len(stored) else []),
        *_some(_harmed(city)),
        *_some(_uneven(city, store)),
        *_some(_refused_without_cause(city, quarantine)),
    ]
    return Verdict(
        taken=len(truth),
        stored=len(stored),
        quarantined=len(quarantine),
        reads=sum(door.sim.commands[code] for door in city.doors for code in READS),
        outages=Counter(outage.cause.value for outage in outages),
        excepted=excepted,
        faults=tuple(faults),
    )


def _stored(store: Store) -> tuple[set[Key], int]:
    keys = [(str(serial), str(pin), moment) for serial, pin, moment in store.punches.keys()]  # noqa: SIM118
    return set(keys), len(keys)


def _of_deleted_user(city: City, key: Key) -> bool:
    serial, pin, _ = key
    return pin == STRANGER and _door(city, serial).sim.model.record in NUMBERS_ONLY


def _was_erased(city: City, weather: Weather, outages: list[Outage], key: Key) -> bool:
    serial, _, _ = key
    pressed, erased = city.witness.moments.get(key), weather.erased.get(serial)
    if pressed is None or erased is None or pressed > erased:
        return False
    moment, number = pressed.replace(tzinfo=ZONE), _door(city, serial).number
    return any(
        outage.terminal_id == number
        and outage.cause is OutageCause.LOG_LOST
        and outage.starts_at <= moment
        and (outage.ends_at is None or moment <= outage.ends_at)
        for outage in outages
    )


def _harmed(city: City) -> list[str]:
    return [
        f"{door.sim.serial} was disabled or cleared by a program"
        for door in city.doors
        if door.sim.disabled or any(door.sim.commands[code] for code in FORBIDDEN)
    ]


def _uneven(city: City, store: Store) -> list[str]:
    """Terminals whose cursor does not account for every record that their log really holds."""
    cursors = store.terminals.cursors()
    found = []
    for door in city.doors:
        cursor, held = cursors.get(door.number), len(door.sim.log)
        if not door.called:
            continue
        if cursor is None or cursor.records_read != held:
            found.append(f"{door.sim.serial} ({door.make.model}): {held} records in its log, but {cursor}")
        elif cursor.stored + cursor.duplicates + cursor.quarantined != cursor.records_read:
            found.append(f"{door.sim.serial} ({door.make.model}): {cursor} does not add up")
    return found


def _refused_without_cause(city: City, quarantine: list[Quarantined]) -> list[str]:
    """Records of logs in quarantine in which nothing is wrong."""
    doors = {door.number: door for door in city.doors}
    return [
        f"in quarantine without cause: {kept}"
        for kept in quarantine
        if kept.index >= 0 and not _is_bad(doors[kept.terminal_id], kept.raw)
    ]


def _is_bad(door: Door, raw: bytes) -> bool:
    if door.sim.corrupt_time(raw) == raw:
        return True
    return door.sim.model.record in NUMBERS_ONLY and raw[:2] == b"\0\0"


def _door(city: City, serial: str) -> Door:
    return next(door for door in city.doors if door.sim.serial == serial)


def _some(faults: list[str]) -> list[str]:
    more = len(faults) - EXAMPLES
    return [*faults[:EXAMPLES], *([f"… and {more} more such"] if more > 0 else [])]
