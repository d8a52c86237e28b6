"""The roster of a technician's bench: the terminals that run here and the people whose fingers they know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from simulators.faults import Transport
from simulators.roster_files import Row, write_sheets
from simulators.site import Site
from simulators.station import Station
from simulators.terminal import SimUser

UNIT: Final = "BENCH"
_SINCE: Final = date(2020, 1, 1).isoformat()


def write_bench(site: Site, directory: Path) -> list[Path]:
    """units.csv, people.csv, enrollments.csv and terminals.csv, as `presensi import roster` reads them.

    People without a NIP are left out: their punches come in as those of an unknown PIN.
    """
    return write_sheets(
        directory,
        {
            "units": [(UNIT, "Meja uji", "Meja uji", "agency", "", "ya")],
            "people": _people(site),
            "enrollments": _enrollments(site),
            "terminals": [_terminal(serial, station) for serial, station in site.servers.items()],
        },
    )


def _known(site: Site) -> Iterator[tuple[str, SimUser]]:
    for serial, station in site.servers.items():
        for user in station.terminal.users:
            if user.nip:
                yield serial, user


def _people(site: Site) -> Iterator[Row]:
    names = {user.nip: user.name for _, user in _known(site)}
    for nip, name in names.items():
        yield (nip, name, "", "", UNIT, _SINCE, "")


def _enrollments(site: Site) -> Iterator[Row]:
    for serial, user in _known(site):
        yield (user.nip, user.pin, serial, _SINCE, "", "")


def _terminal(serial: str, station: Station) -> Row:
    has_port = station.transport in {Transport.TCP, Transport.UDP}
    port = str(station.port) if has_port else ""
    return (serial, f"Mesin {serial}", UNIT, station.address, port, station.driver, "live", "", "")
