"""Fresh databases for tests: every test that asks for one runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store import Store, open_store
from store.migrate import migrate
from tests.support.postgres import PostgresServer

TEMPLATE = "presensi_template"

DIALECTS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))

FreshDatabase = Callable[..., str]
"""`fresh_database(dialect, migrated=True)` gives the URL of a database that only this test knows."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def _session_postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        server.start()
        migrate(server.create(TEMPLATE))
        yield server
    finally:
        server.destroy()


@pytest.fixture
def postgres_server(_session_postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The PostgreSQL server of the test session, running; a test may stop it, the next finds it started."""
    _session_postgres.start()
    yield _session_postgres
    _session_postgres.start()


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FreshDatabase]:
    """See `FreshDatabase`. The databases are gone after the test."""
    yield from _databases(request, tmp_path)


@pytest.fixture(scope="module")
def module_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FreshDatabase]:
    """As `fresh_database`, for what all tests of a module share."""
    yield from _databases(request, tmp_path_factory.mktemp("databases"))


def _databases(request: pytest.FixtureRequest, folder: Path) -> Iterator[FreshDatabase]:
    made: list[tuple[PostgresServer, str]] = []

    def fresh(dialect: str, migrated: bool = True) -> str:
        name = f"presensi_{os.getpid()}_{next(_numbers)}"
        if dialect == "sqlite":
            if migrated:
                shutil.copyfile(request.getfixturevalue("_migrated_sqlite"), folder / f"{name}.db")
            return f"sqlite:///{folder / name}.db"
        server: PostgresServer = request.getfixturevalue("_session_postgres")
        server.start()
        made.append((server, name))
        return server.create(name, TEMPLATE if migrated else "template1")

    yield fresh
    for server, name in made:
        server.start()
        server.drop(name)


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    """The URL of a fresh, migrated, empty database: once on each engine."""
    return fresh_database(request.param)


@pytest.fixture(params=DIALECTS)
def empty_database_url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    """The URL of a database without any table (SQLite: without a file): once on each engine."""
    return fresh_database(request.param, migrated=False)


@pytest.fixture
def sqlite_url(fresh_database: FreshDatabase) -> str:
    """A fresh, migrated SQLite database, for what only SQLite does."""
    return fresh_database("sqlite")


@pytest.fixture
def postgres_url(fresh_database: FreshDatabase) -> str:
    """A fresh, migrated PostgreSQL database, for what only PostgreSQL does; mark such tests `postgres`."""
    return fresh_database("postgresql")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A fresh store, open: once on each engine."""
    opened = open_store(database_url)
    yield opened
    opened.close()
