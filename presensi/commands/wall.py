"""`presensi wall`: run the web pages on the monitors; pair monitors, list, change and revoke them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Column, Table

from config.look import Hours, Look, Theme
from config.playlist import write_playlist
from config.settings import make_clock
from presensi.commands.running import serve
from presensi.context import NUMBER, App, Group, common_options, json_option, operator, pass_app
from presensi.cooperative import begin_anew, is_cooperative
from presensi.exits import Failure
from presensi.wall_facts import Units, checked_name
from presensi.wall_options import look_options, unit_option
from store import Store
from store.wall_pairings import WaitingScreen
from store.wall_secrets import shown, typed
from store.walls import WallFacts, WallId, WallRecord


class _Running(Group):
    """A group that is a command, too, and takes --config and --debug as every command does."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.params += common_options()


@click.group("wall", cls=_Running, invoke_without_command=True)
@pass_app
@click.pass_context
def wall(context: click.Context, app: App) -> None:
    """Run the wall, the web pages on the monitors; or pair, list, change and revoke monitors."""
    if context.invoked_subcommand is not None:
        return
    if app.settings.wall.workers == "gevent" and not is_cooperative():
        begin_anew()
    from wallboard.page import FrontendMissing
    from wallboard.server import run

    try:
        code = serve(app, run)
    except FrontendMissing as error:
        raise Failure(str(error)) from error
    context.exit(code)


@wall.command("pair")
@click.argument("code")
@click.option("--name", required=True, help='What the wall calls itself, as in "Ruang Wali Kota".')
@unit_option
@click.option("--names", is_flag=True, help="Let it show people's names; each opening is logged.")
@look_options
@pass_app
def pair(
    app: App,
    *,
    code: str,
    name: str,
    unit_code: str | None,
    names: bool,
    playlist: Path | None,
    theme: Theme | None,
    dim: Hours | None,
) -> None:
    """Let the screen that shows CODE be a wall. Read the code from the screen itself, never from a message.

    \b
    presensi wall pair 7K3-9QF --name "Ruang Wali Kota" --names --dim 18:00-05:30
    """
    wanted = typed(code)
    if wanted is None:
        raise Failure(f'"{code}" is no code of a screen: it has six signs, as in 7K3-9QF.')
    with app.store() as store:
        now, units = _now(app), _units(app, store)
        facts = WallFacts(
            name=checked_name(name),
            unit_id=None if unit_code is None else units.of_wall(unit_code),
            level="names" if names else "counts",
            look=_look(units, Look(), playlist, theme, dim),
        )
        units.check(facts)
        confirmed = store.pairings.confirm(wanted, facts, by=operator(), at=now, now=datetime.now(UTC))
        if confirmed is None:
            raise Failure(
                f"No screen shows the code {shown(wanted)} now: read it again from the screen. A code holds "
                f"{app.settings.wall.pairing_minutes} minutes."
            )
    click.echo(
        f"The screen at {confirmed.address} is now wall {confirmed.wall_id}, {facts.name}: "
        f"{units.name(facts.unit_id)}, {facts.level}. If that is not the screen before you, "
        f'`presensi wall revoke {confirmed.wall_id} --reason "wrong screen"`.'
    )


@wall.command("list")
@click.option("--all", "everything", is_flag=True, help="Revoked ones, too.")
@json_option
@pass_app
def list_walls(app: App, everything: bool, as_json: bool) -> None:
    """List the walls, when each was last connected, and the screens that wait to be paired."""
    with app.store() as store:
        records = [one for one in store.walls.records() if everything or not one.device.revoked]
        waiting = store.pairings.waiting(datetime.now(UTC))
        units = _units(app, store)
    if as_json:
        app.emit([_told(one, units) for one in records])
        return
    if records:
        table = Table(Column("wall", justify="right"), "name", "shows", "detail", "last seen", "paired by")
        for one in records:
            device = one.device
            seen = "revoked" if device.revoked else _moment(app, one.seen_at)
            table.add_row(
                str(device.id),
                escape(device.name),
                escape(units.name(device.unit_id)),
                device.level,
                seen,
                escape(one.paired_by),
            )
        app.out.print(table)
    else:
        click.echo("No wall is paired: open the wall's address on a screen; it shows a code for `wall pair`.")
    for line in _screens(waiting):
        click.echo(line)


@wall.command("show")
@click.argument("wall_id", metavar="WALL", type=NUMBER)
@click.option("--playlist", "only_playlist", is_flag=True, help="Print its playlist only, as a TOML file.")
@json_option
@pass_app
def show(app: App, wall_id: int, only_playlist: bool, as_json: bool) -> None:
    """Show all that is known of the wall with number WALL (see `list`)."""
    with app.store() as store:
        record, units = _record(store, wall_id), _units(app, store)
    device = record.device
    playlist = write_playlist(device.look.playlist, units.codes)
    if only_playlist:
        click.echo(playlist, nl=False)
        return
    if as_json:
        app.emit(_told(record, units))
        return
    dim = device.look.dim
    click.echo(f"Wall {device.id}: {device.name}")
    click.echo(f"shows      {units.name(device.unit_id)}, {device.level}")
    click.echo(
        f"looks      theme {device.look.theme}, {f'dim {dim.begins}-{dim.ends}' if dim else 'never dim'}"
    )
    click.echo(f"paired     {_moment(app, record.paired_at)} by {record.paired_by}")
    click.echo(f"changed    {_moment(app, record.changed_at)}")
    click.echo(f"last seen  {_moment(app, record.seen_at)}")
    if record.revoked_at is not None:
        when = _moment(app, record.revoked_at)
        click.echo(f"revoked    {when} by {record.revoked_by}: {record.revoked_why}")
    if device.look.playlist:
        click.echo(f"\n{playlist}", nl=False)


