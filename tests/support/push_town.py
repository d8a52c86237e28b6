"""A running gateway, the store behind it, and what an operator does there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert

from attendance.ids import SerialNumber, TerminalId
from store import Store
from store.schema import units
from tests.support.collecting import city_now
from tests.support.gateway_process import GatewayProcess

UNIT = "DINAS"


APPROVED = [f"P{number:03}" for number in range(80)]


@dataclass(slots=True)
class GatewayTown:
    """One office, and a gateway that terminals may call. Many are approved from the start: it takes the
    gateway some seconds to see a new decision.
    """

    gateway: GatewayProcess
    store: Store
    taken: int = 0

    @staticmethod
    def now() -> datetime:
        """City time, naive and local."""
        return city_now()

    def found(self) -> None:
        """Make the office, and let its terminals push."""
        office = {"code": UNIT, "name": UNIT, "short_name": UNIT, "kind": "agency", "parent_id": None}
        with self.store.database.write() as connection:
            connection.execute(insert(units).values(office=True, **office))
        for serial in APPROVED:
            self.approve(serial)

    def take(self) -> str:
        """Serial number of an approved terminal that no test has had yet."""
        self.taken += 1
        return APPROVED[self.taken - 1]

    def held(self, serial: str) -> list[tuple[str, str, datetime]]:
        """Serial, PIN and device time of each punch stored of a terminal, sorted, with whatever repeats."""
        return sorted(key for key in self.store.punches.keys() if key[0] == serial)  # noqa: SIM118

    def quarantined(self, serial: str) -> list[bytes]:
        """What could not be read of what a terminal sent."""
        return [record.raw for record in self.store.punches.quarantined(self.terminal_id(serial))]

    def terminal_id(self, serial: str) -> TerminalId:
        """Number of a registered terminal."""
        found = self.store.terminals.by_serial(SerialNumber(serial))
        assert found is not None
        return found.id

    def approve(self, serial: str, network: str | None = None) -> TerminalId:
        """Let a terminal push."""
        terminal = self.store.push.approve(
            SerialNumber(serial),
            unit_code=UNIT,
            name=f"Mesin {serial}",
            network=network,
            at=datetime.now(UTC),
        )
        return terminal.id

    def asks_to_be_let_in(self, serial: str, within: float) -> bool:
        """Whether a terminal waits for approval, at the latest after so many seconds."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if any(row.serial == serial for row in self.store.push.registrations()):
                return True
            time.sleep(0.1)
        return False

    def ask(self, serial: str, command: str) -> int:
        """Queue a command; gives its number."""
        return self.store.push.ask(SerialNumber(serial), command, "tester", datetime.now(UTC))
