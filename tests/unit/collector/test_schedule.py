import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.main import sweep_times
from collector.schedule import Daily, Repeated, Schedule, next_moment
from config.clock import SimClock, write_clock
from config.rule_hours import Window
from config.rules import load_series
from tests.support.collecting import until
from tests.support.waiting import PATIENCE

JAKARTA = ZoneInfo("Asia/Jakarta")
MORNING = datetime(2026, 11, 23, 7, 30, 50, tzinfo=JAKARTA)
LATE_FROM = time(7, 31)


class Journal:
    """When, by the city clock, something was done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = SimClock(path)
        self.moments: list[datetime] = []
        self.moved = 0

    async def note(self) -> None:
        self.moments.append(self.clock.now().astimezone(JAKARTA))

    async def note_moved(self) -> None:
        self.moved += 1


@asynccontextmanager
async def running(journal: Journal, *times: time) -> AsyncIterator[Schedule]:
    schedule = Schedule(
        journal.clock,
        JAKARTA,
        daily=[Daily("sweep", times, journal.note)],
        repeated=[],
        when_moved=journal.note_moved,
    )
    schedule.start()
    try:
        yield schedule
    finally:
        schedule.stop()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    path = tmp_path / "clock.json"
    write_clock(path, MORNING, 0)
    return Journal(path)


@pytest.mark.parametrize(
    ("now", "day"), [("07:30:59", 23), ("07:31:00", 24), ("00:00:00", 23), ("23:59:59", 24)]
)
def test_the_next_moment_lies_after_now_by_the_citys_clocks(now: str, day: int) -> None:
    moment = datetime.combine(MORNING.date(), time.fromisoformat(now), JAKARTA).astimezone(UTC)
    assert next_moment(moment, LATE_FROM, JAKARTA) == datetime(2026, 11, day, 7, 31, tzinfo=JAKARTA)


def test_every_terminal_is_read_when_lateness_begins_when_work_ends_and_when_the_day_closes() -> None:
    assert sweep_times(load_series("standard"), date(2026, 11, 23)) == [
        time(7, 31),
        time(8, 1),  # Ramadan
        time(11),  # six days, Friday
        time(13),
        time(14),
        time(14, 30),
        time(15),
        time(15, 30),
        time(16),
        time(16, 30),
        time(23),
    ]


def test_the_hours_of_a_pack_that_holds_no_more_are_not_swept_those_of_one_to_come_are() -> None:
    old, now, coming = (
        pack.model_copy(update={"window": Window(opens=time(5), closes=time(hour))})
        for pack, hour in zip(load_series("standard"), (20, 21, 22), strict=True)
    )
    swept = sweep_times([old, now, coming], date(2022, 1, 1))
    assert time(20) not in swept
    assert {time(21), time(22)} <= set(swept)
    assert time(20) in sweep_times([old, now, coming], date(2001, 1, 1))


async def test_a_moment_of_the_city_comes_sooner_when_the_city_clock_runs_fast(journal: Journal) -> None:
    write_clock(journal.path, MORNING - timedelta(minutes=30), 1000)
    async with running(journal, LATE_FROM):
        await until(lambda: len(journal.moments) == 1)
        assert journal.moments[0].time() >= LATE_FROM


async def test_a_paused_clock_lets_nothing_happen_until_it_goes_on(journal: Journal) -> None:
    async with running(journal, LATE_FROM) as schedule:
        await asyncio.sleep(0.3)
        assert journal.moments == []
        write_clock(journal.path, MORNING, 50)
        await asyncio.sleep(0.1)
        schedule.tick()
        await until(lambda: len(journal.moments) == 1)
        assert journal.moments[0].time() >= LATE_FROM


async def test_a_clock_that_was_moved_plans_the_day_again_and_says_so_once(journal: Journal) -> None:
    write_clock(journal.path, MORNING, 1)
    async with running(journal, LATE_FROM) as schedule:
        schedule.tick()
        write_clock(journal.path, MORNING + timedelta(seconds=9.5), 1)
        await asyncio.sleep(0.1)
        schedule.tick()
        schedule.tick()
        await until(lambda: len(journal.moments) == 1)
        assert journal.moved == 1


async def test_the_same_moment_comes_once_a_day(journal: Journal) -> None:
    write_clock(journal.path, MORNING, 86_400)
    async with running(journal, LATE_FROM):
        await until(lambda: len(journal.moments) >= 3)
    days = [moment.date() for moment in journal.moments]
    assert len(set(days)) == len(days)


async def test_a_job_may_come_back_every_so_many_real_seconds(journal: Journal) -> None:
    schedule = Schedule(
        journal.clock,
        JAKARTA,
        daily=[],
        repeated=[Repeated("roster", 0.1, journal.note)],
        when_moved=journal.note_moved,
    )
    schedule.start()
    await until(lambda: len(journal.moments) >= 2)
    schedule.stop()


async def test_a_stop_cuts_a_job_short_without_a_word(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    begun = asyncio.Event()

    async def endless() -> None:
        begun.set()
        await asyncio.sleep(60)

    schedule = Schedule(
        journal.clock,
        JAKARTA,
        daily=[],
        repeated=[Repeated("endless", 0.02, endless)],
        when_moved=journal.note_moved,
    )
    schedule.start()
    await asyncio.wait_for(begun.wait(), PATIENCE)
    schedule.stop()
    await asyncio.sleep(0.05)
    assert "raised an exception" not in caplog.text
