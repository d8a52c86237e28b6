"""What the gateway knows and does, apart from HTTP: it answers requests that were let in."""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from attendance.ids import SerialNumber, TerminalId
from attendance.terminal import PUSH_DRIVER, Terminal
from collector.gateway.caller import FIRST_QUESTION, Caller, Surroundings
from collector.gateway.clock_guard import ClockGuard
from collector.gateway.desk import Desk
from collector.gateway.register import Register, Told
from collector.health import HealthBook
from collector.ingest import Ingest
from config.clock import Clock
from config.settings import Settings
from devices.adms import answers
from devices.adms.answers import HandshakeOptions, SecurityOptions
from devices.adms.requests import (
    AttLog,
    CommandResults,
    GetRequest,
    Handshake,
    OperLog,
    Options,
    PushConfiguration,
    RealTimeLog,
    Registry,
    Request,
    TimeRequest,
)
from store import Store, StoreError, StoreUnavailable
from store.push import PushCommand, PushRegistration, PushState

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
"""How often health is saved, and decisions and commands are looked for."""
MOST_PENDING = 200
"""Terminals that may wait for approval; anybody can invent serial numbers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status and a text."""

    status: int
    body: bytes


NOT_YOURS = Answer(403, b"key\n")
LATER = Answer(503, b"later\n")
"""No text to a terminal that is refused may hold "ok": the old client looks for it in any body."""


