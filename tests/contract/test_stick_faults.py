"""Every file that a stick may hold × everything that may be wrong with it: the store ends equal to the
terminal's log, or nothing is stored and the operator is told what to do. A stick never vouches for anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from attendance.day_result import DayStatus
from attendance.ids import TerminalId
from attendance.punch import Capture
from attendance.terminal import USB_DRIVER
from collector.normalize import Normalizer
from collector.stick import Imported, Preview, commit, preview
from collector.stick_doubts import DoubtKind
from devices.driver import AttLogRecord, LiveEvents
from devices.usb import AmbiguousDates, DateOrder, NotAStickFile, StickError, parse
from simulators.faults.log import ODD_USERS, STRANGER
from simulators.stick import STICK_DIALECTS, USER_FILE, Tail, recorded, write_stick
from simulators.terminal import SimUser, TerminalSim
from store import Store, open_store
from store.punches import Ingest
from tests.contract.faulty import IN_TIME, NEVER, judged
from tests.support.days import MONDAY, ZONE, at
from tests.support.rosters import plant, small_roster, terminal

SERIAL: Final = "CGKK223862906"
OTHER: Final = "CGKK223862907"
MINE, OTHERS = TerminalId(1), TerminalId(2)
NOW: Final = at("07:45")
DAYS: Final = 14
YEAR_LAST: Final = {"glg-month-first": DateOrder.MDY, "glg-half-day": DateOrder.DMY}
"""Dialects whose dates can be read both ways, and how they are meant."""
Key = tuple[str, datetime]


@dataclass(slots=True)
class Stick:
    """A terminal, the store of which it is registered, and a folder in which its stick is."""

    sim: TerminalSim
    store: Store
    folder: Path
    dialect: str
    order: DateOrder | None = None
    bad: set[bytes] = field(default_factory=set)

    @property
    def truth(self) -> set[Key]:
        """Every punch of its log that has a time at all."""
        found = set()
        for punch in recorded(self.sim):
            try:
                found.add((punch.pin, datetime(*punch.day, *punch.clock)))
            except ValueError:
                continue
        return found

    @property
    def stored(self) -> set[Key]:
        """What the store holds of it; fails when it holds something twice."""
        found = self.store.file_imports.held(MINE, datetime.min, datetime.max)
        assert self.store.punches.count(MINE) == len(found)
        return {(str(pin), moment) for pin, moment in found}

    def write(self, tail: Tail = Tail.WHOLE, folder: str = "stick") -> Path:
        """The file of punches, as it is written now."""
        return write_stick(self.sim, self.folder / folder, self.dialect, tail=tail)[0]

    def look(self, path: Path, *, terminal_id: TerminalId = MINE) -> Preview:
        """What importing it would do. Raises `StickError`."""
        [mine] = [one for one in self.store.terminals.list() if one.id == terminal_id]
        files = [(path.name, path.read_bytes())]
        return preview(self.store, mine, files, zone=ZONE, now=NOW, date_order=self.order)

    def bring(self, path: Path) -> Imported:
        """Import it."""
        looked = self.look(path)
        assert looked.refused == ()
        return commit(self.store, looked, actor="tester", at=NOW)

    def pull(self, count: int, terminal_id: TerminalId = MINE) -> None:
        """Store the log's first `count` punches as if the network had brought them."""
        items = [AttLogRecord(pin, moment, 1, 255, "", 0) for pin, moment in sorted(self.truth)[:count]]
        found = Normalizer(terminal_id, ZONE).live(LiveEvents(items), NOW)
        self.store.punches.append([Ingest(terminal_id, found.punches)])

    def press(self, pin: str, moment: datetime) -> None:
        """A finger by the terminal's clock."""
        self.sim.press(pin, moment)


Suffer = Callable[[Stick], None]


def whole(it: Stick) -> None:
    it.bring(it.write())


def twice(it: Stick) -> None:
    it.bring(it.write())
    again = it.look(it.write())
    assert not again.worth
    assert commit(it.store, again, actor="tester", at=NOW).inserted == 0


