"""Bytes to records: the decoding alone, without a network on either side."""

from __future__ import annotations

import time

from devices.driver import AttLogRecord, BadRecord
from devices.zk.layouts import LAYOUT_40
from devices.zk.records import decode_log
from tests.benchmarks import by_pyzk, sample_log
from tests.benchmarks.report import Row, Target, seconds_text

OUR_RUNS = 7
FASTER = Target(50)


def measure() -> tuple[list[Row], list[str]]:
    """Decode the same 100,000 records with ours and with pyzk's `get_attendance`."""
    image = sample_log.image()
    theirs, their_seconds = by_pyzk.decode(image, sample_log.RECORDS)
    samples = []
    for _ in range(OUR_RUNS):
        ours: list[AttLogRecord | BadRecord] = []  # the last run's records are freed before the clock starts
        started = time.process_time()
        ours = decode_log(image, LAYOUT_40)
        samples.append(time.process_time() - started)
    for mine, other in zip(ours, theirs, strict=True):
        if isinstance(mine, BadRecord) or mine.pin != other.user_id or mine.device_time != other.timestamp:
            raise AssertionError(f"the two decoders disagree: {mine} and {other}")
    median = sorted(samples)[OUR_RUNS // 2]
    row = Row(
        part="decode",
        what=f"{sample_log.RECORDS:,} records of 40 bytes, in memory",
        ours=seconds_text(median),
        reference=f"pyzk {seconds_text(their_seconds)}",
        figure=their_seconds / median,
        unit="×",
        target=FASTER,
    )
    notes = [
        f"CPU time on both sides; ours is the median of {OUR_RUNS} runs "
        f"({seconds_text(min(samples))} to {seconds_text(max(samples))}); "
        "pyzk ran once, its own get_attendance with its transfer replaced by bytes in memory",
        "both results were compared record by record: PIN and time are equal",
    ]
    return [row], notes
