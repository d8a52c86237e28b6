"""What `presensi doctor` looks at: one function a question, each with what to do about the answer."""

from __future__ import annotations

import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from attendance.terminal import PUSH_DRIVER
from config.errors import ConfigError
from config.listening import local_host
from config.rules import load_series
from config.settings import Settings, load, make_clock
from store import Store, StoreError, open_store
from store.push import PushState
from wallboard.workers import WAITS_TOGETHER, waits_together

OLDEST_PYTHON = (3, 11)
LEAST_FREE = 1 << 30
"""Bytes below which a disk is short; a city's punches take some hundred megabytes a year."""

OLDEST_SENSIBLE = datetime(2025, 1, 1, tzinfo=UTC)
"""A machine whose clock is before this has lost it."""

SILENT_AFTER = timedelta(minutes=2)
"""City time after which a collector without a sign of life is taken for stopped."""

AWAY_AFTER = timedelta(days=3)
"""City time after which a wall that was not seen is asked after: longer than a weekend with it off."""

CLOCKS_APART = timedelta(seconds=2)
"""By how much machines that share a database may differ: the fastest keeps the day as it stands at 07:30."""

JAKARTA_OFFSET = timedelta(hours=7)


class Level(StrEnum):
    """How grave an answer is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question."""

    name: str
    level: Level
    finding: str
    remedy: str = ""


Answers = Iterator[Answer]


def examine(settings_file: Path | None) -> Answers:
    """Ask everything, each question on its own: one that fails does not silence the next."""
    yield from _python()
    yield from _time_zones()
    yield from _machine_clock()
    yield from _front_end()
    try:
        settings = load(settings_file)
    except ConfigError as error:
        yield Answer("settings", Level.FAIL, str(error))
        return
    yield Answer("settings", Level.OK, str(settings_file or "built-in defaults"))
    yield from _rules(settings)
    yield from _secrets(settings)
    yield from _disk(settings)
    yield from _city_clock(settings)
    yield from _store(settings)


def _python() -> Answers:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST_PYTHON:
        yield Answer("python", Level.FAIL, version, "install Python 3.11 or newer")
    else:
        yield Answer("python", Level.OK, version)


def _time_zones() -> Answers:
    offset = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta")).utcoffset()
    if offset == JAKARTA_OFFSET:
        yield Answer("time zones", Level.OK, "Asia/Jakarta is UTC+7")
    else:
        yield Answer(
            "time zones", Level.FAIL, f"Asia/Jakarta is UTC+{offset}", "install the package tzdata anew"
        )


def _machine_clock() -> Answers:
    now = datetime.now(UTC)
    if now < OLDEST_SENSIBLE:
        yield Answer("machine clock", Level.FAIL, f"{now:%Y-%m-%d}", "set the clock; use chrony or timesyncd")
        return
    before = time.time() - time.monotonic()
    time.sleep(0.05)
    jump = abs(time.time() - time.monotonic() - before)
    if jump > 0.5:
        yield Answer("machine clock", Level.WARN, f"jumped {jump:.1f} s", "let chrony or timesyncd steer it")
    else:
        yield Answer("machine clock", Level.OK, f"{now:%Y-%m-%d %H:%M:%S} UTC")


def _front_end() -> Answers:
    found = find_spec("wallboard")
    places = list(found.submodule_search_locations or ()) if found else []
    built = any(any((Path(place) / "static" / "dist").glob("**/*.js")) for place in places)
    if built:
        yield Answer("front end", Level.OK, "built")
    else:
        yield Answer("front end", Level.FAIL, "the wall's pages are not built", "run `make setup`")


def _rules(settings: Settings) -> Answers:
    try:
        load_series(settings.board.rules)
    except ConfigError as error:
        yield Answer("rules", Level.FAIL, str(error))
    else:
        yield Answer("rules", Level.OK, settings.board.rules)


