"""Runs simulators in this process until a signal ends them."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

from simulators.control import CONTROL_FILE, ControlServer


def run_until_signal(serve: Callable[[asyncio.Event], Awaitable[None]]) -> int:
    """Run `serve(stop)`, setting `stop` at SIGTERM or SIGINT; returns 0. Only in the main thread."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await serve(stop)

    asyncio.run(main())
    return 0


def announce(control: ControlServer, directory: Path) -> None:
    """Write down in `directory` where the control of what runs here is reached."""
    address = {"host": control.host, "port": control.port}
    (directory / CONTROL_FILE).write_text(json.dumps(address), "utf-8")
