"""A store with an office, three people and two terminals in it."""

from __future__ import annotations

import pytest

from store import Store
from tests.support.rosters import plant, small_roster


@pytest.fixture
def city(store: Store) -> Store:
    """The store of `small_roster`, once on each engine."""
    plant(store, small_roster())
    return store
