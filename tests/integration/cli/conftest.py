from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from presensi.cli import cli

REPOSITORY = Path(__file__).parents[3]
Run = Callable[..., Result]


@pytest.fixture
def presensi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Call the command in a folder of its own; paths become text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in os.environ:
        if name.startswith("PRESENSI_"):
            monkeypatch.delenv(name)

    def call(*arguments: object, answer: str | None = None) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=answer)

    return call


@contextmanager
def started(*arguments: object, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`presensi` with these arguments as a process of its own; ended afterwards, whatever happens."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRESENSI_")}
    command = [sys.executable, "-m", "presensi", *map(str, arguments)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            env={**environment, "PYTHONPATH": str(REPOSITORY)},
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def until(condition: Callable[[], bool], seconds: float, told: Callable[[], str] = str) -> None:
    """Wait for `condition`; fail with what `told` gives."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)
