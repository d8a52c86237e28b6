from __future__ import annotations

from datetime import datetime

import pytest

from simulators.adms.reading import (
    Answer,
    finished_lines,
    is_received,
    read_commands,
    read_options,
    server_time,
)

HANDSHAKE = b"GET OPTION FROM: A1\nATTLOGStamp=5\nDelay=10\nTimeZone=7\nServerVer=2.4.1\n"
PLAIN = {"content-type": "text/plain; charset=utf-8", "date": "Mon, 23 Nov 2026 00:30:00 GMT"}


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, PLAIN, body)


def test_a_line_without_its_newline_is_dropped() -> None:
    assert finished_lines(b"A\r\nB\nC") == ["A", "B"]
    assert read_commands(answer(b"C:1:INFO\nC:2:CHECK")) == [("1", "INFO")]
    options = read_options(answer(HANDSHAKE.rstrip(b"\n") + b"\nRealtime=1"))
    assert options is not None
    assert "Realtime" not in options


@pytest.mark.parametrize("status", [201, 202, 204, 301, 302, 403, 500, 503])
def test_any_status_but_200_is_a_failure(status: int) -> None:
    assert not is_received(answer(b"OK: 1\n", status), 1, counted=False)
    assert read_options(answer(HANDSHAKE, status)) is None


def test_an_empty_body_is_no_server() -> None:
    assert not is_received(answer(b""), 0, counted=False)
    assert not answer(b"").is_well
    assert not is_received(None, 0, counted=False)


def test_a_strict_unit_wants_every_line_counted_and_another_is_content_with_ok() -> None:
    assert is_received(answer(b"OK: 128\n"), 128, counted=True)
    assert not is_received(answer(b"OK: 127\n"), 128, counted=True)
    assert not is_received(answer(b"OK\n"), 128, counted=True)
    assert is_received(answer(b"OK\n"), 128, counted=False)


@pytest.mark.parametrize("line", [b"UNKNOWN DEVICE\n", b"UN\n", b"RETRY\n"])
def test_a_line_that_starts_un_or_retry_makes_a_handshake_fail(line: bytes) -> None:
    assert read_options(answer(HANDSHAKE + line)) is None


def test_a_handshake_without_version_or_stamp_is_none() -> None:
    assert read_options(answer(b"OK\n")) is None
    assert read_options(answer(b"GET OPTION FROM: A1\nStamp=0\n")) == {"Stamp": "0"}


@pytest.mark.parametrize(
    ("zone", "local"), [("7", (7, 30)), ("330", (6, 0)), ("", (0, 30)), ("24", (0, 30)), ("-210", (21, 0))]
)
def test_the_time_is_the_servers_date_and_the_time_zone(zone: str, local: tuple[int, int]) -> None:
    told = server_time(answer(b"OK\n"), zone)
    assert told is not None
    assert (told.hour, told.minute) == local
    assert told.tzinfo is None


def test_the_date_of_what_is_not_plain_text_does_not_count() -> None:
    assert server_time(Answer(200, PLAIN | {"content-type": "text/html"}, b"OK"), "7") is None
    assert server_time(Answer(200, {"content-type": "text/plain"}, b"OK"), "7") is None
    assert server_time(answer(b"OK"), "0") == datetime(2026, 11, 23, 0, 30)
