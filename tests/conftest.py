"""Fixtures and settings that every part of the tests shares."""

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.databases", "tests.support.matrix_report"]

# The same examples in every run, and no verdict by the clock of a busy machine.
settings.register_profile("presensi", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("presensi")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
