"""Several wall processes on one database share nothing else, and show the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from store import Store, open_store
from tests.support.days import at
from tests.support.mornings import OFFICE, append, both_read, punch, settled
from tests.support.paired_walls import names_wall, paired
from tests.support.wall_process import CooperativeWallProcess, WallProcess
from tests.support.walls import Rows, Wall, wall

pytestmark = pytest.mark.postgres

SCOPES = ("city", OFFICE, "names", "names:2", "recap", "recap:2")


@pytest.fixture
def city(postgres_url: str) -> Iterator[Store]:
    store = settled(open_store(postgres_url))
    yield store
    store.close()


def shown(monitor: Wall) -> dict[str, Rows]:
    """What the monitor holds, but that each process numbers the ticker by itself."""
    return {scope: dict(map(_unnumbered, seen.rows.items())) for scope, seen in monitor.seen.items()}


def _unnumbered(item: tuple[str, dict[str, object]]) -> tuple[str, dict[str, object]]:
    key, row = item
    return (f"k:{row['at']}", {**row, "n": 0}) if key.startswith("k:") else item


def test_walls_of_two_processes_show_the_same_and_neither_needs_the_other(
    city: Store, postgres_url: str, tmp_path: Path
) -> None:
    device = paired(city, names_wall())
    with ExitStack() as running:
        processes: list[WallProcess] = []
        for number, kind in enumerate((WallProcess, CooperativeWallProcess)):
            folder = tmp_path / str(number)
            folder.mkdir()
            process = kind(folder, postgres_url, unpaired="nothing")
            process.set_clock("07:35")
            running.callback(process.stop)
            process.start()
            processes.append(process)
            # The second starts later, on another state of the store.
            append(city, punch(f"100{number + 1}", f"06:5{number}"))
        first, second = (
            running.enter_context(wall(process.url, credential=device.credential)) for process in processes
        )
        for monitor in (first, second):
            for scope in SCOPES:
                monitor.join(scope)
        city.terminals.save_health(both_read("07:35"))
        append(city, punch("1003", "07:33"))
        for monitor in (first, second):
            monitor.until(lambda monitor=monitor: monitor.row("city", "total")["late"] == 1)  # type: ignore[misc]
            monitor.until(lambda monitor=monitor: "p:3" in monitor.seen["names"].rows)  # type: ignore[misc]
        first.until(lambda: shown(first) == shown(second))
        assert first.seen["city"].epoch != second.seen["city"].epoch
        assert first.seen["recap"].rows["freeze"] == second.seen["recap"].rows["freeze"]

        processes[0].kill()
        # The killed one's worker may still send this before it sees that it is an orphan.
        before = shown(second)
        append(city, punch("1001", "15:30", 2))
        second.until(lambda: shown(second) != before)
        assert city.walls.revoke(device.wall_id, by="test", why="lost", at=at("07:35"))
        second.until(lambda: "revoked" in second.words)
