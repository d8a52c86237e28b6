"""Who is enrolled at one simulated terminal: users by the number it gave them, and their fingers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

RIGHT_INDEX: Final = 6
"""How terminals number that finger: 0 to 4 the left hand from its little finger on, 5 to 9 the right one."""

_MOST_NUMBER: Final = 65_535
_TEMPLATE_SIZE: Final = 512


@dataclass(frozen=True, slots=True)
class SimUser:
    """Somebody whose finger the terminal knows."""

    pin: str
    name: str
    nip: str = ""
    """Known to the simulator only; no terminal has a field for it."""
    privilege: int = 0
    card: int = 0
    password: str = ""
    group: str = "1"
    fingers: tuple[int, ...] = (RIGHT_INDEX,)
    """Fingers to make templates up for when enrolled; empty for somebody who is only a name here."""


class Enrolled:
    """Raises `ValueError` where there is no room. Numbers count up from 1 and are not given twice."""

    def __init__(self, serial: str, capacity: int) -> None:
        self._serial = serial
        self._capacity = min(capacity, _MOST_NUMBER)
        self._users: dict[int, SimUser] = {}
        self._numbers: dict[str, int] = {}
        self._templates: dict[int, dict[int, bytes | None]] = {}
        """None: a made-up one, not made yet."""

    def __len__(self) -> int:
        return len(self._users)

    def __iter__(self) -> Iterator[tuple[int, SimUser]]:
        return iter(self._users.items())

    def number(self, pin: str) -> int:
        """The user's number; 0 for nobody here."""
        return self._numbers.get(pin, 0)

    def at(self, number: int) -> SimUser | None:
        """Who has this number."""
        return self._users.get(number)

    def by_pin(self, pin: str) -> SimUser | None:
        """Who has this PIN."""
        return self._users.get(self.number(pin))

    def enrol(self, user: SimUser) -> None:
        """Add somebody with a template for each finger, or change the user with that PIN."""
        number = self.number(user.pin) or max(self._users, default=0) + 1
        self.put(number, user)
        for finger in user.fingers:
            self._templates.setdefault(number, {}).setdefault(finger, None)

    def put(self, number: int, user: SimUser) -> None:
        """Write a user as number `number`, over whoever had it; that one's templates stay.

        Raises `ValueError` when another number has that PIN already.
        """
        before = self._users.get(number)
        if before is None and (len(self._users) >= self._capacity or not 0 < number <= _MOST_NUMBER):
            raise ValueError(f"{self._serial}: no room for user {user.pin}")
        if self.number(user.pin) not in (0, number):
            raise ValueError(f"{self._serial}: PIN {user.pin} is user {self.number(user.pin)}")
        if before is not None:
            del self._numbers[before.pin]
        self._users[number] = user
        self._numbers[user.pin] = number

    def remove(self, number: int) -> bool:
        """Forget a user with all templates; False when nobody has this number."""
        user = self._users.pop(number, None)
        if user is None:
            return False
        del self._numbers[user.pin]
        self._templates.pop(number, None)
        return True

    @property
    def finger_count(self) -> int:
        """How many templates there are."""
        return sum(len(fingers) for fingers in self._templates.values())

    @property
    def templates(self) -> Mapping[tuple[str, int], bytes]:
        """Every template, by PIN and finger."""
        return {
            (user.pin, finger): self._filled(number, finger)
            for number, user in self._users.items()
            for finger in self._templates.get(number, ())
        }

    def template(self, number: int, finger: int) -> bytes | None:
        """One template; None when there is none."""
        return self._filled(number, finger) if finger in self._templates.get(number, ()) else None

    def put_template(self, number: int, finger: int, template: bytes) -> None:
        """Keep a template. Raises `ValueError` when nobody has this number, or it has no such finger."""
        if number not in self._users or not 0 <= finger <= 9:
            raise ValueError(f"{self._serial}: no finger {finger} of user {number}")
        self._templates.setdefault(number, {})[finger] = template

    def remove_template(self, number: int, finger: int) -> bool:
        """Forget a template; False when there is none."""
        fingers = self._templates.get(number, {})
        if finger not in fingers:
            return False
        del fingers[finger]
        return True

    def _filled(self, number: int, finger: int) -> bytes:
        kept = self._templates[number][finger]
        if kept is None:
            kept = made_up_template(self._serial, self._users[number].pin, finger)
            self._templates[number][finger] = kept
        return kept


def made_up_template(serial: str, pin: str, finger: int) -> bytes:
    """Nobody's finger: the same bytes for the same terminal, PIN and finger, other ones for any other."""
    # The last byte is not zero, because clients take zeros at the end for padding.
    return random.Random(f"{serial}/{pin}/{finger}").randbytes(_TEMPLATE_SIZE - 1) + b"\x5a"
