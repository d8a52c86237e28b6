"""`presensi review`: marks on doubtful punches are listed and settled, the punches stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from attendance.ids import TerminalId
from presensi.exits import ExitCode
from store import Store, open_store
from store.reviews import PunchReview, ReviewReason
from tests.integration.cli.conftest import Run
from tests.integration.store.readings import live, punch
from tests.support.collecting import register

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, presensi: Run) -> Iterator[Store]:
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    opened = open_store(sqlite_url)
    for number, serial in enumerate(("CKQ1", "CKQ2"), 1):
        register(opened, serial)
        doubted = [punch(1000 + second, second, terminal=number) for second in range(3)]
        marks = [
            PunchReview(one.terminal_id, one.pin, one.device_time, ReviewReason.CLOCK_JUMPED, "by 180 s", NOW)
            for one in doubted
        ]
        opened.punches.append([replace(live(*doubted), reviews=marks)])
    yield opened
    opened.close()


def test_marks_are_listed_with_what_was_recorded_what_counts_and_why(presensi: Run, store: Store) -> None:
    shown = presensi("review", "list", "--terminal", "CKQ2").stdout
    for part in ("CKQ2", "1001", "2026-11-23 07:00:01", "clock_jumped: by 180 s", "3 of 6"):
        assert part in shown
    assert "CKQ1" not in shown
    listed = json.loads(presensi("review", "list", "--json", "--limit", "4").stdout)
    assert len(listed) == 4
    assert listed[0] == {
        "id": 1,
        "serial": "CKQ1",
        "pin": "1000",
        "device_time": "2026-11-23 07:00:00",
        "reason": "clock_jumped",
        "detail": "by 180 s",
        "noted_at": "2026-11-23 00:31:00+00:00",
        "at": "2026-11-23 00:00:00+00:00",
    }


def test_a_mark_is_settled_by_its_number_and_the_punch_stays(presensi: Run, store: Store) -> None:
    result = presensi("review", "settle", "2", "3", "--remark", "seen on the CCTV")
    assert result.stdout == "2 settled.\n"
    assert [one.id for one in store.reviews.open(TerminalId(1))] == [1]
    assert store.punches.count() == 6
    (entry,) = store.audit.latest()
    assert (entry.action, "CCTV" in entry.detail) == ("review.settled", True)
    assert presensi("review", "settle", "2").exit_code == ExitCode.FAILED


def test_all_marks_of_one_terminal_are_settled_at_once(
    presensi: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("presensi.commands.review.AT_ONCE", 2)
    assert presensi("review", "settle", "--terminal", "CKQ1").stdout == "3 settled.\n"
    assert [one.review.terminal_id for one in store.reviews.open()] == [TerminalId(2)] * 3
    assert presensi("review", "settle", "--terminal", "CKQ1").exit_code == ExitCode.FAILED


def test_what_to_settle_must_be_said(presensi: Run, store: Store) -> None:
    for arguments in ((), ("1", "--terminal", "CKQ1")):
        assert presensi("review", "settle", *arguments).exit_code == ExitCode.USAGE
    unknown = presensi("review", "settle", "--terminal", "CKQ9")
    assert "terminal list" in unknown.stderr
    assert len(store.reviews.open()) == 6


def test_the_doctor_tells_that_punches_wait_for_review(presensi: Run, store: Store) -> None:
    told = {answer["name"]: answer for answer in json.loads(presensi("doctor", "--json").stdout)}
    assert "6 punches" in told["reviews"]["finding"]
    presensi("review", "settle", *range(1, 7))
    told = {answer["name"]: answer for answer in json.loads(presensi("doctor", "--json").stdout)}
    assert "reviews" not in told
    assert presensi("review", "list").stdout == "Nothing is waiting for review.\n"
