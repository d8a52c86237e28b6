from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices import registry
from devices.errors import Retry, UnknownDriver
from devices.zk.driver import ZkTcpDriver


@pytest.fixture
def foreign_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package that brings a driver, a broken one, and one under a name of ours."""
    (tmp_path / "solution_x.py").write_text("class Driver:\n    pass\n")
    info = tmp_path / "solution_x-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: solution-x\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[presensi.drivers]\nsolution-x = solution_x:Driver\nbroken = solution_y:Driver\n"
        "zk-tcp = solution_x:Driver\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("solution_x", None)


def test_the_tcp_driver_is_found_by_its_key() -> None:
    assert isinstance(registry.load("zk-tcp"), ZkTcpDriver)


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(UnknownDriver, match="'zk_tpc'; did you mean 'zk-tcp'") as caught:
        registry.load("zk_tpc")
    assert caught.value.retry is Retry.NEVER


def test_a_key_like_no_other_gets_the_list() -> None:
    with pytest.raises(UnknownDriver, match="there are: zk-serial, zk-tcp, zk-udp"):
        registry.load("hikvision")


def test_no_protocol_is_imported_before_a_terminal_asks_for_it() -> None:
    code = "import sys, devices.registry; print([m for m in sys.modules if m.startswith('devices.zk')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("foreign_package")
class TestDriversOfOtherPackages:
    def test_are_found_by_their_entry_point(self) -> None:
        assert type(registry.load("solution-x")).__module__ == "solution_x"
        assert "solution-x" in registry.names()

    def test_that_cannot_be_loaded_say_why(self) -> None:
        with pytest.raises(UnknownDriver, match="solution_y:Driver cannot be loaded: No module") as caught:
            registry.load("broken")
        assert isinstance(caught.value.__cause__, ModuleNotFoundError)

    def test_cannot_replace_ours(self) -> None:
        assert isinstance(registry.load("zk-tcp"), ZkTcpDriver)
