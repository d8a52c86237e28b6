from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from bisect import bisect_right
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from devices.driver import AttLogRecord, Target
from devices.registry import load
from simulators.control import ControlClient
from simulators.fleet import TRUTH_FILE, Fleet
from simulators.scenario import Scenario, build
from simulators.site import Line
from simulators.truth import GroundTruth
from tests.support.waiting import PATIENCE

MONDAY = date(2026, 11, 23)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, second)


class HandClock:
    """City time that a test moves; it stands still between two moves."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def real_wait(self, moment: datetime) -> float:
        return 0.0 if moment <= self.moment else float("inf")


class RunningClock:
    """City time at a rate."""

    def __init__(self, start: datetime, rate: float) -> None:
        self._start, self._rate, self._began = start, rate, time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self._rate)

    def real_wait(self, moment: datetime) -> float:
        return max(0.0, (moment - self.now()).total_seconds() / self._rate)


def small() -> Scenario:
    return build(5, MONDAY, people=200, terminals=8)


def fleet(scenario: Scenario, clock: HandClock | RunningClock) -> Fleet:
    return Fleet(scenario, clock.now, clock.real_wait)


async def until(condition: object, seconds: float = PATIENCE) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


def lengths(running: Fleet) -> Counter[str]:
    return Counter({status.serial: status.records for status in running.site.status() if status.records})


async def test_what_lies_in_the_past_is_in_the_logs_when_the_fleet_starts() -> None:
    scenario = small()
    running = fleet(scenario, HandClock(at(6, 45)))
    await running.start()
    try:
        assert lengths(running) == scenario.truth.log_lengths(at(6, 45))
        lines = {status.serial: status.line for status in running.site.status()}
        dark = {window.serial for window in scenario.dark if window.covers(at(6, 45))}
        assert {serial for serial, line in lines.items() if line is Line.CUT} == dark
    finally:
        await running.stop()


async def test_fingers_are_pressed_and_lines_cut_and_mended_as_city_time_passes() -> None:
    scenario = small()
    clock = HandClock(at(7, 19))
    running = fleet(scenario, clock)
    dropping = next(window.serial for window in scenario.dark if window.end)
    await running.start()
    try:
        server = running.site.server(dropping)
        assert not server.is_cut
        for moment, is_cut in ((at(7, 20), True), (at(7, 49, 59), True), (at(7, 50), False)):
            clock.moment = moment
            await until(lambda: lengths(running) == scenario.truth.log_lengths(clock.moment))
            await until(lambda cut=is_cut: server.is_cut is cut)
        clock.moment = at(23, 59)
        await asyncio.wait_for(running.finished(), PATIENCE)
        assert running.played == len(scenario.presses)
    finally:
        await running.stop()


async def test_a_terminal_that_is_asked_has_every_finger_due_by_then_although_the_simulation_lags() -> None:
    scenario = replace(small(), dark=())
    clock = HandClock(at(7, 0))
    running = Fleet(scenario, clock.now, lambda _moment: float("inf"))
    await running.start()
    try:
        clock.moment = at(7, 29)
        wanted = scenario.truth.log_lengths(clock.moment)
        assert running.played < sum(wanted.values())
        serial, (host, port) = next(iter(running.site.addresses.items()))
        session = await load("zk-tcp").open(Target(host, port, expected_serial=serial))
        assert len((await session.read_log()).items) == wanted[serial]
        assert lengths(running) == wanted
        assert running.played == sum(wanted.values())
        await session.close()
    finally:
        await running.stop()


async def test_the_logs_hold_exactly_the_truth_when_the_driver_reads_them() -> None:
    scenario = small()
    running = fleet(scenario, HandClock(at(23, 59)))
    await running.start()
    try:
        read: set[tuple[str, str, datetime]] = set()
        for serial, (host, port) in running.site.addresses.items():
            if running.site.server(serial).is_cut:
                continue
            session = await load("zk-tcp").open(Target(host, port, expected_serial=serial))
            for item in (await session.read_log()).items:
                assert isinstance(item, AttLogRecord)
                read.add((serial, item.pin, item.device_time))
            await session.close()
        assert read == scenario.truth.punch_keys()
    finally:
        await running.stop()


async def test_a_disabled_terminal_loses_fingers_and_the_day_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scenario = build(5, MONDAY, people=20, terminals=1)
    clock = HandClock(at(6, 0))
    running = fleet(scenario, clock)
    await running.start()
    try:
        running.site.server(None).terminal.disabled = True
        clock.moment = at(23, 59)
        await asyncio.wait_for(running.finished(), PATIENCE)
        assert "a finger was refused" in caplog.text
    finally:
        await running.stop()


async def test_a_rush_of_three_hundred_fingers_a_second_is_kept_up_with() -> None:
    scenario = build(1, MONDAY)
    # At 120 times the usual pace the busiest minutes bring some 300 punches in a real second.
    clock = RunningClock(at(7, 16), 120.0)
    running = fleet(scenario, clock)
    await running.start()
    try:
        moments = sorted(press.at for press in scenario.presses)
        behind = []
        while clock.now() < at(7, 20):
            await asyncio.sleep(0.02)
            behind.append(bisect_right(moments, clock.now()) - running.played)
        assert running.played - bisect_right(moments, at(7, 16)) > 500
        # A quarter of a second of the rush. A busy machine stands still now and then; that is made up for.
        assert sorted(behind)[3 * len(behind) // 4] <= 75, behind
    finally:
        await running.stop()


async def test_135_idle_terminals_cost_next_to_nothing() -> None:
    clock = HandClock(at(6, 45))
    running = fleet(build(1, MONDAY), clock)
    await running.start()
    try:
        assert len(running.site.servers) == 135
        process = psutil.Process()
        spent = []
        for _ in range(3):
            before = sum(process.cpu_times()[:2])
            await asyncio.sleep(1.0)
            spent.append(sum(process.cpu_times()[:2]) - before)
        # Whatever else this process has to do, it does not do it all the time.
        assert min(spent) < 0.05, spent
    finally:
        await running.stop()


SERVE = """
    import sys
    from datetime import date, datetime
    from pathlib import Path
    from simulators.fleet import run_fleet
    from simulators.scenario import build

    moment = datetime(2026, 11, 23, 8, 0)
    sys.exit(run_fleet(
        build(5, date(2026, 11, 23), people=60, terminals=3),
        Path(sys.argv[1]),
        lambda: moment,
        lambda at: 0.0 if at <= moment else float("inf"),
        ready=lambda: print("ready", flush=True),
    ))
"""


def test_a_running_fleet_leaves_its_files_and_obeys_its_control_until_told_to_end(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVE), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        names = {path.name for path in tmp_path.iterdir()}
        assert names >= {"units.csv", "people.csv", "terminals.csv", TRUTH_FILE, "control.json"}
        truth = GroundTruth.from_json((tmp_path / TRUTH_FILE).read_text("utf-8"))
        client = ControlClient.of(tmp_path)
        statuses = {status.serial: status.records for status in client.status()}
        assert statuses == truth.log_lengths(at(8))
        ports = (tmp_path / "terminals.csv").read_text("utf-8")
        assert all(f",{status.port}," in ports for status in client.status())
        serial = next(iter(statuses))
        client.press("123", serial)
        assert json.loads((tmp_path / "control.json").read_text("utf-8"))["host"] == "127.0.0.1"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
