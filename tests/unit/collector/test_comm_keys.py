import os
from pathlib import Path

import pytest

from attendance.ids import SerialNumber
from collector.comm_keys import CommKeys
from config.errors import ConfigError

ONE, OTHER = SerialNumber("CKQ1"), SerialNumber("CKQ2")


def test_a_terminal_has_its_own_key_and_the_others_share_the_default(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text('default = 7\n[terminals]\n"CKQ1" = 1234\n')
    keys = CommKeys(path)
    assert (keys.of(ONE), keys.of(OTHER)) == (1234, 7)


def test_without_a_file_every_key_is_zero() -> None:
    assert CommKeys(None).of(ONE) == 0


def test_a_corrected_key_works_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text("default = 1\n")
    keys = CommKeys(path)
    assert keys.of(ONE) == 1
    path.write_text("default = 2\n")
    os.utime(path, ns=(1, 1))
    assert keys.of(ONE) == 2


@pytest.mark.parametrize(
    "content",
    [
        "default = ",
        'default = "x"',
        "default = -1",
        "default = 1000000",
        "default = true",
        "terminals = 3",
        "key = 1",
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_no_key_is_shown(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"keys\.toml"):
        CommKeys(path)


def test_a_missing_file_is_an_error_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        CommKeys(tmp_path / "none.toml")


def test_a_change_within_the_same_tick_of_the_file_systems_clock_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text("default = 1\n")
    stamp = path.stat().st_mtime_ns
    keys = CommKeys(path)
    path.write_text("default = 1234\n")
    os.utime(path, ns=(stamp, stamp))
    assert keys.of(SerialNumber("A")) == 1234
