"""What the simulator writes on a stick, read by the importer's parsers: two readings of the notes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from devices.driver import AttLogRecord, BadRecord
from devices.usb import AmbiguousDates, DateOrder, parse
from simulators.models import MODELS
from simulators.stick import STICK_DIALECTS, Tail, write_stick
from simulators.terminal import SimUser, TerminalModel, TerminalSim

START = datetime(2026, 11, 2, 7, 1)


def terminal(days: int = 30, model: TerminalModel | None = None) -> TerminalSim:
    sim = TerminalSim("CGKK223862906", model=model or TerminalModel())
    sim.enrol(SimUser(str(1000 + number), f"Orang {number}") for number in range(1, 4))
    for day in range(days):
        for number in range(1, 4):
            moment = START + timedelta(days=day, minutes=7 * number, seconds=11 * day)
            sim.press(str(1000 + number), moment, state=0)
            sim.press(str(1000 + number), moment + timedelta(hours=9), state=1)
    return sim


def pressed(days: int = 30) -> list[tuple[str, datetime]]:
    return [
        (str(1000 + number), START + timedelta(days=day, minutes=7 * number, seconds=11 * day, hours=hours))
        for day in range(days)
        for number in range(1, 4)
        for hours in (0, 9)
    ]


def read(path: Path) -> list[tuple[str, datetime]]:
    items = parse(path.read_bytes(), path.name).items
    return [(item.pin, item.device_time) for item in items if isinstance(item, AttLogRecord)]


@pytest.mark.parametrize("dialect", STICK_DIALECTS)
def test_every_dialect_tells_the_terminals_whole_log(dialect: str, tmp_path: Path) -> None:
    log, *_ = write_stick(terminal(), tmp_path, dialect)
    found = read(log)
    assert list(dict.fromkeys(found)) == pressed()
    assert len(found) == len(pressed()) * (2 if dialect == "glg-twice" else 1)


@pytest.mark.parametrize("model", [name for name, model in MODELS.items() if not model.secure])
def test_every_model_writes_the_punches_that_its_log_holds(model: str, tmp_path: Path) -> None:
    log, users = write_stick(terminal(3, MODELS[model]), tmp_path)
    assert read(log) == pressed(3)
    names = [user.pin for user in parse(users.read_bytes(), users.name).users]
    assert names == ["1001", "1002", "1003"]


@pytest.mark.parametrize("dialect", STICK_DIALECTS)
@pytest.mark.parametrize("seed", range(5))
def test_a_torn_stick_loses_its_last_line_at_most_and_changes_none(
    dialect: str, seed: int, tmp_path: Path
) -> None:
    log, *_ = write_stick(terminal(), tmp_path, dialect, tail=Tail.TORN, seed=seed)
    found = list(dict.fromkeys(read(log)))
    assert found in (pressed(), pressed()[:-1])


@pytest.mark.parametrize("dialect", ["attlog", "glg"])
def test_a_garbage_tail_is_kept_line_by_line_beside_the_whole_log(dialect: str, tmp_path: Path) -> None:
    log, *_ = write_stick(terminal(), tmp_path, dialect, tail=Tail.GARBAGE)
    items = parse(log.read_bytes(), log.name).items
    assert read(log) == pressed()
    assert sum(isinstance(item, BadRecord) for item in items) == 4


def test_a_stick_of_the_first_days_of_a_month_does_not_tell_the_day_from_the_month(tmp_path: Path) -> None:
    log, *_ = write_stick(terminal(2), tmp_path, "glg-half-day")
    with pytest.raises(AmbiguousDates):
        parse(log.read_bytes(), log.name)
    assert parse(log.read_bytes(), log.name, DateOrder.DMY).items[0] == AttLogRecord(
        "1001", START + timedelta(minutes=7), 1, 255, "", 0
    )


def test_a_day_that_never_was_is_written_as_the_terminal_would_and_kept_aside(tmp_path: Path) -> None:
    sim = terminal(1)
    sim.log.append(sim.corrupt_time(sim.pack("1001", START)))
    log, _ = write_stick(sim, tmp_path)
    assert parse(log.read_bytes(), log.name).items[-1] == BadRecord(
        -1,
        b"     1001\t2026-02-31 00:00:00\t1\t255\t1\t0",
        "line 7: impossible time 2026-02-31 00:00:00",
    )


def test_the_serial_number_stands_where_the_dialect_has_it(tmp_path: Path) -> None:
    sim = terminal(1)
    for dialect in ("attlog-framed", "agl-comments"):
        log, *_ = write_stick(sim, tmp_path, dialect)
        assert parse(log.read_bytes(), log.name).serial == sim.serial
    log, *_ = write_stick(sim, tmp_path, "attlog-serial")
    assert log.name == f"{sim.serial}_attlog.dat"
