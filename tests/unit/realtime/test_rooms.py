from __future__ import annotations

from attendance.ids import UnitId
from realtime.rooms import CAUGHT_UP_AT, LAGS_AT, Rooms
from realtime.scope import CITY, office

OFFICE = office(UnitId(2))


def test_a_client_that_cannot_keep_up_is_left_out_until_it_has_caught_up() -> None:
    rooms = Rooms()
    rooms.connect("slow")
    rooms.join("slow", CITY)
    rooms.join("slow", OFFICE)
    rooms.connect("quick")
    waiting = {"slow": LAGS_AT, "quick": 0}

    assert rooms.review(waiting.__getitem__) == ({"slow": {CITY, OFFICE}}, {})
    assert rooms.lags("slow")
    assert rooms.review(waiting.__getitem__) == ({}, {})

    waiting["slow"] = CAUGHT_UP_AT
    rooms.leave("slow", OFFICE)
    assert rooms.review(waiting.__getitem__) == ({}, {"slow": {CITY}})
    assert not rooms.lags("slow")


def test_nothing_is_kept_of_a_client_that_went() -> None:
    rooms = Rooms()
    rooms.connect("one")
    rooms.join("one", CITY)
    rooms.disconnect("one")
    assert len(rooms) == 0
    assert not rooms.looks_at("one", CITY)
