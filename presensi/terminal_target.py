"""Which terminal a command is to speak to, and with which key: what all `presensi terminal` commands take."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from config.errors import ConfigError
from config.settings import CollectorSettings
from devices.driver import Target
from presensi.exits import ExitCode, Failure

KEY_VARIABLE = "PRESENSI_COMM_KEY"
LARGEST_KEY = 999_999

F = TypeVar("F", bound=Callable[..., Any])


def key_options(command: F) -> F:
    """--comm-key-file and --ask-comm-key."""
    ask = click.option("--ask-comm-key", is_flag=True, help="Ask for the comm key, without showing it.")
    file = click.option(
        "--comm-key-file",
        type=click.Path(path_type=Path),
        help=f"File whose first line is the terminal's comm key; else ${KEY_VARIABLE}, else 0.",
    )
    return file(ask(command))


def target_options(command: F) -> F:
    """ADDRESS, --comm-key-file and --ask-comm-key: arguments for `target_from`."""
    return click.argument("address")(key_options(command))


def target_from(
    settings: CollectorSettings, address: str, comm_key_file: Path | None, ask_comm_key: bool
) -> Target:
    """The terminal at `address` (host, host:port or a serial line's), with the collector's deadlines.

    Raises `click.BadParameter` for what is no address, `ConfigError` or `Failure` for what is no comm key.
    """
    return target_at(settings, *_split(address), comm_key_file, ask_comm_key)


def target_at(
    settings: CollectorSettings, host: str, port: int, comm_key_file: Path | None, ask_comm_key: bool
) -> Target:
    """The terminal at that host and port; raises as `target_from`."""
    return Target(
        address=host,
        port=port,
        comm_key=_comm_key(comm_key_file, ask_comm_key),
        connect_timeout=settings.connect_timeout.total_seconds(),
        reply_timeout=settings.reply_timeout.total_seconds(),
        bulk_timeout=settings.bulk_timeout.total_seconds(),
        silence_timeout=settings.silence_timeout.total_seconds(),
    )


def _split(address: str) -> tuple[str, int]:
    if address.startswith("/") or "://" in address:
        return address, 0
    host, colon, port = address.rpartition(":")
    if not colon:
        return address, 4370
    if not host or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise click.BadParameter(f'"{address}" is not HOST or HOST:PORT, as in 10.0.0.17:4370')
    return host, int(port)


def _comm_key(file: Path | None, ask: bool) -> int:
    if ask:
        text = str(click.prompt("Comm key", hide_input=True))
        source = "The comm key"
    elif file is not None:
        source = f"The comm-key file {file}"
        try:
            text = next(iter(file.read_text("utf-8").splitlines()), "")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{source} cannot be read ({error}): correct its name or permissions."
            ) from error
    else:
        text, source = os.environ.get(KEY_VARIABLE, "0"), KEY_VARIABLE
    text = text.strip()
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_KEY):
        raise Failure(
            f"{source} is not a comm key: write a number from 0 to {LARGEST_KEY}, alone in the first line.",
            ExitCode.CONFIG,
        )
    return int(text)
