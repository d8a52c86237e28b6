from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from attendance.ids import TerminalId
from attendance.punch import Capture
from collector.normalize import Normalizer
from collector.stick import commit, preview
from devices.driver import AttLogRecord, LiveEvents
from devices.usb import parse
from presensi.cli import cli
from presensi.exits import ExitCode
from simulators.stick import Tail, write_stick
from simulators.terminal import SimUser, TerminalSim
from store import Store
from store.changes import Topic
from store.punches import Ingest
from store.reviews import ReviewReason
from tests.support.rosters import plant, small_roster, terminal

Run = Callable[..., Result]
SERIAL = "CGKK223862906"
OTHER = "CGKK223862907"
MINE, OTHERS = TerminalId(1), TerminalId(2)
ZONE = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 3, 2, 7, 1)
DAYS = 14
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def sim() -> TerminalSim:
    """Two weeks of three people."""
    made = TerminalSim(SERIAL)
    made.enrol(SimUser(str(1000 + number), f"Orang {number}") for number in range(1, 4))
    for day in range(DAYS):
        for number in range(1, 4):
            moment = START + timedelta(days=day, minutes=7 * number)
            made.press(str(1000 + number), moment, state=0)
            made.press(str(1000 + number), moment + timedelta(hours=9), state=1)
    return made


@pytest.fixture
def stocked(store: Store) -> Store:
    """Two terminals and the three people."""
    roster = small_roster()
    mine = terminal(1, serial=SERIAL, driver="usb", address="")
    plant(store, replace(roster, terminals=(mine, terminal(2, serial=OTHER))))
    return store


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object, serial: str = SERIAL, answer: str | None = None) -> Result:
        command = ["import", "usb", "--terminal", serial, *map(str, arguments)]
        return CliRunner().invoke(cli, command, input=answer)

    return call


def pull(store: Store, path: Path, terminal_id: TerminalId = MINE, count: int | None = None) -> None:
    """Store what the file holds as if the network had brought it."""
    items = parse(path.read_bytes(), path.name).items[:count]
    found = Normalizer(terminal_id, ZONE).live(LiveEvents(items), NOW)
    store.punches.append([Ingest(terminal_id, found.punches)])


def stored(store: Store) -> set[tuple[str, datetime]]:
    return set(store.file_imports.held(MINE, datetime.min, datetime.max))


def held(path: Path) -> set[tuple[str, datetime]]:
    items = parse(path.read_bytes(), path.name).items
    return {(item.pin, item.device_time) for item in items if isinstance(item, AttLogRecord)}


@pytest.mark.parametrize(
    "name", [b"\x1b]0;x\x07\x1b[2J_attlog.dat", b"m\xfcller_attlog.dat", b"1_attlog.dat\nx"]
)
def test_a_name_steers_no_screen_and_need_not_be_text(
    run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path, name: bytes
) -> None:
    (written, *_) = write_stick(sim, tmp_path / "stick")
    odd = written.rename(written.with_name(os.fsdecode(name)))
    result = run(odd, "--yes")
    assert result.exit_code == 0, result.output
    assert not {"\x1b", "\x07"} & set(result.output)
    (past,) = stocked.file_imports.of(MINE)
    assert past.source.isprintable()


def test_a_stick_comes_in_after_a_preview_and_a_yes_with_notice_and_audit_line(
    run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
) -> None:
    feed = stocked.changes.feed()
    feed.position()
    files = write_stick(sim, tmp_path / "stick")
    result = run(*files, answer="y\n")
    assert result.exit_code == 0, result.output
    assert "Imported: 84 new" in result.output
    assert "3 users, to compare only" in result.output
    assert stored(stocked) == held(files[0])
    assert {punch.capture for punch in stocked.punches.between(datetime.min.replace(tzinfo=UTC), NOW)} == {
        Capture.USB
    }
    assert [change.topic for change in feed.next(5.0)] == [Topic.PUNCH]
    feed.close()
    lines = stocked.audit.latest()
    assert [line.action for line in lines] == ["stick.imported"] * 2
    assert {line.subject for line in lines} == {f"terminal:{SERIAL}"}
    assert [past.source for past in stocked.file_imports.of(MINE)] == ["1_attlog.dat", "user.dat"]
    assert stocked.terminals.health() == {}, "a stick vouches for nothing"


