"""The fixed short budget of `make test`; `make fuzz` is the long one."""

from __future__ import annotations

import pytest

from tests.fuzz import by_hypothesis, growth
from tests.fuzz.parsers import PARSERS

EXAMPLES = 40


@pytest.mark.parametrize("name", PARSERS)
def test_only_the_parsers_own_error_escapes(name: str) -> None:
    tried: list[int] = []
    by_hypothesis.examples(PARSERS[name], EXAMPLES, tried.append)
    assert sum(tried) >= EXAMPLES


@pytest.mark.parametrize("name", PARSERS)
def test_sound_inputs_are_taken(name: str) -> None:
    parser = PARSERS[name]
    assert all(parser.attempt(sound) for sound in parser.seeds)


@pytest.mark.parametrize("name", PARSERS)
def test_no_input_takes_more_than_linear_time(name: str) -> None:
    found = growth.slowness(PARSERS[name], every_form=False)
    assert found.linear, f"{found.ratio:.1f} times as long a byte: {found.form}"
