"""Users, restart and voice of one terminal, asked for by an operator."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import Result

from devices.zk.commands import Command
from presensi.exits import ExitCode
from simulators.faults import Delivery
from simulators.terminal import SimUser, TerminalModel
from store import open_store
from store.audit import AuditEntry
from tests.contract.rig import COMM_KEY, SERIAL, Rig, rig
from tests.integration.cli.conftest import Run
from tests.support.collecting import register

ALL = pytest.mark.parametrize("command", [["users"], ["restart", "--yes"], ["voice"]])


class Desk:
    """An operator before a terminal that asks for a comm key."""

    def __init__(self, presensi: Run, rig: Rig, key_file: Path) -> None:
        self._presensi = presensi
        self.rig = rig
        self.address = f"127.0.0.1:{rig.target.port}"
        self.key_file = key_file

    async def ask(self, command: str, *options: object, answer: str | None = None) -> Result:
        arguments = ("terminal", command, self.address, "--comm-key-file", self.key_file, *options)
        return await asyncio.to_thread(self._presensi, *arguments, answer=answer)


@pytest.fixture
async def desk(presensi: Run, tmp_path: Path) -> AsyncIterator[Desk]:
    key_file = tmp_path / "key"
    key_file.write_text(f"{COMM_KEY}\n")
    async with rig(Delivery(), TerminalModel(), COMM_KEY) as terminal:
        terminal.terminal.enrol([SimUser("007", "[bold]Kepala", privilege=14)])
        yield Desk(presensi, terminal, key_file)


def audit(url: str) -> list[AuditEntry]:
    store = open_store(url)
    try:
        return store.audit.latest()
    finally:
        store.close()


async def test_users_are_listed_as_a_table_with_index_pin_name_and_privilege(desk: Desk) -> None:
    shown = await desk.ask("users")
    assert shown.exit_code == 0, shown.output
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.stdout.splitlines()]
    assert ["1", "1001", "Siti Rahayu", "user"] in rows
    assert ["4", "007", "[bold]Kepala", "administrator"] in rows


async def test_users_come_as_json_without_passwords_or_cards_and_with_nothing_else_around(desk: Desk) -> None:
    listed = json.loads((await desk.ask("users", "--json")).stdout)
    assert len(listed) == 4
    assert listed[0] == {
        "user_index": 1,
        "pin": "1001",
        "name": "Siti Rahayu",
        "privilege": "user",
        "disabled": False,
    }


async def test_a_restart_is_asked_for_first(desk: Desk) -> None:
    refused = await desk.ask("restart", answer="n\n")
    assert refused.exit_code == ExitCode.FAILED
    assert "Nothing was done" in refused.output
    assert not desk.rig.terminal.commands[Command.CONNECT]
    agreed = await desk.ask("restart", answer="y\n")
    assert agreed.exit_code == 0, agreed.output
    assert desk.rig.terminal.commands[Command.RESTART] == 1


async def test_a_script_restarts_with_yes(desk: Desk) -> None:
    assert (await desk.ask("restart", "--yes")).exit_code == 0
    assert desk.rig.terminal.commands[Command.RESTART] == 1


async def test_the_terminal_speaks(desk: Desk) -> None:
    assert (await desk.ask("voice")).exit_code == 0
    assert desk.rig.terminal.voices == 1


@ALL
async def test_each_warns_of_the_second_session_beside_what_a_script_reads(
    desk: Desk, command: list[str]
) -> None:
    result = await desk.ask(*command)
    assert "may disturb a collector" in result.stderr
    assert "may disturb" not in result.stdout


@ALL
async def test_each_is_written_to_the_audit_log_under_the_terminals_serial_number(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    store = open_store(database_url)
    register(store, SERIAL, port=desk.rig.target.port)
    store.close()
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    result = await desk.ask(*command)
    assert "audit" not in result.stderr
    (entry,) = audit(database_url)
    assert re.fullmatch(r"terminal\.(users_listed|restarted|voice_tested)", entry.action)
    assert entry.subject == f"terminal:{SERIAL}"
    assert entry.detail == f"{desk.address}, done"
    assert entry.actor


async def test_a_failed_attempt_is_written_too_under_its_address_where_nobody_is_registered(
    desk: Desk, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    desk.key_file.write_text("1\n")
    result = await desk.ask("restart", "--yes")
    assert result.exit_code == ExitCode.TERMINAL
    (entry,) = audit(sqlite_url)
    assert (entry.subject, entry.detail) == (
        f"terminal:{desk.address}",
        f"{desk.address}, failed: AuthRejected",
    )


@ALL
async def test_without_a_database_it_works_and_says_that_no_audit_row_was_written(
    desk: Desk, tmp_path: Path, command: list[str]
) -> None:
    result = await desk.ask(*command)
    assert result.exit_code == 0
    assert "no audit row was written" in result.stderr
    assert "run `presensi migrate`" in result.stderr
    assert list(tmp_path.iterdir()) == [desk.key_file]


@ALL
async def test_a_wrong_comm_key_is_one_sentence_with_what_to_do(desk: Desk, command: list[str]) -> None:
    desk.key_file.write_text("1\n")
    result = await desk.ask(*command)
    assert result.exit_code == ExitCode.TERMINAL
    said = result.stderr.splitlines()[-1]
    assert said.startswith("presensi: ")
    assert "comm key" in said


@ALL
async def test_nobody_there_says_what_to_check(desk: Desk, command: list[str]) -> None:
    await desk.rig.server.cut()
    result = await desk.ask(*command)
    assert result.exit_code == ExitCode.TERMINAL
    assert "network cable" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output


def test_a_command_that_is_broken_off_is_written_to_the_audit_log_too(
    presensi: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object, **_keywords: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    monkeypatch.setattr("presensi.administering.carry_out", interrupted)
    assert presensi("terminal", "restart", "127.0.0.1:4370", "--yes").exit_code != 0
    (entry,) = audit(sqlite_url)
    assert entry.detail == "127.0.0.1:4370, broken off"
