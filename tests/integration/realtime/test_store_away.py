"""What walls show while the database is gone, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.clock import SimClock
from store import Store, open_store
from tests.support.days import at
from tests.support.mornings import OFFICE, SetClock, append, both_read, punch, settled
from tests.support.paired_walls import names_wall, paired
from tests.support.postgres import PostgresServer
from tests.support.walls import serving, wall

pytestmark = pytest.mark.postgres


@pytest.fixture
def city_on_a_server(postgres_url: str) -> Iterator[Store]:
    store = open_store(postgres_url)
    yield settled(store)
    store.close()


def test_while_the_store_is_away_the_wall_says_so_and_accuses_nobody_on_old_data(
    city_on_a_server: Store, clock: SimClock, set_clock: SetClock, postgres_server: PostgresServer
) -> None:
    city = city_on_a_server
    set_clock("07:40")
    city.terminals.save_health(both_read("07:39"))
    with serving(city, clock) as (hub, url), wall(url) as monitor:
        assert monitor.join(OFFICE)["unit"]["absent"] == 3
        monitor.until(lambda: bool(monitor.beats) and not monitor.beats[-1]["stale"])

        postgres_server.stop("immediate")
        monitor.until(lambda: monitor.beats[-1]["reason"] == "store")
        set_clock("07:45")
        monitor.until(lambda: monitor.row(OFFICE, "unit")["waiting"] == 3)
        worked = hub.progress()
        monitor.until(lambda: hub.progress() > worked)

        postgres_server.start()
        append(city, punch("1001", "07:20"))
        city.terminals.save_health(both_read("07:45"))
        monitor.until(lambda: monitor.row(OFFICE, "p:1")["status"] == "present")
        monitor.until(lambda: monitor.row(OFFICE, "unit")["absent"] == 2)
        monitor.until(lambda: not monitor.beats[-1]["stale"])
        assert monitor.resyncs == 0


def test_names_are_not_shown_while_their_view_cannot_be_logged(
    city_on_a_server: Store, clock: SimClock, postgres_server: PostgresServer
) -> None:
    with serving(city_on_a_server, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        postgres_server.stop("immediate")
        monitor.emit("join", {"scope": OFFICE})
        monitor.until(lambda: bool(monitor.errors))
        assert (monitor.errors[0]["scope"], monitor.errors[0]["code"]) == (OFFICE, "log_unavailable")
        assert OFFICE not in monitor.seen


def test_a_wall_that_starts_before_its_store_shows_the_board_as_soon_as_there_is_one(
    city_on_a_server: Store, clock: SimClock, postgres_server: PostgresServer
) -> None:
    postgres_server.stop()
    with serving(city_on_a_server, clock, show_names=False) as (_, url), wall(url) as monitor:
        for scope in ("city", OFFICE, "office:999"):
            monitor.emit("join", {"scope": scope})
        monitor.until(lambda: bool(monitor.beats) and monitor.beats[-1]["reason"] == "store")
        assert not monitor.seen

        postgres_server.start()
        monitor.until(lambda: set(monitor.seen) == {"city", OFFICE})
        monitor.until(lambda: bool(monitor.errors))
        assert (monitor.errors[0]["scope"], monitor.errors[0]["code"]) == ("office:999", "unknown_office")


def test_a_paired_wall_is_told_what_it_is_as_soon_as_the_store_can_say_so(
    city_on_a_server: Store, clock: SimClock, postgres_server: PostgresServer
) -> None:
    device = paired(city_on_a_server, names_wall())
    postgres_server.stop()
    with (
        serving(city_on_a_server, clock, unpaired="counts") as (_, url),
        wall(url, credential=device.credential) as monitor,
    ):
        monitor.emit("join", {"scope": "city"})
        monitor.until(lambda: bool(monitor.beats) and monitor.beats[-1]["reason"] == "store")
        assert not monitor.hellos, "it is not known yet, and not told to be an unpaired screen"

        postgres_server.start()
        monitor.until(lambda: bool(monitor.hellos) and "city" in monitor.seen)
        assert [hello["level"] for hello in monitor.hellos] == ["names"]


def test_walls_go_on_while_the_store_is_away(
    city_on_a_server: Store, clock: SimClock, postgres_server: PostgresServer
) -> None:
    device = paired(city_on_a_server, names_wall())
    with (
        serving(city_on_a_server, clock, unpaired="nothing") as (_, url),
        wall(url, credential=device.credential) as monitor,
    ):
        monitor.join("city")
        postgres_server.stop("immediate")
        monitor.until(lambda: monitor.beats[-1]["reason"] == "store")
        postgres_server.start()
        monitor.until(lambda: not monitor.beats[-1]["stale"])
        assert len(monitor.hellos) == 1
        city_on_a_server.walls.revoke(device.wall_id, by="test", why="lost", at=at("07:00"))
        monitor.until(lambda: "revoked" in monitor.words)
