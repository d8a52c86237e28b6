"""Walls as devices: changed, seen and revoked, numbered and written down, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from attendance.ids import UnitId
from config.look import Hours, Look, Stop
from store import Store, StoreError
from store.wall_pairings import Paired
from store.wall_secrets import digest
from store.walls import WallFacts, WallId

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
REAL = datetime(2027, 1, 5, 12, 0, tzinfo=UTC)
LIFE = timedelta(minutes=15)
ROOM = WallFacts("Ruang Wali Kota", None, "counts", Look(theme="dark"))
Pair = Callable[..., Paired]


@pytest.fixture
def pair(city: Store) -> Pair:
    """Pair a screen as it happens, and give what the screen holds then."""

    def paired(facts: WallFacts = ROOM) -> Paired:
        begun = city.pairings.begin("10.1.1.1", now=REAL, life=LIFE, secret=None)
        assert begun is not None
        assert city.pairings.confirm(begun.code, facts, by="ani", at=NOW, now=REAL) is not None
        claimed = city.pairings.claim(begun.secret, now=REAL)
        assert isinstance(claimed, Paired)
        return claimed

    return paired


def test_without_walls_there_is_nothing(city: Store) -> None:
    assert (city.walls.revision(), city.walls.devices(), city.walls.records()) == (0, [], [])
    assert city.walls.record(WallId(1)) is None
    assert city.walls.by_credential("x" * 43) is None


def test_a_wall_is_read_back_as_it_was_paired(city: Store, pair: Pair) -> None:
    look = Look(
        playlist=(
            Stop(view="office", seconds=20, unit=UnitId(1)),
            Stop(view="names", seconds=30, state="late", begins="07:00", ends="09:00"),
        ),
        theme="light",
        dim=Hours(begins="18:00", ends="05:30"),
    )
    held = pair(WallFacts("Sekretariat", UnitId(1), "names", look))
    [device] = city.walls.devices()
    assert (device.id, device.name, device.unit_id, device.level) == (
        held.wall_id,
        "Sekretariat",
        UnitId(1),
        "names",
    )
    assert (device.look, device.revoked) == (look, False)
    record = city.walls.record(device.id)
    assert record is not None
    assert (record.device, record.paired_at, record.paired_by, record.changed_at) == (device, NOW, "ani", NOW)
    assert (record.seen_at, record.revoked_at, record.revoked_by, record.revoked_why) == (None,) * 4


def test_of_a_credential_its_digest_alone_is_stored(city: Store, pair: Pair) -> None:
    held = pair()
    [device] = city.walls.devices()
    assert device.credential == digest(held.credential) != held.credential
    assert city.walls.by_credential(held.credential) == device
    assert city.walls.by_credential(digest(held.credential)) is None


def test_every_change_has_a_greater_number_and_a_line_in_the_audit_log(city: Store, pair: Pair) -> None:
    numbers = [city.walls.revision()]
    wall_id = pair().wall_id
    numbers.append(city.walls.revision())
    later = NOW + timedelta(hours=1)
    assert city.walls.change(wall_id, replace(ROOM, level="names"), by="budi", at=later)
    numbers.append(city.walls.revision())
    assert city.walls.revoke(wall_id, by="cici", why="dicuri", at=later)
    numbers.append(city.walls.revision())
    assert numbers == sorted(set(numbers))
    lines = [line for line in city.audit.latest() if line.subject == f"wall:{wall_id}"]
    assert [(line.action, line.actor) for line in reversed(lines)] == [
        ("wall.paired", "ani"),
        ("wall.changed", "budi"),
        ("wall.revoked", "cici"),
    ]
    assert "counts" in lines[1].detail
    assert "names" in lines[1].detail
    assert lines[0].detail == "dicuri"


def test_a_wall_that_is_seen_is_not_a_changed_one(city: Store, pair: Pair) -> None:
    wall_id = pair().wall_id
    revision = city.walls.revision()
    city.walls.seen([], NOW)
    city.walls.seen([wall_id, wall_id], NOW + timedelta(minutes=5))
    record = city.walls.record(wall_id)
    assert record is not None
    assert (record.seen_at, record.changed_at) == (NOW + timedelta(minutes=5), NOW)
    assert city.walls.revision() == revision


def test_a_revoked_wall_stays_revoked_and_known(city: Store, pair: Pair) -> None:
    held = pair()
    assert city.walls.revoke(held.wall_id, by="cici", why="dicuri", at=NOW)
    assert not city.walls.revoke(held.wall_id, by="dodi", why="lagi", at=NOW)
    assert not city.walls.change(held.wall_id, ROOM, by="dodi", at=NOW)
    device = city.walls.by_credential(held.credential)
    assert device is not None
    assert device.revoked
    record = city.walls.record(held.wall_id)
    assert record is not None
    assert (record.revoked_at, record.revoked_by, record.revoked_why) == (NOW, "cici", "dicuri")


def test_an_unknown_wall_is_neither_changed_nor_revoked(city: Store) -> None:
    assert not city.walls.change(WallId(77), ROOM, by="ani", at=NOW)
    assert not city.walls.revoke(WallId(77), by="ani", why="x", at=NOW)
    assert city.audit.latest() == []


def test_an_unknown_unit_is_refused_and_nothing_is_written(city: Store, pair: Pair) -> None:
    wall_id = pair().wall_id
    revision = city.walls.revision()
    with pytest.raises(StoreError):
        city.walls.change(wall_id, replace(ROOM, unit_id=UnitId(777)), by="ani", at=NOW)
    assert city.walls.devices()[0].unit_id is None
    assert city.walls.revision() == revision


def test_a_look_that_nobody_understands_is_the_plain_one(city: Store, pair: Pair) -> None:
    from sqlalchemy import update

    from store.wall_tables import walls

    pair()
    with city.database.write() as connection:
        connection.execute(update(walls).values(look='{"theme": "from the future"}'))
    assert city.walls.devices()[0].look == Look()


def test_changes_at_the_same_time_are_numbered_one_after_the_other(city: Store, pair: Pair) -> None:
    walls = [pair().wall_id for _ in range(4)]
    before = city.walls.revision()

    def rename(number: int) -> bool:
        facts = WallFacts(f"Dinding {number}")
        return city.walls.change(walls[number % 4], facts, by="ani", at=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(rename, range(16)))
    assert city.walls.revision() == before + 16
