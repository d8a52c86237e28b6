"""What the fuzzers need to know of a parser, and trying one input on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Run = Callable[[bytes], object]
Grow = Callable[[int], bytes]
"""Gives an input of about so many bytes."""


@dataclass(frozen=True, slots=True)
class Parser:
    """One parser of the project. Whatever the bytes, it may raise `allowed` and nothing else."""

    name: str
    run: Run
    allowed: tuple[type[Exception], ...] = ()
    seeds: Sequence[bytes] = ()
    """Sound inputs, from which unsound ones are made."""
    tokens: Sequence[bytes] = ()
    """Words of its language."""
    longest: int = 384
    """Bytes of the longest input tried; those of `grow` are longer."""
    most: int | None = None
    """Bytes beyond which an input is refused, or kept, without being looked at; None: no limit of its own."""
    grow: Mapping[str, Grow] = field(default_factory=dict)
    """Forms that might take more than linear time, besides those tried on every parser."""

    def attempt(self, data: bytes) -> bool:
        """Whether the input was taken; False when it was refused as it may be. Anything else comes out, with
        the input in a note.
        """
        try:
            self.run(data)
        except self.allowed:
            return False
        except Exception as error:
            error.add_note(f"{self.name} was given {data.hex()}")
            raise
        return True
