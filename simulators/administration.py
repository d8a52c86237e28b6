"""What a program may change at a simulated terminal: users, fingerprint templates, the screen.

    8    USER_WRQ         a user of 28 or 72 bytes, see `layouts`; new, or over whoever has that uid
    18   DELETE_USER      uid u16
    88   read a template  uid u16 | finger u8; also 9 with the same three bytes
    19   DELETE_USERTEMP  uid u16 | finger u8
    134  the same         PIN 24s | finger u8
    1500 upload           u32 size; then 1501 with the next bytes, as often as needed; then one of
    87   TMP_WRITE        uid u16 | finger u8 | flag u8 | u16 size: what was uploaded is that template
    110  save users       12 u32 | 0 u16 | 8 u16: what was uploaded is
                          u32, u32, u32 lengths of | users, each 02 and 28 or 72 bytes
                          | table, each 02 | uid u16 | 0x10 + finger u8 | u32 offset
                          | templates, each u16 size and so many bytes, at those offsets
    66   WRITE_LCD        line u16 | 0 u8 | a space | text         67   CLEAR_LCD
    69   PIN width        answered with one byte

Source: adrobinoga/zk-protocol (data-user, ex_data) for 8 to 88, fananimi/pyzk for the rest. What a terminal
does with a PIN that another uid has, nobody says: here it is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum

from devices.zk.commands import Command
from simulators.enrolled import SimUser
from simulators.layouts import unpack_user
from simulators.terminal import TerminalSim

Reply = tuple[Command, bytes]
"""Command and data of an answer."""


class Admin(IntEnum):
    """Commands of administration that our own driver never sends, so that `Command` does not name them."""

    TEMPLATES = 7
    """Only inside 1503: all of them."""
    PIN_WIDTH = 69
    TEMPLATE_WRITE = 87
    USERS_SAVE = 110
    TEMPLATE_DELETE_BY_PIN = 134


_UID = struct.Struct("<H")
_FINGER = struct.Struct("<HB")
_PIN_FINGER = struct.Struct("<24sB")
_TEMPLATE_WRITE = struct.Struct("<HBBH")
_UPLOAD = struct.Struct("<I")
_SAVE_HEAD = struct.Struct("<III")
_SAVE_ENTRY = struct.Struct("<BHBI")
_SIZE = struct.Struct("<H")
_LCD = struct.Struct("<HB")
_FINGER_BASE = 0x10
_MOST_UPLOAD = 1 << 20
_AFTER_TEMPLATE = bytes(7)
"""Follows a template on the wire; pyzk cuts that many zeros off."""
_PIN_DIGITS = 9

_OK: Reply = (Command.ACK_OK, b"")
_ERROR: Reply = (Command.ACK_ERROR, b"")


class Administration:
    """One session's view of a terminal's administration: it holds what the client is just uploading."""

    def __init__(self, terminal: TerminalSim) -> None:
        self._terminal = terminal
        self._upload: bytearray | None = None
        self._upload_size = 0
        self._handlers: dict[int, Callable[[bytes], Reply]] = {
            Command.USER_WRITE: self._write_user,
            Command.USER_DELETE: self._delete_user,
            Command.TEMPLATE_DELETE: self._delete_template,
            Admin.TEMPLATE_DELETE_BY_PIN: self._delete_template_by_pin,
            Admin.TEMPLATE_WRITE: self._write_template,
            Admin.USERS_SAVE: self._save_users,
            Command.LCD_WRITE: self._write_screen,
            Command.LCD_CLEAR: self._clear_screen,
            Admin.PIN_WIDTH: self._pin_width,
            Command.PREPARE_DATA: self._begin_upload,
            Command.DATA: self._take_upload,
        }

    def answer(self, code: int, data: bytes) -> Reply | None:
        """What a terminal answers to this command; None when it is none of administration's."""
        handler = self._handlers.get(code)
        if handler is None:
            return None
        try:
            return handler(data)
        except (ValueError, struct.error):
            return _ERROR

    def template(self, data: bytes) -> bytes | None:
        """What is sent for the template that `data` asks for; None when there is none."""
        if len(data) != _FINGER.size:
            return None
        found = self._terminal.enrolled.template(*_FINGER.unpack(data))
        return None if found is None else found + _AFTER_TEMPLATE

    def forget_upload(self) -> None:
        """The client freed the buffer, or left."""
        self._upload = None

    def _write_user(self, data: bytes) -> Reply:
        if len(data) != self._terminal.model.user_size:
            return _ERROR
        self._put_user(data)
        self._terminal.users_changed()
        return _OK

    def _put_user(self, raw: bytes) -> int:
        number, pin, name, privilege, card, password, group = unpack_user(raw)
        if not pin:
            raise ValueError("a user without a PIN")
        before = self._terminal.enrolled.at(number) or SimUser(pin, "")
        text = name.decode(self._terminal.model.name_encoding, "replace")
        user = replace(
            before, pin=pin, name=text, privilege=privilege, card=card, password=password, group=group
        )
        self._terminal.enrolled.put(number, user)
        return number

    def _delete_user(self, data: bytes) -> Reply:
        removed = self._terminal.enrolled.remove(_UID.unpack(data)[0])
        self._terminal.users_changed()
        return _OK if removed else _ERROR

    def _delete_template(self, data: bytes) -> Reply:
        return _OK if self._terminal.enrolled.remove_template(*_FINGER.unpack(data)) else _ERROR

    def _delete_template_by_pin(self, data: bytes) -> Reply:
        pin, finger = _PIN_FINGER.unpack(data)
        enrolled = self._terminal.enrolled
        number = enrolled.number(pin.rstrip(b"\0").decode("ascii", "replace"))
        return _OK if enrolled.remove_template(number, finger) else _ERROR

    def _begin_upload(self, data: bytes) -> Reply:
        size: int = _UPLOAD.unpack(data)[0]
        if size > _MOST_UPLOAD:
            return _ERROR
        self._upload, self._upload_size = bytearray(), size
        return _OK

    def _take_upload(self, data: bytes) -> Reply:
        if self._upload is None or len(self._upload) + len(data) > self._upload_size:
            return _ERROR
        self._upload += data
        return _OK

    def _uploaded(self) -> bytes:
        if self._upload is None or len(self._upload) != self._upload_size:
            raise ValueError("nothing whole was uploaded")
        uploaded, self._upload = bytes(self._upload), None
        return uploaded

    def _write_template(self, data: bytes) -> Reply:
        number, finger, _flag, size = _TEMPLATE_WRITE.unpack(data)
        uploaded = self._uploaded()
        if len(uploaded) != size:
            return _ERROR
        self._put_template(number, finger, uploaded)
        return _OK

    def _put_template(self, number: int, finger: int, template: bytes) -> None:
        enrolled = self._terminal.enrolled
        new = enrolled.template(number, finger) is None
        if new and enrolled.finger_count >= self._terminal.model.finger_capacity:
            raise ValueError("no room for another finger")
        enrolled.put_template(number, finger, template)

    def _save_users(self, _data: bytes) -> Reply:
        packet = self._uploaded()
        users_length, table_length, templates_length = _SAVE_HEAD.unpack_from(packet)
        body = packet[_SAVE_HEAD.size :]
        if len(body) != users_length + table_length + templates_length:
            return _ERROR
        users, table, templates = (
            body[:users_length],
            body[users_length : users_length + table_length],
            body[users_length + table_length :],
        )
        step = 1 + self._terminal.model.user_size
        for at in range(0, len(users), step):
            self._put_user(users[at + 1 : at + step])
        self._terminal.users_changed()
        for _two, number, finger, offset in _SAVE_ENTRY.iter_unpack(table):
            size = _SIZE.unpack_from(templates, offset)[0]
            start = offset + _SIZE.size
            self._put_template(number, finger - _FINGER_BASE, templates[start : start + size])
        return _OK

    def _write_screen(self, data: bytes) -> Reply:
        line, _zero = _LCD.unpack_from(data)
        text = data[_LCD.size + 1 :].partition(b"\0")[0]
        self._terminal.screen[line] = text.decode(self._terminal.model.name_encoding, "replace")
        return _OK

    def _clear_screen(self, _data: bytes) -> Reply:
        self._terminal.screen.clear()
        return _OK

    def _pin_width(self, _data: bytes) -> Reply:
        return Command.ACK_OK, bytes((_PIN_DIGITS,))
