"""What can go wrong with the store, and whether trying again helps. No vendor's error leaves this package
except as `__cause__`, and no message holds a password.
"""

from __future__ import annotations

from typing import ClassVar, Literal


class StoreError(Exception):
    """The store refused."""

    retry: ClassVar[Literal["now", "backoff", "operator", "never"]] = "never"
    """What the caller should do next; the words are those of `devices.errors.Retry`."""


class StoreUnavailable(StoreError):
    """The database is gone, locked too long, full, or does not let us in. Nothing was written by the call
    unless it was lost during the very commit, so repeat it: every write here may be repeated.
    """

    retry = "backoff"


class MigrationNeeded(StoreError):
    """The database is missing, empty, or its tables are of another version than this program."""

    retry = "operator"


class CursorMoved(StoreError):
    """The terminal's cursor is no longer the one this batch was read from. Nothing was written: read the
    cursors again, then the log.
    """

    retry = "now"


class AddressInvalid(StoreError):
    """The store's URL cannot be used."""

    retry = "operator"
