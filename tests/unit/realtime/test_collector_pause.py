from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from attendance.assembly import Assembler
from realtime.collector_pause import collector_paused
from realtime.day_board import DayBoard
from store.punches import StoredPunch
from tests.support.boards import BOOK, city_facts
from tests.support.days import FRESHNESS, MONDAY, ZONE, at


def test_garbage_is_collected_again_afterwards_also_after_an_error() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="wrong"), collector_paused():
        raise ValueError("wrong")
    assert gc.isenabled()


def test_whoever_had_collection_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_board_is_built_without_a_collection_in_the_middle() -> None:
    collecting: list[bool] = []

    def punches() -> Iterator[StoredPunch]:
        collecting.append(gc.isenabled())
        yield from ()

    assembler = Assembler(city_facts(None), BOOK, ZONE)
    DayBoard(assembler, MONDAY, health={}, punches=punches(), now=at("08:00"), freshness=FRESHNESS)
    assert collecting == [False]
    assert gc.isenabled()
