"""What a screen is told of itself, what it may see, and how that ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from attendance.ids import Nip, PersonId, UnitId
from attendance.people import Person, Placement, Unit, UnitKind
from attendance.roster import Roster
from config.clock import SimClock
from config.look import Look
from store import Store
from store.changes import Notice, Topic
from store.schema import units
from store.walls import WallFacts
from tests.support.boards import health
from tests.support.days import MONDAY, at
from tests.support.mornings import OFFICE, append, punch
from tests.support.paired_walls import names_wall, paired
from tests.support.revoking import ATTEMPTS, REVOKED_WITHIN, seconds_until_revoked
from tests.support.rosters import CITY_UNIT, plant, terminal
from tests.support.walls import BUILD, Rows, Wall, serving, wait_until, wall

OFFICE_WALL = WallFacts("Lobi Dinas", UnitId(2), "names")


def last_hello(monitor: Wall, holds: Callable[[dict[str, object]], bool] = bool) -> dict[str, object]:
    """The newest hello, as soon as it is one that `holds`."""
    monitor.until(lambda: bool(monitor.hellos) and holds(monitor.hellos[-1]))
    return monitor.hellos[-1]


def refusals(monitor: Wall) -> list[tuple[str, str]]:
    return [(error["scope"], error["code"]) for error in monitor.errors]


def people_in(rows: Rows) -> list[str]:
    return [key for key in rows if key.startswith("p:")]


def test_the_first_word_to_a_screen_is_what_it_is(city: Store, clock: SimClock) -> None:
    with serving(city, clock, unpaired="counts") as (_, url), wall(url) as monitor:
        hello = last_hello(monitor)
        assert monitor.words[0] == "hello"
        real = hello.pop("real")
        assert hello == {"build": BUILD, "level": "counts", "wall": None, "root": "city"}
        assert isinstance(real, int)
        assert abs(real / 1000 - time.time()) < 60


def test_a_screen_that_nobody_paired_sees_nothing_where_the_setting_says_so(
    city: Store, clock: SimClock
) -> None:
    with serving(city, clock, unpaired="nothing") as (_, url), wall(url) as monitor:
        assert last_hello(monitor)["level"] == "nothing"
        for scope in ("city", OFFICE, "names", "recap", "office:999"):
            monitor.emit("join", {"scope": scope})
            monitor.until(lambda scope=scope: (scope, "forbidden") in refusals(monitor))  # type: ignore[misc]
        append(city, punch("1001", "06:58"))
        monitor.until(lambda: len(monitor.beats) > 2)
        assert (monitor.seen, monitor.deltas) == ({}, [])


def test_a_wall_paired_a_moment_ago_is_known_by_its_credential_and_keeps_to_its_ground(
    city: Store, clock: SimClock
) -> None:
    with serving(city, clock, unpaired="nothing") as (_, url):
        device = paired(city, replace(OFFICE_WALL, look=Look(theme="light")))
        with wall(url, credential=device.credential) as monitor:
            assert last_hello(monitor)["wall"] == {
                "id": device.wall_id,
                "name": "Lobi Dinas",
                "playlist": [],
                "theme": "light",
                "dim": None,
            }
            assert (last_hello(monitor)["level"], last_hello(monitor)["root"]) == ("names", OFFICE)
            assert len(monitor.hellos) == 1
            assert monitor.join(OFFICE)["p:1"]["name"] == "Orang 1"
            assert monitor.join("names:2") == {} or "p:1" in monitor.seen["names:2"].rows
            for scope in ("city", "names", "recap", "office:999"):
                monitor.emit("join", {"scope": scope})
            monitor.until(lambda: len(monitor.errors) == 4)
            assert {code for _, code in refusals(monitor)} == {"forbidden"}
        viewed = [
            (entry.actor, entry.subject) for entry in city.audit.latest() if entry.action == "names.viewed"
        ]
        assert viewed == [(f"wall:{device.wall_id}", "names:2"), (f"wall:{device.wall_id}", OFFICE)]
        wait_until(lambda: city.walls.records()[0].seen_at == at("07:00"))


def test_a_wall_that_went_before_anybody_looked_was_here(
    city: Store, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = paired(city, names_wall())
    with serving(city, clock, unpaired="nothing") as (_, url):
        with wall(url) as monitor:
            monitor.until(lambda: len(monitor.beats) > 1)
        monkeypatch.setattr("realtime.hub.WATCH_SECONDS", 3.0)
        time.sleep(0.6)
        with wall(url, credential=device.credential) as monitor:
            assert last_hello(monitor)["level"] == "names"
            monitor.client.disconnect()
        wait_until(lambda: city.walls.records()[0].seen_at == at("07:00"))


def test_a_wall_for_counts_gets_no_name_even_where_any_screen_may_see_them(
    city: Store, clock: SimClock
) -> None:
    append(city, punch("1001", "06:58"))
    device = paired(city, WallFacts("Lobi", None, "counts"))
    with (
        serving(city, clock, unpaired="names") as (_, url),
        wall(url, credential=device.credential) as monitor,
    ):
        assert last_hello(monitor)["level"] == "counts"
        assert people_in(monitor.join(OFFICE)) == []
        assert monitor.join("city")["k:1"]["status"] == "present"
        monitor.emit("join", {"scope": "names"})
        monitor.until(lambda: refusals(monitor) == [("names", "forbidden")])
        append(city, punch("1002", "06:59"))
        monitor.until(lambda: monitor.row("city", "total")["present"] == 2)
        assert "Orang" not in str(monitor.history)
    assert not [entry for entry in city.audit.latest() if entry.action == "names.viewed"]


def test_a_credential_that_nobody_knows_makes_no_wall(city: Store, clock: SimClock) -> None:
    with serving(city, clock, unpaired="counts") as (_, url):
        for credential in ("", "x" * 43, "ä;=,"):
            with wall(url, credential=credential) as monitor:
                hello = last_hello(monitor)
                assert (hello["level"], hello["wall"]) == ("counts", None)
                assert "revoked" not in monitor.words


def test_a_revoked_wall_leaves_every_room_within_two_seconds_and_harms_no_other(
    city: Store, clock: SimClock
) -> None:
    lost, kept = paired(city, names_wall()), paired(city, names_wall(name="Ruang Sekda"))
    with (
        serving(city, clock, unpaired="names") as (_, url),
        wall(url, credential=lost.credential) as monitor,
        wall(url, credential=kept.credential) as other,
    ):
        for scope in ("city", OFFICE, "names"):
            monitor.join(scope)
        other.join("city")
        city.walls.revoke(lost.wall_id, by="test", why="stolen", at=at("07:00"))
        monitor.until(lambda: "revoked" in monitor.words)
        assert last_hello(monitor)["level"] == "nothing"
        assert last_hello(monitor)["wall"] is None

        seen = len(monitor.history)
        append(city, punch("1001", "06:58"))
        other.until(lambda: other.row("city", "total")["present"] == 1)
        monitor.emit("resync", {"scope": "city"})
        monitor.until(lambda: refusals(monitor) == [("city", "bad_scope")])
        monitor.emit("join", {"scope": "city"})
        monitor.until(lambda: refusals(monitor)[1:] == [("city", "forbidden")])
        assert len(monitor.history) == seen
        assert "revoked" not in other.words
        assert len(other.hellos) == 1

        with wall(url, credential=lost.credential) as again:
            again.until(lambda: "revoked" in again.words)
            assert again.words[:2] == ["hello", "revoked"]
            assert again.hellos[0]["level"] == "nothing"
        assert min(seconds_until_revoked(city, url) for _ in range(ATTEMPTS)) < REVOKED_WITHIN


def test_a_wall_that_may_show_names_no_more_forgets_them_at_once(city: Store, clock: SimClock) -> None:
    append(city, punch("1001", "06:58"))
    device = paired(city, names_wall())
    with (
        serving(city, clock, unpaired="nothing") as (_, url),
        wall(url, credential=device.credential) as monitor,
    ):
        assert monitor.join("city")["k:1"]["person"] == "Orang 1"
        monitor.join("names")
        assert "p:1" in monitor.join(OFFICE)
        counts = WallFacts("Ruang Wali Kota", None, "counts")
        assert city.walls.change(device.wall_id, counts, by="test", at=at("07:00"))
        assert last_hello(monitor, lambda hello: hello["level"] == "counts")
        monitor.until(lambda: people_in(monitor.seen[OFFICE].rows) == [])
        monitor.until(lambda: "person" not in monitor.row("city", "k:1"))
        monitor.until(lambda: ("names", "forbidden") in refusals(monitor))
        viewed = len(city.audit.latest())

        assert city.walls.change(device.wall_id, names_wall(), by="test", at=at("07:00"))
        monitor.until(lambda: "p:1" in monitor.seen[OFFICE].rows)
        monitor.until(lambda: "person" in monitor.row("city", "k:1"))
        assert monitor.resyncs == 0
    assert [entry.subject for entry in city.audit.latest()[:-viewed]].count(OFFICE) == 1


def test_a_wall_whose_ground_is_another_begins_there(city: Store, clock: SimClock) -> None:
    device = paired(city, names_wall())
    with serving(city, clock) as (_, url), wall(url, credential=device.credential) as monitor:
        monitor.join("city")
        assert city.walls.change(device.wall_id, OFFICE_WALL, by="test", at=at("07:00"))
        assert last_hello(monitor, lambda hello: hello["root"] == OFFICE)
        monitor.until(lambda: refusals(monitor) == [("city", "forbidden")])
        monitor.join(OFFICE)


def test_an_office_that_moves_out_of_a_wall_s_ground_is_seen_there_no_more(
    store: Store, clock: SimClock
) -> None:
    plant(store, two_offices_in_a_group())
    device = paired(store, WallFacts("Kecamatan", UnitId(10), "counts"))
    with serving(store, clock) as (_, url), wall(url, credential=device.credential) as monitor:
        assert last_hello(monitor)["root"] == "city:10"
        assert monitor.join("city:10")["total"]["people"] == 2
        monitor.join("office:12")
        with store.database.write() as connection:
            connection.execute(update(units).where(units.c.id == 12).values(parent_id=1))
            store.changes.post(connection, [Notice(Topic.ROSTER)])
        monitor.until(lambda: ("office:12", "forbidden") in refusals(monitor))
        monitor.until(lambda: ("city:10", "unknown_office") in refusals(monitor))
        assert last_hello(monitor, lambda hello: hello["root"] == "office:11")
        monitor.join("office:11")


def test_a_wall_is_told_how_far_the_terminals_of_its_ground_were_read(store: Store, clock: SimClock) -> None:
    doors = (terminal(1, unit_id=UnitId(1)), terminal(2, unit_id=UnitId(11)), terminal(3, unit_id=UnitId(12)))
    plant(store, replace(two_offices_in_a_group(), terminals=doors))
    read = (("06:50", False), ("06:58:30", True), ("06:59:30", True))
    store.terminals.save_health(
        [
            health(number, moment, online=online, since=None if online else "06:51")
            for number, (moment, online) in enumerate(read, 1)
        ]
    )

    def told(monitor: Wall) -> tuple[object, ...]:
        beat = monitor.beats[-1] if monitor.beats else {}
        return beat.get("read"), beat.get("terminals"), str(beat.get("as_of"))[11:19]

    whole, group, office = (
        paired(store, WallFacts("Lobi", None if unit is None else UnitId(unit), "counts")).credential
        for unit in (None, 10, 12)
    )
    with (
        serving(store, clock) as (_, url),
        wall(url, credential=whole) as city_wall,
        wall(url, credential=group) as group_wall,
        wall(url, credential=office) as office_wall,
    ):
        city_wall.until(lambda: told(city_wall) == (2, 3, "06:58:30"))
        group_wall.until(lambda: told(group_wall) == (2, 2, "06:58:30"))
        office_wall.until(lambda: told(office_wall) == (1, 1, "06:59:30"))
        with wall(url, credential=office) as late:
            late.until(lambda: bool(late.beats))
            assert (late.beats[0]["read"], late.beats[0]["terminals"]) == (1, 1)


def two_offices_in_a_group() -> Roster:
    """A group (10) of the offices 11 and 12 with one person each."""
    numbers = (11, 12)
    group = Unit(UnitId(10), "10", "Kecamatan", "Kec", UnitKind.DISTRICT, UnitId(1), office=False)
    return Roster(
        day=MONDAY,
        units=(CITY_UNIT, group, *map(subdistrict, numbers)),
        people=tuple(
            Person(PersonId(n), Nip(f"19800101200501{n:04d}"), f"Orang {n}", "", "") for n in numbers
        ),
        placements=tuple(Placement(PersonId(n), UnitId(n), date(2020, 1, 1), None) for n in numbers),
        enrollments=(),
        terminals=(),
    )


def subdistrict(number: int) -> Unit:
    name = f"Kelurahan {number}"
    return Unit(UnitId(number), str(number), name, name, UnitKind.SUBDISTRICT, UnitId(10), office=True)


def test_a_wall_that_only_looks_different_is_told_so_and_goes_on(city: Store, clock: SimClock) -> None:
    device = paired(city, names_wall())
    with serving(city, clock) as (_, url), wall(url, credential=device.credential) as monitor:
        monitor.join("city")
        dark = replace(names_wall(), look=Look(theme="dark"))
        assert city.walls.change(device.wall_id, dark, by="test", at=at("07:00"))
        monitor.until(lambda: len(monitor.hellos) == 2)
        append(city, punch("1001", "06:58"))
        monitor.until(lambda: monitor.row("city", "total")["present"] == 1)
        assert monitor.snapshots == 1


def test_a_page_that_was_built_anew_is_told_of(city: Store, clock: SimClock) -> None:
    build = ["aaaaaaaaaaaa"]
    with serving(city, clock, build=lambda: build[0]) as (_, url), wall(url) as monitor:
        monitor.join("city")
        build[0] = "bbbbbbbbbbbb"
        assert last_hello(monitor, lambda hello: hello["build"] == "bbbbbbbbbbbb")
        assert monitor.snapshots == 1


def test_a_playlist_is_logged_once_a_connection_and_a_hand_each_time(city: Store, clock: SimClock) -> None:
    device = paired(city, names_wall())

    def viewed(scope: str) -> int:
        return len([entry for entry in city.audit.latest() if entry.subject == scope])

    with serving(city, clock, unpaired="nothing") as (_, url):
        with wall(url, credential=device.credential) as monitor:
            for number, by in enumerate(("playlist", "playlist", "hand", "playlist", None), start=1):
                for scope in (OFFICE, "city"):
                    monitor.emit("join", {"scope": scope} | ({} if by is None else {"by": by}))
                monitor.until(lambda number=number: monitor.snapshots == 2 * number)  # type: ignore[misc]
        assert viewed(OFFICE) == 3, "the playlist's first, and two by hand"
        assert viewed("city") == 1
        with wall(url, credential=device.credential) as monitor:
            monitor.join("city")
        assert viewed("city") == 2


@pytest.mark.parametrize("by", [7, None, ["playlist"], "Playlist", {}])
def test_whatever_else_is_said_of_a_view_it_was_a_hand(city: Store, clock: SimClock, by: object) -> None:
    with serving(city, clock) as (_, url), wall(url) as monitor:
        for number in (1, 2):
            monitor.emit("join", {"scope": OFFICE, "by": by})
            monitor.until(lambda number=number: monitor.snapshots == number)  # type: ignore[misc]
    assert len(city.audit.latest()) == 2
