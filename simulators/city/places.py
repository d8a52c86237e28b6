"""Reads the illustrative places from `places.toml` and lays out the unit tree and its 135 terminals."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from simulators.city.plan import TerminalPlan, Trade, UnitPlan

CITY_CODE = "1"
BKPSDM_CODE = "1.25"
LIBRARY_CODE = "1.14"
WASTE_CODE = "1.10"
HOSPITAL_CODE = "1.21"
EDUCATION_CODE = "1.3"
HEALTH_CODE = "1.5"
"""The agencies that run the city's schools, and its hospital and health centres: offices above offices."""
HOSPITAL_DISTRICT = "Prajurit Kulon"

_BREVITY = (
    ("Bagian ", "Bag. "),
    ("Bidang ", "Bid. "),
    ("Instalasi ", "Inst. "),
    ("Sumber Daya Alam", "SDA"),
    ("Kesejahteraan Rakyat", "Kesra"),
    ("Protokol dan Komunikasi Pimpinan", "Prokopim"),
    ("Inspektur Pembantu", "Irban"),
)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Part(_Table):
    name: str
    weight: float
    trade: Trade = Trade.OFFICE


class _Agency(_Table):
    number: int
    name: str
    short: str
    trade: Trade
    sections: tuple[str, ...]
    weight: float = 0.0
    people: int | None = None
    second_site: str | None = None
    """A door elsewhere for crews that do not come to the office first: same unit, second terminal."""


class _Hospital(_Table):
    name: str
    short: str
    doors: tuple[str, ...]
    sections: tuple[_Part, ...]


class _District(_Table):
    number: int
    name: str
    schools: dict[str, tuple[int, ...]]


class _Places(_Table):
    bureau: tuple[_Part, ...]
    agency: tuple[_Agency, ...]
    hospital: _Hospital
    district: tuple[_District, ...]
    health_centres: dict[str, tuple[str, ...]]


@cache
def _places() -> _Places:
    return _Places.model_validate(
        tomllib.loads(files(__package__).joinpath("places.toml").read_text("utf-8"))
    )


def units() -> tuple[UnitPlan, ...]:
    """The tree, parents before children."""
    places = _places()
    root = UnitPlan(CITY_CODE, "Pemerintah Kota (ilustratif)", "Kota", "city", None, office=False)
    return (
        root,
        *_secretariats(places.bureau),
        *(unit for agency in places.agency for unit in _agency(agency)),
        *_hospital(places.hospital),
        *(unit for district in places.district for unit in _district(district)),
        *_health_centres(places.health_centres),
        *_schools(places.district),
    )


def terminals(tree: Sequence[UnitPlan]) -> tuple[TerminalPlan, ...]:
    """The 135 terminals: ten at the hospital, three at the Setda, one at every other site with a door."""
    doors: list[tuple[str, str]] = []
    for unit in tree:
        match unit.kind:
            case "hospital":
                doors += [(unit.code, f"{unit.short_name} {door}") for door in _places().hospital.doors]
            case "secretariat" if unit.short_name == "Setda":
                doors += [(unit.code, f"Setda {door}") for door in ("Lobi", "Gedung B", "Rumah Dinas")]
            case "city" | "section":
                continue
            case "school" if unit.office and unit.short_name.startswith("SDN "):
                continue
            case _:
                doors.append((unit.code, unit.short_name))
    doors += [(f"1.{agency.number}", agency.second_site) for agency in _places().agency if agency.second_site]
    return tuple(
        TerminalPlan(f"SIM{2300000 + 17 * number:07d}", name, code, _district_of(code, name))
        for number, (code, name) in enumerate(doors, start=1)
    )


def _district_of(unit_code: str, name: str) -> str:
    """The kecamatan in which the door lies; offices that lie anywhere are dealt out."""
    districts = _places().district
    for place, district in enumerate(districts, start=1):
        if f"{unit_code}.".startswith((f"1.{district.number}.", f"1.6{place}.")):
            return district.name
        if any(name.endswith(f" {village}") for village in district.schools):
            return district.name
    if unit_code == HOSPITAL_CODE:
        return HOSPITAL_DISTRICT
    return districts[int(unit_code.split(".")[1]) % len(districts)].name


def _office(
    code: str, name: str, short: str, kind: str, *, weight: float, trade: Trade, below: str = CITY_CODE
) -> UnitPlan:
    return UnitPlan(code, name, short, kind, below, office=True, weight=weight, trade=trade)


