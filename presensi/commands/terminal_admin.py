"""`presensi terminal users`, `restart` and `voice`: what an operator asks of one terminal, now and then.

All three open a session of their own beside the collector's, and all three are written to the audit log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import click
from rich.markup import escape
from rich.table import Column, Table

from config.settings import make_clock
from devices.driver import Target, UserRecord
from devices.errors import DeviceError
from devices.zk.administrator import Administrator
from presensi.context import App, Command, json_option, operator, pass_app
from presensi.exits import ExitCode
from presensi.terminal_target import target_from, target_options
from store import Store, StoreError

Result = TypeVar("Result")

DISABLED = 1
PRIVILEGES = {0: "user", 2: "enroller", 6: "manager", 14: "administrator"}


@click.command("users", cls=Command)
@target_options
@json_option
@pass_app
def users(app: App, *, address: str, comm_key_file: Path | None, ask_comm_key: bool, as_json: bool) -> None:
    """List who is registered on the terminal at ADDRESS (host or host:port), without passwords or cards.

    Changes nothing on the terminal. It opens a second session: a collector that is at work on this terminal
    may lose its own and connect anew.
    """
    target = target_from(app.settings.collector, address, comm_key_file, ask_comm_key)
    _warn(app)
    found = _audited(app, target, "terminal.users_listed", Administrator(target).users())
    if as_json:
        app.emit(
            [
                {
                    "user_index": user.user_index,
                    "pin": user.pin,
                    "name": user.name,
                    "privilege": _privilege(user),
                    "disabled": bool(user.privilege & DISABLED),
                }
                for user in found
            ]
        )
        return
    table = Table(
        Column("user index", justify="right"), "PIN", "name", "privilege", title=f"{len(found)} users"
    )
    for user in found:
        disabled = ", disabled" if user.privilege & DISABLED else ""
        table.add_row(
            f"{user.user_index}", escape(user.pin), escape(user.name), f"{_privilege(user)}{disabled}"
        )
    app.out.print(table)


@click.command("restart", cls=Command)
@target_options
@click.option("--yes", is_flag=True, help="Restart without asking.")
@pass_app
@click.pass_context
def restart(
    context: click.Context,
    app: App,
    *,
    address: str,
    comm_key_file: Path | None,
    ask_comm_key: bool,
    yes: bool,
) -> None:
    """Restart the terminal at ADDRESS (host or host:port). Its log stays as it is.

    Nobody can punch there for about a minute. A collector that is at work on this terminal loses its session
    and connects anew.
    """
    target = target_from(app.settings.collector, address, comm_key_file, ask_comm_key)
    _warn(app)
    question = f"Restart {_place(target)}? Nobody can punch there for about a minute."
    if not yes and not click.confirm(question):
        click.echo("Nothing was done.")
        context.exit(ExitCode.FAILED)
    _audited(app, target, "terminal.restarted", Administrator(target).restart())
    click.echo(f"{_place(target)} restarts, it will be back in about a minute.")


@click.command("voice", cls=Command)
@target_options
@pass_app
def voice(app: App, *, address: str, comm_key_file: Path | None, ask_comm_key: bool) -> None:
    """Let the terminal at ADDRESS (host or host:port) say "thank you", to find it in a building.

    Changes nothing on the terminal. It opens a second session: a collector that is at work on this terminal
    may lose its own and connect anew.
    """
    target = target_from(app.settings.collector, address, comm_key_file, ask_comm_key)
    _warn(app)
    _audited(app, target, "terminal.voice_tested", Administrator(target).voice_test())
    click.echo(f"{_place(target)} spoke.")


def _warn(app: App) -> None:
    app.err.print(
        "[yellow]Note:[/] this is a second session with the terminal. It may disturb a collector that is at "
        "work there; that collector connects anew and misses no punch.",
        soft_wrap=True,
    )


def _audited(app: App, target: Target, action: str, work: Coroutine[object, object, Result]) -> Result:
    """What `work` gives. The audit log learns of the attempt, whether it succeeds or not."""
    try:
        result = asyncio.run(work)
    except DeviceError as error:
        _record(app, target, action, f"failed: {error.code}")
        raise
    _record(app, target, action, "done")
    return result


def _record(app: App, target: Target, action: str, outcome: str) -> None:
    """Without a store to write to this says so: a terminal must be reachable before there is a database."""
    try:
        with app.store() as store:
            now = make_clock(app.settings.clock).now()
            subject = f"terminal:{_serial(store, target) or _place(target)}"
            store.audit.append(operator(), action, subject, f"{_place(target)}, {outcome}", at=now)
    except StoreError as error:
        app.err.print(
            f"[yellow]Note:[/] no audit row was written for {action}: {escape(str(error))}", soft_wrap=True
        )


def _serial(store: Store, target: Target) -> str | None:
    """Of the terminal registered at this address, if one is."""
    for terminal in store.terminals.list(active_only=False):
        if (terminal.address, terminal.port) == (target.address, target.port):
            return terminal.serial
    return None


def _privilege(user: UserRecord) -> str:
    code = user.privilege & ~DISABLED
    return PRIVILEGES.get(code, f"code {code}")


def _place(target: Target) -> str:
    return f"{target.address}:{target.port}"