@wall.command("change")
@click.argument("wall_id", metavar="WALL", type=NUMBER)
@click.option("--name", help="What the wall calls itself.")
@unit_option
@click.option("--city", is_flag=True, help="Show the whole city again.")
@click.option("--names/--counts", "names", default=None, help="May it show people's names, or counts only?")
@look_options
@click.option("--no-playlist", is_flag=True, help="Stay at the first view.")
@click.option("--no-dim", is_flag=True, help="Never dim the screen.")
@pass_app
def change(
    app: App,
    *,
    wall_id: int,
    name: str | None,
    unit_code: str | None,
    city: bool,
    names: bool | None,
    playlist: Path | None,
    theme: Theme | None,
    dim: Hours | None,
    no_playlist: bool,
    no_dim: bool,
) -> None:
    """Change what the wall with number WALL shows; it follows within two seconds. What is not given stays."""
    for one, other, told in (
        (unit_code, city, "--unit and --city"),
        (playlist, no_playlist, "--playlist and --no-playlist"),
        (dim, no_dim, "--dim and --no-dim"),
    ):
        if one is not None and other:
            raise click.UsageError(f"{told} contradict each other: give one of them.")
    with app.store() as store:
        before, units = _record(store, wall_id).device.facts, _units(app, store)
        look = before.look
        look = look.model_copy(update={"playlist": ()}) if no_playlist else look
        look = look.model_copy(update={"dim": None}) if no_dim else look
        after = replace(before, look=_look(units, look, playlist, theme, dim))
        after = after if name is None else replace(after, name=checked_name(name))
        after = after if names is None else replace(after, level="names" if names else "counts")
        if city or unit_code is not None:
            after = replace(after, unit_id=None if unit_code is None else units.of_wall(unit_code))
        if after == before:
            raise Failure("Nothing would change: see `presensi wall change --help`.")
        units.check(after)
        if not store.walls.change(WallId(wall_id), after, by=operator(), at=_now(app)):
            raise _revoked(wall_id)
    click.echo(f"Wall {wall_id}, {after.name}: {units.name(after.unit_id)}, {after.level}.")


@wall.command("revoke")
@click.argument("wall_id", metavar="WALL", type=NUMBER)
@click.option("--reason", required=True, help="Why, for the audit log.")
@pass_app
def revoke(app: App, *, wall_id: int, reason: str) -> None:
    """Let the wall with number WALL show nothing any more, within two seconds and for good.

    It can be paired anew, and has another number then.
    """
    if not reason.strip():
        raise click.UsageError("--reason is empty: say why.")
    with app.store() as store:
        name = _record(store, wall_id).device.name
        if not store.walls.revoke(WallId(wall_id), by=operator(), why=reason.strip(), at=_now(app)):
            raise _revoked(wall_id)
    click.echo(f"Wall {wall_id}, {name}, is revoked.")


def _now(app: App) -> datetime:
    return make_clock(app.settings.clock).now()


def _units(app: App, store: Store) -> Units:
    return Units(store, _now(app).astimezone(app.settings.city.zone).date())


def _record(store: Store, wall_id: int) -> WallRecord:
    record = store.walls.record(WallId(wall_id))
    if record is None:
        raise Failure(f"There is no wall {wall_id}: see `presensi wall list`.")
    return record


def _revoked(wall_id: int) -> Failure:
    return Failure(f"Wall {wall_id} was revoked: pair the screen anew.")


def _look(units: Units, look: Look, playlist: Path | None, theme: Theme | None, dim: Hours | None) -> Look:
    """`look` with what was given on the command line."""
    return Look(
        playlist=look.playlist if playlist is None else units.playlist(playlist),
        theme=theme or look.theme,
        dim=dim or look.dim,
    )


def _moment(app: App, moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment.astimezone(app.settings.city.zone):%d-%m-%Y %H:%M}"


def _told(record: WallRecord, units: Units) -> dict[str, object]:
    """A wall as JSON: everything but the digest of its credential."""
    device = record.device
    return {
        "id": device.id,
        "name": device.name,
        "unit": None if device.unit_id is None else units.codes.get(device.unit_id),
        "level": device.level,
        **device.look.wire(),
        "fetched": device.credential is not None,
        "paired_at": record.paired_at,
        "paired_by": record.paired_by,
        "changed_at": record.changed_at,
        "seen_at": record.seen_at,
        "revoked_at": record.revoked_at,
        "revoked_by": record.revoked_by,
        "revoked_why": record.revoked_why,
    }


def _screens(waiting: list[WaitingScreen]) -> list[str]:
    """The screens that wait; their codes stand on the screens alone."""
    now = datetime.now(UTC)
    minutes = [int((now - one.begun_at).total_seconds() // 60) for one in waiting]
    return [
        f"A screen at {one.address} waits to be paired since {since} min."
        for one, since in zip(waiting, minutes, strict=True)
    ]