def _secretariats(bureaus: Sequence[_Part]) -> list[UnitPlan]:
    return [
        _office("1.1", "Sekretariat Daerah", "Setda", "secretariat", weight=5.0, trade=Trade.OFFICE),
        *(
            UnitPlan(
                f"1.1.{n}", part.name, _brief(part.name), "section", "1.1", office=False, weight=part.weight
            )
            for n, part in enumerate(bureaus, start=1)
        ),
        _office("1.2", "Sekretariat DPRD", "Setwan", "secretariat", weight=38.0, trade=Trade.OFFICE),
    ]


def _agency(agency: _Agency) -> list[UnitPlan]:
    code = f"1.{agency.number}"
    parts = ("Sekretariat", *agency.sections)
    fixed = _split(agency.people - 1, len(parts)) if agency.people else None
    head = UnitPlan(
        code,
        agency.name,
        agency.short,
        "agency",
        CITY_CODE,
        office=True,
        weight=0.0 if fixed else 1.0,
        headcount=1 if fixed else None,
    )
    return [
        head,
        *(
            UnitPlan(
                f"{code}.{n}",
                f"{part} {agency.short}",
                _brief(part),
                "section",
                code,
                office=False,
                weight=0.0 if fixed else (agency.weight - 1) / len(parts),
                headcount=fixed[n - 1] if fixed else None,
                trade=Trade.OFFICE if part == "Sekretariat" else agency.trade,
            )
            for n, part in enumerate(parts, start=1)
        ),
    ]


def _hospital(house: _Hospital) -> list[UnitPlan]:
    code = HOSPITAL_CODE
    return [
        _office(
            code,
            house.name,
            house.short,
            "hospital",
            weight=4.0,
            trade=Trade.CLINIC,
            below=HEALTH_CODE,
        ),
        *(
            UnitPlan(
                f"{code}.{n}",
                f"{part.name} {house.short}",
                _brief(part.name),
                "section",
                code,
                office=False,
                weight=part.weight,
                trade=part.trade,
            )
            for n, part in enumerate(house.sections, start=1)
        ),
    ]


def _district(district: _District) -> list[UnitPlan]:
    code = f"1.{district.number}"
    name = f"Kecamatan {district.name}"
    return [
        _office(code, name, f"Kec. {district.name}", "district", weight=18.0, trade=Trade.OFFICE),
        *(
            UnitPlan(
                f"{code}.{n}",
                f"Kelurahan {village}",
                f"Kel. {village}",
                "subdistrict",
                code,
                office=False,
                weight=8.0,
            )
            for n, village in enumerate(district.schools, start=1)
        ),
    ]


def _health_centres(centres: dict[str, tuple[str, ...]]) -> list[UnitPlan]:
    found: list[UnitPlan] = []
    for number, (name, posts) in enumerate(centres.items(), start=1):
        code = f"1.4{number}"
        found.append(
            _office(
                code,
                f"Puskesmas {name}",
                f"Pusk. {name}",
                "health_centre",
                weight=37.0,
                trade=Trade.CLINIC,
                below=HEALTH_CODE,
            )
        )
        found += [
            UnitPlan(
                f"{code}.{n}",
                f"Puskesmas Pembantu {post}",
                f"Pustu {post}",
                "health_centre",
                code,
                office=False,
                weight=3.0,
                trade=Trade.CLINIC,
            )
            for n, post in enumerate(posts, start=1)
        ]
    return found


def _schools(districts: Sequence[_District]) -> list[UnitPlan]:
    found = [_school(f"1.5{n}", f"SMP Negeri {n}", f"SMPN {n}", weight=36.0) for n in range(1, 10)]
    for number, district in enumerate(districts, start=1):
        code = f"1.6{number}"
        found.append(
            _school(code, f"SD Negeri Kecamatan {district.name}", f"SDN {district.name}", weight=0.0)
        )
        names = [f"{site} {n}" if n else site for site, ns in district.schools.items() for n in ns]
        found += [
            UnitPlan(
                f"{code}.{n}",
                f"SD Negeri {name}",
                f"SDN {name}",
                "school",
                code,
                office=False,
                weight=7.7,
                trade=Trade.SCHOOL,
            )
            for n, name in enumerate(names, start=1)
        ]
    found.append(_school("1.71", "TK Negeri Pembina", "TK Negeri", weight=9.0))
    return found


def _school(code: str, name: str, short: str, *, weight: float) -> UnitPlan:
    return _office(code, name, short, "school", weight=weight, trade=Trade.SCHOOL, below=EDUCATION_CODE)


def _brief(name: str) -> str:
    for long, short in _BREVITY:
        name = name.replace(long, short)
    return name


def _split(total: int, parts: int) -> list[int]:
    return [total // parts + (n < total % parts) for n in range(parts)]
