"""The technician's screen: every running simulated terminal, and what can be done to it, by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, Static

from simulators.control import ControlClient
from simulators.dialogs import ClockDialog, ConfirmDialog, FaultDialog, HelpDialog, PressDialog
from simulators.site import Line, PressReport, SimulatorError, TerminalStatus
from simulators.texts import TEXTS, Language, Texts

_REFRESH = 1.0
"""Real seconds between two looks at the terminals."""
_COLOURS = {Line.UP: "green", Line.CUT: "bold red", Line.SILENT: "yellow"}
_SIGNS = {Line.UP: "●", Line.CUT: "✕", Line.SILENT: "◌"}


class SimulatorConsole(App[None]):
    """Talks to a running fleet or terminal through its control; leaving it leaves them running."""

    CSS = """
    DataTable { height: 1fr; }
    #message { height: 1; padding: 0 1; background: $panel; }
    ModalScreen { align: center middle; }
    .dialog { width: 72; max-width: 95%; height: auto; padding: 1 2; }
    .dialog { background: $surface; border: round $primary; }
    .dialog Horizontal { height: auto; margin-top: 1; }
    .dialog Button { margin-right: 2; }
    .tall { height: 80%; }
    .tall OptionList { height: 1fr; }
    #wrong { color: $error; }
    """
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, client: ControlClient, language: Language = Language.INDONESIAN) -> None:
        super().__init__()
        self._client = client
        self._texts: Texts = TEXTS[language]
        self._statuses: dict[str, TerminalStatus] = {}
        # Held, not looked up: an answer may come when a dialog is on top, or when the screen is closing.
        self._table: DataTable[Text] = DataTable(cursor_type="row", zebra_stripes=True)
        self._message = Static("", id="message", markup=False)
        self.title = self._texts.title
        texts = self._texts
        for key, action, label in (
            ("p", "press", texts.press),
            ("m", "clock", texts.clock),
            ("c", "cut", texts.cut),
            ("b", "silence", texts.silence),
            ("r", "restore", texts.restore),
            ("x", "clear", texts.clear),
            ("f", "fault", texts.fault),
            ("h", "heal", texts.heal),
            ("question_mark", "help", texts.help),
            ("q", "quit", texts.quit),
        ):
            self.bind(key, action, description=label)

    def compose(self) -> ComposeResult:
        """A table of terminals between header and keys."""
        yield Header()
        yield self._table
        yield self._message
        yield Footer()

    async def on_mount(self) -> None:
        """Draw the table and keep it current."""
        for label in self._texts.columns:
            self._table.add_column(label, key=label)
        self._table.focus()
        self.refresh_terminals()
        self.set_interval(_REFRESH, self.refresh_terminals)

    @property
    def message(self) -> str:
        """What the line at the bottom says."""
        return str(self._message.content)

    @work(exclusive=True, group="refresh")
    async def refresh_terminals(self) -> None:
        """Look at every terminal again."""
        try:
            statuses = await asyncio.to_thread(self._client.status)
        except SimulatorError as error:
            self._say(self._texts.unreachable.format(reason=error))
            return
        for status in statuses:
            self._show(status)

    @work
    async def action_press(self) -> None:
        """Ask whose finger, and press it."""
        if (chosen := self._chosen) is None:
            return
        try:
            fingers = await asyncio.to_thread(self._client.fingers, chosen.serial)
        except SimulatorError as error:
            self._say(str(error))
            return
        who = await self.push_screen_wait(PressDialog(self._texts, _title(chosen), fingers))
        if who is None:
            return
        try:
            report = await asyncio.to_thread(self._client.press, who, chosen.serial)
        except SimulatorError as error:
            self._say(str(error))
            return
        self._say(self._pressed(report))
        self.refresh_terminals()

    @work
    async def action_clock(self) -> None:
        """Ask for the clock's offset, and set it."""
        if (chosen := self._chosen) is None:
            return
        dialog = ClockDialog(self._texts, _title(chosen), chosen.clock_offset)
        offset = await self.push_screen_wait(dialog)
        if offset is None:
            return
        status = await self._ask(lambda: self._client.move_clock(offset, chosen.serial))
        if status is not None:
            moved = f"{status.clock_offset:g}"
            self._say(self._texts.clock_moved.format(name=_title(status), offset=moved))

    @work
    async def action_cut(self) -> None:
        """Cut the line."""
        await self._change_line(self._client.cut)

    @work
    async def action_silence(self) -> None:
        """Let the terminal answer nothing."""
        await self._change_line(lambda serial: self._client.cut(serial, silent=True))

    @work
    async def action_restore(self) -> None:
        """Mend the line."""
        await self._change_line(self._client.restore)

    @work
    async def action_clear(self) -> None:
        """Clear the log, after asking."""
        if (chosen := self._chosen) is None:
            return
        question = self._texts.clear_title.format(name=_title(chosen), records=chosen.records)
        if not await self.push_screen_wait(ConfirmDialog(self._texts, question)):
            return
        if await self._ask(lambda: self._client.clear(chosen.serial)) is not None:
            self._say(self._texts.cleared.format(name=_title(chosen)))

    @work
    async def action_fault(self) -> None:
        """Ask for a fault that can happen there, and let it strike."""
        if (chosen := self._chosen) is None:
            return
        name = await self.push_screen_wait(FaultDialog(self._texts, _title(chosen), chosen.transport))
        if name is not None and await self._ask(lambda: self._client.strike(name, chosen.serial)) is not None:
            self._say(self._texts.broken.format(name=_title(chosen), fault=name))

    @work
    async def action_heal(self) -> None:
        """End all that is wrong."""
        if (chosen := self._chosen) is None:
            return
        if await self._ask(lambda: self._client.heal(chosen.serial)) is not None:
            self._say(self._texts.healed.format(name=_title(chosen)))

    def action_help(self) -> None:
        """Show the keys."""
        self.push_screen(HelpDialog(self._texts))

    @property
    def _chosen(self) -> TerminalStatus | None:
        table = self._table
        if not table.row_count:
            return None
        row, _ = table.coordinate_to_cell_key(table.cursor_coordinate)
        return self._statuses.get(row.value or "")

    async def _change_line(self, change: Callable[[str], TerminalStatus]) -> None:
        if (chosen := self._chosen) is None:
            return
        status = await self._ask(lambda: change(chosen.serial))
        if status is not None:
            line = self._texts.lines[status.line]
            self._say(self._texts.line_is.format(name=_title(status), line=line))

    async def _ask(self, request: Callable[[], TerminalStatus]) -> TerminalStatus | None:
        try:
            status = await asyncio.to_thread(request)
        except SimulatorError as error:
            self._say(str(error))
            return None
        self._show(status)
        return status

    def _show(self, status: TerminalStatus) -> None:
        table, cells = self._table, self._cells(status)
        if status.serial not in self._statuses:
            table.add_row(*cells, key=status.serial)
        elif self._statuses[status.serial] != status:
            for label, cell in zip(self._texts.columns, cells, strict=True):
                table.update_cell(status.serial, label, cell)
        self._statuses[status.serial] = status

    def _cells(self, status: TerminalStatus) -> tuple[Text, ...]:
        line = Text(f"{_SIGNS[status.line]} {self._texts.lines[status.line]}", _COLOURS[status.line])
        return (
            Text(status.serial),
            Text(status.name),
            Text(str(status.port), justify="right"),
            line,
            Text(f"{status.clients} ({status.live_clients})", justify="right"),
            Text(f"{status.records} / {status.capacity}", justify="right"),
            Text(f"{status.clock_offset:+.0f} s" if status.clock_offset else "0 s", justify="right"),
            Text(", ".join([*([self._texts.locked] if status.disabled else ()), *status.faults]), "yellow"),
        )

    def _pressed(self, report: PressReport) -> str:
        known = self._texts.pressed if report.name else self._texts.pressed_stranger
        return known.format(
            name=report.name, pin=report.pin, time=f"{report.device_time:%H:%M:%S}", told=report.told
        )

    def _say(self, message: str) -> None:
        self._message.update(message)


def _title(status: TerminalStatus) -> str:
    return status.name or status.serial
