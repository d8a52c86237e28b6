"""One terminal's clock: measured at each contact, judged, and set in the quiet hours when it is off."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, datetime, timedelta
from typing import Final

from attendance.terminal import Terminal
from collector.bulk_gate import Tend
from collector.city_clock import Standing
from collector.clock_setting import Move, decide, local, set_right
from collector.clock_watch import ClockWatch, Jump
from collector.doubt import Doubts
from collector.normalize import Normalizer
from collector.offset import CORRECTED_FROM, Measurement, measure
from collector.surroundings import Surroundings
from collector.vitals import Vitals
from devices.driver import Session
from devices.errors import DeviceError

log = logging.getLogger(__name__)

CONFIRM_SECONDS: Final = 0.2
"""Real seconds after which a jump is looked at again: city time may just be moving, and that is noticed later
by some than by others.
"""
ACTOR: Final = "collector"


class ClockKeeper:
    """Everything that is done about the clock of one terminal, in its own task."""

    def __init__(
        self,
        *,
        terminal: Terminal,
        watch: ClockWatch,
        doubts: Doubts,
        normalizer: Normalizer,
        vitals: Vitals,
        shared: Surroundings,
    ) -> None:
        self._terminal = terminal
        self._watch = watch
        self._doubts = doubts
        self._normalizer = normalizer
        self._vitals = vitals
        self._shared = shared
        self._settings = shared.settings
        self._clock = shared.clock
        self._zone = shared.zone
        self._found: Measurement | None = None
        self._left_alone: date | None = None

    async def measure(self, line: Session) -> None:
        """Measure and judge; believe a wrong clock, and a jump, only when a second look agrees: city time may
        have been moved. Raises `DeviceError`.
        """
        found = await measure(line, self._clock, self._zone)
        if self._watch.suspects(found):
            await asyncio.sleep(CONFIRM_SECONDS)
            found = await measure(line, self._clock, self._zone)
        elif found.offset.beyond(CORRECTED_FROM):
            again = await measure(line, self._clock, self._zone)
            found = min(found, again, key=lambda one: abs(one.offset.seconds))
        jump = self._watch.note(found, line.identity.firmware, self._settings.clock_tolerance)
        if jump is not None:
            self._doubts.jumped(jump)
            log.warning(
                "%s (%s): its clock jumped by %+.0f s; punches recorded since %s are marked for review.",
                self._terminal.name,
                self._terminal.serial,
                (jump.after - jump.before).total_seconds(),
                jump.since.astimezone(self._zone).isoformat(timespec="seconds"),
            )
        self._take(found)

    async def set_if_due(self, line: Session, tend: Tend) -> None:
        """Set the clock if it is off, the hour is quiet, and nothing forbids it. Call it with the log read
        to its end, for what is read afterwards is dated by the clock that was set.

        A terminal that refuses is left alone until the next night. Raises `DeviceError` when the line fails.
        """
        found, now = self._found, self._clock.now().astimezone(self._zone)
        if found is None or not self._may_set(found, now):
            return
        found = await measure(line, self._clock, self._zone)
        if not self._city_believed(found, now.date()):
            return
        here = local(found.at, self._zone)
        last = await self._last_recorded(here, found.shown, tend)
        decision = decide(found, last, self._zone)
        if decision.move is Move.WAIT and last is not None and last - here > timedelta(hours=1):
            self._left_alone = now.date()
            log.warning(
                "%s (%s): its clock is %.0f s ahead and is not set back over punches recorded up to %s; "
                "`presensi terminal set-time %s --over-recorded` does it.",
                self._terminal.name,
                self._terminal.serial,
                found.offset.seconds,
                last.isoformat(sep=" "),
                self._terminal.serial,
            )
        if decision.move is not Move.SET:
            return
        self._left_alone = now.date()
        try:
            proved = await set_right(line, self._clock, self._zone)
        except DeviceError as error:
            await self._note(tend, f"{found.offset.seconds:+.0f} s, failed: {error.code}")
            raise
        before, after = (timedelta(seconds=one.offset.seconds) for one in (found, proved))
        self._watch.was_set(proved)
        self._doubts.was_set(Jump(found.at, proved.at, before, after, dead=False))
        self._take(proved)
        log.info("%s (%s): its clock was set.", self._terminal.name, self._terminal.serial)
        await self._note(tend, f"{found.offset.seconds:+.0f} s, set, {proved.offset.seconds:+.0f} s")

    def read_through(self, through: datetime) -> None:
        """Everything recorded before city time `through` (aware) is stored."""
        self._doubts.read_through(through)

    def _may_set(self, found: Measurement, now: datetime) -> bool:
        if not self._settings.set_clocks or not self._settings.quiet_hours.holds(now.time()):
            return False
        return self._left_alone != now.date() and decide(found, None, self._zone).move is not Move.NOTHING

    def _city_believed(self, found: Measurement, today: date) -> bool:
        """Whether it is not this machine's clock that is wrong; while nobody can tell, ask again later."""
        standing = self._shared.city.standing(found)
        if standing is Standing.DOUBTED:
            self._left_alone = today
            log.warning(
                "%s (%s): its clock is off, and most others by as much: is this machine's own clock right?",
                self._terminal.name,
                self._terminal.serial,
            )
        return standing is Standing.BELIEVED

    def _take(self, found: Measurement) -> None:
        offset, tolerance = found.offset, self._settings.clock_tolerance
        self._shared.city.note(self._terminal.id, found)
        right = not offset.beyond(tolerance)
        self._found = found
        self._normalizer.offset = offset.beyond(CORRECTED_FROM)
        seconds = timedelta(seconds=offset.seconds)
        self._doubts.judged(self._watch.condition, seconds, found.at, right=right)
        self._vitals.clock_measured(offset.seconds, off=not right, condition=self._watch.condition)

    async def _last_recorded(self, here: datetime, shown: datetime, tend: Tend) -> datetime | None:
        """The latest punch that setting the clock back to `here` would go over."""
        if shown < here:
            return None
        terminal_id, punches = self._terminal.id, self._shared.store.punches
        asked = self._shared.ingest.call(lambda: punches.last_recorded(terminal_id, here, shown))
        return await tend(asked, needs_line=True)

    async def _note(self, tend: Tend, detail: str) -> None:
        subject, audit, now = f"terminal:{self._terminal.serial}", self._shared.store.audit, self._clock.now()
        await tend(
            self._shared.ingest.call(
                lambda: audit.append(ACTOR, "terminal.clock_set", subject, detail, at=now)
            )
        )
