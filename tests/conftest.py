"""Fixtures and settings that every part of the tests shares."""

from hypothesis import settings

pytest_plugins = ["tests.support.databases"]

# The same examples in every run, and no verdict by the clock of a busy machine.
settings.register_profile("presensi", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("presensi")
