"""What every command shares: the settings file, the consoles, the store, and the options that all take."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console

from config.settings import Settings, load

if TYPE_CHECKING:
    from store import Store

DEFAULT_FILE = Path("presensi.toml")
CONFIG_VARIABLE = "PRESENSI_CONFIG"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class App:
    """One run of the command."""

    config: Path | None = None
    debug: bool = False
    out: Console = field(default_factory=lambda: Console(highlight=False))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    @property
    def settings_file(self) -> Path | None:
        """--config, else PRESENSI_CONFIG, else ./presensi.toml if there is one; None: built-in defaults."""
        if self.config is not None:
            return self.config
        if named := os.environ.get(CONFIG_VARIABLE):
            return Path(named)
        return DEFAULT_FILE if DEFAULT_FILE.exists() else None

    @cached_property
    def settings(self) -> Settings:
        """The settings in force. Raises `ConfigError`."""
        return load(self.settings_file)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, open. Raises `StoreError` with what to do."""
        from store import open_store

        opened = open_store(self.settings.store.url, password_file=self.settings.store.password_file)
        try:
            yield opened
        finally:
            opened.close()

    def emit(self, value: object) -> None:
        """Print `value` as JSON, for a script."""
        click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def operator() -> str:
    """Who to name in the audit log: the operating system's user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def _set_config(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.ensure_object(App).config = value


def _set_debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(App).debug = True


def common_options() -> list[click.Parameter]:
    """--config and --debug."""
    return [
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_set_config,
            help="Settings file; else $PRESENSI_CONFIG, else ./presensi.toml, else built-in defaults.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_set_debug,
            help="Show where in the program an error arose.",
        ),
    ]


class Command(click.Command):
    """A command that takes --config and --debug wherever they stand."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.params += common_options()


class Group(click.Group):
    """A group whose commands take --config and --debug, listed in the order they were added."""

    command_class = Command
    group_class = type

    def list_commands(self, context: click.Context) -> list[str]:
        """The names as they were added: the order of use, not of the alphabet."""
        return list(self.commands)


pass_app = click.make_pass_decorator(App, ensure=True)

NUMBER = click.IntRange(1, 2**62)
"""Number of a person, or of anything else in the store; greater ones no database takes."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")

language_option = click.option(
    "--language",
    type=click.Choice(["id", "en"]),
    default="id",
    show_default=True,
    help="Indonesian or English.",
)
