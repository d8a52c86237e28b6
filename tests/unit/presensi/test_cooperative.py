"""Beginning anew with gevent."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from config.errors import ConfigError
from presensi import cooperative
from presensi.cooperative import begin_anew, is_cooperative


def test_without_gevent_it_says_what_to_install_and_which_setting_to_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cooperative, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r'presensi\[gevent\].*workers = "threads"'):
        begin_anew()


@pytest.mark.parametrize("here", [True, False])
def test_the_same_process_goes_on_with_the_same_arguments(
    monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    """Nothing is looked for in the folder where it happens to run, unless it was before."""
    called: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _, arguments: called.append(arguments))
    monkeypatch.setattr(sys, "argv", ["/usr/bin/presensi", "wall", "--config", "a b.toml"])
    monkeypatch.setattr(sys, "path", [str(Path.cwd()) if here else "/usr/bin", *sys.path])
    begin_anew()
    [(python, *rest)] = called
    assert python == sys.executable
    assert rest == [*([] if here else ["-P"]), "-m", "presensi.cooperative", "wall", "--config", "a b.toml"]


def test_a_process_that_did_not_begin_so_is_not_cooperative() -> None:
    assert not is_cooperative()
