"""The keeper as its own process, as it runs in a city, on a store and a clock file that the test holds."""

from __future__ import annotations

from pathlib import Path

from tests.support.server_process import ServerProcess


class KeeperProcess(ServerProcess):
    """`start` waits until today's results are stored."""

    module = "realtime.keeper_process"

    def __init__(self, folder: Path, database_url: str, clock_file: Path) -> None:
        super().__init__(folder)
        self._settings.write_text(
            f'[store]\nurl = "{database_url}"\n[clock]\nfile = "{clock_file}"\n', "utf-8"
        )
