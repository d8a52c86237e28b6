"""Simulated terminals with full logs, in a process of their own so that they do not share our interpreter.

    python -m tests.benchmarks.terminal_farm COUNT

Answers each line on its standard input with one line of JSON: `ports`, `press` (one new punch on every
terminal), `traffic` (bytes that all of them sent and received since the last time it was asked).
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import timedelta

from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel, TerminalSim
from tests.benchmarks import sample_log
from tests.benchmarks.helper import Helper

MODEL = TerminalModel(log_capacity=2 * sample_log.RECORDS)
"""Room to spare: a log that turns over would be read anew."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes of payload on the lines to all terminals; TCP's and IP's own headers are not counted."""

    sent: int
    received: int

    @property
    def both(self) -> int:
        """Bytes in both directions."""
        return self.sent + self.received


class Farm(Helper):
    """The process, from the outside: use it as a context manager."""

    def __init__(self, count: int) -> None:
        super().__init__("terminal_farm", str(count))

    def ports(self) -> list[int]:
        """Where each terminal listens on loopback."""
        found: list[int] = self.ask("ports")
        return found

    def press(self) -> int:
        """One new punch on every terminal; how many records each holds now."""
        records: int = self.ask("press")
        return records

    def traffic(self) -> Traffic:
        """What went over the lines since the last call."""
        return Traffic(*self.ask("traffic"))


async def _serve(count: int) -> None:
    raw = sample_log.image()
    now = sample_log.FIRST + timedelta(days=300)
    servers = []
    for number in range(count):
        sim = TerminalSim(serial=serial(number), model=MODEL)
        sim.log.append(raw)
        server = TerminalServer(sim, now=lambda: now)
        await server.start()
        servers.append(server)
    loop = asyncio.get_running_loop()
    counted = [0, 0]
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match line.strip():
            case "ports":
                answer: object = [server.port for server in servers]
            case "press":
                now += timedelta(seconds=1)
                for server in servers:
                    server.terminal.press("1001", now)
                answer = len(servers[0].terminal.log)
            case _:
                total = [sum(s.bytes_sent for s in servers), sum(s.bytes_received for s in servers)]
                answer = [new - old for new, old in zip(total, counted, strict=True)]
                counted = total
        print(json.dumps(answer), flush=True)
    for server in servers:
        await server.stop()


def serial(number: int) -> str:
    """The serial number of terminal `number`."""
    return f"BENCH{number:04d}"


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
