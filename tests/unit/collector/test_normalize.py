from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance.ids import TerminalId
from attendance.punch import Capture
from collector.normalize import Normalizer
from devices.driver import AttLogRecord, BadRecord, LiveEvents, LogRead

JAKARTA = ZoneInfo("Asia/Jakarta")
TERMINAL = TerminalId(5)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""08:00 in Jakarta."""


def record(device_time: datetime, pin: str = "0042") -> AttLogRecord:
    return AttLogRecord(pin, device_time, 1, 255, "", 3)


def read_of(*items: AttLogRecord | BadRecord, first_index: int = 0) -> LogRead:
    raw = b"".join(bytes([number]) * 40 for number in range(len(items)))
    return LogRead(first_index, items, first_index + len(items), raw, 40, b"")


def moments(
    normalizer: Normalizer, *device_times: datetime, not_before: datetime | None = None
) -> list[datetime]:
    read = read_of(*(record(moment) for moment in device_times))
    return [punch.at for punch in normalizer.log(read, 0, len(device_times), NOW, not_before).punches]


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Jakarta", 0), ("Asia/Makassar", 23), ("Asia/Jayapura", 22), ("UTC", 7)]
)
def test_a_terminals_time_is_the_time_of_the_citys_zone(zone: str, hour: int) -> None:
    (at,) = moments(Normalizer(TERMINAL, ZoneInfo(zone)), datetime(2026, 11, 23, 7, 31, 5))
    assert (at.hour, at.minute, at.second, at.tzinfo) == (hour, 31, 5, UTC)


def test_a_zone_with_summer_time_is_followed_through_its_changes() -> None:
    berlin = Normalizer(TERMINAL, ZoneInfo("Europe/Berlin"))
    winter, summer = datetime(2026, 3, 29, 1, 30), datetime(2026, 3, 29, 3, 30)
    assert moments(berlin, winter, summer) == [
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    ]


def test_a_clock_that_is_ahead_is_corrected_and_its_own_time_is_kept() -> None:
    normalizer = Normalizer(TERMINAL, JAKARTA)
    normalizer.offset = timedelta(minutes=10)
    shown = datetime(2026, 11, 23, 7, 35)
    (punch,) = normalizer.log(read_of(record(shown)), 0, 1, NOW, None).punches
    assert punch.device_time == shown
    assert punch.at == datetime(2026, 11, 23, 0, 25, tzinfo=UTC)
    assert punch.received_at == NOW


def test_a_correction_never_puts_a_punch_after_the_moment_it_was_received() -> None:
    """The clock's battery died: it says 2000 now, and last year's records were right."""
    normalizer = Normalizer(TERMINAL, JAKARTA)
    dead = datetime(2000, 1, 1, 0, 5)
    normalizer.offset = dead - datetime(2026, 11, 23, 8, 0)
    before, after = moments(normalizer, datetime(2025, 6, 2, 7, 0), dead - timedelta(minutes=3))
    assert before == datetime(2025, 6, 2, 0, 0, tzinfo=UTC)
    assert after == NOW - timedelta(minutes=3)


def test_a_correction_that_puts_a_new_record_before_the_last_read_is_not_believed() -> None:
    normalizer = Normalizer(TERMINAL, JAKARTA)
    normalizer.offset = timedelta(minutes=30)
    read_through = NOW - timedelta(minutes=10)
    shown = datetime(2026, 11, 23, 7, 55)
    assert moments(normalizer, shown, not_before=read_through) == [NOW - timedelta(minutes=5)]
    assert moments(normalizer, shown) == [NOW - timedelta(minutes=35)]


def test_a_record_that_cannot_be_read_is_kept_with_its_bytes_its_place_and_its_reason() -> None:
    bad = BadRecord(101, b"\xff" * 40, "31 February")
    good = record(datetime(2026, 11, 23, 7, 0))
    normalised = Normalizer(TERMINAL, JAKARTA).log(read_of(good, bad, first_index=100), 0, 2, NOW, None)
    assert len(normalised.punches) == 1
    (kept,) = normalised.quarantine
    assert (kept.terminal_id, kept.index, kept.raw, kept.reason) == (
        TERMINAL,
        101,
        b"\xff" * 40,
        "31 February",
    )


@pytest.mark.parametrize("pin", ["", "12\x003", "4\x07", "7\ud800"])
def test_a_record_without_a_usable_pin_is_quarantined_with_its_raw_bytes(pin: str) -> None:
    read = read_of(record(NOW.replace(tzinfo=None)), record(NOW.replace(tzinfo=None), pin), first_index=10)
    normalised = Normalizer(TERMINAL, JAKARTA).log(read, 1, 2, NOW, None)
    assert not normalised.punches
    assert (normalised.quarantine[0].index, normalised.quarantine[0].raw) == (11, b"\x01" * 40)


def test_log_records_are_pulled_and_events_are_live() -> None:
    normalizer, item = Normalizer(TERMINAL, JAKARTA), record(datetime(2026, 11, 23, 7, 0))
    assert normalizer.log(read_of(item), 0, 1, NOW, None).punches[0].capture is Capture.PULL
    live = normalizer.live(LiveEvents([item, BadRecord(-1, b"x", "short")]), NOW)
    assert live.punches[0].capture is Capture.LIVE
    assert live.punches[0].pin == "0042"
    assert live.quarantine[0].index == -1


def test_every_way_in_leaves_its_name_on_the_punch() -> None:
    moment = datetime(2026, 11, 23, 7, 0)
    items: list[AttLogRecord | BadRecord] = [
        record(moment),
        BadRecord(-1, b"rubbish\n", "no time"),
        record(moment, "4\x07"),
    ]
    normalizer = Normalizer(TERMINAL, JAKARTA)
    for way, capture in ((normalizer.pushed, Capture.PUSH), (normalizer.carried, Capture.USB)):
        normalised = way(items, NOW)
        assert [(punch.capture, punch.at) for punch in normalised.punches] == [
            (capture, datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
        ]
        assert [(kept.index, kept.reason) for kept in normalised.quarantine] == [
            (-1, "no time"),
            (-1, "unprintable PIN"),
        ]
        assert normalised.quarantine[0].raw == b"rubbish\n"
    read = read_of(record(moment))
    for driver, capture in (("zk-serial", Capture.SERIAL), ("zk-udp", Capture.PULL)):
        (punch,) = Normalizer(TERMINAL, JAKARTA, driver).log(read, 0, 1, NOW, None).punches
        assert punch.capture is capture
