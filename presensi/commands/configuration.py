"""`presensi config`: print a commented settings file, check one."""

from __future__ import annotations

from pathlib import Path

import click

from config.rules import load_series
from config.sample import sample
from config.settings import Settings, load, make_clock
from presensi.context import App, Group, json_option, pass_app


@click.group("config", cls=Group)
def config_group() -> None:
    """Print a commented settings file, or check one."""


@config_group.command("sample")
def print_sample() -> None:
    """Print a settings file that holds every setting, described, at its default.

    \b
    presensi config sample > presensi.toml
    """
    click.echo(sample(Settings), nl=False)


@config_group.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@json_option
@pass_app
def check(app: App, file: Path | None, as_json: bool) -> None:
    """Check FILE, or the settings file in force, and the environment over it.

    Every mistake is named with its file, line and key, the reason, and the nearest valid key.
    """
    path = file or app.settings_file
    settings = load(path)
    make_clock(settings.clock)
    load_series(settings.board.rules)
    if as_json:
        app.emit(settings.model_dump(mode="json"))
    else:
        click.echo(f"{path or 'built-in defaults'}: the settings are valid.")
