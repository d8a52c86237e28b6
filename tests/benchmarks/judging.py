"""Facts to results: a month, a year, and a million people, from facts and punches in memory."""

from __future__ import annotations

import time
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import psutil

from attendance.assembly import within
from attendance.day_result import DayResult, DayStatus
from attendance.judgement import judge
from tests.benchmarks.judged_city import JudgedCity, judge_by_one_hour, judged_city
from tests.benchmarks.report import Row, Target, bytes_text, seconds_text

PEOPLE = 3_128
MONTH = date(2026, 10, 1), date(2026, 10, 31)
YEAR = 2026
FRESHNESS = timedelta(minutes=3)
MONTH_SECONDS, YEAR_SECONDS = Target(2, at_most=True), Target(25, at_most=True)
RUNS = 3
BLOCKS, BLOCK_PEOPLE = 100, 10_000
SETTLED = 10
"""Blocks after which the process has all the memory that it needs."""
GROWTH = Target(5, at_most=True)
"""MB from then until the last block."""


def measure() -> tuple[list[Row], list[str]]:
    """Judge every person-day, and hold how many came out as what against how the city was made."""
    rows = [_month(), _year(), *_million()]
    notes = [
        "CPU time of one process, from facts already loaded: rosters indexed, duty days planned, facts put "
        f"together, judged; of the month the median of {RUNS} runs, each from a new assembler; the year "
        "month by month, as a recomputation reads it",
        "beside it: each date's first punch against 07.30, with no roster, shift, excuse or horizon",
        "all results were counted: as many present, late, absent, excused and off as the city was made with",
    ]
    return rows, notes


def results(city: JudgedCity) -> Iterator[DayResult]:
    """Every person's every day."""
    assembler = city.assembler()
    for day in city.days():
        for person_id in assembler.people(day):
            start, end = assembler.span(person_id, day)
            marks = within(city.marks[person_id], start, end)
            yield judge(assembler.person_day(person_id, day, marks, city.horizons), city.now, FRESHNESS)


def _judge(city: JudgedCity) -> float:
    started = time.process_time()
    found: Counter[DayStatus] = Counter(result.status for result in results(city))
    seconds = time.process_time() - started
    if found != city.expected:
        raise AssertionError(f"judged {dict(found)}, made {dict(city.expected)}")
    return seconds


def _month() -> Row:
    city = judged_city(*MONTH, PEOPLE)
    naive = time.process_time()
    judge_by_one_hour(city)
    naive = time.process_time() - naive
    median = sorted(_judge(city) for _ in range(RUNS))[RUNS // 2]
    return _row(f"{PEOPLE:,} people × 31 days", city.expected.total(), median, MONTH_SECONDS, naive)


def _year() -> Row:
    seconds, days = 0.0, 0
    for month in range(1, 13):
        first, last = date(YEAR, month, 1), date(YEAR, month, monthrange(YEAR, month)[1])
        city = judged_city(first, last, PEOPLE, seed=month)
        seconds += _judge(city)
        days += city.expected.total()
    return _row(f"{PEOPLE:,} people × {days // PEOPLE} days", days, seconds, YEAR_SECONDS)


def _row(what: str, days: int, seconds: float, target: Target, naive: float | None = None) -> Row:
    return Row(
        part="judge",
        what=what,
        ours=f"{seconds_text(seconds)}, {seconds / days * 1e6:.1f} µs a day",
        reference="" if naive is None else f"by one hour {seconds_text(naive)}",
        figure=seconds,
        unit=" s",
        target=target,
    )


def _million() -> list[Row]:
    process = psutil.Process()
    seconds: list[float] = []
    used: list[int] = []
    day = date(2026, 11, 23)
    for number in range(BLOCKS):
        seconds.append(_judge(judged_city(day, day, BLOCK_PEOPLE, seed=number)))
        used.append(process.memory_info().rss)
    first, last = (sum(part) for part in (seconds[:SETTLED], seconds[-SETTLED:]))
    growth = used[-1] - used[SETTLED - 1]
    people = f"{BLOCKS * BLOCK_PEOPLE:,} people × 1 day in {BLOCKS} blocks"
    return [
        Row(
            part="judge",
            what=people,
            ours=seconds_text(sum(seconds)),
            reference=f"first {SETTLED} blocks {seconds_text(first)}, last {seconds_text(last)}",
        ),
        Row(
            part="judge",
            what=f"memory from block {SETTLED} to block {BLOCKS}",
            ours=f"{bytes_text(used[-1])} in all",
            reference=f"{growth / (BLOCKS - SETTLED) / 1000:+,.1f} kB a block",
            figure=growth / 1e6,
            unit=" MB",
            target=GROWTH,
        ),
    ]
