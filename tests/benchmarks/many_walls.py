"""Three hundred walls in the rush: finger to pixel, bytes on the line, what the server spends, and how soon a
cold browser shows something.
"""

from __future__ import annotations

import gzip
import json
import statistics
import tempfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from tests.benchmarks.helper import Helper
from tests.benchmarks.latency import cpu_seconds, delays, fingers_by_number, latency_row
from tests.benchmarks.report import Row, Target, bytes_text, seconds_text
from tests.benchmarks.town import Town, town
from tests.support.postgres import PostgresServer
from wallboard.page import DIST

WALLS = 300
PACES = ((1.0, 60.0, Target(0.250, at_most=True)), (10.0, 120.0, Target(0.600, at_most=True)))
"""How many times as fast the twenty minutes pass; for how many seconds; the 99th percentile promised."""
LAST_DELTA_SECONDS = 2.0
COLD_STARTS = 5

BYTES_PER_PUNCH = Target(400, at_most=True)
SNAPSHOT = Target(60, at_most=True)
FIRST_PAINT = Target(1.0, at_most=True)
BUNDLE = Target(120, at_most=True)

KILO = 1000


@dataclass(frozen=True, slots=True)
class Rush:
    """What one rush was like."""

    fingers: int
    at_walls: list[float]
    """Seconds from each finger to each wall."""
    in_page: list[float]
    """And to the page of a real browser."""
    bytes_per_punch: float
    """At one wall, with the beat and everything else that came meanwhile."""
    cpu: float
    """Per cent of one core that the wall process took."""
    snapshot: str


def measure() -> tuple[list[Row], list[str]]:
    """The same on both databases."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sqlite"
        path.mkdir()
        rows += _on("SQLite", path, lambda name: f"sqlite:///{path / f'{name}.db'}")
        server = PostgresServer(durable=True)
        try:
            server.start()
            path = Path(folder) / "postgresql"
            path.mkdir()
            rows += _on("PostgreSQL", path, server.create)
        finally:
            server.destroy()
    rows.append(_bundle())
    notes = [
        f"{WALLS} walls on bare WebSockets in a process of their own and one Chromium page, all on the whole "
        "city with names; terminals, collector, wall, walls and browser share this machine",
        "rush: everybody who has a terminal comes once, spread over twenty minutes, which pass as fast as "
        "the line says; from the press in the simulator to the frame's arrival at a wall, every finger at "
        "every wall, or to the change of the page's DOM; a finger that missed a wall would end the benchmark",
        "bytes per punch: all that arrived at a wall, beats and frame headers included, by the fingers",
        f"cold browser: a new profile each, {COLD_STARTS} times, while the {WALLS} walls are connected",
    ]
    return rows, notes


def _on(name: str, folder: Path, database: Callable[[str], str]) -> list[Row]:
    rows: list[Row] = []
    for pace, seconds, promise in PACES:
        path = folder / f"pace{pace:g}"
        path.mkdir()
        url = database(f"presensi{pace:g}")
        with (
            town(path, url, seconds, pace) as running,
            Helper("crowd", running.url, str(WALLS)) as crowd,
            Helper("page", running.url) as page,
        ):
            crowd.wait_ready()
            page.wait_ready()
            if pace == PACES[0][0]:
                rows += _first_paint(name, running)
            rush = _rush(running, crowd, page, seconds)
        rows += _told(f"{name}, {pace:g}×", rush, promise)
        if pace == PACES[0][0]:
            rows.append(_snapshot(name, rush.snapshot))
    return rows


def _rush(running: Town, crowd: Helper, page: Helper, seconds: float) -> Rush:
    wall = running.processes["wall"]
    cpu, began = cpu_seconds(wall), monotonic()
    pressed: list[tuple[str, float]] = [(terminal, at) for terminal, at in running.rush.ask("go")]
    sleep(LAST_DELTA_SECONDS)
    share = 100 * (cpu_seconds(wall) - cpu) / (monotonic() - began)
    shown: list[tuple[int, float]] = [(number, at) for number, at in page.finish()]
    seen = crowd.finish()
    lines = [_lines(frame) for frame in seen["frames"]]
    arrived = [
        {number: at for frame, at in wall_seen for number, _ in lines[frame]} for wall_seen in seen["seen"]
    ]
    numbered = sorted({line for frame in lines for line in frame})
    fingers = fingers_by_number(pressed, numbered)
    return Rush(
        len(pressed),
        [delay for one in arrived for delay in delays(fingers, one)],
        delays(fingers, _painted(fingers, shown)),
        statistics.mean(seen["bytes"]) / len(pressed),
        share,
        seen["snapshot"],
    )


def _lines(frame: str) -> list[tuple[int, str]]:
    """Number and terminal of the ticker lines that a delta brought."""
    _, delta = json.loads(frame[2:])
    return [
        (row["n"], row.get("terminal", row["office"]))
        for key, row in delta["rows"].items()
        if key.startswith("k:") and "n" in row
    ]


def _painted(numbers: Iterable[int], shown: Iterable[tuple[int, float]]) -> dict[int, float]:
    """When the page stood at each ticker number or beyond: the ticker has room for some lines only, and of
    more that come at once the oldest are never drawn, while the counts hold them.
    """
    found: dict[int, float] = {}
    coming = sorted(shown, reverse=True)
    earliest = float("inf")
    for number in sorted(numbers, reverse=True):
        while coming and coming[0][0] >= number:
            earliest = min(earliest, coming.pop(0)[1])
        found[number] = earliest
    return found


def _told(what: str, rush: Rush, promise: Target) -> list[Row]:
    rows = [
        latency_row("rush", f"{what}: {rush.fingers} fingers → {where}", found, promise)
        for where, found in ((f"{WALLS} walls", rush.at_walls), ("a page in Chromium", rush.in_page))
    ]
    rows.append(
        Row(
            part="rush",
            what=f"{what}: bytes per punch per wall",
            ours=f"wall process {rush.cpu:.0f} % of a core",
            reference="",
            figure=rush.bytes_per_punch,
            unit=" B",
            target=BYTES_PER_PUNCH,
        )
    )
    return rows


def _snapshot(name: str, snapshot: str) -> Row:
    raw = snapshot.encode()
    return Row(
        part="snapshot",
        what=f"{name}: a city wall's snapshot, compressed",
        ours=bytes_text(len(raw)),
        reference="as it travels",
        figure=len(zlib.compress(raw)) / KILO,
        unit=" kB",
        target=SNAPSHOT,
    )


def _first_paint(name: str, running: Town) -> list[Row]:
    found: list[dict[str, float]] = []
    for _ in range(COLD_STARTS):
        with Helper("cold_page", running.url) as page:
            page.wait_ready()
            found.append(page.finish())
    paints, lives = [one["paint"] for one in found], [one["live"] for one in found]
    return [
        Row(
            part="paint",
            what=f"{name}: first paint of the wall in a cold browser, median",
            ours=f"live board after {seconds_text(statistics.median(lives))}",
            reference=f"slowest {seconds_text(max(paints))}",
            figure=statistics.median(paints),
            unit=" s",
            target=FIRST_PAINT,
        )
    ]


def _bundle() -> Row:
    scripts = sorted((DIST / "assets").glob("*.js"))
    sizes = [len(gzip.compress(script.read_bytes())) for script in scripts]
    return Row(
        part="paint",
        what=f"JavaScript of the wall, {len(scripts)} files, gzip",
        ours=bytes_text(sum(script.stat().st_size for script in scripts)),
        reference="as it stands on disk",
        figure=sum(sizes) / KILO,
        unit=" kB",
        target=BUNDLE,
    )
