"""Fuzzing by atheris (libFuzzer), which looks for inputs that reach code no input has reached before.

libFuzzer ends its process when it is done, so each parser gets a process of its own:

    python -m tests.fuzz.by_atheris PARSER FOLDER -runs=1000000 …
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

_SECONDS_AN_INPUT: Final = 20
_MEGABYTES: Final = 2048
_DONE: Final = re.compile(r"Done (\d+) runs")


class Found(Exception):
    """libFuzzer found an input that a parser must not fail on, or is too slow for."""


def run(name: str, count: int) -> tuple[int, float]:
    """Try at least `count` inputs on the parser of that name: how many they were, and in how many seconds."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "tests.fuzz.by_atheris", name, folder),
            *(f"-runs={count}", "-seed=1", f"-artifact_prefix={folder}/"),
        ]
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        told = ended.stdout + ended.stderr
        done = _DONE.search(told)
        if ended.returncode or done is None:
            kept = [f"{path.name}: {path.read_bytes().hex()}" for path in Path(folder).glob("*-*")]
            raise Found("\n".join([*kept, told[-4000:]]))
    return int(done[1]), time.perf_counter() - begun


def available() -> bool:
    """Whether atheris is installed; there is no build of it for every system."""
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


def _child(name: str, folder: Path, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["devices", "simulators.control"]):
        from tests.fuzz.parsers import PARSERS

    parser = PARSERS[name]
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, sound in enumerate(parser.seeds):
        (corpus / f"{number}").write_bytes(sound)
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in parser.tokens))
    limits = [f"-max_len={parser.longest}", f"-timeout={_SECONDS_AN_INPUT}", f"-rss_limit_mb={_MEGABYTES}"]
    given = [sys.argv[0], *arguments, *limits, *([f"-dict={words}"] if parser.tokens else []), str(corpus)]
    atheris.Setup(given, lambda data: parser.attempt(data) and None)
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
