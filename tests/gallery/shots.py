"""Which pictures are taken, and which of them the documentation keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FULL_HD, UHD, NOTEBOOK, PROJECTOR, PHONE = "1080p", "4k", "1366x768", "1024x768", "phone"
SIZES = {
    FULL_HD: (1920, 1080),
    UHD: (3840, 2160),
    NOTEBOOK: (1366, 768),
    PROJECTOR: (1024, 768),
    PHONE: (390, 844),
}
"""CSS pixels, and so is the picture."""
DARK, LIGHT, NIGHT = "dark", "light", "night"
VIEWS = {
    "city": "#/",
    "office": "#/unit/{bkpsdm}",
    "names": "#/names/late",
    "absent": "#/names/absent",
    "lists": "#/names",
    "terminals": "#/terminals",
    "day": "#/day",
    "waiting": "#/?state=waiting",
    "pairing": "#/",
}
"""Name → hash; `{bkpsdm}` is the number of that office."""
PAIRING = "pairing"


@dataclass(frozen=True)
class Shot:
    """One picture."""

    situation: str
    view: str
    size: str = FULL_HD
    theme: str = DARK
    language: str = "id"

    @property
    def name(self) -> str:
        """Of its file, without the ending."""
        language = "" if self.language == "id" else f"-{self.language}"
        return f"{self.situation}-{self.view}-{self.size}-{self.theme}{language}"


KEPT = (
    Shot("early", "lists"),
    Shot("morning", "city"),
    Shot("morning", "city", theme=LIGHT),
    Shot("morning", "city", theme=NIGHT),
    Shot("morning", "city", UHD),
    Shot("morning", "city", NOTEBOOK),
    Shot("morning", "city", PROJECTOR),
    Shot("morning", "city", PHONE),
    Shot("morning", "terminals", theme=LIGHT),
    Shot("half-past", "city"),
    Shot("half-past", "office"),
    Shot("half-past", "names"),
    Shot("half-past", "names", PHONE, LIGHT),
    Shot("half-past", "city", language="en", theme=LIGHT),
    Shot("corrected", "day"),
    Shot("network", "city"),
    Shot("network", "terminals"),
    Shot("holiday", "city"),
    Shot("dark", "city"),
    Shot("empty", "city"),
    Shot("empty", "pairing"),
)
"""What `docs/images` holds."""


def shots(*, everything: bool) -> list[Shot]:
    """The pictures of the documentation; or every situation, view, size and theme that can differ."""
    return [*KEPT, *dict.fromkeys(shot for shot in _all() if shot not in KEPT)] if everything else [*KEPT]


def _all() -> Iterator[Shot]:
    views = [view for view in VIEWS if view != PAIRING]
    for situation in ("morning", "half-past", "corrected", "network", "holiday", "dark"):
        for view in views:
            yield Shot(situation, view)
    for view in views:
        for size in SIZES:
            for theme in (DARK, LIGHT):
                yield Shot("half-past", view, size, theme)
        yield Shot("half-past", view, theme=NIGHT)
    for situation in ("rush", "network", "holiday", "dark", "empty"):
        for size in (PROJECTOR, PHONE):
            yield Shot(situation, "city", size)
        yield Shot(situation, "city", theme=LIGHT)
    for size in (PHONE, PROJECTOR, NOTEBOOK):
        yield Shot("early", "lists", size)
    yield Shot("early", "lists", theme=LIGHT, language="en")
    for size in (PHONE, PROJECTOR):
        yield Shot("empty", PAIRING, size)
    yield Shot("empty", PAIRING, theme=LIGHT)
