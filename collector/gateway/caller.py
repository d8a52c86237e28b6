"""One terminal that pushes: what it is known to hold, how it is doing, what it is still to be asked."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from attendance.people import Outage, OutageCause
from attendance.terminal import Terminal
from collector.clock_watch import Condition
from collector.gateway.faults import Silent, Unproved
from collector.gateway.proof import Proof, Proven, Question, Way
from collector.gateway.uploads import Item, Taken, Uploads
from collector.health import HealthBook
from collector.ingest import Ingest
from collector.log_reader import UNKNOWN_LOSS, is_full
from collector.vitals import Vitals, fault_of
from config.clock import Clock
from config.settings import GatewaySettings
from devices.adms import commands
from devices.adms.facts import TerminalFacts
from devices.adms.results import CommandResult
from devices.driver import Identity, LogCounts
from devices.errors import DeviceRefused
from store import Store, StoreUnavailable
from store.push import PushCommand

log = logging.getLogger(__name__)

EARLIEST = datetime.fromisoformat("2000-01-01")
LATEST = datetime.fromisoformat("2099-12-31T23:59:59")
"""Naive: every punch lies between them, whatever the terminal's clock showed."""
RECENT_PUNCHES = 20
"""Counts are about no fewer punches than these, where there are so many: a log cleared and filled anew will
not come to the same count unseen.
"""
CONTACT_SECONDS = 10.0
"""How often a terminal that goes on calling is noted as alive."""
MISSED_CALLS = 3
"""So many heartbeats and one error delay without a call make a terminal silent."""
DOUBTFUL_SECONDS = 600.0
"""A terminal that calls and proves nothing for so long is reported."""
MOST_COMMANDS = 5
"""Commands in one answer."""
MOST_RESULTS = 100
"""Answers to commands in one request that are looked at: each may be a write."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all callers share."""

    settings: GatewaySettings
    clock_tolerance: timedelta
    """A terminal's clock further ahead than this is reported."""
    zone: ZoneInfo
    clock: Clock
    store: Store
    ingest: Ingest
    book: HealthBook
    numbers: itertools.count[int]
    """Ids of our own questions; beyond any number of a queued command."""


