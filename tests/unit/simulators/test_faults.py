"""Every fault of the catalogue really happens on the wire, on each line where it can, and then it is over."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from devices.zk import commands
from devices.zk.commands import Command, EventMask
from simulators.faults import FAULTS, CannotStrike, Fault, Faults, Transport, When
from simulators.terminal import TerminalModel
from tests.unit.simulators.fault_bench import LINES, MODEL, NOW, RECORDS, SEED, bench, until
from tests.unit.simulators.fault_proofs import PROOFS

CALLED = [name for name, kind in FAULTS.items() if kind.transports != {Transport.PUSH}]
CASES = [
    pytest.param(name, line, id=f"{name}-{line}")
    for name, line in itertools.product(CALLED, LINES)
    if (Transport.SERIAL if line in ("pty", "socket") else Transport(line)) in FAULTS[name].transports
]


@pytest.mark.parametrize(("name", "line"), CASES)
async def test_each_fault_happens_on_the_wire_and_then_is_over(name: str, line: str) -> None:
    async with bench(line) as on:
        await PROOFS[name](on)
        assert on.times(name)
        await on.said_all()
        on.server.faults.heal()
        assert on.server.faults.active == ()
        await on.client.close()
        await (await on.again()).close()


def test_every_fault_is_proved() -> None:
    assert set(PROOFS) == set(CALLED)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_in_both_languages(name: str) -> None:
    kind = FAULTS[name]
    assert kind.indonesian
    assert kind.english
    assert kind.indonesian != kind.english


async def test_a_fault_that_cannot_happen_on_a_line_says_so() -> None:
    async with bench("udp") as on:
        for name in ("one-byte", "coalesced", "split", "eof-mid-chunk"):
            with pytest.raises(CannotStrike, match=f"{name} cannot happen on a line of type udp"):
                on.strike(name)
        with pytest.raises(CannotStrike, match="there is no fault earthquake; there are one-byte"):
            on.strike("earthquake")


async def test_a_model_that_keeps_numbers_only_takes_no_odd_pins() -> None:
    async with bench("tcp", TerminalModel(record="16", event_size=12)) as on:
        with pytest.raises(CannotStrike, match="keeps numbers only"):
            on.strike("odd-pins")


async def transcript(line: str, seed: int) -> tuple[bytes, dict[str, int]]:
    """What a client sees, byte for byte, while many faults strike by chance; and how often they did."""
    async with bench(line) as on:
        faults = Faults(
            [
                Fault("lost", When(chance=0.3, times=4)),
                Fault("duplicated", When(chance=0.3)),
                Fault("bad-checksum", When(chance=0.2)),
                Fault("wrong-session-field", When(chance=0.5)),
                *(["split"] if line == "tcp" else []),
            ],
            seed,
        )
        on.server.faults = faults
        heard = on.server.bytes_received
        await on.client.send(*[commands.get_time()] * 25)
        frame = 8 if line == "udp" else 16
        await until(lambda: on.server.bytes_received == heard + 25 * frame)
        struck = dict(faults.struck)
        on.server.faults = Faults()
        # What was sent before it arrives before its answer.
        await on.client.send(commands.option("~Platform"))
        await until(lambda: b"~Platform=" in b"".join(on.client.chunks))
        return b"".join(on.client.chunks), struck


@pytest.mark.parametrize("line", ["tcp", "udp"])
async def test_the_same_seed_gives_the_same_faults_and_another_one_others(line: str) -> None:
    first = await transcript(line, SEED)
    assert await transcript(line, SEED) == first
    assert await transcript(line, SEED + 1) != first


async def test_faults_are_put_together() -> None:
    async with bench("tcp") as on:
        on.server.faults = Faults(["split", "wrong-session-field", Fault("duplicated", When(times=1))], SEED)
        await on.client.send(commands.get_time(), commands.get_time())
        answers = [await on.client.next() for _ in range(3)]
        assert [answer.command for answer in answers] == [Command.ACK_OK] * 3
        assert sorted(on.server.faults.struck) == ["duplicated", "split", "wrong-session-field"]
        assert on.server.faults.active == ("split", "wrong-session-field")


async def test_a_fault_lasts_as_long_as_it_is_told_and_heals_by_itself() -> None:
    async with bench("tcp") as on:
        on.strike("wrong-session-field", When(), hold=0.5)
        assert (await on.client.ask(commands.get_time())).session != on.client.session
        await until(lambda: on.server.faults.active == ())
        assert (await on.client.ask(commands.get_time())).session == on.client.session


async def test_a_fault_of_the_terminal_can_wait_for_its_moment() -> None:
    async with bench("tcp") as on:
        on.strike("log-cleared", When(after=2, times=1))
        for records in (RECORDS, RECORDS, 0):
            await on.client.ask(commands.get_time())
            await until(lambda wanted=records: len(on.terminal.log) == wanted)  # type: ignore[misc]
        assert on.server.faults.active == ()


async def test_other_faults_end_those_that_were_and_put_back_what_they_changed() -> None:
    async with bench("tcp") as on:
        own = on.terminal
        on.server.faults = Faults(["wrong-key", "clock-jump", "replaced", "second-session-refused"], SEED)
        assert on.terminal is not own
        on.server.faults = Faults()
        assert (on.terminal, own.comm_key, own.clock_offset, own.model) == (own, 0, timedelta(), MODEL)
        await (await on.again()).close()


async def test_a_clock_that_somebody_set_right_stays_right() -> None:
    async with bench("tcp") as on:
        on.strike("clock-jump")
        await on.client.ask(commands.set_time(NOW + timedelta(seconds=1)))
        on.server.faults.heal()
        assert on.terminal.clock_offset == timedelta(seconds=1)


async def test_a_live_event_can_be_lost_and_the_log_still_tells() -> None:
    async with bench("tcp") as on:
        await on.client.ask(commands.register_events(EventMask.ATTENDANCE))
        on.strike("lost", When(times=1))
        on.server.press("1001", NOW)
        await on.client.quiet()
        assert len(on.terminal.log) == RECORDS + 1
        on.server.press("1002", NOW)
        assert (await on.client.next()).command == Command.EVENT
