"""A database that fails: one clear sentence with what to do, the right class, and never a password."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import traceback
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from attendance.ids import PersonId, TerminalId
from attendance.people import Excuse, ExcuseCode
from store import AddressInvalid, Store, StoreError, StoreUnavailable, open_store
from store.address import parse
from store.failures import translated
from store.migrate import migrate
from tests.integration.store.readings import live, punch
from tests.support.databases import FreshDatabase
from tests.support.postgres import GUARDED_USER, PostgresServer
from tests.support.rosters import plant, small_roster

SECRET = "s3cret-w0rd"


def sqlite_file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("presensi.db", "not a URL"),
        ("mysql://root@localhost/presensi", "cannot be a 'mysql' database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("postgresql://presensi@localhost", "names no database"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_with_an_example(url: str, reason: str) -> None:
    with pytest.raises(AddressInvalid, match=f"{reason}.*sqlite:///var/presensi.db or postgresql://"):
        open_store(url)


def test_a_password_file_that_is_missing_or_empty_is_named(tmp_path: Path) -> None:
    url = "postgresql://presensi@127.0.0.1/presensi"
    with pytest.raises(AddressInvalid, match="nowhere cannot be read"):
        open_store(url, password_file=tmp_path / "nowhere")
    (tmp_path / "empty").touch()
    with pytest.raises(AddressInvalid, match="empty is empty: write the password in its first line"):
        open_store(url, password_file=tmp_path / "empty")


@pytest.mark.postgres
def test_the_password_comes_from_its_file_and_is_shown_nowhere(
    tmp_path: Path, postgres_server: PostgresServer, fresh_database: FreshDatabase
) -> None:
    name = fresh_database("postgresql").rpartition("/")[2]
    role = sql.Identifier(GUARDED_USER)
    postgres_server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
    postgres_server.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE pg_read_all_data").format(role, sql.Literal(SECRET))
    )
    url = postgres_server.url(name, GUARDED_USER)
    with pytest.raises(StoreUnavailable, match=r"wants a password: name a file .* store\.password_file"):
        open_store(url)
    (tmp_path / "wrong").write_text("not-the-word\n")
    with pytest.raises(StoreUnavailable, match=r"refuses the password: correct the file .*") as refused:
        open_store(url, password_file=tmp_path / "wrong")
    assert "not-the-word" not in str(refused.value)
    (tmp_path / "right").write_text(f"{SECRET}\n")
    store = open_store(url, password_file=tmp_path / "right")
    assert SECRET not in f"{store.url} {store.database.address!r} {store.database.address.shown}"
    with pytest.raises(StoreUnavailable, match="does not allow this user"):
        store.audit.append("tester", "test", "nothing")
    feed = store.changes.feed()
    feed.position()
    feed.close()
    store.close()


@pytest.mark.postgres
def test_a_database_or_user_that_does_not_exist_is_named(postgres_server: PostgresServer) -> None:
    with pytest.raises(StoreUnavailable, match=r"no such database: .*/nowhere: create it with createdb"):
        open_store(postgres_server.url("nowhere"))
    with pytest.raises(StoreUnavailable, match=r"no such user: .*createuser"):
        open_store(postgres_server.url("postgres", "nobody-here"))


def test_a_server_that_is_not_there_is_unavailable_to_open_and_to_migrate() -> None:
    for attempt in (open_store, migrate):
        with pytest.raises(
            StoreUnavailable, match=r"127\.0\.0\.1:1/presensi does not answer: start the server"
        ):
            attempt("postgresql://presensi@127.0.0.1:1/presensi")


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("Rapat jam sembilan. " * 100)
    for attempt in (open_store, migrate):
        with pytest.raises(StoreUnavailable, match=r"notes\.db is not a database: correct store\.url"):
            attempt(f"sqlite:///{tmp_path}/notes.db")


def test_a_writer_that_waits_too_long_for_another_process_is_unavailable_and_writes_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.2)
    store = open_store(sqlite_url)
    plant(store, small_roster())
    other = sqlite3.connect(sqlite_file(sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="is locked by another process that does not let go"):
        store.punches.append([live(punch(1))])
    assert store.punches.count() == 0
    other.execute("ROLLBACK")
    other.close()
    store.punches.append([live(punch(1))])
    assert store.punches.count() == 1
    store.close()


def test_readers_are_not_kept_waiting_by_a_writer(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    plant(store, small_roster())
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE terminals SET name = 'changing'")
        assert store.terminals.list()[0].name == "Mesin 1"
    assert store.terminals.list()[0].name == "changing"
    store.close()


def test_writers_of_one_process_queue_up(city: Store) -> None:
    def write(first: int) -> None:
        for second in range(first, first + 20):
            city.punches.append([live(punch(1, second))])

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200, 300, 400, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert city.punches.count(TerminalId(1)) == 120


def test_a_full_disk_is_unavailable_with_what_to_do_and_nothing_half_done(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    plant(store, small_roster())
    with store.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="cannot grow, the disk is full: free some space"):
        store.punches.append([live(*(punch(n) for n in range(5000)))])
    assert store.punches.count() == 0
    store.close()


def test_a_full_disk_of_the_server_is_unavailable_with_what_to_do() -> None:
    address = parse("postgresql://presensi@127.0.0.1/presensi")
    with pytest.raises(StoreUnavailable, match="is full: free some space on its disk"), translated(address):
        raise psycopg.errors.DiskFull("could not extend file: No space left on device")


def test_a_directory_that_vanishes_under_the_store_is_unavailable(sqlite_url: str, tmp_path: Path) -> None:
    home = tmp_path / "gone"
    home.mkdir()
    shutil.copy(sqlite_file(sqlite_url), home / "presensi.db")
    store = open_store(f"sqlite:///{home}/presensi.db")
    store.close()
    shutil.rmtree(home)
    feed = store.changes.feed()
    with pytest.raises(StoreUnavailable, match="cannot be opened: check that its directory exists"):
        store.punches.count()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        feed.next(0.1)


def test_what_a_well_database_refuses_is_not_called_unavailable(city: Store) -> None:
    nobody = Excuse(PersonId(99), ExcuseCode.CT, date(2026, 11, 23), date(2026, 11, 23), "")
    with pytest.raises(StoreError, match="The database refuses this") as refused:
        city.facts.add_excuse(nobody)
    assert not isinstance(refused.value, StoreUnavailable)


def test_no_pin_and_no_nip_stands_in_an_error_or_in_what_caused_it(city: Store) -> None:
    secret = "".join(["1980", "0101", "2005"])
    with pytest.raises(StoreError) as refused, city.database.write() as connection:
        connection.execute(text("INSERT INTO nowhere (pin) VALUES (:pin)"), {"pin": secret})
    assert secret not in "".join(traceback.format_exception(refused.value))
