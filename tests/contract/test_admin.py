"""What administration by way of pyzk does to a simulated terminal, over TCP and UDP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Literal

import pytest

from devices.driver import Target
from devices.errors import (
    Unsupported,
    UserConflict,
    VerificationFailed,
)
from devices.zk.administrator import Administrator, NewUser, UserChanges
from devices.zk.commands import Command
from simulators.administration import Administration
from simulators.enrolled import Enrolled
from simulators.faults import Delivery
from simulators.models import MODELS
from simulators.terminal import SimUser, TerminalModel, TerminalSim
from simulators.udp import UdpServer
from tests.contract.admin_desk import DEWI, Desk, desk
from tests.contract.rig import COMM_KEY, MORNING, rig

UserSize = Literal[72, 28]
SIZES = pytest.mark.parametrize("size", [72, 28])


async def test_users_are_listed_with_pin_and_name() -> None:
    async with rig(Delivery(), TerminalModel(), COMM_KEY) as terminal:
        users = await Administrator(replace(terminal.target, comm_key=COMM_KEY)).users()
        assert [(user.pin, user.name) for user in users] == [
            ("1001", "Siti Rahayu"),
            ("1002", "Budi Santoso"),
            ("1003", "Dewi L."),
        ]
        await terminal.left()
        assert not terminal.terminal.commands[Command.DISABLE]


@SIZES
async def test_a_user_is_added_and_proved(transport: str, size: UserSize) -> None:
    async with desk("CKQ1", TerminalModel(user_size=size), transport) as one:
        steps = await one.admin.add_user(NewUser("7077", "Ayu Nú", privilege=6, card=12345))
        added = one.user("7077")
        assert (added.name, added.privilege, added.card) == ("Ayu Nú", 6, 12345)
        assert "7077" in steps[0]
        assert one.sim.commands[Command.REFRESH] == 1
        assert [user.pin for user in await one.admin.users()] == ["1001", "1002", "7077"]


async def test_adding_the_same_user_again_changes_nothing_and_another_by_that_pin_is_refused() -> None:
    async with desk("CKQ1", TerminalModel()) as one:
        await one.admin.add_user(NewUser("7077", "Ayu"))
        written = one.sim.commands[Command.USER_WRITE]
        await one.admin.add_user(NewUser("7077", "Ayu"))
        assert one.sim.commands[Command.USER_WRITE] == written
        with pytest.raises(UserConflict, match="7077"):
            await one.admin.add_user(NewUser("7077", "Bukan Ayu"))
        assert one.user("7077").name == "Ayu"


@pytest.mark.parametrize("model", ["d2-unknown-count", "acs-zero-count", "count-too-low"])
async def test_a_terminal_that_tells_no_count_keeps_its_first_user(model: str) -> None:
    """pyzk takes an unknown count for none and would write the new user over number 1."""
    async with desk("CKQ1", MODELS[model]) as one:
        await one.admin.add_user(NewUser("7077", "Ayu"))
        assert [user.pin for user in one.sim.users] == ["1001", "1002", "7077"]


@SIZES
async def test_an_update_keeps_what_it_does_not_name_and_the_fingers(transport: str, size: UserSize) -> None:
    async with desk("CKQ1", TerminalModel(user_size=size), transport, DEWI) as one:
        before, fingers = one.user("1003"), one.fingers("1003")
        await one.admin.update_user("1003", UserChanges(name="Dewi S."))
        assert one.user("1003") == replace(before, name="Dewi S.")
        assert one.fingers("1003") == fingers
        await one.admin.update_user("1003", UserChanges(privilege=14))
        assert (one.user("1003").privilege, one.user("1003").password) == (14, before.password)


async def test_a_disabled_person_stays_disabled_when_the_name_is_corrected() -> None:
    async with desk("CKQ1", TerminalModel()) as one:
        await one.admin.update_user("1002", UserChanges(name="Budi S."))
        assert one.user("1002").privilege == 1


async def test_a_deleted_user_is_gone_with_all_fingers_and_the_punches_stay(transport: str) -> None:
    async with desk("CKQ1", TerminalModel(), transport, DEWI) as one:
        one.sim.press("1003", MORNING)
        await one.admin.delete_user("1003")
        assert [user.pin for user in one.sim.users] == ["1001", "1002"]
        assert one.fingers("1003") == {}
        assert len(one.sim.log) == 1
        with pytest.raises(UserConflict, match="nobody has the PIN 1003"):
            await one.admin.delete_user("1003")
        assert await one.admin.delete_user("1003", gone_is_done=True)


@SIZES
async def test_a_person_is_copied_with_fingers_password_and_group(transport: str, size: UserSize) -> None:
    model = TerminalModel(user_size=size)
    async with desk("CKQ1", model, transport, DEWI) as old, desk("CKQ2", model, transport) as new:
        told: list[tuple[int, int]] = []
        person = await old.admin.read_person("1003")
        await new.admin.write_person(person, progress=lambda done, total: told.append((done, total)))
        copied = new.user("1003")
        assert (copied.name, copied.privilege, copied.card) == (DEWI.name[: 24 if size == 72 else 8], 2, 77)
        assert (copied.password, copied.group) == ("4321", "3")
        assert new.fingers("1003") == old.fingers("1003")
        assert len(new.fingers("1003")) == 2
        await asyncio.sleep(0)
        assert told[-1] == (3, 3)


async def test_a_name_that_is_no_utf8_is_copied_byte_for_byte() -> None:
    model = TerminalModel(name_encoding="cp1252")
    name = "José à"
    async with desk("CKQ1", model, "tcp", SimUser("9", name)) as old, desk("CKQ2", model) as new:
        await new.admin.write_person(await old.admin.read_person("9"))
        assert new.user("9").name == name


async def test_copying_again_changes_nothing_and_another_persons_pin_is_not_taken_over() -> None:
    namesake = replace(DEWI, name="Orang Lain", fingers=(3,))
    async with desk("CKQ1", TerminalModel(), "tcp", DEWI) as old, desk("CKQ2", TerminalModel()) as new:
        person = await old.admin.read_person("1003")
        await new.admin.write_person(person)
        assert "bring up to date" in (await new.admin.write_person(person))[0]
        assert len(new.sim.users) == 3
    async with desk("CKQ3", TerminalModel(), "tcp", namesake) as other:
        with pytest.raises(UserConflict, match="another name"):
            await other.admin.write_person(person)
        assert other.user("1003").name == "Orang Lain"
        await other.admin.write_person(person, over=True)
        assert other.user("1003").name == "Dewi Lestari"
        assert set(other.fingers("1003")) == {0, 6}, "a finger of the person before still opens"


async def test_a_dry_run_says_what_would_be_done_and_writes_nothing() -> None:
    writing = (
        Command.USER_WRITE,
        Command.USER_DELETE,
        Command.PREPARE_DATA,
        Command.LCD_WRITE,
        Command.REFRESH,
    )
    async with desk("CKQ1", TerminalModel(), "tcp", DEWI) as old, desk("CKQ2", TerminalModel()) as new:
        person = await old.admin.read_person("1003")
        steps = [
            *await new.admin.add_user(NewUser("7", "Ayu"), dry_run=True),
            *await new.admin.update_user("1001", UserChanges(name="S"), dry_run=True),
            *await new.admin.delete_user("1001", dry_run=True),
            *await new.admin.write_person(person, dry_run=True),
            *await new.admin.show_message(1, "Halo", dry_run=True),
        ]
        assert len(steps) == 5
        assert "user 3" in steps[3]
        assert not any(new.sim.commands[command] for command in writing)
        with pytest.raises(UserConflict):
            await new.admin.delete_user("404", dry_run=True)


async def test_a_write_that_the_terminal_forgets_is_not_taken_for_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk("CKQ1", TerminalModel(), "tcp", DEWI) as old, desk("CKQ2", TerminalModel()) as new:
        person = await old.admin.read_person("1003")
        with monkeypatch.context() as patch:
            patch.setattr(Administration, "_put_user", lambda *_: 1)
            with pytest.raises(VerificationFailed, match="not there"):
                await new.admin.add_user(NewUser("7", "Ayu"))
        put = Enrolled.put_template

        def spoil(enrolled: Enrolled, number: int, finger: int, template: bytes) -> None:
            put(enrolled, number, finger, template[:-1] + b"?" if finger == 6 else template)

        monkeypatch.setattr(Enrolled, "put_template", spoil)
        with pytest.raises(VerificationFailed, match="finger 6"):
            await new.admin.write_person(person)


async def test_templates_of_another_algorithm_are_refused_before_anything_is_written() -> None:
    async with desk("CKQ1", TerminalModel(), "tcp", DEWI) as old, desk("CKQ2", TerminalModel()) as new:
        person = replace(await old.admin.read_person("1003"), algorithm="9")
        with pytest.raises(Unsupported, match="version"):
            await new.admin.write_person(person)
        assert len(new.sim.users) == 2


@pytest.mark.parametrize("pin", ["", "12 34", "A" * 25, "Añ"])
async def test_a_pin_that_no_terminal_can_hold_is_refused_before_anything_is_written(pin: str) -> None:
    async with desk("CKQ1", TerminalModel()) as one:
        with pytest.raises(UserConflict, match="PIN"):
            await one.admin.add_user(NewUser(pin, "Ayu"))
        assert not one.sim.commands[Command.USER_WRITE]


@pytest.mark.parametrize("pin", ["A17", "0012", "99999999999"])
async def test_a_model_with_short_records_takes_only_numbers_as_pins(pin: str) -> None:
    async with desk("CKQ1", TerminalModel(user_size=28)) as one:
        with pytest.raises(UserConflict, match="PIN"):
            await one.admin.add_user(NewUser(pin, "Ayu"))


async def test_over_udp_nothing_is_guessed_about_a_terminal_without_users() -> None:
    sim = TerminalSim("CKQ1", model=TerminalModel(user_size=28))
    server = UdpServer(sim, lambda: MORNING)
    await server.start()
    try:
        with pytest.raises(Unsupported, match="first user"):
            await Desk(server).admin.add_user(NewUser("7", "Ayu"))
        assert not sim.commands[Command.USER_WRITE]
    finally:
        await server.stop()


async def test_a_serial_line_is_named_as_what_cannot_be_administered() -> None:
    with pytest.raises(Unsupported, match="zk-serial"):
        await Administrator(Target("/dev/ttyUSB0"), "zk-serial").users()


async def test_a_line_of_the_screen_is_written_and_cleared(transport: str) -> None:
    async with desk("CKQ1", TerminalModel(), transport) as one:
        await one.admin.show_message(2, "Rapat 09:00 di aula, semua hadir")
        assert one.sim.screen == {2: "Rapat 09:00 di aula, sem"}
        await one.admin.show_message(0, "")
        assert one.sim.screen == {}


async def test_neither_a_password_nor_a_template_shows_in_any_text() -> None:
    async with desk("CKQ1", TerminalModel(), "tcp", DEWI) as old:
        person = await old.admin.read_person("1003")
        shown = f"{person!r} {person.entry!r} {[person]} {person.entry.record}"
        assert "4321" not in shown
        assert str(person.templates[6])[:12] not in shown


@pytest.fixture(params=["tcp", "udp"])
def transport(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found
