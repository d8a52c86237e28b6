from __future__ import annotations

from attendance.ids import UnitId
from realtime.levels import Room
from realtime.rooms import CAUGHT_UP_AT, Rooms
from realtime.scope import CITY, Level, office

OFFICE = office(UnitId(2))
CITY_COUNTS = Room(CITY, Level.COUNTS)
OFFICE_COUNTS = Room(OFFICE, Level.COUNTS)


def looking_at_both() -> Rooms:
    rooms = Rooms()
    for client in ("slow", "quick"):
        rooms.connect(client)
        for room in (CITY_COUNTS, OFFICE_COUNTS):
            rooms.join(client, room.scope)
            rooms.enter(client, room)
    return rooms


def test_a_client_that_cannot_keep_up_is_left_out_until_it_has_caught_up() -> None:
    rooms = looking_at_both()
    rooms.falls_behind("slow")
    assert rooms.lags("slow")
    assert rooms.audience(CITY_COUNTS) == rooms.audience(OFFICE_COUNTS) == ["quick"]
    assert rooms.caught_up({"slow": CAUGHT_UP_AT + 1}.__getitem__) == []

    rooms.leave("slow", OFFICE)
    assert rooms.caught_up({"slow": CAUGHT_UP_AT}.__getitem__) == ["slow"]
    assert rooms.scopes_of("slow") == [CITY]
    assert not rooms.lags("slow")
    assert rooms.caught_up(dict[str, int]().__getitem__) == []


def test_nothing_is_kept_of_a_client_that_went() -> None:
    rooms = looking_at_both()
    rooms.falls_behind("slow")
    rooms.disconnect("slow")
    rooms.disconnect("quick")
    assert len(rooms) == 0
    assert not rooms.looks_at("quick", CITY)
    assert not rooms.lags("slow")
    assert rooms.audience(CITY_COUNTS) == []


def test_who_went_joins_and_enters_nothing_any_more() -> None:
    rooms = Rooms()
    rooms.join("gone", CITY)
    rooms.enter("gone", CITY_COUNTS)
    assert (len(rooms), rooms.audience(CITY_COUNTS)) == (0, [])


def test_a_client_out_of_every_room_still_has_what_it_looks_at() -> None:
    rooms = looking_at_both()
    assert rooms.room_of("quick", CITY) == CITY_COUNTS
    rooms.empty("quick")
    assert rooms.room_of("quick", CITY) is None
    assert set(rooms.scopes_of("quick")) == {CITY, OFFICE}


def test_who_sees_names_is_in_another_room_than_who_sees_counts() -> None:
    rooms = looking_at_both()
    rooms.empty("quick")
    rooms.enter("quick", Room(CITY, Level.NAMES))
    assert rooms.audience(CITY_COUNTS) == ["slow"]
    assert rooms.room_of("quick", CITY) == Room(CITY, Level.NAMES)
