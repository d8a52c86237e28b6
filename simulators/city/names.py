"""Puts believable Javanese and Indonesian names together by chance; nobody's in particular."""

from __future__ import annotations

import random
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

YOUNG_FROM = 1980
"""Birth year from which the younger generation's names are drawn."""

_BALINESE_ORDER = ("Wayan", "Made", "Nyoman", "Ketut", "Putu", "Kadek", "Komang", "Gede")
_CLOSERS_MAN = ("Huda", "Hakim", "Anam", "Rohman", "Arifin", "Ulum")
_CLOSERS_WOMAN = ("Hidayah", "Jannah", "Hasanah", "Laili", "Khasanah", "Aini")


class Tradition(StrEnum):
    """Whose way of naming a person follows."""

    JAVANESE = "javanese"
    ARABIC = "arabic"
    MADURESE = "madurese"
    BALINESE = "balinese"
    CHINESE = "chinese"
    CHRISTIAN = "christian"


_SHARES = {
    Tradition.JAVANESE: 62.0,
    Tradition.ARABIC: 29.0,
    Tradition.MADURESE: 4.5,
    Tradition.BALINESE: 1.2,
    Tradition.CHINESE: 1.1,
    Tradition.CHRISTIAN: 2.2,
}


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    tables: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
        files(__package__).joinpath("names.toml").read_text("utf-8")
    )
    return tables


@cache
def _given(woman: bool, tradition: Tradition, young: bool) -> tuple[str, ...]:
    table = _tables()["woman" if woman else "man"][tradition]
    return tuple(table["young" if young else "old"].split())


@cache
def _family(key: str) -> tuple[str, ...]:
    """Words of the `family` table: family names, and words that open a name."""
    return tuple(str(_tables()["family"][key]).split())


def draw_tradition(rng: random.Random) -> Tradition:
    """A tradition, as often as in an East Javanese city."""
    return rng.choices(list(_SHARES), list(_SHARES.values()))[0]


def draw_name(rng: random.Random, tradition: Tradition, *, woman: bool, birth_year: int) -> str:
    """A full name without titles; one word for some, up to four for others."""
    young = birth_year >= YOUNG_FROM
    given = _given(woman, tradition, young)
    match tradition:
        case Tradition.JAVANESE:
            return _javanese(rng, given, woman=woman, young=young)
        case Tradition.ARABIC:
            return _arabic(rng, given, woman=woman)
        case Tradition.MADURESE:
            return _madurese(rng, given)
        case Tradition.BALINESE:
            particle = "Ni" if woman else "I"
            return f"{particle} {rng.choice(_BALINESE_ORDER)} {rng.choice(given)}"
        case Tradition.CHINESE:
            return f"{rng.choice(given)} {rng.choice(_family('chinese'))}"
        case Tradition.CHRISTIAN:
            family = _family("batak") if rng.random() < 0.3 else _family(_javanese_key(woman))
            return f"{rng.choice(given)} {rng.choice(family)}"


def _javanese_key(woman: bool) -> str:
    return "javanese_woman" if woman else "javanese_man"


def _javanese(rng: random.Random, given: tuple[str, ...], *, woman: bool, young: bool) -> str:
    # Single names are common among those born before about 1980 and rare after.
    if rng.random() < (0.02 if young else 0.2):
        return rng.choice([name for name in given if len(name) > 5])
    parts = [rng.choice(given)]
    if rng.random() < (0.45 if young else 0.12):
        parts.append(rng.choice(given))
    parts.append(rng.choice(_family(_javanese_key(woman))))
    return _distinct(parts)


def _arabic(rng: random.Random, given: tuple[str, ...], *, woman: bool) -> str:
    parts = rng.sample(given, 2)
    if woman and rng.random() < 0.35:
        parts = ["Siti", *[part for part in parts if part != "Siti"]]
    elif not woman and rng.random() < 0.3:
        first = rng.choice(("Muhammad", "Mohammad", "Moch.", "M."))
        parts = [first, *[part for part in parts if not part.startswith(("Mo", "Muhammad"))]]
    elif rng.random() < 0.25:
        parts.append(rng.choice(_family(_javanese_key(woman))))
    if parts[-1] in _family("openers"):
        parts.append(rng.choice(_CLOSERS_WOMAN if woman else _CLOSERS_MAN))
    return _distinct(parts)


def _madurese(rng: random.Random, given: tuple[str, ...]) -> str:
    plain = [name for name in given if not name.endswith(".")]
    if rng.random() < 0.3:
        return rng.choice(plain)
    return _distinct([rng.choice(given), rng.choice(plain)])


def _distinct(parts: list[str]) -> str:
    return " ".join(dict.fromkeys(parts))