def overlapping(it: Stick) -> None:
    half = len(it.truth) // 2
    it.pull(half)
    before = it.store.punches.between(at("00:00", MONDAY - timedelta(days=30)), NOW)
    done = it.bring(it.write())
    assert (done.inserted, done.already >= half) == (len(it.truth) - half, True)
    after = it.store.punches.between(at("00:00", MONDAY - timedelta(days=30)), NOW)
    assert set(before) <= set(after), "what the network brought is left as it is"


def newer(it: Stick) -> None:
    it.bring(it.write())
    it.press("1002", at_terminal("07:40"))
    assert it.bring(it.write()).inserted == 1


def garbage_tail(it: Stick) -> None:
    path, clean = it.write(Tail.GARBAGE), it.write(folder="clean")
    it.bring(path)
    it.bring(path)
    tail = path.read_bytes()[len(clean.read_bytes()) :]
    it.bad = {kept.raw for kept in it.store.punches.quarantined(MINE)}
    assert len(it.bad) == 4
    assert all(raw in tail for raw in it.bad), "not a byte of what cannot be read is lost"


def cut_in_mid_line(it: Stick) -> None:
    """Wherever the last line is cut, it is read right or not at all; the next stick brings it."""
    path = it.write()
    content = path.read_bytes()
    body = content.rstrip()
    last = len(body) - (body.rfind(b"\n") + 1)
    it.order = YEAR_LAST.get(it.dialect)
    for cut in range(len(body) - last, len(body)):
        items = parse(body[:cut], path.name, it.order).items
        keys = {(item.pin, item.device_time) for item in items if isinstance(item, AttLogRecord)}
        assert keys <= it.truth
        assert len(it.truth - keys) <= 1
    path.write_bytes(body[: len(body) - last // 2])
    it.bring(path)
    it.bad = {kept.raw for kept in it.store.punches.quarantined(MINE)}
    assert len(it.bad) == 1
    path.write_bytes(content)
    it.bring(path)


def other_line_ends(it: Stick) -> None:
    path = it.write()
    unix = path.read_bytes().replace(b"\r\n", b"\n")
    path.write_bytes(unix if b"\r\n" in path.read_bytes() else unix.replace(b"\n", b"\r\n"))
    it.bring(path)


def another_terminals(it: Stick) -> None:
    """Its name or its text says so, or its punches are known to be the other's."""
    path = it.write()
    it.pull(len(it.truth))
    refused = it.look(path, terminal_id=OTHERS).refused
    assert {doubt.kind for doubt in refused} <= {DoubtKind.OTHER_SERIAL, DoubtKind.HELD_ELSEWHERE}
    assert SERIAL in {doubt.said for doubt in refused}
    assert it.store.punches.count(OTHERS) == 0
    it.bring(path)


def impossible_dates(it: Stick) -> None:
    for pin in ("1001", "1002", "1003"):
        it.sim.log.append(it.sim.corrupt_time(it.sim.pack(pin, at_terminal("07:20"))))
    it.bring(it.write())
    it.bad = {kept.raw for kept in it.store.punches.quarantined(MINE)}
    assert len(it.bad) >= 3, "a board that writes each punch twice has six such lines"
    assert all("impossible time" in kept.reason for kept in it.store.punches.quarantined(MINE))


def odd_pins(it: Stick) -> None:
    it.sim.enrol(ODD_USERS)
    for user in ODD_USERS:
        it.press(user.pin, at_terminal("07:30"))
    it.bring(it.write())


def uid_0(it: Stick) -> None:
    it.press(STRANGER, at_terminal("07:30"))
    [file] = it.look(it.write()).files
    assert STRANGER in file.strangers
    it.bring(it.write())


def doubled_punches(it: Stick) -> None:
    for _ in range(2):
        it.press("1002", at_terminal("07:40"))
    [file] = it.look(it.write()).files
    assert file.repeated >= 1
    it.bring(it.write())


def empty_file(it: Stick) -> None:
    path = it.write(folder="empty")
    path.write_bytes(b"")
    assert not it.look(path).worth
    it.bring(path)
    assert it.stored == set()
    it.bring(it.write())


def ambiguous_dates(it: Stick) -> None:
    """Days and months that can be exchanged: nothing is stored before somebody says which is which."""
    it.sim.log.clear()
    it.press("1001", datetime(2026, 3, 2, 7, 10))
    path = it.write()
    with pytest.raises(AmbiguousDates) as told:
        it.look(path)
    assert_action(told.value)
    assert it.stored == set()
    it.order = YEAR_LAST[it.dialect]
    it.bring(path)


def no_stick_file(it: Stick) -> None:
    path = it.write(folder="other")
    content = path.read_bytes()
    path.write_bytes(b"Dear colleague,\r\nplease find the punches attached.\r\n")
    with pytest.raises(NotAStickFile) as told:
        it.look(path)
    assert_action(told.value)
    assert it.stored == set()
    path.write_bytes(content)
    it.bring(path)


FAULTS: Final[dict[str, Suffer]] = {
    fault.__name__.replace("_", "-"): fault
    for fault in (
        whole,
        twice,
        overlapping,
        newer,
        garbage_tail,
        cut_in_mid_line,
        other_line_ends,
        another_terminals,
        impossible_dates,
        odd_pins,
        uid_0,
        doubled_punches,
        empty_file,
        ambiguous_dates,
        no_stick_file,
    )
}
CASES: Final = [
    (dialect, fault)
    for dialect in STICK_DIALECTS
    for fault in FAULTS
    if fault != "ambiguous-dates" or dialect in YEAR_LAST
]


def at_terminal(clock: str) -> datetime:
    """As the terminal shows it on the Monday."""
    return at(clock).astimezone(ZONE).replace(tzinfo=None)


def assert_action(error: StickError) -> None:
    assert error.code
    assert error.action


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """Two terminals and three people; what comes by stick does not depend on the database."""
    opened = open_store(sqlite_url)
    mine = terminal(1, serial=SERIAL, driver=USB_DRIVER, address="")
    plant(opened, replace(small_roster(), terminals=(mine, terminal(2, serial=OTHER))))
    yield opened
    opened.close()


def stick(store: Store, folder: Path, dialect: str) -> Stick:
    """Two weeks of three people; on the Monday only the first has come."""
    sim = TerminalSim(SERIAL)
    sim.enrol(SimUser(str(1000 + number), f"Orang {number}") for number in range(1, 4))
    it = Stick(sim, store, folder, dialect)
    for day in range(DAYS, 0, -1):
        for number in range(1, 4):
            morning = at_terminal("07:01") - timedelta(days=day, minutes=-7 * number)
            it.press(str(1000 + number), morning)
            it.press(str(1000 + number), morning + timedelta(hours=9))
    it.press("1001", at_terminal("07:10"))
    return it


@pytest.mark.parametrize(("dialect", "fault"), CASES, ids=str)
def test_no_fault_loses_or_doubles_a_punch_or_accuses_anybody(
    dialect: str,
    fault: str,
    store: Store,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("matrix", [f"usb-{dialect.partition('-')[0]}", fault])
    it = stick(store, tmp_path, dialect)
    FAULTS[fault](it)
    assert it.stored == it.truth
    assert {kept.raw for kept in store.punches.quarantined(MINE)} == it.bad
    captures = {one.capture for one in store.punches.between(at("00:00"), NOW) if one.terminal_id == MINE}
    assert captures <= {Capture.USB, Capture.LIVE}
    assert store.terminals.health() == {}
    roster = replace(small_roster(), terminals=(terminal(1, serial=SERIAL, driver=USB_DRIVER),))
    rows = judged(store, roster, NOW)
    came = fault != "ambiguous-dates"
    assert rows[IN_TIME].status is (DayStatus.PRESENT if came else DayStatus.WAITING)
    assert rows[NEVER].status is DayStatus.WAITING


@pytest.mark.parametrize("cut", [0, 1, 40], ids=["whole", "cut", "cut further"])
def test_a_list_of_users_stores_nothing_and_names_nobody_wrongly(
    cut: int, store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("matrix", ["usb-user", "cut-in-mid-line" if cut else "whole"])
    it = stick(store, tmp_path, "attlog")
    users = it.write().with_name(USER_FILE)
    users.write_bytes(users.read_bytes()[: len(users.read_bytes()) - cut])
    if cut:
        with pytest.raises(NotAStickFile) as told:
            it.look(users)
        assert_action(told.value)
    else:
        [file] = it.look(users).files
        assert (file.users, file.strangers) == (3, ())
        it.bring(users)
    assert it.stored == set()
