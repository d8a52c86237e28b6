"""The small windows of the technician's screen: each asks one thing and gives one answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from simulators.faults import FAULTS, FaultKind, Transport
from simulators.terminal import SimUser
from simulators.texts import Language, Texts

_MOST_SHOWN = 200
"""Fingers listed at once; typing narrows them down."""


class _ListDialog(ModalScreen[str | None]):
    """Asks for one of many; answers its id, or None. Typing narrows the list down."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("down", "to_list", show=False),
    ]

    def __init__(self, texts: Texts, title: str, hint: str) -> None:
        super().__init__()
        self._texts = texts
        self._heading = title
        self._hint = hint

    def options(self, typed: str) -> list[Option]:
        """What matches what was typed."""
        raise NotImplementedError

    def answer(self, typed: str) -> str | None:
        """What Enter means after `typed`; None: nothing yet."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """One input above the list."""
        with Vertical(classes="dialog tall"):
            yield Label(self._heading, markup=False)
            yield Input(placeholder=self._hint, id="typed", max_length=24)
            yield OptionList(*self.options(""), id="known")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only what matches what was typed."""
        known = self.query_one("#known", OptionList)
        known.clear_options()
        known.add_options(self.options(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed."""
        if (answer := self.answer(event.value.strip())) is not None:
            self.dismiss(answer)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One was chosen from the list."""
        self.dismiss(event.option_id)

    def action_to_list(self) -> None:
        """From the input down into the list."""
        self.query_one("#known", OptionList).focus()


class PressDialog(_ListDialog):
    """Asks whose finger; answers a PIN or NIP, or None."""

    def __init__(self, texts: Texts, name: str, fingers: Sequence[SimUser]) -> None:
        super().__init__(texts, texts.press_title.format(name=name), texts.press_hint)
        self._fingers = fingers

    def options(self, typed: str) -> list[Option]:
        """Matching people."""
        shown = self._matching(typed)[:_MOST_SHOWN]
        return [Option(Text(f"{user.pin:>9}  {user.name}"), id=user.pin) for user in shown]

    def answer(self, typed: str) -> str | None:
        """A typed PIN or NIP; a name that only one person bears will do too."""
        if not typed:
            return None
        known = self._matching(typed)
        exact = any(typed in (user.pin, user.nip) for user in known)
        return known[0].pin if len(known) == 1 and not exact else typed

    def _matching(self, typed: str) -> list[SimUser]:
        wanted = typed.casefold()
        return [
            user
            for user in self._fingers
            if wanted in user.name.casefold() or user.pin.startswith(typed) or user.nip.startswith(typed)
        ]


class FaultDialog(_ListDialog):
    """Asks what is to go wrong; answers a fault's name, or None."""

    def __init__(self, texts: Texts, name: str, transport: Transport) -> None:
        super().__init__(texts, texts.fault_title.format(name=name), texts.fault_hint)
        self._kinds = [kind for kind in FAULTS.values() if transport in kind.transports]

    def options(self, typed: str) -> list[Option]:
        """Faults that can happen on this line, whose name or description matches."""
        return [
            Option(Text.assemble((f"{kind.name:24}", "bold"), self._summary(kind)), id=kind.name)
            for kind in self._matching(typed)
        ]

    def answer(self, typed: str) -> str | None:
        """A whole name, or what leaves only one."""
        names = [kind.name for kind in self._matching(typed)]
        return typed if typed in names else names[0] if len(names) == 1 else None

    def _matching(self, typed: str) -> list[FaultKind]:
        wanted = typed.casefold()
        return [it for it in self._kinds if wanted in it.name or wanted in self._summary(it).casefold()]

    def _summary(self, kind: FaultKind) -> str:
        return kind.indonesian if self._texts.language is Language.INDONESIAN else kind.english


class ClockDialog(ModalScreen[float | None]):
    """Asks how far the clock is ahead, in seconds; answers None when given up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, texts: Texts, name: str, offset: float) -> None:
        super().__init__()
        self._texts = texts
        self._terminal_name = name
        self._offset = offset

    def compose(self) -> ComposeResult:
        """The present offset, to be changed."""
        with Vertical(classes="dialog"):
            yield Label(self._texts.clock_title.format(name=self._terminal_name), markup=False)
            yield Static(self._texts.clock_hint)
            yield Input(f"{self._offset:g}", id="offset")
            yield Static("", id="wrong")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Seconds, or a hint what to write instead."""
        try:
            self.dismiss(float(event.value.replace(",", ".")))
        except ValueError:
            self.query_one("#wrong", Static).update(self._texts.clock_bad)


class ConfirmDialog(ModalScreen[bool]):
    """Asks before something that cannot be undone; the safe answer has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", show=False)]

    def __init__(self, texts: Texts, question: str) -> None:
        super().__init__()
        self._texts = texts
        self._question = question

    def compose(self) -> ComposeResult:
        """The question and two buttons."""
        with Vertical(classes="dialog"):
            yield Label(self._question, markup=False)
            with Horizontal():
                yield Button(self._texts.no, id="no", variant="primary")
                yield Button(self._texts.yes, id="yes", variant="error")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Only the second button says yes."""
        self.dismiss(event.button.id == "yes")


class HelpDialog(ModalScreen[None]):
    """Shows the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss(None)", show=False)
    ]

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def compose(self) -> ComposeResult:
        """The list of keys."""
        with Vertical(classes="dialog"):
            yield Static(self._texts.help_text, markup=False)
            yield Button(self._texts.close, id="close")

    def on_button_pressed(self) -> None:
        """Close."""
        self.dismiss(None)
