"""The folder of a demo: what stands in it, that only one demo uses it, and that each begins anew."""

from __future__ import annotations

import fcntl
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

from config.duration import format_duration
from presensi.exits import Failure
from simulators.city.build import PEOPLE, TERMINALS
from simulators.fleet import TRUTH_FILE
from simulators.roster_files import AS_IT_STOOD, SHEETS

DEFAULT_FOLDER = Path("var/demo")
CLOCK_FILE = "clock.json"
RUNNING_FILE = "demo.json"
"""Written when everything is ready: where it is, for whoever drives the demo."""

SETTINGS_FILE = "presensi.toml"
DATABASE_FILE = "presensi.db"
LOG_FOLDER = "logs"
SEED = 2017
"""The year in which the first city's wall accused 1,122 people."""

START = time(6, 45)
RATE = 15.0
"""07:30 passes three minutes after the start."""

HISTORY_DAYS = 5
"""Working days before it that the terminals' logs hold: what is usual rests on them."""

FIRST_PORT = 8080
PORTS = 50
_LOCK_FILE = "lock"
_MARK = "# Written by `presensi demo`; the next demo in this folder begins anew.\n"
_DATABASE = (DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm")


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What a demo may be asked for."""

    folder: Path = DEFAULT_FOLDER
    rate: float = RATE
    """City seconds in one real second."""
    day: date | None = None
    """City day; None: today, or the next Monday."""
    start: time = START
    until: time | None = None
    """City time at which the demo ends by itself; None: at Ctrl-C."""
    people: int = PEOPLE
    terminals: int = TERMINALS
    history: int = HISTORY_DAYS
    seed: int = SEED
    scenario: str | None = None
    """A day that really happened, by its name; then `day`, `people` and `terminals` are its own."""
    database: str | None = None
    """URL of another database than a SQLite file in the folder; it must hold no roster yet."""
    port: int | None = None
    """The wall's port, 0 for any free one; None: the first free one from 8080 on."""
    count_check: str | None = None
    """The collector's setting, as text; None: after the rate."""


def working_day(today: date) -> date:
    """`today` if it is Monday to Friday, else the next Monday."""
    return today if today.weekday() < 5 else today + timedelta(days=7 - today.weekday())


@contextmanager
def folder_for_us(folder: Path) -> Iterator[None]:
    """The folder, made if need be, locked against a second demo. Raises `Failure`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = any(folder.iterdir()) and not (folder / _LOCK_FILE).exists()
        if foreign:
            raise Failure(
                f"{folder} holds something else than a demo: give an empty or new folder with --dir."
            )
        with (folder / _LOCK_FILE).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Failure(f"A demo runs already in {folder}: stop it, or give another --dir.") from None
            yield
    except OSError as error:
        raise Failure(f"{folder} cannot be used ({error}): give another folder with --dir.") from error


def begin_anew(folder: Path) -> None:
    """Remove what an earlier demo left."""
    for name in (CLOCK_FILE, RUNNING_FILE, SETTINGS_FILE, *_DATABASE):
        (folder / name).unlink(missing_ok=True)
    for sheet in (*sheets(folder), *sheets(folder / AS_IT_STOOD)):
        sheet.unlink()
    for log in (folder / LOG_FOLDER).glob("*.log"):
        log.unlink()


def sheets(folder: Path) -> list[Path]:
    """The roster files that stand there."""
    files = [folder / f"{sheet}.csv" for sheet in SHEETS]
    return [file for file in files if file.exists()]


def announce(folder: Path, wall: str, database: str) -> None:
    """Write down that everything is ready, and where."""
    told = {
        "wall": wall,
        "clock": str(folder / CLOCK_FILE),
        "truth": str(folder / TRUTH_FILE),
        "database": database,
    }
    draft = folder / f"{RUNNING_FILE}.new"
    draft.write_text(json.dumps(told), "utf-8")
    draft.replace(folder / RUNNING_FILE)


def settings_text(options: DemoOptions, folder: Path) -> str:
    """The demo's settings file."""
    database = options.database or f"sqlite:///{folder}/{DATABASE_FILE}"
    tables: dict[str, dict[str, object]] = {
        "store": {"url": database},
        "collector": {
            "count_check": options.count_check or _count_check(options.rate),
            "settle": "500ms",
            "backoff_most": "5s",
        },
        "wall": {"port": _port(options.port), "unpaired": "names"},
        # No terminal of the demo pushes.
        "gateway": {"enabled": False},
        "clock": {"file": str(folder / CLOCK_FILE)},
    }
    text = _MARK
    for table, values in tables.items():
        text += f"\n[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
    return text


def _count_check(rate: float) -> str:
    """Half a minute of city time, but no more than once a second."""
    return format_duration(timedelta(seconds=min(30.0, max(1.0, round(30 / rate, 1))) if rate else 1.0))


def _port(wanted: int | None) -> int:
    if wanted is None:
        return free_port(FIRST_PORT)
    return wanted or free_port(0)


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens on, else any free one; 0: any free one."""
    for port in (*range(first, first + PORTS if first else 0), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise Failure("No port is free for the wall: give one with --port.")
