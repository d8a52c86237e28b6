"""The wall's server as its own process, as it runs in a city, on a store and a clock that the test holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from config.clock import write_clock
from tests.support.days import at
from tests.support.server_process import ServerProcess


class WallProcess(ServerProcess):
    """The wall on a port of its own."""

    module = "wallboard.server"

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        show_names: bool = True,
        unpaired: str | None = None,
        workers: str = "threads",
        wall: str = "",
        settings: str = "",
    ) -> None:
        """`unpaired` says what a screen that is not paired shows; unless given, `show_names` decides between
        names and counts. `wall` are more lines of the table [wall], `settings` more tables, as TOML.
        """
        super().__init__(folder)
        self._clock = folder / "clock.json"
        self.set_clock("07:20")
        unpaired = unpaired or ("names" if show_names else "counts")
        self._settings.write_text(
            f'[store]\nurl = "{database_url}"\n'
            f"[wall]\nport = {self.port}\nunpaired = {unpaired!r}\nworkers = {workers!r}\n{wall}\n"
            f'[clock]\nfile = "{self._clock}"\n{settings}',
            "utf-8",
        )

    def set_clock(self, city: str | datetime, rate: float = 0.0) -> None:
        """City time, "HH:MM[:SS]" on the example Monday; it stands still unless a rate is given."""
        write_clock(self._clock, at(city) if isinstance(city, str) else city, rate)


class CooperativeWallProcess(WallProcess):
    """The same with gevent."""

    prelude = "from gevent import monkey; monkey.patch_all()"

    def __init__(self, folder: Path, database_url: str, *, unpaired: str = "names") -> None:
        super().__init__(folder, database_url, unpaired=unpaired, workers="gevent")