class Caller:
    """Everything here runs in the event loop's thread."""

    def __init__(self, terminal: Terminal, shared: Surroundings) -> None:
        settings = shared.settings
        self.terminal = terminal
        self.waiting: deque[PushCommand] = deque()
        """Commands that are queued for it, oldest first."""
        self._shared = shared
        self._vitals = Vitals(terminal, shared.book, shared.clock)
        self._uploads = Uploads(
            terminal,
            shared.store,
            shared.ingest,
            shared.clock,
            zone=shared.zone,
            clock_tolerance=shared.clock_tolerance,
        )
        self._proof = Proof(
            every=settings.proof.total_seconds(),
            patience=settings.command_timeout.total_seconds(),
            settle=2 * settings.delay.total_seconds(),
        )
        self._asking = False
        self._asked: Question | None = None
        """The last question, if it was a DATA QUERY."""
        self._span_start: datetime | None = None
        self._span_day: object = None
        self._inserted = 0
        self._heard = time.monotonic()
        self._noted = float("-inf")
        self._proved = time.monotonic()
        self._unproved = False
        self._losses: list[Outage] = []
        self._facts = TerminalFacts()

    def heard(self, facts: TerminalFacts | None = None, *, restarted: bool = False) -> None:
        """It called, and perhaps told of itself; `restarted`: it began anew."""
        now = time.monotonic()
        self._heard = now
        if restarted:
            self._proof.restarted(now)
        if facts is not None:
            told = {name: value for name in FACTS if (value := getattr(facts, name)) is not None}
            self._facts = replace(self._facts, **told)
        back = not self._vitals.health.online
        if back:
            self._proved = now
        if back or facts is not None or restarted or now - self._noted >= CONTACT_SECONDS:
            self._note_contact(now)

    def check_silence(self, refusal: DeviceRefused | None) -> None:
        """Note that it went dark, if it was not heard for long. `refusal`: it called, and was refused."""
        settings = self._shared.settings
        patience = (MISSED_CALLS * settings.delay + settings.error_delay).total_seconds()
        silent = time.monotonic() - self._heard
        if silent <= patience:
            return
        error = refusal or Silent(f"for {silent:.0f} s", terminal=self.terminal.serial)
        health = self._vitals.health
        if health.online or health.error is None or (refusal is not None and health.error != error.code):
            self._vitals.failed(error)

    async def take(self, items: Sequence[Item], lines: int) -> None:
        """Punches came, in `lines` lines; returns once they are committed. Raises `StoreError`."""
        taken = await self._uploads.take(
            items, self._shared.settings.max_batch, self._asked, self._vitals.health.read_through
        )
        self._inserted += taken.inserted
        self._proof.uploaded(lines, taken.old, taken.inserted, time.monotonic())
        self._note_clock(taken)

    async def commands(self) -> list[tuple[str, str]]:
        """What it is to do now, by id: our own question first, then what people queued."""
        now = time.monotonic()
        await self._prove(self._proof.settled(now))
        ours = await self._question(now)
        theirs = [self.waiting.popleft() for _ in range(min(MOST_COMMANDS, len(self.waiting)))]
        if theirs:
            wanted = [command.id for command in theirs]
            sent_at = self._shared.clock.now()
            try:
                sent = await self._shared.ingest.call(
                    lambda: self._shared.store.push.note_sent(wanted, sent_at)
                )
            except StoreUnavailable:
                self.waiting.extendleft(reversed(theirs))
                sent = []
            theirs = [command for command in theirs if command.id in sent]
        return ours + [(str(command.id), command.command) for command in theirs]

    async def results(self, results: Sequence[CommandResult]) -> None:
        """It answered commands; more answers than it can have been asked for are not looked at. Raises
        `StoreUnavailable`.
        """
        for result in results[:MOST_RESULTS]:
            if result.facts is not None:
                self.heard(result.facts)
            counted = result.punches if result.facts is None else self._counted()
            proven = self._proof.answered(result.id, result.code, counted, time.monotonic())
            await self._prove(proven)
            if result.id.isdigit() and int(result.id) < FIRST_QUESTION:
                await self._note_answer(int(result.id), result.code)

    async def _note_answer(self, number: int, code: int | None) -> None:
        shared, serial, at = self._shared, self.terminal.serial, self._shared.clock.now()
        if not await shared.ingest.call(lambda: shared.store.push.note_answered(serial, number, code, at)):
            log.warning("%s answers command %d, which is not open for it.", self._name, number)

    async def _question(self, now: float) -> list[tuple[str, str]]:
        """Our own question, if one is due."""
        way = None if self._asking else self._proof.due(now)
        if way is None:
            return []
        self._asking = True
        try:
            self._proof.counting()
            start, held = await self._count(way)
        except StoreUnavailable as error:
            log.debug("%s: nothing can be proved now: %s", self._name, error)
            return []
        finally:
            self._asking = False
        if start is None and way is not Way.INFO:
            self._proof.cannot_narrow(now)
            return []
        number = str(next(self._shared.numbers))
        question = Question(number, way, start, self._shared.clock.now(), held, now)
        self._asked = question if way is Way.QUERY else None
        self._proof.ask(question)
        if way is Way.INFO or start is None:
            return [(number, commands.INFO)]
        make = commands.verify_sum if way is Way.SUM else commands.query_attlog
        return [(number, make(start, LATEST))]

    async def _count(self, way: Way) -> tuple[datetime | None, int]:
        """From when on the question counts, and how many punches since then are in the store; None where it
        counts all (INFO), and where no shorter span has fewer punches.
        """
        punches, number = self._shared.store.punches, self.terminal.id
        if way is Way.INFO:
            return None, await asyncio.to_thread(punches.count, number)
        start = await self._start()
        if way is Way.SUM and self._proof.narrow:
            recent = await asyncio.to_thread(punches.newest_times, number, RECENT_PUNCHES)
            inside = sorted({moment for moment in recent if moment > start})
            start_of_fewer = inside[len(inside) // 2] if inside else None
            if start_of_fewer is None:
                return None, 0
            start = start_of_fewer
        return start, await asyncio.to_thread(punches.count, number, start)

    async def _start(self) -> datetime:
        """From when on (naive, the terminal's time) punches are counted: from the day before on, and from
        well before the last proof; all of them while there was none. It stays the same for a whole day.
        """
        through = self._vitals.health.read_through
        day = (self._shared.clock.now().astimezone(self._shared.zone).date(), through is None)
        if self._span_start is None or day != self._span_day:
            self._span_day = day
            self._span_start = EARLIEST
            if through is not None:
                before = min(through.astimezone(self._shared.zone).date(), day[0]) - timedelta(days=1)
                recent = await asyncio.to_thread(
                    self._shared.store.punches.newest_times, self.terminal.id, RECENT_PUNCHES
                )
                self._span_start = min([datetime.combine(before, datetime.min.time()), *recent[-1:]])
        return self._span_start

    async def _prove(self, proven: Proven | None) -> None:
        """Move the horizon. Raises `StoreUnavailable`: then it stands where it stood."""
        if proven is None:
            return
        before = self._vitals.health.read_through
        if proven.lost:
            self._losses.append(self._loss(before, proven.through))
        while self._losses:
            note = partial(self._shared.store.facts.note_outage, self._losses[0])
            await self._shared.ingest.call(note)
            del self._losses[0]
        self._proved, self._unproved = time.monotonic(), False
        if before is None or proven.through > before:
            self._vitals.proved(proven.through, self._inserted)
            self._inserted = 0

    def _loss(self, since: datetime | None, until: datetime) -> Outage:
        """Its log was cleared: what it had not sent by then is lost, and nobody is to answer for that."""
        begun = since or until - UNKNOWN_LOSS
        log.warning(
            "%s: its log was cleared; nobody is called absent or late for want of punches between %s and %s.",
            self._name,
            begun.isoformat(timespec="seconds"),
            until.isoformat(timespec="seconds"),
        )
        return Outage(self.terminal.id, OutageCause.LOG_LOST, begun, until, "gateway")

    def _note_clock(self, taken: Taken) -> None:
        """What its punches tell of its clock: only those of this moment, and those of the future."""
        if taken.newest is None:
            return
        late = self._shared.clock.now() - taken.newest
        if taken.ahead or taken.misdated or late < self._shared.clock_tolerance:
            ahead = taken.ahead or -late
            off = abs(ahead) > self._shared.clock_tolerance
            condition = Condition.DEAD if taken.dead and off else Condition.STEADY
            seconds = round(ahead.total_seconds()) if taken.ahead or off else 0
            self._vitals.clock_measured(float(seconds), off=off, condition=condition)
            if off:
                self._note_contact(time.monotonic())

    def _note_contact(self, now: float) -> None:
        self._noted = now
        facts = self._facts
        identity = Identity(
            serial=self.terminal.serial,
            firmware=facts.firmware or self._vitals.health.firmware or "",
            platform=facts.platform or "",
            device_name=facts.device_name or "",
        )
        self._vitals.contacted(identity, self._counts())
        self._tell_unproved()

    def _counts(self) -> LogCounts:
        return LogCounts(self._facts.records, self._facts.records_capacity, self._facts.users, None)

    def _counted(self) -> int | None:
        """How many punches it says it holds; None where that proves nothing: a log that is full turns over
        without growing, and one of unknown capacity may be full.
        """
        counts = self._counts()
        return None if counts.records_capacity is None or is_full(counts) else counts.records

    def _tell_unproved(self) -> None:
        """Say in its health that it vouches for nobody, while that is so."""
        now = time.monotonic()
        health = self._vitals.health
        if now - self._proved < DOUBTFUL_SECONDS or self._proof.busy(now) or not health.online:
            return
        fault = fault_of(Unproved(terminal=self.terminal.serial))
        if not self._unproved:
            self._unproved = True
            log.warning("%s: %s %s", self._name, fault.detail, fault.action)
        if health.error is None:
            self._shared.book.set(
                replace(health, error=fault.code, error_detail=fault.detail, action=fault.action)
            )

    @property
    def _name(self) -> str:
        return f"{self.terminal.name} ({self.terminal.serial})"


FACTS = TerminalFacts.__slots__
FIRST_QUESTION = 1_000_000_000
"""Ids from here on are our own questions'; those below are numbers of queued commands."""
