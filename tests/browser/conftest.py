"""Small cities on real walls, and pages that look at them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import Incidents, browser, incidents, page, playwright
from tests.support.databases import FreshDatabase
from tests.support.wall_city import City, MakeCity, cities, city_roster

__all__ = ["browser", "incidents", "page", "playwright"]


@pytest.fixture
def make_city(sqlite_url: str, tmp_path: Path) -> Iterator[MakeCity]:
    """See `MakeCity`; for one city of this test alone."""
    with cities(lambda: sqlite_url, lambda: tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def make_shared_city(
    module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeCity]:
    """See `MakeCity`; for cities that all tests of a module share. A test leaves its own office to others."""
    numbers = itertools.count(1)
    with cities(
        lambda: module_database("sqlite"), lambda: tmp_path_factory.mktemp(f"city{next(numbers)}")
    ) as make:
        yield make


@pytest.fixture
def city(make_city: MakeCity, incidents: Incidents) -> Iterator[City]:
    """The small city, names shown. Whatever a test does, its page asks nobody but the wall's server."""
    found = make_city(city_roster())
    yield found
    assert incidents.asked_outside(found.wall.url) == []
