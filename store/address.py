"""The store's URL: which database, where, and with which password."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from store.errors import AddressInvalid

Dialect = Literal["sqlite", "postgresql"]

EXAMPLES = "sqlite:///var/presensi.db or postgresql://presensi@127.0.0.1:5432/presensi"


@dataclass(frozen=True, slots=True)
class Address:
    """A checked URL. `repr` and `shown` never hold the password."""

    dialect: Dialect
    url: URL
    path: Path | None
    """The SQLite file; None on PostgreSQL."""

    @property
    def shown(self) -> str:
        """What may be printed and logged."""
        if self.path is not None:
            return str(self.path)
        place = self.url.set(drivername="postgresql", password=None)
        return place.render_as_string(hide_password=True)

    @property
    def conninfo(self) -> dict[str, str | int]:
        """The keywords libpq wants, password included."""
        known = {
            "host": self.url.host,
            "port": self.url.port,
            "user": self.url.username,
            "password": self.url.password,
            "dbname": self.url.database,
        }
        extra = {key: value for key, value in self.url.query.items() if isinstance(value, str)}
        return {key: value for key, value in known.items() if value is not None} | extra


def parse(url: str, password_file: Path | None = None) -> Address:
    """Check `url`; the password, if there is a file for it, is the file's first line.

    Raises `AddressInvalid` with what to do.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise AddressInvalid(f"The store's URL is not a URL; write it like {EXAMPLES}.") from error
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise AddressInvalid(f"The store's URL names no file; write it like {EXAMPLES}.")
        path = Path(parsed.database)
        return Address("sqlite", URL.create("sqlite+pysqlite", database=str(path)), path)
    if kind in ("postgresql", "postgres"):
        if not parsed.database:
            raise AddressInvalid(f"The store's URL names no database; write it like {EXAMPLES}.")
        parsed = parsed.set(drivername="postgresql+psycopg")
        if password_file is not None:
            parsed = parsed.set(password=_password(password_file))
        return Address("postgresql", parsed, None)
    raise AddressInvalid(f"The store cannot be a {kind!r} database; write its URL like {EXAMPLES}.")


def _password(path: Path) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AddressInvalid(
            f"The store's password file {path} cannot be read: "
            "correct store.password_file, or the file's permissions."
        ) from error
    if not lines or not lines[0].strip():
        raise AddressInvalid(
            f"The store's password file {path} is empty: write the password in its first line."
        )
    return lines[0].strip()
