"""The paired walls as the store holds them, kept in memory; one cheap question tells whether they changed."""

from __future__ import annotations

import threading

from store.wall_secrets import digest
from store.walls import WallDevice, WallTable


class PairedWalls:
    """Thread-safe. While the store is away the last known walls stay: nobody can revoke one then, either."""

    def __init__(self, table: WallTable) -> None:
        self._table = table
        self._lock = threading.Lock()
        self._revision: int | None = None
        self._devices: dict[str, WallDevice] = {}

    @property
    def revision(self) -> int | None:
        """Greater with every change; None: they were never read yet."""
        return self._revision

    def refresh(self) -> None:
        """Read them again if they changed. Raises `StoreError`."""
        with self._lock:
            revision = self._table.revision()
            if revision != self._revision:
                # Read after it: what is changed meanwhile has a greater one, which is seen next time.
                self._devices = {
                    device.credential: device
                    for device in self._table.devices()
                    if device.credential is not None
                }
                self._revision = revision

    def by_credential(self, credential: str) -> WallDevice | None:
        """The wall, revoked or not, whose device shows this credential; None: nobody's that is known."""
        return self._devices.get(digest(credential))