def _secrets(settings: Settings) -> Answers:
    secrets = (settings.store.password_file, settings.collector.comm_keys_file, settings.gateway.keys_file)
    for path in secrets:
        if path is None:
            continue
        try:
            mode = path.stat().st_mode
            with path.open("rb"):
                pass
        except OSError as error:
            yield Answer("secrets", Level.FAIL, f"{path}: {error.strerror}", "correct its name or owner")
            continue
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Answer("secrets", Level.FAIL, f"{path}: others may read it", f"chmod 600 {path}")
        else:
            yield Answer("secrets", Level.OK, str(path))


def _disk(settings: Settings) -> Answers:
    prefix = "sqlite:///"
    folder = (
        Path(settings.store.url.removeprefix(prefix)).parent
        if settings.store.url.startswith(prefix)
        else Path()
    )
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    finding = f"{free / (1 << 30):.1f} GiB free at {folder.absolute()}"
    if free < LEAST_FREE:
        yield Answer("disk", Level.WARN, finding, "free some space")
    else:
        yield Answer("disk", Level.OK, finding)


def _city_clock(settings: Settings) -> Answers:
    try:
        clock = make_clock(settings.clock)
    except ConfigError as error:
        yield Answer("city clock", Level.FAIL, str(error), "leave file of [clock] empty in production")
        return
    shown = f"{clock.now().astimezone(settings.city.zone):%Y-%m-%d %H:%M:%S} {settings.city.timezone}"
    if settings.clock.file is not None:
        yield Answer(
            "city clock", Level.WARN, f"simulated: {shown}", "leave file of [clock] empty in production"
        )
    else:
        yield Answer("city clock", Level.OK, shown)


def _store(settings: Settings) -> Answers:
    try:
        store = open_store(settings.store.url, password_file=settings.store.password_file)
    except StoreError as error:
        yield Answer("database", Level.FAIL, str(error))
        return
    try:
        yield Answer("database", Level.OK, f"{store.dialect}, {store.punches.count()} punches")
        for ask in (_database_clock, _collector, _gateway, _terminals, _reviews, _walls, _wall_workers):
            yield from _guarded(ask, store, settings)
    except StoreError as error:
        yield Answer("database", Level.FAIL, str(error))
    finally:
        store.close()


def _guarded(ask: Callable[[Store, Settings], Answers], store: Store, settings: Settings) -> Answers:
    try:
        yield from ask(store, settings)
    except ConfigError:
        return  # its own question has said so


def _database_clock(store: Store, settings: Settings) -> Answers:
    before = datetime.now(UTC)
    there = store.database.now()
    if there is None or settings.clock.file is not None:
        return
    ahead = before + (datetime.now(UTC) - before) / 2 - there
    if abs(ahead) > CLOCKS_APART:
        way = "ahead of" if ahead > timedelta() else "behind"
        finding = f"this machine's is {abs(ahead).total_seconds():.1f} s {way} the database's"
        remedy = "let chrony or timesyncd steer both: machines of one city must agree when it is 07:30"
        yield Answer("database clock", Level.WARN, finding, remedy)
    else:
        yield Answer("database clock", Level.OK, "agrees with this machine's")


def _collector(store: Store, settings: Settings) -> Answers:
    alive = store.terminals.collector_alive()
    if alive is None:
        yield Answer("collector", Level.WARN, "has never run", "start it with `presensi up`")
        return
    silent = make_clock(settings.clock).now() - alive
    if silent > SILENT_AFTER:
        yield Answer("collector", Level.WARN, f"silent for {silent}", "start it with `presensi up`")
    else:
        yield Answer("collector", Level.OK, f"alive at {alive.astimezone(settings.city.zone):%H:%M:%S}")


