"""A monitor that looks into every office at once and holds each name it is shown against the ground truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property
from time import monotonic, sleep
from typing import Any

from attendance.roster import RosterIndex
from store import Store
from tests.support.running_demo import RunningDemo
from tests.support.walls import Rows, Wall, wall

AGREE_SECONDS = 60.0
BLAMED = ("absent", "late")


Shown = tuple[str, int | None, str | None]
"""A state, the minutes if late, and why data is awaited."""


@dataclass(frozen=True)
class Accusation:
    """Somebody was shown absent or late who never was, or whom nobody could call so."""

    nip: str
    moment: datetime
    status: str


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

    @cached_property
    def blameless(self) -> frozenset[str]:
        """Whom the truth of the whole day calls neither absent nor late: never to be shown so."""
        at_last = datetime.combine(self.demo.day, time.max)
        states = self.demo.truth.states_at(at_last)
        return frozenset(nip for nip, state in states.items() if state.status not in BLAMED)

    def states(self) -> dict[str, Shown]:
        """What is shown of everybody at this moment, by NIP."""
        with self.wall.changed:
            return {
                self.nip_of[row["id"]]: _shown(row)
                for office in self.offices
                for key, row in self.wall.seen[office].rows.items()
                if key.startswith("p:")
            }

    def differences(self, moment: datetime, apart: Collection[str] = ()) -> list[str]:
        """Where the monitor and the truth disagree, one line a person; of nobody in `apart` (NIPs)."""
        shown = self.states()
        true = {
            nip: (state.status.value, state.minutes, state.reason)
            for nip, state in self.demo.truth.states_at(moment).items()
        }
        return [
            f"{nip}: shown {shown.get(nip)}, true {true.get(nip)}"
            for nip in sorted(shown.keys() | true.keys())
            if shown.get(nip) != true.get(nip) and nip not in apart
        ]

    def settle(self, apart: Collection[str] = ()) -> list[str]:
        """Wait until all that is shown is true at the standing clock's moment; what is not by then."""
        moment = self.demo.now()
        deadline = monotonic() + AGREE_SECONDS
        while (found := self.differences(moment, apart)) and monotonic() < deadline:
            self._join_again()
            sleep(0.2)
        return found

    def agree(self) -> Counter[str]:
        """As `settle`, and nothing may be shown wrongly; how many are in each state."""
        if found := self.settle():
            lines = "\n".join(found[:20])
            raise AssertionError(
                f"at {self.demo.now()}: {len(found)} shown wrongly\n{lines}\n{self.demo.log()}"
            )
        return Counter(status for status, _, _ in self.states().values())

    def _join_again(self) -> None:
        """Ask again where names were refused while the log was away, as a browser does."""
        with self.wall.changed:
            refused = {error["scope"] for error in self.wall.errors if error["code"] == "log_unavailable"}
            self.wall.errors.clear()
        for scope in refused:
            self.wall.emit("join", {"scope": scope})

    def _check(self, scope: str, rows: Rows) -> None:
        """Called for whatever arrives."""
        moment = self.demo.now()
        for key, row in rows.items():
            if key.startswith("p:") and row["status"] in BLAMED:
                nip = self.nip_of[row["id"]]
                awaited = row["status"] == "absent" and (
                    self.demo.truth.state_at(nip, moment).status == "waiting"
                )
                if awaited or nip in self.blameless:
                    self.accused.append(Accusation(nip, moment, row["status"]))


def _shown(row: dict[str, Any]) -> Shown:
    late = row["minutes"] if row["status"] == "late" else None
    return row["status"], late, row["reason"] and row["reason"]["code"]


@contextmanager
def city_watch(demo: RunningDemo, store: Store) -> Iterator[CityWatch]:
    """A monitor on the demo's wall that has joined every office."""
    roster = store.roster.load(demo.day)
    nip_of = {int(person.id): str(person.nip) for person in roster.people}
    peopled = RosterIndex(roster).people_of_office
    offices = [f"office:{unit.id}" for unit in roster.units if unit.office and peopled(unit.id)]
    with wall(demo.url, reconnect=True) as monitor:
        watch = CityWatch(demo, monitor, nip_of, offices)
        watch.begin()
        yield watch
