"""What can be asked of a terminal, and how it is written down on its way to the collector and back.

In the store an errand is a kind and two JSON texts. A password or a template is in none of them: a copy names
the two terminals and the PIN, and what is copied goes from one to the other in the collector's memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from attendance.ids import SerialNumber
from devices.driver import UserRecord
from devices.errors import DeviceRefused, Retry


class ErrandRefused(DeviceRefused):
    """This cannot be done by an errand."""

    retry = Retry.NEVER


class Interrupted(DeviceRefused):
    """The collector ended before this was done; it may be done in part."""

    retry = Retry.NEVER
    action = "See how the terminal stands, then ask for it again."


class Expired(DeviceRefused):
    """Nobody carried this out in time."""

    retry = Retry.NEVER
    action = "Ask for it again; `presensi doctor` says whether the collector is well."


@dataclass(frozen=True, slots=True)
class Task:
    """What all of them have."""

    action: ClassVar[str] = "terminal.administered"
    """The audit log's word for it."""
    repeatable: ClassVar[bool] = True
    """Whether it may be done again when nobody knows if it was done."""

    @property
    def about(self) -> str:
        """What it is about, for the audit log."""
        return ""


@dataclass(frozen=True, slots=True)
class ListUsers(Task):
    """Who is registered there."""

    action = "terminal.users_listed"


@dataclass(frozen=True, slots=True)
class AddUser(Task):
    """Add a user; see `devices.zk.administrator`."""

    action = "terminal.user_added"
    pin: str
    name: str
    privilege: int
    card: int

    @property
    def about(self) -> str:
        """See `Task`."""
        return f"PIN {self.pin}"


@dataclass(frozen=True, slots=True)
class UpdateUser(Task):
    """Change a user; None leaves a field as it is."""

    action = "terminal.user_changed"
    pin: str
    name: str | None
    privilege: int | None
    card: int | None

    @property
    def about(self) -> str:
        """See `Task`."""
        return f"PIN {self.pin}"


@dataclass(frozen=True, slots=True)
class DeleteUser(Task):
    """Delete a user with all fingers."""

    action = "terminal.user_deleted"
    pin: str

    @property
    def about(self) -> str:
        """See `Task`."""
        return f"PIN {self.pin}"


@dataclass(frozen=True, slots=True)
class CopyUser(Task):
    """Copy a user with all fingers from another terminal to this one."""

    action = "terminal.user_copied"
    pin: str
    source: SerialNumber
    over: bool

    @property
    def about(self) -> str:
        """See `Task`."""
        return f"PIN {self.pin} from {self.source}"


@dataclass(frozen=True, slots=True)
class SetTime(Task):
    """Set the clock to city time; `over_recorded`: also back over punches that are recorded already."""

    action = "terminal.clock_set"
    over_recorded: bool

    @property
    def about(self) -> str:
        """See `Task`."""
        return "over recorded punches" if self.over_recorded else ""


@dataclass(frozen=True, slots=True)
class ShowMessage(Task):
    """Write a line on the screen; without a text, clear the screen."""

    action = "terminal.message_shown"
    line: int
    text: str

    @property
    def about(self) -> str:
        """See `Task`."""
        return f"line {self.line}" if self.text else "cleared"


@dataclass(frozen=True, slots=True)
class Restart(Task):
    """Restart the terminal."""

    action = "terminal.restarted"
    repeatable = False
    """Nobody can punch for a minute: once is enough."""


@dataclass(frozen=True, slots=True)
class TestVoice(Task):
    """Let the terminal speak."""

    __test__: ClassVar = False  # pytest takes every name that begins so for a test
    action = "terminal.voice_tested"
    repeatable = False


KINDS: Final[Mapping[str, type[Task]]] = MappingProxyType(
    {
        "list_users": ListUsers,
        "add_user": AddUser,
        "update_user": UpdateUser,
        "delete_user": DeleteUser,
        "copy_user": CopyUser,
        "set_time": SetTime,
        "show_message": ShowMessage,
        "restart": Restart,
        "test_voice": TestVoice,
    }
)
"""By the word under which the store keeps them."""
_NAMES: Final = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, or in a dry run would be: a sentence each; and who is registered, if that was asked."""

    steps: tuple[str, ...] = ()
    users: tuple[UserRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """Why it was not done."""

    code: str
    message: str
    action: str


def encode(task: Task) -> tuple[str, str]:
    """The kind and the arguments under which the store keeps the task."""
    return _NAMES[type(task)], json.dumps(asdict(task), ensure_ascii=False)


def decode(kind: str, arguments: str) -> Task:
    """The task that `encode` wrote. Raises `ErrandRefused`, as for one of another version of this program."""
    wanted = KINDS.get(kind)
    if wanted is None:
        raise ErrandRefused(f"nobody knows how to do {kind!r}")
    try:
        values = json.loads(arguments)
        return wanted(**values)
    except (ValueError, TypeError) as error:
        raise ErrandRefused(f"{kind!r} was asked for in another way than this program does") from error


def encode_outcome(outcome: Report | Failed) -> str:
    """What came of it, as the store keeps it."""
    return json.dumps(asdict(outcome), ensure_ascii=False)


def decode_outcome(text: str) -> Report | Failed:
    """What `encode_outcome` wrote; an empty report for anything else."""
    try:
        values = json.loads(text)
        if "code" in values:
            return Failed(**values)
        users = tuple(UserRecord(**user) for user in values.get("users", ()))
        return Report(tuple(values.get("steps", ())), users)
    except (ValueError, TypeError):
        return Report()
