"""The technician's screen, driven by keys against real simulated terminals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Static

from simulators.console import SimulatorConsole
from simulators.control import ControlClient, ControlServer
from simulators.dialogs import ClockDialog, ConfirmDialog, FaultDialog, HelpDialog, PressDialog
from simulators.faults import FAULTS, Transport
from simulators.single import make_terminal
from simulators.site import Line, Site
from simulators.terminal import SimUser
from simulators.texts import ENGLISH, INDONESIAN, Language

NOW = datetime(2026, 11, 23, 7, 15, 30)
NIP = "198001012005011901"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    people = [SimUser("1001", "Sutrisno", NIP), SimUser("1002", "Siti Aminah"), SimUser("1003", "Siti Nur")]
    two = [make_terminal("A", name="Lobi", users=people), make_terminal("B", name="Gudang [2]")]
    running = Site(two, lambda: NOW)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def app(control: ControlServer) -> SimulatorConsole:
    return SimulatorConsole(ControlClient(control.host, control.port))


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    for _ in range(300):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"it did not happen; the message line says: {said(pilot)}")


def said(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app, SimulatorConsole)
    return pilot.app.message


def cell(pilot: Pilot[None], serial: str, column: int) -> str:
    return str(pilot.app.screen_stack[0].query_one(DataTable).get_cell(serial, INDONESIAN.columns[column]))


async def until_said(pilot: Pilot[None], start: str) -> None:
    await until(pilot, lambda: said(pilot).startswith(start))


async def until_line(pilot: Pilot[None], serial: str, line: Line) -> None:
    await until(pilot, lambda: INDONESIAN.lines[line] in cell(pilot, serial, 3))


async def ready(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: pilot.app.screen_stack[0].query_one(DataTable).row_count == 2)


async def test_every_terminal_is_listed_with_its_line_log_and_clock(
    app: SimulatorConsole, site: Site
) -> None:
    site.server("B").terminal.clock_offset = timedelta(seconds=-30)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        assert cell(pilot, "B", 1) == "Gudang [2]"
        assert cell(pilot, "B", 3) == "● tersambung"
        assert cell(pilot, "B", 5) == "0 / 100000"
        assert cell(pilot, "B", 6) == "-30 s"


async def test_what_happens_elsewhere_shows_by_itself(app: SimulatorConsole, site: Site) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        site.press("A", "1001")
        await until(pilot, lambda: cell(pilot, "A", 5).startswith("1 /"))


async def test_p_presses_the_finger_of_a_typed_pin_nip_or_only_match(
    app: SimulatorConsole, site: Site
) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        for typed, name in ((NIP, "Sutrisno"), ("1002", "Siti Aminah"), ("nur", "Siti Nur")):
            await pilot.press("p")
            await until(pilot, lambda: isinstance(app.screen, PressDialog))
            await pilot.press(*typed, "enter")
            await until_said(pilot, name)
        assert len(site.server("A").terminal.log) == 3
        assert "pukul 07:15:30" in said(pilot)


async def test_a_person_can_be_chosen_from_the_list(app: SimulatorConsole, site: Site) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PressDialog))
        await pilot.press("s", "i", "t", "i", "down", "down", "enter")
        await until(pilot, lambda: said(pilot).startswith("Siti"))
        assert len(site.server("A").terminal.log) == 1


async def test_a_stranger_is_pressed_and_named_so(app: SimulatorConsole) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PressDialog))
        await pilot.press(*"777", "enter")
        await until(pilot, lambda: said(pilot).startswith("PIN 777 (tidak dikenal"))


async def test_c_b_and_r_cut_silence_and_restore_the_chosen_terminal(
    app: SimulatorConsole, site: Site
) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press("down")
        for key, line in (("c", Line.CUT), ("r", Line.UP), ("b", Line.SILENT), ("r", Line.UP)):
            await pilot.press(key)
            await until_line(pilot, "B", line)
        assert said(pilot) == "Jaringan Gudang [2]: tersambung"
        assert not site.server("A").is_cut


async def test_m_moves_the_clock_and_asks_again_for_what_is_no_number(
    app: SimulatorConsole, site: Site
) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, ClockDialog))
        app.screen.query_one(Input).value = "besok"
        await pilot.press("enter")
        await until(
            pilot, lambda: str(app.screen.query_one("#wrong", Static).content) == INDONESIAN.clock_bad
        )
        app.screen.query_one(Input).value = "-90"
        await pilot.press("enter")
        await until(pilot, lambda: cell(pilot, "A", 6) == "-90 s")
        assert site.server("A").terminal.clock_offset == timedelta(seconds=-90)


async def test_x_clears_the_log_only_after_a_yes(app: SimulatorConsole, site: Site) -> None:
    site.press("A", "1001")
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        for answer in (("enter",), ("escape",), ("tab", "enter")):
            await pilot.press("x")
            await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
            await pilot.press(*answer)
            await until(pilot, lambda: not isinstance(app.screen, ConfirmDialog))
            if answer != ("tab", "enter"):
                assert len(site.server("A").terminal.log) == 1
        await until(pilot, lambda: said(pilot) == "Log Lobi kosong")
        assert len(site.server("A").terminal.log) == 0


async def test_f_lets_a_chosen_fault_strike_and_h_heals_it(app: SimulatorConsole, site: Site) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        for typed, name in (("wrong-key", "wrong-key"), ("serial lain", ""), ("mesin lain", "replaced")):
            await pilot.press("f")
            await until(pilot, lambda: isinstance(app.screen, FaultDialog))
            app.screen.query_one(Input).value = typed
            await pilot.press("enter")
            if not name:
                await pilot.press("escape")
            else:
                await until_said(pilot, f"Gangguan di Lobi: {name}")
        assert site.server("A").faults.active == ("wrong-key", "replaced")
        await until(pilot, lambda: cell(pilot, "A", 7) == "wrong-key, replaced")
        await pilot.press("h")
        await until_said(pilot, "Semua gangguan Lobi berakhir")
        assert site.server("A").faults.active == ()
        assert site.server("A").terminal.serial == "A"


async def test_only_faults_that_can_happen_on_the_line_are_offered() -> None:
    dialog = FaultDialog(INDONESIAN, "Lobi", Transport.UDP)
    offered = {option.id for option in dialog.options("")}
    assert offered == {name for name, kind in FAULTS.items() if Transport.UDP in kind.transports}
    assert "eof-mid-chunk" not in offered
    assert [option.id for option in dialog.options("baterai")] == ["dead-battery"]
    assert dialog.answer("") is None
    assert FaultDialog(ENGLISH, "Lobby", Transport.TCP).answer("battery") == "dead-battery"


async def test_the_question_mark_explains_every_key(app: SimulatorConsole) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, HelpDialog))
    for texts in (INDONESIAN, ENGLISH):
        assert [line.split("  ")[0] for line in texts.help_text.splitlines()][1:] == list("pmcbrxfh?q")


async def test_a_simulator_that_went_away_is_said_and_the_screen_stays(
    app: SimulatorConsole, control: ControlServer
) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        await control.stop()
        await pilot.press("c")
        await until(pilot, lambda: "no simulator answers" in said(pilot))


async def test_the_screen_speaks_english_too(control: ControlServer) -> None:
    app = SimulatorConsole(ControlClient(control.host, control.port), Language.ENGLISH)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot)
        labels = [str(column.label) for column in app.query_one(DataTable).columns.values()]
        assert labels == list(ENGLISH.columns)
        await asyncio.sleep(0)