def test_importing_it_again_adds_nothing(run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path) -> None:
    [path, _] = write_stick(sim, tmp_path, tail=Tail.GARBAGE)
    assert run(path, "--yes").exit_code == 0
    again = run(path, "--yes")
    assert again.exit_code == 0
    assert "nothing to import" in again.output
    assert stocked.punches.count() == 84
    assert len(stocked.punches.quarantined()) == 4
    assert len(stocked.audit.latest()) == 1


def test_a_newer_stick_adds_only_what_is_new(
    run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
) -> None:
    [path, _] = write_stick(sim, tmp_path)
    run(path, "--yes")
    sim.press("1001", START + timedelta(days=DAYS))
    write_stick(sim, tmp_path)
    found = json.loads(run(path, "--yes", "--json").output)
    assert found["inserted"] == 1
    assert (found["files"][0]["new"], found["files"][0]["held"]) == (1, 84)


def test_a_punch_already_read_over_the_network_is_not_doubled(
    run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
) -> None:
    [path, _] = write_stick(sim, tmp_path)
    pull(stocked, path, count=50)
    result = run(path, "--yes")
    assert "Imported: 34 new, 50 already there, 0 kept aside." in result.output
    assert stocked.punches.count() == 84


class TestDates:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        made = TerminalSim(SERIAL)
        made.press("1001", datetime(2026, 3, 2, 7, 1))
        [path] = write_stick(made, tmp_path, "glg-half-day")
        return path

    @pytest.mark.parametrize(("answer", "month"), [("d", 3), ("m", 2)])
    def test_dates_that_can_be_read_both_ways_are_asked(
        self, run: Run, stocked: Store, path: Path, answer: str, month: int
    ) -> None:
        result = run(path, answer=f"{answer}\ny\n")
        assert result.exit_code == 0, result.output
        assert "2026-03-02 or 2026-02-03" in result.output
        [(_, _, device_time)] = stocked.punches.keys()
        assert device_time.month == month

    def test_a_script_must_say_the_order(self, run: Run, stocked: Store, path: Path) -> None:
        result = run(path, "--yes")
        assert result.exit_code == ExitCode.FILES
        assert "Add --date-order" in result.output
        assert stocked.punches.count() == 0
        assert run(path, "--yes", "--date-order", "dmy").exit_code == 0


class TestAnotherTerminals:
    def test_a_file_named_after_another_terminal_is_refused_and_may_be_forced(
        self, run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
    ) -> None:
        [path] = write_stick(sim, tmp_path, "attlog-serial")
        result = run(path, "--yes", serial=OTHER)
        assert result.exit_code == ExitCode.FILES
        assert f"seems to be a file of terminal {SERIAL}" in result.output
        assert stocked.punches.count() == 0
        assert run(path, "--yes", "--anyway", serial=OTHER).exit_code == 0
        [line] = stocked.audit.latest()
        assert "imported despite: other serial number" in line.detail

    def test_a_file_that_states_another_serial_number_is_refused(
        self, run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
    ) -> None:
        [path] = write_stick(sim, tmp_path, "attlog-framed")
        assert run(path, "--yes", serial=OTHER).exit_code == ExitCode.FILES
        assert run(path, "--yes").exit_code == 0

    def test_punches_that_another_terminal_has_are_refused(
        self, run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
    ) -> None:
        [path, _] = write_stick(sim, tmp_path)
        pull(stocked, path, OTHERS)
        result = run(path, "--yes")
        assert result.exit_code == ExitCode.FILES
        assert f"the store has 64 as terminal {OTHER}'s" in result.output
        assert stocked.punches.count(MINE) == 0

    def test_a_file_with_nothing_in_common_with_what_the_store_has_of_those_days_is_doubted(
        self, run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
    ) -> None:
        [path, _] = write_stick(sim, tmp_path)
        pull(stocked, path)
        stranger = TerminalSim("X")
        for day in range(DAYS):
            stranger.press("1001", START + timedelta(days=day, seconds=5))
        [other, _] = write_stick(stranger, tmp_path / "other")
        result = run(other, "--dry-run")
        assert "It has none of the 78 punches" in result.output

    def test_a_device_id_that_earlier_files_did_not_have_is_told(
        self, run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
    ) -> None:
        [first, _] = write_stick(sim, tmp_path)
        run(first, "--yes")
        sim.press("1001", START + timedelta(days=DAYS))
        [second, _] = write_stick(sim, tmp_path, device_id=7)
        assert "Device ids differ" in run(second, "--yes").output


