"""`presensi migrate`: bring the database's tables to this program's version."""

from __future__ import annotations

import click

from presensi.context import App, Command, pass_app


@click.command(cls=Command)
@pass_app
def migrate(app: App) -> None:
    """Create the database's tables, or bring them to this program's version.

    Does nothing to tables that are up to date; refuses a database of a newer program.
    """
    from store.migrate import migrate as bring_to_head

    store = app.settings.store
    revision = bring_to_head(store.url, password_file=store.password_file)
    click.echo(f"The database is at version {revision}.")
