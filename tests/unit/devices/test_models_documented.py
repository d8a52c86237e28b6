from __future__ import annotations

import re
from pathlib import Path

import pytest

from devices.zk.events import EVENT_LAYOUTS
from devices.zk.layouts import LAYOUTS
from simulators.models import MODELS

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if line.startswith("|")
]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_says_what_it_rests_on(name: str) -> None:
    (row,) = (row for row in ROWS if row[0] == name)
    assert re.fullmatch(r"[BISP]( [BISP])*", row[2])


@pytest.mark.parametrize("size", EVENT_LAYOUTS)
def test_every_event_size_says_what_it_rests_on(size: int) -> None:
    assert any(re.search(rf"\b{size}\b", row[0]) and "live event" in row[0] for row in ROWS)


@pytest.mark.parametrize("name", MODELS)
def test_every_simulated_make_is_described_as_it_is(name: str) -> None:
    (row,) = (row for row in ROWS if name in row[0].split(", "))
    model = MODELS[name]
    if not model.secure:
        assert (row[1], row[2]) == (model.record, str(model.event_size))
