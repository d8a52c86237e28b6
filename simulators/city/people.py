"""Makes the people: sex, age, name, titles, NIP and PIN that fit each other and belong to nobody."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from simulators.city.names import Tradition, draw_name, draw_tradition
from simulators.city.plan import PersonPlan, Trade, UnitPlan

SYNTHETIC_SEQUENCE = 900
"""NIP sequence numbers start here: so many people with one birth date, appointment month and sex never are
appointed, so a synthetic NIP is recognised at sight and is nobody's."""

CONTRACT_CODE = 21
"""Stands where the appointment month would be in the number of contract staff (PPPK)."""

_WOMEN_SHARE = {Trade.OFFICE: 0.46, Trade.FIELD: 0.16, Trade.SCHOOL: 0.67, Trade.CLINIC: 0.72}
_OLDEST, _YOUNGEST = 59, 22
_CONTRACT_SHARE = 0.08
_CONTRACT_FIRST_YEAR = 2021


class _Numbers:
    """Gives out NIPs and PINs, each once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._next_sequence: dict[str, int] = {}
        self._pins: set[int] = set()
        self._counting = 1000

    def nip(self, born: date, appointed: str, *, woman: bool) -> str:
        stem = f"{born:%Y%m%d}{appointed}{2 if woman else 1}"
        sequence = self._next_sequence.get(stem, SYNTHETIC_SEQUENCE)
        self._next_sequence[stem] = sequence + 1
        return f"{stem}{sequence:03d}"

    def pin(self) -> str:
        """Most count up from 1000; some have six or nine digits, as sites that numbered by themselves have;
        a few begin with zeros.
        """
        luck = self._rng.random()
        if luck < 0.72:
            self._counting += 1
            while self._counting in self._pins:
                self._counting += 1
            number, width = self._counting, 0
        else:
            low, high, width = (
                (100_000, 999_999, 0)
                if luck < 0.9
                else (100_000_000, 999_999_999, 0)
                if luck < 0.997
                else (100, 999, 5)
            )
            number = self._rng.randint(low, high)
            while number in self._pins:
                number = self._rng.randint(low, high)
        self._pins.add(number)
        return f"{number:0{width}d}"


def populate(
    rng: random.Random, units: Sequence[UnitPlan], count: int, reference: date
) -> tuple[PersonPlan, ...]:
    """`count` people spread over `units` by their weights, as they are on the day `reference`."""
    numbers = _Numbers(rng)
    return tuple(
        _person(rng, numbers, unit, reference, head=place == 0)
        for unit, heads in _headcounts(units, count)
        for place in range(heads)
    )


def _headcounts(units: Sequence[UnitPlan], count: int) -> Iterator[tuple[UnitPlan, int]]:
    fixed = sum(unit.headcount or 0 for unit in units)
    # In a city too small for its fixed numbers they become shares like the others.
    keep_fixed = fixed * 3 <= count and any(unit.headcount is None and unit.weight for unit in units)
    shares = [0.0 if keep_fixed and unit.headcount is not None else _share(unit) for unit in units]
    free = count - (fixed if keep_fixed else 0)
    exact = [share * free / sum(shares) for share in shares]
    whole = [int(value) for value in exact]
    by_remainder = sorted(range(len(units)), key=lambda i: (whole[i] - exact[i], i))
    for index in by_remainder[: free - sum(whole)]:
        whole[index] += 1
    for unit, heads in zip(units, whole, strict=True):
        yield unit, unit.headcount if keep_fixed and unit.headcount is not None else heads


def _share(unit: UnitPlan) -> float:
    return float(unit.headcount) if unit.headcount is not None else unit.weight


def _person(
    rng: random.Random, numbers: _Numbers, unit: UnitPlan, reference: date, *, head: bool
) -> PersonPlan:
    woman = rng.random() < _WOMEN_SHARE[unit.trade]
    age = rng.triangular(_YOUNGEST + (15 if head else 0), _OLDEST - 1, 45 if head else 41)
    born = reference - timedelta(days=int(age * 365.25) + 1)
    tradition = draw_tradition(rng)
    before, after = _titles(rng, unit.trade, tradition, born.year, woman=woman, head=head)
    appointed, started = _appointment(rng, born, reference)
    return PersonPlan(
        nip=numbers.nip(born, appointed, woman=woman),
        pin=numbers.pin(),
        name=draw_name(rng, tradition, woman=woman, birth_year=born.year),
        title_before=before,
        title_after=after,
        woman=woman,
        born=born,
        unit_code=unit.code,
        since=max(started, date(2019 + rng.randrange(5), 1, 2)),
    )


def _appointment(rng: random.Random, born: date, reference: date) -> tuple[str, date]:
    """The six digits of the NIP that tell the appointment, and its first day."""
    earliest = born.year + 19
    latest = reference.year - 2
    if rng.random() < _CONTRACT_SHARE and latest >= _CONTRACT_FIRST_YEAR:
        year = rng.randint(max(earliest, _CONTRACT_FIRST_YEAR), max(earliest, latest))
        return f"{year}{CONTRACT_CODE}", date(year, 3, 1)
    year = min(latest, max(earliest, int(rng.triangular(born.year + 20, born.year + 36, born.year + 25))))
    month = rng.choice((1, 1, 2, 3, 3, 4, 4, 12))
    return f"{year}{month:02d}", date(year, month, 1)


def _titles(
    rng: random.Random, trade: Trade, tradition: Tradition, birth_year: int, *, woman: bool, head: bool
) -> tuple[str, str]:
    before: list[str] = []
    after: list[str] = []
    match trade:
        case Trade.SCHOOL:
            degree = rng.choices(("S.Pd.", "S.Pd.SD", "S.Pd.I.", "S.Ag.", ""), (58, 20, 7, 3, 12))[0]
        case Trade.CLINIC:
            degree = _clinic_degree(rng, before, woman=woman)
        case Trade.OFFICE:
            degree = rng.choices(
                ("S.E.", "S.H.", "S.Sos.", "S.STP.", "S.Kom.", "S.T.", "S.AP.", "A.Md.", ""),
                (18, 9, 12, 5, 7, 5, 5, 8, 31),
            )[0]
        case Trade.FIELD:
            degree = rng.choices(("S.T.", "S.Sos.", "S.H.", "A.Md.", ""), (13, 5, 2, 7, 73))[0]
    # Until the 1990s graduates wore Drs., Dra. or Ir. before the name instead.
    if degree.startswith("S.") and birth_year <= 1971 and trade is not Trade.CLINIC and rng.random() < 0.4:
        before.append("Ir." if degree == "S.T." else "Dra." if woman else "Drs.")
        degree = ""
    after += [degree] if degree else []
    if head or (degree and rng.random() < 0.12):
        after.append(
            "M.Pd."
            if trade is Trade.SCHOOL
            else "M.Kes."
            if trade is Trade.CLINIC
            else rng.choice(("M.Si.", "M.M.", "M.AP."))
        )
    pilgrim = tradition in {Tradition.JAVANESE, Tradition.ARABIC, Tradition.MADURESE}
    if pilgrim and birth_year <= 1982 and rng.random() < 0.12:
        before.insert(0, "Hj." if woman else "H.")
    return " ".join(before), ", ".join(after)


def _clinic_degree(rng: random.Random, before: list[str], *, woman: bool) -> str:
    luck = rng.random()
    if luck < 0.08:
        before.append("dr.")
        return rng.choice(("", "", "", "Sp.PD.", "Sp.A.", "Sp.B.", "Sp.OG."))
    if luck < 0.1:
        before.append("drg.")
        return ""
    if woman and luck < 0.34:
        return rng.choice(("A.Md.Keb.", "A.Md.Keb.", "S.Tr.Keb.", "S.ST."))
    return rng.choices(
        ("S.Kep., Ns.", "A.Md.Kep.", "S.Farm., Apt.", "A.Md.Farm.", "S.K.M.", "A.Md.A.K.", "S.Gz.", ""),
        (26, 30, 6, 6, 8, 6, 4, 14),
    )[0]
