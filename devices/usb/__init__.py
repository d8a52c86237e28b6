"""What a terminal writes to a USB stick: attlog.dat, user.dat, and the GLG/AGL text of non-ZK boards.

Pure: bytes in, records out.
"""

from devices.usb.dates import DateOrder
from devices.usb.errors import AmbiguousDates, NotAStickFile, OtherDates, StickError
from devices.usb.files import parse
from devices.usb.stick_file import FileKind, StickFile

__all__ = [
    "AmbiguousDates",
    "DateOrder",
    "FileKind",
    "NotAStickFile",
    "OtherDates",
    "StickError",
    "StickFile",
    "parse",
]
