"""The fixed short budget of `make test`; `make fuzz` is the long one."""

from __future__ import annotations

import pytest

from tests.fuzz import by_hypothesis, growth
from tests.fuzz.parser import Parser
from tests.fuzz.parsers import PARSERS

EXAMPLES = 20


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


def _slips(data: bytes) -> None:
    if data.startswith(b"PIN=") and len(data) > 8:
        raise ZeroDivisionError


def _searches_again_and_again(data: bytes) -> None:
    for at in range(0, len(data), 8):
        data.count(b"\xaa", at)


def test_an_error_that_is_not_the_parsers_own_is_found_and_its_input_told() -> None:
    slipping = Parser("slipping", _slips, (ValueError,), [b"PIN=1"])
    with pytest.raises(ZeroDivisionError) as found:
        by_hypothesis.run(slipping, 10_000)
    assert any(b"PIN=".hex() in note for note in found.value.__notes__)


def test_time_that_grows_faster_than_the_input_is_found() -> None:
    quadratic = Parser("quadratic", _searches_again_and_again, seeds=[b"x"], most=1 << 16)
    assert not growth.slowness(quadratic, every_form=False).linear
