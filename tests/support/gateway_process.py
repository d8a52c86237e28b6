"""The push gateway as its own process, as it runs in a city."""

from __future__ import annotations

from pathlib import Path

from tests.support.server_process import ServerProcess


class GatewayProcess(ServerProcess):
    """The gateway on a port of its own, by the system's clock."""

    module = "collector.gateway.server"

    def __init__(self, folder: Path, database_url: str, settings: str = "") -> None:
        """`settings`: further lines of the section [gateway], as TOML."""
        super().__init__(folder)
        self._settings.write_text(
            f'[store]\nurl = "{database_url}"\n[gateway]\nport = {self.port}\n{settings}\n', "utf-8"
        )
