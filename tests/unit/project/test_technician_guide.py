"""The technician's guide has a recipe for everything that can be simulated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from simulators.adms.dialects import DIALECTS
from simulators.control import parse_request
from simulators.faults import FAULTS
from simulators.models import MODELS
from simulators.stick import STICK_DIALECTS

GUIDE = (Path(__file__).parents[3] / "docs" / "technician.md").read_text("utf-8")
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def rows(start: str, end: str) -> list[str]:
    """The first cells of the tables between two texts."""
    return ROW.findall(GUIDE.partition(start)[2].partition(end)[0])


@pytest.mark.parametrize(
    ("start", "end", "names"),
    [
        ("## Makes", "Push dialects,", MODELS),
        ("Push dialects,", "Sticks,", DIALECTS),
        ("Sticks,", "## Faults", STICK_DIALECTS),
        ("## Faults", "## For scripts", FAULTS),
    ],
    ids=["makes", "push dialects", "sticks", "faults"],
)
def test_everything_that_can_be_simulated_has_its_row_and_nothing_else(
    start: str, end: str, names: Iterable[str]
) -> None:
    assert sorted(rows(start, end)) == sorted(names)


def test_the_request_that_the_guide_shows_can_be_asked() -> None:
    [shown] = re.findall(r"```json\n(.+)\n```", GUIDE)
    assert json.loads(shown)["op"] == parse_request(shown.encode()).op
