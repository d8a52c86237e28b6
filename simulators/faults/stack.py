"""The faults at work on one terminal: put on, counted, taken off again."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulators.faults.catalogue import FAULTS, FaultKind
from simulators.faults.layer import CannotStrike, Layer, When

if TYPE_CHECKING:
    from simulators.station import Station


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault to come. What is None is as the catalogue has it."""

    name: str
    """One of `FAULTS`."""
    when: When | None = None
    hold: float | None = None
    """Real seconds until it heals by itself: from now on, or for a state of the terminal from its strike."""

    @property
    def kind(self) -> FaultKind:
        """Its entry in the catalogue. Raises `CannotStrike` when there is none."""
        try:
            return FAULTS[self.name]
        except KeyError:
            raise CannotStrike(f"there is no fault {self.name}; there are {', '.join(FAULTS)}") from None


class Faults:
    """Layers of faults, in the order in which they were put on; the same `seed` gives the same faults.

    Put them on a server with `server.faults = Faults([...], seed)`. Use from the event loop that runs it.
    """

    def __init__(self, faults: Iterable[Fault | str] = (), seed: int = 0) -> None:
        self.seed = seed
        self.erased: list[bytes] = []
        """Records that faults took out of the log: with what is still in it, all that was ever recorded."""
        self._waiting = [Fault(fault) if isinstance(fault, str) else fault for fault in faults]
        self._server: Station | None = None
        self._layers: list[tuple[str, Layer]] = []
        self._past: Counter[str] = Counter()
        self._made = 0

    @property
    def layers(self) -> list[Layer]:
        """What frames go through."""
        return [layer for _, layer in self._layers]

    @property
    def active(self) -> tuple[str, ...]:
        """The faults that are at work, or waiting for their moment."""
        self._tidy()
        return tuple(name for name, _ in self._layers)

    @property
    def struck(self) -> Counter[str]:
        """How often each fault has really happened."""
        counted = Counter(self._past)
        for name, layer in self._layers:
            counted[name] += layer.strikes
        return counted

    def attach(self, server: Station) -> None:
        """Put them on a server. Raises `CannotStrike` when one makes no sense there."""
        self._server = server
        waiting, self._waiting = self._waiting, []
        for fault in waiting:
            self.strike(fault)

    def strike(self, fault: Fault | str) -> None:
        """Put on one more. Raises `CannotStrike` when it makes no sense here."""
        if isinstance(fault, str):
            fault = Fault(fault)
        kind, server = fault.kind, self._server
        if server is None:
            raise CannotStrike("these faults are on no server")
        if server.transport not in kind.transports:
            raise CannotStrike(f"{kind.name} cannot happen on a line of type {server.transport}")
        hold = kind.hold if fault.hold is None else fault.hold
        self._made += 1
        rng = random.Random(f"{self.seed} {self._made} {kind.name}")
        layer = kind.make(fault.when or kind.when, rng, hold)
        layer.arm(server)
        self._tidy()
        self._layers.append((kind.name, layer))
        if hold is not None and not layer.ends_itself:
            server.soon(hold, lambda: self._heal_later(layer))

    def heal(self, name: str | None = None) -> None:
        """End the faults of that name, or all; what they changed is put back. Strikes stay counted."""
        for entry in [it for it in self._layers if name in (None, it[0])]:
            self._end(entry)

    def _end(self, entry: tuple[str, Layer]) -> None:
        self._layers.remove(entry)
        self._past[entry[0]] += entry[1].strikes
        entry[1].heal()

    def _tidy(self) -> None:
        for entry in [it for it in self._layers if it[1].over]:
            self._end(entry)

    async def _heal_later(self, layer: Layer) -> None:
        for entry in [it for it in self._layers if it[1] is layer]:
            self._end(entry)
        await asyncio.sleep(0)
