"""What a push terminal does when the server commands it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from devices.adms.results import CommandResult, encode_result
from devices.driver import AttLogRecord
from simulators.terminal import SimUser

if TYPE_CHECKING:
    from simulators.adms.unit import PushUnit

DONE = 0
WRONG_PARAMETER = -1
UNSUPPORTED = -1002
UNKNOWN = -22
_QUERY, _SUM, _USERS = "DATA QUERY ATTLOG", "VERIFY SUM ATTLOG", "DATA QUERY USERINFO"
_UPDATE, _DELETE = "DATA UPDATE USERINFO", "DATA DELETE USERINFO"


class Orders:
    """Carries commands out one after the other; their results wait in `unit.results`."""

    def __init__(self, unit: PushUnit) -> None:
        self.heard: list[str] = []
        """Every command that came, in order: a test can prove that nobody cleared anything."""
        self._unit = unit

    def carry_out(self, commands: Sequence[tuple[str, str]]) -> None:
        """One result for each of `commands` (id, command)."""
        for identifier, command in commands:
            self.heard.append(command)
            self._unit.results.append(self._result(identifier, command))

    def _result(self, identifier: str, command: str) -> bytes:
        unit = self._unit
        name, parameters = _split(command)
        word = name.split(" ")[0]
        if unit.dialect.security and name in {_QUERY, _SUM}:
            return encode_result(CommandResult(identifier, UNSUPPORTED, word))
        if name == _SUM:
            found = self._between(parameters)
            count = None if found is None else len(found)
            code = WRONG_PARAMETER if found is None else DONE
            return encode_result(CommandResult(identifier, code, name, count))
        if name == "INFO":
            return encode_result(CommandResult(identifier, DONE, name)) + self._facts()
        return encode_result(CommandResult(identifier, self._do(name, parameters), word))

    def _do(self, name: str, parameters: dict[str, str]) -> int:
        unit = self._unit
        match name:
            case "DATA QUERY ATTLOG":
                found = self._between(parameters)
                if not found:
                    return WRONG_PARAMETER if found is None else unit.dialect.empty_query
                size = unit.dialect.batch
                unit.rows.extend(list(found[start : start + size]) for start in range(0, len(found), size))
                return len(found)
            case "DATA QUERY USERINFO":
                unit.users_to_tell.extend(unit.terminal.users)
                return len(unit.terminal.users)
            case "DATA UPDATE USERINFO" if "PIN" in parameters:
                user = SimUser(
                    parameters["PIN"], parameters.get("Name", ""), privilege=int(parameters.get("Pri", 0))
                )
                unit.terminal.enrol([user])
                return DONE
            case "CHECK" | "LOG":
                return DONE
            case "REBOOT":
                unit.restart()
                return DONE
            case _:
                return UNKNOWN

    def _between(self, parameters: dict[str, str]) -> list[AttLogRecord] | None:
        try:
            start = datetime.fromisoformat(parameters["StartTime"])
            end = datetime.fromisoformat(parameters["EndTime"])
        except (KeyError, ValueError):
            return None
        return [record for record in self._unit.log if start <= record.device_time <= end]

    def _facts(self) -> bytes:
        terminal = self._unit.terminal
        return (
            f"~DeviceName={terminal.model.device_name}\nFWVersion={terminal.model.firmware}\n"
            f"~Platform={terminal.model.platform}\nTransactionCount={len(self._unit.log)}\n"
            f"UserCount={len(terminal.users)}\n~MaxAttLogCount={terminal.model.log_capacity // 10_000}\n"
        ).encode()


def _split(command: str) -> tuple[str, dict[str, str]]:
    """A command's name, and its parameters: `key=value` between TABs after the last blank of the name."""
    for name in (_QUERY, _SUM, _USERS, _UPDATE, _DELETE):
        if command.upper().startswith(name):
            pairs = (piece.partition("=") for piece in command[len(name) :].strip(" ").split("\t"))
            return name, {key: value for key, equals, value in pairs if equals}
    return command.strip().upper(), {}
