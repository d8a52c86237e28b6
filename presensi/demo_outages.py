"""Entering the letters about failed terminals of a simulated day: no roster file has a place for them."""

from __future__ import annotations

from datetime import tzinfo

from attendance.ids import SerialNumber
from attendance.people import Outage, OutageCause
from simulators.scenario import Scenario
from store import Store


def enter_outages(store: Store, scenario: Scenario, zone: tzinfo) -> None:
    """Enter all of them; the terminals must be on the roster. `zone` is the city's."""
    terminals = {terminal.serial: terminal.id for terminal in store.terminals.list()}
    for outage in scenario.facts.outages:
        store.facts.add_outage(
            Outage(
                terminals[SerialNumber(outage.serial)],
                OutageCause(outage.cause),
                outage.start.replace(tzinfo=zone),
                outage.end.replace(tzinfo=zone),
                outage.reference,
            )
        )
