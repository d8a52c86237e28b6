"""The protocol as a conversation: packets in, packets out, no line between."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.zk import commands
from devices.zk.commands import Command, EventMask, Request
from devices.zk.frames import Packet
from simulators.terminal import SimUser, TerminalLocked, TerminalModel, TerminalSim
from tests.unit.simulators.talking import NOW, Client, body_of, connected, packets, read_all, terminal


def test_connect_gives_a_session_that_every_reply_names() -> None:
    _, client = connected()
    assert client.id != 0
    assert client.one(commands.get_time()).session == client.id


def test_a_comm_key_is_asked_for_and_checked() -> None:
    client = Client(terminal(comm_key=12))
    assert client.connect().command == Command.ACK_UNAUTH
    assert client.one(commands.free_sizes()).command == Command.ACK_UNAUTH
    assert client.one(commands.authenticate(13, client.id)).command == Command.ACK_UNAUTH
    assert client.one(commands.authenticate(12, client.id)).command == Command.ACK_OK
    assert client.one(commands.free_sizes()).command == Command.ACK_OK


def test_who_is_refused_for_the_key_can_leave_and_frees_the_session() -> None:
    sim = terminal(TerminalModel(sessions=1), comm_key=12)
    client = Client(sim)
    client.connect()
    assert client.one(commands.leave()).command == Command.ACK_OK
    assert sim.sessions == ()


def test_packets_of_no_session_are_not_answered() -> None:
    client = Client(terminal())
    assert client.ask(commands.get_time()) == []
    client.connect()
    client.id ^= 1
    assert client.ask(commands.get_time()) == []


def test_after_exit_the_session_is_over() -> None:
    sim, client = connected()
    assert client.one(commands.leave()).command == Command.ACK_OK
    assert sim.sessions == ()
    assert client.ask(commands.get_time()) == []


def test_one_session_too_many_is_refused_until_one_leaves() -> None:
    sim, first = connected(TerminalModel(sessions=1))
    second = Client(sim)
    assert second.connect().command == Command.ACK_ERROR
    first.session.close()
    assert second.connect().command == Command.ACK_OK


def test_new_secure_firmware_says_so() -> None:
    assert Client(terminal(TerminalModel(secure=True))).connect().command == 6001


def test_it_tells_who_it_is() -> None:
    _, client = connected()
    assert client.one(commands.option("~SerialNumber")).data == b"~SerialNumber=SIM7\0"
    assert client.one(commands.option("~Platform")).data == b"~Platform=ZEM760_TFT\0"
    assert client.one(commands.firmware_version()).data.startswith(b"Ver 6.60")
    assert client.one(commands.option("NoSuchThing")).command == Command.ACK_ERROR


def test_its_clock_shows_whole_seconds_and_its_own_offset() -> None:
    sim, client = connected()
    sim.clock_offset = timedelta(seconds=-90)
    assert sim.clock(NOW) == datetime(2026, 11, 23, 7, 14, 0)
    client.one(commands.set_time(datetime(2026, 11, 23, 8, 0)), NOW)
    later = NOW + timedelta(seconds=60)
    answer = client.one(commands.get_time(), later)
    assert answer.data == commands.set_time(datetime(2026, 11, 23, 8, 1)).data


def test_a_clock_cannot_be_set_to_a_day_that_never_was() -> None:
    _, client = connected()
    thirty_first_of_february = struct.pack("<I", ((26 * 12 + 1) * 31 + 30) * 86_400)
    assert client.one(Request(Command.SET_TIME, thirty_first_of_february)).command == Command.ACK_ERROR


def test_a_small_log_comes_at_once_and_a_large_one_in_pieces() -> None:
    sim, client = connected(TerminalModel(data_frame=1000))
    assert read_all(client, commands.prepare_log()) == struct.pack("<I", 0)
    for second in range(200):
        sim.press("1001", NOW + timedelta(seconds=second))
    body = read_all(client, commands.prepare_log(), chunk=3000)
    assert body == struct.pack("<I", 8000) + b"".join(sim.log.records())


def test_short_answers_may_come_in_one_frame() -> None:
    sim, client = connected(TerminalModel(single_up_to=100_000))
    for _ in range(100):
        sim.press("1001", NOW)
    assert len(read_all(client, commands.prepare_log())) == 4004


def test_punches_made_after_the_buffer_was_prepared_are_not_in_it() -> None:
    sim, client = connected()
    for _ in range(50):
        sim.press("1001", NOW)
    client.one(commands.prepare_log())
    sim.press("1002", NOW)
    assert len(body_of(client.ask(commands.read_buffer(0, 9999)))) == 4 + 50 * 40


def test_the_tail_alone_can_be_read_unless_the_model_refuses() -> None:
    for allowed in (True, False):
        sim, client = connected(TerminalModel(tail_reads=allowed))
        for second in range(50):
            sim.press("1001", NOW + timedelta(seconds=second))
        client.one(commands.prepare_log())
        answers = client.ask(commands.read_buffer(4 + 49 * 40, 40))
        if allowed:
            assert body_of(answers) == sim.log.records()[-1]
        else:
            assert answers[0].command == Command.ACK_ERROR


def test_nothing_is_read_that_was_not_prepared() -> None:
    sim, client = connected()
    assert client.one(commands.read_buffer(0, 40)).command == Command.ACK_ERROR
    for _ in range(50):
        sim.press("1001", NOW)
    client.one(commands.prepare_log())
    assert client.one(commands.read_buffer(4 + 50 * 40, 40)).command == Command.ACK_ERROR
    client.one(commands.free_buffer())
    assert client.one(commands.read_buffer(0, 40)).command == Command.ACK_ERROR


def test_bare_command_13_and_unknown_commands_are_refused() -> None:
    _, client = connected()
    assert client.one(Request(Command.ATTENDANCE_LOG)).command == Command.ACK_UNKNOWN
    assert client.one(Request(Command.CLEAR_DATA)).command == Command.ACK_UNKNOWN


def test_only_who_asked_for_events_is_told_of_a_punch() -> None:
    sim, listening = connected()
    deaf = Client(sim)
    deaf.connect()
    assert sim.press("1001", NOW).events == ()
    assert listening.one(commands.register_events(EventMask.ATTENDANCE)).command == Command.ACK_OK
    ((session, frame),) = sim.press("1001", NOW).events
    assert session is listening.session
    (event,) = packets([frame])
    assert (event.command, event.session, event.reply) == (Command.EVENT, EventMask.ATTENDANCE, 0)
    listening.one(commands.register_events(EventMask(0)))
    assert sim.press("1001", NOW).events == ()


def test_an_acknowledged_event_is_not_answered() -> None:
    _, client = connected()
    assert client.ask(Request(Command.ACK_OK)) == []
    assert client.session.events_acknowledged == 1


def test_a_disabled_terminal_takes_no_fingers() -> None:
    sim, client = connected()
    client.one(Request(Command.DISABLE))
    with pytest.raises(TerminalLocked):
        sim.press("1001", NOW)
    client.one(Request(Command.ENABLE))
    sim.press("1001", NOW)
    assert len(sim.log) == 1
    assert sim.commands[Command.DISABLE] == 1


def test_an_unknown_pin_leaves_a_record_with_user_number_0() -> None:
    sim = terminal()
    sim.press("1002", NOW)
    sim.press("0077", NOW)
    assert [raw[:6] for raw in sim.log.records()] == [b"\x02\x001002", b"\x00\x000077"]


def test_voice_refresh_restart_and_clear_do_what_they_say() -> None:
    sim, client = connected()
    sim.press("1001", NOW)
    for command in (Command.VOICE_TEST, Command.REFRESH, Command.CLEAR_LOG, Command.RESTART):
        assert client.one(Request(command)).command == Command.ACK_OK
    assert (sim.voices, len(sim.log), client.session.restarting) == (1, 0, True)


def test_somebody_is_found_by_pin_or_nip() -> None:
    sim = terminal()
    assert (found := sim.find("1001")) is not None
    assert sim.find("n1") is found
    assert sim.find("") is None


def test_there_is_room_for_so_many_users_only() -> None:
    sim = TerminalSim("S", model=TerminalModel(user_capacity=1))
    sim.enrol([SimUser("1", "a")])
    sim.enrol([SimUser("1", "b")])
    with pytest.raises(ValueError, match="no room for user 2"):
        sim.enrol([SimUser("2", "c")])


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.booleans(), st.binary(max_size=40)), max_size=8))
def test_no_packet_whatever_makes_a_terminal_fail(
    stream: list[tuple[int, bool, bytes]],
) -> None:
    _, client = connected()
    known = list(client.session._handlers)
    for code, sensible, data in stream:
        command = known[code % len(known)] if sensible else code
        frames = client.session.respond(Packet(command, client.id, 1, data), NOW)
        assert all(isinstance(frame, bytes) for frame in frames)
