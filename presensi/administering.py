"""Has something done to a terminal: by the collector's own session if one is at work, else by one of ours.

A terminal serves one session well. While a collector follows it, whatever is asked goes to the collector as
an errand and this command waits for it; a collector that is not there leaves the terminal to us. Either way
the audit log learns of it, whether it succeeds or not.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from pathlib import Path
from typing import TypeVar

import click
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from attendance.terminal import Terminal
from collector.administration import Place, Tools, audit_line, carry_out
from collector.comm_keys import CommKeys
from collector.errands import Failed, Report, Task, decode_outcome, encode, encode_outcome
from collector.surroundings import make_target
from config.settings import make_clock
from devices import registry
from devices.driver import Target
from devices.errors import DeviceError
from presensi.context import App, operator
from presensi.exits import ExitCode, Failure
from presensi.terminal_target import KEY_VARIABLE, key_options, target_from
from store import Store, StoreError
from store.errands import Errand, ErrandState

T = TypeVar("T")

ALIVE_WITHIN = timedelta(seconds=15)
"""A collector that showed a sign of life within this, at the city clock's rate, is at work."""
LOOK_SECONDS = 0.1
"""How often an errand is looked at."""
GIVE_UP_SECONDS = 60.0
"""How long a collector may be silent while an errand waits for it."""


@dataclass(frozen=True, slots=True)
class Access:
    """How the terminal is spoken to, as far as the command line says."""

    comm_key_file: Path | None
    ask_comm_key: bool
    driver: str
    """Of a terminal that is not registered."""

    @property
    def has_key(self) -> bool:
        """Whether the comm key is given there; else a registered terminal's is in the comm-key file."""
        return self.ask_comm_key or self.comm_key_file is not None or KEY_VARIABLE in os.environ


@dataclass(frozen=True, slots=True)
class Chosen:
    """The terminal that a command is about."""

    terminal: Terminal | None
    """As it is registered; None when it is not."""
    target: Target
    driver: str

    @property
    def shown(self) -> str:
        """Its address."""
        return self.target.place

    @property
    def serial(self) -> str | None:
        """Its serial number, if it is registered."""
        return self.terminal.serial if self.terminal else None


