"""The `presensi` command as a tree: which commands there are, with which options."""

from __future__ import annotations

from collections.abc import Sequence

import click

from presensi.cli import cli


def command_of(words: Sequence[str]) -> click.Command:
    """The command that `words` (without the program's name) reach. Fails where there is none."""
    command: click.Command = cli
    context = click.Context(command)
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(context, word)
        assert found is not None, f"no command {word!r}"
        command = found
    return command


def unknown_options(words: Sequence[str]) -> list[str]:
    """Those of the options among `words` that the command which they reach does not have."""
    command = command_of(words)
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    known |= set(command.context_settings.get("help_option_names", ["--help"]))
    return [word for word in words if word.startswith("-") and word.split("=", 1)[0] not in known]
