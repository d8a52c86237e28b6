"""Operation lines, `table=OPERLOG`: what was done at the terminal, and the users it knows.

    OPLOG 4 TAB 1 TAB 2026-11-23 07:00:00 TAB 0 TAB 0 TAB 0 TAB 0 LF
    USER PIN=1001 TAB Name=Siti TAB Pri=0 TAB Passwd=… TAB Card=[0000000000] TAB Grp=1 TAB TZ=… LF
    FP PIN=1001 TAB FID=0 TAB Size=… TAB Valid=1 TAB TMP=… LF          FACE, USERPIC, BIODATA likewise

Passwords and templates are never taken over; only users are, and of them only what is named here.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.adms.attlog import split_lines
from devices.adms.text import is_pin, read_number, read_pairs

_USER = "USER "


@dataclass(frozen=True, slots=True)
class PushUser:
    """A user as the terminal names it, without password or template."""

    pin: str
    name: str
    privilege: int
    """0 ordinary, 2 enroller, 6 administrator, 14 super administrator."""
    card: str


@dataclass(frozen=True, slots=True)
class Operations:
    """What the lines said: everything but `users` is only counted."""

    users: tuple[PushUser, ...]
    ignored: int

    @property
    def lines(self) -> int:
        """How many lines there were."""
        return len(self.users) + self.ignored


def parse_operlog(body: bytes) -> Operations:
    """Every line that is not blank; never fails."""
    users: list[PushUser] = []
    ignored = 0
    for line in split_lines(body):
        user = _read_user(line.encode("latin-1")) if line.startswith(_USER) else None
        if user is None:
            ignored += 1
        else:
            users.append(user)
    return Operations(tuple(users), ignored)


def encode_user_line(user: PushUser) -> bytes:
    """The line, LF included, with which a terminal tells of a user."""
    return (
        f"USER PIN={user.pin}\tName={user.name}\tPri={user.privilege}\tPasswd=\tCard={user.card}"
        "\tGrp=1\tTZ=0000000100000000\n"
    ).encode()


def _read_user(line: bytes) -> PushUser | None:
    pairs = read_pairs(line[len(_USER) :], b"\t")
    pin = pairs.get("pin", "")
    if not is_pin(pin):
        return None
    return PushUser(pin, pairs.get("name", ""), read_number(pairs.get("pri", "")) or 0, pairs.get("card", ""))
