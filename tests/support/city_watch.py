"""A monitor that looks into every office at once and holds each name it is shown against the ground truth."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from store import Store
from tests.support.running_demo import RunningDemo
from tests.support.walls import Rows, Wall, wall

AGREE_SECONDS = 60.0


@dataclass(frozen=True)
class Accusation:
    """Somebody was shown absent although nobody could know."""

    nip: str
    moment: datetime


@dataclass
class CityWatch:
    """Everything that one monitor is shown of everybody."""

    demo: RunningDemo
    wall: Wall
    nip_of: dict[int, str]
    offices: list[str]
    accused: list[Accusation] = field(default_factory=list)

    def begin(self) -> None:
        """Join the city and every office, now and after every reconnection."""
        self.wall.on_rows = self._check
        for scope in ("city", *self.offices):
            self.wall.join(scope)

    def states(self) -> dict[str, tuple[str, int | None]]:
        """What is shown of everybody at this moment, by NIP: the state, and the minutes if late."""
        with self.wall.changed:
            return {
                self.nip_of[row["id"]]: (row["status"], row["minutes"] if row["status"] == "late" else None)
                for office in self.offices
                for key, row in self.wall.seen[office].rows.items()
                if key.startswith("p:")
            }

    def differences(self, moment: datetime) -> list[str]:
        """Where the monitor and the truth disagree, one line a person."""
        shown = self.states()
        true = {
            nip: (state.status.value, state.minutes)
            for nip, state in self.demo.truth.states_at(moment).items()
        }
        return [
            f"{nip}: shown {shown.get(nip)}, true {true.get(nip)}"
            for nip in sorted(shown.keys() | true.keys())
            if shown.get(nip) != true.get(nip)
        ]

    def agree(self) -> Counter[str]:
        """Wait until all that is shown is true at the standing clock's moment; how many are in each state."""
        moment = self.demo.now()
        deadline = time.monotonic() + AGREE_SECONDS
        while found := self.differences(moment):
            if time.monotonic() > deadline:
                lines = "\n".join(found[:20])
                raise AssertionError(f"at {moment}: {len(found)} shown wrongly\n{lines}\n{self.demo.log()}")
            time.sleep(0.2)
        return Counter(status for status, _ in self.states().values())

    def _check(self, scope: str, rows: Rows) -> None:
        """Nobody may be absent whose terminal nobody could read. Called for whatever arrives."""
        moment = self.demo.now()
        for key, row in rows.items():
            if key.startswith("p:") and row["status"] == "absent":
                nip = self.nip_of[row["id"]]
                if self.demo.truth.state_at(nip, moment).status == "waiting":
                    self.accused.append(Accusation(nip, moment))


@contextmanager
def city_watch(demo: RunningDemo, store: Store) -> Iterator[CityWatch]:
    """A monitor on the demo's wall that has joined every office."""
    roster = store.roster.load(demo.day)
    nip_of = {int(person.id): str(person.nip) for person in roster.people}
    offices = [f"office:{unit.id}" for unit in roster.units if unit.office]
    with wall(demo.url, reconnect=True) as monitor:
        watch = CityWatch(demo, monitor, nip_of, offices)
        watch.begin()
        yield watch
