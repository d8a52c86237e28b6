"""What can be done to a terminal's users, its screen and its voice, each in a session of its own.

Every change is proved by reading it back, except what no terminal lets anybody read: its screen and its
voice. Punches in the log are never touched, and nobody is kept from punching meanwhile.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from devices.driver import Target, UserRecord
from devices.errors import Unsupported, UserConflict, VerificationFailed
from devices.zk.admin import Progress, Zk, nobody, visit
from devices.zk.commands import Command
from devices.zk.user_entry import UserEntry, UserList

SCREEN_LINE: Final = 24
"""Characters of one line on a terminal's screen."""
_FIRST_GROUP: Final = "1"
_SCREEN = struct.Struct("<HB")
_VOICE = struct.Struct("<I")
_THANK_YOU: Final = 0

Steps = tuple[str, ...]
"""What was done, a sentence each; with `dry_run`, what would be."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """Somebody to be known at a terminal. The finger is enrolled there, or copied from another one."""

    pin: str
    name: str
    privilege: int = 0
    card: int = 0


@dataclass(frozen=True, slots=True)
class UserChanges:
    """What to change of a user; None leaves it."""

    name: str | None = None
    privilege: int | None = None
    card: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A user and the fingers that belong to it, on the way from one terminal to another. In memory only."""

    entry: UserEntry
    templates: Mapping[int, bytes]
    """By finger."""
    algorithm: str
    """Version of the terminal's fingerprint algorithm: another one cannot use these templates."""

    def __repr__(self) -> str:
        return f"<{len(self.templates)} fingers of {self.entry!r}>"


