"""A helper process of a benchmark: says "ready", works while its standard input is open, answers in JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

READY = "ready"


class Helper:
    """`python -m tests.benchmarks.MODULE ARGUMENTS`, from the outside: use it as a context manager."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._module = module
        self._command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def wait_ready(self) -> None:
        """Wait until it has begun."""
        if self._line() != READY:
            raise RuntimeError(f"{self._module} did not begin")

    def ask(self, line: str = "") -> Any:
        """Send one line and wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def finish(self) -> Any:
        """Close its input and wait for its last word."""
        answer, _ = self.process.communicate(timeout=60)
        if self.process.returncode:
            raise RuntimeError(f"{self._module} failed")
        return json.loads(answer)

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._module} ended before it answered")
        return line.strip()