def _gateway(store: Store, settings: Settings) -> Answers:
    pushing = {item.serial for item in store.terminals.list() if item.driver == PUSH_DRIVER}
    waiting = [
        row.serial
        for row in store.push.registrations()
        if row.state is PushState.PENDING and row.serial not in pushing
    ]
    if waiting:
        finding = f"{len(waiting)} terminals wait for approval ({', '.join(waiting[:3])})"
        yield Answer("gateway", Level.WARN, finding, "see `presensi terminal pending`")
    elif not pushing:
        yield Answer("gateway", Level.OK, "no terminal pushes")
    elif not settings.gateway.enabled:
        finding = f"{len(pushing)} terminals push, and it is not enabled"
        yield Answer("gateway", Level.WARN, finding, "set enabled = true below [gateway]")
    elif not _listens(settings.gateway.host, settings.gateway.port):
        finding = f"does not answer at {settings.gateway.host}, port {settings.gateway.port}"
        yield Answer("gateway", Level.WARN, finding, "start it with `presensi up`")
    else:
        yield Answer("gateway", Level.OK, f"answers {len(pushing)} terminals that push")


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((local_host(host), port), timeout=2.0):
            return True
    except OSError:
        return False


def _reviews(store: Store, _: Settings) -> Answers:
    waiting = store.reviews.count_open()
    if waiting:
        finding = f"{waiting} punches with a doubtful time wait for somebody to look"
        yield Answer("reviews", Level.WARN, finding, "see `presensi review list`")


def _terminals(store: Store, settings: Settings) -> Answers:
    terminals = store.terminals.list()
    if not terminals:
        yield Answer("terminals", Level.WARN, "none registered", "`presensi import roster terminals.csv`")
        return
    health = store.terminals.health()
    untried = sum(terminal.id not in health for terminal in terminals)
    offline = [terminal.name for terminal in terminals if (it := health.get(terminal.id)) and not it.online]
    ailing = [
        f"{terminal.name}: {it.error}"
        for terminal in terminals
        if (it := health.get(terminal.id)) and it.online and it.error
    ]
    if untried or offline or ailing:
        told = [f"{len(terminals)} registered"]
        told += [f"{untried} never tried"] if untried else []
        told += [f"{len(offline)} offline ({', '.join(offline[:3])})"] if offline else []
        told += [f"{len(ailing)} with trouble ({', '.join(ailing[:3])})"] if ailing else []
        yield Answer("terminals", Level.WARN, ", ".join(told), "see `presensi terminal list`")
    else:
        yield Answer("terminals", Level.OK, f"all {len(terminals)} online")


def _walls(store: Store, settings: Settings) -> Answers:
    walls = [one for one in store.walls.records() if not one.device.revoked]
    waiting = store.pairings.waiting(datetime.now(UTC))
    now = make_clock(settings.clock).now()
    away = [one.device.name for one in walls if now - (one.seen_at or one.paired_at) > AWAY_AFTER]
    shows = {"nothing": "nothing", "counts": "counts", "names": "names, of invented people"}
    told = f"{len(walls)} paired; one that is not shows {shows[settings.wall.unpaired]}"
    if waiting:
        count = len(waiting)
        told += "; 1 screen waits to be paired" if count == 1 else f"; {count} screens wait to be paired"
    if away:
        told += f"; not seen for days: {', '.join(away[:3])}{', …' if len(away) > 3 else ''}"
        remedy = "look at the screen and its computer; `presensi wall revoke` one that is gone"
        yield Answer("walls", Level.WARN, told, remedy)
    elif waiting:
        yield Answer("walls", Level.OK, told, "`presensi wall pair` with the code on the screen")
    else:
        yield Answer("walls", Level.OK, told)


def _wall_workers(store: Store, settings: Settings) -> Answers:
    if settings.wall.workers != "gevent":
        return
    if waits_together(settings.wall, store.dialect):
        yield Answer("wall workers", Level.WARN, *WAITS_TOGETHER)
    else:
        yield Answer("wall workers", Level.OK, f"gevent, {store.dialect}")
