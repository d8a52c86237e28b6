"""What can be wrong with a file from a stick as a whole. A bad line is no error: it becomes a `BadRecord`."""

from __future__ import annotations

from devices.errors import DeviceError, Retry


class StickError(DeviceError):
    """The file from the stick cannot be used."""

    retry = Retry.OPERATOR


class NotAStickFile(StickError):
    """This is no file of punches or users that a terminal wrote."""

    action = "Choose the stick's ..._attlog.dat, user.dat, GLG_....TXT or AGL_....TXT."


class AmbiguousDates(StickError):
    """The file does not say whether its dates are day-month-year or month-day-year."""

    action = "Say which it is: dmy or mdy. The terminal's own menu shows how it writes dates."

    def __init__(self, detail: str, *, example: str, rows: int) -> None:
        super().__init__(detail)
        self.example = example
        """The first date that can be read both ways, as it is written."""
        self.rows = rows
        """How many rows can be read both ways."""


class OtherDates(StickError):
    """The file's own dates contradict the order that was chosen for them."""

    action = "Choose the other order, or leave the choice to the file."
