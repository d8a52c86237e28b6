"""What one make of terminal does unlike another, byte by byte as the protocol notes draw it."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta

import pytest

from devices.zk import commands
from devices.zk.commands import Command, EventMask, Request
from simulators.layouts import RECORD_SIZES, RecordKind, SizesReply, pack_record, pack_sizes
from simulators.models import MODELS
from simulators.terminal import SimUser, TerminalModel, TerminalSim
from tests.unit.simulators.talking import NOW, Client, body_of, connected, packets, read_all

MOMENT = datetime(2016, 1, 1, 19, 2, 0)
PACKED = "a8eba71e"
"""That moment, from a captured 8b record."""


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("8a", f"0700 08 {PACKED} 02"),
        ("8b", f"0700 28 00 {PACKED}"),
        ("16", f"2d010000 {PACKED} 02 08 0000 00000000"),
        ("22", f"0700 333031000000 00000000 08 {PACKED} 02 00000000"),
        ("40", f"0700 333031 {'00' * 21} 08 {PACKED} 02 ff00000000000000"),
        ("49", f"0700 333031 {'00' * 21} 08 {PACKED} 02 ff00000000000000 00ff00000000000000"),
    ],
)
def test_a_record_of_every_size_has_its_fields_where_the_notes_draw_them(kind: RecordKind, raw: str) -> None:
    packed = pack_record(7, "301", 8, MOMENT, 2, kind=kind)
    assert packed == bytes.fromhex(raw)
    assert len(packed) == RECORD_SIZES[kind]


@pytest.mark.parametrize(
    ("kind", "pin"), [("16", "A7"), ("16", "4294967296"), ("22", "1234567"), ("40", "9" * 25)]
)
def test_a_pin_that_a_record_has_no_room_for_is_refused_and_nothing_recorded(
    kind: RecordKind, pin: str
) -> None:
    sim = TerminalSim("S", model=TerminalModel(record=kind))
    with pytest.raises(ValueError, match="PIN"):
        sim.press(pin, NOW)
    assert len(sim.log) == 0


def test_a_pin_may_fill_its_24_bytes_and_need_be_no_number() -> None:
    sim, client = connected()
    client.one(commands.register_events(EventMask.ATTENDANCE))
    pin = "PNS-" + "7" * 20
    ((_, frame),) = sim.press(pin, NOW).events
    assert packets([frame])[0].data[:24] == pin.encode()
    assert sim.log.records()[0][2:27] == pin.encode() + b"\1"


def test_a_punch_that_no_event_can_tell_is_not_recorded_either() -> None:
    sim, client = connected(TerminalModel(event_size=10))
    client.one(commands.register_events(EventMask.ATTENDANCE))
    with pytest.raises(ValueError, match="PIN"):
        sim.press("70000", NOW)
    assert len(sim.log) == 0


@pytest.mark.parametrize(("size", "head"), [(10, b"\2\0"), (14, b"\2\0"), (12, b"\xea\3\0\0"), (32, b"1002")])
def test_the_u16_of_an_event_may_be_the_user_s_number(size: int, head: bytes) -> None:
    sim, client = connected(TerminalModel(event_size=size, event_number=True))
    client.one(commands.register_events(EventMask.ATTENDANCE))
    ((_, frame),) = sim.press("1002", NOW).events
    assert packets([frame])[0].data.startswith(head)


@pytest.mark.parametrize("kind", RECORD_SIZES)
def test_a_corrupted_time_is_the_31st_of_february_and_nothing_else_changes(kind: RecordKind) -> None:
    sim = TerminalSim("S", model=TerminalModel(record=kind))
    record = sim.pack("301", MOMENT)
    at = record.index(bytes.fromhex(PACKED))
    changed = sim.corrupt_time(record)
    assert (changed[:at], changed[at + 4 :]) == (record[:at], record[at + 4 :])
    days = struct.unpack_from("<I", changed, at)[0] // 86_400
    assert (days // 372 + 2000, days // 31 % 12 + 1, days % 31 + 1) == (2026, 2, 31)


def test_the_number_in_front_of_a_record_may_count_records_and_name_no_user() -> None:
    sim, _ = connected(MODELS["iclock680"])
    for _ in range(3):
        sim.press("1002", NOW)
    assert [raw[:2] for raw in sim.log.records()] == [b"\1\0", b"\2\0", b"\3\0"]


def test_users_of_28_bytes_hold_a_number_and_eight_bytes_of_name() -> None:
    sim, client = connected(TerminalModel(user_size=28))
    sim.enrol([SimUser("301", "Siti Aminah", privilege=14, card=5, password="123456", group="2")])
    body = read_all(client, commands.prepare_users())
    assert body[:4] == struct.pack("<I", 3 * 28)
    user = bytes.fromhex("0300 0e 3132333435 5369746920416d69 05000000 00 02 0000 2d010000")
    assert body[-28:] == user


def test_a_name_is_written_in_its_market_s_encoding_and_cut_in_mid_character() -> None:
    sim, client = connected(TerminalModel(name_encoding="gb18030"))
    sim.enrol([SimUser("9", "x" + "王" * 12)])
    name = read_all(client, commands.prepare_users())[-72 + 11 : -72 + 35]
    assert name == ("x" + "王" * 12).encode("gb18030")[:24]
    assert name[-1] >= 0x80


@pytest.mark.parametrize(("reply", "length"), [(80, 80), (92, 92), (112, 112), ("dword0", 4)])
def test_free_sizes_come_in_every_length_and_may_tell_nothing(reply: SizesReply, length: int) -> None:
    sim, client = connected(TerminalModel(sizes_reply=reply))
    sim.press("1001", NOW)
    data = client.one(commands.free_sizes()).data
    assert len(data) == length
    assert data == bytes(4) if reply == "dword0" else struct.unpack_from("<i", data, 32)[0] == 1


@pytest.mark.parametrize(("error", "said"), [(0, 10), (7, 17), (-7, 3), (-1_000_000, 0)])
def test_the_count_of_records_may_lie(error: int, said: int) -> None:
    sim, client = connected(TerminalModel(count_error=error))
    for _ in range(10):
        sim.press("1001", NOW)
    assert struct.unpack_from("<i", client.one(commands.free_sizes()).data, 32)[0] == said
    assert len(read_all(client, commands.prepare_log())) == 4 + 10 * 40


def test_sizes_count_administrators_passwords_and_fingers() -> None:
    sim, _ = connected()
    sim.enrol([SimUser("1", "a", privilege=14, password="1"), SimUser("2", "b", privilege=2, fingers=())])
    said = struct.unpack("<23i", sim.sizes())
    assert (said[4], said[6], said[12], said[13]) == (4, 3, 1, 1)
    assert pack_sizes(users=0, fingers=0, records=0, user_capacity=0, finger_capacity=0, record_capacity=0)


def asked_between(start: datetime, end: datetime) -> Request:
    bounds = struct.unpack("<ii", commands.set_time(start).data + commands.set_time(end).data)
    return Request(Command.PREPARE_BUFFER, struct.pack("<bhii", 1, 10_004, *bounds))


def test_the_records_between_two_moments_are_prepared_both_included() -> None:
    sim, client = connected(TerminalModel(time_range=True))
    for minute in range(100):
        sim.press("1001", NOW + timedelta(minutes=minute))
    start = sim.clock(NOW + timedelta(minutes=40))
    body = read_all(client, asked_between(start, start + timedelta(minutes=49)))
    assert body == struct.pack("<I", 50 * 40) + b"".join(sim.log.records()[40:90])


def test_a_range_may_be_taken_more_widely_than_asked() -> None:
    sim, client = connected(TerminalModel(time_range=True, range_slack=120))
    for minute in range(20):
        sim.press("1001", NOW + timedelta(minutes=minute))
    start = sim.clock(NOW + timedelta(minutes=10))
    body = read_all(client, asked_between(start, start))
    assert body[4:] == b"".join(sim.log.records()[8:13])


@pytest.mark.parametrize("refusal", [2001, 65535, 65533, 4989])
def test_a_range_is_refused_in_every_way_seen_where_it_cannot_be_read(refusal: int) -> None:
    sim, client = connected(TerminalModel(range_refusal=refusal))
    sim.press("1001", NOW)
    assert client.one(asked_between(MOMENT, NOW)).command == refusal


def test_a_terminal_of_bare_commands_prepares_nothing() -> None:
    sim, client = connected(MODELS["wl10-22"])
    sim.press("1001", NOW)
    assert client.one(commands.prepare_log()).command == Command.ACK_ERROR
    assert client.one(commands.prepare_users()).command == Command.ACK_ERROR
    assert client.one(commands.read_buffer(0, 40)).command == Command.ACK_ERROR


@pytest.mark.parametrize(("command", "size"), [(Command.ATTENDANCE_LOG, 22), (Command.USERS, 72)])
def test_a_bare_command_sends_all_at_once_in_a_frame_that_says_less_than_it_holds(
    command: Command, size: int
) -> None:
    sim, client = connected(MODELS["wl10-22"])
    for number in range(100):
        sim.enrol([SimUser(str(2000 + number), "x")])
        sim.press("1001", NOW + timedelta(seconds=number))
    prepare, data, done = client.frames(command)
    body = data[16:]
    assert len(body) > 1024
    assert struct.unpack_from("<I", data, 4)[0] == 8 + 1024
    assert body[:4] == struct.pack("<I", len(body) - 4)
    assert (len(body) - 4) % size == 0
    first, last = packets([prepare, done])
    assert first.data == struct.pack("<II", len(body), 0x9FB0)
    assert (first.reply, last.reply, last.command) == (client.reply, client.reply, Command.ACK_OK)
    # A checksum over the whole packet, and fields that name neither session nor request.
    whole = data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    (packet,) = packets([whole])
    assert packet.session != client.id
    assert packet.reply != client.reply


def test_a_short_bare_answer_says_its_length_truly() -> None:
    sim, client = connected(MODELS["wl10-22"])
    sim.press("1001", NOW)
    assert [packet.command for packet in packets(client.frames(Command.ATTENDANCE_LOG))] == [
        Command.PREPARE_DATA,
        Command.DATA,
        Command.ACK_OK,
    ]


def test_a_bare_command_13_may_be_answered_with_nonsense_under_a_right_checksum() -> None:
    sim, client = connected(MODELS["k40"])
    sim.press("1001", NOW)
    answer = client.one(Request(Command.ATTENDANCE_LOG))
    assert answer.command == Command.DATA
    assert struct.unpack_from("<I", answer.data)[0] != len(answer.data) - 4
    assert sim.log.records()[0][:26] not in answer.data


@pytest.mark.parametrize("model", ["zem500-8b", "x100-c", "manual-16"])
def test_no_packet_of_a_line_of_datagrams_holds_more_than_it_can_carry(model: str) -> None:
    sim, client = connected(MODELS[model], most=1024)
    for number in range(700):
        sim.press("1001", NOW + timedelta(seconds=number))
    read = b""
    answer = client.one(commands.prepare_log())
    size = struct.unpack_from("<I", answer.data, 1)[0]
    while len(read) < size:
        answers = client.ask(commands.read_buffer(len(read), min(16_384, size - len(read))))
        assert all(len(packet.data) <= 1024 for packet in answers)
        read += body_of(answers)
    assert read[4:] == b"".join(sim.log.records())


def test_what_comes_at_once_in_a_datagram_fits_with_its_head_into_1024_bytes() -> None:
    for records, at_once in ((25, True), (26, False)):
        sim, client = connected(most=1024)
        for _ in range(records):
            sim.press("1001", NOW)
        assert (client.one(commands.prepare_log()).command == Command.DATA) is at_once


def test_a_model_without_tail_reads_answers_the_same_piece_once_more() -> None:
    sim, client = connected(TerminalModel(tail_reads=False))
    for _ in range(100):
        sim.press("1001", NOW)
    client.one(commands.prepare_log())
    first = body_of(client.ask(commands.read_buffer(0, 2000)))
    second = body_of(client.ask(commands.read_buffer(2000, 2000)))
    assert body_of(client.ask(commands.read_buffer(2000, 2000))) == second
    assert client.one(commands.read_buffer(1000, 40)).command == Command.ACK_ERROR
    assert first + second == body_of(client.ask(commands.read_buffer(0, 4000)))


@pytest.mark.parametrize("name", MODELS)
def test_every_known_model_can_be_connected_to_and_punched_at(name: str) -> None:
    model = MODELS[name]
    sim = TerminalSim("S", model=model)
    sim.enrol([SimUser("1001", "Siti")])
    client = Client(sim)
    expected = Command.SECURE_FIRMWARE if model.secure else Command.ACK_OK
    assert client.connect().command == expected
    if not model.secure:
        client.one(commands.register_events(EventMask.ATTENDANCE))
        ((_, frame),) = sim.press("1001", NOW).events
        assert len(packets([frame])[0].data) == model.event_size
        assert len(sim.log.records()[0]) == RECORD_SIZES[model.record]
