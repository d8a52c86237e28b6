"""What a program may change at a terminal, command by command."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.zk import commands
from devices.zk.commands import Command, Request
from simulators.administration import Admin
from simulators.enrolled import RIGHT_INDEX, Enrolled, made_up_template
from simulators.layouts import UserSize, pack_user
from simulators.terminal import SimUser, TerminalModel
from tests.unit.simulators.talking import NOW, Client, body_of, connected, read_all

ORDERS = [
    *Admin,
    Command.USER_WRITE,
    Command.USER_DELETE,
    Command.TEMPLATE_READ,
    Command.TEMPLATE_DELETE,
    Command.LCD_WRITE,
    Command.PREPARE_DATA,
    Command.DATA,
]
_PADDING = bytes(7)


def say(client: Client, command: int, data: bytes = b"") -> int:
    """The code of the one answer to a command of administration."""
    (frame,) = client.frames(command, data)
    return int.from_bytes(frame[8:10], "little")


def template_of(client: Client, number: int, finger: int) -> bytes | None:
    frames = client.frames(Command.TEMPLATE_READ, struct.pack("<HB", number, finger))
    if len(frames) == 1:
        return None
    return b"".join(frame[16:] for frame in frames[1:-1]).removesuffix(_PADDING)


@pytest.mark.parametrize("size", [28, 72])
def test_a_written_user_is_there_when_read_back(size: UserSize) -> None:
    sim, client = connected(TerminalModel(user_size=size))
    entry = pack_user(9, "77", b"Baru", 2, 5, password="12", group="3", size=size)
    assert say(client, Command.USER_WRITE, entry) == Command.ACK_OK
    assert sim.users[-1] == SimUser("77", "Baru", privilege=2, card=5, password="12", group="3")
    assert read_all(client, commands.prepare_users())[-size:] == entry
    assert sim.sizes()[16] == 3


def test_a_user_written_over_another_keeps_number_and_fingers() -> None:
    sim, client = connected()
    before = sim.templates["1001", RIGHT_INDEX]
    assert say(client, Command.USER_WRITE, pack_user(1, "2001", b"Sutrisno", 0, 0)) == Command.ACK_OK
    assert [user.pin for user in sim.users] == ["2001", "1002"]
    assert sim.templates["2001", RIGHT_INDEX] == before
    assert sim.find("1001") is None


@pytest.mark.parametrize(
    "entry",
    [
        pack_user(9, "1001", b"somebody else has this PIN", 0, 0),
        pack_user(9, "", b"no PIN", 0, 0),
        pack_user(0, "77", b"no number", 0, 0),
        pack_user(9, "77", b"of the other size", 0, 0, size=28),
        b"\1\0",
    ],
)
def test_a_user_that_cannot_be_is_refused_and_nothing_changes(entry: bytes) -> None:
    sim, client = connected()
    before = sim.users
    assert say(client, Command.USER_WRITE, entry) == Command.ACK_ERROR
    assert sim.users == before


def test_a_user_too_many_is_refused_but_one_there_can_be_changed() -> None:
    sim, client = connected(TerminalModel(user_capacity=2))
    assert say(client, Command.USER_WRITE, pack_user(3, "77", b"x", 0, 0)) == Command.ACK_ERROR
    assert say(client, Command.USER_WRITE, pack_user(2, "1002", b"x", 0, 0)) == Command.ACK_OK
    assert [user.name for user in sim.users] == ["Sutrisno", "x"]


def test_a_deleted_user_takes_every_template_along_and_leaves_the_log() -> None:
    sim, client = connected()
    sim.press("1001", NOW)
    assert say(client, Command.USER_DELETE, struct.pack("<H", 1)) == Command.ACK_OK
    assert say(client, Command.USER_DELETE, struct.pack("<H", 1)) == Command.ACK_ERROR
    assert ([user.pin for user in sim.users], list(sim.templates)) == (["1002"], [("1002", RIGHT_INDEX)])
    assert len(sim.log) == 1
    sim.press("1001", NOW)
    assert sim.log.records()[-1][:2] == b"\0\0"


def test_a_number_is_not_given_twice() -> None:
    enrolled = Enrolled("S", 10)
    for pin in ("a", "b", "c"):
        enrolled.enrol(SimUser(pin, ""))
    enrolled.remove(2)
    enrolled.enrol(SimUser("d", ""))
    assert [number for number, _ in enrolled] == [1, 3, 4]


def test_templates_are_read_one_by_one_and_all_together() -> None:
    sim, client = connected()
    first, second = sim.templates.values()
    assert template_of(client, 1, RIGHT_INDEX) == first
    assert template_of(client, 1, 0) is None
    assert template_of(client, 99, RIGHT_INDEX) is None
    assert say(client, Command.TEMPLATE_READ, b"\1") == Command.ACK_ERROR
    everything = read_all(client, Request(Command.PREPARE_BUFFER, struct.pack("<bhii", 1, 7, 2, 0)))
    assert everything[:4] == struct.pack("<I", 2 * (6 + 512))
    assert everything[4:] == b"".join(
        struct.pack("<HHBB", 518, number, RIGHT_INDEX, 1) + raw for number, raw in ((1, first), (2, second))
    )


def test_the_old_command_for_a_template_gives_the_same() -> None:
    sim, client = connected()
    answers = client.ask(Request(Command.USERS, struct.pack("<HB", 1, RIGHT_INDEX)))
    assert body_of(answers) == sim.templates["1001", RIGHT_INDEX] + _PADDING


def test_made_up_templates_differ_by_terminal_person_and_finger() -> None:
    made = {made_up_template(s, p, f) for s in ("A", "B") for p in ("1", "2") for f in (0, 6)}
    assert len(made) == 8
    assert made_up_template("A", "1", 0) in made


def upload(client: Client, data: bytes) -> None:
    assert say(client, Command.PREPARE_DATA, struct.pack("<I", len(data))) == Command.ACK_OK
    for at in range(0, len(data), 1024):
        assert say(client, Command.DATA, data[at : at + 1024]) == Command.ACK_OK


def test_a_template_is_uploaded_and_then_written() -> None:
    sim, client = connected()
    template = b"\xa5" * 1500
    upload(client, template)
    write = struct.pack("<HBBH", 2, 3, 1, len(template))
    assert say(client, Admin.TEMPLATE_WRITE, write) == Command.ACK_OK
    assert sim.templates["1002", 3] == template
    # What was uploaded is used up.
    assert say(client, Admin.TEMPLATE_WRITE, write) == Command.ACK_ERROR


def saved(number: int, pin: str, templates: dict[int, bytes]) -> bytes:
    users = b"\2" + pack_user(number, pin, b"Baru", 0, 0)
    table = parts = b""
    for finger, template in templates.items():
        table += struct.pack("<BHBI", 2, number, 0x10 + finger, len(parts))
        parts += struct.pack("<H", len(template)) + template
    return struct.pack("<III", len(users), len(table), len(parts)) + users + table + parts


def test_a_user_and_the_templates_can_be_saved_together() -> None:
    sim, client = connected()
    upload(client, saved(9, "77", {3: b"x" * 900, 4: b"y" * 700}))
    assert say(client, Admin.USERS_SAVE, struct.pack("<IHH", 12, 0, 8)) == Command.ACK_OK
    assert sim.users[-1].pin == "77"
    assert (sim.templates["77", 3], sim.templates["77", 4]) == (b"x" * 900, b"y" * 700)
    assert sim.enrolled.finger_count == 4


def test_half_an_upload_a_freed_one_and_too_much_are_refused() -> None:
    sim, client = connected()
    packet = saved(9, "77", {})
    say(client, Command.PREPARE_DATA, struct.pack("<I", len(packet)))
    say(client, Command.DATA, packet[:-1])
    assert say(client, Command.DATA, b"xy") == Command.ACK_ERROR
    assert say(client, Admin.USERS_SAVE) == Command.ACK_ERROR
    upload(client, packet)
    assert client.one(commands.free_buffer()).command == Command.ACK_OK
    assert say(client, Admin.USERS_SAVE) == Command.ACK_ERROR
    assert say(client, Command.DATA, b"x") == Command.ACK_ERROR
    assert len(sim.users) == 2


def test_there_is_room_for_so_many_fingers_only() -> None:
    sim, client = connected(TerminalModel(finger_capacity=2))
    upload(client, b"abc")
    assert say(client, Admin.TEMPLATE_WRITE, struct.pack("<HBBH", 1, 0, 1, 3)) == Command.ACK_ERROR
    upload(client, b"abc")
    assert say(client, Admin.TEMPLATE_WRITE, struct.pack("<HBBH", 1, RIGHT_INDEX, 1, 3)) == Command.ACK_OK
    assert sim.templates["1001", RIGHT_INDEX] == b"abc"


def test_a_template_is_deleted_by_number_or_by_pin() -> None:
    sim, client = connected()
    by_number = struct.pack("<HB", 1, RIGHT_INDEX)
    assert say(client, Command.TEMPLATE_DELETE, by_number) == Command.ACK_OK
    assert say(client, Command.TEMPLATE_DELETE, by_number) == Command.ACK_ERROR
    by_pin = struct.pack("<24sB", b"1002", RIGHT_INDEX)
    assert say(client, Admin.TEMPLATE_DELETE_BY_PIN, by_pin) == Command.ACK_OK
    assert say(client, Admin.TEMPLATE_DELETE_BY_PIN, by_pin) == Command.ACK_ERROR
    assert sim.templates == {}


def test_a_line_on_the_screen_stands_until_cleared() -> None:
    sim, client = connected()
    assert say(client, Command.LCD_WRITE, struct.pack("<HB", 2, 0) + b" Rapat 08.00") == Command.ACK_OK
    assert sim.screen == {2: "Rapat 08.00"}
    assert say(client, Command.LCD_CLEAR) == Command.ACK_OK
    assert sim.screen == {}


def test_it_tells_how_wide_a_pin_may_be() -> None:
    _, client = connected()
    (frame,) = client.frames(Admin.PIN_WIDTH, b" P")
    assert frame[16:] == b"\x09"


@given(st.lists(st.tuples(st.sampled_from(ORDERS), st.binary(max_size=90))))
def test_no_order_whatever_makes_administration_fail(orders: list[tuple[int, bytes]]) -> None:
    sim, client = connected()
    for command, data in orders:
        client.frames(command, data)
    assert sim.sizes()
    assert len(sim.prepare_users()) == 4 + 72 * len(sim.users)
