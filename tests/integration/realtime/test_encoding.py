"""What many walls get is made once; what nobody gets is not made."""

from __future__ import annotations

from collections import Counter

import pytest
from socketio.packet import Packet

from config.clock import SimClock
from realtime.rows import ArrivalRow
from realtime.scope import CITY
from store import Store, open_store
from store.walls import WallFacts
from tests.support.mornings import settled
from tests.support.paired_walls import paired
from tests.support.raw_walls import RawWall
from tests.support.walls import serving, wait_until, wall

MANY = 30


def line(number: int, person: str = "Orang 1") -> dict[str, ArrivalRow]:
    return {f"k:{number}": {"n": number, "at": "07:00:00", "office": "BKD", "person": person}}


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many messages of each kind were encoded."""
    counted: Counter[str] = Counter()
    encode = Packet.encode

    def counting(packet: Packet) -> object:
        if isinstance(packet.data, list):
            counted[packet.data[0]] += 1
        return encode(packet)

    monkeypatch.setattr(Packet, "encode", counting)
    return counted


@pytest.fixture
def town(sqlite_url: str) -> Store:
    return settled(open_store(sqlite_url))


def test_a_snapshot_and_a_delta_are_encoded_once_for_however_many_walls(
    town: Store, clock: SimClock, encoded: Counter[str]
) -> None:
    with serving(town, clock) as (hub, url):
        walls = [RawWall(url) for _ in range(MANY)]
        for each in walls:
            each.emit("join", {"scope": "city"})
        assert len({each.next_text("snapshot") for each in walls}) == 1
        assert encoded["snapshot"] == 1

        hub.change(CITY, line(1), frozenset())
        assert len({each.next_text("delta") for each in walls}) == 1
        assert encoded["delta"] == 1
        for each in walls:
            each.close()
    town.close()


def test_counts_and_names_are_encoded_once_each_and_no_name_is_among_the_counts(
    town: Store, clock: SimClock, encoded: Counter[str]
) -> None:
    credential = paired(town, WallFacts("Ruang Sekda", None, "names")).credential
    with serving(town, clock, unpaired="counts") as (hub, url):
        counts = [RawWall(url) for _ in range(3)]
        names = [RawWall(url, credential=credential) for _ in range(3)]
        for each in counts + names:
            each.emit("join", {"scope": "city"})
            each.next("snapshot")
        assert encoded["snapshot"] == 2

        hub.change(CITY, line(1), frozenset())
        [told] = {each.next_text("delta") for each in counts}
        [named] = {each.next_text("delta") for each in names}
        assert "Orang" not in told
        assert "Orang" in named
        assert encoded["delta"] == 2

        hub.change(CITY, line(1, person="Orang 2"), frozenset())
        [named] = {each.next_text("delta") for each in names}
        assert encoded["delta"] == 3, "who sees counts sees no difference"
        for each in counts + names:
            each.close()
    town.close()


def test_what_nobody_looks_at_is_not_encoded_and_its_versions_go_on(
    town: Store, clock: SimClock, encoded: Counter[str]
) -> None:
    with serving(town, clock) as (hub, url):
        with wall(url) as early:
            early.join("city")
            version = early.seen["city"].version
        wait_until(lambda: not hub.broadcast.rooms.clients())
        encoded.clear()
        for number in range(5):
            hub.change(CITY, line(number), frozenset())
        assert encoded["delta"] == encoded["snapshot"] == 0

        with wall(url) as late:
            late.join("city")
            assert late.seen["city"].version == version + 5
            assert late.row("city", "k:4")["n"] == 4
            hub.change(CITY, line(5), frozenset())
            late.until(lambda: bool(late.row("city", "k:5")))
            assert late.resyncs == 0
    town.close()