class Administrator:
    """Administers one terminal. Every method raises `DeviceError` only, and takes at most the target's bulk
    deadline.
    """

    def __init__(self, target: Target, driver: str = "zk-tcp") -> None:
        """`driver`: the key in `devices.registry` by which the terminal is read."""
        self._target = target
        self._driver = driver

    async def users(self) -> list[UserRecord]:
        """The terminal's users, without passwords."""

        def work(zk: Zk, _: Progress) -> list[UserRecord]:
            return [entry.record for entry in zk.user_list().entries]

        return await visit(self._target, self._driver, work)

    async def add_user(self, user: NewUser, *, dry_run: bool = False) -> Steps:
        """Add a user. One that is there just the same is left as it is: it was added before."""

        def work(zk: Zk, _: Progress) -> Steps:
            users = zk.user_list()
            size = zk.size_to_write(users)
            known = users.by_pin(user.pin)
            index = known.index if known else users.free_index(user.pin, size)
            name = user.name.encode("utf-8")
            entry = UserEntry(index, user.privilege, b"", name, user.card, _FIRST_GROUP, user.pin).fitted(
                size
            )
            if known is not None and entry.shows_as(known):
                raise UserConflict(f"the PIN {user.pin} is user {index} there, registered otherwise")
            if known is not None:
                return (f"PIN {user.pin} is there already, as user {index}",)
            if not dry_run:
                zk.write_user(entry, size)
            return (f"add PIN {user.pin} as user {index}",)

        return await visit(self._target, self._driver, work)

    async def update_user(self, pin: str, changes: UserChanges, *, dry_run: bool = False) -> Steps:
        """Change a user; fingers, password and group stay."""

        def work(zk: Zk, _: Progress) -> Steps:
            users = zk.user_list()
            known, size = _known(users, pin), zk.size_to_write(users)
            entry = replace(
                known,
                name=known.name if changes.name is None else changes.name.encode("utf-8"),
                privilege=known.privilege if changes.privilege is None else changes.privilege,
                card=known.card if changes.card is None else changes.card,
            ).fitted(size)
            changed = entry.shows_as(known)
            if not changed:
                return (f"user {known.index}, PIN {pin}, is so already",)
            if not dry_run:
                zk.write_user(entry, size)
            return (f"change the {' and the '.join(changed)} of user {known.index}, PIN {pin}",)

        return await visit(self._target, self._driver, work)

    async def delete_user(self, pin: str, *, dry_run: bool = False, gone_is_done: bool = False) -> Steps:
        """Delete a user with all fingers; the punches in the log stay. `gone_is_done`: that nobody has the
        PIN is no error, because an attempt that was interrupted may have done it.
        """

        def work(zk: Zk, progress: Progress) -> Steps:
            users = zk.user_list()
            if gone_is_done and users.by_pin(pin) is None:
                return (f"nobody has the PIN {pin} there any more",)
            known = _known(users, pin)
            if not dry_run:
                zk.remove_user(known.index)
                if zk.user_list().by_pin(pin) is not None:
                    raise VerificationFailed(f"user {known.index} is still there")
                # A finger left behind would speak for whoever gets the number next.
                zk.drop_fingers(known.index, zk.read_fingers(known.index, progress))
            return (f"delete user {known.index}, PIN {pin}, with all fingers",)

        return await visit(self._target, self._driver, work)

    async def read_person(self, pin: str, progress: Progress = nobody) -> Person:
        """The user with that PIN and all fingers, for `write_person` at another terminal."""

        def work(zk: Zk, told: Progress) -> Person:
            known = _known(zk.user_list(), pin)
            return Person(known, zk.read_fingers(known.index, told), str(zk.get_fp_version()))

        return await visit(self._target, self._driver, work, progress)

    async def write_person(
        self, person: Person, *, over: bool = False, dry_run: bool = False, progress: Progress = nobody
    ) -> Steps:
        """Add the person, or bring the one with the same PIN and name up to date; every finger is proved.
        `over`: whoever has the PIN here is replaced, whatever the name says, and fingers that the person does
        not bring are deleted.
        """

        def work(zk: Zk, told: Progress) -> Steps:
            users = zk.user_list()
            size, pin, fingers = zk.size_to_write(users), person.entry.pin, sorted(person.templates)
            known = users.by_pin(pin)
            index = known.index if known else users.free_index(pin, size)
            entry = replace(person.entry, index=index).fitted(size)
            if known is not None and known.name != entry.name and not over:
                raise UserConflict(f"the PIN {pin} is user {index} there, under another name")
            if fingers and (algorithm := str(zk.get_fp_version())) != person.algorithm:
                raise Unsupported(f"its fingers are of version {algorithm}, those to copy {person.algorithm}")
            others = zk.read_fingers(index, nobody).keys() - set(fingers) if known and over else set()
            if not dry_run:
                _copy(zk, entry, person, told)
                zk.drop_fingers(index, others)
            brought = f"fingers {', '.join(map(str, fingers))}" if fingers else "no finger"
            verb = "bring up to date" if known else "add"
            deleted = [f"delete finger {finger} of user {index}" for finger in sorted(others)]
            return (f"{verb} user {index}, PIN {pin}, with {brought}", *deleted)

        def _copy(zk: Zk, entry: UserEntry, person: Person, told: Progress) -> None:
            total = 1 + len(person.templates)
            told(0, total)
            if person.templates:
                zk.save_person(entry, person.templates)
            else:
                zk.write_user(entry, zk.user_packet_size)
            told(1, total)
            for number, (finger, template) in enumerate(person.templates.items(), 2):
                if zk.read_finger(entry.index, finger) != template:
                    raise VerificationFailed(f"finger {finger} of user {entry.index} reads back otherwise")
                told(number, total)

        return await visit(self._target, self._driver, work, progress)

    async def show_message(self, line: int, text: str, *, dry_run: bool = False) -> Steps:
        """Write on a line (0 to 7) of the terminal's screen; without a text, clear the screen."""

        def work(zk: Zk, _: Progress) -> Steps:
            if not dry_run and text:
                shown = text.encode("ascii", "replace")[:SCREEN_LINE]
                zk.ask(Command.LCD_WRITE, _SCREEN.pack(line, 0) + b" " + shown)
            elif not dry_run:
                zk.ask(Command.LCD_CLEAR)
            return (f"write on line {line} of the screen" if text else "clear the screen",)

        return await visit(self._target, self._driver, work)

    async def restart(self) -> None:
        """Restart the terminal; it is away for about a minute."""
        await visit(self._target, self._driver, lambda zk, _: zk.restart())

    async def voice_test(self) -> None:
        """Let the terminal say "thank you", to find it in a building."""
        await visit(
            self._target, self._driver, lambda zk, _: zk.ask(Command.VOICE_TEST, _VOICE.pack(_THANK_YOU))
        )


def _known(users: UserList, pin: str) -> UserEntry:
    found = users.by_pin(pin)
    if found is None:
        raise UserConflict(f"nobody has the PIN {pin} there")
    return found
