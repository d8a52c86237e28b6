"""Migrations build exactly the tables of store/schema.py, and a database of another version is refused."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text, update

from store import MigrationNeeded, StoreUnavailable, open_store
from store.address import parse
from store.database import Database
from store.migrate import downgrade, migrate, scripts, upgrade
from store.schema import REVISION, metadata, outages, terminals, units
from tests.support.databases import FreshDatabase
from tests.support.rosters import CITY_UNIT, terminal

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
OUTAGE = insert(outages).values(terminal_id=1, reference="surat")


def span(first: int, last: int | None) -> dict[str, datetime | None]:
    """From the one hour to the other."""
    ends = None if last is None else MIDNIGHT + timedelta(hours=last)
    return {"starts_at": MIDNIGHT + timedelta(hours=first), "ends_at": ends}


def pretend_revision(url: str, revision: str) -> None:
    database = Database(parse(url))
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    database.close()


def test_the_schema_names_the_newest_migration() -> None:
    assert scripts().get_current_head() == REVISION


def test_migrations_and_models_agree(database_url: str) -> None:
    database = Database(parse(database_url))
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def reflected(database: Database) -> dict[str, list[object]]:
    """Every table's constraints and indexes as the engine itself tells them, in a fixed order."""
    with database.read() as connection:
        found = inspect(connection)
        return {
            table: [
                found.get_pk_constraint(table),
                sorted(found.get_foreign_keys(table), key=lambda each: str(each["name"])),
                sorted(found.get_unique_constraints(table), key=lambda each: str(each["name"])),
                sorted(found.get_check_constraints(table), key=lambda each: str(each["name"])),
                sorted(map(index_as_told, found.get_indexes(table)), key=lambda each: str(each["name"])),
            ]
            for table in sorted(metadata.tables)
        }


def index_as_told(index: Mapping[str, Any]) -> dict[str, object]:
    """With its condition as text: clauses are never equal."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def test_constraints_and_indexes_of_migrations_and_models_agree(
    database_url: str, fresh_database: FreshDatabase
) -> None:
    """Alembic's comparison does not look at all of them."""
    migrated = Database(parse(database_url))
    modelled = Database(parse(fresh_database(migrated.dialect, migrated=False)), create=True)
    with modelled.write() as connection:
        metadata.create_all(connection)
    assert reflected(migrated) == reflected(modelled)
    migrated.close()
    modelled.close()


def test_every_migration_goes_up_down_to_nothing_and_up_again(empty_database_url: str) -> None:
    assert migrate(empty_database_url) == REVISION
    address = parse(empty_database_url)
    database = Database(address)
    with database.write() as connection:
        downgrade(connection, "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    with database.write() as connection:
        upgrade(connection, address)
    database.close()
    open_store(empty_database_url).close()


def test_outages_come_along_and_going_back_leaves_those_that_held_each_start_once(
    empty_database_url: str,
) -> None:
    """The older program would let what was withdrawn count again; the longest of two accuses nobody."""
    address = parse(empty_database_url)
    database = Database(address, create=True)
    with database.write() as connection:
        upgrade(connection, address)
        downgrade(connection, "0004")
        connection.execute(insert(units), asdict(CITY_UNIT))
        connection.execute(insert(terminals), asdict(terminal(1, unit_id=CITY_UNIT.id)))
        connection.execute(OUTAGE, {"id": 7, "cause": "power", **span(0, 1)})
        upgrade(connection, address)
        kept = connection.execute(select(outages)).mappings().one()
        assert (kept["id"], kept["starts_at"], kept["withdrawn_at"]) == (7, MIDNIGHT, None)
        later = [
            {"id": 8, "cause": "log_lost", **span(0, 5)},
            {"id": 9, "cause": "power", **span(6, None)},
            {"id": 10, "cause": "broken", **span(6, 8)},
            {"id": 11, "cause": "network", **span(6, None)},
            {"id": 12, "cause": "power", **span(9, 10)},
            {"id": 13, "cause": "power", **span(11, None)},
        ]
        connection.execute(OUTAGE, later)
        connection.execute(update(outages).where(outages.c.id == 13).values(withdrawn_at=MIDNIGHT))
        downgrade(connection, "0004")
        left = connection.execute(text("SELECT id FROM outages ORDER BY id")).scalars()
        assert list(left) == [8, 9, 12]
        upgrade(connection, address)
    database.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    assert migrate(database_url) == REVISION
    open_store(database_url).close()


def test_two_processes_may_migrate_at_once(empty_database_url: str) -> None:
    done: list[str] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(empty_database_url))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [REVISION] * 3


def test_a_migration_that_fails_leaves_nothing(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the lights went out")

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(OSError, match="the lights went out"):
        migrate(empty_database_url)
    monkeypatch.undo()
    with pytest.raises(MigrationNeeded):
        open_store(empty_database_url)
    assert migrate(empty_database_url) == REVISION


def test_opening_an_empty_database_says_what_to_run(empty_database_url: str) -> None:
    with pytest.raises(MigrationNeeded, match=r"yet: run `presensi migrate`\.$"):
        open_store(empty_database_url)


def test_opening_does_not_make_the_file(tmp_path: Path) -> None:
    with pytest.raises(MigrationNeeded):
        open_store(f"sqlite:///{tmp_path}/none/presensi.db")
    assert list(tmp_path.iterdir()) == []


def test_migrating_makes_the_file_and_its_directory(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/var/lib/presensi.db")
    open_store(f"sqlite:///{tmp_path}/var/lib/presensi.db").close()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match=r"cannot be made: make it, or correct store\.url"):
        migrate(f"sqlite:///{tmp_path}/file/presensi.db")


def test_a_newer_database_is_neither_opened_nor_migrated(database_url: str) -> None:
    pretend_revision(database_url, "9999")
    for attempt in (open_store, migrate):
        with pytest.raises(MigrationNeeded, match=r"from a newer version of Presensi \(9999"):
            attempt(database_url)


def test_an_older_database_is_not_opened_but_told_to_migrate(database_url: str) -> None:
    pretend_revision(database_url, "0001")
    with pytest.raises(
        MigrationNeeded, match=r"of an older version .* make a backup, then run `presensi migrate`"
    ):
        open_store(database_url)
