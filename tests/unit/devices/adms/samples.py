"""Bodies as real units and documents have them, and strategies that make more."""

from __future__ import annotations

from datetime import datetime

from hypothesis import strategies as st

from devices.driver import AttLogRecord

X100_C = b"1001\t2026-11-23 07:29:58\t255\t1\t\t0\t0\t\r\n1002\t2026-11-23 07:30:01\t0\t1\t\t0\t0\t\r\n"
MB10 = b"7\t2026-11-23 07:29:58\t0\t15\t0\t0\t0\t0\t0\t0\t4711\n"
EIGHT = b"1001\t2026-11-23 07:29:58\t0\t1\t0\t0\t0\t0\n"

PINS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=24)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59)).map(
    lambda moment: moment.replace(microsecond=0)
)
RECORDS = st.builds(
    AttLogRecord,
    pin=PINS,
    device_time=MOMENTS,
    verify=st.integers(0, 255),
    state=st.integers(0, 255),
    work_code=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8),
    user_index=st.just(0),
)
JUNK_LINES = st.binary(min_size=1, max_size=60).filter(
    lambda line: not {*b"\n\0\t"} & {*line} and line.strip(b" \r\v\f")
)