def test_a_preview_alone_and_a_no_change_nothing(
    run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
) -> None:
    [path, _] = write_stick(sim, tmp_path)
    found = json.loads(run(path, "--dry-run", "--json").output)
    assert (found["imported"], found["files"][0]["new"]) == (False, 84)
    assert run(path, answer="n\n").exit_code == ExitCode.FAILED
    assert stocked.punches.count() == 0
    assert not stocked.audit.latest()


def test_the_preview_tells_strangers_future_punches_and_why_lines_are_kept_aside(
    run: Run, stocked: Store, tmp_path: Path
) -> None:
    path = tmp_path / "1_attlog.dat"
    path.write_bytes(
        b"     9999\t2098-01-01 07:00:00\t1\t0\t1\t0\r\n  1001\t2026-02-31 07:00:00\t1\t0\t1\t0\r\n"
    )
    output = run(path, "--dry-run").output
    assert "Nobody is enrolled with PIN 9999." in output
    assert "1 of 1 punches lie in the future" in output
    assert run(path, "--yes").exit_code == 0
    [mark] = stocked.reviews.open()
    assert mark.review.reason is ReviewReason.IMPOSSIBLE
    assert "Unreadable, line 2: impossible time 2026-02-31 07:00:00" in output


@pytest.mark.parametrize(
    ("content", "name", "serial", "told"),
    [
        (b"not a stick's\n", "1_attlog.dat", SERIAL, "no line of it is a punch"),
        (b"x", "letter.doc", SERIAL, "Choose the stick's"),
        (b"", "1_attlog.dat", "NOBODY", "No terminal with the serial number NOBODY"),
        (None, "1_attlog.dat", SERIAL, "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_an_exit_code(
    run: Run, stocked: Store, tmp_path: Path, content: bytes | None, name: str, serial: str, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name, "--yes", serial=serial)
    assert result.exit_code == ExitCode.FILES
    assert told in result.output
    assert "Traceback" not in result.output


def test_a_large_file_is_stored_in_pieces_and_progress_is_told(stocked: Store, tmp_path: Path) -> None:
    lines = (
        b"%9d\t%s\t1\t0\t1\t0\r\n" % (1001 + number % 3, str(START + timedelta(minutes=number)).encode())
        for number in range(12_000)
    )
    [mine] = [found for found in stocked.terminals.list() if found.serial == SERIAL]
    looked = preview(stocked, mine, [("1_attlog.dat", b"".join(lines))], zone=ZONE, now=NOW)
    told: list[tuple[int, int]] = []
    done = commit(
        stocked, looked, actor="test", at=NOW, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(5_000, 12_000), (10_000, 12_000), (12_000, 12_000)]
    assert (done.inserted, done.already) == (12_000, 0)
    again = commit(stocked, looked, actor="test", at=NOW)
    assert (again.inserted, again.already) == (0, 12_000)


def test_users_alone_are_compared_and_not_stored(
    run: Run, stocked: Store, sim: TerminalSim, tmp_path: Path
) -> None:
    sim.enrol([SimUser("4711", "Orang Baru")])
    [_, users] = write_stick(sim, tmp_path)
    result = run(users, "--yes")
    assert result.exit_code == 0
    assert "Nobody is enrolled with PIN 4711." in result.output
    assert "There is no punch in this: nothing to import." in result.output
    assert not stocked.audit.latest()