class GatewayService:
    """Create it inside the running event loop, and call it there; `desk` and `guard` serve any thread."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, guard: ClockGuard, desk: Desk) -> None:
        self.desk = desk
        self.guard = guard
        self._settings = settings.gateway
        self._zone: ZoneInfo = settings.city.zone
        self._clock_tolerance: timedelta = settings.collector.clock_tolerance
        self._store = store
        self._clock = clock
        self._ingest = Ingest(store)
        self._book = HealthBook({})
        self._shared = self._surroundings()
        self._callers: dict[TerminalId, Caller] = {}
        self._register = Register(clock)
        self._codes: dict[SerialNumber, str] = {}
        self._doubt: str | None = None
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Read what the store knows. Raises `StoreError`."""
        self._book = HealthBook(await self._ingest.call(self._store.terminals.health))
        self._book.forget_future(self._clock.now())
        self._shared = self._surroundings()
        await self._look()

    async def run(self, progress: Callable[[], None]) -> None:
        """Save health, look for commands and decisions, until `stop`; `progress` about once a second, when
        the event loop turned and the store's writer answered.
        """
        while not self._stopping.is_set():
            if self._clock_is_well():
                for caller in self._callers.values():
                    caller.check_silence(self.desk.refusal(caller.terminal.serial))
                await self._save_health()
                await self._look_again()
            progress()
            try:
                await asyncio.wait_for(self._stopping.wait(), BEAT_SECONDS)
            except TimeoutError:
                continue
        await self._save_health()
        await self._ingest.close()

    def stop(self) -> None:
        """Let `run` end."""
        self._stopping.set()

    async def stranger(self, serial: SerialNumber, address: str) -> None:
        """A terminal called that nobody has approved: let an operator see it."""
        if self._register.of(serial) is not None or self._register.pending() >= MOST_PENDING:
            return
        self._register.note(serial, address, Told(), PushState.PENDING)
        log.warning(
            "A terminal with serial number %s calls from %s and waits for approval: "
            "`presensi terminal approve %s`, or `refuse`.",
            serial,
            address,
            serial,
        )

    async def answer(self, request: Request, terminal: Terminal, address: str) -> Answer:
        """Answer one request of an approved terminal. An upload is acknowledged once it is committed."""
        caller = self._callers.get(terminal.id)
        if caller is None:
            return LATER
        serial = terminal.serial
        # Security PUSH gives its key with the handshake, and need not again when it registers.
        gives_key = isinstance(request, Handshake) or (isinstance(request, Registry) and request.key)
        if isinstance(request, Handshake | Registry) and gives_key:
            if not self.desk.identify(serial, address, request.key):
                return NOT_YOURS
        elif not self.desk.is_identified(serial, address):
            return NOT_YOURS
        try:
            body = await self._body(request, caller, address)
        except StoreError as error:
            log.log(
                logging.DEBUG if isinstance(error, StoreUnavailable) else logging.ERROR,
                "%s is told to come later: %s",
                serial,
                error,
            )
            return LATER
        return Answer(200, body)

    async def _body(self, request: Request, caller: Caller, address: str) -> bytes:
        """Raises `StoreError`."""
        serial = caller.terminal.serial
        facts = request.facts if isinstance(request, GetRequest | Options | Registry) else None
        if self._register.is_stale(serial, address):
            self._note(serial, address, Told())
        caller.heard(facts, restarted=isinstance(request, Handshake))
        match request:
            case Handshake():
                told = Told(push_version=request.push_version, device_type=request.device_type)
                return self._handshake(request, self._note(serial, address, told))
            case AttLog() | RealTimeLog():
                if self._ingest.away:
                    raise StoreUnavailable("The store is away.")
                await caller.take(request.items, request.lines)
                stamp = request.stamp if isinstance(request, AttLog) else None
                self._note(serial, address, Told(attlog_stamp=stamp))
            case OperLog():
                self._note(serial, address, Told(operlog_stamp=request.stamp))
            case GetRequest() | Options():
                if facts is not None:
                    told = Told(firmware=facts.firmware, push_version=facts.push_version)
                    self._note(serial, address, told)
                if isinstance(request, GetRequest):
                    return answers.commands_answer(await caller.commands())
            case CommandResults():
                await caller.results(request.results)
            case Registry():
                self._codes[serial] = secrets.token_hex(8)
                return answers.registry_answer(self._codes[serial])
            case PushConfiguration() if serial in self._codes:
                return answers.push_configuration_answer(self._security(serial))
            case TimeRequest():
                return answers.time_answer(self._clock.now(), self._zone_offset())
        return answers.acknowledged(request)

    def _note(self, serial: SerialNumber, address: str, told: Told) -> PushRegistration:
        return self._register.note(serial, address, told, PushState.APPROVED)

    def _handshake(self, request: Handshake, seen: PushRegistration) -> bytes:
        if request.security:
            # Without a code it is to register first.
            known = seen.serial in self._codes
            return answers.security_handshake_answer(self._security(seen.serial)) if known else answers.OK
        return answers.handshake_answer(
            HandshakeOptions(
                serial=seen.serial,
                zone_offset=self._zone_offset(),
                attlog_stamp=seen.attlog_stamp or answers.NO_STAMP,
                operlog_stamp=seen.operlog_stamp or answers.NO_STAMP,
                delay=round(self._settings.delay.total_seconds()),
                error_delay=round(self._settings.error_delay.total_seconds()),
            )
        )

    def _security(self, serial: SerialNumber) -> SecurityOptions:
        return SecurityOptions(
            registry_code=self._codes[serial],
            session=secrets.token_hex(16),
            delay=round(self._settings.delay.total_seconds()),
            error_delay=round(self._settings.error_delay.total_seconds()),
        )

    def _zone_offset(self) -> timedelta:
        return self._clock.now().astimezone(self._zone).utcoffset() or timedelta()

    def _clock_is_well(self) -> bool:
        doubt = self.guard.doubt()
        if doubt != self._doubt and (doubt is None) != (self._doubt is None):
            if doubt is None:
                log.warning("The machine's clock is right again: terminals are answered.")
            else:
                log.error("No terminal is answered, since they set their clocks by this one. %s", doubt)
        self._doubt = doubt
        return doubt is None

    async def _save_health(self) -> None:
        rows = self._book.take_changes()
        try:
            await self._ingest.call(lambda: self._store.terminals.save_health(rows))
        except StoreUnavailable as error:
            log.debug("Health is not saved now: %s", error)
            self._book.not_saved(rows)
        except StoreError as error:
            log.error("The store refuses the health of %d terminals: %s", len(rows), error)

    async def _look_again(self) -> None:
        try:
            await self._look()
        except StoreError as error:
            log.debug("Terminals and commands cannot be read now: %s", error)

    async def _look(self) -> None:
        """Save what was seen; learn who may call, who no longer, and what they are to be asked. Raises
        `StoreError`.
        """
        rows = self._register.take_changes()
        given_up = self._clock.now() - self._settings.command_timeout
        push, terminals = self._store.push, self._store.terminals

        def save() -> None:
            push.note_seen(rows)
            push.time_out(given_up)

        def read() -> tuple[list[Terminal], list[PushRegistration], list[PushCommand]]:
            return terminals.list(), push.registrations(), push.queued()

        try:
            await self._ingest.call(save)
        except StoreError:
            self._register.not_saved(rows)
            raise
        # Not on the writer's thread: punches would wait for it.
        listed, registrations, queued = await asyncio.to_thread(read)
        self._register.learn(registrations)
        self.desk.learn(listed, registrations)
        self._follow(listed)
        self._hand_out(queued)

    def _follow(self, terminals: list[Terminal]) -> None:
        wanted = {terminal.id: terminal for terminal in terminals if terminal.driver == PUSH_DRIVER}
        for number, caller in list(self._callers.items()):
            if wanted.get(number) != caller.terminal:
                del self._callers[number]
        for number, terminal in wanted.items():
            if number not in self._callers:
                self._callers[number] = Caller(terminal, self._shared)

    def _hand_out(self, queued: list[PushCommand]) -> None:
        by_serial: dict[str, deque[PushCommand]] = defaultdict(deque)
        for command in queued:
            by_serial[command.serial].append(command)
        for caller in self._callers.values():
            caller.waiting = by_serial.get(caller.terminal.serial) or deque()

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            settings=self._settings,
            clock_tolerance=self._clock_tolerance,
            zone=self._zone,
            clock=self._clock,
            store=self._store,
            ingest=self._ingest,
            book=self._book,
            numbers=itertools.count(FIRST_QUESTION + int(time.time()) % FIRST_QUESTION),
        )
