"""The collector and the push gateway as they run in a city: processes of their own, supervised."""

from __future__ import annotations

import json
from pathlib import Path

import psutil

from presensi.process import Child, Supervisor, presensi
from tests.support.ports import free_port

READY_SECONDS = 60.0
NAMES = ("collect", "gateway")


class Services:
    """`presensi collect` and `presensi gateway` on the database at `url`, by the clock in `clock_file`."""

    def __init__(self, folder: Path, url: str, clock_file: Path) -> None:
        self._folder = folder
        self._port = free_port()
        settings = folder / "presensi.toml"
        settings.write_text(_settings(url, clock_file, self._port), "utf-8")
        self._supervisor = Supervisor(
            [Child(name, presensi(name, "--config", str(settings))) for name in NAMES], self._log
        )
        self.kills = dict.fromkeys(NAMES, 0)

    @property
    def gateway(self) -> str:
        """Whom push terminals call."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start both, and wait until they are ready."""
        await self._supervisor.start()
        late = await self._supervisor.wait_ready(READY_SECONDS)
        assert not late, f"{late} did not become ready, see {self._folder}"

    async def stop(self) -> None:
        """Stop both in good order."""
        await self._supervisor.stop()

    def pid(self, name: str) -> int | None:
        """Process id of one of them while it runs."""
        return self._supervisor.pid(name)

    def kill(self, name: str) -> None:
        """kill -9; the supervisor starts it anew. Nothing when it is not running just then."""
        pid = self.pid(name)
        # It may have ended without anybody having noticed yet.
        if pid is not None and psutil.pid_exists(pid):
            psutil.Process(pid).kill()
            self.kills[name] += 1

    def _log(self, name: str, line: str) -> None:
        with (self._folder / f"{name}.log").open("a", encoding="utf-8") as log:
            log.write(line + "\n")


def _settings(url: str, clock_file: Path, port: int) -> str:
    """Durations are real ones, so short as the city is fast."""
    tables: dict[str, dict[str, object]] = {
        "store": {"url": url},
        "collector": {
            "count_check": "2s",
            "keepalive": "1s",
            "connect_timeout": "2s",
            "reply_timeout": "2s",
            "silence_timeout": "2s",
            "bulk_timeout": "30s",
            "backoff_first": "200ms",
            "backoff_most": "2s",
            "settle": "500ms",
        },
        "gateway": {
            "port": port,
            "delay": "1s",
            "error_delay": "1s",
            "proof": "2s",
            "command_timeout": "10s",
            "rate": 50.0,
        },
        "clock": {"file": str(clock_file)},
    }
    return "\n".join(
        f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
        for table, values in tables.items()
    )
