from __future__ import annotations

from datetime import time
from importlib import resources
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.rules import load_rules

STANDARD = (resources.files("config") / "rules" / "standard.toml").read_text("utf-8")


def test_the_standard_week_starts_at_half_past_seven_and_rests_at_the_weekend() -> None:
    pack = load_rules("standard")
    assert pack.week.days[0] == (time(7, 30), time(16))
    assert pack.week.days[4] == (time(7, 30), time(16, 30))
    assert pack.week.days[5:] == (None, None)


def test_an_unknown_pack_names_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match=r'\[board\] rules: .*"standart"; did you mean "standard"'):
        load_rules("standart")


def test_a_missing_pack_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no rule pack file .*own\.toml"):
        load_rules(str(tmp_path / "own.toml"))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('monday = ["07:30", "16:00"]', 'monday = ["16:00", "07:30"]', r":\d+: \[week\] monday: work ends"),
        ('monday = ["07:30", "16:00"]', 'monday = ["07:30"]', r"\[week\] monday: write start and end"),
        ('monday = ["07:30", "16:00"]', 'monday = ["7.30", "16:00"]', r"\[week\] monday: .*'7.30'"),
        ('monday = ["07:30", "16:00"]', 'mondya = ["07:30", "16:00"]', r'did you mean "monday"'),
        ('opens = "06:00"', 'opens = "23:30"', r"\[window\].*closes at 23:00, not after it opens"),
        (
            'opens = "06:00"',
            'opens = "08:00"',
            r":\d+: \[window\]: 08:00–23:00 does not hold .* monday",
        ),
        ('{ code = "TL1", to = 30 }', '{ code = "TL1", to = 70 }', r"\[late\] classes: every class but"),
        (
            '{ code = "TL4" }',
            '{ code = "TL4", to = 120 }',
            r"\[late\] classes: the last class, TL4, must have",
        ),
        ("tolerance = 0", "tolerance = -1", r"\[late\] tolerance: .*greater than or equal to 0"),
    ],
)
def test_a_wrong_figure_is_refused_with_file_key_and_reason(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    path = tmp_path / "own.toml"
    assert right in STANDARD
    path.write_text(STANDARD.replace(right, wrong, 1), "utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        load_rules(str(path))
    assert str(path) in str(caught.value)