class Administration:
    """One command's dealings with terminals. Use it as a context: it holds the store open."""

    def __init__(self, app: App, store: Store | None, access: Access, missing: str) -> None:
        """`missing`: why there is no store."""
        self._app = app
        self._store = store
        self._access = access
        self._missing = missing
        self._clock = make_clock(app.settings.clock)

    def choose(self, which: str) -> Chosen:
        """The terminal with that serial number or at that address.

        Raises `click.BadParameter`, `ConfigError` or `Failure` for what cannot be used.
        """
        settings = self._app.settings.collector
        terminals = self._store.terminals.list(active_only=False) if self._store else []
        found = next((one for one in terminals if one.serial == which), None)
        if found is None:
            target = self._target(which)
            place = (target.address, target.port)
            found = next((one for one in terminals if (one.address, one.port) == place), None)
            if found is None:
                return Chosen(None, target, self._access.driver)
        elif self._access.has_key:
            target = self._target(found.place)
        if not found.called:
            raise Failure(
                f"{found.serial} is not called by us (driver {found.driver}): use its menu.",
                ExitCode.TERMINAL,
            )
        key = target.comm_key if self._access.has_key else CommKeys(settings.comm_keys_file).of(found.serial)
        return Chosen(found, make_target(settings, found, key), found.driver)

    def _target(self, address: str) -> Target:
        access = self._access
        return target_from(self._app.settings.collector, address, access.comm_key_file, access.ask_comm_key)

    def do(
        self, task: Task, chosen: Chosen, source: Chosen | None = None, *, dry_run: bool = False
    ) -> Report:
        """Have it done, and say what was. Raises `Failure`, `DeviceError` or `StoreError`."""
        concerned = [chosen] if source is None else [chosen, source]
        if self._store is not None and self._collector_alive():
            followed = [it for it in concerned if it.terminal is not None and it.terminal.active]
            if len(followed) == len(concerned) and chosen.terminal is not None:
                return self._by_errand(self._store, task, chosen.terminal, dry_run=dry_run)
            if followed:
                raise Failure(
                    "The collector follows one of the two terminals and does not know the other: register "
                    "that one, or stop the collector meanwhile."
                )
        return self._beside(task, chosen, source, dry_run=dry_run)

    def _collector_alive(self) -> bool:
        alive = self._store.terminals.collector_alive() if self._store else None
        if alive is None:
            return False
        return self._clock.now() - alive <= ALIVE_WITHIN * max(1.0, self._clock.rate)

    def _by_errand(self, store: Store, task: Task, terminal: Terminal, *, dry_run: bool) -> Report:
        kind, arguments = encode(task)
        number = store.errands.put(
            terminal.id, kind, arguments, dry_run=dry_run, actor=operator(), at=datetime.now(UTC)
        )
        errand = self._wait(store, number, task, terminal)
        outcome = decode_outcome(errand.outcome)
        with suppress(StoreError):
            store.errands.forget_outcome(number)
        if isinstance(outcome, Failed):
            raise Failure(f"{outcome.message} {outcome.action}".rstrip(), ExitCode.TERMINAL)
        return outcome

    def _wait(self, store: Store, number: int, task: Task, terminal: Terminal) -> Errand:
        """The errand once it has ended. Raises `Failure` when nobody does it."""
        heard = time.monotonic()
        with suppress(KeyboardInterrupt), self._bar(f"{terminal.serial}: waiting for its turn") as tell:
            while time.monotonic() - heard <= GIVE_UP_SECONDS:
                errand = store.errands.get(number)
                if errand is None or errand.state in {ErrandState.DONE, ErrandState.FAILED}:
                    break
                if errand.steps:
                    tell(errand.steps_done, errand.steps)
                if self._collector_alive():
                    heard = time.monotonic()
                time.sleep(LOOK_SECONDS)
        errand = store.errands.get(number)
        if errand is None:
            raise Failure(f"Errand {number} is gone from the database.")
        if errand.state in {ErrandState.DONE, ErrandState.FAILED}:
            return errand
        raise self._called_off(store, errand, task, terminal)

    def _called_off(self, store: Store, errand: Errand, task: Task, terminal: Terminal) -> Failure:
        """Nobody waits any longer: let it not be begun, if it is not yet."""
        line = audit_line(
            task,
            terminal.place,
            terminal.serial,
            "called off",
            actor=errand.actor,
            dry_run=errand.dry_run,
            at=self._clock.now(),
        )
        outcome = encode_outcome(Failed("CalledOff", "Nobody waited any longer.", ""))
        if errand.state is ErrandState.QUEUED and store.errands.finish(
            errand, ErrandState.FAILED, outcome, at=datetime.now(UTC), audit=line
        ):
            return Failure("Nothing was done: the collector did not take it up.")
        return Failure(
            f"The collector has begun errand {errand.id} and ends it by itself: see the audit log for how."
        )

    def _beside(self, task: Task, chosen: Chosen, source: Chosen | None, *, dry_run: bool) -> Report:
        self._app.err.print(
            "[yellow]Note:[/] this is a second session with the terminal. It may disturb a collector that is "
            "at work there; that collector connects anew and misses no punch.",
            soft_wrap=True,
        )

        async def ask_store(job: Callable[[], T]) -> T:
            return job()

        tools = Tools(self._clock, self._app.settings.city.zone, cache(registry.load), self._store, ask_store)
        try:
            with self._bar(chosen.shown) as tell:
                report = asyncio.run(
                    carry_out(
                        task,
                        _place(chosen),
                        tools,
                        source=_place(source) if source else None,
                        dry_run=dry_run,
                        progress=tell,
                    )
                )
        except DeviceError as error:
            self._record(task, chosen, f"failed: {error.code}", dry_run=dry_run)
            raise
        except BaseException:
            # Somebody pressed Ctrl-C, or the store went away: it may be done in part.
            self._record(task, chosen, "broken off", dry_run=dry_run)
            raise
        self._record(task, chosen, "done", dry_run=dry_run)
        return report

    def _record(self, task: Task, chosen: Chosen, outcome: str, *, dry_run: bool) -> None:
        """Without a store this says so: a terminal must be reachable before there is a database."""
        line = audit_line(
            task,
            chosen.shown,
            chosen.serial,
            outcome,
            actor=operator(),
            dry_run=dry_run,
            at=self._clock.now(),
        )
        problem = self._missing
        if self._store is not None:
            try:
                self._store.audit.append(line.actor, line.action, line.subject, line.detail, at=line.at)
            except StoreError as error:
                problem = str(error)
            else:
                return
        self._app.err.print(
            f"[yellow]Note:[/] no audit row was written for {line.action}: {escape(problem)}", soft_wrap=True
        )

    @contextmanager
    def _bar(self, text: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar on a screen; nothing in a script."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(
            *columns, console=self._app.err, transient=True, disable=not self._app.err.is_terminal
        ) as bar:
            row = bar.add_task(escape(text), total=None)
            yield lambda done, total: bar.update(row, completed=done, total=total)


def access_options(command: Callable[..., None]) -> Callable[..., None]:
    """--comm-key-file, --ask-comm-key and --driver, given to the command as one `access`."""

    @click.option(
        "--driver",
        default="zk-tcp",
        show_default=True,
        help="How to speak to a terminal that is not registered.",
    )
    @key_options
    @wraps(command)
    def wrapped(
        *arguments: object, comm_key_file: Path | None, ask_comm_key: bool, driver: str, **keywords: object
    ) -> None:
        command(*arguments, access=Access(comm_key_file, ask_comm_key, driver), **keywords)

    return wrapped


@contextmanager
def administration(app: App, access: Access) -> Iterator[Administration]:
    """Deal with terminals, with the store if there is one."""
    store, missing = None, ""
    with ExitStack() as stack:
        try:
            store = stack.enter_context(app.store())
        except StoreError as error:
            missing = str(error)
        yield Administration(app, store, access, missing)


def say(report: Report, *, dry_run: bool) -> None:
    """Print what was done, or would be."""
    for step in report.steps:
        click.echo(f"{'Would' if dry_run else 'Done:'} {step}.")
    if dry_run:
        click.echo("Nothing was changed.")


def _place(chosen: Chosen) -> Place:
    async def reach(work: Callable[[Target], Awaitable[T]]) -> T:
        return await work(chosen.target)

    return Place(chosen.shown, chosen.driver, reach, chosen.terminal.id if chosen.terminal else None)
